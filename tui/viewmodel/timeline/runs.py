"""Runs: equal rows beside each other under one row that counts them, folded until somebody opens it.

    request 4  → wait_agent          requests 4–6  → wait_agent
    request 5  → wait_agent    ──▶   request 7  → list_agents
    request 6  → wait_agent
    request 7  → list_agents

A run is a row of the tree, and what it represents are its children. It is as long as it can be. Rows that came or
changed are compared with those beside them only, at the end of a change, so a change costs what it holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tui.model.noderef import NodeRef
from tui.viewmodel.rows.branch import RowNode
from tui.viewmodel.rows.tree import RowTree
from tui.viewmodel.timeline.row_kinds import ROW_KINDS

SameRows = Callable[[RowNode, RowNode], bool]
"""Whether two rows below the same one show the same."""


class Runs:
    """Keeps the runs of one tree. All rows come and go through it; `settle` follows when a change is complete."""

    def __init__(self, rows: RowTree, same: SameRows) -> None:
        self.nodes: dict[NodeRef, RowNode] = {}
        """The rows that stand for runs, by the first object of each."""
        self.kept_open: frozenset[RowNode] = frozenset()
        """Rows that a person is on: no run is folded over them."""
        self.on_note: Callable[[RowNode], object] = _ignore
        """Called with each row that came or may show something else."""
        self._rows = rows
        self._same = same
        self._due: dict[RowNode, None] = {}
        self._waiting: set[RowNode] = set()
        """Of those that `settle` goes through, the ones still to come."""

    def insert(self, node: RowNode, parent: RowNode | None) -> None:
        """Add a row below `parent` by its key; it is seen later whether it belongs to a run."""
        above = self._rows.root if parent is None else parent
        before = above.children.last_until(node.key) if above.children is not None else None
        is_within = before is not None and before.is_run and node.key < members(before)[1].key
        self._rows.insert(node, before if is_within else parent)
        self.note(node)

    def remove(self, node: RowNode) -> None:
        """Take a row out."""
        run = node.parent if node.parent is not None and node.parent.is_run else None
        for step in (-1, 1):
            beside = _beside(node, step) or (None if run is None else _beside(run, step))
            if beside is not None:
                self._due[members(beside)[0]] = None
        if node.home is not None:
            self._note_above(node.home)
        self._rows.remove(node)
        if run is not None:
            self._shrink(run)
        self._due.pop(node, None)

    def note(self, node: RowNode) -> None:
        """A row changed, and with it what the rows above it show."""
        self._due[node] = None
        self.on_note(node)
        if node.home is not None:
            self._note_above(node.home)

    def settle(self) -> None:
        """See for all rows that came or changed whether they belong to runs."""
        while self._due:
            waiting, self._due = self._due, {}
            self._waiting = set(waiting)
            for node in waiting:
                self._waiting.discard(node)
                if node.parent is not None:
                    self._regroup(node)

    def _note_above(self, node: RowNode) -> None:
        step: RowNode | None = node
        while step is not None and (kind := ROW_KINDS[step.ref.kind]) is not None and kind.shows_below:
            self._due[step] = None
            self.on_note(step)
            step = step.home

    def _regroup(self, node: RowNode) -> None:
        run = node.parent
        if run is None or not run.is_run:
            self._join(node)
            return
        before, after = _beside(node, -1), _beside(node, 1)
        fits = (before is None or self._same(before, node)) and (after is None or self._same(node, after))
        if not fits:
            self._split(run, node)
            self._join(node)
        elif before is None or after is None:
            self._join(run)

    def _join(self, unit: RowNode) -> None:
        """Make one of a row or run and those beside it, where they are the same."""
        before = _beside(unit, -1)
        if before is not None and self._same(members(before)[1], members(unit)[0]):
            unit = self._merged(before, unit)
        after = _beside(unit, 1)
        first = None if after is None else members(after)[0]
        # One that is due will look at what is before it.
        if after is not None and first is not None and not self._is_due(first) and self._same(members(unit)[1], first):
            self._merged(unit, after)

    def _is_due(self, node: RowNode) -> bool:
        return node in self._waiting or node in self._due

    def _merged(self, first: RowNode, second: RowNode) -> RowNode:
        """The run of two rows or runs beside each other."""
        run = first if first.is_run else self._begin(first, second)
        moved = list(second.all_members())
        for node in moved:
            self._rows.remove(node)
        if second.is_run:
            self._rows.remove(second)
            self.nodes.pop(second.ref, None)
        for node in moved:
            self._rows.insert(node, run)
        if not self.kept_open.isdisjoint(moved):
            self._rows.set_folded(run, folded=False)
        return run

    def _begin(self, first: RowNode, second: RowNode) -> RowNode:
        is_open = second.is_run and not second.folded
        run = RowNode(first.ref, first.key, folded=not is_open and first not in self.kept_open, is_run=True)
        self.nodes[run.ref] = run
        self._rows.wrap(first, run)
        return run

    def _split(self, run: RowNode, node: RowNode) -> None:
        """Take a row, and all behind it, out of its run; these are looked at again."""
        below = list(run.all_members())
        place = below.index(node)
        above = run.parent
        for moved in below[place:]:
            self._rows.remove(moved)
        for moved in below[place:]:
            self._rows.insert(moved, above)
            self._due[moved] = None
        self._shrink(run)

    def _shrink(self, run: RowNode) -> None:
        """Rows left a run: it goes if less than two are left, and has its name from the first."""
        left = _first_two(run)
        if len(left) == 2:
            if run.ref != left[0].ref:
                self.nodes.pop(run.ref, None)
                run.ref, run.key = left[0].ref, left[0].key
                self.nodes[run.ref] = run
            return
        self.nodes.pop(run.ref, None)
        if left:
            self._rows.unwrap(run)
            self._due[left[0]] = None
        else:
            self._rows.remove(run)


def _ignore(_node: RowNode) -> None:
    """Nobody wants to know."""


def members(unit: RowNode) -> tuple[RowNode, RowNode]:
    """The first and the last row of a run; of another row itself."""
    if not unit.is_run or unit.children is None:
        return unit, unit
    return unit.children.ends()


def _beside(node: RowNode, step: int) -> RowNode | None:
    return None if node.branch is None else node.branch.beside(node, step)


def _first_two(run: RowNode) -> list[RowNode]:
    children: Iterator[RowNode] = run.children.children() if run.children is not None else iter(())
    return [node for node, _ in zip(children, range(2), strict=False)]
