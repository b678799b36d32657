"""Writes a slice: events with numbers from 1, and each payload that they name, with its parts, once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from tui.bundle.write.writer import BundleWriter
from tui.export.slice.bodies import SliceBodies
from tui.export.slice.masking import Masker
from tui.schema.events import RawTraceEvent
from tui.schema.manifest import Manifest
from tui.schema.payloads import NO_PARTS, RawPayloadRef
from tui.schema.sequence import SharedSequence
from tui.source.fault import PayloadFault

_RECORDED_PATH = re.compile(r"payloads/[0-9]+\.json")


class SliceWriter:
    """Writes one slice into a new folder. Raises `OSError`, `FileExistsError` for a folder with something in it."""

    def __init__(self, directory: Path, manifest: Manifest, bodies: SliceBodies, masker: Masker) -> None:
        self.payloads = 0
        """Payloads written."""
        self._bodies = bodies
        self._masker = masker
        self._places: dict[str, RawPayloadRef] = {}
        self._writer = BundleWriter(
            directory,
            root_thread_id=manifest.root_thread_id,
            rollout_id=manifest.rollout_id,
            trace_id=manifest.trace_id,
            schema_version=manifest.schema_version,
            clock=lambda: manifest.started_at_unix_ms,
        )

    def steps(self, events: Iterable[RawTraceEvent]) -> Iterator[None]:
        """Write all events, one a step."""
        with self._writer as writer:
            for event in events:
                payload: Any = event.payload
                refs = {ref.raw_payload_id: self._placed(ref) for ref in payload.payload_refs()}
                writer.append(
                    self._masked(payload, refs),
                    thread_id=event.thread_id,
                    codex_turn_id=event.codex_turn_id,
                    at_unix_ms=event.wall_time_unix_ms or 0,
                )
                yield

    def _masked(self, payload: msgspec.Struct, refs: Mapping[str, RawPayloadRef]) -> Any:
        """The event with its texts masked and its references as they are in the slice."""
        fields = {}
        for name in payload.__struct_fields__:
            value = getattr(payload, name)
            if isinstance(value, RawPayloadRef):
                fields[name] = refs[value.raw_payload_id]
            else:
                plain = msgspec.to_builtins(value)
                fields[name] = msgspec.convert(self._masker.value(plain, name), _type_of(payload, name))
        return msgspec.structs.replace(payload, **fields)

    def _placed(self, ref: RawPayloadRef) -> RawPayloadRef:
        """The reference to the payload in the slice, where it is written unless it was."""
        known = self._places.get(ref.raw_payload_id)
        if known is None:
            known = self._places[ref.raw_payload_id] = self._write(ref)
        return known

    def _write(self, ref: RawPayloadRef) -> RawPayloadRef:
        parts = [self._placed(part) for part in ref.parts] if self._writer.has_shards else []
        body = self._bodies.own(ref) if self._writer.has_shards else self._bodies.whole(ref)
        if isinstance(body, PayloadFault):
            body = b"null"  # no event of the slice reads it, and every payload has to be JSON
            parts = []
        self.payloads += 1
        if not self._writer.has_shards:
            path = ref.path if ref.path is not None and _RECORDED_PATH.fullmatch(ref.path) else self._free_path()
            self._writer.write_payload_raw(path, body)
            return RawPayloadRef(ref.raw_payload_id, ref.kind, path=path)
        number = self._writer.copy_record(ref.raw_payload_id, body, is_value=ref.kind.type == "content_value")
        return RawPayloadRef(
            ref.raw_payload_id, ref.kind, shard=number, parts=SharedSequence(parts) if parts else NO_PARTS
        )

    def _free_path(self) -> str:
        return f"payloads/{1_000_000 + self.payloads}.json"


def _type_of(payload: msgspec.Struct, name: str) -> Any:
    return next(field.type for field in msgspec.structs.fields(type(payload)) if field.name == name)
