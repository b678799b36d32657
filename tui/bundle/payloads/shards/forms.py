"""Records of a payload shard in another form than that of known recorders (schema 3 notes §2.1).

A form counts only if it accounts for every byte: the lengths of all records add up to the whole, or each line is one.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from struct import Struct
from typing import Any, Final, NamedTuple

import msgspec

from tui.bundle.payloads.shards.records import MOST_RECORDS
from tui.schema.members import BAD_JSON, as_object, folded, plain

Places = dict[bytes, tuple[int, int]]
"""Id of a record → where its body begins in the decompressed bytes of the shard, and its bytes."""

_BYTES_BEFORE: Final = (0, 4, 8, 12, 16)
"""Bytes that may be before the first record: a magic number, a version, a count."""

_HEADS: Final = tuple(Struct(order + lengths) for order, lengths in product("<>", ("HQ", "IQ", "HI", "II", "QQ")))
_LONGEST_ID: Final = 200
_IDS: Final = ("rawpayloadid", "payloadid", "id")
_BODIES: Final = ("body", "payload", "data", "content", "value")


class RecognisedForm(NamedTuple):
    """The records of a shard and what is unusual about their form, in words."""

    places: Places
    form: str


def recognised(data: bytes) -> RecognisedForm | None:
    """The records that `data`, all that a shard holds, are made of; None if no form fits."""
    if data[:1] == b"{":
        places = _of_lines(data)
        return None if places is None else RecognisedForm(places, "lines of JSON")
    for start, head in product(_BYTES_BEFORE, _HEADS):
        places = _of_lengths(data, start, head)
        if places is not None:
            return RecognisedForm(places, "lengths or a beginning of another kind")
    return None


def _of_lengths(data: bytes, at: int, head: Struct) -> Places | None:
    """Records of two lengths, an id and a body, from `at` on to the end."""
    places: Places = {}
    while at < len(data):
        if at + head.size > len(data) or len(places) >= MOST_RECORDS:
            return None
        id_length, body_length = head.unpack_from(data, at)
        start = at + head.size + id_length
        record_id = data[at + head.size : start]
        if not 0 < id_length <= _LONGEST_ID or start + body_length > len(data) or not _is_word(record_id):
            return None
        places.setdefault(record_id, (start, body_length))
        at = start + body_length
    return places or None


def _is_word(record_id: bytes) -> bool:
    return record_id.isascii() and record_id.decode("ascii").isprintable()


def _of_lines(data: bytes) -> Places | None:
    """One JSON object a line, with an id and a body."""
    places: Places = {}
    for at, line in _lines(data):
        members = as_object(msgspec.Raw(line))
        found = None if members is None else _of_members(members)
        if found is None or len(places) >= MOST_RECORDS:
            return None
        record_id, body = found
        places.setdefault(record_id, (at + line.index(body), len(body)))
    return places or None


def _of_members(members: dict[str, Any]) -> tuple[bytes, bytes] | None:
    """The id and the body that an object names."""
    spelled = {folded(name): value for name, value in members.items()}
    record_id = next((plain(spelled[name]) for name in _IDS if name in spelled), None)
    body = next((bytes(spelled[name]) for name in _BODIES if name in spelled), None)
    if not isinstance(record_id, str) or body is None:
        return None
    try:
        return record_id.encode(), body
    except BAD_JSON:
        return None


def _lines(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    for line in data.splitlines(keepends=True):
        text = line.strip()
        if text:
            yield at + line.index(text), text
        at += len(line)
