"""From key presses to commands."""

from __future__ import annotations

import pytest
from textual import events

from tui.ui.bindings import COMMANDS_BY_ID, remapped
from tui.ui.keyboard import Keyboard, key_of, shown_keys


@pytest.mark.parametrize(
    ("key", "character", "name"),
    [
        ("j", "j", "j"),
        ("G", "G", "G"),
        ("question_mark", "?", "?"),
        ("space", " ", "space"),
        ("tab", "\t", "tab"),
        ("ctrl+o", "\x0f", "ctrl+o"),
        ("alt+1", "1", "alt+1"),
        ("pagedown", None, "pagedown"),
        ("é", "é", "é"),
    ],
)
def test_keys_are_named_as_the_registry_names_them(key: str, character: str | None, name: str) -> None:
    assert key_of(events.Key(key, character)) == name


@pytest.mark.parametrize(
    ("keys", "shown"),
    [
        ("g g", "gg"),
        ("ctrl+d", "^D"),
        ("alt+left", "Alt+←"),
        ("alt+1", "Alt+1"),
        ("shift+tab", "⇧Tab"),
        ("f1", "F1"),
        ("m <letter>", "m…"),
        ("+", "+"),
        ("] ]", "]]"),
    ],
)
def test_keys_are_shown_as_people_write_them(keys: str, shown: str) -> None:
    assert shown_keys(keys) == shown


def test_one_key_means_what_the_focused_pane_makes_of_it() -> None:
    keyboard = Keyboard(COMMANDS_BY_ID)
    assert [outcome.binding_id for outcome in keyboard.press("payload", "v")] == ["next_view_mode"]
    assert [outcome.binding_id for outcome in keyboard.press("conversation", "v")] == ["conversation.next_view_mode"]
    assert [outcome.kind for outcome in keyboard.press("timeline", "v")] == ["unknown"]


def test_another_pane_forgets_an_unfinished_sequence() -> None:
    keyboard = Keyboard(COMMANDS_BY_ID)
    keyboard.press("timeline", "g")
    assert keyboard.pressed == "g"
    assert [outcome.binding_id for outcome in keyboard.press("payload", "w")] == ["explain_why"]


def test_a_remapped_command_leaves_its_old_key() -> None:
    keyboard = Keyboard(remapped({"explain_why": ("ctrl+y",)}))
    assert keyboard.press("timeline", "ctrl+y")[0].binding_id == "explain_why"
    assert keyboard.press("timeline", "w")[0].kind == "unknown"


def test_the_first_of_two_that_want_a_key_has_it() -> None:
    keyboard = Keyboard(remapped({"explain_why": ("e",)}))
    assert keyboard.press("timeline", "e")[0].binding_id == "next_problem"


def test_an_unfinished_sequence_tells_what_may_follow() -> None:
    keyboard = Keyboard(COMMANDS_BY_ID)
    keyboard.press("timeline", "y")
    assert ("p", COMMANDS_BY_ID["copy_path"].description) in keyboard.continuations()
