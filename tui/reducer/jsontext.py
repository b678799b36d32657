"""JSON the way the format's reference keeps it: number tokens, key order, compact text (reduced model §5.2)."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec

SUMMARY_BYTES = 240
"""Longest summary of a JSON value, in bytes of UTF-8, before it is cut."""

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
    raise TypeError(f"{type(value).__name__} is no JSON value")


_decoder = msgspec.json.Decoder(float_hook=NumberToken)
_encoder = msgspec.json.Encoder(enc_hook=_encode_token)
_sorting_encoder = msgspec.json.Encoder(enc_hook=_encode_token, order="deterministic")


def parse(data: bytes | str | msgspec.Raw) -> Any:
    """Decode any JSON; numbers that are not integers become `NumberToken`. Raises one of `BAD_JSON`."""
    return _decoder.decode(data)


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
