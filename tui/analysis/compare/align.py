"""Which entries of two lists belong together: anchors that are unique on both sides, and `difflib` between them.

The answer does not depend on which list comes first, and the work is bound however often entries repeat.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Generator, Hashable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any, TypeVar

MOST_CANDIDATES = 40_000
"""Pairs of equal entries between two anchors that `difflib` may look at; with more, only few changes are looked for."""

MOST_CHANGES = 60
"""Entries of one side only, in a stretch that is too much for `difflib`; with more, only its ends are compared.

The work is at most twice this many times the length of the stretch.
"""

ENTRIES_PER_STEP = 2_000
"""Entries that are looked at between two key presses: a millisecond."""

Entry = TypeVar("Entry", bound=Hashable)
Pair = tuple[int, int]


def align(ours: Sequence[Entry], theirs: Sequence[Entry]) -> list[Pair]:
    """The pairs of places that hold the same entry, in order; no place is used twice."""
    steps = align_in_steps(ours, theirs)
    while True:
        try:
            next(steps)
        except StopIteration as done:
            pairs: list[Pair] = done.value
            return pairs


def align_in_steps(ours: Sequence[Any], theirs: Sequence[Any]) -> Generator[None, None, list[Pair]]:
    """The same in short steps; the pairs are what the generator returns."""
    start = yield from _common_start(ours, theirs)
    end = yield from _common_end(ours, theirs, start)
    pairs = [(place, place) for place in range(start)]
    left, right = ours[start : len(ours) - end], theirs[start : len(theirs) - end]
    middle = yield from _middle(left, right)
    pairs += [(one + start, other + start) for one, other in middle]
    pairs += [(len(ours) - end + place, len(theirs) - end + place) for place in range(end)]
    return pairs


def _middle(ours: Sequence[Any], theirs: Sequence[Any]) -> Generator[None, None, list[Pair]]:
    """Among equally good answers the one is taken that the smaller list, as the first one, leads to."""
    if not ours or not theirs:
        return []
    if (len(theirs), list(theirs)) < (len(ours), list(ours)):
        turned = yield from _by_anchors(theirs, ours)
        return [(left, right) for right, left in turned]
    return (yield from _by_anchors(ours, theirs))


def _common_start(ours: Sequence[Any], theirs: Sequence[Any]) -> Generator[None, None, int]:
    count = 0
    for left, right in zip(ours, theirs, strict=False):
        if left != right:
            break
        count += 1
        if count % ENTRIES_PER_STEP == 0:
            yield
    return count


def _common_end(ours: Sequence[Any], theirs: Sequence[Any], start: int) -> Generator[None, None, int]:
    most = min(len(ours), len(theirs)) - start
    count = 0
    while count < most and ours[-1 - count] == theirs[-1 - count]:
        count += 1
        if count % ENTRIES_PER_STEP == 0:
            yield
    return count


def _by_anchors(ours: Sequence[Any], theirs: Sequence[Any]) -> Generator[None, None, list[Pair]]:
    found: list[Pair] = []
    left = right = 0
    anchors = yield from _anchors(ours, theirs)
    for anchor in [*anchors, (len(ours), len(theirs))]:
        if anchor[0] > left and anchor[1] > right:
            pairs = yield from _gap(ours[left : anchor[0]], theirs[right : anchor[1]])
            found += [(left + a, right + b) for a, b in pairs]
            yield
        if anchor[0] < len(ours):
            found.append(anchor)
        left, right = anchor[0] + 1, anchor[1] + 1
    return found


def _anchors(ours: Sequence[Any], theirs: Sequence[Any]) -> Generator[None, None, list[Pair]]:
    """Entries that are there once on each side, as many of them as follow each other in the same order."""
    counts, other_counts = Counter(ours), Counter(theirs)
    yield
    places = {entry: place for place, entry in enumerate(theirs) if other_counts[entry] == 1}
    pairs = [(place, places[entry]) for place, entry in enumerate(ours) if counts[entry] == 1 and entry in places]
    yield
    return (yield from _longest_rising(pairs))


def _longest_rising(pairs: list[Pair]) -> Generator[None, None, list[Pair]]:
    """The longest run of pairs, which rise on the left, that rises on the right, too."""
    ends: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for number, (_, right) in enumerate(pairs):
        place = bisect_left(ends, right)
        before.append(last[place - 1] if place else -1)
        if place == len(ends):
            ends.append(right)
            last.append(number)
        else:
            ends[place], last[place] = right, number
        if number % ENTRIES_PER_STEP == ENTRIES_PER_STEP - 1:
            yield
    found: list[Pair] = []
    number = last[-1] if last else -1
    while number >= 0:
        found.append(pairs[number])
        number = before[number]
    return found[::-1]


def _gap(ours: Sequence[Any], theirs: Sequence[Any]) -> Generator[None, None, list[Pair]]:
    counts, other_counts = Counter(ours), Counter(theirs)
    candidates = sum(count * other_counts[entry] for entry, count in counts.items())
    if not candidates:
        return []
    if candidates > MOST_CANDIDATES:
        pairs = yield from _with_few_changes(ours, theirs)
        return list(_ends(ours, theirs)) if pairs is None else pairs
    blocks = SequenceMatcher(None, ours, theirs, autojunk=False).get_matching_blocks()
    return [(block.a + step, block.b + step) for block in blocks for step in range(block.size)]


def _with_few_changes(ours: Sequence[Any], theirs: Sequence[Any]) -> Generator[None, None, list[Pair] | None]:
    """The pairs that leave the fewest entries alone, None if those are more than `MOST_CHANGES` (Myers 1986).

    `furthest[k]`: how far the first list can be followed on diagonal k, which is place minus other place.
    """
    furthest = {1: 0}
    history: list[dict[int, int]] = []
    for changes in range(MOST_CHANGES + 1):
        history.append(dict(furthest))
        for diagonal in range(-changes, changes + 1, 2):
            place = _step(furthest, diagonal, changes)
            while place < len(ours) and place - diagonal < len(theirs) and ours[place] == theirs[place - diagonal]:
                place += 1
            furthest[diagonal] = place
            if place >= len(ours) and place - diagonal >= len(theirs):
                return _walked_back(history, len(ours), len(theirs))
        yield
    return None


def _is_from_above(furthest: Mapping[int, int], diagonal: int, changes: int) -> bool:
    """Whether one more change leads to a diagonal from the one above it, since that is further on."""
    if diagonal in (-changes, changes):
        return diagonal == -changes
    return furthest[diagonal - 1] < furthest[diagonal + 1]


def _step(furthest: Mapping[int, int], diagonal: int, changes: int) -> int:
    """Where a diagonal begins that is reached by one more change."""
    is_from_above = _is_from_above(furthest, diagonal, changes)
    return furthest[diagonal + 1] if is_from_above else furthest[diagonal - 1] + 1


def _walked_back(history: Sequence[Mapping[int, int]], place: int, other: int) -> list[Pair]:
    """The pairs on the way that led to the end of both lists."""
    found: list[Pair] = []
    for changes in range(len(history) - 1, -1, -1):
        diagonal = place - other
        start = _step(history[changes], diagonal, changes)
        while place > start:
            place, other = place - 1, other - 1
            found.append((place, other))
        is_from_above = _is_from_above(history[changes], diagonal, changes)
        place, other = (place, other - 1) if is_from_above else (place - 1, other)
    return found[::-1]


def _ends(ours: Sequence[Any], theirs: Sequence[Any]) -> Iterator[Pair]:
    most = min(len(ours), len(theirs))
    start = next((place for place in range(most) if ours[place] != theirs[place]), most)
    end = next((place for place in range(most - start) if ours[-1 - place] != theirs[-1 - place]), most - start)
    yield from ((place, place) for place in range(start))
    yield from ((len(ours) - end + place, len(theirs) - end + place) for place in range(end))
