"""Which files of a bundle are its event log, and in which order: recorders may cut a log into segments, or pack it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from tui.bundle.disk.confine import ConfinedDirectory, RefusedPathError, read_inside
from tui.bundle.disk.packed import HEAD_BYTES, refusal_of
from tui.bundle.disk.stream import StreamDamageError
from tui.bundle.log.encodings import beginning_of_log, encoding_of, text_of_log
from tui.bundle.log.framing import first_lines
from tui.late_pattern import late_pattern
from tui.named_tuple import NamedTuple
from tui.schema.decode import EventLine, decode_line
from tui.schema.manifest import EVENT_LOG_FILE_NAME, MANIFEST_FILE_NAME, PAYLOADS_DIRECTORY_NAME

MOST_SEGMENTS = 10_000
"""Files that are taken for one log."""

_HEAD_BYTES = 1 << 20

_MOST_GLANCED_AT = 200
"""Files of one folder among which a log is looked for that has another name."""

_BINARY = "msgpack|mpk|cbor"
_PACKED = rf"(?:\.(?:gz|zst|xz|bz2|lz4|zip|7z|{_BINARY}))?"
_LOG_NAME = late_pattern(rf"trace(?:[._-]?(\d+))?\.(?:jsonl|{_BINARY})(?:\.(\d+))?{_PACKED}")
_NAMED_LOG = late_pattern(rf".*\.(?:jsonl|ndjson|{_BINARY})(?:\.\d+)?{_PACKED}")
_LARGEST_MANIFEST_BYTES = 1 << 20


class LogFile(NamedTuple):
    """One file of a log: its path relative to the bundle, and what its beginning says."""

    name: str
    is_packed: bool
    """Whether it is something else than UTF-8 text: compressed, or text of another encoding."""
    encoding: str | None = None
    """That encoding, as Python calls it."""
    refusal: str | None = None
    """Why it cannot be unpacked, if it cannot."""
    first_line: bytes = b""
    is_log: bool = True
    """Whether its first line is an event, or its name leaves no doubt."""
    first_seq: int | None = None
    is_event: bool = False
    """Whether its first line is known to be an event."""


def log_files(directory: Path) -> list[LogFile]:
    """The files of the log in their order; the same beginning twice is a copy, which is left out.

    The order is that of the numbers of their first events, else that of the manifest, else that of their names.
    """
    confined = ConfinedDirectory(directory)
    names = list(dict.fromkeys((*_named_by_manifest(directory), *_named_as_logs(directory))))
    if not names:
        names = _with_events(confined, directory)
    is_alone = names == [EVENT_LOG_FILE_NAME]
    found: dict[bytes, LogFile] = {}
    for name in names[:MOST_SEGMENTS]:
        file = _glance_at(confined, name) if is_alone else _look_at(confined, name)
        if file is not None and file.is_log:
            found.setdefault(file.first_line or name.encode(), file)
    files = [file for file in found.values() if file.first_line] or list(found.values())
    if all(file.first_seq is not None for file in files):
        files.sort(key=lambda file: file.first_seq or 0)
    return files


def _with_events(confined: ConfinedDirectory, directory: Path) -> list[str]:
    """Files that begin with an event, whatever they are called: in the bundle, or else in one of its folders.

    Without a manifest the folders may be bundles of their own.
    """
    folders = [""]
    for folder in folders:
        names, inner = _names_in(directory / folder)
        folders += inner if not folder and MANIFEST_FILE_NAME in names else []
        paths = [f"{folder}/{name}" if folder else name for name in names[:_MOST_GLANCED_AT]]
        looked_at = [(path, _look_at(confined, path)) for path in paths]
        logs = [path for path, file in looked_at if file is not None and file.is_event]
        if logs:
            return logs
    return []


def _names_in(folder: Path) -> tuple[list[str], list[str]]:
    """The names of the files and of the folders in one, sorted; links are left out, and the folder of payloads."""
    try:
        with os.scandir(folder) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
    except OSError:
        return [], []
    files = [entry.name for entry in found if entry.is_file(follow_symlinks=False)]
    folders = [entry.name for entry in found if entry.is_dir(follow_symlinks=False)]
    return files, [name for name in folders if name != PAYLOADS_DIRECTORY_NAME]


def _named_as_logs(directory: Path) -> list[str]:
    """Files that are called like the log; with a number behind the suffix, the largest is the oldest."""
    names: list[tuple[int, int, str]] = []
    try:
        with os.scandir(directory) as entries:
            for entry in entries:
                fit = _LOG_NAME.fullmatch(entry.name)
                if fit is not None:
                    names.append((-int(fit[2] or 0), int(fit[1] or 0), entry.name))
    except OSError:
        return []
    return [name for _, _, name in sorted(names)]


def _named_by_manifest(directory: Path) -> Iterator[str]:
    """Names in the manifest, wherever they stand in it, that may be those of logs."""
    try:
        waiting: list[Any] = [msgspec.json.decode(read_inside(directory / MANIFEST_FILE_NAME, _LARGEST_MANIFEST_BYTES))]
    except (OSError, msgspec.DecodeError, ValueError, RecursionError):
        return
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            waiting += reversed(value.values())
        elif isinstance(value, list):
            waiting += reversed(value)
        elif isinstance(value, str) and value != EVENT_LOG_FILE_NAME and _NAMED_LOG.fullmatch(value):
            yield value


def _glance_at(confined: ConfinedDirectory, name: str) -> LogFile | None:
    """A log without rivals: what it says matters to its reader, here only whether it is packed."""
    head = _beginning(confined, name, HEAD_BYTES)
    return None if head is None else LogFile(name, text_of_log(head) is not None, encoding_of(head), refusal_of(head))


def _beginning(confined: ConfinedDirectory, name: str, length: int) -> bytes | None:
    """The first bytes of a file; None if it cannot be read."""
    try:
        descriptor, _ = confined.open_file(name)
    except RefusedPathError:
        return None
    try:
        return os.read(descriptor, length)
    except OSError:
        return None
    finally:
        os.close(descriptor)


def _look_at(confined: ConfinedDirectory, name: str) -> LogFile | None:
    data = _beginning(confined, name, _HEAD_BYTES)
    if data is None:
        return None
    is_packed, encoding = text_of_log(data) is not None, encoding_of(data)
    try:
        head = beginning_of_log(data, _HEAD_BYTES)
    except StreamDamageError:
        head = b""
    first = next((raw.data for raw in first_lines(head.lstrip())), b"")
    line = decode_line(first, 1)
    if not isinstance(line, EventLine):
        refusal = refusal_of(data)
        is_log = refusal is not None or name.startswith(EVENT_LOG_FILE_NAME)
        return LogFile(name, is_packed, encoding, refusal, first, is_log)
    first_seq = line.event.seq if line.event.is_numbered else None
    return LogFile(name, is_packed, encoding, None, first, first_seq=first_seq, is_event=True)
