"""Looks through payload files one after the other, however large, and counts what is found in each."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import NamedTuple, Protocol, TypeVar

from tui.bundle.payloads import PayloadFault, PayloadStore
from tui.schema.payloads import RawPayloadRef

Step = TypeVar("Step")
Read = Callable[[int, int], bytes]
Limited = Callable[[], AbstractContextManager[None]]
"""Bounds the time for one body by raising `TimeoutError` inside."""

AROUND_BYTES = 100
"""Bytes given before and behind a match."""


class BodyFinder(Protocol):
    """What is looked for. `window` is the largest body that is taken whole."""

    window: int

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

    `found` are matches since the last count of this payload; `size` are the bytes of its file, None if it cannot be
    read, and then `fault` says why. A large payload is told in parts, the last of which `is_done`, each with the bytes
    at which its matches begin.
    """

    ref: RawPayloadRef
    found: int
    size: int | None
    is_done: bool = True
    fault: PayloadFault | None = None
    starts: array[int] | None = None


class BodyMatch(NamedTuple):
    """A match at byte `start` of a payload, with the bytes around it."""

    start: int
    before: bytes
    match: bytes
    after: bytes


def count_in_bodies(
    store: PayloadStore, refs: Iterable[RawPayloadRef], finder: BodyFinder, limited: Limited = nullcontext
) -> Iterator[BodyCount]:
    """Search the files in order. Whoever stops asking stops the search, at most one window later."""
    for ref in refs:
        body = store.read_once(ref, finder.window)
        try:
            if isinstance(body, bytes):
                with limited():
                    found = finder.count(body)
                yield BodyCount(ref, found, len(body))
            elif body.code == "too-large":
                yield from _count_in_windows(store, ref, finder, limited)
            else:
                yield BodyCount(ref, 0, None, fault=body)
        except TimeoutError:
            yield BodyCount(ref, 0, None, fault=_too_slow(ref))


def matches_in_body(
    store: PayloadStore, ref: RawPayloadRef, finder: BodyFinder, limited: Limited = nullcontext
) -> Iterator[BodyMatch | PayloadFault]:
    """Every match in one file, in order; where it cannot be read, or not be searched to its end, why."""
    body = store.read_once(ref, finder.window)
    try:
        if isinstance(body, bytes):
            with limited():
                spans = list(finder.spans(body))
            yield from (_match(_reader(body), *span) for span in spans)
        elif body.code == "too-large":
            yield from _matches_in_windows(store, ref, finder, limited)
        else:
            yield body
    except TimeoutError:
        yield _too_slow(ref)


def match_at(store: PayloadStore, ref: RawPayloadRef, start: int, end: int) -> BodyMatch | PayloadFault:
    """The bytes from `start` to `end` of a file, as a match with what stands around it."""
    pages = store.pages(ref)
    if isinstance(pages, PayloadFault):
        return pages
    with pages:
        return _match(pages.read, start, end)


def _matches_in_windows(
    store: PayloadStore, ref: RawPayloadRef, finder: BodyFinder, limited: Limited
) -> Iterator[BodyMatch | PayloadFault]:
    pages = store.pages(ref)
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


def _count_in_windows(
    store: PayloadStore, ref: RawPayloadRef, finder: BodyFinder, limited: Limited
) -> Iterator[BodyCount]:
    pages = store.pages(ref)
    if isinstance(pages, PayloadFault):
        yield BodyCount(ref, 0, None, fault=pages)
        return
    with pages:
        for spans in _limited_steps(finder.windows(pages.read, pages.size), limited):
            starts = array("Q", (start for start, _ in spans))
            yield BodyCount(ref, len(spans), pages.size, is_done=False, starts=starts)
        yield BodyCount(ref, 0, pages.size, fault=pages.fault)
