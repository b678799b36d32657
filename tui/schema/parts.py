"""Reads the lists of parts in the event lines of one log, which repeat each other nearly whole (schema 3 notes §9)."""

from __future__ import annotations

import msgspec

from tui.schema.payloads import NO_PARTS, PartList, RawPayloadRef
from tui.schema.sequence import SharedSequence

DEEPEST_PARTS = 64
"""How deep parts may hold parts; an event line cannot nest them deeper (schema 3 notes §3.1)."""

_pieces_decoder = msgspec.json.Decoder(list[msgspec.Raw])
_ref_decoder = msgspec.json.Decoder(RawPayloadRef)


class _Known:
    """A list of parts as it was in a line: its text, and where in it each part ends."""

    __slots__ = ("ends", "parts", "text")

    def __init__(self, text: bytes, ends: list[int], parts: PartList) -> None:
        self.text = text
        self.ends = ends
        self.parts = parts

    def common_parts(self, text: bytes) -> int:
        """How many leading parts stand in `text` in the same words."""
        if self.ends and text.startswith(self.text[: self.ends[-1]]):
            return len(self.ends)
        low, high = 0, len(self.ends)
        while low < high:
            middle = (low + high + 1) // 2
            if text.startswith(self.text[: self.ends[middle - 1]]):
                low = middle
            else:
                high = middle - 1
        return low


class PartLists:
    """Makes the lists of parts of one log, to be given its lines in order by one thread.

    A list is read as far as it differs from the one before it of the same `stream`: the objects that both name are
    the same ones, so memory and time follow what is new. `msgspec.DecodeError` and `msgspec.ValidationError` are
    raised for what is not a list of references.
    """

    def __init__(self) -> None:
        self._known: dict[str, _Known] = {}

    def read(self, raw: bytes, stream: str) -> PartList:
        """The parts that the JSON array `raw` lists; an empty one is `NO_PARTS`."""
        known = self._known.get(stream)
        shared = known.common_parts(raw) if known is not None else 0
        if known is not None and shared:
            kept, ends = known.parts.prefix(shared), known.ends[:shared]
            pieces = _following(raw, ends[-1])
        else:
            kept, ends = SharedSequence(), []
            pieces = _pieces_decoder.decode(raw)
        parts = kept.extended(_resolved(_ref_decoder.decode(piece), 1) for piece in pieces)
        self._remember(stream, _Known(raw, ends + _ends(pieces, ends[-1] + 1 if ends else 1), parts))
        return parts if len(parts) else NO_PARTS

    def _remember(self, stream: str, read: _Known) -> None:
        """Keep a list to compare the next one with, unless blanks stand in it: then its parts are elsewhere."""
        if read.ends and read.ends[-1] + 1 == len(read.text):
            self._known[stream] = read
        else:
            self._known.pop(stream, None)


def _ends(pieces: list[msgspec.Raw], start: int) -> list[int]:
    """Where each piece ends if the first begins at `start` and a comma is between them."""
    ends = []
    for piece in pieces:
        start += len(memoryview(piece))
        ends.append(start)
        start += 1
    return ends


def _following(raw: bytes, end: int) -> list[msgspec.Raw]:
    """The parts behind the one that ends at `end`."""
    rest = raw[end:].lstrip()
    return _pieces_decoder.decode(b"[" + rest.removeprefix(b","))


def _resolved(ref: RawPayloadRef, depth: int) -> RawPayloadRef:
    """The reference with its own parts as a list; these are few, and read as they are."""
    raw: object = ref.parts
    if raw is NO_PARTS:
        return ref
    if depth > DEEPEST_PARTS:
        raise msgspec.ValidationError("parts hold parts too deeply")
    pieces = _pieces_decoder.decode(bytes(raw))  # type: ignore[call-overload]  # raw JSON as long as nobody resolved it
    inner = [_resolved(_ref_decoder.decode(piece), depth + 1) for piece in pieces]
    msgspec.structs.force_setattr(ref, "parts", SharedSequence(inner) if inner else NO_PARTS)
    return ref


def resolve_parts(refs: list[RawPayloadRef], lists: PartLists, stream: str) -> None:
    """Make lists of the parts of the references of one event, which have just been decoded and still hold JSON."""
    for ref in refs:
        raw: object = ref.parts
        if raw is not NO_PARTS:
            parts = lists.read(bytes(raw), f"{stream}:{ref.kind.type}")  # type: ignore[call-overload]  # raw JSON so far
            msgspec.structs.force_setattr(ref, "parts", parts)
