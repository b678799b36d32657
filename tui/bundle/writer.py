"""Writes bundles with the guarantees of a recorder (bundle format §7)."""

from __future__ import annotations

import os
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from tui.schema.events import (
    HistoryItemAccepted,
    InferenceStarted,
    KnownEvent,
    RecordingCompleted,
    ToolCallRuntimeStarted,
    UnknownEvent,
)
from tui.schema.manifest import EVENT_LOG_FILE_NAME, MANIFEST_FILE_NAME, PAYLOADS_DIRECTORY_NAME, Manifest
from tui.schema.payloads import PayloadKind, RawPayloadRef

SCHEMA_VERSION = 2

_OMITTED_WHEN_NONE: dict[type, tuple[str, ...]] = {
    HistoryItemAccepted: ("agent_message_payload", "tool_output_payload"),
    InferenceStarted: ("prepared_prompt_payload", "warmup_context_payload"),
    ToolCallRuntimeStarted: ("kind",),
}
"""The optional fields that recorders leave out; all others are written as null."""


class RecordingStoppedError(RuntimeError):
    """Nothing can be recorded any more: a write failed before, the recording is complete, or the writer closed."""


def unix_ms() -> int:
    """Now, in milliseconds since the Unix epoch."""
    return time.time_ns() // 1_000_000


class BundleWriter:
    """Records one bundle.

    The manifest is on disk before the log exists. Each payload file is complete before `write_payload` returns its
    reference, so before any event can name it. `seq` counts 1, 2, 3 without a gap, and each event is one line in one
    write. After a failed write nothing more is recorded (`RecordingStoppedError`): the log stays a valid prefix.
    Several threads may share a writer.

    `rollout_id` is the root thread's id unless given, as in real recordings; ids that are not given are new ones.
    `clock` tells milliseconds since the Unix epoch. Raises `FileExistsError` if `directory` has anything in it.

    The `*_raw` methods write what no recorder would, to make damaged bundles.
    """

    def __init__(
        self,
        directory: str | Path,
        *,
        root_thread_id: str | None = None,
        rollout_id: str | None = None,
        trace_id: str | None = None,
        schema_version: int = SCHEMA_VERSION,
        clock: Callable[[], int] = unix_ms,
    ) -> None:
        self.path = Path(directory)
        self.next_seq = 1
        """The `seq` of the next event; setting it makes the gap or repetition that no recorder makes."""
        root_thread_id = root_thread_id or str(uuid.uuid4())
        self.manifest = Manifest(
            schema_version=schema_version,
            trace_id=trace_id or str(uuid.uuid4()),
            rollout_id=rollout_id or root_thread_id,
            root_thread_id=root_thread_id,
            started_at_unix_ms=clock(),
        )
        self._clock = clock
        self._lock = threading.RLock()
        self._next_payload = 1
        self._stopped: str | None = None
        _prepare(self.path, self.manifest)
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        self._log = os.open(self.path / EVENT_LOG_FILE_NAME, flags, 0o644)

    def write_payload(self, kind: str, value: object) -> RawPayloadRef:
        """Write the next payload file and return its reference.

        `value` is anything that can be JSON, written as recorders print it; `bytes` are written as they are.
        """
        data = value if isinstance(value, bytes) else pretty(value)
        with self._lock:
            number = self._next_payload
            self._next_payload += 1
            path = f"{PAYLOADS_DIRECTORY_NAME}/{number}.json"
            self._write(lambda: (self.path / path).write_bytes(data))
        return RawPayloadRef(f"raw_payload:{number}", PayloadKind(kind), path)

    def append(
        self,
        payload: KnownEvent | UnknownEvent | Mapping[str, Any],
        *,
        thread_id: str | None = None,
        codex_turn_id: str | None = None,
        at_unix_ms: int | None = None,
    ) -> int:
        """Append one event and return its `seq`. A mapping is written as it is, for events no struct describes.

        `thread_id` and `codex_turn_id` are the envelope's context. After `RecordingCompleted` nothing can follow.
        """
        with self._lock:
            seq = self.next_seq
            line = self.encode(payload, thread_id=thread_id, codex_turn_id=codex_turn_id, at_unix_ms=at_unix_ms)
            self._write(lambda: _write_all(self._log, line))
            self.next_seq = seq + 1
            if isinstance(payload, RecordingCompleted):
                self._stopped = "the recording is complete"
        return seq

    def encode(
        self,
        payload: KnownEvent | UnknownEvent | Mapping[str, Any],
        *,
        thread_id: str | None = None,
        codex_turn_id: str | None = None,
        at_unix_ms: int | None = None,
    ) -> bytes:
        """Return the line, newline included, that `append` would write now, and write nothing."""
        envelope = {
            "schema_version": self.manifest.schema_version,
            "seq": self.next_seq,
            "wall_time_unix_ms": self._clock() if at_unix_ms is None else at_unix_ms,
            "rollout_id": self.manifest.rollout_id,
            "thread_id": thread_id,
            "codex_turn_id": codex_turn_id,
            "payload": _event_body(payload),
        }
        return msgspec.json.encode(envelope) + b"\n"

    def append_raw(self, data: bytes) -> None:
        """Append bytes to the log as they are: half a line, garbage, a line out of order."""
        with self._lock:
            self._write(lambda: _write_all(self._log, data))

    def write_payload_raw(self, path: str, data: bytes) -> None:
        """Write or overwrite a file of the bundle, as it is: a payload too late, too short, or somewhere else."""
        target = self.path / path
        with self._lock:
            target.parent.mkdir(parents=True, exist_ok=True)
            self._write(lambda: target.write_bytes(data))

    def close(self) -> None:
        """Close the log. That is no `recording_completed`: a log that just ends is what a killed recorder leaves."""
        with self._lock:
            if self._log >= 0:
                os.close(self._log)
                self._log = -1
                self._stopped = self._stopped or "the writer is closed"

    def __enter__(self) -> BundleWriter:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _write(self, write: Callable[[], object]) -> None:
        if self._stopped is not None:
            raise RecordingStoppedError(f"{self.path}: {self._stopped}; nothing more is recorded")
        try:
            write()
        except OSError as error:
            self._stopped = f"an earlier write failed ({error.strerror})"
            raise


def pretty(value: object) -> bytes:
    """JSON as recorders print it: two spaces, one element per line, no newline at the end."""
    return msgspec.json.format(msgspec.json.encode(value), indent=2)


def _prepare(directory: Path, manifest: Manifest) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    if any(directory.iterdir()):
        raise FileExistsError(f"{directory}: is not empty; a recording needs a directory of its own")
    (directory / PAYLOADS_DIRECTORY_NAME).mkdir()
    (directory / MANIFEST_FILE_NAME).write_bytes(pretty(manifest))


def _event_body(payload: KnownEvent | UnknownEvent | Mapping[str, Any]) -> object:
    if isinstance(payload, UnknownEvent):
        return msgspec.Raw(payload.body)
    names = [name for name in _OMITTED_WHEN_NONE.get(type(payload), ()) if getattr(payload, name) is None]
    if not names:
        return payload
    body: dict[str, Any] = msgspec.to_builtins(payload)
    for name in names:
        del body[name]
    return body


def _write_all(descriptor: int, data: bytes) -> None:
    """Write in one call; the loop is for what a signal or a full disk cut short."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
