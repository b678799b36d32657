"""Payload shards written in sight of the tests, as recorders write them and as they should not."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from pathlib import Path

from tui.bundle.disk.zstd import CompressionParameter, ZstdCompressor
from tui.schema.payloads import PayloadKind, RawPayloadRef, shard_path
from tui.schema.sequence import SharedSequence

SKIPPABLE_FRAME = struct.pack("<II", 0x184D2A50, 7) + b"skipped"


def record(payload_id: str | bytes, body: bytes) -> bytes:
    """One record: lengths, id, body."""
    name = payload_id.encode() if isinstance(payload_id, str) else payload_id
    return struct.pack("<HQ", len(name), len(body)) + name + body


def records(bodies: dict[str, bytes]) -> list[bytes]:
    return [record(payload_id, body) for payload_id, body in bodies.items()]


def frame(pieces: Iterable[bytes], *, finish: bool = True, window_log: int = 23) -> bytes:
    """A zstd frame with one flush after each piece, open at its end unless it is to `finish`."""
    options = {CompressionParameter.checksum_flag: 1, CompressionParameter.window_log: window_log}
    compressor = ZstdCompressor(options=options)  # type: ignore[arg-type]  # the stub wants plain numbers as keys
    blocks = [compressor.compress(piece, ZstdCompressor.FLUSH_BLOCK) for piece in pieces]
    return b"".join(blocks) + (compressor.flush() if finish else b"")


def write_shard(bundle: Path, number: int, data: bytes) -> Path:
    """Put a shard in place; returns its file."""
    path = bundle / shard_path(number)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def ref_in(number: int | None, payload_id: str, *parts: RawPayloadRef, kind: str = "protocol_event") -> RawPayloadRef:
    """A reference to a record of a shard; without a number the recorder left the body out."""
    return RawPayloadRef(payload_id, PayloadKind(kind), shard=number, parts=SharedSequence(parts))
