"""`f`: completion while one types, what is hidden, wrong filters, Esc, and rows that come later."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ui.driving import running
from tui.bundle.write.writer import BundleWriter
from tui.schema.events import CodexTurnStarted, RolloutStarted, ThreadStarted


async def test_tab_completes_keys_and_values_of_this_recording() -> None:
    async with running("agents", size=(160, 40)) as driver:
        await driver.press("f")
        assert "Tab: agent cached duration" in driver.footer
        await driver.type("to")
        assert "Tab: tokens tool" in driver.footer
        await driver.type("o")
        await driver.press("tab")
        assert "tool:▏" in driver.footer
        await driver.type("spa")
        assert "Tab: spawn_agent" in driver.footer
        await driver.press("tab")
        assert "tool:spawn_agent" in driver.footer
        await driver.press("enter")
        assert driver.main.timeline.filter_text == "tool:spawn_agent "
        assert "rows hidden" in driver.footer


async def test_tab_takes_the_next_candidate_each_time() -> None:
    async with running("agents", size=(160, 40)) as driver:
        await driver.press("f")
        await driver.type("kind:")
        await driver.press("tab")
        assert "filter kind:agent▏" in driver.footer
        await driver.press("tab")
        assert "filter kind:attempt▏" in driver.footer
        await driver.press("enter")
        assert driver.main.timeline.filter_text == "kind:attempt"


async def test_hidden_rows_are_counted_until_escape() -> None:
    async with running("shell", size=(160, 40)) as driver:
        total = len(driver.main.timeline.model.tree.nodes)
        rows = driver.main.timeline.row_count()
        await driver.press("f")
        await driver.type("kind:request")
        hidden = total - driver.main.timeline.row_count()
        assert f"{hidden} of {total} rows hidden" in driver.footer
        await driver.press("enter")
        assert f"filter kind:request · {hidden} of {total} rows hidden" in driver.footer
        await driver.press("escape")
        assert driver.main.timeline.row_count() == rows
        assert "hidden" not in driver.footer


@pytest.mark.parametrize(("moves", "is_back"), [((), True), (("G", "k"), False)])
async def test_row_before_the_filter_comes_back_unless_one_moved(moves: tuple[str, ...], *, is_back: bool) -> None:
    async with running("shell", size=(160, 40)) as driver:
        for key in "jjj":
            await driver.press(key)
        left = driver.main.timeline.model.focused
        await driver.press("f")
        await driver.type("kind:agent,request" if moves else "status:running")
        for key in ("enter", *moves, "escape"):
            await driver.press(key)
        assert (driver.main.timeline.model.focused == left) is is_back


async def test_a_wrong_filter_says_why_and_the_last_valid_one_stays() -> None:
    async with running("shell", size=(200, 40)) as driver:
        await driver.press("f")
        await driver.type("exit")
        left = driver.main.timeline.row_count()
        await driver.type(" status:good")
        assert "there is no status 'good'; expected one of ok, failed" in driver.footer
        await driver.press("enter")
        assert "▏" in driver.footer
        assert "there is no status 'good'" in driver.footer
        assert driver.main.timeline.row_count() == left
        await driver.press("escape")
        assert driver.main.timeline.filter_text == ""


async def test_rows_that_come_later_obey_the_filter(tmp_path: Path) -> None:
    writer = BundleWriter(tmp_path, root_thread_id="root")
    writer.append(RolloutStarted(trace_id="trace", root_thread_id="root"))
    writer.append(ThreadStarted(thread_id="root", agent_path="/root"))
    async with running(tmp_path, follow=True, size=(160, 40)) as driver:
        await driver.press("f")
        await driver.type("-kind:turn")
        await driver.press("enter")
        writer.append(CodexTurnStarted(codex_turn_id="turn", thread_id="root"))
        await driver.until(lambda: len(driver.main.timeline.model.tree.nodes) == 2, "the turn")
        assert driver.main.timeline.row_count() == 1
        await driver.until(lambda: "1 of 2 rows hidden" in driver.footer, "the count")
    writer.close()


async def test_a_large_recording_is_filtered_in_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.ui.live.filter_run.SLICE_SECONDS", 0.0)
    async with running("shell", size=(160, 40)) as driver:
        rows = driver.main.timeline.row_count()
        await driver.press("f")
        await driver.type("exit 3")
        await driver.press("enter")
        await driver.until(lambda: 0 < driver.main.timeline.row_count() < rows, "the filter")
        await driver.press("escape")
        await driver.until(lambda: driver.main.timeline.row_count() == rows, "all rows again")
