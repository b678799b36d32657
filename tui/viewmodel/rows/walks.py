"""Ways down a tree of rows: to the node at a row number, over the visible rows from there on, over all nodes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from tui.viewmodel.rows.branch import RowNode, Weight
from tui.viewmodel.rows.weights import ROWS, weight_below


def node_at(top: RowNode, row: int) -> RowNode | None:
    """The node at a row number below `top`, or None beyond the end."""
    branch, weight = top.children, ROWS
    if row < 0:
        return None
    while branch is not None:
        found = branch.at(weight, row)
        if found is None:
            return None
        node, row = found
        if weight is ROWS or node.is_frame:
            if row == 0:
                return node
            row -= 1
        weight = weight_below(node, weight)
        branch = node.children
    return None


def rows_from(top: RowNode, row: int) -> Iterator[tuple[RowNode, int]]:
    """The visible nodes from a row number on, each with its depth on the screen.

    The way down to the first is walked once; each further row costs a few steps, however deep it is. The tree must
    not change meanwhile.
    """
    waiting = _way_to_row(top, row)
    while waiting:
        children, weight, depth = waiting[-1]
        node = next(children, None)
        if node is None:
            waiting.pop()
            continue
        is_row = weight is ROWS or node.is_frame
        if is_row:
            yield node, depth
        if node.children is not None and not node.hides_all:
            inner = weight_below(node, weight)
            waiting.append((node.children.weighing(inner), inner, depth + is_row))


def _way_to_row(top: RowNode, row: int) -> list[tuple[Iterator[RowNode], Weight, int]]:
    """What is left to walk from a row on: for each level its nodes, the weight that counts there, and their depth.

    The innermost level comes last and begins with the row itself. Empty beyond the end.
    """
    levels: list[tuple[Iterator[RowNode], Weight, int]] = []
    branch, weight, depth = top.children, ROWS, 0
    while branch is not None and row >= 0:
        found = branch.at(weight, row)
        if found is None or found[0].branch is None:
            break
        node, row = found
        behind = found[0].branch.weighing_behind(weight, node)
        is_row = weight is ROWS or node.is_frame
        if is_row and row == 0:
            return [*levels, (chain((node,), behind), weight, depth)]
        levels.append((behind, weight, depth))
        row, depth, weight, branch = row - is_row, depth + is_row, weight_below(node, weight), node.children
    return []


def nodes_below(top: RowNode) -> Iterator[RowNode]:
    """Every node below `top`, visible or not, parents before children."""
    waiting = [top.children.children()] if top.children is not None else []
    while waiting:
        node = next(waiting[-1], None)
        if node is None:
            waiting.pop()
            continue
        yield node
        if node.children is not None:
            waiting.append(node.children.children())
