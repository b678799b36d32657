"""`@`: the whole program as it was behind an earlier event."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.ui.driving import Driver, running
from tests.ui.test_app_growth import begin, end_tool, start_tool
from tui.analysis.requests.tokens import spent_by, tokens_of_all
from tui.bundle.open import open_bundle
from tui.bundle.write.writer import BundleWriter
from tui.model.noderef import NodeRef
from tui.schema.events import (
    CodexTurnEnded,
    CodexTurnStarted,
    RecordingCompleted,
    RolloutEnded,
    ThreadEnded,
)
from tui.schema.until import Until
from tui.store import TraceStore
from tui.ui.lists.ladder import LadderScreen
from tui.viewmodel.text.token_words import tokens_cell

CALLS = 6


def record(path: Path) -> Path:
    """Two turns of one agent. Tool k begins with event 2 + 2k and ends with the next; event 10 begins turn two."""
    with begin(path) as writer:
        for number in range(1, CALLS + 1):
            start_tool(writer, number, "U" if number <= CALLS // 2 else "V")
            end_tool(writer, number)
            if number == CALLS // 2:
                next_turn(writer)
        writer.append(CodexTurnEnded(codex_turn_id="V", status="completed"), thread_id="T", codex_turn_id="V")
        writer.append(ThreadEnded(thread_id="T", status="completed"), thread_id="T")
        writer.append(RolloutEnded(status="completed"))
        writer.append(RecordingCompleted())
    return path


def next_turn(writer: BundleWriter) -> None:
    writer.append(CodexTurnEnded(codex_turn_id="U", status="completed"), thread_id="T", codex_turn_id="U")
    writer.append(CodexTurnStarted(codex_turn_id="V", thread_id="T"), thread_id="T", codex_turn_id="V")


def first_event(tool: int) -> int:
    return 2 + 2 * tool + (2 if tool > CALLS // 2 else 0)


LAST = first_event(CALLS) + 5


def screen_text(driver: Driver) -> str:
    """Everything that is on the screen, the title bars, too."""
    return "\n".join(strip.text for strip in driver.app.screen._compositor.render_strips())


async def arrive(driver: Driver, seq: int) -> None:
    await driver.until(lambda: re.search(rf"seq {seq}\b", driver.status), f"event {seq}")
    await driver.at_rest()


async def go(driver: Driver, moment: str, seq: int) -> None:
    await driver.press("@")
    await driver.type(moment)
    await driver.press("enter")
    await arrive(driver, seq)


async def is_now(driver: Driver) -> None:
    await driver.until(lambda: "as of" not in driver.status, "now")
    await driver.at_rest()


@pytest.mark.parametrize(("moment", "seq"), [("60", 60), ("+0", 1), ("+0.473", 60), ("+0:00.473", 60)])
async def test_typed_moment_is_shown(moment: str, seq: int) -> None:
    async with running("agents") as driver:
        await go(driver, moment, seq)
        assert driver.status.split("  ")[1] == f"as of 0.{'473' if seq == 60 else '000'}s · seq {seq}"
        assert driver.app.store.event_log.newest_seq == seq


async def test_moment_asked_while_loading_is_that_of_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    loading = [True]
    async with running("agents") as driver:
        monkeypatch.setattr(TraceStore, "is_loading", property(lambda _store: loading[0]))
        log = driver.app.store.shown.event_log
        whole, log.newest_time_unix_ms = log.newest_time_unix_ms, driver.app.store.manifest.started_at_unix_ms + 100
        await driver.press("@")
        await driver.type("50%")
        await driver.press("enter")
        assert "goes there when the recording has been read" in driver.footer
        assert "as of" not in driver.status
        loading[0], log.newest_time_unix_ms = False, whole
        driver.main.as_of.prepare()
        await driver.until(lambda: "as of 0.9" in driver.status, "half of 1.8 s, not of the 100 ms read so far")
        await driver.at_rest()


async def test_wrong_moment_is_refused(tmp_path: Path) -> None:
    async with running(record(tmp_path / "b")) as driver:
        await driver.press("@")
        await driver.type("soon")
        await driver.press("enter")
        assert "not a moment; write 171, +90, +1:30, 50% or 14:03:12" in driver.footer
        await driver.press("escape")
        assert "as of" not in driver.status


async def test_going_back_event_by_event_shows_no_future(tmp_path: Path) -> None:
    async with running(record(tmp_path / "b")) as driver:
        for seq in range(LAST - 1, 0, -1):
            await driver.press("<")
            await arrive(driver, seq)
            begun = {number for number in range(1, CALLS + 1) if first_event(number) <= seq}
            assert {int(number) for number in re.findall(r"tool_(\d)", screen_text(driver))} == begun, seq
            running_calls = [number for number in begun if first_event(number) == seq]
            rows = driver.main.timeline.model.rows(0, 99)
            assert [row.node.id for row in rows if row.node.kind == "tool_call" and row.status == "running"] == [
                f"call-{number}" for number in running_calls
            ], seq
        await driver.press("<")
        await arrive(driver, 1)


async def test_tokens_are_those_of_the_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.viewmodel.frame.status.REQUESTS_PER_STEP", 1)
    async with running("agents") as driver:
        now = driver.status
        for key, seq in (("@ 1 8 0 enter", 180), ("<", 179), ("2 >", 181), ("@ 6 0 enter", 60)):
            await driver.press(key)
            await arrive(driver, seq)
            cut = TraceStore(open_bundle(driver.app.store.source.path or ""))
            cut.load_all(Until(seq=seq))
            tokens = tokens_of_all(map(spent_by, cut.trace.inference_calls.values()))
            assert f"  {tokens_cell(tokens.total, tokens)} tok" in driver.status, seq
        await driver.press(".")
        await is_now(driver)
        assert driver.status == now


async def test_steps_forward_end_in_now(tmp_path: Path) -> None:
    async with running(record(tmp_path / "b")) as driver:
        await go(driver, str(LAST - 2), LAST - 2)
        await driver.press(">")
        await arrive(driver, LAST - 1)
        await driver.press("2 >")
        await is_now(driver)
        assert "that was the newest event" in driver.footer


async def test_turn_keys_go_to_beginnings_of_turns(tmp_path: Path) -> None:
    second = first_event(CALLS // 2 + 1) - 1
    async with running(record(tmp_path / "b")) as driver:
        await driver.press("{")
        await arrive(driver, second)
        await driver.press("{")
        await arrive(driver, 3)
        await driver.press("{")
        await arrive(driver, 1)
        await driver.press("2 }")
        await arrive(driver, second)
        await driver.press("}")
        await is_now(driver)


async def test_enter_alone_takes_the_selected_row(tmp_path: Path) -> None:
    async with running(record(tmp_path / "b")) as driver:
        driver.main.timeline.reveal(NodeRef("tool_call", "call-2"))
        await driver.press("@ enter")
        await arrive(driver, first_event(2))
        assert driver.main.timeline.model.focused == NodeRef("tool_call", "call-2")


@pytest.mark.parametrize("key", [".", "escape", "q"])
async def test_now_comes_back_with_place_and_folding(key: str, tmp_path: Path) -> None:
    async with running(record(tmp_path / "b")) as driver:
        timeline = driver.main.timeline
        timeline.reveal(NodeRef("turn", "U"))
        await driver.press("h")
        rows = [row.node for row in timeline.model.rows(0, 99)]
        await go(driver, str(first_event(5)), first_event(5))
        assert timeline.model.focused == NodeRef("turn", "U")
        assert NodeRef("tool_call", "call-1") not in [row.node for row in timeline.model.rows(0, 99)]
        await driver.press(key)
        await is_now(driver)
        assert [row.node for row in timeline.model.rows(0, 99)] == rows
        assert timeline.model.focused == NodeRef("turn", "U")


async def test_cursor_goes_up_when_its_row_goes(tmp_path: Path) -> None:
    async with running(record(tmp_path / "b")) as driver:
        driver.main.timeline.reveal(NodeRef("tool_call", "call-4"))
        await go(driver, str(first_event(4)), first_event(4))
        await driver.press("<")
        await arrive(driver, first_event(4) - 1)
        assert driver.main.timeline.model.focused == NodeRef("turn", "V")


async def test_recording_goes_on_underneath(tmp_path: Path) -> None:
    writer = begin(tmp_path / "b")
    start_tool(writer, 1)
    async with running(tmp_path / "b", follow=True) as driver:
        store = driver.app.store
        await go(driver, "3", 3)
        end_tool(writer, 1)
        start_tool(writer, 2)
        await driver.until(lambda: store.bytes_read == store.bytes_total > 0 and len(store._shown.event_log) == 6, "it")
        assert "tool_" not in screen_text(driver)
        await driver.press("2 >")
        await arrive(driver, 5)
        assert "tool_2" not in screen_text(driver)
        await driver.press(".")
        await is_now(driver)
        assert "tool_2" in screen_text(driver)
        start_tool(writer, 3)
        await driver.until(lambda: "tool_3" in screen_text(driver), "what comes next")
    writer.close()


async def test_search_and_filter_know_only_what_was(tmp_path: Path) -> None:
    async with running(record(tmp_path / "b")) as driver:
        await go(driver, str(first_event(4)), first_event(4))
        await driver.press("/")
        await driver.type("tool_5")
        await driver.press("enter")
        await driver.until(lambda: "no match" in driver.footer, "the end of the search")
        await driver.press("escape")
        await driver.press("f")
        await driver.type("status:running kind:tool_call")
        await driver.press("enter")
        await driver.until(lambda: "filter" in driver.footer, "the filter")
        calls = [row.node.id for row in driver.main.timeline.model.rows(0, 99) if row.node.kind == "tool_call"]
        assert calls == ["call-4"]


async def test_lists_open_on_what_was() -> None:
    async with running("agents") as driver:
        await go(driver, "60", 60)
        for key in ("a", "S", "!", "T", "L", "w", "o"):
            await driver.press(key)
            await driver.until(lambda: driver.app.screen is not driver.main, f"the list of {key}")
            await driver.pilot.pause(0.1)
            assert "deep" not in screen_text(driver), key
            await driver.press("escape")
            await driver.until(lambda: driver.app.screen is driver.main, "the panes")
            assert "as of" in driver.status, key


async def test_deed_of_the_moment_is_named(tmp_path: Path) -> None:
    async with running(record(tmp_path / "b")) as driver:
        await go(driver, str(first_event(2)), first_event(2))
        assert "AS OF tool call started · < > event  . now" in driver.footer


async def test_keys_for_steps_say_that_this_is_now(tmp_path: Path) -> None:
    async with running(record(tmp_path / "b")) as driver:
        for key in (">", ".", "}"):
            await driver.press(key)
            assert "this is now; < goes back one event" in driver.footer


async def test_follow_leaves_the_earlier_moment(tmp_path: Path) -> None:
    async with running(record(tmp_path / "b")) as driver:
        await go(driver, "5", 5)
        await driver.press("F")
        await is_now(driver)


async def test_pause_does_not_hide_the_moment(tmp_path: Path) -> None:
    async with running(record(tmp_path / "b")) as driver:
        await go(driver, "5", 5)
        await driver.press("=")
        assert "as of" in driver.status


async def test_mark_of_what_had_not_begun_says_so(tmp_path: Path) -> None:
    async with running(record(tmp_path / "b")) as driver:
        await go(driver, "5", 5)
        driver.main.work.travel.jump_to(NodeRef("tool_call", "call-4"))
        assert "that had not begun at this moment" in driver.footer


async def test_log_that_was_replaced_meanwhile_is_there_now(tmp_path: Path) -> None:
    path = record(tmp_path / "b")
    async with running(path, follow=True) as driver:
        store = driver.app.store
        await go(driver, "5", 5)
        lines = (path / "trace.jsonl").read_bytes().replace(b"tool_1", b"other1").splitlines(keepends=True)
        (path / "new").write_bytes(b"".join(lines))
        (path / "new").replace(path / "trace.jsonl")
        await driver.until(lambda: store.restart_reason, "it")
        assert "as of" in driver.status
        await driver.press(".")
        await is_now(driver)
        await driver.press("<")
        await arrive(driver, LAST - 1)
        assert len(driver.main.timeline.model.rows(0, 99)) > CALLS


async def test_row_of_a_list_leads_to_when_it_began() -> None:
    async with running("agents") as driver:
        await driver.press("a")
        await driver.picked()
        await driver.press("j @")
        await driver.until(lambda: "as of" in driver.status, "the moment")
        await driver.at_rest()
        assert len(driver.app.store.trace.threads) == 2


async def test_list_of_agents_goes_from_moment_to_moment() -> None:
    async with running("agents") as driver:
        await driver.press("a")
        await driver.picked()
        now = len(driver.picker_texts)
        for _ in range(3):
            await driver.press("{")
            await driver.until(lambda: driver.main.as_of.is_at_rest, "the turn before")
        then = len(driver.app.store.trace.threads)
        await driver.until(lambda: len(driver.picker_texts) == then, "the agents of then")
        assert then < now
        await driver.press(".")
        await driver.until(lambda: len(driver.picker_texts) == now, "the agents of now")


async def test_earlier_moment_is_not_called_live() -> None:
    async with running("agents") as driver:
        await go(driver, "171", 171)
        assert "lag" not in driver.status
        await driver.press("L")
        await driver.until(lambda: isinstance(driver.app.screen, LadderScreen) and driver.app.screen.is_up_to_date)
        title = screen_text(driver).splitlines()[0]
        assert "agents · as of" in title
        assert "live" not in title
        assert "FOLLOW" not in screen_text(driver)


async def test_message_of_the_ladder_leads_to_when_it_was_sent() -> None:
    async with running("agents") as driver:
        await driver.press("L")
        await driver.until(lambda: isinstance(driver.app.screen, LadderScreen) and driver.app.screen.is_up_to_date)
        await driver.press("@")
        await driver.until(lambda: "as of" in driver.status, "the moment")
        await driver.at_rest()
        assert len(driver.app.store.trace.interaction_edges) == 1


async def test_conversation_so_far_has_the_tools_of_then() -> None:
    async with running("agents") as driver:
        view = driver.main.conversation

        def first_row() -> str:
            return "".join(span.text for span in view.row_line(0, 100))

        await driver.press("tab")
        await driver.until(lambda: "tools as in request 12" in first_row(), "the newest tools")
        await driver.press("@")
        await driver.type("60")
        await driver.press("enter")
        await driver.until(lambda: "tools as in request 2" in first_row(), "those of then")
