"""What a look at a bundle's directory amounts to, as diagnostics."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from tui.analysis.kinds.open_objects import OpenObject
from tui.analysis.problems.shard_findings import PENDING_AT_MOST, ShardLook, shard_findings
from tui.analysis.recording.log_survey import LogSurvey, UnknownName
from tui.model.diagnostic import Diagnostic
from tui.model.trace import RolloutTrace
from tui.schema.damage import Damage
from tui.schema.manifest import EVENT_LOG_FILE_NAME, PAYLOADS_DIRECTORY_NAME
from tui.schema.oddity import shortened
from tui.schema.payloads import is_usual_id, shard_path

_DRIFT = "another recorder wrote it; what the name means is not known here, and nothing was made of it"

_SHARD_SUFFIX = ".zst"

_NOT_NEEDED = "the graph does not need it; its content cannot be shown"
_WITHOUT_PLACE = "reference-without-place"
_READ_ANYWAY = "it was read; the format's reference refuses the whole bundle"


class PayloadLook(msgspec.Struct, frozen=True):
    """What became of one payload when it was read. `fault` is a code (`missing`, `not-json` …), None if it is fine.

    `is_used` if the graph was made with it anyway; `is_lost_with_shard` if it is not there because its shard is
    broken, which is a finding of its own; `is_found_by_id` if no reference says where it is; `is_wrapped` if its
    fragments are in another object.
    """

    raw_payload_id: str
    path: str
    fault: str | None = None
    reason: str = ""
    is_used: bool = False
    is_lost_with_shard: bool = False
    is_found_by_id: bool = False
    is_wrapped: bool = False


class BundleLook(msgspec.Struct, kw_only=True):
    """What a look at the directory brought; sizes are bytes.

    `faults` are those of the bundle as a whole; `unknown_manifest_fields` are names; `unreferenced_files` are below
    `payloads/` and no event names them, as paths relative to the bundle; `stray_files` are others that no recorder
    or reducer writes.
    """

    path: str
    faults: Sequence[Damage] = ()
    log_name: str = EVENT_LOG_FILE_NAME
    log_bytes: int = 0
    log_exists: bool = True
    log_fault: str | None = None
    torn_tail_bytes: int = 0
    unknown_manifest_fields: list[str] = msgspec.field(default_factory=list)
    payloads: list[PayloadLook] = msgspec.field(default_factory=list)
    shards: list[ShardLook] = msgspec.field(default_factory=list)
    payload_files: int = 0
    payload_bytes: int = 0
    unreferenced_files: list[str] = msgspec.field(default_factory=list)
    stray_files: list[str] = msgspec.field(default_factory=list)


def log_findings(look: BundleLook, survey: LogSurvey) -> Iterator[Diagnostic]:
    """The log as a file: absent, unreadable, torn at its end."""
    if look.log_fault is not None:
        message = f"the event log cannot be read to its end: {look.log_fault}"
        yield Diagnostic(code="log-unreadable", severity="error", message=message, consequence="the rest is missing")
    elif not look.log_exists:
        message = f"there is no {EVENT_LOG_FILE_NAME}"
        consequence = "nothing was recorded, or the session started a moment ago"
        yield Diagnostic(code="log-missing", severity="warning", message=message, consequence=consequence)
    if survey.events and not survey.event_counts["rollout_started"]:
        message = "the log has events, but no start of the rollout"
        consequence = "identity and start are those of the manifest"
        yield Diagnostic(code="start-missing", severity="warning", message=message, consequence=consequence)
    if look.torn_tail_bytes:
        yield Diagnostic(
            code="torn-tail",
            severity="warning",
            message=f"the last line is cut after {look.torn_tail_bytes} bytes",
            consequence="its event is not in the graph; a recorder that still runs may complete it",
            line=survey.lines + 1,
        )


def drift_findings(look: BundleLook, survey: LogSurvey) -> Iterator[Diagnostic]:
    """Names that no known generation of the format writes, one finding for each name, whatever events have it."""
    for code, noun, sightings in (
        ("unknown-event", "event kind", survey.unknown_kinds.values()),
        ("unknown-field", "field", survey.unknown_fields.values()),
        ("unknown-payload-kind", "payload kind", survey.unknown_payload_kinds.values()),
        ("unknown-field", "field", manifest_sightings(look)),
    ):
        for seen in _without_kinds(sightings) if noun == "field" else sightings:
            message = f"unknown {noun} {seen.name}"
            yield Diagnostic(
                code=code,
                severity="warning",
                message=message,
                consequence=_DRIFT,
                line=seen.first_line,
                count=seen.count,
            )


def _without_kinds(fields: Iterable[UnknownName]) -> list[UnknownName]:
    """One sighting for each name of a field: a recorder that adds one may add it to every kind of event."""
    by_name: dict[str, UnknownName] = {}
    for seen in fields:
        known = by_name.setdefault(seen.name.rpartition(".")[2], UnknownName(seen.name, 0, seen.first_line))
        known.count += seen.count
        if seen.first_line is not None and known.first_line is not None and seen.first_line < known.first_line:
            known.name, known.first_line = seen.name, seen.first_line
    return list(by_name.values())


def manifest_sightings(look: BundleLook) -> list[UnknownName]:
    """Unknown fields of the manifest as `manifest.<name>`."""
    return [UnknownName(f"manifest.{name}", 1) for name in look.unknown_manifest_fields]


def payload_findings(look: BundleLook, diagnostics: Sequence[Diagnostic], trace: RolloutTrace) -> Iterator[Diagnostic]:
    """Payloads that could not be read, each with what the reducer said of it; shards; and files that nobody names."""
    faulty = {payload.raw_payload_id: payload for payload in look.payloads if payload.fault is not None}
    said = {named: finding for finding in diagnostics if (named := unread_payload(finding)) in faulty}
    for raw_payload_id, payload in faulty.items():
        if not payload.is_lost_with_shard:
            yield _payload_finding(payload, said.get(raw_payload_id))
    yield from shard_findings(look.shards)
    yield from _unusual_payloads(look)
    if not any(finding.code == _WITHOUT_PLACE for finding in diagnostics):
        yield from _found_by_id([payload for payload in look.payloads if payload.is_found_by_id])
    pending = _pending_files(look, trace)
    for path in look.unreferenced_files:
        note = path in pending
        yield Diagnostic(
            code="payload-unreferenced",
            severity="note" if note else "warning",
            message=f"no event names {path}",
            consequence="the recorder stopped between a payload and its event" if note else "it is in no graph",
        )
    for path in look.stray_files:
        message = f"{path} is not part of a bundle"
        yield Diagnostic(code="stray-file", severity="note", message=message, consequence="it was not read")


def _unusual_payloads(look: BundleLook) -> Iterator[Diagnostic]:
    """What no known recorder writes of payloads and shards, and was read anyway."""
    odd = [one.raw_payload_id for one in look.payloads if not is_usual_id(one.raw_payload_id)]
    if odd:
        message = f"ids of payloads, such as {shortened(odd[0])!r}, are not like raw_payload:1"
        yield Diagnostic(
            code="payload-id-unusual",
            severity="warning",
            message=message,
            consequence="payloads were looked for by the ids as they are",
            count=len(odd),
        )
    wrapped = [one.raw_payload_id for one in look.payloads if one.is_wrapped]
    if wrapped:
        message = f"fragments of payloads, such as {shortened(wrapped[0])}, are in another object"
        consequence = "they were found there and read"
        yield Diagnostic(
            code="field-moved", severity="warning", message=message, consequence=consequence, count=len(wrapped)
        )
    if any(shard.path == shard_path(0) for shard in look.shards):
        message = "the shards of payloads are numbered from 0, not 1"
        consequence = "they were read by the numbers that events give them"
        yield Diagnostic(code="shard-zero", severity="warning", message=message, consequence=consequence)


def _found_by_id(payloads: Sequence[PayloadLook]) -> Iterator[Diagnostic]:
    """References without a place that nothing of the graph follows; the reducer has said it of the others."""
    if payloads:
        message = f"the reference to payload {payloads[0].raw_payload_id} does not say where its body is"
        consequence = "the body was found by its id"
        yield Diagnostic(
            code=_WITHOUT_PLACE, severity="warning", message=message, consequence=consequence, count=len(payloads)
        )


def unread_payload(finding: Diagnostic) -> str | None:
    """The payload that the reducer says it could not read, if that is what it says."""
    if finding.code not in ("payload-unreadable", "payload-invalid"):
        return None
    return finding.payload_id or finding.object_id


def _payload_finding(payload: PayloadLook, said: Diagnostic | None) -> Diagnostic:
    return Diagnostic(
        code=f"payload-{payload.fault}",
        severity="warning" if payload.fault == "omitted" else "error",
        message=f"payload {_named(payload)}: {payload.reason.removeprefix(f'{payload.raw_payload_id}: ')}",
        consequence=said.consequence if said else _READ_ANYWAY if payload.is_used else _NOT_NEEDED,
        line=said.line if said else None,
        seq=said.seq if said else None,
        object_id=said.object_id if said else None,
        payload_id=payload.raw_payload_id,
    )


def _named(payload: PayloadLook) -> str:
    has_name = payload.path != payload.raw_payload_id
    return f"{payload.raw_payload_id} ({payload.path})" if has_name else payload.raw_payload_id


def _pending_files(look: BundleLook, trace: RolloutTrace) -> set[str]:
    """Files that a recorder wrote just before events that it never came to: a few, numbered after all others."""
    if trace.was_closed:
        return set()
    last = max((_number(raw_payload_id.rpartition(":")[2]) for raw_payload_id in trace.raw_payloads), default=0)
    last_shard = max((_number(_stem(shard.path)) for shard in look.shards), default=0)
    later = {
        path
        for path in look.unreferenced_files
        if _number(_stem(path)) > (last_shard if path.endswith(_SHARD_SUFFIX) else last)
    }
    return later if len(later) <= PENDING_AT_MOST else set()


def _stem(path: str) -> str:
    return path.removeprefix(f"{PAYLOADS_DIRECTORY_NAME}/").removesuffix(".json").removesuffix(_SHARD_SUFFIX)


def _number(text: str) -> int:
    return int(text) if len(text) < 19 and text.isascii() and text.isdigit() else 0


def end_findings(trace: RolloutTrace, open_ones: Sequence[OpenObject]) -> Iterator[Diagnostic]:
    """How the recording ends. Being unfinished is not damage, so these are notes."""
    if trace.was_closed is False:
        yield Diagnostic(
            code="recording-not-completed",
            severity="note",
            message="the log does not say that the recording was completed",
            consequence="the session still runs, was killed, its recorder is older than that statement, or its line is "
            "not understood",
        )
    if open_ones:
        count = len(open_ones)
        yield Diagnostic(
            code="open-objects",
            severity="note",
            message=f"{count} object{'s are' if count > 1 else ' is'} still open at the end of the log",
            consequence="the graph shows them as running",
        )
