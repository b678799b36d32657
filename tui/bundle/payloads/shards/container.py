"""What a payload shard is packed in: zstd, as recorders write it (schema 3 notes §2.1), else gzip or nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, Protocol

from tui.bundle.disk.packed import GZIP, GzipStream
from tui.bundle.disk.stream import ZstdStream

_RECORD: Final = re.compile(rb"[\x01-\xff]\x00.{8}(?:raw_payload:)?\d", re.DOTALL)
"""How the bytes of a shard begin that is not packed: two lengths and an id."""


class ShardStream(Protocol):
    """Gives the bytes of a shard while those of its file are fed in; see `ZstdStream`."""

    unusual: str
    """What the file is, if it is not what recorders write."""

    @property
    def is_open(self) -> bool:
        """Whether it is known that more must follow."""
        ...

    def feed(self, data: bytes) -> Iterator[bytes]:
        """What the next bytes of the file hold, in pieces."""
        ...


class _Plain:
    """The bytes as they are. Whether more must follow is not known."""

    unusual = "plain bytes"
    is_open = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The same bytes."""
        yield data


def stream_of(head: bytes) -> ShardStream:
    """What unpacks a shard whose file begins with `head`; one that cannot be told is taken for what it should be."""
    if head.startswith(GZIP):
        return GzipStream()
    return _Plain() if _RECORD.match(head) else ZstdStream()
