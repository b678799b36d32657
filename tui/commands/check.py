"""`rtrace-tui check`: what is odd or broken about a bundle."""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.recording.check import CheckReport, build_report
from tui.analysis.recording.check_findings import BundleLook
from tui.analysis.recording.log_survey import LogSurvey
from tui.analysis.state.outcome import outcome_of
from tui.analysis.state.recording import RecordingFacts, RecordingState, recording_state
from tui.bundle.files import read_manifest_bytes
from tui.bundle.log.writers import writer_of
from tui.bundle.open import Bundle
from tui.commands.arguments import add_bundle, add_json
from tui.commands.check_payloads import look_at_payloads
from tui.commands.check_text import report_lines
from tui.commands.console import EXIT_FINDINGS, EXIT_OK, EXIT_UNUSABLE, complain, say
from tui.commands.garbage import without_garbage_collection
from tui.commands.json_output import write_json
from tui.commands.replay_log import LogReplay
from tui.inputs import open_files
from tui.model.trace import RolloutTrace
from tui.schema.manifest import EVENT_LOG_FILE_NAME, MANIFEST_FILE_NAME, PAYLOADS_DIRECTORY_NAME, Manifest
from tui.schema.payloads import RawPayloadRef, likely_path, path_in_bundle
from tui.source.opening import OpeningError
from tui.source.writer import LogWriter

DESCRIPTION = (
    "Report what is odd or broken about a recording, and what that means for its graph. How the session came out is "
    "named and not judged: the exit code is that of the recording."
)

_KNOWN_FILES = frozenset({MANIFEST_FILE_NAME, EVENT_LOG_FILE_NAME, "state.json", "reference-error.txt"})
"""What recorders and reducers leave at the top of a bundle."""

_MOST_FILES_LISTED = 1_000_000
"""A directory with more entries than this is not walked to its end."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """A bundle, and how to print the report."""
    add_bundle(parser)
    add_json(parser)


def run(given: argparse.Namespace) -> int:
    """Check as the command line says."""
    return run_check(given.bundle, as_json=given.json)


def run_check(path: str, *, as_json: bool) -> int:
    """Print the report on the bundle at `path`."""
    try:
        bundle = open_files(path)
    except OpeningError as error:
        complain(str(error))
        return EXIT_UNUSABLE
    with without_garbage_collection():
        report = check_bundle(bundle)
    if as_json:
        write_json(msgspec.to_builtins(report))
    else:
        for line in report_lines(report):
            say(line)
    return EXIT_OK if report.clean else EXIT_FINDINGS


def check_bundle(bundle: Bundle) -> CheckReport:
    """Read all there is of the bundle, and report."""
    replay = LogReplay(bundle, reads_protocol_events=True, notes_item_payloads=True)
    survey = LogSurvey(bundle.manifest)
    for raw in replay.lines():
        line = replay.decode(raw)
        survey.add(raw.number, raw.data, line)
        if line is not None:
            replay.apply(line)
    survey.finish(replay.log.lines)
    trace = replay.reducer.trace
    look = _look(bundle, replay)
    outcome = outcome_of(trace, TraceIndex(trace), _recording_of(bundle, trace, look, survey))
    return build_report(bundle.manifest, look, survey, trace, replay.reducer.diagnostics, outcome)


def _recording_of(bundle: Bundle, trace: RolloutTrace, look: BundleLook, survey: LogSurvey) -> RecordingState:
    """The state of the recording, as a viewer that opens it now would say."""
    have_agents_ended = not any(thread.execution.is_open for thread in trace.threads.values())
    is_session_over = trace.status != "running"
    is_closed = trace.was_closed is True or (trace.was_closed is None and is_session_over and have_agents_ended)
    writer = LogWriter("unknown") if is_closed else writer_of(bundle.log_path)
    return recording_state(
        RecordingFacts(
            is_caught_up=True,
            is_closed=is_closed,
            writer=writer.evidence,
            writer_name=writer.name,
            held_bytes=look.torn_tail_bytes,
            is_end_unread=survey.ends_unread,
            fault=look.log_fault,
            is_session_over=is_session_over,
            have_agents_ended=have_agents_ended,
            schema_version=trace.schema_version,
        )
    )


def _look(bundle: Bundle, replay: LogReplay) -> BundleLook:
    refs = replay.reducer.trace.raw_payloads
    payloads, shards = look_at_payloads(replay)
    look = BundleLook(
        path=str(bundle.path),
        faults=bundle.faults,
        log_name=bundle.log_name,
        log_bytes=replay.log.size,
        log_exists=os.path.lexists(bundle.log_path),
        log_fault=replay.log.fault,
        torn_tail_bytes=replay.torn_tail(),
        unknown_manifest_fields=_unknown_manifest_fields(bundle.path),
        payloads=payloads,
        shards=shards,
    )
    paths = (_file_of(ref, replay) for ref in refs.values())
    _look_at_files(bundle, {os.path.normpath(path) for path in paths if path}, look)
    return look


def _file_of(ref: RawPayloadRef, replay: LogReplay) -> str | None:
    """The file that a reference names, or in which its body was found."""
    return path_in_bundle(replay.payloads.shards.placed(ref)) or likely_path(ref.raw_payload_id)


def _unknown_manifest_fields(directory: Path) -> list[str]:
    try:
        fields = msgspec.json.decode(read_manifest_bytes(directory), type=dict[str, msgspec.Raw])
    except (OSError, msgspec.MsgspecError, ValueError):
        return []  # a manifest that cannot be read is a finding already
    return sorted(set(fields) - set(Manifest.__struct_fields__))


_PAYLOAD_NAME = re.compile(rf"{PAYLOADS_DIRECTORY_NAME}{re.escape(os.sep)}[0-9]+\.(?:json|zst)")
"""Files that a recorder writes into that folder; `._1.json`, `1.json.gz`, `.nfs0002` are of other programs."""


def _look_at_files(bundle: Bundle, referenced: set[str], look: BundleLook) -> None:
    segments = [] if bundle.joined is None else bundle.joined.names
    known = {*_KNOWN_FILES, bundle.log_name, *segments, *referenced}
    for path, size in _files(bundle.path):
        is_payload = path in referenced or _PAYLOAD_NAME.fullmatch(path) is not None
        if path.startswith(f"{PAYLOADS_DIRECTORY_NAME}{os.sep}") and is_payload:
            look.payload_files += 1
            look.payload_bytes += size
            if path not in referenced:
                look.unreferenced_files.append(path)
        elif path not in known:
            look.stray_files.append(path)
    look.unreferenced_files.sort()
    look.stray_files.sort()


def _files(directory: Path) -> Iterator[tuple[str, int]]:
    """Every file below `directory`, links not followed, with its size in bytes."""
    listed = 0
    for folder, _, names in os.walk(directory):
        for name in names:
            listed += 1
            if listed > _MOST_FILES_LISTED:
                return
            place = Path(folder) / name
            try:
                size = place.lstat().st_size
            except OSError:
                continue
            yield str(place.relative_to(directory)), size
