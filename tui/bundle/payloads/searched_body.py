"""What is searched of a payload: its body, or, where that has parts, its fragments.

A part is a payload of its own and is searched as such: once, and not in each of the prompts that hold it. Fragments are
put on lines of their own, so that no match goes from one into the next.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

from tui.schema.payloads import RawPayloadRef
from tui.source.fault import PayloadFault
from tui.source.fragments import Fragments
from tui.source.pages import MemoryPages, PayloadPages
from tui.source.source import Payloads

_SEPARATOR = "\n"


def searched_body(store: Payloads, ref: RawPayloadRef, limit: int) -> bytes | PayloadFault:
    """All that is searched, or `too-large` if it has more than `limit` bytes."""
    return store.read_joined(ref, _SEPARATOR, limit)


def searched_pages(store: Payloads, ref: RawPayloadRef) -> PayloadPages | PayloadFault:
    """Random access to what is searched."""
    if not len(ref.parts):
        return store.pages(ref)
    body = store.read_joined(ref, _SEPARATOR)
    return body if isinstance(body, PayloadFault) else MemoryPages(body)


class WholePlaces:
    """Where the bytes that are searched are in the whole body of one payload."""

    def __init__(self, store: Payloads, ref: RawPayloadRef) -> None:
        self._wholes: Sequence[int] | None = None
        self._starts: list[int] = []
        self._has_parts = len(ref.parts) > 0
        if self._has_parts:
            fragments, wholes = store.read_fragments(ref), store.fragment_starts(ref)
            if isinstance(fragments, Fragments) and wholes is not None:
                self._starts, self._wholes = _starts(fragments), wholes

    def of(self, place: int) -> int | None:
        """The place in the whole body; None if that cannot be assembled."""
        if self._wholes is None:
            return None if self._has_parts else place
        fragment = bisect_right(self._starts, place) - 1
        return self._wholes[fragment] + place - self._starts[fragment]


def _starts(fragments: Fragments) -> list[int]:
    """Where each fragment begins in what is searched."""
    return list(accumulate((len(text) + len(_SEPARATOR) for text in fragments.texts[:-1]), initial=0))
