"""Looks through payloads one after the other, however large, and counts what is found in each."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import NamedTuple, Protocol, TypeVar

from tui.bundle.payloads.searched_body import WholePlaces, searched_body, searched_pages
from tui.schema.payloads import RawPayloadRef
from tui.source.fault import PayloadFault
from tui.source.search import RecordFinder
from tui.source.source import Payloads

Step = TypeVar("Step")
Read = Callable[[int, int], bytes]
Limited = Callable[[], AbstractContextManager[None]]
"""Bounds the time for one body by raising `TimeoutError` inside."""

_PASSED_AT_ONCE = 500
"""Payloads without a match that are reported together."""

AROUND_BYTES = 100
"""Bytes given before and behind a match."""


class BodyFinder(RecordFinder, Protocol):
    """What is looked for: an expression, whose time is unknown, or a text.

    `window` is the largest body that is taken whole.
    """

    def count(self, body: bytes) -> int:
        """How often it is in a whole body."""
        ...

    def spans(self, body: bytes) -> Iterator[tuple[int, int]]:
        """Where it is in a whole body: start and end of each."""
        ...

    def windows(self, read: Read, size: int) -> Iterator[list[tuple[int, int]]]:
        """Where it is in each window of a large body."""
        ...


class BodyCount(NamedTuple):
    """A payload, or a part of one, was searched.

    `found` are matches since the last count of this payload; `fault` says why it could not be searched. A large payload
    is reported in parts, the last of which `is_done`, each with the bytes at which its matches begin. `passed` payloads
    before this one hold nothing, and are not reported by themselves.
    """

    ref: RawPayloadRef
    found: int
    is_done: bool = True
    fault: PayloadFault | None = None
    starts: array[int] | None = None
    passed: int = 0


class BodyMatch(NamedTuple):
    """A match at byte `start` of a payload, with the bytes around it.

    `start` counts in the whole body, and is None if that cannot be assembled from its parts.
    """

    start: int | None
    before: bytes
    match: bytes
    after: bytes


def count_in_bodies(
    store: Payloads, refs: Iterable[RawPayloadRef], finder: BodyFinder, limited: Limited = nullcontext
) -> Iterator[BodyCount]:
    """Search the payloads in order. A caller who stops asking stops the search, at most one window later."""
    many = store.bulk_counts(finder)
    passed = 0
    is_nowhere_in = many.is_nowhere_in
    for ref in refs:
        found = 0 if is_nowhere_in(ref) else many.count(ref)
        if found == 0 and passed < _PASSED_AT_ONCE:
            passed += 1
            last = ref
            continue
        if passed:
            yield BodyCount(last, 0, passed=passed - 1)
            passed = 0
        if found is None:
            yield from _count_in_body(store, ref, finder, limited)
        else:
            yield BodyCount(ref, found)
    if passed:
        yield BodyCount(last, 0, passed=passed - 1)


def _count_in_body(store: Payloads, ref: RawPayloadRef, finder: BodyFinder, limited: Limited) -> Iterator[BodyCount]:
    body = searched_body(store, ref, finder.window)
    try:
        if isinstance(body, bytes):
            with limited():
                found = finder.count(body)
            yield BodyCount(ref, found)
        elif body.code == "too-large":
            yield from _count_in_windows(store, ref, finder, limited)
        else:
            yield BodyCount(ref, 0, fault=body)
    except TimeoutError:
        yield BodyCount(ref, 0, fault=_too_slow(ref))


def matches_in_body(
    store: Payloads, ref: RawPayloadRef, finder: BodyFinder, limited: Limited = nullcontext
) -> Iterator[BodyMatch | PayloadFault]:
    """Every match in one payload, in order; where it cannot be read, or not be searched to its end, why."""
    body = searched_body(store, ref, finder.window)
    try:
        if isinstance(body, bytes):
            with limited():
                spans = list(finder.spans(body))
            yield from _placed(store, ref, (_match(_reader(body), *span) for span in spans))
        elif body.code == "too-large":
            yield from _placed(store, ref, _matches_in_windows(store, ref, finder, limited))
        else:
            yield body
    except TimeoutError:
        yield _too_slow(ref)


def _placed(
    store: Payloads, ref: RawPayloadRef, matches: Iterable[BodyMatch | PayloadFault]
) -> Iterator[BodyMatch | PayloadFault]:
    """The same matches, with their places in the whole body."""
    places: WholePlaces | None = None
    for match in matches:
        if isinstance(match, BodyMatch) and match.start is not None:
            places = places or WholePlaces(store, ref)
            yield match._replace(start=places.of(match.start))
        else:
            yield match


def match_at(store: Payloads, ref: RawPayloadRef, start: int, end: int) -> BodyMatch | PayloadFault:
    """The bytes from `start` to `end` of what is searched of a payload, as a match with what is around it."""
    pages = searched_pages(store, ref)
    if isinstance(pages, PayloadFault):
        return pages
    with pages:
        return _match(pages.read, start, end)


def _matches_in_windows(
    store: Payloads, ref: RawPayloadRef, finder: BodyFinder, limited: Limited
) -> Iterator[BodyMatch | PayloadFault]:
    pages = searched_pages(store, ref)
    if isinstance(pages, PayloadFault):
        yield pages
        return
    with pages:
        for spans in _limited_steps(finder.windows(pages.read, pages.size), limited):
            yield from (_match(pages.read, *span) for span in spans)
        if pages.fault is not None:
            yield pages.fault


def _reader(body: bytes) -> Read:
    return lambda at, length: body[at : at + length]


def _limited_steps(steps: Iterator[Step], limited: Limited) -> Iterator[Step]:
    """The same steps, each within its time."""
    while True:
        try:
            with limited():
                step = next(steps)
        except StopIteration:
            return
        yield step


def _match(read: Read, start: int, end: int) -> BodyMatch:
    first = max(0, start - AROUND_BYTES)
    around = read(first, end - first + AROUND_BYTES)
    return BodyMatch(start, around[: start - first], around[start - first : end - first], around[end - first :])


def _too_slow(ref: RawPayloadRef) -> PayloadFault:
    return PayloadFault("too-slow", f"{ref.label}: the expression takes too long on it; it was left out")


def _count_in_windows(store: Payloads, ref: RawPayloadRef, finder: BodyFinder, limited: Limited) -> Iterator[BodyCount]:
    pages = searched_pages(store, ref)
    if isinstance(pages, PayloadFault):
        yield BodyCount(ref, 0, fault=pages)
        return
    with pages:
        for spans in _limited_steps(finder.windows(pages.read, pages.size), limited):
            starts = array("Q", (start for start, _ in spans))
            yield BodyCount(ref, len(spans), is_done=False, starts=starts)
        yield BodyCount(ref, 0, fault=pages.fault)
