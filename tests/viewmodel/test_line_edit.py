"""A typed line, as tables of (keys, text with the cursor as |)."""

from __future__ import annotations

import pytest

from tui.viewmodel.frame.line_edit import MAX_LENGTH, LineEdit


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ("a b q", "abq|"),
        ("a space b", "a b|"),
        ("a b left x", "ax|b"),
        ("a b home x end y", "xaby|"),
        ("a b backspace", "a|"),
        ("backspace", "|"),
        ("a b left delete", "a|"),
        ("o n e space t w o ctrl+w", "one |"),
        ("o n e space ctrl+w", "|"),
        ("a space b left left ctrl+w", "| b"),
        ("a b c left ctrl+u", "|c"),
        ("left left a right right", "a|"),
    ],
)
def test_editing(keys: str, expected: str) -> None:
    line = LineEdit()
    for key in keys.split():
        assert line.press(key)
    assert f"{line.text[: line.cursor]}|{line.text[line.cursor :]}" == expected


@pytest.mark.parametrize("key", ["enter", "escape", "up", "f1", "ctrl+p", "\x1b"])
def test_other_keys_are_left_to_the_caller(key: str) -> None:
    assert not LineEdit("x").press(key)


def test_a_paste_is_kept_as_recorded_and_bounded() -> None:
    """`yt` copies a text with its control characters; pasted into a search it must find that text."""
    line = LineEdit()
    line.insert("one\x1b[31m two\r\n")
    assert line.text == "one\x1b[31m two"
    line.insert("x" * 10_000)
    assert len(line.text) == MAX_LENGTH
