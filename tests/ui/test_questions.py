"""Those who are new type a word of their own into the help, and find the key."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from tests.ui.driving import Driver, running
from tui.ui.commands import COMMANDS
from tui.ui.commands.questions import QUESTIONS, Question, listed_questions, words_of
from tui.ui.keyboard import shown_keys
from tui.ui.listed_commands import listed_commands
from tui.viewmodel.lists.commands import Steps, command_entries, entries_by_name
from tui.viewmodel.lists.picker import Picker

KEYS = {command.id: shown_keys(command.keys[0]) for command in COMMANDS}
HELP_ROOM = 73
"""Cells of a line of the help in a terminal of 80 columns."""


def keys_found(word: str) -> set[str]:
    picker = Picker(command_entries(listed_questions(lambda name: KEYS[name])))
    picker.narrow(word)
    return {KEYS[entry.value.command_ids[0]] for entry in picker.shown if isinstance(entry.value, Steps)}


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
        ("failed", "e"),
        ("why failing", "e"),
        ("download", "O"),
        ("sandbox", "gg"),
        ("line numbers", "/"),
    ],
)
def test_word_of_a_newcomer_finds_the_key(word: str, key: str) -> None:
    assert key in keys_found(word)


@pytest.mark.parametrize(
    ("word", "commands"),
    [
        ("tools", "focus_next_pane go_first"),
        ("cache", "show_statistics change_order"),
        ("failed", "next_problem explain_why"),
        ("context", "show_statistics"),
        ("tokens", "pick_agent"),
        ("cost", "pick_agent"),
        ("diff", "search_here"),
        ("picture", "search_everywhere"),
        ("stuck", "pick_agent"),
        ("follow", "follow_newest"),
        ("note", "write_note"),
        ("send", "copy_path"),
        ("slow", "show_statistics"),
        ("compaction", "search_here"),
    ],
)
def test_enter_after_a_word_runs_the_best_question(word: str, commands: str) -> None:
    picker = Picker(command_entries(listed_questions(lambda name: KEYS[name])), told_first=True)
    picker.narrow(word)
    assert picker.chosen is not None
    steps = picker.chosen.value
    assert isinstance(steps, Steps)
    assert " ".join(steps.command_ids) == commands


def commands_found(word: str) -> set[str]:
    picker = Picker(command_entries(listed_commands(COMMANDS)), told_first=True)
    picker.narrow(word)
    return {str(entry.value) for entry in picker.shown if entry.value is not None}


@pytest.mark.parametrize(
    ("word", "command"),
    [
        ("expand", "step_in"),
        ("collapse", "step_out"),
        ("color", "cycle_theme"),
        ("dark", "cycle_theme"),
        ("exit", "quit"),
        ("mouse", "show_help_pages"),
        ("top", "go_first"),
        ("resize", "widen_timeline"),
        ("expanding", "step_in"),
    ],
)
def test_everyday_word_finds_a_command(word: str, command: str) -> None:
    assert command in commands_found(word)


PRESSED = {command.id: command.keys[0] for command in COMMANDS}
SEVERAL = [question for question in QUESTIONS if question.typed or len(question.commands) > 1]
LED_TO = {
    "What was it about, how did it end, with which settings?": ("Summary", "asked"),
    "Which tools did the model have?": ("so far", "tools "),
    "What did it change? The diff of a patch.": ("no match",),
    "Where are pictures? O saves one.": ("image/", "Nothing in this recording holds it"),
    "What did a compaction drop?": ("/compaction 1 of", "› compaction 1"),
    "Which requests missed the cache, and why?": ("Statistics · by cached", "why so little"),
    "Which requests were cached least?": ("filter cached<50 ·", "rows hidden"),
    "What went wrong, and why?": ("Why ", "Enter goes there"),
}
"""Questions with several keys → what is on the screen then: a mode or a title, and words of the answer."""


def on_screen(driver: Driver) -> str:
    lines = driver.app.screen._compositor.render_strips()
    return "\n".join(strip.text for strip in lines)


@pytest.mark.parametrize("question", SEVERAL, ids=lambda question: question.commands[-1])
@pytest.mark.parametrize("chosen", [False, True], ids=["pressed", "chosen"])
async def test_keys_of_a_question_lead_to_its_answer(question: Question, *, chosen: bool) -> None:
    async with running("compaction") as driver:
        if chosen:
            await driver.press("?")
            await driver.picked()
            await driver.narrow(question.sentence)
            await driver.press("enter")
        else:
            if question.begins == "request":
                await driver.press("j j")
                await driver.at_rest()
            for name in question.commands:
                await driver.press(PRESSED[name])
                if driver.app.screen is driver.main and not question.typed:
                    await driver.at_rest()
            await driver.type(question.typed)
            await driver.press("enter" if question.typed else "")
        await driver.until(lambda: all(words in on_screen(driver) for words in LED_TO[question.text]), "the answer")


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
