"""The survey names what is wrong with a log as a log, in both schemas alike."""

from __future__ import annotations

import json

import pytest

from tui.analysis.recording.log_survey import LogSurvey, SeqLedger
from tui.schema.decode import decode_line
from tui.schema.manifest import Manifest


def manifest(schema_version: int = 2) -> Manifest:
    return Manifest(
        schema_version=schema_version, trace_id="t", rollout_id="r", root_thread_id="root", started_at_unix_ms=0
    )


def event(seq: int, **changes: object) -> bytes:
    payload = {"type": "thread_ended", "thread_id": "root", "status": "completed"}
    line = {"schema_version": 2, "seq": seq, "wall_time_unix_ms": seq, "rollout_id": "r", "payload": payload}
    return json.dumps(line | changes).encode()


def surveyed(lines: list[bytes], schema_version: int = 2) -> LogSurvey:
    survey = LogSurvey(manifest(schema_version))
    for number, data in enumerate(lines, start=1):
        survey.add(number, data, decode_line(data, number))
    survey.finish(len(lines))
    return survey


def found(lines: list[bytes]) -> list[tuple[str, int | None]]:
    return [(finding.code, finding.line) for finding in surveyed(lines).findings]


@pytest.mark.parametrize(
    ("seqs", "verdicts"),
    [
        ([1, 2, 3], ["next", "next", "next"]),
        ([1, 3], ["next", "gap"]),
        ([3], ["gap"]),
        ([1, 2, 2], ["next", "next", "repeat"]),
        ([2, 1], ["gap", "late"]),
        ([5, 3, 3, 1, 2, 4], ["gap", "late", "repeat", "late", "late", "late"]),
        ([1, -5, 0, 2], ["next", "repeat", "repeat", "next"]),
        ([2**63, 7, 7], ["gap", "late", "repeat"]),
    ],
)
def test_a_number_is_next_or_leaves_a_gap_or_fills_one_or_repeats(seqs: list[int], verdicts: list[str]) -> None:
    ledger = SeqLedger()
    assert [ledger.take(seq) for seq in seqs] == verdicts


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([event(1), event(2)], []),
        ([event(1), b"", event(2)], []),
        ([event(1), event(4)], [("seq-gap", 2)]),
        ([event(1), event(1)], [("seq-repeated", 2)]),
        ([event(0), event(1)], [("seq-zero", 1)]),
        ([event(2), event(1)], [("seq-gap", 1), ("seq-order", 2), ("time-backwards", 2)]),
        ([event(1), event(2, rollout_id="other")], [("other-rollout", 2)]),
        ([event(1), event(2, schema_version=1)], [("other-schema", 2)]),
        ([event(1, payload={"type": "recording_completed"}), event(2)], [("event-after-end", 2)]),
        ([event(1, payload={"type": "recording_completed"}), b"\0\0"], [("event-after-end", 2)]),
    ],
)
def test_findings_carry_code_and_line(lines: list[bytes], expected: list[tuple[str, int | None]]) -> None:
    assert found(lines) == expected


def test_a_malformed_line_explains_the_gap_of_one_that_it_leaves() -> None:
    assert found([event(1), b"{broken", event(3)]) == []
    assert found([event(1), b"{broken", event(4)]) == [("seq-gap", 3)]
    assert found([event(1), b"{broken", event(2), event(4)]) == [("seq-gap", 4)]


def test_lines_are_counted_by_what_they_hold() -> None:
    survey = surveyed([event(1), b"   ", b"[]", event(2, payload={"type": "quantum_flux"})])
    assert (survey.lines, survey.events, survey.blank_lines, survey.malformed_lines) == (4, 2, 1, 1)
    assert survey.event_counts == {"thread_ended": 1, "quantum_flux": 1}


def test_unknown_names_are_kept_with_their_count_and_first_line() -> None:
    flux = {"type": "quantum_flux"}
    survey = surveyed([event(1), event(2, payload=flux, host="h"), event(3, payload=flux, host="h")])
    (kind,) = survey.unknown_kinds.values()
    (field,) = survey.unknown_fields.values()
    assert (kind.name, kind.count, kind.first_line) == ("quantum_flux", 2, 2)
    assert (field.name, field.count, field.first_line) == ("envelope.host", 2, 2)


def test_a_payload_id_that_changes_its_file_is_named() -> None:
    def observed(path: str) -> dict[str, object]:
        ref = {"raw_payload_id": "raw_payload:1", "kind": {"type": "hologram"}, "path": path}
        return {"type": "protocol_event_observed", "event_type": "error", "event_payload": ref}

    survey = surveyed([event(1, payload=observed("payloads/1.json")), event(2, payload=observed("payloads/2.json"))])
    assert [(finding.code, finding.payload_id) for finding in survey.findings] == [
        ("payload-id-reused", "raw_payload:1")
    ]
    assert [(seen.name, seen.count) for seen in survey.unknown_payload_kinds.values()] == [("hologram", 2)]


def test_empty_lines_that_were_left_out_are_counted() -> None:
    survey = LogSurvey(manifest())
    for number in (2, 5):
        survey.add(number, b" ", None)
    survey.finish(9)
    assert (survey.lines, survey.blank_lines) == (9, 9)
