"""A reading of a log that can be brought behind any line of it: the program as it was then.

What each line changed is noted while the log is read (`tui.analysis.as_of`), so that a graph of its own, with its
links and the rows of a timeline, goes back and forth. The graph behind a line is what the reducer made of the lines up
to it, and of no other. A reading that was written down has no notes; then the log is read again, as far as somebody
wants to look.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from typing import Final

from tui.analysis.as_of.past_graph import PastGraph
from tui.analysis.index.trace_index import TraceIndex, whole_delta
from tui.analysis.recording.event_log import EventLog
from tui.analysis.recording.reading import Reading, reading_of
from tui.model.delta import TraceDelta
from tui.model.diagnostic import Diagnostic
from tui.model.kinds import MAP_OF_KIND
from tui.model.noderef import NodeRef
from tui.model.trace import RolloutTrace
from tui.readings.growing import GrowingReading
from tui.readings.read_again import ReadAgain
from tui.reducer.reducer import UNREAD_BODY_CODES
from tui.schema.until import Until
from tui.source.source import Payloads, Source
from tui.viewmodel.timeline.model import TimelineModel

LINES_AT_ONCE = 100
"""Lines that the graph goes in one step: some milliseconds."""

BUILT_FASTER = 3
"""Making rows and links of a whole graph takes this many times less time than changing them line by line."""

ROWS_AT_ONCE = 300
"""Rows that are made in one step: some milliseconds."""


class Past:
    """Is at a *place*: behind that many lines. It begins at place 0, with an empty graph."""

    def __init__(
        self,
        source: Source,
        payloads: Payloads,
        newest: Callable[[], GrowingReading],
        read_so_far: Callable[[], int],
    ) -> None:
        """`newest` is the reading that is followed, `read_so_far` how many bytes of the log it has taken in."""
        self._newest = newest
        self._followed = newest()
        chronicle, self._log = self._followed.chronicle, self._followed.event_log
        self._again: ReadAgain | None = None
        if chronicle is None:
            self._again = ReadAgain(source, payloads, read_so_far)
            chronicle, self._log = self._again.chronicle, self._again.event_log
        self.manifest = self._followed.manifest
        self._chronicle = chronicle
        self._numbers: dict[int, int] = {}
        """Identity of a finding → its number."""
        self._log_here = (0, EventLog())
        self._graph = PastGraph(self._chronicle)
        self._built: PastGraph | None = None
        """The graph of a place that is far away, while links and rows are made for it."""
        self.index = TraceIndex(self._graph.trace)
        self.model = TimelineModel(self._graph.trace, self.index, self._graph.diagnostics)

    @property
    def reads_again(self) -> bool:
        """Whether the log is read again, since the reading that is followed has no notes."""
        return self._again is not None

    @property
    def is_outdated(self) -> bool:
        """Whether other lines are in the log than those that were read, or lines behind what seemed to be its end."""
        if self._again is not None:
            return self._again.is_outdated
        return self._newest() is not self._followed

    @property
    def trace(self) -> RolloutTrace:
        """The graph as it was."""
        return self._graph.trace

    @property
    def diagnostics(self) -> list[Diagnostic]:
        """What had been found wrong."""
        return self._graph.diagnostics

    @property
    def event_log(self) -> EventLog:
        """The lines up to here."""
        if self._log_here[0] != self.place:
            rows = self._chronicle.rows(self.place)
            self._log_here = (self.place, self._log.first(rows, self.place))
        return self._log_here[1]

    @property
    def reading(self) -> Reading:
        """How much of the recording could be read up to here."""
        unread = sum(found.code in UNREAD_BODY_CODES for found in self.diagnostics)
        fields = self._followed.reducer.lost_fields if self._again is None else self._again.lost_fields
        lost = {name: count for name, found in fields.items() if (count := self._times_found(found))}
        return reading_of(self.event_log.counts, unread, lost, self.manifest.schema_version)

    @property
    def place(self) -> int:
        """How many lines there were."""
        return self._graph.place

    @property
    def last_place(self) -> int:
        """The last place that was read so far."""
        return len(self._chronicle)

    def close(self) -> None:
        """Give the log back."""
        if self._again is not None:
            self._again.close()

    def keep(self) -> None:
        """The graph of now has grown: let this one stay as it was."""
        self._graph.keep()
        if self._built is not None:
            self._built.keep()

    # Where to

    def place_of(self, until: Until) -> int:
        """The place of a moment, as far as the log was read; see `read`."""
        return self._chronicle.place_of(until)

    def reaches(self, until: Until) -> bool:
        """Whether enough was read to know the place of a moment."""
        return self._chronicle.reaches(until)

    def birth(self, node: NodeRef) -> int | None:
        """The place at which an object came into the graph, None if no line that was read made it."""
        return None if node.kind == "diagnostic" else self._chronicle.birth(MAP_OF_KIND[node.kind], node.id)

    def place_of_line(self, line: int) -> int:
        """The place behind a physical line of the log, from 1; the last one that was read if it was not read."""
        row = self._log.row_of_line(line)
        return self.last_place if row is None else self._chronicle.place_of_row(row.row)

    def turn_from(self, step: int, *, is_now: bool = False) -> int:
        """The place at which the next turn began, `step` turns on or back; counted from the end of all if `is_now`.

        Behind the last turn that is a place behind all, before the first one the first place.
        """
        turns, place = self._chronicle.turns(), self.last_place + 1 if is_now else self.place
        number = bisect_right(turns, place) + step - 1 if step > 0 else bisect_left(turns, place) + step
        if number >= len(turns):
            return self.last_place + 1
        return turns[number] if number >= 0 else 1

    def read(self, is_enough: Callable[[], bool]) -> Iterator[None]:
        """Read on in steps until it is enough, or there is no more to read; nothing if all of it is known."""
        if self._again is not None:
            yield from self._again.read(is_enough)

    # Going

    def go(self, place: int) -> Iterator[TraceDelta]:
        """Go to a place that was read, in steps; each says what it changed, and leaves all of it as it was there.

        A place that is far away is built from nothing, with another `index` and `model`, when its last step is taken.
        """
        place = max(0, min(place, self.last_place))
        if self._is_far(place):
            yield from self._build(place)
        for _ in self._chronicle.work_out_newest():
            yield TraceDelta()
        while self.place != place:
            yield self._go_at_once(max(self.place - LINES_AT_ONCE, min(place, self.place + LINES_AT_ONCE)))

    def _is_far(self, place: int) -> bool:
        """Whether all of the lines up to a place are less work than those in between."""
        return abs(place - self.place) > max(LINES_AT_ONCE, place // BUILT_FASTER)

    def _build(self, place: int) -> Iterator[TraceDelta]:
        graph = self._built = PastGraph(self._chronicle)
        index = TraceIndex(graph.trace)
        model = TimelineModel(graph.trace, index, graph.diagnostics)
        graph.go(place)
        yield TraceDelta()
        whole = whole_delta(graph.trace)
        for _ in index.update_in_steps(whole):
            yield TraceDelta()
        for part in _rows_of(whole):
            model.apply(part)
            yield TraceDelta()
        model.new_count = 0
        self._graph, self.index, self.model, self._built = graph, index, model, None
        yield TraceDelta()

    def _go_at_once(self, place: int) -> TraceDelta:
        graph, index, model = self._graph, self.index, self.model
        delta = graph.delta_to(place)
        if place >= graph.place:
            graph.go(place)
            index.update(delta)
            model.apply(delta)
            model.forget_bars()
        else:
            depending = model.tree.depending_on(delta)
            graph.go(place)
            index.go_back(delta, self._chronicle.newest(place))
            model.go_back(delta, depending)
        return delta

    def _times_found(self, finding: Diagnostic) -> int:
        """How often a finding of the whole reading had been made by now."""
        for number in range(len(self._numbers), len(self._chronicle.diagnostics)):
            self._numbers[id(self._chronicle.diagnostics[number])] = number
        number = self._numbers[id(finding)]
        return self.diagnostics[number].count if number < len(self.diagnostics) else 0


def _rows_of(whole: TraceDelta) -> Iterator[TraceDelta]:
    """What has rows in a timeline, in parts of some milliseconds of work each."""
    yield TraceDelta(trace=True, diagnostics=whole.diagnostics)
    for name in _HAVE_ROWS:
        names = [*getattr(whole, name)]
        for start in range(0, len(names), ROWS_AT_ONCE):
            part = TraceDelta()
            getattr(part, name).update(names[start : start + ROWS_AT_ONCE])
            yield part


_HAVE_ROWS: Final = (
    "threads",
    "codex_turns",
    "inference_calls",
    "code_cells",
    "tool_calls",
    "compactions",
    "compaction_requests",
    "interaction_edges",
    "protocol_events",
)
"""Sets of a delta: each object in them may have a row, and all rows but those of findings are of such an object."""
