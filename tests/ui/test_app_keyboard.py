"""From key presses to commands."""

from __future__ import annotations

import pytest
from textual import events
from textual._xterm_parser import XTermParser

from tui.ui.bindings import BINDINGS_BY_ID, remapped
from tui.ui.escape_keys import apart, take_escape_keys
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


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        *((f"\x1b{digit}", f"alt+{digit}") for digit in range(1, 10)),
        ("\x1b[1;3D", "alt+left"),
        ("\x1b[1;3C", "alt+right"),
        ("\x1bb", "ctrl+left"),
    ],
)
def test_what_a_terminal_sends_for_an_alt_key_is_that_key(typed: str, key: str) -> None:
    take_escape_keys()
    events_read = list(XTermParser().feed(f"{typed}j"))
    assert [key_of(event) for event in events_read if isinstance(event, events.Key)] == [key, "j"]


@pytest.mark.parametrize(
    ("typed", "keys"),
    [
        ("\x1bq", ["escape", "q"]),
        ("\x1b?", ["escape", "?"]),
        ("\x1bG", ["escape", "G"]),
        ("\x1b=", ["escape", "="]),
        ("\x1b ", ["escape", "space"]),
        ("\x1b\r", ["escape", "enter"]),
        ("\x1ba\x1bL\x1b!", ["escape", "a", "escape", "L", "escape", "!"]),
        ("\x1b\x1bq", ["escape", "escape", "q"]),
        ("\x1b[Aq", ["up", "q"]),
        ("\x1bOAq", ["up", "q"]),
    ],
)
def test_esc_and_a_key_that_come_together_are_both(typed: str, keys: list[str]) -> None:
    """A slow line brings at once what was typed one after the other."""
    take_escape_keys()
    events_read = [part for event in XTermParser().feed(typed) for part in apart(event)]
    assert [key_of(event) for event in events_read if isinstance(event, events.Key)] == keys


def test_one_key_means_what_the_focused_pane_makes_of_it() -> None:
    keyboard = Keyboard(BINDINGS_BY_ID)
    assert [outcome.binding_id for outcome in keyboard.press("payload", "v")] == ["next_view_mode"]
    assert [outcome.binding_id for outcome in keyboard.press("conversation", "v")] == ["conversation.next_view_mode"]
    assert [outcome.kind for outcome in keyboard.press("timeline", "v")] == ["unknown"]


def test_another_pane_forgets_an_unfinished_sequence() -> None:
    keyboard = Keyboard(BINDINGS_BY_ID)
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
    keyboard = Keyboard(BINDINGS_BY_ID)
    keyboard.press("timeline", "y")
    assert ("p", BINDINGS_BY_ID["copy_path"].description) in keyboard.continuations()
