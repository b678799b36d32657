"""Loads msgspec without `typing_extensions`, which takes a quarter of the time that loading msgspec takes.

msgspec asks it for type hints where it is installed, as it is beside Textual; the standard library's are the same since
Python 3.11. What is loaded later finds it as always.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any, Final

LEFT_OUT: Final = "typing_extensions"


def load_msgspec() -> None:
    """Import msgspec, for a command that runs and ends; nothing if either of the two is loaded."""
    loaded: dict[str, Any] = sys.modules
    if "msgspec" in loaded or LEFT_OUT in loaded:
        return
    loaded[LEFT_OUT] = None  # importing it raises `ImportError`
    try:
        import_module("msgspec")
    finally:
        del loaded[LEFT_OUT]
