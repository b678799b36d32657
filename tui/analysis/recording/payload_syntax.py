"""Whether a payload's bytes are JSON, by the rule that the format has for payloads nobody reads (reducer rules §12).

Syntax only: any depth of nesting and lone surrogate escapes pass, which the usual decoders refuse. So bytes that the
fast decoder does not take get a second, iterative look.
"""

from __future__ import annotations

import re

import msgspec

from tui.schema.encoding import MARK, UTF16_REASON, is_utf16

MOST_NESTED = 127
"""Deepest nesting in a payload that is read for the graph (reducer rules §1)."""

_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_OPENING = frozenset(b"[{")
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))

_fast_decoder = msgspec.json.Decoder(msgspec.Raw)

_TOKEN = re.compile(
    rb"[ \t\r\n]*+(?:"
    rb"(?P<open>[\[{])|(?P<close>[\]}])|(?P<comma>,)|(?P<colon>:)"
    rb'|(?P<string>"(?:[^"\\\x00-\x1f]++|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*+")'
    rb"|(?P<scalar>(?:-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?+(?:[eE][+-]?[0-9]++)?+|true|false|null)(?![0-9A-Za-z.+-]))"
    rb"|(?P<end>\Z))"
)

_CLOSING = {b"[": b"]", b"{": b"}"}

_AFTER_OPENING = {b"[": frozenset({"open", "string", "scalar", "close"}), b"{": frozenset({"string", "close"})}
_VALUE = frozenset({"open", "string", "scalar"})
_KEY = frozenset({"string"})
_COLON = frozenset({"colon"})
_NEXT = frozenset({"comma", "close"})
_END = frozenset({"end"})


def json_fault(data: bytes) -> str | None:
    """What keeps `data` from being JSON in UTF-8, in words, or None if it is."""
    if is_utf16(data):
        return UTF16_REASON
    if data.startswith(MARK):
        return "not JSON: it begins with a byte order mark (BOM)"
    try:
        data.decode()
    except UnicodeDecodeError as error:
        return f"not UTF-8: byte 0x{data[error.start]:02x} at offset {error.start}"
    try:
        _fast_decoder.decode(data)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        place = _first_fault(data)
        return None if place is None else _explain(data, place, str(error))
    return None


def depth_fault(data: bytes) -> str | None:
    """What a reader that takes at most `MOST_NESTED` nested arrays and objects says of the JSON `data`, or None."""
    if data.count(b"[") + data.count(b"{") <= MOST_NESTED:
        return None
    depth = deepest = 0
    for bracket in _brackets(data):
        depth += 1 if bracket in _OPENING else -1
        deepest = max(deepest, depth)
    return f"{deepest:,} nested arrays and objects, at most {MOST_NESTED} are read" if deepest > MOST_NESTED else None


def _brackets(data: bytes) -> bytes:
    """The brackets of the JSON `data` that stand outside of strings."""
    return _STRING.sub(b"", data).translate(None, _NO_BRACKETS)


def _explain(data: bytes, place: int, reason: str) -> str:
    if not data.strip():
        return "empty"
    if place >= len(data.rstrip()):
        return f"not JSON: it ends in the middle, after {len(data)} bytes"
    if "byte" in reason:
        return f"not JSON: {reason.removeprefix('JSON is malformed: ')}"
    return f"not JSON at offset {place}"


def _first_fault(data: bytes) -> int | None:
    """Offset of the first token that JSON does not allow in its place; None if there is none."""
    containers: list[bytes] = []
    allowed = _VALUE
    in_key = False
    position = 0
    while True:
        token = _TOKEN.match(data, position)
        if token is None or token.lastgroup not in allowed:
            return position
        position = token.end()
        group = token.lastgroup
        if group == "end":
            return None
        if group == "open":
            containers.append(token[group])
            allowed = _AFTER_OPENING[token[group]]
        elif group == "close" and token[group] != _CLOSING[containers.pop()]:
            return position - 1
        elif group == "comma":
            allowed = _KEY if containers[-1] == b"{" else _VALUE
        elif group == "colon":
            allowed = _VALUE
        elif group == "string" and in_key:
            allowed = _COLON
        else:
            allowed = _NEXT if containers else _END
        in_key = bool(containers) and containers[-1] == b"{" and group in ("open", "comma")
