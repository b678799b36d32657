"""Calls whose rows are looked at again in parts: one request that lists tens of thousands of calls alters them all."""

from __future__ import annotations

from collections.abc import Container
from itertools import islice

from tui.model.ids import ToolCallId
from tui.model.noderef import NodeRef

CALLS_AT_ONCE = 500
"""Calls that are looked at in one step if more have changed: some 30 milliseconds, so that no key waits for all."""


class LaterCalls:
    """Calls with rows that wait to be looked at again.

    What their rows say is taken from the graph, so it is right already; their place, what a filter makes of them, the
    count of problems and the run they belong to may still be those of before.
    """

    def __init__(self, rows: Container[NodeRef]) -> None:
        """`rows` are the objects that have rows."""
        self._rows = rows
        self._names: dict[ToolCallId, None] = {}

    def __bool__(self) -> bool:
        return bool(self._names)

    def now(self, changed: set[ToolCallId]) -> set[ToolCallId]:
        """Of the calls that changed and those that wait, the ones to look at now; all that have no row are among them.

        Few changed ones come before those that wait.
        """
        chosen = changed
        if len(changed) > CALLS_AT_ONCE:
            altered = {name for name in changed if NodeRef("tool_call", name) in self._rows}
            self._names.update(dict.fromkeys(altered))
            chosen = changed - altered
        waited = list(islice(self._names, max(0, CALLS_AT_ONCE - len(chosen))))
        for name in waited:
            del self._names[name]
        return chosen.union(waited)
