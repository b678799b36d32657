"""JSON on standard output: the same bytes to a pipe and to a terminal, and none of them drives a terminal.

Everything outside of ASCII is escaped, so the values are what was recorded and the text is harmless as it is.
Each document names its shape and version in `format`: a field is added without a new version, never changed or removed.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Any


def print_json(command: str, value: Mapping[str, Any], *, version: int = 1) -> None:
    """Print `value` as the answer of `command`, in version `version` of its shape."""
    write_json({"format": f"rtrace-tui {command} {version}", **value})


def write_json(value: Mapping[str, Any]) -> None:
    """Print `value`, whose shape names its version itself."""
    for piece in json.JSONEncoder(indent=2, allow_nan=False).iterencode(value):
        sys.stdout.write(piece.replace("\x7f", "\\u007f"))  # the one control character that JSON may hold as it is
    sys.stdout.write("\n")
