"""What is searched of a payload: its body, or, where that has parts, its fragments.

A part is a payload of its own and is searched as such: once, and not in each of the prompts that hold it. Fragments are
put on lines of their own, so that no match goes from one into the next.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate

from tui.bundle.fragments import BodyTree, Fragments
from tui.bundle.payload_fault import PayloadFault
from tui.bundle.payload_pages import MemoryPages, PayloadPages
from tui.bundle.payloads import PayloadStore
from tui.schema.payloads import RawPayloadRef

_SEPARATOR = "\n"


def searched_body(store: PayloadStore, ref: RawPayloadRef, limit: int) -> bytes | PayloadFault:
    """All that is searched, or `too-large` if it has more than `limit` bytes."""
    return store.read_joined(ref, _SEPARATOR, limit)


def searched_pages(store: PayloadStore, ref: RawPayloadRef) -> PayloadPages | PayloadFault:
    """Random access to what is searched."""
    if not len(ref.parts):
        return store.pages(ref)
    body = store.read_joined(ref, _SEPARATOR)
    return body if isinstance(body, PayloadFault) else MemoryPages(body)


class WholePlaces:
    """Where the bytes that are searched are in the whole body of one payload."""

    def __init__(self, store: PayloadStore, ref: RawPayloadRef) -> None:
        self._tree: BodyTree | None = None
        self._starts: list[int] = []
        self._has_parts = len(ref.parts) > 0
        if self._has_parts:
            fragments, tree = store.read_fragments(ref), BodyTree(store, ref, 0)
            if isinstance(fragments, Fragments) and tree.fault is None:
                self._starts, self._tree = _starts(fragments), tree

    def of(self, place: int) -> int | None:
        """The place in the whole body; None if that cannot be assembled."""
        if self._tree is None:
            return None if self._has_parts else place
        fragment = bisect_right(self._starts, place) - 1
        return self._tree.fragment_start(fragment) + place - self._starts[fragment]


def _starts(fragments: Fragments) -> list[int]:
    """Where each fragment begins in what is searched."""
    return list(accumulate((len(text) + len(_SEPARATOR) for text in fragments.texts[:-1]), initial=0))
