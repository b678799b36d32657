"""OTLP in its binary form, for receivers that take no JSON: the same document, written as protocol buffers.

Only the fields that this program writes are known here; their numbers are those of the protocol's own definition.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

import msgspec

_VARINT, _FIXED64, _BYTES = 0, 1, 2
"""Wire types of protocol buffers."""

Field = tuple[int, Callable[[int, Any], bytes]]


def binary_of(document: bytes) -> bytes:
    """The document, which is OTLP in JSON, in binary."""
    return _fields(msgspec.json.decode(document), _REQUEST)


def rejected_spans(answer: bytes) -> int:
    """How many spans a receiver says, in a binary answer, it did not take."""
    for number, value in _read(answer):
        if number == 1 and isinstance(value, bytes):
            return next((count for inner, count in _read(value) if inner == 1 and isinstance(count, int)), 0)
    return 0


def _varint(value: int) -> bytes:
    value &= (1 << 64) - 1
    data = bytearray()
    while value > 0x7F:
        data.append(value & 0x7F | 0x80)
        value >>= 7
    data.append(value)
    return bytes(data)


def _delimited(number: int, data: bytes) -> bytes:
    return _varint(number << 3 | _BYTES) + _varint(len(data)) + data


def _text(number: int, value: str) -> bytes:
    return _delimited(number, value.encode("utf-8", "replace"))


def _hex(number: int, value: str) -> bytes:
    return _delimited(number, bytes.fromhex(value))


def _number(number: int, value: str | int | bool) -> bytes:
    return _varint(number << 3 | _VARINT) + _varint(int(value))


def _time(number: int, value: str) -> bytes:
    return _varint(number << 3 | _FIXED64) + int(value).to_bytes(8, "little")


def _message(fields: dict[str, Field]) -> Callable[[int, Any], bytes]:
    return lambda number, value: _delimited(number, _fields(value, fields))


def _each(fields: dict[str, Field]) -> Callable[[int, Any], bytes]:
    return lambda number, values: b"".join([_delimited(number, _fields(one, fields)) for one in values])


def _fields(value: dict[str, Any], fields: dict[str, Field]) -> bytes:
    found = [fields[name][1](fields[name][0], inner) for name, inner in value.items()]
    return b"".join(found)


_VALUE: Final[dict[str, Field]] = {"stringValue": (1, _text), "boolValue": (2, _number), "intValue": (3, _number)}
_ATTRIBUTE: Final[dict[str, Field]] = {"key": (1, _text), "value": (2, _message(_VALUE))}
_LINK: Final[dict[str, Field]] = {"traceId": (1, _hex), "spanId": (2, _hex), "attributes": (4, _each(_ATTRIBUTE))}
_STATUS: Final[dict[str, Field]] = {"message": (2, _text), "code": (3, _number)}
_SPAN: Final[dict[str, Field]] = {
    "traceId": (1, _hex),
    "spanId": (2, _hex),
    "parentSpanId": (4, _hex),
    "name": (5, _text),
    "kind": (6, _number),
    "startTimeUnixNano": (7, _time),
    "endTimeUnixNano": (8, _time),
    "attributes": (9, _each(_ATTRIBUTE)),
    "links": (13, _each(_LINK)),
    "status": (15, _message(_STATUS)),
}
_SCOPE: Final[dict[str, Field]] = {"name": (1, _text), "version": (2, _text)}
_SCOPE_SPANS: Final[dict[str, Field]] = {"scope": (1, _message(_SCOPE)), "spans": (2, _each(_SPAN))}
_RESOURCE: Final[dict[str, Field]] = {"attributes": (1, _each(_ATTRIBUTE))}
_RESOURCE_SPANS: Final[dict[str, Field]] = {
    "resource": (1, _message(_RESOURCE)),
    "scopeSpans": (2, _each(_SCOPE_SPANS)),
    "schemaUrl": (3, _text),
}
_REQUEST: Final[dict[str, Field]] = {"resourceSpans": (1, _each(_RESOURCE_SPANS))}


def _read(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    """The fields of a message, as far as it is one."""
    place = 0
    while place < len(data):
        key, place = _read_varint(data, place)
        if key & 7 == _VARINT:
            value, place = _read_varint(data, place)
            yield key >> 3, value
        elif key & 7 == _BYTES:
            size, place = _read_varint(data, place)
            yield key >> 3, data[place : place + size]
            place += size
        else:
            return


def _read_varint(data: bytes, place: int) -> tuple[int, int]:
    value = shift = 0
    while place < len(data):
        value |= (data[place] & 0x7F) << shift
        shift += 7
        place += 1
        if data[place - 1] < 0x80:
            break
    return value, place
