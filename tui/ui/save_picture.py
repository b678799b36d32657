"""Saving a picture of a recording as a file of the person's own: where they say, and nowhere else.

A picture is bytes that somebody else made. It is written as it is into a new file that only its owner reads, never over
a file that is there, never into a bundle, and no program is started with it.
"""

from __future__ import annotations

import os
import shlex
import socket
from collections.abc import Mapping
from pathlib import Path
from tempfile import gettempdir

from tui.bundle.disk.folders import account_home, bundle_around
from tui.viewmodel.text.clean import format_bytes

MOST_NAMES = 1_000
"""Numbers that are tried to find a name that is free."""


def free_path(suffix: str, environment: Mapping[str, str], stem: str = "") -> str:
    """A file that could be written, to be offered: among the downloads, else in the home, else where nothing stays.

    `stem` is the recording's name for it. A number follows if a file of that name exists, or if there is no name.
    """
    numbers = range(0 if stem else 1, MOST_NAMES)
    home = Path(environment.get("HOME") or account_home() or gettempdir())
    for folder in (home / "Downloads", home, Path(gettempdir())):
        if folder.is_dir() and bundle_around(folder) is None and os.access(folder, os.W_OK):
            names = (folder / f"{stem or 'picture'}{f'-{number}' if number else ''}{suffix}" for number in numbers)
            free = next((path for path in names if not os.path.lexists(path)), None)
            if free is not None:
                return str(free)
    return ""


def refusal(typed: str) -> str:
    """Why no picture is written to a path; empty if it can be."""
    if not typed.strip():
        return "type the path of a new file"
    path = Path(typed).expanduser()
    if os.path.lexists(path):
        return f"{path.name} exists; choose another name"
    if not path.parent.is_dir():
        return f"{path.parent} is not a folder"
    around = bundle_around(path.parent)
    if around is not None:
        return f"{around.name} is a bundle, and bundles are never written to"
    return ""


def save(data: bytes, typed: str, environment: Mapping[str, str]) -> tuple[str, str]:
    """Write a picture; one line that says where it is now, or what went wrong, and the style of that line."""
    path = Path(typed).expanduser().absolute()
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
        except OSError:
            path.unlink(missing_ok=True)
            raise
    except OSError as error:
        return f"not saved: {error.strerror or error}", "error"
    size, name = format_bytes(len(data)), shlex.quote(str(path))
    if environment.get("SSH_CONNECTION"):
        return f"saved {size} on this machine; to fetch it: scp {socket.gethostname()}:{name} .", ""
    return f"saved {size} as {name}", ""
