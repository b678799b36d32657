"""The key map of a person, made when it is first asked for: it loads every command of the viewer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from tui.ui.command import Command


class KeyMap(Mapping[str, Command]):
    """Command id → command, with the keys that a person chose for some of them."""

    def __init__(self, overrides: Mapping[str, Iterable[str]]) -> None:
        self._overrides = overrides

    @cached_property
    def _commands(self) -> dict[str, Command]:
        from tui.ui.bindings import remapped

        return remapped(self._overrides)

    def __getitem__(self, command_id: str) -> Command:
        return self._commands[command_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._commands)

    def __len__(self) -> int:
        return len(self._commands)
