"""Loads Textual without what this program leaves out of it, which takes a tenth of the time until the first rows.

An application of Textual brings a palette of commands, with widgets of its own, and a way to offer files for download.
Both are off here, yet their modules are loaded with it; so are tables and trees that show colours and widgets to
developers, and what an error in a style sheet is explained with. asyncio asks for TLS, though nothing here opens a
connection. Textual compiles fourteen long patterns for style sheets and markup, most of which are never used here.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from functools import cached_property
from importlib import import_module
from types import ModuleType
from typing import Any, Final

LEFT_OUT: Final = ("textual.command", "platformdirs", "rich.table", "rich.tree")
"""Modules that are loaded with Textual to be at hand for what is off."""

SILENT: Final = ("textual.suggestions", "textual.css._help_text")
"""Modules whose functions explain an error in a style sheet. The error itself is raised without them."""

ABSENT: Final = "ssl"
"""What asyncio does without where Python was built without it."""


LATE_PATTERNS_OF: Final = "textual.css.tokenizer"
"""The module whose patterns are compiled when they are first used."""


class _LeftOut:
    """Stands in for a class or function. It may be inherited from, and named in annotations, but not used."""

    def __init__(self, *_given: Any, **_named: Any) -> None:
        raise RuntimeError(f"{type(self).__name__} was left out when Textual was loaded")


class _StandIn(ModuleType):
    """A module in which any name can be found."""

    def __getattr__(self, name: str) -> type[_LeftOut]:
        if name.startswith("__"):
            raise AttributeError(name)
        found = type(name, (_LeftOut,), {})
        setattr(self, name, found)
        return found


class _Silent(ModuleType):
    """A module whose functions have nothing to say."""

    def __getattr__(self, name: str) -> Callable[..., None]:
        if name.startswith("__"):
            raise AttributeError(name)
        return _nothing


def _nothing(*_given: Any, **_named: Any) -> None:
    """No suggestion, no help."""


_compile = re.compile


class _LatePattern:
    """A pattern that is not compiled before it is used. Its methods may be taken from it before that."""

    def __init__(self, text: str, flags: int) -> None:
        self._given = (text, flags)

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return _compile(*self._given)

    def match(self, *given: Any) -> re.Match[str] | None:
        """What it matches at a place."""
        return self._pattern.match(*given)

    def search(self, *given: Any) -> re.Match[str] | None:
        """The first place that it matches."""
        return self._pattern.search(*given)


def _compile_late(text: str, flags: int = 0) -> Any:
    """In place of `re.compile`, for one module."""
    caller = sys._getframe(1).f_globals.get("__name__")
    return _LatePattern(text, flags) if caller == LATE_PATTERNS_OF else _compile(text, flags)


def import_textual() -> None:
    """Load Textual; nothing if it is loaded already. Who needs what was left out can import it afterwards."""
    if "textual.app" in sys.modules:
        return
    stand_ins: dict[str, Any] = {name: _StandIn(name) for name in LEFT_OUT if name not in sys.modules}
    stand_ins |= {name: _Silent(name) for name in SILENT if name not in sys.modules}
    if ABSENT not in sys.modules:
        stand_ins[ABSENT] = None
    sys.modules.update(stand_ins)
    re.compile = _compile_late  # type: ignore[assignment]  # what is given back has what is used of it
    try:
        import_module("textual.app")
    finally:
        re.compile = _compile
        for name in stand_ins:
            del sys.modules[name]
