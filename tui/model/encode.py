"""The reduced graph as JSON, byte for byte as the format's reference writes it (reduced model §1)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from tui.model.objects import InferenceCall
from tui.model.trace import GRAPH_MAPS, RolloutTrace
from tui.schema.sequence import shared_as_list

_CHUNK = 256
"""Objects per piece of output: large enough to be fast, small enough to keep memory flat."""


_encoder = msgspec.json.Encoder(enc_hook=shared_as_list)


def encode_value(value: Any) -> bytes:
    """One object of the graph as compact JSON."""
    return _encoder.encode(value)


def encode_trace(trace: RolloutTrace) -> Iterator[bytes]:
    """Yield the JSON of `trace` in pieces: two-space indent, maps sorted by key bytes, no newline at the end."""
    fields: dict[str, Any] = {}
    for name in RolloutTrace.__struct_fields__:
        if name == "evidence":
            continue
        value = getattr(trace, name)
        if value is not msgspec.UNSET:
            fields[name] = value
    separator = b"{\n  "
    for name, value in fields.items():
        yield separator + _encoder.encode(name) + b": "
        separator = b",\n  "
        if name in GRAPH_MAPS:
            yield from _encode_map(value)
        else:
            yield _encoder.encode(value)
    yield b"\n}"


def _encode_map(objects: Mapping[str, Any]) -> Iterator[bytes]:
    if not objects:
        yield b"{}"
        return
    # Code point order of str is the byte order of its UTF-8, which is how the reference sorts.
    keys = sorted(objects)
    opening = b"{"
    for start in range(0, len(keys), _CHUNK):
        chunk = {key: _reduced(objects[key]) for key in keys[start : start + _CHUNK]}
        text = msgspec.json.format(_encoder.encode(chunk), indent=2)
        yield opening + text[1:-2].replace(b"\n", b"\n  ")
        opening = b","
    yield b"\n  }"


def _reduced(value: Any) -> Any:
    """The object as the reference reduces it: it counts no tokens below 0, and none in part (reducer rules §5.5)."""
    if isinstance(value, InferenceCall) and value.usage is not None and not value.usage.is_as_reduced:
        return msgspec.structs.replace(value, usage=value.usage.reduced())
    return value
