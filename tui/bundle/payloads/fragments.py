"""Bodies that are made of fragments and of other payloads, their parts (schema 3 notes §3.2).

A body whose reference has parts is a JSON array of strings, one more than there are parts. Its text is fragment, part,
fragment, part, …, fragment; the text of a part is its body, or is assembled in the same way. A few kilobytes can so
stand for more bytes than any machine has: sizes are added up before anything is joined.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from contextlib import suppress
from itertools import accumulate
from typing import Protocol

import msgspec

from tui.schema.parts import DEEPEST_PARTS
from tui.schema.payloads import RawPayloadRef
from tui.source.fault import PayloadFault
from tui.source.fragments import Fragments
from tui.source.pages import PayloadPages

MOST_FRAGMENT_BYTES = 256 << 20
"""Bytes that the fragments of one assembled body may have."""

_MOST_MEANINGS = 8
"""References that give one id different parts, and are still compared. No recorder writes two."""

_fragments_decoder = msgspec.json.Decoder(list[str])


class OwnBodies(Protocol):
    """Bodies as they are recorded, with fragments instead of parts put in."""

    def read_own(self, ref: RawPayloadRef, limit: int) -> bytes | PayloadFault:
        """The whole body; `too-large` if it has more than `limit` bytes."""
        ...

    def own_size(self, ref: RawPayloadRef) -> int | PayloadFault:
        """Bytes of the body."""
        ...

    def read_own_range(self, ref: RawPayloadRef, start: int, length: int) -> bytes | PayloadFault:
        """Bytes of the body from `start` on."""
        ...


def fragments_of(ref: RawPayloadRef, body: bytes) -> Fragments | PayloadFault:
    """The fragments in the recorded `body` of `ref`; a body without parts is its only fragment."""
    if not len(ref.parts):
        return Fragments((body,), ref.parts)
    texts = _texts(ref, body)
    return texts if isinstance(texts, PayloadFault) else Fragments(tuple(map(str.encode, texts)), ref.parts)


def joined_fragments(ref: RawPayloadRef, body: bytes, separator: str) -> bytes | PayloadFault:
    """The fragments in the recorded `body` of `ref` with a separator between them; costs no object a fragment."""
    if not len(ref.parts):
        return body
    texts = _texts(ref, body)
    return texts if isinstance(texts, PayloadFault) else separator.join(texts).encode()


def _texts(ref: RawPayloadRef, body: bytes) -> list[str] | PayloadFault:
    try:
        texts = _fragments_decoder.decode(body)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        found = _texts_inside(body, len(ref.parts) + 1)
        if found is None:
            return PayloadFault("invalid", f"{ref.label}: is not a JSON array of texts, so its parts have no place")
        texts = found
    if len(texts) != len(ref.parts) + 1:
        counts = f"has {len(texts):,} fragments for {len(ref.parts):,} parts, expected {len(ref.parts) + 1:,}"
        return PayloadFault("invalid", f"{ref.label}: {counts}")
    return texts


def _texts_inside(body: bytes, count: int) -> list[str] | None:
    """The only list of `count` texts that an object holds, as another recorder may write it; None for anything else."""
    try:
        members = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
    found: list[list[str]] = []
    for value in members.values():
        with suppress(msgspec.MsgspecError, ValueError, RecursionError):
            found.append(_fragments_decoder.decode(value))
    fits = [texts for texts in found if len(texts) == count]
    return fits[0] if len(fits) == 1 else None


class BodyTree:
    """An assembled body: how large it is and, on demand, its bytes."""

    def __init__(self, bodies: OwnBodies, ref: RawPayloadRef, limit: int) -> None:
        """Look at everything the body is made of; read the parts as well while they have no more than `limit` bytes."""
        self.fault: PayloadFault | None = None
        """Why the body cannot be assembled. Nothing else counts then."""
        self._bodies = bodies
        self._ref = ref
        self._room = limit
        self._fragment_room = MOST_FRAGMENT_BYTES
        self._known: dict[str, list[_NestedPayload]] = {}
        self._root = self._node(ref, 0)

    @property
    def size(self) -> int:
        """Bytes of the whole body."""
        return self._root.size

    def fragment_starts(self) -> Sequence[int]:
        """Where each fragment of the payload itself begins in the whole body."""
        return self._root.piece_starts()[::2]

    def join(self) -> bytes:
        """The whole body; to be asked only if `size` is within the limit that was given."""
        pieces: list[bytes] = []
        self._emit(self._root, pieces)
        return b"".join(pieces)

    def read(self, start: int, end: int) -> bytes | PayloadFault:
        """The bytes from `start` to `end`."""
        pieces: list[bytes] = []
        fault = self._collect(self._root, max(0, start), min(end, self.size), pieces)
        return b"".join(pieces) if fault is None else fault

    def _node(self, ref: RawPayloadRef, depth: int) -> _NestedPayload:
        """The node of a payload; one that is used again is the same, so a few bodies never make many nodes."""
        known = self._known.setdefault(ref.raw_payload_id, [])
        for node in known[:_MOST_MEANINGS]:
            if node.ref is ref or node.ref == ref:
                node.uses += 1
                return node
        node = self._fragmented(ref, depth) if len(ref.parts) else self._leaf(ref)
        known.append(node)
        return node

    def _leaf(self, ref: RawPayloadRef) -> _NestedPayload:
        body = self._bodies.read_own(ref, self._room)
        if isinstance(body, bytes):
            self._room -= len(body)
            return _NestedPayload(ref, len(body), (body,))
        size = self._bodies.own_size(ref) if body.code == "too-large" else body
        if isinstance(size, PayloadFault):
            return self._faulty(ref, size)
        self._room = 0
        return _NestedPayload(ref, size, ())

    def _fragmented(self, ref: RawPayloadRef, depth: int) -> _NestedPayload:
        if depth >= DEEPEST_PARTS:
            return self._faulty(ref, PayloadFault("invalid", f"{ref.label}: has parts within parts, too deep to read"))
        body = self._bodies.read_own(ref, self._fragment_room)
        fragments = body if isinstance(body, PayloadFault) else fragments_of(ref, body)
        if isinstance(fragments, PayloadFault):
            return self._faulty(ref, fragments)
        self._fragment_room -= sum(map(len, fragments.texts))
        children: list[_NestedPayload] = []
        for part in fragments.parts:
            children.append(self._node(part, depth + 1))
            if self.fault is not None:
                break
        size = sum(map(len, fragments.texts)) + sum(child.size for child in children)
        return _NestedPayload(ref, size, fragments.texts, children)

    def _faulty(self, ref: RawPayloadRef, fault: PayloadFault) -> _NestedPayload:
        if self.fault is None:
            is_part = ref is not self._ref
            self.fault = PayloadFault(fault.code, f"{self._ref.label}: part {fault.reason}") if is_part else fault
        return _NestedPayload(ref, 0, ())

    def _emit(self, node: _NestedPayload, pieces: list[bytes]) -> None:
        """Add the bytes of a node. One that is used more than once is joined once, so that no list grows with uses."""
        if node.text is not None:
            pieces.append(node.text)
            return
        own = pieces if node.uses == 1 else []
        own.append(node.texts[0])
        for child, text in zip(node.children, node.texts[1:], strict=True):
            self._emit(child, own)
            own.append(text)
        if own is not pieces:
            node.text = b"".join(own)
            pieces.append(node.text)

    def _collect(self, node: _NestedPayload, start: int, end: int, pieces: list[bytes]) -> PayloadFault | None:
        """Add the bytes of a node from `start` to `end`, and nothing of what lies around."""
        if not node.children:
            piece = node.texts[0][start:end] if node.texts else self._range(node, start, end)
            if isinstance(piece, PayloadFault):
                return piece
            pieces.append(piece)
            return None
        starts = node.piece_starts()
        index = bisect_right(starts, start) - 1
        while index < len(starts) and starts[index] < end:
            low, high = start - starts[index], end - starts[index]
            half, is_part = divmod(index, 2)
            if not is_part:
                pieces.append(node.texts[half][max(0, low) : high])
            elif node.children[half].size:
                child = node.children[half]
                fault = self._collect(child, max(0, low), min(high, child.size), pieces)
                if fault is not None:
                    return fault
            index += 1
        return None

    def _range(self, node: _NestedPayload, start: int, end: int) -> bytes | PayloadFault:
        return self._bodies.read_own_range(node.ref, start, end - start)


class _NestedPayload:
    """A payload within an assembled body."""

    __slots__ = ("_starts", "children", "ref", "size", "text", "texts", "uses")

    def __init__(
        self, ref: RawPayloadRef, size: int, texts: tuple[bytes, ...], children: list[_NestedPayload] | None = None
    ) -> None:
        self.ref = ref
        self.size = size
        """Bytes, those of the parts included."""
        self.texts = texts
        """The fragments, or the body alone; empty if the body was not read."""
        self.children = children or []
        self.uses = 1
        """At how many nodes of the tree it occurs."""
        self.text: bytes | None = None
        """All its bytes, if they were joined."""
        self._starts: list[int] | None = None

    def piece_starts(self) -> list[int]:
        """Where each fragment and each part begins, in turn."""
        if self._starts is None:
            sizes = [len(self.texts[0])]
            for child, text in zip(self.children, self.texts[1:], strict=True):
                sizes += (child.size, len(text))
            self._starts = list(accumulate(sizes[:-1], initial=0))
        return self._starts


class TreePages(PayloadPages):
    """Pages of an assembled body, or of a record, that is too large to be held whole."""

    def __init__(self, tree: BodyTree) -> None:
        super().__init__(tree.size)
        self._tree: BodyTree | None = tree

    def read(self, offset: int, length: int) -> bytes:
        """Return the bytes from `offset` on, at most `length`: fewer at the end, none behind it or once closed."""
        if self._tree is None or offset < 0 or length <= 0 or offset >= self.size:
            return b""
        found = self._tree.read(offset, offset + length)
        if isinstance(found, PayloadFault):
            self.fault = found
            return b""
        return found

    def close(self) -> None:
        """Let everything go."""
        self._tree = None
