"""The message ladder by keys alone: into it, through it, out of it to the panes, and back; finished and growing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.cli.test_edges import family
from tests.ui.driving import Driver, running
from tui.bundle.write.writer import BundleWriter
from tui.model.noderef import NodeRef
from tui.schema.events import AgentResultObserved, RecordingCompleted
from tui.ui.bindings import COMMANDS_BY_ID
from tui.ui.lists.ladder import SHARED_COMMANDS, LadderScreen
from tui.ui.lists.picker import PickerScreen
from tui.ui.widgets.line_bar import LineBar


@asynccontextmanager
async def ladder(
    bundle: str | Path, *, size: tuple[int, int] = (120, 40), follow: bool = False
) -> AsyncIterator[tuple[Driver, LadderScreen]]:
    """The app with the ladder open and filled."""
    async with running(bundle, size=size, follow=follow) as driver:
        yield driver, await opened(driver)


async def opened(driver: Driver) -> LadderScreen:
    await driver.press("L")
    return await stands_open(driver)


async def stands_open(driver: Driver) -> LadderScreen:
    await driver.until(lambda: isinstance(driver.app.screen, LadderScreen), "the ladder")
    screen = driver.app.screen
    assert isinstance(screen, LadderScreen)
    await driver.until(lambda: screen.is_up_to_date, "the rows of the ladder")
    await driver.pilot.pause()
    return screen


def line(screen: LadderScreen, name: str) -> str:
    return "".join(span.text for span in screen.query_one(f"#ladder-{name}", LineBar).line)


def current(screen: LadderScreen) -> str:
    row = screen.model.current
    assert row is not None
    assert row.edge is not None
    return screen.model.row_text(row.edge)


def test_shared_commands_of_the_ladder_are_commands() -> None:
    assert [name for name in SHARED_COMMANDS if name not in COMMANDS_BY_ID] == []


async def test_one_key_shows_what_agents_passed_each_other() -> None:
    async with ladder("agents-schema2") as (_, screen):
        title = " Messages between agents  5 agents · ended · 4 spawns, 1 task, 4 messages, 5 results, 3 interrupts"
        assert line(screen, "title").rstrip() == title
        assert " ".join(line(screen, "heading").split()) == "seq ▸1 /root 2 alpha 3 beta 4 gamma 5 …/deep"
        assert screen.view.row_count() == 17
        assert current(screen).startswith("/root spawn /root/alpha delivered encrypted")


async def test_keys_move_by_rows_columns_and_agents() -> None:
    async with ladder("agents-schema2") as (driver, screen):
        await driver.press("3 j")
        assert current(screen).startswith("/root/alpha spawn /root/alpha/deep")
        await driver.press("G")
        assert screen.view.cursor == 16
        await driver.press("g g l l l")
        assert screen.model.agent == screen.model.agents[3]
        assert "▸4 gamma" in line(screen, "heading")
        visited = []
        for _ in range(5):
            await driver.press("J")
            visited.append(screen.view.cursor)
        assert visited == [2, 7, 9, 15, 15]
        assert "nothing further down" in line(screen, "footer")
        await driver.press("K h tab shift+tab")
        assert (screen.view.cursor, screen.model.column) == (9, 2)


async def test_a_pair_has_the_screen_for_itself_and_escape_gives_the_others_back() -> None:
    async with ladder("agents-schema2") as (driver, screen):
        await driver.press("1 j x")
        assert [screen.model.agents[0], len(screen.model.agents)] == [screen.model.trace.root_thread_id, 2]
        title = line(screen, "title").strip()
        assert title == "Messages between /root and /root/beta  ended · 1 spawn, 1 task, 2 results, 13 hidden"
        assert screen.view.row_count() == 4
        await driver.press("escape")
        assert screen.view.row_count() == 17
        assert current(screen).startswith("/root spawn /root/beta")
        await driver.press("escape")
        await driver.until(lambda: driver.app.screen is driver.main, "the panes")


async def test_a_row_leads_to_its_place_and_back_leads_to_the_row() -> None:
    async with ladder("agents-schema2") as (driver, screen):
        before = driver.main.timeline.model.focused
        await driver.press("1 1 j")
        edge = screen.model.current.edge if screen.model.current else None
        assert edge is not None
        await driver.press("enter")
        await driver.until(lambda: driver.app.screen is driver.main, "the panes")
        await driver.at_rest()
        assert driver.main.timeline.model.focused == NodeRef("edge", edge.id)
        await driver.press("ctrl+o")
        again = await stands_open(driver)
        assert again.model.current is not None
        assert again.model.current.edge == edge
        await driver.press("q")
        await driver.until(lambda: driver.app.screen is driver.main, "the panes")
        assert driver.main.timeline.model.focused == before
        await driver.press("ctrl+o")
        assert driver.app.screen is driver.main


async def test_opened_again_it_stands_where_it_stood() -> None:
    async with ladder("agents-schema2") as (driver, screen):
        await driver.press("5 j q")
        await driver.until(lambda: driver.app.screen is driver.main, "the panes")
        again = await opened(driver)
        assert again is not screen
        assert again.view.cursor == 5


async def test_a_message_that_never_arrived_leads_to_whom_it_was_meant_for() -> None:
    async with running("agents-schema2") as driver:
        await driver.press("/")
        await driver.type("[note]")
        await driver.press("enter")
        assert "⊘ undelivered" in driver.label
        await driver.press("g d")
        await driver.at_rest()
        focused = driver.main.timeline.model.focused
        assert focused is not None
        assert focused.kind == "thread"
        assert driver.app.store.trace.threads[focused.id].agent_path == "/root/alpha"  # type: ignore[index]
        await driver.press("ctrl+o /")
        await driver.type("nobody")
        await driver.press("enter enter")
        assert "it led to no agent of this recording: the call failed" in driver.footer


async def test_a_search_finds_texts_and_agents() -> None:
    async with ladder("agents-schema2") as (driver, screen):
        await driver.press("/")
        await driver.type("deep-done")
        assert screen.view.cursor == 5
        await driver.press("enter")
        assert "1 of 1" in line(screen, "footer")
        await driver.press("n")
        assert screen.view.cursor == 5
        await driver.press("/")
        await driver.type("zzz")
        assert "no match" in line(screen, "footer")
        await driver.press("escape")
        assert screen.view.cursor == 5
        await driver.press("n")
        assert "no search yet" in line(screen, "footer")


async def test_help_lists_the_keys_of_the_ladder_and_runs_them() -> None:
    async with ladder("agents-schema2") as (driver, screen):
        await driver.press("?")
        await driver.until(lambda: isinstance(driver.app.screen, PickerScreen), "the help")
        texts = driver.picker_texts
        assert any("Only what these two agents passed each other" in text for text in texts)
        assert not any("Next row of the same depth" in text for text in texts)
        await driver.narrow("column before")
        await driver.press("enter")
        await driver.until(lambda: driver.app.screen is screen, "the ladder")


async def test_other_keys_say_that_they_do_nothing_here() -> None:
    async with ladder("agents-schema2") as (driver, screen):
        for key, told in (("S", "not in the ladder"), ("X", "not in the ladder"), ("Y", "means nothing here")):
            await driver.press(key)
            assert told in line(screen, "footer"), key


@pytest.mark.parametrize(
    ("key", "title"), [("w", ("Why is this here · ", "What failed, and why · ")), ("o", "Linked with ")]
)
async def test_why_and_links_of_a_message_lead_out_of_the_ladder_or_back_to_it(
    key: str, title: str | tuple[str, ...]
) -> None:
    async with ladder("agents-schema2") as (driver, screen):
        for row in range(0, screen.view.row_count(), 3):
            await driver.press(key)
            await driver.picked()
            assert driver.picker.title_text.startswith(title)
            assert driver.picker_texts, row
            await driver.press("escape")
            await driver.until(lambda: driver.app.screen is screen, "the ladder")
            await driver.press("3 j")
        await driver.press(f"g g {key}")
        await driver.picked()
        chosen = driver.picker.picker.chosen
        await driver.press("enter")
        await driver.until(lambda: driver.app.screen is driver.main, "the panes")
        assert chosen is not None
        assert driver.main.focused_node == chosen.value


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (60, 20), (24, 8)])
async def test_it_fits_every_screen(size: tuple[int, int]) -> None:
    async with ladder("agents-schema2", size=size) as (driver, screen):
        title = line(screen, "title").rstrip()
        assert title.endswith("3 interrupts" if size[0] > 100 else "…"), "a number that is cut is another number"
        await driver.press("G 4 l")
        assert screen.view.cursor == 16
        assert screen.model.column in screen.model.shown_columns


async def test_one_agent_alone_is_told_so() -> None:
    async with ladder("shell") as (_, screen):
        assert screen.view.empty_text() == "There is one agent only: nothing went between agents."


def result(number: int) -> AgentResultObserved:
    return AgentResultObserved(
        edge_id=f"edge:result:{number}",
        child_thread_id="child",
        child_codex_turn_id="turn",
        parent_thread_id="root",
        message=f"answer {number}",
    )


async def test_new_messages_appear_and_leave_the_cursor_where_it_is(tmp_path: Path) -> None:
    with family(tmp_path / "bundle") as writer:
        for number in range(3):
            writer.append(result(number), thread_id="child")
        async with ladder(tmp_path / "bundle", follow=True) as (driver, screen):
            await driver.press("g g")
            await grown(driver, screen, writer, 3)
            assert (screen.view.cursor, screen.model.new_rows) == (0, 1)
            assert "+1 new" in line(screen, "footer")
            await driver.press("G")
            await grown(driver, screen, writer, 4)
            assert (screen.view.cursor, screen.model.new_rows) == (4, 0)
            assert "◌ pending" in "".join(span.text for span in screen.view.row_line(4, 120))
            writer.append(RecordingCompleted())
            await driver.until(
                lambda: "⊘ undelivered" in "".join(span.text for span in screen.view.row_line(4, 120)), "the end"
            )


async def grown(driver: Driver, screen: LadderScreen, writer: BundleWriter, number: int) -> None:
    writer.append(result(number), thread_id="child")
    await driver.until(lambda: screen.view.row_count() == number + 1, "the new message")
    await driver.pilot.pause()


async def test_rows_say_of_what_is_under_way_at_the_end_that_it_never_arrived(tmp_path: Path) -> None:
    with family(tmp_path / "bundle") as writer:
        async with running(tmp_path / "bundle", follow=True) as driver:
            assert not driver.main.timeline.model.labels.is_over
            writer.append(RecordingCompleted())
            await driver.until(lambda: driver.main.timeline.model.labels.is_over, "the end")


async def test_the_ladder_says_that_updates_are_paused() -> None:
    async with running("agents-schema2") as driver:
        await driver.press("=")
        assert "paused" in line(await opened(driver), "title")


async def test_the_place_of_a_message_names_its_sender() -> None:
    async with ladder("agents-schema2", size=(200, 50)) as (driver, screen):
        while "result /root/alpha" not in current(screen):
            await driver.press("j")
        await driver.press("enter")
        await driver.until(lambda: driver.app.screen is driver.main, "the timeline")
        await driver.until(lambda: "◀── result from /root/alpha/deep" in driver.footer, "the name of the row")
