"""The check report for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from tui.analysis.kinds.open_objects import OpenObject
from tui.analysis.kinds.plural import counted
from tui.analysis.problems.finding_kinds import FindingKind, OtherPlace
from tui.analysis.recording.check import CheckReport
from tui.analysis.recording.log_survey import UnknownName
from tui.viewmodel.text.clean import format_bytes

SHOWN_PER_CODE = 20
"""Findings of one kind that are written out; the JSON has all."""

SHOWN_PLACES = 2
"""Further places of a finding that are written out."""

SHOWN_OPEN_OBJECTS = 40


def report_lines(report: CheckReport) -> Iterator[str]:
    """The report, line by line, not yet cleaned."""
    yield f"bundle     {report.bundle}"
    yield f"rollout    {report.rollout_id}, schema {report.schema_version}, {_recording(report)}"
    yield f"session    {_session(report)}, not judged here"
    yield f"log        {_log(report)}"
    yield f"payloads   {_payloads(report)}"
    yield f"graph      {_graph(report)}"
    yield ""
    yield from _event_lines(report)
    yield from _sighting_lines("Unknown event kinds", report.unknown_kinds)
    yield from _sighting_lines("Unknown fields", report.unknown_fields)
    yield from _open_lines(report.open_objects)
    yield from _finding_lines(report.findings)
    yield _verdict(report)


def _recording(report: CheckReport) -> str:
    complete = {True: "recording complete", False: "no completion found", None: "completeness not recorded"}
    status = "no end found" if report.recording.status == "running" else report.recording.status
    return f"{status}, {complete[report.recording.complete]}"


def _session(report: CheckReport) -> str:
    session = report.session
    why = f": {session.why}" if session.why else ""
    return f"{session.word}{why} ({session.evidence})"


def _log(report: CheckReport) -> str:
    log, recording = report.log, report.recording
    parts = [f"{counted(log.events, 'event')} in {counted(log.lines, 'line')}, {format_bytes(log.bytes)}"]
    if recording.first_seq is not None:
        parts.append(f"seq {recording.first_seq} to {recording.last_seq}")
    if log.malformed_lines:
        parts.append(f"{log.malformed_lines} malformed")
    if log.torn_tail_bytes:
        parts.append(f"last line cut after {format_bytes(log.torn_tail_bytes)}")
    return ", ".join(parts)


def _payloads(report: CheckReport) -> str:
    found = report.payloads
    parts = [f"{found.referenced} named by events, {counted(found.files, 'file')}, {format_bytes(found.bytes)}"]
    for count, word in (
        (found.missing, "missing"),
        (found.unreadable, "unreadable"),
        (found.unreferenced, "named by none"),
    ):
        if count:
            parts.append(f"{count} {word}")
    return ", ".join(parts)


def _graph(report: CheckReport) -> str:
    present = [f"{count} {_noun(name, count)}" for name, count in report.objects.items() if count]
    return ", ".join(present) or "empty"


def _noun(name: str, count: int) -> str:
    words = name.replace("_", " ")
    return words.removesuffix("s") if count == 1 else words


def _event_lines(report: CheckReport) -> Iterator[str]:
    if report.events:
        width = max(map(len, report.events))
        yield "Events"
        for kind, count in report.events.items():
            yield f"  {kind:<{width}} {count:>7}"
        yield ""


def _sighting_lines(title: str, sightings: Sequence[UnknownName]) -> Iterator[str]:
    if sightings:
        yield title
        for seen in sightings:
            place = "in the manifest" if seen.first_line is None else f"first in line {seen.first_line}"
            yield f"  {seen.name}: {seen.count}, {place}"
        yield ""


def _open_lines(open_objects: Sequence[OpenObject]) -> Iterator[str]:
    if open_objects:
        yield "Open at the end of the log"
        for found in open_objects[:SHOWN_OPEN_OBJECTS]:
            yield f"  {found.kind.replace('_', ' ')} {found.id}, since event {found.since_seq}"
        yield from _more(len(open_objects) - SHOWN_OPEN_OBJECTS)
        yield ""


def _finding_lines(findings: Sequence[FindingKind]) -> Iterator[str]:
    if not findings:
        return
    yield "Findings"
    by_code = sorted(findings, key=lambda found: (_SEVERITIES.index(found.severity), found.code))
    for code, group in groupby(by_code, key=lambda found: found.code):
        same = list(group)
        for found in same[:SHOWN_PER_CODE]:
            yield f"  {found.severity:<7} {code}{_place(found)}: {found.message}{_times(found)}"
            yield from (f"          also{_place(other)}: {other.message}" for other in found.others[:SHOWN_PLACES])
            if found.consequence:
                yield f"          {found.consequence}"
        yield from _more(len(same) - SHOWN_PER_CODE, f" {code}")
    yield ""


_SEVERITIES = ("error", "warning", "note")


def _times(found: FindingKind) -> str:
    return "" if found.count == 1 else f" ({found.count:,} times)"


def _place(found: FindingKind | OtherPlace) -> str:
    if found.line is None:
        return ""
    return f", line {found.line}" if found.seq is None else f", line {found.line}, event {found.seq}"


def _more(count: int, what: str = "") -> Iterator[str]:
    if count > 0:
        yield f"  … {count} more{what}; --json lists all"


def _verdict(report: CheckReport) -> str:
    """Of the recording alone: a session that failed may be recorded without a fault."""
    counts = report.counts
    notes = counted(counts.note, "note")
    if report.clean:
        return f"clean recording, {notes}" if counts.note else "clean recording"
    found = f"{counted(counts.error, 'error')}, {counted(counts.warning, 'warning')}, {notes}"
    return f"recording with {found}"
