"""Which entries of two lists belong together: anchors that are unique on both sides, and `difflib` between them."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

LONGEST_GAP = 2_000
"""Entries between two anchors that are compared each with each; in a longer gap only the beginning and the end are."""


def align(ours: Sequence[str], theirs: Sequence[str]) -> list[tuple[int, int]]:
    """The pairs of places that hold the same entry, in order; no place is used twice."""
    start = _common_start(ours, theirs)
    end = _common_end(ours, theirs, start)
    pairs = [(place, place) for place in range(start)]
    middle = _by_anchors(ours[start : len(ours) - end], theirs[start : len(theirs) - end])
    pairs += [(left + start, right + start) for left, right in middle]
    pairs += [(len(ours) - end + place, len(theirs) - end + place) for place in range(end)]
    return pairs


def _common_start(ours: Sequence[str], theirs: Sequence[str]) -> int:
    count = 0
    for left, right in zip(ours, theirs, strict=False):
        if left != right:
            break
        count += 1
    return count


def _common_end(ours: Sequence[str], theirs: Sequence[str], start: int) -> int:
    most = min(len(ours), len(theirs)) - start
    count = 0
    while count < most and ours[-1 - count] == theirs[-1 - count]:
        count += 1
    return count


def _by_anchors(ours: Sequence[str], theirs: Sequence[str]) -> Iterator[tuple[int, int]]:
    left = right = 0
    for anchor in [*_anchors(ours, theirs), (len(ours), len(theirs))]:
        yield from ((left + a, right + b) for a, b in _gap(ours[left : anchor[0]], theirs[right : anchor[1]]))
        if anchor[0] < len(ours):
            yield anchor
        left, right = anchor[0] + 1, anchor[1] + 1


def _anchors(ours: Sequence[str], theirs: Sequence[str]) -> list[tuple[int, int]]:
    """Entries that stand once on each side, as many of them as follow each other in the same order."""
    counts, other_counts = Counter(ours), Counter(theirs)
    places = {entry: place for place, entry in enumerate(theirs) if other_counts[entry] == 1}
    pairs = [(place, places[entry]) for place, entry in enumerate(ours) if counts[entry] == 1 and entry in places]
    return _longest_rising(pairs)


def _longest_rising(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
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
    found: list[tuple[int, int]] = []
    number = last[-1] if last else -1
    while number >= 0:
        found.append(pairs[number])
        number = before[number]
    return found[::-1]


def _gap(ours: Sequence[str], theirs: Sequence[str]) -> list[tuple[int, int]]:
    if not ours or not theirs:
        return []
    if max(len(ours), len(theirs)) > LONGEST_GAP:
        start = _common_start(ours, theirs)
        end = _common_end(ours, theirs, start)
        first = [(place, place) for place in range(start)]
        return [*first, *((len(ours) - end + place, len(theirs) - end + place) for place in range(end))]
    blocks = SequenceMatcher(None, ours, theirs, autojunk=False).get_matching_blocks()
    return [(block.a + step, block.b + step) for block in blocks for step in range(block.size)]
