"""Writes bundles with the guarantees of a recorder (bundle format §7, schema 3 notes §2, §3)."""

from __future__ import annotations

import hashlib
import os
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from tui.bundle.write.shard_writer import ShardWriter, Write, record_of, write_all
from tui.bundle.write.splitting import JsonPieces, split_list, split_pictures
from tui.schema.events import (
    HistoryItemAccepted,
    InferenceStarted,
    KnownEvent,
    RecordingCompleted,
    ToolCallRuntimeStarted,
    UnknownEvent,
)
from tui.schema.manifest import EVENT_LOG_FILE_NAME, MANIFEST_FILE_NAME, PAYLOADS_DIRECTORY_NAME, Manifest
from tui.schema.payloads import NO_PARTS, PayloadKind, RawPayloadRef
from tui.schema.rules import SCHEMA_3, rules_for
from tui.schema.sequence import SharedSequence, shared_as_list

SCHEMA_VERSION = SCHEMA_3.schema
"""What is written unless something else is asked for."""

LARGEST_WHOLE_BYTES = 67_108_864
"""A request or response above this size becomes parts, one for each of its items (schema 3 notes §2.1)."""

_LIST_OF_KIND = {"inference_request": "input", "inference_response": "output_items"}
_KINDS_WITH_PICTURES = frozenset({"inference_request", "model_item"})
"""The payloads out of which recorders take pictures; they leave them in all others (schema 3 notes §3.1)."""

_encoder = msgspec.json.Encoder(enc_hook=shared_as_list)

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

    The manifest is on disk before the log exists. A payload is complete before `write_payload` returns its reference,
    so before any event can name it: in schemas 1 and 2 as a file of its own, from schema 3 on as a record of a
    compressed shard. `seq` counts 1, 2, 3 without a gap, and each event is one line in one write. After a failed
    write nothing more is recorded (`RecordingStoppedError`): the log stays a valid prefix. Several threads may share a
    writer.

    `rollout_id` is the root thread's id unless given, as in real recordings; ids that are not given are new ones.
    `clock` returns milliseconds since the Unix epoch. `write` puts bytes into the log and the shards: a test can write
    them in pieces. Raises `FileExistsError` if `directory` has anything in it.

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
        write: Write = write_all,
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
        self._write_bytes = write
        self._lock = threading.RLock()
        self._next_payload = 1
        self._shards = ShardWriter(self.path, write)
        self._shared: dict[bytes, RawPayloadRef] = {}
        """What may be a part again, by a hash of its kind and text."""
        self._stopped: str | None = None
        _prepare(self.path, self.manifest)
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        self._log = os.open(self.path / EVENT_LOG_FILE_NAME, flags, 0o644)

    @property
    def has_shards(self) -> bool:
        """Whether payloads become records of shards, and prompts are recorded (schema 3)."""
        return rules_for(self.manifest.schema_version).has_shards

    def write_payload(self, kind: str, value: object) -> RawPayloadRef:
        """Write the next payload and return its reference.

        `value` is anything that can be JSON, written as recorders print it; `bytes` are written as they are. In a
        shard, the pictures of a request become parts, and so do the items of a request or response that is too large.
        """
        with self._lock:
            if not self.has_shards:
                return self._write_file(kind, value if isinstance(value, bytes) else pretty(value))
            if isinstance(value, bytes):
                return self._write_record(kind, value)
            text = msgspec.json.encode(value)
            if len(text) > LARGEST_WHOLE_BYTES and isinstance(value, Mapping) and kind in _LIST_OF_KIND:
                split = split_list(value, _LIST_OF_KIND[kind])
                return self._write_split(kind, split, [self._write_record("model_item", part) for part in split.parts])
            return self._write_value(kind, text)

    def write_prompt(self, prompt: Mapping[str, Any]) -> RawPayloadRef | None:
        """Write a prepared prompt; return the reference for `prepared_prompt_payload`.

        Each item of its `input` is a record of its own, written once however many prompts hold it. Schemas 1 and 2
        have no prompts: nothing is written, and the answer is None.
        """
        if not self.has_shards:
            return None
        split = split_list(prompt, "input")
        with self._lock:
            return self._write_split(
                "prepared_prompt", split, [self._shared_part("model_item", item) for item in split.parts]
            )

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
            if isinstance(payload, RecordingCompleted):
                self._write(self._shards.finish)
            self._write(lambda: self._write_bytes(self._log, line))
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
        return _encoder.encode(envelope) + b"\n"

    def append_raw(self, data: bytes) -> None:
        """Append bytes to the log as they are: half a line, garbage, a line out of order."""
        with self._lock:
            self._write(lambda: self._write_bytes(self._log, data))

    def write_payload_raw(self, path: str, data: bytes) -> None:
        """Write or overwrite a file of the bundle, as it is: a payload too late, too short, or somewhere else."""
        target = self.path / path
        with self._lock:
            target.parent.mkdir(parents=True, exist_ok=True)
            self._write(lambda: target.write_bytes(data))

    def copy_record(self, payload_id: str, body: bytes, *, is_value: bool = False) -> int:
        """Write a record under an id that it has already, into the shard where recorders would; return its number."""
        with self._lock:
            self._write(lambda: self._shards.add(payload_id, body, is_value=is_value))
            return self._shards.number

    def write_record_raw(self, payload_id: str, body: bytes, shard: int | None = None) -> int:
        """Write a record under any id; return the number of its shard: the open one unless `shard` is another."""
        with self._lock:
            if shard is not None and shard != self._shards.number:
                self._write(lambda: self._shards.open(shard))
            self._write(lambda: self._shards.write_decoded(record_of(payload_id, body)))
            return self._shards.number

    def write_in_shard_raw(self, data: bytes, *, is_compressed: bool = False) -> None:
        """Append bytes to the open shard: half a record, or, if `is_compressed`, anything a file can hold."""
        with self._lock:
            self._write(lambda: (self._shards.write_file if is_compressed else self._shards.write_decoded)(data))

    def end_shard_raw(self) -> None:
        """End the open shard although the recording continues; the next record begins another one."""
        with self._lock:
            self._write(self._shards.finish)

    def close(self) -> None:
        """Close the log and leave the open shard without an end, as a killed recorder does.

        Only `RecordingCompleted` completes a recording.
        """
        with self._lock:
            if self._log >= 0:
                self._shards.close()
                os.close(self._log)
                self._log = -1
                self._stopped = self._stopped or "the writer is closed"

    def __enter__(self) -> BundleWriter:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _write_file(self, kind: str, data: bytes) -> RawPayloadRef:
        path = f"{PAYLOADS_DIRECTORY_NAME}/{self._next_payload}.json"
        return RawPayloadRef(
            self._numbered(lambda _: (self.path / path).write_bytes(data)), PayloadKind(kind), path=path
        )

    def _write_value(self, kind: str, text: bytes) -> RawPayloadRef:
        """Write a record, its pictures as parts where recorders do that."""
        split = split_pictures(text) if kind in _KINDS_WITH_PICTURES else JsonPieces([text], [])
        return self._write_split(kind, split, [self._shared_part("content_value", part) for part in split.parts])

    def _write_split(self, kind: str, split: JsonPieces, parts: list[RawPayloadRef]) -> RawPayloadRef:
        ref = self._write_record(kind, split.body())
        return msgspec.structs.replace(ref, parts=SharedSequence(parts) if parts else NO_PARTS)

    def _shared_part(self, kind: str, text: bytes) -> RawPayloadRef:
        """The record of a part that others may hold too; written if it is new."""
        key = hashlib.blake2b(text, digest_size=16, person=kind.encode()).digest()
        ref = self._shared.get(key)
        if ref is None:
            ref = self._shared[key] = self._write_value(kind, text)
        return ref

    def _write_record(self, kind: str, body: bytes) -> RawPayloadRef:
        is_value = kind == "content_value"
        payload_id = self._numbered(lambda payload_id: self._shards.add(payload_id, body, is_value=is_value))
        return RawPayloadRef(payload_id, PayloadKind(kind), shard=self._shards.number)

    def _numbered(self, write: Callable[[str], object]) -> str:
        """Write something under the next id."""
        payload_id = f"raw_payload:{self._next_payload}"
        self._next_payload += 1
        self._write(lambda: write(payload_id))
        return payload_id

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
    omitted = _OMITTED_WHEN_NONE.get(type(payload))
    if omitted is None or isinstance(payload, Mapping):
        return payload
    fields = {name: getattr(payload, name) for name in payload.__struct_fields__}
    return {"type": payload.kind_name} | {k: v for k, v in fields.items() if v is not None or k not in omitted}
