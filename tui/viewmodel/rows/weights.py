"""What rows weigh: sums from the bottom of a row tree to its top (see `tui.viewmodel.rows.tree`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter

from tui.viewmodel.rows.branch import Branch, RowNode, Weight

ROWS: Weight = attrgetter("rows")
LEAN: Weight = attrgetter("lean")
PROBLEMS: Weight = attrgetter("problems")


def weight_below(node: RowNode, weight: Weight) -> Weight:
    """Which weight counts for the children of `node`, if `weight` counted for the node."""
    if node.folded:
        return LEAN
    return ROWS if node.is_frame else weight


def weigh(node: RowNode) -> None:
    """Set a node's weights from those of its children."""
    below = node.children
    if not node.is_shown:
        node.rows = node.lean = 0
    elif node.is_frame:
        node.rows = node.lean = 1 + (
            0 if below is None or node.hides_all else below.lean if node.folded else below.rows
        )
    else:
        node.lean = below.lean if below is not None else 0
        node.rows = 1 + (node.lean if node.folded else below.rows if below is not None else 0)
    node.problems = (below.problems if below is not None else 0) + node.has_problem


def weigh_again(node: RowNode) -> bool:
    """Weigh a node and tell the branches that it is in; whether anything changed for the nodes above it."""
    rows, lean, problems = node.rows, node.lean, node.problems
    weigh(node)
    rows, lean, problems = node.rows - rows, node.lean - lean, node.problems - problems
    if node.branch is None or not (rows or lean or problems):
        return False
    node.branch.add(rows, lean, problems)
    return True


def weigh_changed(nodes: Iterable[RowNode]) -> None:
    """Weigh nodes whose children changed, and what that changes above them; each node once, however many are below."""
    due = set(nodes)
    for node in children_first(due):
        if node in due and weigh_again(node) and node.parent is not None:
            due.add(node.parent)


def children_first(nodes: Iterable[RowNode]) -> Iterator[RowNode]:
    """These nodes and all nodes above them, each once and behind all of those that are below it."""
    waits_for: dict[RowNode, int] = {}
    for node in nodes:
        step, below = node, 0
        while step not in waits_for:
            waits_for[step] = below
            if step.parent is None:
                break
            step, below = step.parent, 1
        else:
            waits_for[step] += below
    ready = [node for node, count in waits_for.items() if count == 0]
    while ready:
        node = ready.pop()
        yield node
        if node.parent is not None:
            waits_for[node.parent] -= 1
            if waits_for[node.parent] == 0:
                ready.append(node.parent)


def weigh_all(root: RowNode, nodes: Sequence[RowNode]) -> None:
    """Weigh all nodes of a tree, parents before children among `nodes`, and count what is in its branches."""
    for node in reversed(nodes):
        if node.children is not None:
            _resum(node.children)
        weigh(node)
    if root.children is not None:
        _resum(root.children)


def _resum(branch: Branch) -> None:
    for entry in branch.entries:
        if isinstance(entry, Branch):
            _resum(entry)
    branch.rows = sum(entry.rows for entry in branch.entries)
    branch.lean = sum(entry.lean for entry in branch.entries)
    branch.problems = sum(entry.problems for entry in branch.entries)
