"""`TimelineView`: the timeline pane. What it shows and does is in `TimelineModel`; this puts it on the screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual import events
from textual.message import Message

from tui.analysis.state.recording import RecordingState
from tui.bundle.payloads.time_limit import MATCHING_SECONDS, time_limit
from tui.model.delta import TraceDelta
from tui.model.noderef import NodeRef
from tui.ui.clock_time import day_of, local_time
from tui.ui.theme import style_for as theme_style_for
from tui.ui.widgets.row_strip import StyleFor
from tui.ui.widgets.row_view import RowView
from tui.viewmodel.rows.moves import ROW_MOVES, Move
from tui.viewmodel.rows.signs import RowSigns, in_gutter
from tui.viewmodel.text.spans import Line
from tui.viewmodel.timeline.columns import Columns, columns_for, indent_of
from tui.viewmodel.timeline.kept_lines import KeptLines, Layout
from tui.viewmodel.timeline.marks import mark_label
from tui.viewmodel.timeline.model import TimelineModel
from tui.viewmodel.timeline.moves import MOVES
from tui.viewmodel.timeline.row import TimelineRow
from tui.viewmodel.timeline.row_times import MODE_WORDS, TIME_MODES, RowTimes, TimeMode, times_of
from tui.viewmodel.timeline.title import axis_title

if TYPE_CHECKING:
    from tui.analysis.search.pattern import Pattern

PINNED_FROM_HEIGHT = 12
"""In a lower pane no ancestors are pinned: the lines are needed for rows."""


_ARRIVING = frozenset({Move.NEXT_PROBLEM, Move.PREVIOUS_PROBLEM, Move.NEXT_TURN, Move.PREVIOUS_TURN})
"""Moves that go somewhere else, not a step further."""

_OF_THE_BARS = frozenset(
    {
        Move.ZOOM_TIME_IN,
        Move.ZOOM_TIME_OUT,
        Move.ZOOM_TIME_TO_ROW,
        Move.PAN_TIME_LATER,
        Move.PAN_TIME_EARLIER,
    }
)
"""Moves that are about the bars: who makes them wants to see these."""


class TimelineView(RowView):
    """The timeline pane. Its moves are those of `TimelineModel`, which has them from `MOVES`."""

    class NodeHighlighted(Message):
        """The cursor came to stand on another object."""

        def __init__(self, node: NodeRef | None) -> None:
            super().__init__()
            self.node = node

        def can_replace(self, message: Message) -> bool:
            """Only the last place counts."""
            return isinstance(message, TimelineView.NodeHighlighted)

    class FollowChanged(Message):
        """The timeline began or ceased to follow the newest row."""

        def __init__(self, is_following: bool) -> None:  # the message is its one value
            super().__init__()
            self.is_following = is_following

    class EdgeEntered(Message):
        """Enter was pressed on a row that leads to another agent."""

        def __init__(self, node: NodeRef) -> None:
            super().__init__()
            self.node = node

    class LeafEntered(Message):
        """Enter was pressed on a row that leads nowhere and has no rows below."""

        def __init__(self, node: NodeRef) -> None:
            super().__init__()
            self.node = node

    def __init__(
        self,
        model: TimelineModel,
        *,
        style_for: StyleFor = theme_style_for,
        name: str | None = None,
        id: str | None = None,  # noqa: A002  # Textual's own name for it
        classes: str | None = None,
    ) -> None:
        super().__init__(style_for=style_for, name=name, id=id, classes=classes)
        self.model = model
        self.filter_text = ""
        self._reason_for_nothing = ""
        self._wants_bar: bool | None = None
        self._marked: Pattern | None = None
        self._time_mode: TimeMode = "start"
        self._signs: Mapping[NodeRef, RowSigns] = {}
        self._laid_out = KeptLines(cell_len)
        self._aging: set[int] = set()
        """Rows on the screen that time alone changes."""
        self._followed = model.follow
        self._highlighted = model.focused

    # Rows

    def row_count(self) -> int:
        """Visible rows of the model."""
        return self.model.row_count

    def row_line(self, index: int, width: int) -> Line:
        """One row, laid out for the pane."""
        return next(iter(self.row_lines([index], width)), ())

    def row_lines(self, rows: Sequence[int], width: int) -> list[Line]:
        """Several rows: what is between the first and the last is walked once."""
        first, wanted = rows[0], set(rows)
        wants_above = self._time_mode == "above" and first > 0
        found = self.model.rows(first - wants_above, rows[-1] - first + 1 + wants_above)
        above = found.pop(0) if wants_above and found else None
        self._laid_out.begin(Layout(width, self._wants_bar, self._times(), self.model.axis.start, self.model.axis.end))
        lines = []
        for index, row in enumerate(found, first):
            if index in wanted:
                self._note_aging(index, row)
                lines.append(self._line_of(row, above))
            above = row
        return lines

    def _line_of(self, row: TimelineRow, above: TimelineRow | None) -> Line:
        """The line of a row, with the signs of its object and what matches a search."""
        line = self._laid_out.line(row, above)
        signs = self._signs.get(row.node)
        line = line if signs is None else in_gutter(line, signs)
        return line if self._marked is None else self._with_marks(line, row.label, self._marked)

    def _note_aging(self, index: int, row: TimelineRow) -> None:
        """Remember whether time alone changes a row."""
        if row.ages:
            self._aging.add(index)
        else:
            self._aging.discard(index)

    def _with_marks(self, line: Line, label: Line, pattern: Pattern) -> Line:
        try:
            with time_limit(MATCHING_SECONDS) if pattern.is_regex else nullcontext():
                return mark_label(line, label, self._columns().label, pattern.text)
        except TimeoutError:
            self._marked = None  # the expression takes too long even for one label: nothing is marked
            return line

    def empty_text(self) -> str:
        """No row passes the filter, or there is none yet."""
        return "No row matches the filter; Esc takes it away." if self.filter_text else self._reason_for_nothing

    def explain_nothing(self, text: str) -> None:
        """Why there are no rows, in case there are none."""
        if text != self._reason_for_nothing:
            self._reason_for_nothing = text
            if not self.row_count():
                self.rows_changed()

    def pinned_rows(self, top: int) -> list[int]:
        """The rows above the first one on the screen, up to three."""
        return self.model.pinned_rows(top) if self.page_height >= PINNED_FROM_HEIGHT else []

    # What the screen asks and says

    @property
    def is_following(self) -> bool:
        """Whether the cursor stays with the newest row."""
        return self.model.follow

    @property
    def new_rows(self) -> int:
        """Rows that came since following stopped."""
        return self.model.new_count

    @property
    def problem_count(self) -> int:
        """Rows with a problem, folded ones too."""
        return self.model.problem_count

    @property
    def is_behind(self) -> bool:
        """Whether rows are still to come for what is known already: `apply` goes on with them."""
        return self.model.is_behind

    @property
    def is_looking_again(self) -> bool:
        """Whether rows that show what is known may still change their place: `apply` goes on with them."""
        return self.model.is_looking_again

    def breadcrumb(self) -> Sequence[str]:
        """Names of the rows from the agent down to the cursor."""
        return self.model.breadcrumb()

    def show_model(self, model: TimelineModel) -> None:
        """Show another timeline: the recording started again."""
        self.model = model
        self.filter_text = ""
        self._name_axis()
        self.rows_changed(cursor=model.cursor)
        self._tell()

    def apply(self, delta: TraceDelta, *, stays: bool = False) -> None:
        """Show what changed in the recording. The cursor and what is read stay where they are.

        While the newest row is followed, the row that was it keeps its line of the screen, so that less changes.
        `stays` as for `NewestRow.after`.
        """
        follows, is_at_start = self.model.follow, self.top == 0 and self.model.is_at_start
        followed = self.model.focus
        self.model.apply(delta, stays=stays)
        if follows:
            place = self.model.row_number(followed)
            if place is not None:
                self._set_top(self.top + place - self.cursor)
            self._show()
        else:
            self.rows_changed(cursor=self.model.cursor)
            if is_at_start:  # a row for diagnostics that comes above the first agent is seen
                self.scroll_rows(-self.top)
            self._tell()

    def show_moment(self) -> None:
        """The model shows the graph of another moment."""
        self._name_axis()
        self.rows_changed(cursor=self.model.cursor)
        self._tell()

    def show_filled(self) -> None:
        """More rows of a moment were made; the cursor stays on its line of the screen."""
        self.rows_changed(cursor=self.model.cursor)
        self.scroll_rows(self.model.top - self.top)
        self._tell()

    def tick(self, now_unix_ms: int) -> None:
        """Time went on: what is open lasts longer."""
        self.model.tick(now_unix_ms)
        if self.model.follow_on():
            self._show()
        else:
            self.lines_changed(self._aging)

    def tell_recording(self, recording: RecordingState) -> None:
        """The state of the recording: what is under way when it is over never arrived."""
        if self.model.tell_recording(recording):
            self.rows_changed()

    def follow(self) -> None:
        """Go to the newest row and stay with it."""
        self.perform(Move.FOLLOW_NEWEST)

    def stop_following(self) -> None:
        """Stay here, whatever comes."""
        self.model.stop_following()
        self._tell()

    def reveal(self, node: NodeRef, *, calmly: bool = False) -> bool:
        """Go to an object (`calmly` as for `arrive`); False if nothing in the timeline reports it."""
        found = self.model.reveal(node)
        self._show()
        self.arrive(calmly=calmly)
        return found

    def show_signs(self, signs: Mapping[NodeRef, RowSigns]) -> None:
        """Show these signs in the first cells of the rows of these objects."""
        if signs != self._signs:
            self._signs = signs
            self.rows_changed()

    def mark(self, pattern: Pattern | None) -> None:
        """Mark what matches in the labels of all rows; None marks nothing any more."""
        self._marked = pattern
        self.rows_changed()

    def restore(self, stance: object) -> None:
        """Stand as when `model.folding()` gave `stance`."""
        self.model.restore(stance)
        self.rows_changed(cursor=self.model.cursor)
        self.scroll_rows(self.model.top - self.top)
        self._tell()

    def set_filter(self, text: str) -> None:
        """Show only rows that match; an empty text shows all."""
        from tui.viewmodel.timeline.filter import parse_filter

        self.filter_text = text
        self.model.set_filter(parse_filter(text))
        self._show()

    def show_filtered(self) -> None:
        """The model has another filter by now: show what it leaves."""
        self._show()

    def perform(self, move: Move, count: int | None = None) -> bool:
        """Do what a key says and show it; whether a timeline has such a move."""
        if move is Move.TOGGLE_TIME_BAR:
            self._show_bar(wanted=not self._columns().bar)
        elif move is Move.ACTIVATE:
            self._activate()
        elif move in MOVES or move in ROW_MOVES:
            self._perform_in_model(move, count)
        else:
            return False
        return True

    def _perform_in_model(self, move: Move, count: int | None) -> None:
        if move in _OF_THE_BARS:
            self._wants_bar = True
        self.model.page_height, self.model.top = self.page_height, self.top
        self.model.perform(move, count)
        self._set_top(self.model.top)
        if move in MOVES:  # the rows may be other ones
            self._name_axis()
            self._lines.clear()
        self._go_with_model()
        if move in _ARRIVING:
            self.arrive()

    def _activate(self) -> None:
        """Follow the edge here; without one, fold or unfold; without rows below, read the row in the other panes."""
        node = self.model.focused
        if node is not None and self.model.leads_elsewhere(node):
            self.post_message(self.EdgeEntered(node))
        elif node is not None and not any(row.foldable for row in self.model.rows(self.cursor, 1)):
            self.post_message(self.LeafEntered(node))
        else:
            self.perform(Move.TOGGLE_FOLD)

    def _columns(self) -> Columns:
        times = self._times()
        return columns_for(self.scrollable_content_region.width, self._wants_bar, times.cells, times.duration_cells)

    def _times(self) -> RowTimes:
        whole_ms, started = round(self.model.axis.whole_ms), self.model.trace.started_at_unix_ms
        return times_of(whole_ms, self._time_mode, started, local_time)

    def next_time_mode(self) -> str:
        """Tell times in the next way; what that is."""
        self._time_mode = TIME_MODES[(TIME_MODES.index(self._time_mode) + 1) % len(TIME_MODES)]
        self._name_axis()
        self.rows_changed()
        return self._time_words()

    def _time_words(self) -> str:
        """What the times are, with the day on which the recording began if they are times of a clock."""
        words = MODE_WORDS[self._time_mode]
        if self._time_mode not in ("local", "utc"):
            return words
        day = day_of(self.model.trace.started_at_unix_ms, is_local=self._time_mode == "local")
        return f"{words}, {day}" if day else words

    def _show_bar(self, *, wanted: bool) -> None:
        self._wants_bar = wanted
        self.rows_changed()

    def _name_axis(self) -> None:
        """Put the names of the columns and the axis of the bars over them into the title.

        It says which part of the time the bars show, unless it is all.
        """
        times = "" if self._time_mode == "start" else self._time_words()
        title = axis_title(self._columns(), self.model.axis, times)
        self.show_title(title.text, runs_on=title.runs_on)

    def rows_changed(self, cursor: int | None = None) -> None:
        """The rows are other ones, or the recording became longer."""
        self._name_axis()
        super().rows_changed(cursor)

    def rows_changed_and_go(self, to: int) -> None:
        """The same, and the cursor goes to a row."""
        self._name_axis()
        super().rows_changed_and_go(to)

    def on_resize(self, _event: events.Resize) -> None:
        """The axis goes with the bars. Textual calls the handler of the base, too."""
        self._name_axis()

    # The cursor

    def cursor_changed(self) -> None:
        """The cursor was moved by rows, a page or a click: the model goes along."""
        self.model.move_to(self.cursor)
        self._tell()

    def row_clicked(self, index: int, column: int) -> None:
        """A click on the fold mark folds or unfolds, elsewhere it selects."""
        self.move_cursor(index)
        row = self.model.rows(index, 1)
        if row and row[0].foldable and abs(column - indent_of(row[0].depth, self.scrollable_content_region.width)) <= 1:
            self.perform(Move.TOGGLE_FOLD)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll up; who looks back does not want to be pulled away."""
        self.model.stop_following()
        super().on_mouse_scroll_up(event)
        self._tell()

    def _show(self) -> None:
        """Bring the screen to where the model is."""
        self.rows_changed_and_go(self.model.cursor)
        self._tell()

    def _go_with_model(self) -> None:
        """Put the cursor where the model has it."""
        self.move_cursor(self.model.cursor)
        self._tell()

    def _tell(self) -> None:
        """Post what became different since the last time."""
        self.model.top = self.top
        if self.model.focused != self._highlighted:
            self._highlighted = self.model.focused
            self.post_message(self.NodeHighlighted(self._highlighted))
        if self.model.follow != self._followed:
            self._followed = self.model.follow
            self.post_message(self.FollowChanged(self._followed))
