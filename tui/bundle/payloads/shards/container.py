"""What a payload shard is packed in: zstd, as recorders write it (schema 3 notes §2.1), another form, or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tui.bundle.disk.packed import Unpacker, unpacker_of
from tui.bundle.disk.stream import ZstdStream

_HEAD_BYTES: Final = 10
_PREFIX: Final = b"raw_payload:"


class _Plain:
    """The bytes as they are. Whether more must follow is not known."""

    unusual = "plain bytes"
    is_open = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The same bytes."""
        yield data


def stream_of(head: bytes) -> Unpacker:
    """What unpacks a shard whose file begins with `head`; one that cannot be told is taken for what it should be."""
    if _begins_with_record(head):
        return _Plain()
    return unpacker_of(head) or ZstdStream()


def _begins_with_record(head: bytes) -> bool:
    """Two lengths, of which the first is small, and an id, as in a shard that is not packed."""
    record_id = head[_HEAD_BYTES : _HEAD_BYTES + head[0]] if head[1:2] == b"\0" else b""
    return record_id.removeprefix(_PREFIX).isdigit()
