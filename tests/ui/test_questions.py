"""Those who are new type a word of their own into the help, and find the key."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from tests.ui.driving import running
from tui.ui.commands import COMMANDS
from tui.ui.commands.questions import QUESTIONS, Question, listed_questions, words_of
from tui.ui.keyboard import shown_keys
from tui.ui.listed_commands import listed_commands
from tui.viewmodel.lists.commands import ABOUT, command_entries, entries_by_name
from tui.viewmodel.lists.picker import Picker

KEYS = {command.id: shown_keys(command.keys[0]) for command in COMMANDS}
HELP_ROOM = 73
"""Cells of a line of the help in a terminal of 80 columns."""


def keys_found(word: str) -> set[str]:
    picker = Picker(command_entries(listed_questions(lambda name: KEYS[name])))
    picker.narrow(word)
    return {KEYS[str(entry.value).partition(ABOUT)[0]] for entry in picker.shown if entry.value is not None}


@pytest.mark.parametrize(
    ("word", "key"),
    [
        ("context", "S"),
        ("window", "S"),
        ("tokens", "a"),
        ("cost", "a"),
        ("cache", "gx"),
        ("cache", "f"),
        ("slow", "S"),
        ("slow", "T"),
        ("critical path", "T"),
        ("stuck", "a"),
        ("wait", "a"),
        ("error", "e"),
        ("fail", "e"),
        ("problems", "!"),
        ("truncated", "%"),
        ("prompt", "Tab"),
        ("tools", "Tab"),
        ("instructions", "Tab"),
        ("compaction", "/"),
        ("diff", "/"),
        ("diff", "D"),
        ("patch", "/"),
        ("messages", "L"),
        ("spawn", "L"),
        ("follow", "F"),
        ("live", "F"),
        ("search", "g/"),
        ("find", "g/"),
        ("image", "O"),
        ("save", "O"),
        ("link", "yp"),
        ("copy", "yp"),
        ("note", "M"),
        ("export", "X"),
        ("share", "X"),
        ("html", "X"),
        ("raw", "O"),
        ("timezone", "c"),
        ("back", "^O"),
        ("past", "@"),
    ],
)
def test_word_of_a_newcomer_finds_the_key(word: str, key: str) -> None:
    assert key in keys_found(word)


TYPED = [question for question in QUESTIONS if " Type " in question.text]
PRESSED = {"Tab": "tab"}
"""Keys as the help shows them → as a driver presses them, where that is another word."""


@pytest.mark.parametrize("question", TYPED, ids=lambda question: question.commands[-1])
async def test_words_to_type_find_something(question: Question) -> None:
    async with running("compaction") as driver:
        for name in question.commands:
            await driver.press(PRESSED.get(KEYS[name], KEYS[name]))
        await driver.at_rest()
        await driver.type(question.text.partition(" Type ")[2])
        await driver.press("enter")
        await driver.at_rest()
        assert "no match" not in driver.footer
        assert "search" in driver.main.modes or "filter" in driver.main.modes


def test_every_question_fits_a_narrow_help() -> None:
    lines = command_entries(listed_questions(lambda name: KEYS[name]))
    assert len(lines) == len(QUESTIONS) + 1
    assert [entry.text for entry in lines if cell_len(entry.text) > HELP_ROOM] == []


def test_question_without_a_key_is_left_out() -> None:
    lines = listed_questions(lambda name: "" if name == "show_statistics" else KEYS[name])
    assert "show_statistics" not in {line.command_id for line in lines}


def test_palette_takes_the_same_words() -> None:
    picker = Picker(entries_by_name(listed_commands(COMMANDS, words_of)))
    picker.narrow("context window")
    assert [entry.value for entry in picker.shown if entry.value is not None] == ["show_statistics"]
