"""Plain text to standard output and standard error that cannot drive the terminal it lands on."""

from __future__ import annotations

import io
import os
import struct
import sys
from typing import TextIO

from tui.viewmodel.text.clean import clean, escape_hidden

PROGRAM = "rtrace-tui"

EXIT_OK = 0
EXIT_FINDINGS = 1
EXIT_UNUSABLE = 2
"""Wrong usage, no bundle, no terminal."""


def say(line: str) -> None:
    """Write one line to standard output, made harmless."""
    sys.stdout.write(clean(line) + "\n")


def complain(line: str) -> None:
    """Write one line to standard error, made harmless, with the program's name before it.

    A standard error that takes nothing is passed over: the exit code still says it.
    """
    sys.stdout.flush()
    try:
        sys.stderr.write(f"{PROGRAM}: {clean(line)}\n")
        sys.stderr.flush()
    except OSError:
        abandon(sys.stderr)


def escaped_for_terminal(json_text: str) -> str:
    r"""The same JSON with the characters that could steer a terminal written as `\uXXXX`."""
    return escape_hidden(json_text, _escaped)


def _escaped(character: str) -> str:
    r"""A character as JSON escapes it, in units of UTF-16. The controls of ASCII are only between its tokens."""
    if character < " ":
        return character
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{unit:04x}" for (unit,) in struct.iter_unpack(">H", units))


def prepare_streams() -> None:
    """Make sure that there is something to write to, and that no character makes writing fail."""
    if sys.stdout is None:  # closed by the program that started this one
        sys.stdout = _nowhere()
    if sys.stderr is None:
        sys.stderr = _nowhere()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _nowhere() -> io.TextIOWrapper:
    return io.TextIOWrapper(io.FileIO(os.devnull, "w"), encoding="utf-8")


def abandon(stream: TextIO) -> None:
    """Forget what is still to be written there: who takes nothing now must not be asked again at exit."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, stream.fileno())
    os.close(null)
