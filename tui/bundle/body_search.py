"""Looks through payloads one after the other, however large, and counts what is found in each."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import NamedTuple, Protocol, TypeVar

from tui.bundle.payloads import PayloadFault, PayloadStore
from tui.bundle.searched_body import WholePlaces, searched_body, searched_pages
from tui.bundle.shards.shard import Stretch
from tui.schema.payloads import RawPayloadRef

Step = TypeVar("Step")
Read = Callable[[int, int], bytes]
Limited = Callable[[], AbstractContextManager[None]]
"""Bounds the time for one body by raising `TimeoutError` inside."""

AROUND_BYTES = 100
"""Bytes given before and behind a match."""


class BodyFinder(Protocol):
    """What is looked for: an expression, whose time cannot be told, or a text.

    `window` is the largest body that is taken whole.
    """

    window: int
    is_regex: bool

    def count(self, body: bytes) -> int:
        """How often it is in a whole body."""
        ...

    def counts(self, data: bytes, places: Iterable[tuple[int, int]]) -> list[int]:
        """How often it is in each of many bodies, which are at these places of `data`, from start to end."""
        ...

    def spans(self, body: bytes) -> Iterator[tuple[int, int]]:
        """Where it is in a whole body: start and end of each."""
        ...

    def windows(self, read: Read, size: int) -> Iterator[list[tuple[int, int]]]:
        """Where it is in each window of a large body."""
        ...


class BodyCount(NamedTuple):
    """A payload, or a part of one, was searched.

    `found` are matches since the last count of this payload; `size` are the bytes searched, None if they cannot be
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
    """A match at byte `start` of a payload, with the bytes around it.

    `start` counts in the whole body, and is None if that cannot be assembled from its parts.
    """

    start: int | None
    before: bytes
    match: bytes
    after: bytes


def count_in_bodies(
    store: PayloadStore, refs: Iterable[RawPayloadRef], finder: BodyFinder, limited: Limited = nullcontext
) -> Iterator[BodyCount]:
    """Search the payloads in order. Whoever stops asking stops the search, at most one window later."""
    shards = _ShardCounts(store, finder)
    for ref in refs:
        counted = shards.count(ref)
        if counted is not None:
            yield counted
            continue
        body = searched_body(store, ref, finder.window)
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


class _ShardCounts:
    """Counts a text in the records of shards, many at a time: most records are small, and the text is in few."""

    def __init__(self, store: PayloadStore, finder: BodyFinder) -> None:
        self._store = store
        self._finder = finder
        self._shard: int | None = None
        self._searched = 0
        """Records of that shard that are searched."""
        self._found: dict[bytes, tuple[int | None, int]] = {}
        """By id: matches, None in a body that is larger than the window, and bytes of the body."""

    def count(self, ref: RawPayloadRef) -> BodyCount | None:
        """What was found in a record; None for everything that must be searched by itself."""
        if ref.shard is None or len(ref.parts) or self._finder.is_regex:
            return None
        if ref.shard != self._shard:
            self._shard, self._searched, self._found = ref.shard, 0, {}
        record_id = ref.raw_payload_id.encode("utf-8", "surrogatepass")
        while record_id not in self._found:
            stretch = self._store.shards.stretch(ref.shard, self._searched, self._finder.window)
            if stretch is None or isinstance(stretch, PayloadFault):
                return None
            self._take(stretch)
        found, size = self._found[record_id]
        return None if found is None else BodyCount(ref, found, size)

    def _take(self, stretch: Stretch) -> None:
        records = stretch.records
        self._searched += len(records)
        if not stretch.data:
            self._found.update((record_id, (None, place.length)) for record_id, place in records.items())
            return
        counts = self._finder.counts(
            stretch.data, [(place.offset, place.offset + place.length) for place in records.values()]
        )
        for (record_id, place), found in zip(records.items(), counts, strict=True):
            self._found[record_id] = (found, place.length)


def matches_in_body(
    store: PayloadStore, ref: RawPayloadRef, finder: BodyFinder, limited: Limited = nullcontext
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
    store: PayloadStore, ref: RawPayloadRef, matches: Iterable[BodyMatch | PayloadFault]
) -> Iterator[BodyMatch | PayloadFault]:
    """The same matches, with their places in the whole body."""
    places: WholePlaces | None = None
    for match in matches:
        if isinstance(match, BodyMatch) and match.start is not None:
            places = places or WholePlaces(store, ref)
            yield match._replace(start=places.of(match.start))
        else:
            yield match


def match_at(store: PayloadStore, ref: RawPayloadRef, start: int, end: int) -> BodyMatch | PayloadFault:
    """The bytes from `start` to `end` of what is searched of a payload, as a match with what is around it."""
    pages = searched_pages(store, ref)
    if isinstance(pages, PayloadFault):
        return pages
    with pages:
        return _match(pages.read, start, end)


def _matches_in_windows(
    store: PayloadStore, ref: RawPayloadRef, finder: BodyFinder, limited: Limited
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


def _count_in_windows(
    store: PayloadStore, ref: RawPayloadRef, finder: BodyFinder, limited: Limited
) -> Iterator[BodyCount]:
    pages = searched_pages(store, ref)
    if isinstance(pages, PayloadFault):
        yield BodyCount(ref, 0, None, fault=pages)
        return
    with pages:
        for spans in _limited_steps(finder.windows(pages.read, pages.size), limited):
            starts = array("Q", (start for start, _ in spans))
            yield BodyCount(ref, len(spans), pages.size, is_done=False, starts=starts)
        yield BodyCount(ref, 0, pages.size, fault=pages.fault)
