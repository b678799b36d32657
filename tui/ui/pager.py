"""A copy of something for the person's own pager or editor, with nothing in it that drives a terminal."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

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
        with _Signals() as signals, subprocess.Popen([*command, str(path)]) as process:  # noqa: S603  (the person's own)
            signals.lead_to(process)
            process.wait()
    except OSError as error:
        return f"{command[0]} cannot be started: {error.strerror}; set $PAGER or $EDITOR"
    finally:
        path.unlink(missing_ok=True)
    return None


class _Signals:
    """While a program has the terminal, an interrupt is its own affair; what is to end this program ends it first.

    The event loop learns of the latter by its own way, and ends when it goes on.
    """

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._received: list[int] = []
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Self:
        self._before = {number: signal.signal(number, self._receive) for number in _ENDING}
        return self

    def __exit__(self, *_error: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def lead_to(self, process: subprocess.Popen[bytes]) -> None:
        """Pass on to `process` what came and what comes."""
        # Not before: a program inherits what is ignored. Only what is ignored does not reach the event loop.
        self._before[signal.SIGINT] = signal.signal(signal.SIGINT, signal.SIG_IGN)
        self._process = process
        for number in self._received:
            process.send_signal(number)

    def _receive(self, number: int, _frame: object) -> None:
        if self._process is None:
            self._received.append(number)
        else:
            self._process.send_signal(number)


def _file_name(name: str) -> str:
    kept = "".join(character if character.isalnum() or character in "._-" else "_" for character in name)
    return kept[-40:] or "copy"
