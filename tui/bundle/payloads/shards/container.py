"""What a payload shard is packed in: zstd, as recorders write it (schema 3 notes §2.1), else gzip or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Protocol

from tui.bundle.disk.packed import GZIP, GzipStream
from tui.bundle.disk.stream import ZstdStream

_HEAD_BYTES: Final = 10
_PREFIX: Final = b"raw_payload:"


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
    return _Plain() if _begins_with_record(head) else ZstdStream()


def _begins_with_record(head: bytes) -> bool:
    """Two lengths, of which the first is small, and an id, as in a shard that is not packed."""
    record_id = head[_HEAD_BYTES : _HEAD_BYTES + head[0]] if head[1:2] == b"\0" else b""
    return record_id.removeprefix(_PREFIX).isdigit()
