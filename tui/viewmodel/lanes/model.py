"""The lanes as a small state machine: which agent, which moment, which part of the time.

The cursor is an agent and a moment. Left and right go from stretch to stretch of the agent, `[` and `]` from piece to
piece of the path, wherever that leads, `p` from the longest piece to the next longest, `W` from wait to wait likewise.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import islice, takewhile
from math import ceil

from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.kinds.naming import agent_name
from tui.analysis.time.critical_path import PathPiece
from tui.analysis.time.session_time import SessionTime
from tui.analysis.time.waiting_table import StateStretch
from tui.model.ids import ThreadId
from tui.model.noderef import NodeRef
from tui.model.trace import RolloutTrace
from tui.viewmodel.lanes.bars import CURSOR, busy_times
from tui.viewmodel.lanes.columns import USUAL_BAR, BarsMove, LaneColumns, lane_columns
from tui.viewmodel.lanes.drawn import DrawnBars
from tui.viewmodel.lanes.lane import Lane, lanes_of
from tui.viewmodel.lanes.path_words import Gain, gain_words, gains, piece_words
from tui.viewmodel.lanes.scale import Scale, Silence, View, silences
from tui.viewmodel.lanes.sent import SentOfLane, sent_words
from tui.viewmodel.lanes.words import fitting, life_words
from tui.viewmodel.rows.moves import Move
from tui.viewmodel.text.clean import Measure, clean, elide, format_duration, format_offset
from tui.viewmodel.text.percent import percent
from tui.viewmodel.text.spans import Line, Span, line_of_cells

PAN_PART = 0.25
"""The part of the time in view by which one key pans."""

MOST_SUMS = 40
"""Lanes that are looked at for the words beside them: about as many as a screen shows."""

SILENT_PART = 0.1
"""A silence of more than this part of the session is shortened, if it is longer than `SILENT_MS`."""

SILENT_MS = 2_000

_CELLS_OF_A_LINE = 100
"""What was sent within this part of the time that is shown counts as under the cursor."""


class LanesModel:
    """What the time view shows of one graph as it was when `time` was computed."""

    def __init__(self, trace: RolloutTrace, index: TraceIndex, time: SessionTime, measure: Measure) -> None:
        self._trace = trace
        self._index = index
        self._measure = measure
        self.cursor = 0
        self.at_ms = 0
        self.view = View(1)
        self.is_known = False
        """Whether it was worked out which agents there are."""
        self.is_hasty = False
        """Whether what takes long to work out is left out of `detail`."""
        self.folds_ended = False
        """Whether agents that have ended share a lane."""
        self.moved_cells = 0
        """By how many cells the time that is shown moved since somebody asked; see `take_move`."""
        self._bar = USUAL_BAR
        """Cells of the bars as they were drawn last."""
        self.left_out_of_title: list[str] = []
        """Sums of the path for which the title, as it was made last, had no room."""
        self._by_length = ("", 0, -1, -1)
        """What was gone to by its length, how many of those are longer, and where that is."""
        self._take(time)

    def _take(self, time: SessionTime) -> None:
        self.time = time
        self._began = self._trace.started_at_unix_ms
        found = {life.agent: life for life in time.lives}
        self.lanes = lanes_of(self._trace, self._index, found, folds_ended=self.folds_ended)
        self._longest_name = max((self._measure(lane.name) for lane in self.lanes), default=5)
        self._sums_of: dict[tuple[ThreadId, int], str] = {}
        self._sent: dict[ThreadId, SentOfLane] = {}
        self._gains: list[Gain] = []
        self._drawn = DrawnBars(self._began)
        ends = [lane.life.end_ms for lane in self.lanes]
        whole = self.whole_ms = max([self._began + 1, *ends]) - self._began
        self._silences = self._long_silences(whole)
        if self.view.whole_ms == 1:
            self.view = View(whole)
        self.view.extend(whole)

    def fold_ended(self) -> None:
        """Show the agents that have ended in one lane, or each in its own again; the cursor stays with its agent."""
        self.folds_ended = not self.folds_ended
        self.renew(self.time)

    def show_graph(self, trace: RolloutTrace, index: TraceIndex) -> None:
        """The graph is that of another moment, and `renew` will say what is known of its time."""
        self._trace = trace
        self._index = index

    def stand_on(self, agent: ThreadId, unix_ms: int) -> None:
        """Go to an agent at a time; to its first work if that is before it did anything."""
        self._stand_on(agent, unix_ms)
        life = self.lanes[self.cursor].life
        first = next((one.start_ms for one in life.stretches if one.state != "idle"), life.start_ms)
        self.stand_at(max(unix_ms, first))

    def stand_at(self, unix_ms: int | None) -> None:
        """Go to a time."""
        if unix_ms is not None:
            self._stand_at(unix_ms - self._began)

    @property
    def unix_ms(self) -> int:
        """The moment of the cursor, in milliseconds since the Unix epoch."""
        return self._began + self.at_ms

    def _long_silences(self, whole: int) -> list[Silence]:
        began, lives = self._began, [lane.life.stretches for lane in self.lanes]
        busy = ((start - began, end - began) for life in lives for start, end in busy_times(life))
        return silences(busy, 0, whole, max(SILENT_MS, int(whole * SILENT_PART)))

    def renew(self, time: SessionTime) -> None:
        """The recording grew; the cursor stays with its agent and its moment."""
        agent = self.lanes[self.cursor].agent if self.lanes else None
        self.is_known = True
        self._take(time)
        self.cursor = next((row for row, lane in enumerate(self.lanes) if agent in lane.agents), 0)

    # What is under the cursor

    @property
    def stretch(self) -> StateStretch | None:
        """What the agent under the cursor did at the moment of the cursor."""
        if not self.lanes:
            return None
        lane = self.lanes[self.cursor]
        place = bisect_right(lane.ends, self.at_ms + self._began)
        if lane.ends and lane.ends[-1] == self.at_ms + self._began:
            return lane.life.stretches[-1]  # the present of the recording, what is open goes on
        found = lane.life.stretches[place] if place < len(lane.life.stretches) else None
        return found if found is not None and found.start_ms <= self.at_ms + self._began else None

    @property
    def piece(self) -> PathPiece | None:
        """The piece of the path at the moment of the cursor."""
        return self.time.piece_at(self.at_ms + self._began)

    @property
    def node(self) -> NodeRef | None:
        """What Enter goes to: the work of the path at the cursor if that is the agent's, else the agent."""
        if not self.lanes:
            return None
        piece, lane = self.piece, self.lanes[self.cursor]
        return piece.node if piece is not None and piece.agent in lane.agents else NodeRef("thread", lane.agent)

    # Moves

    def perform(self, move: Move, count: int | None = None) -> bool:
        """Do a move; whether lanes have it."""
        found = LANE_MOVES.get(move)
        if found is None or not self.lanes:
            return False
        found(self, count or 1)
        return True

    def go_row(self, row: int) -> None:
        """Stand on an agent."""
        self.cursor = max(0, min(row, len(self.lanes) - 1))

    def go_stretch(self, step: int) -> None:
        """Go to the start of the next stretch of work of the agent, or back."""
        stretches = [one for one in self.lanes[self.cursor].life.stretches if one.state != "idle"]
        starts = [one.start_ms - self._began for one in stretches]
        later = [start for start in starts if start > self.at_ms]
        earlier = [start for start in starts if start < self.at_ms]
        wanted = later[step - 1 : step] if step > 0 else earlier[step:][:1]
        if wanted:
            self._stand_at(wanted[0])

    def go_piece(self, step: int) -> None:
        """Go to the next piece of the path that took some time, or back, in whatever agent it is."""
        pieces = [one for one in self.time.path.pieces if one.duration_ms]
        at = self.at_ms + self._began
        later = [one for one in pieces if one.start.ms > at]
        earlier = [one for one in pieces if one.start.ms < at]
        wanted = later[step - 1 : step] if step > 0 else earlier[step:][:1]
        if wanted:
            self._stand_on(wanted[0].agent, wanted[0].start.ms)

    def go_longest(self, step: int) -> None:
        """Go to the longest piece of the path; from there, unless one moved, to the next longest."""
        self._go_by_length("path", self.time.longest_pieces, step)

    def go_longest_wait(self, step: int) -> None:
        """Go to the longest time that an agent waited for others; from there, unless one moved, to the next longest."""
        waits = (
            (lane.agent, one.start_ms, one.end_ms)
            for lane in self.lanes
            for one in lane.life.stretches
            if one.state == "waiting"
        )
        self._go_by_length("waits", sorted(waits, key=lambda one: one[1] - one[2]), step)

    def _go_by_length(self, what: str, found: Sequence[tuple[ThreadId, int, int]], step: int) -> None:
        """`found`: whose, when it began and when it ended, the longest first."""
        if not found:
            return
        known, longer, *place = self._by_length
        is_there = known == what and place == [self.cursor, self.at_ms]
        longer = (longer + step if is_there else step - 1) % len(found)
        agent, start, end = found[longer]
        self._stand_on(agent, self._mostly_from(agent, start, end))
        self._by_length = (what, longer, self.cursor, self.at_ms)

    def _mostly_from(self, agent: ThreadId, start: int, end: int) -> int:
        """Where the lane of an agent begins to show what it shows for most of a time.

        A call may begin while its request goes on: the lane shows the request until that is over.
        """
        stretches = next((lane.life.stretches for lane in self.lanes if agent in lane.agents), ())
        first = bisect_right(stretches, start, key=lambda one: one.end_ms)
        within = takewhile(lambda one: one.start_ms < end, islice(stretches, first, None))
        most = max(within, key=lambda one: min(one.end_ms, end) - max(one.start_ms, start), default=None)
        return start if most is None else max(most.start_ms, start)

    def _stand_on(self, agent: ThreadId, unix_ms: int) -> None:
        self.cursor = next((row for row, lane in enumerate(self.lanes) if agent in lane.agents), self.cursor)
        self._stand_at(unix_ms - self._began)

    def show_stretch(self) -> None:
        """Zoom to the stretch under the cursor."""
        found = self.stretch
        if found is not None:
            self.view.show(found.start_ms - self._began, found.end_ms - self._began)

    def _stand_at(self, ms: int) -> None:
        self.at_ms = max(0, min(ms, self.view.whole_ms))
        if not self.view.start <= self.at_ms < self.view.end:
            self._pan((self.at_ms - self.view.start) / (self.view.end - self.view.start) - 0.5)

    def pan(self, part: float) -> None:
        """Show an earlier or later part of the time; the cursor goes along."""
        self._pan(part)
        self.at_ms = max(ceil(self.view.start), min(self.at_ms, ceil(self.view.end) - 1))

    def _pan(self, part: float) -> None:
        self.moved_cells += self.view.pan(round(part * self._bar), self._bar)

    # Lines

    def title(self, room: int) -> Line:
        """The sums of the path, as many as fit."""
        wall = self.time.path.wall_ms
        whole = Span(f"{format_duration(self.whole_ms)}", "number")
        if not wall:
            return (whole, Span(" · no path: no turn of the root agent has a length", "dim"))
        path = f" · path {format_duration(wall)}"
        kinds = [f"{kind} {percent(ms, wall)}" for kind, ms in self.time.by_kind.items()]
        self.left_out_of_title = []
        while kinds and len(whole.text) + len(path) + 2 + len(" ".join(kinds)) > room:
            self.left_out_of_title.insert(0, kinds.pop())
        return (whole, Span(f"{path}: {' '.join(kinds)}" if kinds else path, "dim"))

    def take_move(self, width: int) -> BarsMove:
        """By how many cells the bars of lines of `width` cells moved since this was asked last."""
        columns, moved, self.moved_cells = self._columns(width), self.moved_cells, 0
        return BarsMove(columns.label, columns.label + columns.bar, moved)

    def axis(self, width: int) -> Line:
        """Ticks: times since the start of the recording."""
        columns = self._columns(width)
        return (Span(" " * columns.label), Span(self._scale(columns.bar).axis(), "dim"))

    def line(self, row: int, width: int) -> Line:
        """The lane of an agent."""
        lane = self.lanes[row]
        columns = self._columns(width)
        cells = list(self._drawn.life(lane, self._scale(columns.bar)))
        if row == self.cursor:
            self._sent_of(lane).mark(cells, self._scale(len(cells)), self._began)
        self._mark_cursor(cells, row)
        name = elide(lane.name, columns.label - 1, self._measure)
        padding = " " * (columns.label - self._measure(name))
        sums = Span(f" {self._sums(lane, columns.sums - 1)}" if columns.sums else "", "dim")
        return (Span(f"{name}{padding}", "path"), *line_of_cells(cells), sums)

    def path_line(self, width: int) -> Line:
        """The path itself, below the lanes."""
        columns = self._columns(width)
        pieces = self.time.path.pieces
        cells = list(self._drawn.path(pieces, self._scale(columns.bar)))
        return (Span("path".ljust(columns.label), "label"), *line_of_cells(cells))

    def _sent_of(self, lane: Lane) -> SentOfLane:
        if lane.agent not in self._sent:
            self._sent[lane.agent] = SentOfLane(self.time.sent, lane.agents)
        return self._sent[lane.agent]

    def detail(self) -> Line:
        """What the agent under the cursor did then, and what it sent or got."""
        if not self.lanes:
            return (Span("no agent has started yet" if self.is_known else "", "dim"),)
        lane, found = self.lanes[self.cursor], self.stretch
        who = f"{len(lane.folded)} ended agents" if lane.folded else clean(agent_name(self._trace, lane.agent))
        head = Span(f"{who} at {format_offset(self.at_ms)}", "title")
        did = Span(f"  {self._absence(lane)}" if found is None else f"  {self._did(lane.agent, found)}")
        near = (self.view.end - self.view.start) / _CELLS_OF_A_LINE
        edge = self._sent_of(lane).nearest(self.unix_ms, near)
        sent = Span("" if edge is None else f" · {sent_words(self._trace, edge, lane.agents)}", "node.edge")
        return (head, did, sent)

    def piece_line(self) -> Line:
        """What the path did at the moment of the cursor."""
        if self.piece is None:
            return ()
        words = piece_words(self._trace, self._index, self.time, self.piece, if_known=self.is_hasty)
        return (Span(f"path: {words}", "dim"),)

    def gain_line(self, width: int) -> Line:
        """Without which work the session would be shortest; empty until that is worked out."""
        self._gains = self._gains or gains(self.time)
        words = gain_words(self._trace, self._index, self._gains, width, self._measure)
        return (Span(words, "dim"),)

    def _absence(self, lane: Lane) -> str:
        """Why an agent does nothing at the moment of the cursor."""
        return "had not started" if self.unix_ms < lane.life.start_ms else "had ended"

    def _did(self, agent: ThreadId, found: StateStretch) -> str:
        took = format_duration(found.end_ms - found.start_ms)
        if found.state == "waiting":
            whom = "nobody who is known" if found.on is None else clean(agent_name(self._trace, found.on))
            return f"waited for {whom} {took}"
        state = "waited for the user" if found.state == "idle" and agent == self._trace.root_thread_id else found.state
        return f"{state} {took}{' ✗ failed' if found.has_failed else ''}"

    def _sums(self, lane: Lane, room: int) -> str:
        """What most of the agent's life went to, and its part of the path; worked out once."""
        if (lane.agent, room) not in self._sums_of:
            parts = [(word,) for word in self._on_path(lane)] + life_words(self._trace, lane.life)
            self._sums_of[lane.agent, room] = fitting(parts, room, self._measure)
        return self._sums_of[lane.agent, room]

    def sums_in_view(self, width: int) -> list[str]:
        """What is beside the lanes that were drawn last."""
        columns = self._columns(width)
        return [self._sums(lane, columns.sums - 1) for lane in self.lanes[:MOST_SUMS]] if columns.sums else []

    def _on_path(self, lane: Lane) -> list[str]:
        """The part of the path that is the lane's, or by how much all that it did could have come later."""
        on_path = sum(self.time.by_agent.get(agent, 0) for agent in lane.agents)
        if on_path:
            return [f"path {percent(on_path, self.time.path.wall_ms)}"]
        slack = min((self.time.slack_by_agent.get(agent, 0) for agent in lane.agents), default=0)
        return [f"slack {format_duration(slack)}"] if slack else []

    def _mark_cursor(self, cells: list[tuple[str, str]], row: int) -> None:
        if not self.view.start <= self.at_ms <= self.view.end:
            return
        cell = self._scale(len(cells)).cell_of(self.at_ms)
        if row != self.cursor:
            cells[cell] = CURSOR
        else:
            text = cells[cell][0]
            cells[cell] = (CURSOR[0] if text == " " else text, "cursor")

    def _columns(self, width: int) -> LaneColumns:
        columns = lane_columns(width, self._longest_name)
        self._bar = columns.bar
        return columns

    def _scale(self, width: int) -> Scale:
        return Scale(self.view.start, self.view.end, width, self._silences if self.view.is_whole else ())


LANE_MOVES: dict[Move, Callable[[LanesModel, int], None]] = {
    Move.MOVE_DOWN: lambda model, count: model.go_row(model.cursor + count),
    Move.MOVE_UP: lambda model, count: model.go_row(model.cursor - count),
    Move.GO_FIRST: lambda model, _count: model.go_row(0),
    Move.GO_LAST: lambda model, _count: model.go_row(len(model.lanes) - 1),
    Move.STEP_IN: lambda model, count: model.go_stretch(count),
    Move.STEP_OUT: lambda model, count: model.go_stretch(-count),
    Move.NEXT_TURN: lambda model, count: model.go_piece(count),
    Move.PREVIOUS_TURN: lambda model, count: model.go_piece(-count),
    Move.LONGEST_PIECE: lambda model, count: model.go_longest(count),
    Move.LONGEST_WAIT: lambda model, count: model.go_longest_wait(count),
    Move.ZOOM_TIME_IN: lambda model, count: model.view.zoom(model.at_ms, count),
    Move.ZOOM_TIME_OUT: lambda model, count: model.view.zoom(model.at_ms, -count),
    Move.TOGGLE_FOLD: lambda model, _count: model.show_stretch(),
    Move.FOLD_ENDED: lambda model, _count: model.fold_ended(),
    Move.FOLD_ALL: lambda model, _count: model.view.fit(),
    Move.NEXT_SIBLING: lambda model, count: model.pan(PAN_PART * count),
    Move.PREVIOUS_SIBLING: lambda model, count: model.pan(-PAN_PART * count),
}
