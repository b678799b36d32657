"""Reads what a glance shows of a bundle: its manifest, and the last kilobytes of its log."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

import msgspec

from tui.bundle.disk.confine import FILE_FLAGS
from tui.bundle.disk.regular import NotRegularFileError, error_text, open_regular, read_up_to
from tui.bundle.log.files import log_files
from tui.bundle.payloads.store import PayloadStore
from tui.schema.decode import EventLine, decode_line
from tui.schema.events import InferenceStarted, RawTraceEvent, RecordingCompleted
from tui.schema.manifest import (
    EVENT_LOG_FILE_NAME,
    MANIFEST_FILE_NAME,
    SUPPORTED_SCHEMA_VERSIONS,
    Manifest,
    ManifestError,
    decode_manifest,
)
from tui.schema.payloads import RawPayloadRef
from tui.schema.prompt_text import has_words, words_written
from tui.schema.summary import BundleSummary
from tui.source.fault import PayloadFault

_LARGEST_MANIFEST = 1 << 20
_TAIL_BYTES = 8 << 10
_LONGEST_TAIL = 1 << 20
"""A last line that is longer is not looked at."""

_COUNTED_LOG = 64 << 20
"""A log up to this size is searched for agents that have not ended."""
_COUNTED_AT_ONCE = 1 << 20

_THREAD_EVENTS = ((b'"type":"thread_started"', 1), (b'"type":"thread_resumed"', 1), (b'"type":"thread_ended"', -1))
"""How many agents run more or less from such an event on."""

_HEAD_BYTES = 64 << 10
_LARGEST_REQUEST = 4 << 20
_TITLE_CHARACTERS = 200


class _Tail(NamedTuple):
    """The end of a log: its last event, if it could be found, and what follows the last newline."""

    newest: RawTraceEvent | None = None
    torn_bytes: int = 0
    data: bytes = b""


class _LogEnd(NamedTuple):
    """The log as far as it was looked at; `status` is None where there is none."""

    status: os.stat_result | None = None
    tail: _Tail = _Tail()
    have_agents_ended: bool = False
    problem: str = ""
    head: bytes = b""
    """The first bytes, as far as they were asked for."""


def read_summary(path: str, name: str, title: str = "") -> BundleSummary | None:
    """What a glance shows of the directory `path`, called `name`; None if it is not a bundle.

    A bundle has an event log or a manifest. A file called `manifest.json` that is not of this format, beside no log,
    belongs to another program. Reads a few kilobytes, of the payloads only the first request, and that not if the
    `title` is known already. Never waits or raises.
    """
    manifest, problem = _manifest(path)
    log = _log_end(path, 0 if title else _HEAD_BYTES)
    if manifest is None and log.status is None and not (problem and log.problem):
        return None
    tail, newest = log.tail, log.tail.newest
    is_over = b'"rollout_ended"' in tail.data
    return BundleSummary(
        path=path,
        name=name,
        manifest=manifest,
        problem=problem or log.problem,
        started_at_unix_ms=_started_at(path, manifest),
        log_bytes=None if log.status is None else log.status.st_size,
        log_modified_ns=0 if log.status is None else log.status.st_mtime_ns,
        newest_seq=None if newest is None else newest.seq,
        newest_at_unix_ms=None if newest is None else newest.wall_time_unix_ms,
        torn_bytes=tail.torn_bytes,
        is_closed=_is_completed(newest)
        or (log.have_agents_ended and newest is not None and newest.schema_version == 1),
        is_session_over=is_over,
        have_agents_ended=log.have_agents_ended,
        title=title or _title(path, log.head),
    )


def _manifest(path: str) -> tuple[Manifest | None, str]:
    """The manifest, or why there is none in one line; neither for a file of another program."""
    try:
        data = _read(f"{path}/{MANIFEST_FILE_NAME}", _LARGEST_MANIFEST + 1)
    except FileNotFoundError:
        return None, f"{MANIFEST_FILE_NAME} is missing"
    except NotRegularFileError as error:
        return None, f"{MANIFEST_FILE_NAME} is {error_text(error)}"
    except OSError as error:
        return None, f"{MANIFEST_FILE_NAME} cannot be read: {error_text(error)}"
    try:
        manifest = decode_manifest(data)
    except ManifestError as error:
        return None, f"{MANIFEST_FILE_NAME} is not a manifest that this program can read: {error}"
    if manifest.schema_version not in SUPPORTED_SCHEMA_VERSIONS:
        return manifest, f"schema version {manifest.schema_version} is not known"
    return manifest, ""


def _read(path: str, limit: int) -> bytes:
    """At most `limit` bytes of a regular file; a link is not followed. Raises `OSError`."""
    descriptor, _ = open_regular(path, FILE_FLAGS)
    try:
        return read_up_to(descriptor, limit)
    finally:
        os.close(descriptor)


def _other_log(path: str) -> _LogEnd:
    """What is known at once of a log that is compressed, or in several files: how large its last file is."""
    files = log_files(Path(path))
    if not files:
        return _LogEnd()
    try:
        status = Path(path, files[-1].name).stat()
    except OSError:
        return _LogEnd()
    return _LogEnd(status, problem=f"the log is {files[-1].name}; open the bundle to see its events")


def _log_end(path: str, head_bytes: int) -> _LogEnd:
    """The end of the log, and at most `head_bytes` of its beginning."""
    try:
        descriptor, status = open_regular(f"{path}/{EVENT_LOG_FILE_NAME}", FILE_FLAGS)
    except (FileNotFoundError, NotADirectoryError):
        return _other_log(path)
    except NotRegularFileError as error:
        return _LogEnd(problem=f"{EVENT_LOG_FILE_NAME} is {error_text(error)}")
    except OSError as error:
        return _LogEnd(problem=f"{EVENT_LOG_FILE_NAME} cannot be read: {error_text(error)}")
    try:
        head = os.pread(descriptor, head_bytes, 0) if head_bytes else b""
        tail = _tail(head, descriptor, status.st_size)
        is_asked = b'"rollout_ended"' in tail.data and not _is_completed(tail.newest)
        return _LogEnd(status, tail, is_asked and _have_all_ended(descriptor, status.st_size), head=head)
    except OSError as error:
        return _LogEnd(status, problem=f"{EVENT_LOG_FILE_NAME} cannot be read: {error_text(error)}")
    finally:
        os.close(descriptor)


def _tail(head: bytes, descriptor: int, size: int) -> _Tail:
    """Look at more and more of the end until there is an event in it; a short log is its head as a whole."""
    length = _TAIL_BYTES
    while True:
        start = max(0, size - length)
        data = head[start:] if len(head) == size else os.pread(descriptor, min(length, size), start)
        newest = _last_event(data, is_whole=start == 0)
        if newest is not None or length >= min(size, _LONGEST_TAIL):
            return _Tail(newest, len(data) - data.rfind(b"\n") - 1, data)
        length *= 8


def _last_event(data: bytes, *, is_whole: bool) -> RawTraceEvent | None:
    """The event of the last line that is one; the first line counts only if it `is_whole`."""
    end = len(data)
    while end >= 0:
        start = data.rfind(b"\n", 0, end) + 1
        if start == 0 and not is_whole and end < len(data):
            return None
        line = decode_line(data[start:end], 1)
        if isinstance(line, EventLine):
            return line.event
        end = start - 1
    return None


def _is_completed(newest: RawTraceEvent | None) -> bool:
    return newest is not None and isinstance(newest.payload, RecordingCompleted)


def _have_all_ended(descriptor: int, size: int) -> bool:
    """Whether every agent has ended: recorders that write no `recording_completed` leave no other end."""
    if size > _COUNTED_LOG:
        return True
    running, before = 0, b""
    for start in range(0, size, _COUNTED_AT_ONCE):
        data = os.pread(descriptor, _COUNTED_AT_ONCE, start)
        for name, change in _THREAD_EVENTS:
            # A name may begin in the block before; one that lies in it as a whole was counted there.
            running += change * (before[1 - len(name) :] + data).count(name)
        before = data
    return running <= 0


def _started_at(path: str, manifest: Manifest | None) -> int | None:
    if manifest is not None:
        return manifest.started_at_unix_ms
    try:
        first = _read(f"{path}/{EVENT_LOG_FILE_NAME}", _TAIL_BYTES).partition(b"\n")[0]
    except OSError:
        return None
    line = decode_line(first, 1)
    return line.event.wall_time_unix_ms if isinstance(line, EventLine) else None


def _title(path: str, head: bytes) -> str:
    """What the person asked in the first request of the bundle; empty where that is not found quickly.

    The first request ends with the prompt; what the agent program puts before it is known by its form.
    """
    request = _first_request(head)
    if request is None:
        return ""
    body = PayloadStore(Path(path)).read_once(request, _LARGEST_REQUEST)
    return "" if isinstance(body, PayloadFault) else _prompt_in(body)


class _RequestHead(msgspec.Struct):
    input: list[msgspec.Raw] = []


class _InputItem(msgspec.Struct):
    role: str = ""
    content: msgspec.Raw = msgspec.Raw(b"null")


class _TextPart(msgspec.Struct):
    text: str = ""


_request_decoder = msgspec.json.Decoder(_RequestHead)
_item_decoder = msgspec.json.Decoder(_InputItem)
_parts_decoder = msgspec.json.Decoder(str | list[_TextPart])


def _first_request(head: bytes) -> RawPayloadRef | None:
    """The payload of the first request."""
    found = head.find(b'"inference_started"')
    if found < 0:
        return None
    end = head.find(b"\n", found)
    line = decode_line(head[head.rfind(b"\n", 0, found) + 1 : end if end >= 0 else len(head)], 1)
    payload = line.event.payload if isinstance(line, EventLine) else None
    return payload.request_payload if isinstance(payload, InferenceStarted) else None


def _prompt_in(body: bytes) -> str:
    """The last thing that a person wrote into a request."""
    try:
        for raw in reversed(_request_decoder.decode(body).input):
            item = _item_decoder.decode(raw)
            for text in reversed(_texts_of(item.content)) if item.role == "user" else ():
                if has_words(text):
                    return words_written(text)[:_TITLE_CHARACTERS]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass
    return ""


def _texts_of(content: msgspec.Raw) -> list[str]:
    parts = _parts_decoder.decode(content)
    return [parts] if isinstance(parts, str) else [part.text for part in parts]
