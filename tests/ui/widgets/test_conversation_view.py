"""The conversation pane on a screen: what it measures, announces, and reads from payloads."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.app import ComposeResult

from tests.ui.widgets.panes import Draft, PaneApp, cursor_text, message, screen_lines
from tui.model.delta import TraceDelta
from tui.store import TraceStore
from tui.ui.widgets.conversation_view import ConversationView
from tui.viewmodel.conversation.scope import ConversationScope
from tui.viewmodel.rows.moves import Move
from tui.viewmodel.text.styled_lines import search_pattern

SIZE = (60, 12)
CALL = ConversationScope("root", "call")  # type: ignore[arg-type]


class ConversationApp(PaneApp):
    """Remembers what the pane announced."""

    def __init__(self, store: TraceStore) -> None:
        self.conversation = ConversationView(store)
        super().__init__(self.conversation)
        self.highlighted: list[str | None] = []
        self.opened: list[str] = []

    def compose(self) -> ComposeResult:
        yield self.conversation

    def on_conversation_view_item_highlighted(self, event: ConversationView.ItemHighlighted) -> None:
        self.highlighted.append(event.item_id)

    def on_conversation_view_payload_requested(self, event: ConversationView.PayloadRequested) -> None:
        self.opened.append(event.opening.raw_payload_id)


def long_talk(directory: Path, count: int = 500) -> TraceStore:
    draft = Draft(directory)
    draft.request("call", [message("user", "line\n" * (number % 7) + f"end of {number}") for number in range(count)])
    return draft.store()


async def test_going_to_the_end_and_back_lands_on_the_very_rows(tmp_path: Path) -> None:
    app = ConversationApp(long_talk(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        view = app.conversation
        view.show(CALL)

        view.perform(Move.GO_LAST)
        await pilot.pause()
        at_end = screen_lines(view)
        view.perform(Move.GO_FIRST)
        await pilot.pause()

        assert at_end[-1].strip() == "── response completed ──"
        assert "end of 499" in at_end[-2]
        assert screen_lines(view)[0].strip() == "500 items · m"


@pytest.mark.parametrize("page", [Move.PAGE_UP, Move.HALF_PAGE_UP, Move.HALF_PAGE_DOWN, Move.PAGE_DOWN])
async def test_paging_through_unmeasured_rows_skips_none(tmp_path: Path, page: Move) -> None:
    app = ConversationApp(long_talk(tmp_path, 120))
    async with app.run_test(size=SIZE) as pilot:
        view = app.conversation
        view.show(CALL)
        if page in (Move.PAGE_UP, Move.HALF_PAGE_UP):
            view.perform(Move.GO_LAST)
        seen: set[str] = set()
        for _ in range(150):
            seen.update(line.split()[-1] for line in screen_lines(view) if "end of" in line)
            view.perform(page)
        await pilot.pause()

        assert seen == {str(number) for number in range(120)}


async def test_the_screen_stays_when_rows_above_are_measured(tmp_path: Path) -> None:
    app = ConversationApp(long_talk(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        view = app.conversation
        view.show(ConversationScope("root", "call", "conversation_item:300"))  # type: ignore[arg-type]
        await pilot.pause()
        before = screen_lines(view)

        for _ in range(6):
            view.scroll_rows(-1)
        for _ in range(6):
            view.scroll_rows(1)

        assert screen_lines(view) == before
        assert "end of 298" in " ".join(before)


async def test_each_item_is_announced_once(tmp_path: Path) -> None:
    app = ConversationApp(long_talk(tmp_path, 3))
    async with app.run_test(size=SIZE) as pilot:
        app.conversation.show(CALL)
        for _ in range(6):
            app.conversation.perform(Move.MOVE_DOWN)
        await pilot.pause()

        assert app.highlighted == ["conversation_item:1", "conversation_item:2", "conversation_item:3"]


async def test_keys_fold_and_walk_by_items(tmp_path: Path) -> None:
    app = ConversationApp(long_talk(tmp_path, 5))
    async with app.run_test(size=SIZE) as pilot:
        view = app.conversation
        view.show(CALL)
        view.perform(Move.FOLD_ALL)
        view.perform(Move.NEXT_SIBLING, 4)
        await pilot.pause()

        assert cursor_text(view) == "user  line"
        view.perform(Move.STEP_IN)
        assert cursor_text(view) == "user"
        assert screen_lines(view)[view.cursor - view.top + 4].strip() == "end of 3"


@pytest.mark.parametrize("move", [Move.STEP_IN, Move.TOGGLE_FOLD, Move.ACTIVATE])
async def test_unfolding_the_last_item_shows_its_text(tmp_path: Path, move: Move) -> None:
    app = ConversationApp(long_talk(tmp_path, 60))
    async with app.run_test(size=SIZE) as pilot:
        view = app.conversation
        view.show(CALL)
        view.perform(Move.FOLD_ALL)
        view.perform(Move.NEXT_SIBLING, 80)
        await pilot.pause()
        assert "end of 59" not in "".join(screen_lines(view))
        view.perform(move)
        assert "end of 59" in "".join(screen_lines(view))
        assert view.top <= view.cursor


async def test_a_resize_wraps_anew_and_keeps_the_item(tmp_path: Path) -> None:
    app = ConversationApp(long_talk(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        view = app.conversation
        view.show(ConversationScope("root", "call", "conversation_item:200"))  # type: ignore[arg-type]
        await pilot.resize_terminal(30, 20)
        await pilot.pause()

        assert view.focused_item == "conversation_item:200"
        assert cursor_text(view) == "user"


async def test_an_abridged_item_is_read_from_its_payload_when_it_is_seen(tmp_path: Path) -> None:
    draft = Draft(tmp_path)
    image = {"type": "input_image", "image_url": "data:image/png;base64," + "A" * 4_000}
    draft.request("call", [{"type": "message", "role": "user", "content": [image]}])
    app = ConversationApp(draft.store())
    async with app.run_test(size=SIZE) as pilot:
        app.conversation.show(CALL)
        await app.workers.wait_for_complete()
        await pilot.pause()

        assert "input_image · image/png · 3.0 kB" in " ".join(screen_lines(app.conversation))


async def test_enter_on_an_image_asks_for_its_payload(tmp_path: Path) -> None:
    draft = Draft(tmp_path)
    image = {"type": "input_image", "image_url": "data:image/png;base64,AAAA"}
    text = {"type": "input_text", "text": "Look:"}
    request = draft.request("call", [{"type": "message", "role": "user", "content": [text, image]}])
    app = ConversationApp(draft.store())
    async with app.run_test(size=SIZE) as pilot:
        app.conversation.show(CALL)
        await app.workers.wait_for_complete()
        app.conversation.perform(Move.NEXT_SIBLING)
        app.conversation.perform(Move.MOVE_DOWN, 2)
        app.conversation.perform(Move.ACTIVATE)
        await pilot.pause()

        assert app.opened == [request.raw_payload_id]


async def test_search_shows_the_match(tmp_path: Path) -> None:
    app = ConversationApp(long_talk(tmp_path))
    async with app.run_test(size=SIZE):
        view = app.conversation
        view.show(CALL)

        assert view.search(search_pattern("end of 321"))
        assert cursor_text(view) == "end of 321"
        assert not view.search(search_pattern("nowhere"))
        assert cursor_text(view) == "end of 321"


async def test_a_growing_conversation_keeps_what_is_being_read(tmp_path: Path) -> None:
    draft = Draft(tmp_path)
    items = [message("user", f"number {number}") for number in range(100)]
    draft.request("call", items)
    store = draft.store()
    app = ConversationApp(store)
    async with app.run_test(size=SIZE) as pilot:
        view = app.conversation
        view.show(ConversationScope("root", None, "conversation_item:50"))  # type: ignore[arg-type]
        await pilot.pause()
        before = screen_lines(view)

        thread = store.trace.threads["root"]  # type: ignore[index]
        thread.conversation_item_ids.append("conversation_item:1")  # type: ignore[arg-type]
        view.apply(TraceDelta(threads={thread.thread_id}))
        await pilot.pause()

        assert screen_lines(view) == before
        assert sum(entry.item_id is not None for entry in view.model.entries) == 101


async def test_nothing_to_show_is_no_error(tmp_path: Path) -> None:
    app = ConversationApp(Draft(tmp_path).store())
    async with app.run_test(size=SIZE) as pilot:
        view = app.conversation
        view.show(None)
        for move in (Move.MOVE_DOWN, Move.STEP_IN, Move.ACTIVATE, Move.GO_LAST):
            view.perform(move)
        view.begin_again()
        await pilot.pause()

        assert view.row_count() == 0
