"""`!` lists what is wrong, says what it means, and leads there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.bundles import append_to_log, write_bundle
from tests.ui.driving import Driver, running
from tui.model.delta import TraceDelta
from tui.model.noderef import NodeRef
from tui.ui.lists.problems import ProblemsScreen
from tui.ui.widgets.line_bar import LineBar
from tui.viewmodel.text.spans import line_text
from tui.viewmodel.timeline.tree import DIAGNOSTICS_AT_ONCE, TimelineTree


def damaged(directory: Path) -> Path:
    """No manifest, two lines that are not events, and one from a newer agent."""
    write_bundle(directory, complete=False)
    (directory / "manifest.json").unlink()
    line = json.loads((directory / "trace.jsonl").read_bytes().splitlines()[-1])
    newer = {**line, "seq": 5, "host": "x", "payload": {"type": "quantum_flux", "level": 11}}
    append_to_log(directory, json.dumps(newer).encode() + b"\ngarbage {\nmore garbage\n")
    return directory


def title(driver: Driver) -> str:
    return line_text(driver.app.screen.query_one("#picker-title", LineBar).line)


def explanation(driver: Driver) -> str:
    bars = driver.app.screen.query_one("#problem-detail").query(LineBar)
    return " ".join(" ".join(line_text(bar.line) for bar in bars).split())


async def problems(driver: Driver) -> None:
    await driver.press("!")
    await driver.until(lambda: isinstance(driver.app.screen, ProblemsScreen), "the list of problems")


async def test_kinds_are_counted_and_explained_and_the_status_line_agrees(tmp_path: Path) -> None:
    async with running(damaged(tmp_path / "b")) as driver:
        assert "▲ 4 problems" in driver.status
        await problems(driver)
        assert "4 problems" in title(driver)
        texts = driver.picker_texts
        assert texts[0] == "▲ no manifest"
        assert "▲ lines that are not events" in texts
        assert any("(2 times, first here)" in text for text in texts)
        assert "there is no manifest.json" in explanation(driver)
        assert "copy manifest.json from the original" in explanation(driver)


async def test_fields_of_a_newer_agent_are_counted_with_their_first_line(tmp_path: Path) -> None:
    async with running(damaged(tmp_path / "b")) as driver:
        await problems(driver)
        await driver.until(lambda: any("envelope.host" in text for text in driver.picker_texts), "the scan of the log")
        (seen,) = (text for text in driver.picker_texts if "envelope.host" in text)
        assert seen == "line 5  envelope.host: 1 time, first here"
        await driver.narrow("envelope.host")
        assert "written by a newer agent than this viewer knows" in explanation(driver)


async def test_many_bad_lines_are_one_row_with_their_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    updates: list[int] = []
    place = TimelineTree.apply

    def counted(tree: TimelineTree, delta: TraceDelta) -> object:
        before, new = len(tree.nodes), place(tree, delta)
        updates.append(len(tree.nodes) - before)
        return new

    monkeypatch.setattr(TimelineTree, "apply", counted)
    count = 3 * DIAGNOSTICS_AT_ONCE
    write_bundle(tmp_path / "b")
    append_to_log(tmp_path / "b", b"garbage\n" * count)
    async with running(tmp_path / "b") as driver:
        await problems(driver)
        assert any(f"({count:,} times, first here)" in text for text in driver.picker_texts)
        assert max(updates) <= DIAGNOSTICS_AT_ONCE + 10


async def test_typing_narrows_and_enter_shows_the_line_as_it_stands_in_the_log(tmp_path: Path) -> None:
    async with running(damaged(tmp_path / "b")) as driver:
        await problems(driver)
        await driver.narrow("line 6")
        await driver.press("enter")
        await driver.until(lambda: driver.app.screen is driver.main, "the list to close")
        await driver.at_rest()
        inspector = driver.main.inspector
        assert "log line · trace.jsonl · 9 B · malformed line · line 6" in line_text(inspector.model.title())
        assert inspector.body(1_000) == b"garbage {"


async def test_a_row_of_a_diagnostic_shows_its_line(tmp_path: Path) -> None:
    async with running(damaged(tmp_path / "b")) as driver:
        await driver.press("g g l j")
        await driver.at_rest()
        assert driver.main.timeline.model.focused == NodeRef("diagnostic", "0")
        assert "log line · trace.jsonl" in line_text(driver.main.inspector.model.title())
        await driver.press("g g")
        await driver.at_rest()
        assert "log line" not in line_text(driver.main.inspector.model.title())


async def test_the_line_of_a_problem_stays_while_one_stands_there(tmp_path: Path) -> None:
    """The row beside it has a payload of its own, which would be shown otherwise."""
    async with running(damaged(tmp_path / "b")) as driver:
        await driver.press("G !")
        await driver.narrow("quantum")
        await driver.press("enter")
        await driver.until(lambda: driver.app.screen is driver.main, "the list to close")
        await driver.at_rest()
        assert driver.main.timeline.model.focused == NodeRef("thread", "root")
        assert "log line · trace.jsonl" in line_text(driver.main.inspector.model.title())
        body = driver.main.inspector.body(1_000)
        assert isinstance(body, bytes)
        assert b"quantum_flux" in body


async def test_a_failed_command_is_listed_and_reached_and_left_again() -> None:
    async with running("terminal") as driver:
        await problems(driver)
        before = driver.main.timeline.model.focused
        entry = next(entry for entry in driver.picker.picker.shown if "exit code" in entry.text)
        await driver.narrow("exit code")
        await driver.press("enter")
        await driver.until(lambda: driver.app.screen is driver.main, "the list to close")
        assert driver.main.timeline.model.focused == entry.value.problem.node  # type: ignore[attr-defined]
        await driver.press("ctrl+o")
        assert driver.main.timeline.model.focused == before


async def test_many_problems_are_collected_behind_the_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    shown_after_the_picture: list[bool] = []
    show_problems = ProblemsScreen.show_problems

    def noted(screen: ProblemsScreen, title: str) -> None:
        shown_after_the_picture.append(screen.first_paint.is_over)
        show_problems(screen, title)

    monkeypatch.setattr(ProblemsScreen, "show_problems", noted)
    async with running("terminal") as driver:
        for many, expected in ((1, True), (1_000, False)):
            monkeypatch.setattr("tui.ui.commands.problems.MANY_PROBLEMS", many)
            shown_after_the_picture.clear()
            await driver.press("!")
            await driver.until(lambda: any("exit code" in text for text in driver.picker_texts), "the problems")
            assert shown_after_the_picture[0] is expected
            await driver.press("escape")
            await driver.until(lambda: driver.app.screen is driver.main, "the list to close")


async def test_how_the_log_is_watched_is_a_note(tmp_path: Path) -> None:
    async with running("answer") as driver:
        driver.app.store.polling = "no more inotify watches"
        driver.app.store.awaited = ("payloads/7.json",)
        await problems(driver)
        assert "0 problems, 2 notes" in title(driver)
        assert "no more inotify watches" in driver.picker_texts
        assert "new events appear a little later" in explanation(driver)


async def test_a_sound_recording_says_that_nothing_is_wrong() -> None:
    async with running("answer") as driver:
        await problems(driver)
        assert title(driver).strip().startswith("0 problems · ended")
        assert driver.picker_texts == []
        await driver.press("escape")
        await driver.until(lambda: driver.app.screen is driver.main, "the list to close")


async def test_the_list_grows_with_the_recording(tmp_path: Path) -> None:
    async with running(damaged(tmp_path / "b"), follow=True) as driver:
        await problems(driver)
        append_to_log(tmp_path / "b", b"third garbage\n")
        await driver.until(
            lambda: any("(3 times, first here)" in text for text in driver.picker_texts), "the new problem"
        )


async def test_a_log_without_its_head_is_noted(tmp_path: Path) -> None:
    write_bundle(tmp_path / "b")
    log = tmp_path / "b" / "trace.jsonl"
    log.write_bytes(b"".join(log.read_bytes().splitlines(keepends=True)[1:]))
    async with running(tmp_path / "b") as driver:
        await problems(driver)
        await driver.until(lambda: "· no start of the rollout" in driver.picker_texts, "the scan of the log")


async def test_a_payload_that_the_graph_does_not_need_is_noted_and_reached(tmp_path: Path) -> None:
    write_bundle(tmp_path / "b", schema_version=2)
    (tmp_path / "b" / "payloads" / "2.json").unlink()
    async with running(tmp_path / "b") as driver:
        assert "▲ 1 problem " in f"{driver.status} "  # the warning of the session, not the payload
        await problems(driver)
        assert "△ warnings of the session" in driver.picker_texts
        await driver.until(lambda: any("2.json" in text for text in driver.picker_texts), "the scan of the payloads")
        await driver.narrow("2.json")
        await driver.press("enter")
        await driver.until(lambda: driver.app.screen is driver.main, "the list to close")
        await driver.until(lambda: driver.main.inspector.payload is not None, "the payload pane")
        payload = driver.main.inspector.payload
        assert payload is not None
        assert payload.path == "payloads/2.json"


async def test_a_call_that_failed_is_listed_with_what_the_model_was_told() -> None:
    async with running("terminal", size=(140, 40)) as driver:
        await driver.press("!")
        await driver.picked()
        await driver.until(lambda: any("failed: write_stdin failed" in one.text for one in driver.picker.picker.shown))


async def test_the_box_is_as_high_as_what_it_tells() -> None:
    async with running("answer") as driver:
        await problems(driver)
        assert driver.app.screen.query_one("#picker").size.height == 3
        assert "no problems" in line_text(driver.app.screen.query_one("#picker-typed", LineBar).line)
    async with running("failures", size=(120, 40)) as driver:
        await problems(driver)
        listed = len(driver.picker_texts)
        assert driver.app.screen.query_one("#picker").size.height == listed + 2 + 7


async def test_problems_of_one_sort_open_and_fold() -> None:
    async with running("agents", size=(140, 40)) as driver:
        await problems(driver)
        heads = [entry for entry in driver.picker.picker.shown if getattr(entry.value, "heads", False)]
        assert heads
        while driver.picker.picker.chosen is not heads[0]:
            await driver.press("j")
        folded = driver.picker_texts
        await driver.press("l")
        assert len(driver.picker_texts) == len(folded) + 2
        await driver.press("j h")
        assert driver.picker_texts == folded
        chosen = driver.picker.picker.chosen
        assert chosen is not None
        assert chosen.text == heads[0].text


async def test_e_stops_once_for_each_sort_and_never_on_a_container() -> None:
    async with running("agents", size=(140, 40)) as driver:
        stops = driver.main.timeline.model.problem_stops.all()
        visited = []
        for _ in stops:
            await driver.press("e")
            visited.append(driver.main.timeline.model.focused)
        assert visited == [stop.row.ref for stop in stops]
        assert f"problem kind {len(stops)} of {len(stops)}, 2 times · failed: " in driver.footer
        assert len(stops) < driver.main.timeline.problem_count
        await driver.press("e")
        assert driver.main.timeline.model.focused == visited[0], "around the end"
        await driver.press("E E")
        assert driver.main.timeline.model.focused == visited[-2]


async def test_notes_are_named_where_no_row_has_a_problem() -> None:
    async with running("killed") as driver:
        await driver.press("e")
        assert driver.footer.strip() == "no problem in this recording; 1 note: ! lists them"


async def test_why_of_a_failure_begins_with_the_failure() -> None:
    async with running("failures", size=(140, 40)) as driver:
        await driver.press("e w")
        await driver.picked()
        await driver.until(lambda: driver.picker_texts[0].startswith("✗ "), "the failure")
        assert any("retried as" in text or "followed by" in text for text in driver.picker_texts[:4])
