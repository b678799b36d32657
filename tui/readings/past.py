"""A reading of a log that can be brought behind any line of it: the program as it was then.

What each line changed is noted while the log is read (`tui.analysis.as_of`), so that a graph of its own, with its
links and the rows of a timeline, goes back and forth. The graph behind a line is what the reducer made of the lines up
to it, and of no other. A reading that was written down has no notes; then the log is read again, as far as somebody
wants to look.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator

from tui.analysis.as_of.past_graph import PastGraph, prepare_copies
from tui.analysis.as_of.past_index import PastIndex
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
from tui.viewmodel.timeline.filling import begun_model, fill_model
from tui.viewmodel.timeline.model import TimelineModel

LINES_AT_ONCE = 100
"""Lines that the graph goes in one step: some milliseconds."""


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
        self._log_here = (0, EventLog())
        self._graph = PastGraph(self._chronicle)
        now = self._followed.index if self._again is None else self._again.index
        self.index = PastIndex(self._graph.trace, now)
        self.model = TimelineModel(self._graph.trace, self.index, self._graph.diagnostics)
        self.part_of_rows = 1.0
        """How much of the rows was made; see `lacks_rows`."""
        self._parts: Iterator[float] | None = None
        """Makes the rows that are still lacking; None if all of them are there."""

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
        return reading_of(self.event_log.counts, unread, lost, self.manifest.schema_version, self.trace)

    @property
    def place(self) -> int:
        """How many lines there were."""
        return self._graph.place

    @property
    def last_place(self) -> int:
        """The last place that was read so far."""
        return len(self._chronicle) if self._again is not None else self._followed.lines_in_index

    def close(self) -> None:
        """Give the log back."""
        if self._again is not None:
            self._again.close()

    def keep(self) -> None:
        """The graph of now has grown: let this one stay as it was."""
        self.index.keep(self._graph.keep())

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

    def prepare(self) -> Iterator[None]:
        """Make the way to any place short, in steps; nothing if the log is to be read again first."""
        if self._again is None:
            yield from self._chronicle.prepare()
            yield from self._log.prepare_first()
            prepare_copies()

    def go(self, place: int, first: Iterable[NodeRef] = ()) -> Iterator[TraceDelta]:
        """Go to a place that was read, in steps; each says what it changed, and leaves all of it as it was there.

        At a place that is far away there is another `model`, which has the rows of `first` alone; see `fill`.
        """
        place = max(0, min(place, self.last_place))
        for _ in self._chronicle.prepare():
            yield TraceDelta()
        if self._is_far(place):
            self._go_far(place, first)
            yield TraceDelta()
        while self.place != place:
            yield self._go_at_once(max(self.place - LINES_AT_ONCE, min(place, self.place + LINES_AT_ONCE)))

    def fill(self) -> Iterator[None]:
        """Make the rows that the timeline of a place that was far away still lacks, in steps."""
        while self._parts is not None:
            made = next(self._parts, None)
            if made is None:
                self._parts = None
            else:
                self.part_of_rows = made
            yield
        yield from self._graph.complete()

    @property
    def lacks_rows(self) -> bool:
        """Whether the timeline lacks rows of what was there; see `fill`."""
        return self._parts is not None

    def _is_far(self, place: int) -> bool:
        """Whether making a screen of rows is less work than changing what the lines in between changed."""
        return abs(place - self.place) > LINES_AT_ONCE

    def _go_far(self, place: int, first: Iterable[NodeRef]) -> None:
        graph = self._graph
        graph.go(place)
        self.index.begin_again(graph.unlike_now(), self._chronicle.newest(place))
        self.model = begun_model(graph.trace, self.index, graph.diagnostics, first)
        self._parts = fill_model(self.model) if self.model.tree.is_partial else None
        self.part_of_rows = 0.0

    def _go_at_once(self, place: int) -> TraceDelta:
        graph, model, newest = self._graph, self.model, self._chronicle.newest(place)
        delta = graph.delta_to(place)
        is_forward = place >= graph.place
        depending = () if is_forward else model.tree.depending_on(delta)
        graph.go(place)
        self.index.begin_again(graph.unlike_now(), newest)
        if is_forward:
            model.apply(delta)
            model.forget_bars()
        else:
            model.go_back(delta, depending)
        return delta

    def _times_found(self, finding: Diagnostic) -> int:
        """How often a finding of the whole reading had been made by now."""
        number = self._chronicle.number_of(finding)
        return self.diagnostics[number].count if number < len(self.diagnostics) else 0
