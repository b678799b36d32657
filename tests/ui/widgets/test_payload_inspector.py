"""The payload pane on a screen."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ui.widgets.panes import Draft, PaneApp, cursor_text, message, screen_lines
from tui.analysis.search.pattern import parse_pattern
from tui.schema.payloads import PayloadKind, RawPayloadRef
from tui.ui.widgets.payload_inspector import PayloadInspector
from tui.viewmodel.rows.moves import Move

SIZE = (60, 12)
TEXT = "".join(f"row {number}\n" for number in range(20_000))


@pytest.fixture
def draft(tmp_path: Path) -> Draft:
    return Draft(tmp_path)


def title(view: PayloadInspector) -> str:
    return str(view.border_title)


async def test_a_payload_is_a_tree_and_says_where_it_comes_from(draft: Draft) -> None:
    request = draft.request("call", [message("user", "Hello.")])
    view = PayloadInspector(draft.store())
    app = PaneApp(view)
    async with app.run_test(size=SIZE) as pilot:
        view.show(request)
        await app.workers.wait_for_complete()
        await pilot.pause()

        assert screen_lines(view)[:3] == ["▾ {2}", '    model: "m"', "  ▾ input: [1]"]
        assert request.label in title(view)
        assert "inference_started · line 4" in title(view)


async def test_the_same_payload_again_stays_as_it_is(draft: Draft) -> None:
    request = draft.request("call", [message("user", "Hello.")])
    view = PayloadInspector(draft.store())
    app = PaneApp(view)
    async with app.run_test(size=SIZE) as pilot:
        view.show(request)
        await app.workers.wait_for_complete()
        view.move_cursor(2)
        view.show(request)
        await pilot.pause()

        assert view.cursor == 2


async def test_the_missing_bytes_of_an_output_are_shown(draft: Draft) -> None:
    ref = draft.writer.write_payload("tool_runtime_event", {"exit": 0, "aggregated_output": TEXT})
    view = PayloadInspector(draft.store())
    app = PaneApp(view)
    start = TEXT.index("row 777\n")
    async with app.run_test(size=SIZE) as pilot:
        view.show(ref, ("aggregated_output",), (start, start + 1_000))
        await app.workers.wait_for_complete()
        await pilot.pause()

        assert cursor_text(view) == "row 777"
        assert "did not reach the model" in view.remark
        view.perform(Move.GO_LAST)
        assert cursor_text(view) == "row 19999"
        view.perform(Move.GO_FIRST)
        assert cursor_text(view) == "row 0"


async def test_the_modes_go_round_and_the_text_is_laid_out_in_a_thread(draft: Draft) -> None:
    request = draft.request("call", [message("user", "Hello.")])
    view = PayloadInspector(draft.store())
    app = PaneApp(view)
    async with app.run_test(size=SIZE) as pilot:
        view.show(request)
        first = []
        for _ in range(4):
            await app.workers.wait_for_complete()
            await pilot.pause()
            first.append(screen_lines(view)[0])
            view.perform(Move.NEXT_VIEW_MODE)

        assert first == [
            "▾ {2}",
            "{",
            '{"model":"m","input":[{"type":"message","role":"user","cont',
            '00000000  7b 22 6d 6f 64 65 6c 22  {"model"',
        ]


async def test_a_file_that_is_not_there_is_told(draft: Draft) -> None:
    view = PayloadInspector(draft.store())
    app = PaneApp(view)
    async with app.run_test(size=SIZE) as pilot:
        view.show(RawPayloadRef("raw_payload:99", PayloadKind("tool_result"), "payloads/99.json"))
        await pilot.pause()

        assert screen_lines(view)[0] == "This payload cannot be shown."
        assert "payloads/99.json" in screen_lines(view)[1]
        view.show(None)
        assert screen_lines(view)[0] == "Nothing selected has a payload."


async def test_search_and_what_is_copied(draft: Draft) -> None:
    request = draft.request("call", [message("user", "Hello."), message("user", "Good bye.")])
    view = PayloadInspector(draft.store())
    app = PaneApp(view)
    async with app.run_test(size=SIZE) as pilot:
        view.show(request)
        await app.workers.wait_for_complete()

        assert view.search(parse_pattern("good"))
        await app.workers.wait_for_complete()
        await pilot.pause()

        assert (view.value_text(), view.value_path()) == ("Good bye.", "input[1].content[0].text")
        assert not view.search(parse_pattern("nowhere"))
        assert view.remark == "no match"


async def test_another_payload_ends_the_work_on_the_one_before(draft: Draft) -> None:
    large = draft.writer.write_payload("tool_result", {"rows": list(range(200_000))})
    small = draft.writer.write_payload("tool_result", {"rows": 1})
    view = PayloadInspector(draft.store())
    app = PaneApp(view)
    async with app.run_test(size=SIZE) as pilot:
        view.show(large)
        view.show(small)
        await app.workers.wait_for_complete()
        await pilot.pause()

        assert screen_lines(view)[:2] == ["▾ {1}", "    rows: 1"]


async def test_work_can_be_stopped(draft: Draft) -> None:
    large = draft.writer.write_payload("tool_result", {"rows": list(range(200_000))})
    view = PayloadInspector(draft.store())
    app = PaneApp(view)
    async with app.run_test(size=SIZE) as pilot:
        view.show(large)
        assert view.stop_work()
        await app.workers.wait_for_complete()
        await pilot.pause()

        assert not view.stop_work()


async def test_a_line_of_megabytes_is_read_page_by_page(draft: Draft) -> None:
    ref = draft.writer.write_payload("tool_result", b'{"o":"' + b"abcdefghi " * 300_000 + b'end"}')
    view = PayloadInspector(draft.store())
    app = PaneApp(view)
    async with app.run_test(size=SIZE) as pilot:
        view.show(ref)
        await app.workers.wait_for_complete()
        view.model.set_mode("raw")
        view.perform(Move.GO_FIRST)
        view.perform(Move.GO_LAST)
        await pilot.pause()

        assert cursor_text(view).endswith('end"}')
        view.perform(Move.PAGE_UP)
        assert "abcdefghi abcdefghi" in cursor_text(view)
