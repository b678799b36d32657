"""The user's own folders, and what must hold before anything is written into one.

`$XDG_…_HOME` counts if it is an absolute path (XDG Base Directory Specification), else the usual folder below `$HOME`;
a home that is unset, empty or relative is the one that the account has. Where there is none, there is no folder.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from tui.schema.manifest import EVENT_LOG_FILE_NAME, MANIFEST_FILE_NAME

PROGRAM_FOLDER = "rtrace-tui"


def program_folder(variable: str, below_home: str, environment: Mapping[str, str]) -> Path | None:
    """The folder of this program in what `variable` names, else in `below_home`; None if the user has no home."""
    given = environment.get(variable, "")
    if _is_place(given):
        return Path(given) / PROGRAM_FOLDER
    home = environment.get("HOME", "")
    if not _is_place(home):
        home = account_home()
    return Path(home) / below_home / PROGRAM_FOLDER if _is_place(home) else None


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


def _is_place(path: str) -> bool:
    """Whether `path` names a folder whatever the current directory is; an account without a home often has `/`."""
    return path.startswith("/") and path.strip("/") not in ("", "nonexistent") and "\0" not in path
