"""A copy of something for the person's own pager or editor, with nothing in it that drives a terminal.

A copy stays until the viewer ends: an editor that opens a window returns before it has read the file. A program that
returns at once would leave nothing to see, so the person is asked to go on.
"""

from __future__ import annotations

import atexit
import os
import re
import select
import shlex
import signal
import subprocess
import sys
import tempfile
import termios
import time
import tty
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple, Self

from tui.viewmodel.text.clean import clean_lines

FALLBACK = "less"

AT_ONCE_SECONDS = 1.0
"""Nobody has read anything in a program that ended sooner."""

LOOK_SECONDS = 0.25
"""How long at most a signal waits that came just before this program began to wait: Python answers it in between."""

MOST_COPIES = 20
"""Copies that are kept until the end; of more, the oldest go."""

_SHELL = "/bin/sh"
_ENDING = (signal.SIGTERM, signal.SIGHUP)
_ASSIGNMENT = re.compile(r"([A-Za-z_][A-Za-z_0-9]*)=(.*)", re.DOTALL)
_FOR_A_SHELL = re.compile(r"[|&;<>()$`*?\[#~\n]")

_kept: list[Path] = []


class Reader(NamedTuple):
    """How to start a program, without the file: its words, and the variables that it is to see besides ours."""

    command: list[str]
    variables: dict[str, str]

    @property
    def name(self) -> str:
        """The program, as a person knows it."""
        return self.command[-1] if self.command[0] == _SHELL else self.command[0]

    @property
    def staying(self) -> list[str]:
        """The option by which `less` stays until it is left, although `-F` in $LESS says otherwise."""
        return ["-+F"] if Path(self.command[0]).name == FALLBACK else []


def reader_of(environment: Mapping[str, str]) -> Reader:
    """The program of `$PAGER`, else of `$EDITOR`, else `less`. What only a shell understands is left to one."""
    for name in ("PAGER", "EDITOR"):
        reader = _parsed(environment.get(name, ""))
        if reader is not None:
            return reader
    return Reader([FALLBACK], {})


def _parsed(value: str) -> Reader | None:
    """The program in the value of a variable; None if there is none, or if it cannot be understood."""
    try:
        words = shlex.split(value)
    except ValueError:
        return None
    if _FOR_A_SHELL.search(value):
        return Reader([_SHELL, "-c", f'{value} "$@"', words[0] if words else value], {})
    variables = {}
    while words and (assignment := _ASSIGNMENT.fullmatch(words[0])):
        variables[assignment[1]] = assignment[2]
        del words[0]
    return Reader(words, variables) if words else None


def write_copy(text: str, name: str) -> Path:
    """Write a harmless copy of `text` into a private temporary file whose name ends in `name`; return its path.

    Raises `OSError`; then nothing is left of it.
    """
    descriptor, path = tempfile.mkstemp(prefix="rtrace-", suffix=f"-{_file_name(name)}")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="replace") as file:
            file.writelines(f"{line}\n" for line in clean_lines(text))
    except BaseException:
        Path(path).unlink(missing_ok=True)
        raise
    return Path(path)


def open_copy(text: str, name: str, environment: Mapping[str, str] | None = None) -> str | None:
    """Show a copy of `text` and wait until the person closed it; return what went wrong, or None.

    The terminal must be free: call it while the app is suspended.
    """
    environment = os.environ if environment is None else environment
    reader = reader_of(environment)
    try:
        path = write_copy(text, name)
    except OSError as error:
        return f"the copy cannot be written: {error.strerror}"
    _keep(path)
    variables = {**os.environ, **reader.variables}
    try:
        code, seconds = _run([*reader.command, *reader.staying, str(path)], variables)
        if reader.staying and code > 0 and seconds < AT_ONCE_SECONDS:  # a `less` that does not know the option
            code, seconds = _run([*reader.command, str(path)], variables)
    except OSError as error:
        return f"{reader.name} cannot be started: {error.strerror}; set $PAGER or $EDITOR"
    if code == 0 and seconds < AT_ONCE_SECONDS and not reader.staying:
        _ask_to_go_on(f"{reader.name} returned at once; the copy is {path} until rtrace-tui ends")
    if code in (0, -signal.SIGINT, -signal.SIGTERM, -signal.SIGHUP):  # who stops a reader with these knows why
        return None
    how = f"ended with code {code}" if code > 0 else f"was ended by signal {-code}"
    return f"{reader.name} {how}; the copy is {path}"


def _run(command: list[str], variables: Mapping[str, str]) -> tuple[int, float]:
    """Run a program to its end; return its exit code, or minus the signal, and the seconds that it took."""
    started = time.monotonic()
    with _Signals() as signals, subprocess.Popen(command, env=variables) as process:  # noqa: S603  (the person's own)
        signals.lead_to(process)
        code = _ended(process)
    return code, time.monotonic() - started


def _ended(process: subprocess.Popen[bytes]) -> int:
    """Wait until a program has ended; its exit code."""
    while True:
        try:
            return process.wait(LOOK_SECONDS)
        except subprocess.TimeoutExpired:
            continue


def _ask_to_go_on(line: str) -> None:
    """Leave what the program wrote on the screen until the person has seen it."""
    if sys.__stdin__ is None or sys.__stderr__ is None or not sys.__stdin__.isatty():
        return
    terminal = sys.__stdin__.fileno()
    settings = termios.tcgetattr(terminal)
    before = {number: signal.signal(number, _stop_waiting) for number in _ENDING}
    before[signal.SIGINT] = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        tty.setcbreak(terminal)
        # Asked only now: a key or a signal that answers at once is already read as one.
        sys.__stderr__.write(f"\nrtrace-tui: {line}\nAny key goes back to the viewer ")
        sys.__stderr__.flush()
        while not select.select([terminal], [], [], LOOK_SECONDS)[0]:
            pass
        os.read(terminal, 1024)
    except _EndingError:
        pass  # the event loop knows it, too
    finally:
        termios.tcsetattr(terminal, termios.TCSADRAIN, settings)
        for number, handler in before.items():
            signal.signal(number, handler)


class _EndingError(Exception):
    """The viewer is to end."""


def _stop_waiting(_number: int, _frame: object) -> None:
    raise _EndingError


def _keep(path: Path) -> None:
    if not _kept:
        atexit.register(_forget_copies)
    _kept.append(path)
    while len(_kept) > MOST_COPIES:
        _kept.pop(0).unlink(missing_ok=True)


def _forget_copies() -> None:
    while _kept:
        _kept.pop().unlink(missing_ok=True)


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
