"""The report of `rtrace-tui check`: everything that is odd about a bundle, as one value.

Nothing is read here: the caller looks at the disk and hands in what it found; the report says its meaning. The structs
are the documented JSON: a field may be added, none is renamed or removed while `report_version` stays the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from tui.analysis.kinds.open_objects import OpenObject, open_objects
from tui.analysis.problems.bundle_trouble import manifest_findings, opening_findings
from tui.analysis.problems.finding_kinds import FindingKind, by_kind
from tui.analysis.recording.check_findings import (
    BundleLook,
    drift_findings,
    end_findings,
    log_findings,
    manifest_sightings,
    payload_findings,
    unread_payload,
)
from tui.analysis.recording.log_survey import SURVEYED_CODES, LogSurvey, UnknownName
from tui.analysis.state.outcome_word import Outcome
from tui.model.diagnostic import Diagnostic
from tui.model.trace import GRAPH_MAPS, RolloutTrace
from tui.schema.manifest import Manifest

REPORT_VERSION = 1


class RecordingExtent(msgspec.Struct, kw_only=True):
    """How far the recording got. `complete` is None in schema 1, which does not say.

    `ended_at_unix_ms` is None without an end, and where no time of an event was read.
    """

    status: str
    complete: bool | None
    started_at_unix_ms: int
    ended_at_unix_ms: int | None
    first_seq: int | None
    last_seq: int | None


class SessionOutcome(msgspec.Struct, kw_only=True):
    """How the session came out, which the check does not judge: its word, reason and evidence."""

    word: str
    why: str | None
    evidence: str


class LogFigures(msgspec.Struct, kw_only=True):
    """Counts over `trace.jsonl`. `lines` are physical ones, blank and malformed ones included."""

    bytes: int
    lines: int
    events: int
    blank_lines: int
    malformed_lines: int
    torn_tail_bytes: int


class PayloadFigures(msgspec.Struct, kw_only=True):
    """Counts over payloads. `missing` and `unreadable` count references, `unreferenced` counts files."""

    referenced: int
    files: int
    bytes: int
    missing: int
    unreadable: int
    unreferenced: int


class FindingCounts(msgspec.Struct):
    """Kinds of findings by severity. Notes alone leave a bundle clean."""

    error: int
    warning: int
    note: int


class CheckReport(msgspec.Struct, kw_only=True):
    """The whole report. `findings` come in the order of the log; those that concern no line come last.

    What was found more than a few times is one finding with a `count`, its first place and some `others`.
    """

    report_version: int = REPORT_VERSION
    bundle: str
    clean: bool
    schema_version: int
    trace_id: str
    rollout_id: str
    root_thread_id: str
    recording: RecordingExtent
    session: SessionOutcome
    log: LogFigures
    events: dict[str, int]
    unknown_kinds: list[UnknownName]
    unknown_fields: list[UnknownName]
    payloads: PayloadFigures
    objects: dict[str, int]
    open_objects: list[OpenObject]
    counts: FindingCounts
    findings: list[FindingKind]


def build_report(
    manifest: Manifest,
    look: BundleLook,
    survey: LogSurvey,
    trace: RolloutTrace,
    diagnostics: Sequence[Diagnostic],
    outcome: Outcome,
) -> CheckReport:
    """Put together what the directory, the log and the reducer (`diagnostics`) have to say."""
    open_ones = open_objects(trace)
    findings = _in_order(
        [
            *survey.findings,
            *_not_said_otherwise(diagnostics, look),
            *opening_findings(look.faults),
            *drift_findings(look, survey),
            *manifest_findings(manifest, trace, look.log_name, look.faults),
            *payload_findings(look, diagnostics, trace),
            *log_findings(look, survey),
            *end_findings(trace, open_ones),
        ]
    )
    counts = _count(findings)
    return CheckReport(
        bundle=look.path,
        clean=not counts.error and not counts.warning,
        schema_version=manifest.schema_version,
        trace_id=trace.trace_id,
        rollout_id=trace.rollout_id,
        root_thread_id=trace.root_thread_id,
        recording=_recording_state(trace, survey),
        session=SessionOutcome(word=outcome.word, why=outcome.why or None, evidence=outcome.evidence),
        log=_log_figures(look, survey),
        events=dict(sorted(survey.event_counts.items())),
        unknown_kinds=list(survey.unknown_kinds.values()),
        unknown_fields=[*survey.unknown_fields.values(), *manifest_sightings(look)],
        payloads=_payload_figures(look),
        objects={name: len(getattr(trace, name)) for name in GRAPH_MAPS},
        open_objects=open_ones,
        counts=counts,
        findings=findings,
    )


def _not_said_otherwise(diagnostics: Iterable[Diagnostic], look: BundleLook) -> list[Diagnostic]:
    """The reducer's diagnostics without those that the survey or the look at the payloads words itself."""
    faulty = {payload.raw_payload_id for payload in look.payloads if payload.fault is not None}
    return [
        finding
        for finding in diagnostics
        if finding.code not in SURVEYED_CODES and unread_payload(finding) not in faulty
    ]


def _in_order(findings: Iterable[Diagnostic]) -> list[FindingKind]:
    """By kind, each where it was found first."""
    first_to_last = sorted(findings, key=_place_of)
    return sorted(by_kind(first_to_last), key=_place_of)


def _place_of(finding: Diagnostic | FindingKind) -> tuple[bool, int]:
    return finding.line is None, finding.line or 0


def _count(findings: Sequence[FindingKind]) -> FindingCounts:
    counts = FindingCounts(0, 0, 0)
    for finding in findings:
        setattr(counts, finding.severity, getattr(counts, finding.severity) + 1)
    return counts


def _recording_state(trace: RolloutTrace, survey: LogSurvey) -> RecordingExtent:
    # Events without a time are put at the start of the recording.
    is_timeless = trace.evidence.newest_event_unix_ms is None and trace.ended_at_unix_ms == trace.started_at_unix_ms
    return RecordingExtent(
        status=trace.status,
        complete=trace.was_closed,
        started_at_unix_ms=trace.started_at_unix_ms,
        ended_at_unix_ms=None if is_timeless else trace.ended_at_unix_ms,
        first_seq=survey.first_seq,
        last_seq=survey.last_seq,
    )


def _log_figures(look: BundleLook, survey: LogSurvey) -> LogFigures:
    return LogFigures(
        bytes=look.log_bytes,
        lines=survey.lines,
        events=survey.events,
        blank_lines=survey.blank_lines,
        malformed_lines=survey.malformed_lines,
        torn_tail_bytes=look.torn_tail_bytes,
    )


def _payload_figures(look: BundleLook) -> PayloadFigures:
    faults = [payload.fault for payload in look.payloads if payload.fault is not None]
    missing = faults.count("missing")
    return PayloadFigures(
        referenced=len(look.payloads),
        files=look.payload_files,
        bytes=look.payload_bytes,
        missing=missing,
        unreadable=len(faults) - missing,
        unreferenced=len(look.unreferenced_files),
    )
