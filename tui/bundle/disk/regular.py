"""Opens regular files and nothing else, without ever waiting."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

NEVER_WAIT = os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
"""Flags for a file that may turn out to be a FIFO or a device: opening must neither block nor take a terminal."""

_FIRST_READ_BYTES = 64 << 10
"""Most files are smaller, and room for a large one costs more than reading a small one."""

_READ_BYTES = 16 << 20

_KIND_NAMES = (
    (stat.S_ISDIR, "a directory"),
    (stat.S_ISFIFO, "a FIFO"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


class NotRegularFileError(OSError):
    """What was opened is a directory, FIFO, socket or device; the message names which."""


def open_regular(path: str | Path, flags: int = NEVER_WAIT, dir_fd: int | None = None) -> tuple[int, os.stat_result]:
    """Open `path` for reading; return the descriptor and its status. The caller closes the descriptor.

    Raises `OSError` as `os.open` does, and `NotRegularFileError` for anything that is not a regular file.
    """
    try:
        descriptor = os.open(path, flags, dir_fd=dir_fd)
    except OSError as error:
        if error.errno == errno.ENXIO:  # what opening a socket says
            raise NotRegularFileError(error.errno, "a socket or a device, not a file") from error
        raise
    status = os.fstat(descriptor)
    if stat.S_ISREG(status.st_mode):
        return descriptor, status
    os.close(descriptor)
    raise NotRegularFileError(errno.EINVAL, f"{kind_name(status.st_mode)}, not a file")


def read_up_to(descriptor: int, limit: int) -> bytes:
    """Return the bytes from the descriptor's place on, to the end of the file but no more than `limit`."""
    parts: list[bytes] = []
    room = _FIRST_READ_BYTES
    while limit > 0 and (part := os.read(descriptor, min(limit, room))):
        parts.append(part)
        limit -= len(part)
        room = _READ_BYTES
    return parts[0] if len(parts) == 1 else b"".join(parts)


def kind_name(mode: int) -> str:
    """What sort of thing a file mode describes, with its article."""
    return next((name for test, name in _KIND_NAMES if test(mode)), "a regular file")


def error_text(error: OSError) -> str:
    """The cause of an operating system error for people, without its number and path."""
    if error.errno == errno.ELOOP and not isinstance(error, NotRegularFileError):
        return "a link that is not followed here, or goes in circles"
    return error.strerror or str(error)
