"""What a filter asks of rows, however it was typed: a timeline has one that asks nothing until somebody types."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from tui.named_tuple import NamedTuple

if TYPE_CHECKING:
    from tui.analysis.search.pattern import Pattern

Key = Literal["kind", "tool", "status", "agent", "turn", "duration", "tokens", "cached", "text", "problem"]


KEYS: tuple[Key, ...] = ("kind", "tool", "status", "agent", "turn", "duration", "tokens", "cached", "text")
"""What can stand before a colon or a comparison."""


class Condition(NamedTuple):
    """One condition on a row: any of `values` (or `words`, for what the label holds), or none of them if negated.

    `statuses`: those that a text names; a row that has one of them is left, too. A comparison has one value, the amount
    in milliseconds, tokens or percent, and its `sign`.
    """

    key: Key
    values: tuple[str, ...] = ()
    is_negated: bool = False
    sign: str = ":"
    amount: float = 0.0
    words: tuple[Pattern, ...] = ()
    statuses: tuple[str, ...] = ()


class TimelineFilter(NamedTuple):
    """All conditions must hold; without any, every row is left."""

    conditions: tuple[Condition, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.conditions)
