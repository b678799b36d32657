"""Writes a file whole or not at all."""

from __future__ import annotations

import os
import re
import stat
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

_STREAMS = {"stdout": 1, "stderr": 2}
_DESCRIPTOR = re.compile(r"/dev/(stdout|stderr)|/(?:dev|proc/self)/fd/([0-9]{1,6})")


class OutputError(Exception):
    """The output cannot be written there; the message is one line for a person."""


def write_whole(target: Path, pieces: Iterable[bytes], *, outside: Path | None) -> None:
    """Write `pieces` to `target` at once; as `writing` does it."""
    for _ in writing(target, pieces, outside=outside):
        pass


def writing(target: Path, pieces: Iterable[bytes], *, outside: Path | None) -> Iterator[None]:
    """Write `pieces` to `target`, one a step. It must not lie inside the directory `outside`, if one is named.

    A reader of `target` sees the old content or the new, never a part: the pieces go to a temporary file beside it
    that then takes its name. Anything but a regular file (a FIFO, `/dev/null`) is written to directly, and so is
    a descriptor that the shell opened (`/dev/stdout`, `>(command)`). Raises `OutputError`; then `target` is as it was,
    and so it is if the steps are given up. `BrokenPipeError` says that the reader has gone.
    """
    try:
        descriptor = _descriptor_of(target)
        if descriptor is not None:
            sys.stdout.flush()
            yield from _write_to(os.dup(descriptor), pieces)
            return
        place = checked_place(target, outside)
        if place.exists() and not place.is_file():
            yield from _write_to(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), pieces)
        else:
            yield from _replace(place, pieces)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError(f"{target}: cannot be written: {error.strerror or error}") from error


def _descriptor_of(target: Path) -> int | None:
    """The descriptor that `target` is a name for, or None. Its own name leads nowhere when it is a pipe."""
    found = _DESCRIPTOR.fullmatch(str(target))
    return None if found is None else _STREAMS.get(found[1], int(found[2] or 0))


def _write_to(descriptor: int, pieces: Iterable[bytes]) -> Iterator[None]:
    with os.fdopen(descriptor, "wb") as file:
        for piece in pieces:
            file.write(piece)
            yield


def checked_place(target: Path, outside: Path | None) -> Path:
    """Where `target` really is, links followed, so that a link stays a link. Raises `OutputError` if it cannot be."""
    try:
        place = target.resolve()
    except (OSError, RuntimeError, ValueError) as error:
        raise OutputError(f"{target}: cannot be written: {error}") from error
    if outside is not None and place.is_relative_to(outside.resolve()):
        raise OutputError(f"{target}: is inside the bundle, which is never written to; choose another place")
    if place.is_dir():
        raise OutputError(f"{target}: is a directory")
    return place


def _replace(place: Path, pieces: Iterable[bytes]) -> Iterator[None]:
    # Not by `tempfile`: that loads as much again as this program's own command line does.
    temporary = place.with_name(f".{place.name[:100]}.{os.getpid():x}-{time.time_ns():x}.part")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        yield from _write_to(descriptor, pieces)
        temporary.chmod(_mode_for(place))
        temporary.replace(place)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _mode_for(place: Path) -> int:
    """The permissions of the file to replace, or those that a new file gets here."""
    try:
        return stat.S_IMODE(place.stat().st_mode)
    except FileNotFoundError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask
