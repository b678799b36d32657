"""Loads Textual without what this program leaves out of it, which takes a tenth of the time until the first rows.

An application of Textual brings a palette of commands, with widgets of its own, and a way to offer files for download.
Both are off here, yet their modules are loaded with it; so are tables and trees that show colours and widgets to
developers. asyncio asks for TLS, though nothing here opens a connection.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import Any, Final

LEFT_OUT: Final = ("textual.command", "platformdirs", "rich.table", "rich.tree")
"""Modules that are loaded with Textual to be at hand for what is off."""

ABSENT: Final = "ssl"
"""What asyncio does without where Python was built without it."""


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


def import_textual() -> None:
    """Load Textual; nothing if it is loaded already. Who needs what was left out can import it afterwards."""
    if "textual.app" in sys.modules:
        return
    stand_ins: dict[str, Any] = {name: _StandIn(name) for name in LEFT_OUT if name not in sys.modules}
    if ABSENT not in sys.modules:
        stand_ins[ABSENT] = None
    sys.modules.update(stand_ins)
    try:
        import_module("textual.app")
    finally:
        for name in stand_ins:
            del sys.modules[name]
