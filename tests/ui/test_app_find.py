"""Searching in a pane, searching everywhere, filtering; and Esc, which always leads out."""

from __future__ import annotations

import re

import pytest

from tests.ui.driving import Driver, running
from tui.ui.live.pane_search import NO_ROW_YET
from tui.viewmodel.text.spans import line_text
from tui.viewmodel.timeline.search import TimelineSearch


async def test_search_in_the_timeline_goes_along_as_one_types() -> None:
    async with running("shell") as driver:
        await driver.press("g g /")
        await driver.type("exit 3")
        await driver.until(lambda: "exit 3" in driver.label, "the match")
        await driver.press("enter")
        assert "exit 3" in driver.label
        await driver.press("ctrl+o")
        assert driver.main.timeline.cursor == 0


async def test_a_folded_row_is_found() -> None:
    async with running("shell") as driver:
        await driver.press("z M g g h /")
        await driver.type("exit 3")
        await driver.until(lambda: "exit 3" in driver.label, "the match")


async def test_q_in_a_search_box_types_a_q_and_escape_returns_to_the_start() -> None:
    async with running("shell") as driver:
        await driver.press("g g 2 j /")
        await driver.type("sq")
        assert "sq▏" in driver.footer
        await driver.press("escape")
        assert driver.main.timeline.cursor == 2
        assert "▏" not in driver.footer


async def test_next_and_previous_walk_the_matches_around() -> None:
    async with running("shell") as driver:
        await driver.press("g g /")
        await driver.type("request")
        await driver.press("enter")
        await driver.until(lambda: driver.label.startswith("request 1"), "the first match")
        await driver.press("n")
        await driver.until(lambda: driver.label.startswith("request 2"), "the second match")
        await driver.press("N N")
        await driver.until(lambda: not driver.label.startswith(("request 1 ", "request 2 ")), "the last match")


async def test_search_in_the_conversation() -> None:
    async with running("shell") as driver:
        await driver.press("G tab g g /")
        await driver.type("exit code")
        await driver.press("enter")
        assert driver.main.conversation.model.finder.pattern is not None
        await driver.press("escape")
        assert driver.main.conversation.model.finder.pattern is None


async def test_nothing_searched_for_says_how_to() -> None:
    async with running("answer") as driver:
        await driver.press("n")
        assert "press / to search" in driver.footer


async def test_a_filter_shows_only_what_matches_and_escape_undoes_it() -> None:
    async with running("shell") as driver:
        rows = driver.main.timeline.row_count()
        await driver.press("f")
        await driver.type("exit 3")
        assert "rows" in driver.footer
        await driver.press("enter")
        assert driver.main.timeline.row_count() < rows
        assert "filter exit 3" in driver.footer
        await driver.press("escape")
        assert driver.main.timeline.row_count() == rows
        assert "filter exit" not in driver.footer


async def test_escape_in_the_filter_box_restores_the_filter_before() -> None:
    async with running("shell") as driver:
        await driver.press("f")
        await driver.type("exit")
        await driver.press("enter f")
        await driver.type(" 3")
        await driver.press("escape")
        assert driver.main.timeline.filter_text == "exit"


async def test_escape_undoes_modes_in_reverse_order() -> None:
    async with running("shell") as driver:
        await driver.press("f")
        await driver.type("exit")
        await driver.press("enter z j")
        assert "zoom" in driver.main.modes
        await driver.press("escape")
        assert "zoom" not in driver.main.modes
        assert "filter" in driver.main.modes
        await driver.press("escape escape")
        assert driver.main.modes.last_of() is None


async def test_the_footer_says_which_match_of_how_many_and_when_an_end_was_gone_around() -> None:
    async with running("shell", size=(160, 40)) as driver:
        count = sum("request " in text for text in _labels(driver))
        assert count > 2
        await driver.press("g g /")
        await driver.type("request ")
        await driver.until(lambda: f"1 of {count}" in driver.footer, "the count while typing")
        await driver.press("enter n")
        await driver.until(lambda: f"/request  2 of {count}" in driver.footer, "the second")
        await driver.press("N N")
        await driver.until(lambda: f"{count} of {count}" in driver.footer, "the last")
        assert "went on from the end" in driver.footer
        await driver.press("escape")
        assert " of " not in driver.footer


def _labels(driver: Driver) -> list[str]:
    model = driver.main.timeline.model
    return [line_text(model.face(node.ref).label) for node in model.tree.rows.walk()]


async def test_an_expression_is_searched_behind_its_prefix() -> None:
    async with running("shell", size=(160, 40)) as driver:
        await driver.press("g g /")
        await driver.type("re:exit [0-9]")
        await driver.until(lambda: "exit 3" in driver.label, "the match")
        await driver.press("enter escape /")
        await driver.type("re:exit [")
        assert "unterminated character set at character 6" in driver.footer
        await driver.press("enter")
        assert "▏" in driver.footer


@pytest.mark.parametrize(("keys", "pane"), [("", "timeline"), ("tab", "conversation"), ("tab tab", "payload")])
async def test_an_expression_without_end_is_stopped_in_every_pane(keys: str, pane: str) -> None:
    async with running("shell", size=(160, 40)) as driver:
        await driver.press(f"G {keys} /")
        await driver.type(r"re:(\w+\s?)+(\w+\s?)+(\w+\s?)+\x00")
        await driver.until(lambda: "takes too long" in driver.footer or "no match" in driver.footer, "the end of it")
        assert driver.main.pane == pane
        await driver.press("escape")
        assert "▏" not in driver.footer


async def test_matches_in_the_payload_are_counted() -> None:
    async with running("shell", size=(160, 40)) as driver:
        await driver.press("G tab tab /")
        await driver.type('"type"')
        await driver.press("enter")
        assert re.search(r"/\"type\" 1 of \d+", driver.footer)


async def test_matching_items_of_the_conversation_are_counted() -> None:
    async with running("shell", size=(160, 40)) as driver:
        await driver.press("G tab g g /")
        await driver.type("exit")
        await driver.press("enter")
        await driver.until(lambda: re.search(r"/exit 1 of \d+ items", driver.footer), "the count")


async def test_no_match_is_not_final_while_rows_still_come(monkeypatch: pytest.MonkeyPatch) -> None:
    async with running("answer") as driver:
        await driver.press("/")
        await driver.type("nowhere")
        await driver.until(lambda: driver.footer.rstrip().endswith("no match"), "the end of the search")
        monkeypatch.setattr("tui.ui.panes.Panes.is_reading", True)
        await driver.press("backspace")
        await driver.until(lambda: driver.footer.rstrip().endswith("no match so far"), "what was read so far")
        await driver.press("enter n")
        await driver.until(lambda: NO_ROW_YET in driver.footer, "what was read so far")


async def test_search_goes_on_when_the_recording_has_been_read(monkeypatch: pytest.MonkeyPatch) -> None:
    async with running("answer") as driver:
        is_hidden = True
        found = TimelineSearch.rows_matching
        monkeypatch.setattr("tui.ui.panes.Panes.is_reading", property(lambda _panes: is_hidden))
        monkeypatch.setattr(
            TimelineSearch,
            "rows_matching",
            lambda self, *args, **words: iter(()) if is_hidden else found(self, *args, **words),
        )
        await driver.press("/")
        await driver.type("turn")
        await driver.press("enter")
        await driver.until(lambda: NO_ROW_YET in driver.footer, "what was read so far")
        is_hidden = False
        driver.main.work.live.search.look_again()
        await driver.until(lambda: "/turn 1 of 2" in driver.footer, "the match")
