"""Rows pinned over the first lines of the screen: whose children the rows below them are."""

from __future__ import annotations

from tui.viewmodel.rows.branch import RowNode
from tui.viewmodel.rows.tree import RowTree

PINNED_ROWS = 3
"""Rows pinned over the first lines of the screen at most."""


def pinned_rows(rows: RowTree, top: int) -> list[int]:
    """Numbers of the rows to pin over a screen that begins with row `top`.

    As many lines are covered as rows are pinned, so the first row below the pins decides. Of many ancestors the agent
    and the nearest ones are kept.
    """
    for covered in range(PINNED_ROWS + 1):
        node = rows.node_at(top + covered)
        if node is None:
            return []
        above = _most_telling(rows.visible_above(node))
        if len(above) <= covered:
            return [rows.row_of(one) for one in above]
    return []


def _most_telling(above: list[RowNode]) -> list[RowNode]:
    """The agent and, below it, the ancestors nearest to a row; at most `PINNED_ROWS`."""
    agent = next((node for node in reversed(above) if node.is_frame), None)
    if agent is None or agent in above[-PINNED_ROWS:]:
        return above[-PINNED_ROWS:]
    return [agent, *above[len(above) - PINNED_ROWS + 1 :]]
