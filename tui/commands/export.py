"""`rtrace-tui export`: a recording, an agent or a turn in the format of another program."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from tui.analysis.kinds.node_names import UnknownNodeError, find_node
from tui.analysis.kinds.plural import counted
from tui.analysis.recording.moment import MomentError
from tui.commands.arguments import add_bundle
from tui.commands.console import EXIT_OK, EXIT_UNUSABLE, complain, escaped_for_terminal
from tui.commands.loaded import loaded_store
from tui.commands.moment import add_at
from tui.commands.over_folder import recordings_in
from tui.export.disclosing import disclosure_of
from tui.export.disclosure import Hidden
from tui.export.format import ExportError, ExportFormat, FileFormat, FolderFormat, Subject
from tui.export.registry import FORMATS, format_named
from tui.export.scope import scope_of
from tui.outbox.whole_file import OutputError, write_whole
from tui.source.opening import OpeningError
from tui.store import TraceStore
from tui.viewmodel.text.clean import format_bytes

DESCRIPTION = """\
Write a recording, an agent or a turn in a format that other programs or people read.

Only structure leaves: ids, sizes, times, tools, statuses, tokens; a text is written as its size, ‹412 B›.
With --content the texts are written, too, and what looks like a secret is replaced by a mark: keys and tokens of
providers, JWTs, private keys, passwords in URLs, home folders, user and host. The same secret has the same mark.
Encrypted bodies leave whole or not at all. Standard error counts what was left out."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """A bundle, a format, the part, and where to write."""
    add_bundle(parser)
    listed = "; ".join(f"{name}: {offer.purpose}" for name, offer in FORMATS.items())
    parser.add_argument("--to", metavar="FORMAT", required=True, choices=tuple(FORMATS), help=listed)
    parser.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        help="write there, whole or not at all; - is standard output (the default); parquet: the tables' folder",
    )
    parser.add_argument("--agent", metavar="PATH", help="only this agent: its path, or its thread id")
    parser.add_argument("--turn", metavar="ID", help="only this turn")
    parser.add_argument("--id", metavar="ID", help="the object, for formats that write one")
    parser.add_argument(
        "--url",
        metavar="URL",
        help="send it to the collector there, as http://localhost:4318, instead of writing it; "
        "headers come from OTEL_EXPORTER_OTLP_HEADERS",
    )
    parser.add_argument("--content", action="store_true", help="write texts, too, with marks in the place of secrets")
    add_at(parser)


def run(given: argparse.Namespace) -> int:
    """Export what the command line names."""
    chosen = format_named(given.to)
    try:
        _check_options(chosen, given)
    except ExportError as error:
        complain(str(error))
        return EXIT_UNUSABLE
    folder = recordings_in(given.bundle) if isinstance(chosen, FolderFormat) else []
    codes = [
        _export(chosen, argparse.Namespace(**{**vars(given), "bundle": one.path}), f"{one.name}: ") for one in folder
    ]
    return min(codes) if codes else _export(chosen, given)


def _export(chosen: ExportFormat, given: argparse.Namespace, prefix: str = "") -> int:
    """Export one recording; what is said of it begins with `prefix`."""
    try:
        store = loaded_store(given.bundle, given.at)
        subject = _subject(store, given)
        if isinstance(chosen, FolderFormat):
            _fill(chosen, subject, Path(given.output))
        elif isinstance(chosen, FileFormat):
            _hand_over(chosen, subject, given)
    except (OpeningError, UnknownNodeError, MomentError, OutputError, ExportError) as error:
        complain(f"{prefix}{error}")
        return EXIT_UNUSABLE
    if store.reading.note is not None:
        complain(f"{prefix}{store.reading.note}")
    for line in report_lines(subject.disclosure.hidden):
        complain(f"{prefix}{line}")
    return EXIT_OK


def _fill(chosen: FolderFormat, subject: Subject, folder: Path) -> None:
    source = subject.store.source.path
    if source is not None and folder.resolve().is_relative_to(source.resolve()):
        raise OutputError(f"{folder}: is inside the bundle, which is never written to; choose another place")
    try:
        chosen.write(subject, folder)
    except OSError as error:
        raise OutputError(f"{folder}: cannot be written: {error.strerror or error}") from error


def _hand_over(chosen: FileFormat, subject: Subject, given: argparse.Namespace) -> None:
    if chosen.send is not None and given.url is not None:
        chosen.send(subject, given.url)
    else:
        _write(chosen, subject, given.output)


def _check_options(chosen: ExportFormat, given: argparse.Namespace) -> None:
    for option in ("agent", "turn", "id", "url"):
        if getattr(given, option) is not None and option not in chosen.takes:
            raise ExportError(f"--{option} has no meaning for --to {chosen.name}")
        if getattr(given, option) is None and option in chosen.requires:
            raise ExportError(f"--to {chosen.name} needs --{option}")
    if isinstance(chosen, FolderFormat) and given.output in (None, "-"):
        raise ExportError(f"--to {chosen.name} needs a folder to write into: -o FOLDER")
    if given.url is not None and given.output is not None:
        raise ExportError("--url and --output exclude each other")


def _subject(store: TraceStore, given: argparse.Namespace) -> Subject:
    return Subject(
        store,
        disclosure_of(store, with_content=given.content),
        scope_of(store.trace, given.agent, given.turn),
        None if given.id is None else find_node(store.trace, given.id),
    )


def _write(chosen: FileFormat, subject: Subject, output: str | None) -> None:
    pieces = chosen.write(subject)
    if output is not None and output != "-":
        write_whole(Path(output), pieces, outside=subject.store.source.path)
    elif not sys.stdout.isatty():
        _write_bytes(pieces)
    elif chosen.is_text:
        for piece in pieces:
            sys.stdout.write(escaped_for_terminal(piece.decode()))
    else:
        raise ExportError(f"{chosen.name} is not text; write it to a file: -o NAME{chosen.suffix}")


def _write_bytes(pieces: Iterable[bytes]) -> None:
    sys.stdout.buffer.writelines(pieces)
    sys.stdout.buffer.flush()


def report_lines(hidden: Hidden) -> Iterator[str]:
    """What an export left out, for people."""
    if hidden.texts:
        yield f"{counted(hidden.texts, 'text')} left out ({format_bytes(hidden.bytes)}); --content writes them"
    if hidden.by_rule:
        counts = ", ".join(f"{count:,} {name}" for name, count in hidden.by_rule.items())
        yield f"hidden: {counts}; {hidden.secrets:,} different"
