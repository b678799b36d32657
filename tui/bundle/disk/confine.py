"""Opens files below one directory and never one outside it, whatever a path says or links to.

A path in a log is untrusted. The usual one, `payloads/<n>.json`, costs a single `open`: its directory is resolved
once and kept as a descriptor, and the last step follows no link. Any other path is walked step by step, each step
relative to the descriptor of the one before, so that no link swapped in later can lead outside.
"""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path

from tui.bundle.disk.regular import NEVER_WAIT, NotRegularFileError, error_text, open_regular, read_up_to

FILE_FLAGS = NEVER_WAIT | os.O_NOFOLLOW
_DIRECTORY_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC | os.O_NOFOLLOW
_KEPT_DIRECTORIES = 8
_SMALL_BYTES = 64 << 10
_NO_FILES = ("", ".", "..")
_EXHAUSTED = (errno.EMFILE, errno.ENFILE)


class RefusedPathError(Exception):
    """A path that was not opened. `code` is that of `PayloadFault`; the message is one line without the path."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code


class _Directory:
    """A directory descriptor that closes when nobody uses it any more, so that a late reader never meets a new one."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor

    def __del__(self) -> None:
        os.close(self.descriptor)


class ConfinedDirectory:
    """The files below one directory. May be used by several threads."""

    def __init__(self, path: str | Path) -> None:
        self._path = os.fspath(path)
        self._directories: dict[str, _Directory] = {}
        self._lock = threading.Lock()

    def open_file(self, relative: str) -> tuple[int, os.stat_result]:
        """Open the regular file `relative`; return the descriptor, which the caller closes, and its status.

        Raises `RefusedPathError` for everything else: absolute paths, `..`, links that lead outside, FIFOs, devices,
        what is missing or may not be read.
        """
        parent, _, name = relative.rpartition("/")
        try:
            directory = self._directories.get(parent)
            if directory is not None and name not in _NO_FILES:
                return open_regular(name, FILE_FLAGS, directory.descriptor)
        except (OSError, ValueError):
            self.forget()  # a link, gone, or another directory by now: the slow way decides
        return self._open_slowly(relative)

    def read_in_turn(self, folder: str, names: Iterable[str], limit: int) -> Iterator[bytes]:
        """Give what the files of a folder hold, in the order of these names, up to the first that is not there.

        Of a file with more than `limit` bytes there is one byte more. Raises `RefusedPathError` for a folder that is
        not below the directory, and `OSError` for links and whatever else is not a regular file.
        """
        directory = self._folder(folder)
        for name in names:
            try:
                descriptor, _ = open_regular(name, FILE_FLAGS, directory.descriptor)
            except FileNotFoundError:
                return
            try:
                data = os.read(descriptor, _SMALL_BYTES)
                if len(data) == _SMALL_BYTES:
                    data += read_up_to(descriptor, limit + 1 - _SMALL_BYTES)
            finally:
                os.close(descriptor)
            yield data

    def status_of(self, relative: str) -> os.stat_result | None:
        """The status of what is at `relative`, if its directory was opened before; what a link leads to is not asked.

        To see cheaply whether a file that is open is still the one there. None if that cannot be said.
        """
        parent, _, name = relative.rpartition("/")
        directory = self._directories.get(parent) if _plain(name) else None
        if directory is None:
            return None
        try:
            return os.stat(name, dir_fd=directory.descriptor, follow_symlinks=False)
        except (OSError, ValueError):
            return None

    def forget(self) -> None:
        """Drop the kept directories, because the bundle on disk was replaced."""
        with self._lock:
            self._directories = {}

    def _folder(self, relative: str) -> _Directory:
        """The folder directly below the directory; raises `RefusedPathError` if it is a link or not one."""
        try:
            return _Directory(os.open(f"{self._path}/{_steps(relative)[0]}", _DIRECTORY_FLAGS))
        except OSError as error:
            raise _refusal(error) from error

    def _open_slowly(self, relative: str) -> tuple[int, os.stat_result]:
        try:
            steps = _steps(relative)
            try:
                return self._walk(steps)
            except OSError as error:
                if not _may_be_link(error):
                    raise
                return self._walk(self._resolved(steps))
        except OSError as error:
            raise _refusal(error) from error
        except ValueError as error:  # a NUL byte, or text that no file name can hold
            raise RefusedPathError("bad-path", "this cannot be the name of a file") from error

    def _walk(self, steps: list[str]) -> tuple[int, os.stat_result]:
        # The directory itself may be a link; of what lies in it, none is followed.
        nearest = f"{self._path}/{steps[0]}" if len(steps) > 1 else self._path
        flags = _DIRECTORY_FLAGS if len(steps) > 1 else _DIRECTORY_FLAGS & ~os.O_NOFOLLOW
        directory = _Directory(os.open(nearest, flags))
        for step in steps[1:-1]:
            directory = _Directory(os.open(step, _DIRECTORY_FLAGS, dir_fd=directory.descriptor))
        opened = open_regular(steps[-1], FILE_FLAGS, directory.descriptor)
        self._keep("/".join(steps[:-1]), directory)
        return opened

    def _resolved(self, steps: list[str]) -> list[str]:
        """The steps with all links followed; they must stay below the directory."""
        root = os.path.realpath(self._path, strict=True)
        target = os.path.realpath("/".join((root, *steps)), strict=True)
        if not target.startswith(root.rstrip("/") + "/"):
            raise RefusedPathError("outside-bundle", "is a link that leads out of the bundle; it was not opened")
        return target.removeprefix(root).strip("/").split("/")

    def _keep(self, parent: str, directory: _Directory) -> None:
        with self._lock:
            kept = {} if len(self._directories) >= _KEPT_DIRECTORIES else self._directories
            self._directories = {**kept, parent: directory}


def _plain(name: str) -> bool:
    return name not in _NO_FILES


def _steps(relative: str) -> list[str]:
    """The names in a relative path; raise `RefusedPathError` if it does not name a file below the directory."""
    if relative.startswith("/"):
        raise RefusedPathError("outside-bundle", "is an absolute path; only files inside the bundle are opened")
    parts = relative.split("/")
    if ".." in parts:
        raise RefusedPathError("outside-bundle", "has '..' in it; only files inside the bundle are opened")
    steps = [part for part in parts if part not in ("", ".")]
    if not steps or not _plain(parts[-1]):
        raise RefusedPathError("bad-path", "does not name a file")
    return steps


def _may_be_link(error: OSError) -> bool:
    return error.errno in (errno.ELOOP, errno.EMLINK, errno.ENOTDIR)


def _refusal(error: OSError) -> RefusedPathError:
    if isinstance(error, NotRegularFileError):
        return RefusedPathError("not-a-file", f"is {error_text(error)}")
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return RefusedPathError("missing", "does not exist")
    if error.errno in _EXHAUSTED:
        return RefusedPathError("exhausted", "is not looked at: no more files may be opened at once (ulimit -n)")
    code = "bad-path" if error.errno == errno.ENAMETOOLONG else "unreadable"
    return RefusedPathError(code, f"cannot be opened: {error_text(error)}")


def open_inside(path: Path) -> tuple[int, os.stat_result]:
    """Open the regular file `path` as `open_regular` does, but through no link that leads out of its directory.

    Raises `NotRegularFileError` for such a link, too.
    """
    try:
        return open_regular(path, FILE_FLAGS)
    except OSError as error:
        if not _may_be_link(error):
            raise
    try:
        return ConfinedDirectory(path.parent).open_file(path.name)
    except RefusedPathError as refusal:
        if refusal.code == "missing":
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT)) from refusal
        raise NotRegularFileError(errno.ELOOP, str(refusal).removeprefix("is ")) from refusal


def read_inside(path: Path, limit: int) -> bytes:
    """Return at most `limit` bytes of the regular file `path`; raise `OSError` as `open_inside` does."""
    descriptor, _ = open_inside(path)
    try:
        return read_up_to(descriptor, limit)
    finally:
        os.close(descriptor)
