"""Payload shards, read in the plainest way: to compare with, without the program's own reader."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import NamedTuple

from tui.bundle.disk.zstd import ZstdDecompressor


class Shard(NamedTuple):
    """What a shard holds: whole records by id, in their order, and whether its frame has ended."""

    records: dict[str, bytes]
    is_ended: bool
    rest: bytes
    """What follows the last whole record."""


def read_shard(path: Path) -> Shard:
    decompressor = ZstdDecompressor()
    data = decompressor.decompress(path.read_bytes())
    records: dict[str, bytes] = {}
    while len(data) >= 10:
        name, body = struct.unpack("<HQ", data[:10])
        if len(data) < 10 + name + body:
            break
        records[data[10 : 10 + name].decode()] = data[10 + name : 10 + name + body]
        data = data[10 + name + body :]
    return Shard(records, decompressor.eof, data)


def all_shards(bundle: Path) -> list[Shard]:
    return [read_shard(path) for path in sorted((bundle / "payloads").iterdir())]


def all_records(bundle: Path) -> dict[str, bytes]:
    return {name: body for shard in all_shards(bundle) for name, body in shard.records.items()}
