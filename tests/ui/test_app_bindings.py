"""The registry of keys keeps its own rules."""

from __future__ import annotations

import pytest

from tests.ui.driving import running
from tui.ui.bindings import (
    COMMANDS_BY_ID,
    KeyConflict,
    find_conflicts,
    remapped,
    unknown_ids,
)
from tui.viewmodel.frame.layout import PANES, Pane


def test_default_keys_do_not_conflict() -> None:
    assert find_conflicts(COMMANDS_BY_ID) == []


def test_every_command_has_a_key_that_no_terminal_swallows() -> None:
    """Function keys, Alt chords and brackets are never the only path; Ctrl+I, S, Q, A, B are never used."""
    for binding in COMMANDS_BY_ID.values():
        safe = [key for key in binding.keys if not key.startswith(("f1", "alt+", "[", "]", "{", "}"))]
        assert safe, binding.id
        for key in binding.keys:
            assert not {"ctrl+i", "ctrl+s", "ctrl+q", "ctrl+a", "ctrl+b"} & set(key.split()), binding.id


@pytest.mark.parametrize("scope", PANES)
async def test_a_pane_has_the_moves_of_its_keys(scope: Pane) -> None:
    own = [binding for binding in COMMANDS_BY_ID.values() if binding.scope in (scope, "rows")]
    async with running("answer") as driver:
        widget = driver.main.panes.widget(scope)
        assert [one.id for one in own if one.move is None or not widget.perform(one.move)] == []


def test_the_name_of_a_command_is_the_name_of_its_function() -> None:
    own = [command for command in COMMANDS_BY_ID.values() if command.move is None]
    assert len(own) > 30
    assert {one.id for one in own if getattr(one.run, "__name__", one.id) != one.id} <= {"quit"}


def test_a_remap_that_takes_the_key_of_another_command_is_a_conflict() -> None:
    bindings = remapped({"explain_why": ("e",)})
    assert find_conflicts(bindings) == [KeyConflict("e", "next_problem", "explain_why")]


def test_two_panes_may_use_one_key() -> None:
    assert COMMANDS_BY_ID["next_view_mode"].keys == COMMANDS_BY_ID["conversation.next_view_mode"].keys


def test_names_that_are_no_command_are_found() -> None:
    assert unknown_ids({"move_down": ("n",), "fly": ("x",)}) == ["fly"]
