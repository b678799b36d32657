"""JSON the way the format's reference keeps it: number tokens, key order, compact text (reduced model §5.2)."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from itertools import chain
from typing import Any, NoReturn

import msgspec

SUMMARY_BYTES = 240
"""Longest summary of a JSON value, in bytes of UTF-8, before it is cut."""

MAX_DEPTH = 127
"""Deepest nesting of arrays and objects that the format's reference reads."""

BAD_JSON = (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError)
"""What decoding can raise for text that is not JSON as the format means it."""


class NumberToken:
    """A non-integer number as it was written; a binary float would lose digits."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    def normal(self) -> str:
        """The token as the reference writes it: a small `e`, always with a sign."""
        mantissa, marker, exponent = self.text.replace("E", "e").partition("e")
        if marker and exponent[0] not in "+-":
            exponent = "+" + exponent
        return mantissa + marker + exponent


def _encode_token(value: Any) -> Any:
    if isinstance(value, NumberToken):
        return msgspec.Raw(value.normal().encode())
    raise TypeError(f"{type(value).__name__} is not a JSON value")


_CONTAINERS = frozenset({list, dict})
"""What a decoder makes of arrays and objects; never a type derived from them."""

_decoder = msgspec.json.Decoder(float_hook=NumberToken)
_encoder = msgspec.json.Encoder(enc_hook=_encode_token)
_sorting_encoder = msgspec.json.Encoder(enc_hook=_encode_token, order="deterministic")


def parse(data: bytes | str | msgspec.Raw, max_depth: int = MAX_DEPTH) -> Any:
    """Decode any JSON; numbers that are not integers become `NumberToken`. Raises one of `BAD_JSON`.

    `max_depth` is what the surroundings of `data` leave of `MAX_DEPTH` (reducer rules §1).
    """
    text = data if isinstance(data, (bytes, str)) else bytes(data)
    value = parse_any_depth(text)
    check_depth(text, value, max_depth)
    return value


def parse_any_depth(text: bytes | str) -> Any:
    """The first half of `parse`, for text so long that a key should be answered before the second, `check_depth`."""
    try:
        return _decoder.decode(text)
    except msgspec.ValidationError:  # the only one without a type to fit: an integer of thousands of digits
        return _parse_long_integers(text)


def check_depth(text: bytes | str, value: Any, max_depth: int) -> None:
    """Raise one of `BAD_JSON` if `value`, which was read from `text`, is nested more deeply."""
    if _brackets(text) > max_depth and _is_deeper(value, max_depth):
        raise ValueError(f"more than {MAX_DEPTH} nested arrays and objects")


def check(data: bytes) -> None:
    """Raise one of `BAD_JSON` for what a typed decoder does not see in the fields that it skips."""
    if not data.isascii():
        data.decode()
    if _brackets(data) > MAX_DEPTH:
        parse(data)


def repeats_key(text: bytes | str, names: Iterable[str]) -> bool:
    """Whether the JSON object `text` has one of these keys twice, which typed readers refuse."""
    plain = text if isinstance(text, str) else text.decode()
    suspects = [name for name in names if plain.count(f'"{name}"') > 1]
    if not suspects:
        return False
    from json import loads  # neither is needed but for rare texts, and the first rows do not wait for it

    keys: list[str] = []

    def note(pairs: list[tuple[str, Any]]) -> None:
        keys[:] = [key for key, _ in pairs]  # the outermost object comes last

    loads(plain, object_pairs_hook=note)
    counts = Counter(keys)
    return any(counts[name] > 1 for name in suspects)


def _parse_long_integers(text: bytes | str) -> Any:
    from json import loads

    return loads(text, parse_int=NumberToken, parse_float=NumberToken, parse_constant=_refuse_constant)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _brackets(text: bytes | str) -> int:
    if isinstance(text, bytes):
        return text.count(b"[") + text.count(b"{")
    return text.count("[") + text.count("{")


def _is_deeper(value: Any, limit: int) -> bool:
    level = [value] if type(value) in _CONTAINERS else []
    for _ in range(limit):
        children = (parent.values() if type(parent) is dict else parent for parent in level)
        level = [child for child in chain.from_iterable(children) if type(child) in _CONTAINERS]
        if not level:
            return False
    return bool(level)


def compact(value: Any) -> bytes:
    """The value as JSON without blanks, keys in their order."""
    return _encoder.encode(value)


def summary(value: Any) -> str:
    """The compact form, cut to at most 240 bytes at a character boundary, with `...` where it was cut."""
    data = _encoder.encode(value)
    if len(data) <= SUMMARY_BYTES:
        return data.decode()
    return data[:SUMMARY_BYTES].decode(errors="ignore") + "..."


def content_sha256(value: Any) -> str:
    """Hash of the compact form with the keys of every object sorted."""
    return hashlib.sha256(_sorting_encoder.encode(value)).hexdigest()
