"""Where a person who follows goes: to the row where work went on last.

While lines come so fast that several agents do something between two pictures, following stays with one of them as long
as it works: each picture would show another agent, and nobody could read it.
"""

from __future__ import annotations

from collections.abc import Iterable

from tui.model.delta import TraceDelta
from tui.model.noderef import NodeRef
from tui.model.trace import RolloutTrace
from tui.viewmodel.rows.branch import RowNode
from tui.viewmodel.timeline.tree import TimelineTree, seq_of


class NewestRow:
    """Finds that row in one tree."""

    def __init__(self, trace: RolloutTrace, tree: TimelineTree) -> None:
        self._trace = trace
        self._tree = tree
        self._elsewhere: NodeRef | None = None
        """Work of another agent that is newer than what is followed."""
        self._has_worked = True
        """Whether the agent that is followed did something since the last tick."""
        self._is_idle = False
        """Whether it did nothing from one tick to the next."""

    def after(self, delta: TraceDelta, row: RowNode | None, *, stays: bool) -> RowNode | None:
        """The newest row of what changed; None to stay on `row`. `stays`: with the agent of `row` while it works."""
        rows = self._rows(delta)
        newest = self._newest(rows)
        if not stays or newest is None:
            self._elsewhere = self._elsewhere if newest is None else None
            return newest
        agent = _agent_of(row)
        here = self._newest(one for one in rows if _agent_of(one) is agent)
        if here is not None:
            self._has_worked, self._is_idle = True, False
            self._elsewhere = None if here is newest else newest.ref
            return here
        self._elsewhere = newest.ref
        return self.after_tick() if self._is_idle else None

    def tick(self) -> None:
        """A second went by."""
        self._is_idle, self._has_worked = not self._has_worked, False

    def after_tick(self) -> RowNode | None:
        """Newer work of another agent, if the one that is followed does nothing; None to stay."""
        if not self._is_idle or self._elsewhere is None:
            return None
        row = self._tree.nodes.get(self._elsewhere)
        self._elsewhere, self._has_worked, self._is_idle = None, True, False
        return row

    def _rows(self, delta: TraceDelta) -> list[RowNode]:
        # The end of a turn or of an agent is news, too, but it is far up the screen.
        refs = [NodeRef("inference", name) for name in delta.inference_calls]
        refs += [NodeRef("tool_call", name) for name in delta.tool_calls]
        return [row for ref in refs if (row := self._tree.nodes.get(ref)) is not None]

    def _newest(self, rows: Iterable[RowNode]) -> RowNode | None:
        return max(rows, key=lambda row: seq_of(self._trace, row.ref), default=None)


def _agent_of(row: RowNode | None) -> RowNode | None:
    """The row of the agent that a row belongs to."""
    while row is not None and not row.is_frame:
        row = row.parent
    return row
