"""Every move has one road: from its key to its entry in a table, and through nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.ui.driving import running
from tui.ui.bindings import COMMANDS_BY_ID
from tui.viewmodel.conversation.model import CONVERSATION_MOVES
from tui.viewmodel.frame.layout import Pane
from tui.viewmodel.payload.moves import TREE_MOVES
from tui.viewmodel.rows.moves import ROW_MOVES, Move
from tui.viewmodel.timeline.moves import MOVES

MoveTable = dict[Move, Callable[..., Any]]

WAY_TO: dict[Pane, str] = {"timeline": "g g", "conversation": "tab", "payload": "g g j tab tab"}
"""Keys that lead to a pane with something in it."""


@pytest.mark.parametrize(
    ("pane", "table"),
    [
        ("timeline", MOVES),
        ("timeline", ROW_MOVES),
        ("conversation", CONVERSATION_MOVES),
        ("conversation", ROW_MOVES),
        ("payload", TREE_MOVES),
        ("payload", ROW_MOVES),
    ],
    ids=["timeline", "timeline rows", "conversation", "conversation rows", "payload tree", "payload rows"],
)
async def test_each_key_takes_its_entry_of_the_table(
    pane: Pane, table: MoveTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An entry that fails makes this fail; so does a key that finds a way around its entry."""
    made: list[Move] = []
    for move, step in table.items():
        monkeypatch.setitem(table, move, _noting(made, move, step))
    own = MOVES if pane == "timeline" and table is ROW_MOVES else {}
    moves = [move for move in table if move not in own]
    async with running("answer") as driver:
        await driver.press(WAY_TO[pane])
        await driver.at_rest()
        assert driver.main.pane == pane
        for move in moves:
            made.clear()
            await driver.press(COMMANDS_BY_ID[move.value].keys[0])
            assert made == [move]
            driver.main.panes.focus(pane)


def _noting(made: list[Move], move: Move, step: Callable[..., Any]) -> Callable[..., Any]:
    def noted(*arguments: Any) -> Any:
        made.append(move)
        return step(*arguments)

    return noted
