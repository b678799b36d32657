"""The time view in the app: what its keys do, and where Enter and the way back lead."""

from __future__ import annotations

import pytest

from tests.ui.driving import Driver, running
from tui.ui.command import Press
from tui.ui.lists import lanes
from tui.ui.lists.lanes import LanesScreen
from tui.ui.live import time_keep
from tui.ui.widgets.line_bar import LineBar
from tui.viewmodel.rows.moves import Move
from tui.viewmodel.text.spans import line_text


def lanes_of(driver: Driver) -> LanesScreen:
    assert isinstance(driver.app.screen, LanesScreen), driver.app.screen
    return driver.app.screen


async def opened(driver: Driver) -> LanesScreen:
    await driver.press("T")
    await driver.until(lambda: isinstance(driver.app.screen, LanesScreen), "the time view")
    screen = lanes_of(driver)
    await driver.until(lambda: screen.is_up_to_date and bool(screen.model.time.path.pieces), "the path")
    await driver.until(lambda: text(screen, "lanes-title"), "the lines around the lanes")
    return screen


def below(screen: LanesScreen) -> str:
    return "\n".join(line_text(bar.line) for bar in screen.query(".lanes-below").results(LineBar) if bar.display)


def text(screen: LanesScreen, name: str) -> str:
    return line_text(screen.query_one(f"#{name}", LineBar).line)


async def test_time_view_shows_the_path_and_a_lane_an_agent() -> None:
    async with running("agents") as driver:
        screen = await opened(driver)
        assert "path" in text(screen, "lanes-title")
        assert screen.model.lanes[0].name == "/root"
        assert screen.view.row_count() == len(driver.app.store.trace.threads)
        assert text(screen, "lanes-path").startswith("path")


@pytest.mark.parametrize("closing", ["q", "escape", "T"])
async def test_closing_keys_return_to_the_timeline(closing: str) -> None:
    async with running("agents") as driver:
        before = driver.label
        await opened(driver)
        await driver.press(closing)
        await driver.until(lambda: driver.app.screen is driver.main, "the timeline")
        assert driver.label == before


async def test_enter_goes_to_the_work_and_back_returns() -> None:
    async with running("agents") as driver:
        before = driver.label
        screen = await opened(driver)
        await driver.press("tab tab tab tab")
        node = screen.model.node
        await driver.press("enter")
        await driver.until(lambda: driver.app.screen is driver.main, "the timeline")
        await driver.at_rest()
        assert driver.main.timeline.model.focused == node
        await driver.press("ctrl+o")
        await driver.until(lambda: isinstance(driver.app.screen, LanesScreen), "the time view again")
        await driver.press("q")
        await driver.at_rest()
        assert driver.label == before


async def test_zoom_shows_less_time_and_all_of_it_again() -> None:
    async with running("agents") as driver:
        screen = await opened(driver)
        await driver.press("l + +")
        view = screen.model.view
        assert view.end - view.start == view.whole_ms // 4
        await driver.press("z M")
        assert view.is_whole


async def test_keys_without_a_meaning_here_say_so() -> None:
    async with running("agents") as driver:
        screen = await opened(driver)
        await driver.press("f")
        assert "not in the time view" in text(screen, "lanes-footer")


async def moved_to(driver: Driver, screen: LanesScreen, seq: int) -> None:
    log = driver.app.store
    await driver.until(lambda: log.event_log.newest_seq == seq and screen.is_up_to_date, f"event {seq}")


async def test_moment_under_the_cursor_is_gone_to() -> None:
    async with running("agents") as driver:
        screen = await opened(driver)
        screen.model.stand_at(driver.app.store.trace.started_at_unix_ms + 473)
        await driver.press("@")
        await moved_to(driver, screen, 60)
        assert "as of 0.473s · seq 60" in text(screen, "lanes-title")
        assert [lane.name for lane in screen.model.lanes] == ["/root", "├ alpha", "├ beta", "└ gamma"]
        assert "tool" in below(screen)
        assert "going" not in text(screen, "lanes-footer")
        assert max(lane.life.end_ms for lane in screen.model.lanes) <= screen.model.unix_ms
        await driver.press("<")
        await moved_to(driver, screen, 59)
        await driver.press(">")
        await moved_to(driver, screen, 60)
        await driver.press(".")
        await moved_to(driver, screen, 322)
        assert len(screen.model.lanes) == 5
        await driver.press("q")
        await driver.until(lambda: driver.app.screen is driver.main, "the timeline")
        assert "as of" not in driver.status


async def test_ended_agents_share_a_lane() -> None:
    async with running("agents") as driver:
        screen = await opened(driver)
        await driver.press("z f")
        assert [lane.name for lane in screen.model.lanes] == ["/root", "4 ended"]
        assert screen.view.row_count() == 2


async def test_time_of_a_large_recording_is_known_before_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time_keep, "LARGE", 1)
    async with running("agents") as driver:
        times = driver.main.work.live.times
        await driver.until(lambda: times.known() is not None, "the time to be worked out")
        await driver.press("T")
        assert lanes_of(driver).model.time is times.known()


async def test_large_recording_names_savings_when_the_cursor_rests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes, "MANY_EVENTS", 1)
    async with running("agents") as driver:
        screen = await opened(driver)
        screen.move(Move.LONGEST_PIECE, Press())
        await driver.until(lambda: "if it took nothing" in below(screen), "what would be saved")
        await driver.until(lambda: "gains most: −" in below(screen), "the gains")
        screen.refresh_lines()
        assert "if it took nothing" in below(screen)


async def test_time_is_worked_out_once_for_one_graph() -> None:
    async with running("agents") as driver:
        shown = []
        for _ in range(2):
            shown.append((await opened(driver)).model.time)
            await driver.press("q")
        assert shown[0] is shown[1]


async def test_time_of_an_earlier_moment_is_its_own() -> None:
    async with running("agents") as driver:
        lanes = await opened(driver)
        whole = lanes.model.time.path.wall_ms
        await driver.press("8 0 <")
        await driver.until(lambda: driver.app.store.past is not None and lanes.is_up_to_date, "the earlier moment")
        assert lanes.model.time.path.wall_ms < whole
        await driver.press(".")
        await driver.until(lambda: driver.app.store.past is None and lanes.is_up_to_date, "now")
        assert lanes.model.time.path.wall_ms == whole
