"""What an event log is like, line by line, whether or not the lines make a graph.

The reducer asks what an event means; this asks what was written: how many of each kind, names that no known recorder
writes, numbers that are missing or come twice. It works alike for both schemas, although the reducer of schema 1 does
not look at envelopes.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter

import msgspec

from tui.analysis.recording.once_events import OnceEvents
from tui.model.diagnostic import Diagnostic, Severity
from tui.schema.decode import EventLine, MalformedLine, TraceLine, unknown_fields
from tui.schema.events import EVENT_TYPES, RawTraceEvent, RecordingCompleted
from tui.schema.manifest import Manifest
from tui.schema.oddity import UNRECORDED
from tui.schema.payloads import PAYLOAD_KINDS, PayloadPlace, RawPayloadRef
from tui.schema.repeats import repeated_names

SURVEYED_CODES = frozenset(
    {
        "seq-gap",
        "seq-repeated",
        "seq-order",
        "seq-zero",
        "other-rollout",
        "other-schema",
        "event-after-end",
        "unknown-event",
        "unknown-payload-kind",
    }
)
"""What a survey finds better than the reducer, which sees one event at a time and in schema 1 does not mind."""


KEPT_OF_CODE = 1_000
"""Findings of one code that are kept; more of them are counted with the first."""


class UnknownName(msgspec.Struct):
    """A name that no known generation writes: how often it came, and the physical line where it came first."""

    name: str
    count: int
    first_line: int | None = None


_AS_IT_IS = "events have the numbers that the log gives them"


class SeqLedger:
    """Which numbers of 1, 2, 3 … have come. Keeps the holes, not the numbers."""

    def __init__(self) -> None:
        self.last = 0
        self._hole_starts: list[int] = []
        self._hole_ends: list[int] = []

    def skipped_by(self, seq: int) -> range:
        """The numbers that `seq` leaves out, if it is the next one."""
        return range(self.last + 1, seq)

    def take(self, seq: int) -> str:
        """Note that `seq` came; return `next`, `gap`, `repeat` or `late` (it fills an earlier gap)."""
        if seq > self.last:
            skipped = self.skipped_by(seq)
            self.last = seq
            if not skipped:
                return "next"
            self._hole_starts.append(skipped.start)
            self._hole_ends.append(skipped.stop)
            return "gap"
        return "late" if self._fill(seq) else "repeat"

    def _fill(self, seq: int) -> bool:
        index = bisect_right(self._hole_starts, seq) - 1
        if index < 0 or seq >= self._hole_ends[index]:
            return False
        start, end = self._hole_starts[index], self._hole_ends[index]
        rest = [(low, high) for low, high in ((start, seq), (seq + 1, end)) if low < high]
        self._hole_starts[index : index + 1] = [low for low, _ in rest]
        self._hole_ends[index : index + 1] = [high for _, high in rest]
        return True


class LogSurvey:
    """Collects over the lines of one log, in order. Read the attributes at the end; `findings` is in line order."""

    def __init__(self, manifest: Manifest) -> None:
        self.lines = 0
        """Physical lines seen, blank and malformed ones included."""
        self.blank_lines = 0
        self.malformed_lines = 0
        self.ends_unread = False
        """Whether the last line that is not blank holds no event of a known kind."""
        self.events = 0
        self.event_counts: Counter[str] = Counter()
        self.unknown_kinds: dict[str, UnknownName] = {}
        self.unknown_fields: dict[str, UnknownName] = {}
        self.unknown_payload_kinds: dict[str, UnknownName] = {}
        self.first_seq: int | None = None
        self.last_seq: int | None = None
        self.findings: list[Diagnostic] = []
        self._found: Counter[str] = Counter()
        self._first: dict[str, Diagnostic] = {}
        self._manifest = manifest
        self._ledger = SeqLedger()
        self._once = OnceEvents()
        self._unnumbered = 0
        self._places: dict[str, PayloadPlace] = {}
        self._last_time: int | None = None
        self._time_reversals = 0
        self._first_reversal: int | None = None
        self._completed_line: int | None = None

    def add(self, number: int, data: bytes, line: TraceLine | None) -> None:
        """Take in physical line `number` with its bytes and what they decode to. Empty lines may be left out.

        One event may be on several lines, or several in one.
        """
        self.blank_lines += max(0, number - self.lines - 1)
        self.lines = number + data.count(b"\n")
        match line:
            case None:
                self.blank_lines += 1
            case MalformedLine():
                self.malformed_lines += 1
                self.ends_unread = True
                self._check_order_of_completion(number, line.seq)
                if line.seq is None:
                    self._unnumbered += 1
                else:
                    self._check_seq(line.seq, number)
            case EventLine(event=event):
                self.ends_unread = event.payload.kind_name not in EVENT_TYPES
                self._add_event(number, data, event)

    def finish(self, lines: int) -> None:
        """Say what can only be said once: call it after the last line. `lines` is how many the log has."""
        self.blank_lines += lines - self.lines
        self.lines = lines
        if self._time_reversals:
            self._find(
                "time-backwards",
                "note",
                "the clock ran backwards at this event"
                if self._time_reversals == 1
                else f"the clock ran backwards at {self._time_reversals:,} events, first here",
                "durations around these events are not reliable; the order is that of the log",
                line=self._first_reversal,
            )

    def _add_event(self, number: int, data: bytes, event: RawTraceEvent) -> None:
        self.events += 1
        kind = event.payload.kind_name
        self.event_counts[kind] += 1
        if kind not in EVENT_TYPES:
            _sight(self.unknown_kinds, kind, number)
        for name in unknown_fields(data):
            _sight(self.unknown_fields, name, number)
        for name in repeated_names(data):
            message = f"the name {name!r} appears twice in one object of this line"
            self._find("name-repeated", "error", message, "the last value was taken", line=number, seq=event.seq)
        for ref in event.payload.payload_refs():
            self._add_ref(ref, number, event.seq)
        self._check_order_of_completion(number, event.seq)
        if event.is_numbered:
            self._check_seq(event.seq, number)
        self._check_identity(event, number)
        self._check_repeat(event, number)
        self._check_time(event.wall_time_unix_ms, number)
        if isinstance(event.payload, RecordingCompleted) and self._completed_line is None:
            self._completed_line = number

    def _check_seq(self, seq: int, line: int) -> None:
        skipped = self._ledger.skipped_by(seq)
        verdict = self._ledger.take(seq)
        explained, self._unnumbered = self._unnumbered, 0
        if self.first_seq is None:
            self.first_seq = seq
            if seq == 0:
                self._find(
                    "seq-zero", "error", "the first event has the number 0, not 1", _AS_IT_IS, line=line, seq=seq
                )
                return
        self.last_seq = self._ledger.last
        if verdict == "gap" and skipped.stop - skipped.start > explained:  # a malformed line is a finding already
            count = skipped.stop - skipped.start
            which = f"event {skipped.start} is" if count == 1 else f"events {skipped.start} to {skipped.stop - 1} are"
            self._find(
                "seq-gap", "error", f"{which} missing here", "what they said is not in the graph", line=line, seq=seq
            )
        elif verdict == "repeat":
            message = f"the number {seq} was used before"
            self._find("seq-repeated", "error", message, "the same event may count twice", line=line, seq=seq)
        elif verdict == "late":
            message = f"event {seq} comes after event {self._ledger.last}"
            self._find("seq-order", "error", message, "it was applied in the order of the log", line=line, seq=seq)

    def _check_identity(self, event: RawTraceEvent, line: int) -> None:
        manifest = self._manifest
        if event.rollout_id is not None and event.rollout_id != manifest.rollout_id:
            self._find(
                "other-rollout",
                "error",
                f"the event belongs to rollout {event.rollout_id}, the manifest to {manifest.rollout_id}",
                "the log may hold another session",
                line=line,
                seq=event.seq,
            )
        if event.schema_version is not None and event.schema_version != manifest.schema_version:
            self._find(
                "other-schema",
                "error",
                f"the event has schema {event.schema_version}, the manifest schema {manifest.schema_version}",
                "it was read by the manifest's rules",
                line=line,
                seq=event.seq,
            )

    def _check_repeat(self, event: RawTraceEvent, line: int) -> None:
        message = self._once.repeated_by(event.payload, line)
        if message is not None:
            consequence = "the graph may say the same thing twice"
            self._find("event-repeated", "warning", message, consequence, line=line, seq=event.seq)

    def _check_time(self, at_unix_ms: int | None, line: int) -> None:
        if at_unix_ms is None:
            return
        if self._last_time is not None and at_unix_ms < self._last_time:
            self._time_reversals += 1
            if self._first_reversal is None:
                self._first_reversal = line
        self._last_time = at_unix_ms

    def _check_order_of_completion(self, line: int, seq: int | None) -> None:
        if self._completed_line is not None:
            self._find(
                "event-after-end",
                "error",
                f"the recording was completed in line {self._completed_line}, and this line follows",
                "another writer may have used the same directory",
                line=line,
                seq=seq,
            )

    def _add_ref(self, ref: RawPayloadRef, line: int, seq: int) -> None:
        if ref.kind.type not in PAYLOAD_KINDS and ref.kind.type != UNRECORDED:
            _sight(self.unknown_payload_kinds, ref.kind.type, line)
        place = self._places.setdefault(ref.raw_payload_id, ref.place)
        if place != ref.place:
            self._places[ref.raw_payload_id] = ref.place
            self._find(
                "payload-id-reused",
                "warning",
                f"payload {ref.raw_payload_id} was {place} before and is {ref.place} from here on",
                "the last file named counts as the payload",
                line=line,
                seq=seq,
                payload_id=ref.raw_payload_id,
            )

    def _find(
        self,
        code: str,
        severity: Severity,
        message: str,
        consequence: str,
        *,
        line: int | None,
        seq: int | None = None,
        payload_id: str | None = None,
    ) -> None:
        self._found[code] += 1
        if self._found[code] > KEPT_OF_CODE:
            self._first[code].count += 1
            return
        found = Diagnostic(
            code=code,
            severity=severity,
            message=message,
            consequence=consequence,
            line=line,
            seq=seq,
            payload_id=payload_id,
        )
        self._first.setdefault(code, found)
        self.findings.append(found)


def _sight(sightings: dict[str, UnknownName], name: str, line: int) -> None:
    sighting = sightings.get(name)
    if sighting is None:
        sightings[name] = UnknownName(name, 1, line)
    else:
        sighting.count += 1
