"""The conversation pane: what the model saw."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual import events
from textual.message import Message

from tui.bundle.payloads.time_limit import MATCHING_SECONDS, time_limit
from tui.model.delta import TraceDelta
from tui.model.ids import InferenceCallId, ItemId, ThreadId
from tui.schema.payloads import RawPayloadRef
from tui.source.fault import PayloadFault
from tui.ui.widgets.frame_line import FrameLine
from tui.ui.widgets.measured_view import SETTLING_ROUNDS, MeasuredView
from tui.viewmodel.rows.heights import EntryLine
from tui.viewmodel.rows.moves import Move
from tui.viewmodel.rows.signs import RowSigns, in_gutter
from tui.viewmodel.text.spans import Line, Span, line_text

if TYPE_CHECKING:
    from tui.analysis.requests.prompt_head import PromptHead
    from tui.viewmodel.conversation.model import ConversationModel
    from tui.viewmodel.conversation.opening import Opening
    from tui.viewmodel.conversation.scope import ConversationScope

ROWS_BEFORE = 3
"""Rows shown before the place at which a conversation is opened."""

PINNED_FROM_HEIGHT = 6
"""In a lower pane nothing is pinned: the lines are needed for the text."""


_ARRIVING = frozenset({Move.GO_PAIR, Move.GO_FIRST_DIFFERENCE})
"""Moves that go somewhere else, not a step further."""


class ConversationView(MeasuredView):
    """Shows a `ConversationScope`. Rows near the screen are measured before they are drawn.

    Items that the graph abridges are read from their payloads, in a thread, when they come on the screen.
    """

    class ItemHighlighted(Message):
        """The cursor came to stand on another item, or on a divider (None)."""

        def __init__(self, view: ConversationView, item_id: ItemId | None) -> None:
            super().__init__()
            self.view = view
            self.item_id = item_id

        @property
        def control(self) -> ConversationView:
            """The view that sent it."""
            return self.view

    class PayloadRequested(Message):
        """Enter was pressed on a row whose whole is in a payload."""

        def __init__(self, view: ConversationView, opening: Opening) -> None:
            super().__init__()
            self.view = view
            self.opening = opening

        @property
        def control(self) -> ConversationView:
            """The view that sent it."""
            return self.view

    class FollowChanged(Message):
        """The end of an agent's conversation is followed, or no longer."""

    _signs: Mapping[str, RowSigns] = {}
    _announced: ItemId | None = None
    _heads_asked: list[InferenceCallId] | None = None
    _model: ConversationModel | None = None

    @property
    def model(self) -> ConversationModel:
        """What is shown. It comes with its first use: the first picture of the screen does not wait for it."""
        if self._model is None:
            from tui.viewmodel.conversation.model import ConversationModel

            self._model = ConversationModel(self._store.trace, self._store.index, cell_len)
        return self._model

    # What the screen asks

    @property
    def focused_item(self) -> ItemId | None:
        """The item under the cursor."""
        return None if self._model is None else self._model.focused

    @property
    def followed(self) -> ThreadId | None:
        """The agent whose conversation is followed at its end."""
        return self._model.following.agent if self._model is not None and self._model.following.is_on else None

    @property
    def last_followed(self) -> ThreadId | None:
        """The same, or the one that was followed until somebody looked back in its conversation."""
        return None if self._model is None else self._model.following.agent

    @property
    def new_items(self) -> int:
        """Items of the agent that was followed last which came since."""
        return 0 if self._model is None else self._model.new_items

    @property
    def shown_agent(self) -> ThreadId | None:
        """Whose conversation is shown."""
        return None if self._model is None or self._model.scope is None else self._model.scope.thread_id

    @property
    def shown_request(self) -> InferenceCallId | None:
        """The request whose items are shown; None for the conversation so far."""
        return None if self._model is None or self._model.scope is None else self._model.scope.inference_id

    def follow_agent(self, agent: ThreadId) -> None:
        """Show the end of an agent's conversation, and keep it in view while it grows."""
        self.model.follow_agent(agent)
        self._follow_model()

    def show(self, scope: ConversationScope | None) -> None:
        """Show a conversation; None leaves what is shown."""
        if scope is None:
            return
        entries = self.model.entries
        self.model.show(scope)
        self._follow_model(from_top=self.model.entries is not entries)
        if scope.focus is not None:
            self.arrive()

    def apply(self, delta: TraceDelta) -> None:
        """The graph changed."""
        if self._model is not None and self._model.update(delta):
            self._follow_model(keep_screen=True)

    def look_again(self) -> None:
        """The graph is that of another moment."""
        if self._model is not None:
            self._model.look_again()
            self._follow_model(keep_screen=True)

    def begin_again(self) -> None:
        """The store holds another recording."""
        if self._model is not None:  # else nothing is shown yet
            self._model = self._heads_asked = None
            self._top = self._cursor = 0
            self._follow_model()

    def mark(self, pattern: re.Pattern[str] | None) -> None:
        """Mark what matches; None marks nothing any more."""
        if pattern is not None or self._model is not None:
            self.model.finder.pattern = pattern
            self.rows_changed()

    def search(self, pattern: re.Pattern[str] | None, *, forward: bool = True) -> bool:
        """Stand on the next match; whether there is one. None takes the marks of the last search away."""
        found = self.model.finder.search(pattern, forward=forward)
        self.model.note_place()
        self._follow_model(keep_screen=not found)
        if found:
            self.arrive(calmly=True)
        return found

    # Rows

    def row_count(self) -> int:
        """Rows, estimates included."""
        return self._model.layout.row_count if self._model is not None and self._model.entries else 0

    def show_signs(self, signs: Mapping[str, RowSigns]) -> None:
        """Show these signs in the first cells of the items with these ids."""
        if signs != self._signs:
            self._signs = signs
            self.rows_changed()

    def row_line(self, index: int, width: int) -> Line:
        """The line of a row, with the signs of its item on the first of them."""
        line = self._searched_line(index, width)
        item_id = self.model.item_headed_by(index) if self._signs else None
        signs = None if item_id is None else self._signs.get(item_id)
        return line if signs is None else in_gutter(line, signs)

    def _searched_line(self, index: int, width: int) -> Line:  # noqa: ARG002  # the layout knows the width
        if self.model.finder.pattern is not None:
            try:
                with time_limit(MATCHING_SECONDS):
                    return self.model.row(index)
            except TimeoutError:
                self.model.finder.search(None)  # the expression takes too long even for one line: nothing is marked
        return self.model.row(index)

    def empty_text(self) -> str:
        """Nothing was sent to a model yet, or the row is not part of a conversation (a diagnostic)."""
        if self._store.is_loading:
            return "The conversation comes with the rest of the recording."
        return "No conversation here: agents and their calls have one."

    def pinned_rows(self, top: int) -> list[int]:
        """What a request cost and held stays at the top: it is what the items below add up to."""
        scope = None if self._model is None else self._model.scope
        is_request = scope is not None and scope.inference_id is not None
        return [0] if is_request and top > 0 and self.page_height >= PINNED_FROM_HEIGHT else []

    def pinned_line(self, index: int, width: int) -> Line:
        """The first row of an entry; if the entry goes on, the row says that it is cut."""
        from tui.viewmodel.text.styled_lines import elide_line

        line = super().pinned_line(index, width)
        return elide_line((*line, Span(" …", "dim")), width, cell_len) if self.model.layout.goes_on(index) else line

    def move_cursor(self, to: int) -> None:
        """Put the cursor on row `to`, once the rows around it are measured."""
        self._take_width()
        layout, height = self.model.layout, self.page_height
        top = layout.place_of(self._top)
        is_last = to >= self.row_count() - 1
        place = layout.place_of(to)
        for _ in range(SETTLING_ROUNDS):
            if not layout.measure_around(to - height, 2 * height):
                break
            to = self.row_count() - 1 if is_last else layout.row_of(place)
        # Measuring may have moved the rows that the screen and the cursor were on.
        self._lines.clear()
        self._top, self._cursor = layout.row_of(top), self.model.cursor
        super().move_cursor(to)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll up; who looks back does not want to be pulled away."""
        if self._model is not None:
            self._model.stop_following()
        super().on_mouse_scroll_up(event)
        self.post_message(self.FollowChanged())

    def row_clicked(self, index: int, column: int) -> None:
        """Select the row; that may be away from the end that is followed."""
        super().row_clicked(index, column)
        self.model.note_place()
        self.post_message(self.FollowChanged())

    def cursor_changed(self) -> None:
        """Tell which item the cursor is on now."""
        self.model.stand_on(self.cursor)
        self._announce()

    def _announce(self) -> None:
        if self.model.focused != self._announced:
            self._announced = self.model.focused
            self.post_message(self.ItemHighlighted(self, self._announced))

    def _follow_model(self, *, keep_screen: bool = False, from_top: bool = False) -> None:
        """The model's cursor or rows changed: show its cursor; `from_top`, with what follows it on the screen."""
        self.show_title(f"Conversation · {line_text(self.model.title)}")
        self._take_width()
        if self.model.following.is_on:
            self.model.go_end()
            keep_screen = from_top = False
        self._measure_cursor()
        to, before = self.model.cursor, self._cursor
        self._lines.clear()
        if keep_screen:
            self._set_top(self._top + to - before)
        elif from_top:
            self._set_top(to - ROWS_BEFORE)
        self._cursor = to
        super().move_cursor(to)
        self._announce()

    def _measure_cursor(self) -> None:
        """Make the row numbers around the cursor exact."""
        height = self.page_height
        for _ in range(SETTLING_ROUNDS):
            if not self.model.layout.measure_around(self.model.cursor - height, 2 * height):
                break

    def set_text_width(self, width: int) -> bool:
        """Lay the items out for `width` cells."""
        return self.model.layout.set_width(width)

    def measured_cursor(self) -> int:
        """The row of the model's cursor."""
        self._measure_cursor()
        return self.model.cursor

    def _make_frame(self) -> list[FrameLine]:
        """Measure what is about to be drawn; the screen and the cursor stay on the lines they are on."""
        if self._model is None:
            return super()._make_frame()
        self._take_width()
        layout = self.model.layout
        for _ in range(SETTLING_ROUNDS):
            top = layout.place_of(self._top)
            if not layout.measure_around(self._top, self.page_height):
                break
            self._lines.clear()
            self._cursor = self.model.cursor
            self._set_top(layout.row_of(top))
        frame = super()._make_frame()
        self._fetch_wanted()
        return frame

    def _fetch_wanted(self) -> None:
        requests = self.model.listing.wanted_heads() if self._may_read_heads else []
        if requests and requests != self._heads_asked:
            self._heads_asked = requests
            self.run_worker(self._fetch_heads(self.model, requests), group="heads", exit_on_error=False)
        wanted = self.model.layout.take_wanted()
        if wanted:
            self.run_worker(self._fetch(self.model, wanted), group="raw items", exit_on_error=False)

    @property
    def _may_read_heads(self) -> bool:
        """Not for a thread so far while the recording comes in: there, each request would be the newest in its turn."""
        scope = self.model.scope
        return scope is not None and (scope.inference_id is not None or self._store.state != "loading")

    async def _fetch(self, model: ConversationModel, wanted: list[ItemId]) -> None:
        found = await asyncio.to_thread(self._read_items, wanted)
        if self.model is model and found:
            is_at_end = self._top + self.page_height >= self.row_count()
            for item_id, raw in found.items():
                model.supply(item_id, raw)
            self._follow_model(keep_screen=True)
            if is_at_end:
                self.scroll_rows(self.row_count())

    async def _fetch_heads(self, model: ConversationModel, requests: list[InferenceCallId]) -> None:
        """Read what requests send before their items; the rows on the screen stay where they are."""
        heads = await asyncio.to_thread(self._read_heads, requests)
        if self.model is model:
            model.supply_heads(heads)
            self._follow_model(keep_screen=self._top > 0)

    def _read_heads(self, requests: list[InferenceCallId]) -> dict[InferenceCallId, PromptHead]:
        from tui.analysis.requests.prompt_head import head_of

        trace = self._store.trace
        return {one: head_of(trace, trace.inference_calls[one], self._read_frame) for one in requests}

    def _read_frame(self, ref: RawPayloadRef) -> bytes | PayloadFault:
        """A body without its parts: the head of a prompt is in its own text."""
        return self._store.payloads.read_joined(ref, "null")

    def _read_items(self, wanted: list[ItemId]) -> dict[ItemId, bytes]:
        from tui.analysis.requests.raw_items import items_as_sent

        return items_as_sent(self._store.trace, wanted, self._store.payloads.read)

    # Moves

    def perform(self, move: Move, count: int | None = None) -> bool:
        """Do what a key says; whether a conversation has such a move.

        Going to the end of a conversation that grows follows it; any other place ends that.
        """
        agent = self.shown_agent
        if move is Move.GO_LAST and count is None and agent is not None and self._may_grow:
            self.follow_agent(agent)
            return True
        is_known = self._perform(move, count)
        self.model.note_place()
        return is_known

    @property
    def _may_grow(self) -> bool:
        """Whether more may come behind the last row."""
        scope = self.model.scope
        return scope is not None and scope.inference_id is None and self._store.state in ("live", "waiting")

    def _perform(self, move: Move, count: int | None) -> bool:
        from tui.viewmodel.conversation.model import CONVERSATION_MOVES

        match move:
            case Move.ACTIVATE:
                self._activate()
            case Move.NEXT_VIEW_MODE:
                self.model.switch_scope()
                self._follow_model()
                self.post_message(self.ItemHighlighted(self, self._announced))  # the payload follows, on any item
            case Move.TOGGLE_OR_PAGE:  # reading on is what the space bar is for in a text
                return super().perform(Move.PAGE_DOWN, count)
            case _ if move in CONVERSATION_MOVES:
                self.model.perform(move, count)
                self._follow_model(keep_screen=True)
                if move in _ARRIVING:
                    self.arrive()
                elif move in (Move.STEP_IN, Move.TOGGLE_FOLD):
                    self._show_rows_of_item()
            case _:
                return super().perform(move, count)
        return True

    def switch_source(self) -> bool:
        """Show Markdown and colours as they were written, or what they mean; whether it is as written now."""
        shows_source = self.model.folds.switch_source()
        self._follow_model(keep_screen=True)
        return shows_source

    def _show_rows_of_item(self) -> None:
        """Scroll as far as it takes to see what was unfolded, of a long item its first rows.

        A person who read as far as a row of the item reads on from there: below the row before it, as on a new page.
        """
        if not self.model.entries:
            return
        place, layout = self.model.listing.place, self.model.layout
        first = layout.row_of(place._replace(line=max(0, place.line - 1)))
        last = layout.row_of(EntryLine(place.entry, len(layout.rows_of(place.entry)) - 1))
        if last >= self._top + self.page_height:
            pinned = len(self.pinned_rows(first))  # they would cover the header
            self.scroll_rows(min(first - pinned, last - self.page_height + 1) - self._top)

    def _activate(self) -> None:
        """Open what is elsewhere, else fold or unfold."""
        opening = self.model.activate()
        if opening is None:
            self._follow_model(keep_screen=True)
            self._show_rows_of_item()
        else:
            self.post_message(self.PayloadRequested(self, opening))
