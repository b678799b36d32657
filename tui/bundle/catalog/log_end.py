"""How a log ends: its last event, what follows the last newline, and whether every agent has ended by then."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, NamedTuple

import msgspec

from tui.bundle.disk.confine import FILE_FLAGS
from tui.bundle.disk.regular import NotRegularFileError, error_text, open_regular
from tui.bundle.log.files import log_files
from tui.schema.decode import EventLine, decode_line
from tui.schema.events import EVENT_TYPES, RecordingCompleted
from tui.schema.manifest import EVENT_LOG_FILE_NAME
from tui.schema.oddity import LARGEST_SEQ

_TAIL_BYTES = 8 << 10
_LONGEST_TAIL = 1 << 20
"""A last line that is longer is not looked at."""

_COUNTED_LOG = 64 << 20
"""A log up to this size is searched for agents that have not ended."""
_COUNTED_AT_ONCE = 1 << 20

_THREAD_EVENTS = ((b'"type":"thread_started"', 1), (b'"type":"thread_resumed"', 1), (b'"type":"thread_ended"', -1))
"""How many agents run more or less from such an event on."""


class NewestEvent(NamedTuple):
    """What matters of the last event of a log; None where the line does not say it."""

    seq: int
    wall_time_unix_ms: int | None
    schema_version: int | None
    is_completion: bool
    is_known_end: bool = True
    """Whether it is of a known kind, and no whole line follows that is not understood."""


class LogTail(NamedTuple):
    """The end of a log: its last event, if it could be found, and what follows the last newline."""

    newest: NewestEvent | None = None
    torn_bytes: int = 0
    data: bytes = b""


class LogEnd(NamedTuple):
    """The log as far as it was looked at; `status` is None where there is none."""

    status: os.stat_result | None = None
    tail: LogTail = LogTail()
    is_session_over: bool = False
    have_agents_ended: bool = False
    problem: str = ""
    head: bytes = b""
    """The first bytes, as far as they were asked for."""


def log_end(path: str, head_bytes: int) -> LogEnd:
    """The end of the log of the bundle at `path`, and at most `head_bytes` of its beginning."""
    try:
        descriptor, status = open_regular(f"{path}/{EVENT_LOG_FILE_NAME}", FILE_FLAGS)
    except (FileNotFoundError, NotADirectoryError):
        return _other_log(path)
    except NotRegularFileError as error:
        return LogEnd(problem=f"{EVENT_LOG_FILE_NAME} is {error_text(error)}")
    except OSError as error:
        return LogEnd(problem=f"{EVENT_LOG_FILE_NAME} cannot be read: {error_text(error)}")
    try:
        # Room for more than there is would cost more than reading it.
        head = os.pread(descriptor, min(head_bytes, status.st_size), 0) if head_bytes else b""
        tail = _tail(head, descriptor, status.st_size)
        is_over = b'"rollout_ended"' in tail.data
        is_asked = is_over and not (tail.newest is not None and tail.newest.is_completion)
        have_ended = is_asked and _have_all_ended(head, descriptor, status.st_size)
        return LogEnd(status, tail, is_over, have_ended, head=head)
    except OSError as error:
        return LogEnd(status, problem=f"{EVENT_LOG_FILE_NAME} cannot be read: {error_text(error)}")
    finally:
        os.close(descriptor)


def _other_log(path: str) -> LogEnd:
    """What is known at once of a log that is compressed, or in several files: how large its last file is."""
    files = log_files(Path(path))
    if not files:
        return LogEnd()
    try:
        status = Path(path, files[-1].name).stat()
    except OSError:
        return LogEnd()
    return LogEnd(status, problem=f"the log is {files[-1].name}; open the bundle to see its events")


def _tail(head: bytes, descriptor: int, size: int) -> LogTail:
    """Look at more and more of the end until there is an event in it; a short log is its head as a whole."""
    length = _TAIL_BYTES
    while True:
        start = max(0, size - length)
        data = head[start:] if len(head) == size else os.pread(descriptor, min(length, size), start)
        newest = _last_event(data, is_whole=start == 0)
        if newest is not None or length >= min(size, _LONGEST_TAIL):
            return LogTail(newest, len(data) - data.rfind(b"\n") - 1, data)
        length *= 8


def _last_event(data: bytes, *, is_whole: bool) -> NewestEvent | None:
    """The event of the last line that is one; the first line counts only if it `is_whole`."""
    end = len(data)
    is_last = True
    while end >= 0:
        start = data.rfind(b"\n", 0, end) + 1
        if start == 0 and not is_whole and end < len(data):
            return None
        newest = _event_in(data[start:end])
        if newest is not None:
            return newest if is_last else newest._replace(is_known_end=False)
        is_last = is_last and (end == len(data) or not data[start:end].strip())  # a torn line is being written
        end = start - 1
    return None


class _Kind(msgspec.Struct):
    type: str


class _EventHead(msgspec.Struct):
    schema_version: Annotated[int, msgspec.Meta(ge=0, lt=2**32)]
    seq: Annotated[int, msgspec.Meta(ge=0)]
    wall_time_unix_ms: Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
    payload: _Kind


_envelope_decoder = msgspec.json.Decoder(_EventHead)


def _event_in(data: bytes) -> NewestEvent | None:
    """The event in a line. Of an ordinary one only the envelope is read."""
    if not data or data.isspace():
        return None
    try:
        if data.isascii():
            envelope = _envelope_decoder.decode(data)
            kind = EVENT_TYPES.get(envelope.payload.type)
            if kind is not None and envelope.seq <= LARGEST_SEQ:
                seq, time, version = envelope.seq, envelope.wall_time_unix_ms, envelope.schema_version
                return NewestEvent(seq, time, version, kind is RecordingCompleted)
    except msgspec.DecodeError:
        pass
    line = decode_line(data, 1)
    if not isinstance(line, EventLine):
        return None
    event = line.event
    is_completion = isinstance(event.payload, RecordingCompleted)
    is_known = event.payload.kind_name in EVENT_TYPES
    return NewestEvent(event.seq, event.wall_time_unix_ms, event.schema_version, is_completion, is_known)


def _have_all_ended(head: bytes, descriptor: int, size: int) -> bool:
    """Whether every agent has ended: recorders that write no `recording_completed` leave no other end."""
    if size > _COUNTED_LOG:
        return True
    running, before = 0, b""
    for start in range(0, size, _COUNTED_AT_ONCE):
        data = head if len(head) == size else os.pread(descriptor, min(_COUNTED_AT_ONCE, size - start), start)
        for name, change in _THREAD_EVENTS:
            # A name may begin in the block before; one that lies in it as a whole was counted there.
            running += change * (before[1 - len(name) :] + data).count(name)
        before = data
    return running <= 0
