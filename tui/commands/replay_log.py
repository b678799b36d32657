"""Runs a whole log through the reducer, as fast as one thread can."""

from __future__ import annotations

import os
from collections.abc import Iterator

from tui.bundle.log.clock import LogClock
from tui.bundle.open import Bundle
from tui.bundle.payloads.store import PayloadStore
from tui.reducer.reducer import TraceReducer
from tui.schema.decode import EventLine, TraceLine
from tui.schema.events import RecordingCompleted
from tui.schema.needs import item_payloads
from tui.schema.parts import PartLists
from tui.schema.until import Until
from tui.source.fault import PayloadFault
from tui.source.lines import RawLine, decode_raw_line

_EVENTS_PER_DELTA = 2_000
"""Nobody looks at the deltas here; they are dropped before they grow large."""


class LogReplay:
    """The reducer of one bundle, fed from its log. Reads the payloads that the graph needs and no others."""

    def __init__(
        self, bundle: Bundle, *, reads_protocol_events: bool = False, notes_item_payloads: bool = False
    ) -> None:
        """`reads_protocol_events`: as in `TraceReducer`; `notes_item_payloads`: whether to fill `item_payloads`."""
        self.reducer = TraceReducer(bundle.manifest, reads_protocol_events=reads_protocol_events)
        self.payloads = PayloadStore(bundle.path)
        self.log = bundle.open_log()
        self._log_path = bundle.text_path
        self._parts = PartLists()
        self._clock = LogClock(bundle.manifest)
        self.item_payloads: set[str] = set()
        """Ids of the payloads with model items that were needed so far, if they are noted."""
        self._notes_item_payloads = notes_item_payloads
        self.is_cut_short = False
        """Whether events that were read were left out, since they happened after a moment that was asked for."""
        self.newest_seq: int | None = None
        self.newest_unix_ms: int | None = None
        self._since_delta = 0
        self._unterminated = False

    def lines(self) -> Iterator[RawLine]:
        """The physical lines of the log, the last one also without its newline if it is whole."""
        log = self.log
        log.look()
        while log.fill():
            yield from log.take_lines()
        while (last := log.finish()) is not None:
            self._unterminated = not last.framing
            yield last

    def goes_beyond(self, until: Until, line: TraceLine) -> bool:
        """Whether a line lies after the moment; notes the newest event up to it. To be asked of every line, in order.

        The newest time is the greatest: clocks may go back.
        """
        if until.is_before(line):
            self.is_cut_short = True
        elif isinstance(line, EventLine):
            seq, at, newest = line.event.seq, line.event.wall_time_unix_ms, self.newest_unix_ms
            self.newest_seq = self.newest_seq if seq is None else seq
            self.newest_unix_ms = newest if at is None or (newest is not None and newest > at) else at
        return self.is_cut_short

    def decode(self, raw: RawLine) -> TraceLine | None:
        """What the next physical line says, None if it is blank. To be asked of every line, in order."""
        line = decode_raw_line(raw, self._parts)
        return line if self._clock.is_usual or not isinstance(line, EventLine) else self._clock.since_1970(line)

    def torn_tail(self) -> int:
        """Bytes of a last line that is cut in the middle; 0 if the log ends as it should. To be asked at the end."""
        held = self.log.held
        if not held:
            return 0
        with self._log_path.open("rb") as file:
            file.seek(-held, os.SEEK_END)
            return held if file.read(held).strip() else 0

    def apply(self, line: TraceLine) -> None:
        """Hand one line and the payloads that it needs to the reducer.

        A completion counts only when its own line is complete, as the reference has it; any other event counts
        without its newline, too.
        """
        if self._unterminated and isinstance(line, EventLine) and isinstance(line.event.payload, RecordingCompleted):
            return
        if self._notes_item_payloads and isinstance(line, EventLine):
            self.item_payloads.update(ref.raw_payload_id for ref in item_payloads(line.event.payload))
        reducer = self.reducer
        bodies: dict[str, bytes | PayloadFault] = {}
        for ref in reducer.needs(line):
            bodies[ref.raw_payload_id] = self.payloads.read_once(ref)
        reducer.apply(line, bodies)
        self._since_delta += 1
        if self._since_delta >= _EVENTS_PER_DELTA:
            self._since_delta = 0
            reducer.take_delta()
