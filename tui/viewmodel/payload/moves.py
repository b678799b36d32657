"""What a move does to the tree of a payload. To go from row to row is the pane's."""

from __future__ import annotations

from collections.abc import Callable

from tui.viewmodel.payload.views import TreeView
from tui.viewmodel.rows.moves import Move


def _step_in(view: TreeView, _count: int) -> None:
    row = view.cursor
    if view.tree.rows[row].expanded:
        view.stand_on(row + 1)
    else:
        view.tree.expand(row)


def _step_out(view: TreeView, _count: int) -> None:
    row = view.cursor
    if view.tree.rows[row].expanded:
        view.tree.collapse(row)
    else:
        view.leave_to_parent()


def _toggle_fold(view: TreeView, _count: int) -> None:
    row = view.cursor
    if view.tree.rows[row].expanded:
        view.tree.collapse(row)
    else:
        view.tree.expand(row)


TREE_MOVES: dict[Move, Callable[[TreeView, int], None]] = {
    Move.STEP_IN: _step_in,
    Move.STEP_OUT: _step_out,
    Move.TOGGLE_FOLD: _toggle_fold,
    Move.FOLD_ALL: lambda view, _count: view.tree.collapse_all(),
    Move.UNFOLD_ALL: lambda view, _count: view.tree.expand_below(0),
    Move.NEXT_SIBLING: lambda view, count: view.go_sibling(count),
    Move.PREVIOUS_SIBLING: lambda view, count: view.go_sibling(-count),
}
"""Moves of the tree mode; the other modes have none of their own."""
