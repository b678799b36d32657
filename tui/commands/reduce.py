"""`rtrace-tui reduce`: the reduced graph of a bundle as JSON."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from tui.analysis.recording.moment import MomentError
from tui.bundle.open import Bundle
from tui.commands.arguments import add_bundle
from tui.commands.console import EXIT_FINDINGS, EXIT_OK, EXIT_UNUSABLE, complain, escaped_for_terminal
from tui.commands.garbage import without_garbage_collection
from tui.commands.moment import add_at, moment_in, remark_on_later
from tui.commands.replay_log import LogReplay
from tui.inputs import open_files, open_source
from tui.model.diagnostic import Diagnostic
from tui.model.encode import encode_trace
from tui.outbox.whole_file import OutputError, write_whole
from tui.schema.repeats import repeated_names
from tui.schema.rules import rules_for
from tui.schema.until import Until
from tui.source.lines import RawLine
from tui.source.opening import OpeningError
from tui.source.source import Source

DESCRIPTION = "Print the reduced graph of a bundle as JSON. Standard error says what the graph lacks."


class RefusedBundleError(Exception):
    """A bundle that the format's reference would refuse; the message is one line for a person."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """A bundle, where to write, and how strictly to judge."""
    add_bundle(parser)
    parser.add_argument(
        "-o", "--output", metavar="FILE", help="write there, whole or not at all; - is standard output (the default)"
    )
    parser.add_argument(
        "--strict",
        action="store_true",
        help="print nothing and exit with 1 if anything is wrong, be it with a payload that the graph does not need",
    )
    add_at(parser, "--until")


def run(given: argparse.Namespace) -> int:
    """Reduce as the command line says."""
    return run_reduce(given.bundle, given.output, strict=given.strict, until=given.until)


def run_reduce(path: str, output: str | None, *, strict: bool, until: str | None = None) -> int:
    """Write the graph of the recording at `path` to the file `output`, or to standard output for None or `-`."""
    try:
        source = open_files(path) if strict else open_source(path)
        if not isinstance(source, Bundle):
            return _reduce_other(source, output, until)
        moment = None if until is None else moment_in(source, until)
        with without_garbage_collection():
            replay = reduce_bundle(source, strict=strict, until=moment)
            _write(encode_trace(replay.reducer.trace), output, source.path)
    except (OpeningError, OutputError, MomentError) as error:
        complain(str(error))
        return EXIT_UNUSABLE
    except RefusedBundleError as error:
        complain(str(error))
        return EXIT_FINDINGS
    if moment is not None and not replay.is_cut_short:
        remark_on_later(moment, str(until), replay.newest_seq, replay.newest_unix_ms)
    for line in source.damage:
        complain(line)
    _summarise(replay, path)
    return EXIT_OK


def _reduce_other(source: Source, output: str | None, until: str | None) -> int:
    """The same of a recording that is not a bundle: through the store, which takes any."""
    from tui.commands.loaded import load

    store = load(source, until)
    _write(encode_trace(store.trace), output, source.path)
    for damage in source.faults:
        complain(str(damage))
    if wrong := _counted(store.diagnostics):
        complain(", ".join(wrong))
    return EXIT_OK


def reduce_bundle(bundle: Bundle, *, strict: bool = False, until: Until | None = None) -> LogReplay:
    """Reduce the bundle as it is now, or as it was at a moment.

    With `strict`, raise `RefusedBundleError` where the reference would stop.
    """
    if strict and bundle.faults:
        raise RefusedBundleError(str(bundle.faults[0]))
    replay = LogReplay(bundle, notes_item_payloads=strict)
    diagnostics = replay.reducer.diagnostics
    judged = 0
    for raw in replay.lines():
        line = replay.decode(raw)
        if until is not None and line is not None and replay.goes_beyond(until, line):
            return replay
        if strict:
            _refuse_repeated_names(raw)
        if line is not None:
            replay.apply(line)
            if strict and len(diagnostics) > judged:
                _refuse_first(diagnostics[judged:])
                judged = len(diagnostics)
    if strict:
        _refuse_at_end(replay, bundle)
    return replay


def _refuse_repeated_names(raw: RawLine) -> None:
    names = repeated_names(raw.data)
    if names:
        raise RefusedBundleError(f"line {raw.number}: {', '.join(names)} appears twice in one object")


def _refuse_first(diagnostics: Sequence[Diagnostic]) -> None:
    for found in diagnostics:
        if found.severity != "note":
            raise RefusedBundleError(described(found))


def _refuse_at_end(replay: LogReplay, bundle: Bundle) -> None:
    if replay.log.fault is not None:
        raise RefusedBundleError(replay.log.fault)
    if not bundle.log_path.exists():
        raise RefusedBundleError(f"{bundle.log_path}: there is no event log")
    torn = replay.torn_tail()
    if torn:
        raise RefusedBundleError(f"the last line of {bundle.log_path} is cut after {torn} bytes")
    _refuse_bad_payloads(replay, also_unread=rules_for(bundle.manifest.schema_version).needs_every_payload)


def _refuse_bad_payloads(replay: LogReplay, *, also_unread: bool) -> None:
    """Every payload must be there and be JSON, since schema 2 also those that nothing reads (reducer rules §12).

    Shards must have an end, and hold each record once (schema 3 notes §2.3). What that takes is loaded for it alone.
    """
    from tui.analysis.problems.shard_findings import shard_findings
    from tui.commands.check_payloads import look_at_payload, look_at_shards

    for raw_payload_id, ref in sorted(replay.reducer.trace.raw_payloads.items()):
        look = look_at_payload(ref, replay) if also_unread or raw_payload_id in replay.item_payloads else None
        if look is not None and look.fault is not None:
            raise RefusedBundleError(f"payload {raw_payload_id} ({ref.place}): {look.reason}")
        if look is not None and look.is_found_by_id:
            raise RefusedBundleError(f"payload {raw_payload_id}: its reference does not say where its body is")
    for found in shard_findings(look_at_shards(replay)):
        if found.severity == "error":
            raise RefusedBundleError(found.message)


def described(found: Diagnostic) -> str:
    """A diagnostic in one line: place, what was wrong, what follows."""
    place = "" if found.line is None else f"line {found.line}, event {found.seq}: "
    consequence = f"; {found.consequence}" if found.consequence else ""
    return f"{place}{found.message}{consequence}"


def _write(pieces: Iterator[bytes], output: str | None, recording: Path | None) -> None:
    if output is not None and output != "-":
        write_whole(Path(output), pieces, outside=recording)
    elif sys.stdout.isatty():
        for piece in pieces:
            sys.stdout.write(escaped_for_terminal(piece.decode()))
        sys.stdout.write("\n")
    else:
        _write_bytes(pieces)


def _write_bytes(pieces: Iterable[bytes]) -> None:
    sys.stdout.buffer.writelines(pieces)
    sys.stdout.buffer.flush()


def _summarise(replay: LogReplay, path: str) -> None:
    """Tell on standard error that the graph is not the whole truth, where it is not."""
    parts = _counted(replay.reducer.diagnostics)
    if replay.log.fault is not None:
        parts.append(replay.log.fault)
    torn = replay.torn_tail()
    if torn:
        parts.append(f"the last line is cut after {torn} bytes")
    if parts:
        complain(f"{', '.join(parts)}; to see what that means for the graph: rtrace-tui check {path}")


def _counted(diagnostics: Sequence[Diagnostic]) -> list[str]:
    """How many errors and warnings there are, in words."""
    counts = Counter(found.severity for found in diagnostics)
    return [
        f"{counts[severity]} {severity}{'s' * (counts[severity] > 1)}"
        for severity in ("error", "warning")
        if counts[severity]
    ]
