"""Modes that Esc leaves, the last one entered first: a search, a filter, a zoom, two agents, an earlier moment."""

from __future__ import annotations

from typing import Literal

Mode = Literal["search", "filter", "zoom", "pause", "earlier", "pair"]


class Modes:
    """The modes one is in, in the order in which they were entered."""

    def __init__(self) -> None:
        self._entered: list[Mode] = []

    def enter(self, mode: Mode) -> None:
        """Be in a mode; entering it again makes it the last one."""
        self.leave(mode)
        self._entered.append(mode)

    def leave(self, mode: Mode) -> None:
        """Be in it no longer."""
        if mode in self._entered:
            self._entered.remove(mode)

    def last_of(self, *wanted: Mode) -> Mode | None:
        """The mode entered last, of those `wanted`, or of all if none is named."""
        found = [mode for mode in self._entered if not wanted or mode in wanted]
        return found[-1] if found else None

    def __contains__(self, mode: object) -> bool:
        return mode in self._entered
