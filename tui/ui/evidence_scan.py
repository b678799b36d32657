"""Looks through a log and its payload files for what the graph does not need and the reducer therefore does not see."""

from __future__ import annotations

from collections.abc import Sequence

from tui.analysis.recording.log_survey import SURVEYED_CODES, LogSurvey, UnknownName
from tui.analysis.recording.payload_syntax import depth_fault, json_fault
from tui.model.diagnostic import Diagnostic
from tui.schema.decode import EventLine
from tui.schema.needs import item_payloads
from tui.schema.parts import PartLists
from tui.schema.payloads import RawPayloadRef
from tui.source.lines import decode_raw_line
from tui.store import TraceStore

LINES_AT_ONCE = 300
"""Lines of one step: some milliseconds of work."""

PAYLOADS_AT_ONCE = 10

LARGEST_PAYLOAD_BYTES = 16 << 20
"""A larger payload is not read only to find out whether it is sound."""


class EvidenceScan:
    """Collects step by step what is odd. One thread takes the steps; another may read what was found meanwhile."""

    def __init__(self, store: TraceStore) -> None:
        self.survey = LogSurvey(store.manifest)
        self.faulty: dict[str, Diagnostic] = {}
        """Payloads that are missing or no JSON, by id."""
        self._store = store
        self._log = store.source.open_lines()
        self._parts = PartLists()
        self._looked_at = 0
        self._item_payloads: set[str] = set()

    @property
    def findings(self) -> list[Diagnostic]:
        """What the lines say of themselves, apart from what the reducer reports, too."""
        return [found for found in list(self.survey.findings) if found.code not in SURVEYED_CODES]

    @property
    def lacks_start(self) -> bool:
        """Whether there are events, but none of them begins the rollout."""
        return self.survey.events > 0 and not self.survey.event_counts["rollout_started"]

    @property
    def unknown_fields(self) -> list[UnknownName]:
        """Names of fields that no known recorder writes."""
        return list(self.survey.unknown_fields.values())

    @property
    def counts(self) -> tuple[int, ...]:
        """Differs when something else was found."""
        fields = sum(seen.count for seen in self.unknown_fields)
        return (len(self.findings), len(self.faulty), fields, self.lacks_start)

    def step(self, refs: Sequence[RawPayloadRef]) -> bool:
        """Look at the next lines, or else at the next of the payloads `refs`; return False when all is looked at."""
        if self._log.look():
            self.survey = LogSurvey(self._store.manifest)
            self.faulty, self._looked_at, self._parts = {}, 0, PartLists()
            self._item_payloads.clear()
        return self._look_at_lines() or self._look_at_payloads(refs)

    def close(self) -> None:
        """Give the log back."""
        self._log.close()

    def _look_at_lines(self) -> bool:
        for _ in range(LINES_AT_ONCE):
            line = self._log.next_line()
            while line is None and self._log.fill():
                line = self._log.next_line()
            if line is None:
                return False
            decoded = decode_raw_line(line, self._parts)
            self.survey.add(line.number, line.data, decoded)
            if isinstance(decoded, EventLine):
                self._item_payloads.update(ref.raw_payload_id for ref in item_payloads(decoded.event.payload))
        return True

    def _look_at_payloads(self, refs: Sequence[RawPayloadRef]) -> bool:
        next_ones = refs[self._looked_at : self._looked_at + PAYLOADS_AT_ONCE]
        self._looked_at += len(next_ones)
        for ref in next_ones:
            body = self._store.payloads.read_joined(ref, "null", LARGEST_PAYLOAD_BYTES)
            code = "invalid" if isinstance(body, bytes) else body.code
            reason = self._fault_of(ref, body) if isinstance(body, bytes) else body.reason
            if reason is not None and code not in ("too-large", "exhausted"):
                message = f"{ref.label}: {reason.removeprefix(f'{ref.label}: ')}"
                self.faulty[ref.raw_payload_id] = Diagnostic(
                    code=f"payload-{code}", severity="note", message=message, payload_id=ref.raw_payload_id
                )
        return bool(next_ones)

    def _fault_of(self, ref: RawPayloadRef, body: bytes) -> str | None:
        fault = json_fault(body)
        if fault is not None or ref.raw_payload_id not in self._item_payloads:
            return fault
        whole = self._store.payloads.read_once(ref, LARGEST_PAYLOAD_BYTES) if len(ref.parts) else body
        return depth_fault(whole) if isinstance(whole, bytes) else None
