"""A copy of something for the person's own pager or editor, with nothing in it that drives a terminal."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tui.viewmodel.text import clean_lines

FALLBACK = "less"

_ENDING = (signal.SIGTERM, signal.SIGHUP)


def reader_command(environment: Mapping[str, str]) -> list[str]:
    """The words of `$PAGER`, else `$EDITOR`, else `less`."""
    for name in ("PAGER", "EDITOR"):
        try:
            words = shlex.split(environment.get(name, ""))
        except ValueError:
            continue
        if words:
            return words
    return [FALLBACK]


def write_copy(text: str, name: str) -> Path:
    """Write a harmless copy of `text` into a private temporary file whose name ends in `name`; return its path."""
    descriptor, path = tempfile.mkstemp(prefix="rtrace-", suffix=f"-{_file_name(name)}")
    with os.fdopen(descriptor, "w", encoding="utf-8", errors="replace") as file:
        file.writelines(f"{line}\n" for line in clean_lines(text))
    return Path(path)


def open_copy(text: str, name: str, environment: Mapping[str, str] | None = None) -> str | None:
    """Show a copy of `text` and wait until the person closed it; return what went wrong, or None.

    The terminal must be free: call it while the app is suspended.
    """
    command = reader_command(os.environ if environment is None else environment)
    try:
        path = write_copy(text, name)
    except OSError as error:
        return f"the copy cannot be written: {error.strerror}"
    try:
        with subprocess.Popen([*command, str(path)]) as process, _signals_for(process):  # noqa: S603  (the person's own)
            process.wait()
    except OSError as error:
        return f"{command[0]} cannot be started: {error.strerror}; set $PAGER or $EDITOR"
    finally:
        path.unlink(missing_ok=True)
    return None


@contextmanager
def _signals_for(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """While it has the terminal, an interrupt is its own affair; what is to end this program ends it first.

    The event loop learns of the latter by its own way, and ends when it goes on.
    """
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, *_ENDING)}
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for number in _ENDING:
        signal.signal(number, lambda received, _frame: process.send_signal(received))
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _file_name(name: str) -> str:
    kept = "".join(character if character.isalnum() or character in "._-" else "_" for character in name)
    return kept[-40:] or "copy"
