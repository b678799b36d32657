"""JSON on standard output: the same bytes to a pipe and to a terminal, and none of them drives a terminal.

Everything outside of ASCII is escaped, so the values are what was recorded and the text is harmless as it is.
Each document names its shape and version in `format`: a field is added without a new version, never changed or removed.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from tui.commands.answers.reading import ReadingAnswer


def print_json(command: str, value: msgspec.Struct, *, reading: ReadingAnswer | None = None) -> None:
    """Print the answer of `command`: its fields, and how much of the recording it rests on, if it rests on one."""
    fields = {"format": f"rtrace-tui {command} 1", **msgspec.to_builtins(value)}
    write_json(fields if reading is None else {**fields, "reading": msgspec.to_builtins(reading)})


def write_json(value: Mapping[str, Any]) -> None:
    """Print `value`, whose shape names its version itself."""
    for piece in json.JSONEncoder(indent=2, allow_nan=False).iterencode(value):
        sys.stdout.write(piece.replace("\x7f", "\\u007f"))  # the one control character that JSON may hold as it is
    sys.stdout.write("\n")
