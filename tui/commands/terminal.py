"""Whether there is a terminal to draw on and to read keys from."""

from __future__ import annotations

import sys

_STREAMS = (("stdin", "input"), ("stdout", "output"), ("stderr", "error"))


def missing_terminal() -> str | None:
    """One line on why the viewer cannot be shown here, or None if it can."""
    for name, word in _STREAMS:
        stream = getattr(sys, f"__{name}__")
        if stream is None or not stream.isatty():
            return (
                f"the viewer needs a terminal, but standard {word} is not one; "
                "for scripts there are commands such as rtrace-tui reduce BUNDLE; see rtrace-tui --help"
            )
    return None
