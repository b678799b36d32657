"""The user's own folders, and what must hold before anything is written into one.

`$XDG_…_HOME` counts if it is an absolute path (XDG Base Directory Specification), else the usual folder below `$HOME`;
a home that is unset, empty or relative is the one that the account has. Where there is none, there is no folder.
"""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from tui.schema.manifest import EVENT_LOG_FILE_NAME, MANIFEST_FILE_NAME

PROGRAM_FOLDER = "rtrace-tui"

LARGEST_FILE_BYTES = 8 << 20
"""More than this is not a file of this program."""


def program_folder(variable: str, below_home: str, environment: Mapping[str, str]) -> Path | None:
    """The folder of this program in what `variable` names, else in `below_home`; None if the user has no home."""
    given = environment.get(variable, "")
    if _is_place(given):
        return Path(given) / PROGRAM_FOLDER
    home = environment.get("HOME", "")
    if not _is_place(home):
        home = account_home()
    return Path(home) / below_home / PROGRAM_FOLDER if _is_place(home) else None


def cache_path(environment: Mapping[str, str] | None = None) -> Path | None:
    """The cache folder of this program, whether it exists or not; None if the user has no home."""
    return program_folder("XDG_CACHE_HOME", ".cache", os.environ if environment is None else environment)


def account_home() -> str:
    """The home folder of the account that runs this program; empty if it has none."""
    import pwd  # who has a HOME needs no list of accounts

    try:
        return pwd.getpwuid(os.geteuid()).pw_dir
    except KeyError:
        return ""


def bundle_around(folder: Path) -> Path | None:
    """The bundle in which `folder` is, or would be made; None if it is in none. Bundles are never written to."""
    place = folder.resolve()
    for parent in (place, *place.parents):
        if os.path.lexists(parent / MANIFEST_FILE_NAME) or os.path.lexists(parent / EVENT_LOG_FILE_NAME):
            return parent
    return None


def make_private(folder: Path) -> None:
    """Make a folder of this program if it is not there, readable by nobody else.

    Raises `OSError` where nothing may be written: inside a bundle, another user's folder, something that is a file.
    """
    around = bundle_around(folder)
    if around is not None:
        raise PermissionError(f"the folder is inside the bundle {around}, and bundles are never written to")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    status, link = folder.stat(), folder.lstat()
    # A link is followed only if it is the user's own: where others may write, they could lead anywhere by it.
    if not status.st_uid == link.st_uid == os.geteuid():
        raise PermissionError("the folder is another user's")
    if not stat.S_ISDIR(status.st_mode):
        raise NotADirectoryError("it is a file, not a folder")
    # What a link leads to was set up for something else, too: its permissions stay.
    if stat.S_ISDIR(link.st_mode) and stat.S_IMODE(link.st_mode) != stat.S_IRWXU:
        folder.chmod(stat.S_IRWXU)


def read_private(path: Path) -> bytes | None:
    """The bytes of a file that is the user's own; None if there is none. Raises `OSError` for what is not one."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or status.st_uid != os.geteuid():
            raise OSError("it is not a file of your own")
        if status.st_size > LARGEST_FILE_BYTES:
            raise OSError(f"it is larger than {LARGEST_FILE_BYTES} bytes")
        return os.read(descriptor, LARGEST_FILE_BYTES)
    finally:
        os.close(descriptor)


def write_private(path: Path, data: bytes) -> None:
    """Write a file whole or not at all; it is readable by nobody else at any time. Raises `OSError`."""
    descriptor, scratch = tempfile.mkstemp(prefix=".", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        Path(scratch).replace(path)
    except OSError:
        Path(scratch).unlink(missing_ok=True)
        raise


def _is_place(path: str) -> bool:
    """Whether `path` names a folder whatever the current directory is; an account without a home often has `/`."""
    return path.startswith("/") and path.strip("/") not in ("", "nonexistent") and "\0" not in path
