"""Which words of two texts differ. What the rules of a comparison ignore is shown, and is not a difference."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from tui.analysis.compare.normal import RULES, Normal, normal_text

MOST_WORDS = 1_500
"""Words between the common beginning and the common end that are compared each with each."""

MOST_CHARACTERS = 200_000
"""How much of a text is looked at."""

_WORD = re.compile(rf"‹(?:{'|'.join(map(re.escape, RULES))})›|\w+|\s+|.", re.DOTALL)
_IGNORED = re.compile(rf"‹({'|'.join(map(re.escape, RULES))})›")


class Piece(NamedTuple):
    """A stretch of a text, and whether the other text has something else there."""

    text: str
    differs: bool


def word_diff(ours: str, theirs: str, *, exact: bool = False) -> tuple[list[Piece], list[Piece]]:
    """Both texts in pieces. Costs a bounded time, however long they are. With `exact`, the rules ignore nothing."""
    as_compared = Normal if exact else normal_text
    normal = (as_compared(ours[:MOST_CHARACTERS]), as_compared(theirs[:MOST_CHARACTERS]))
    words = [_WORD.findall(one.text) for one in normal]
    changes = _changes(*words)
    pieces = []
    for side, (text, found) in enumerate(zip(normal, words, strict=True)):
        shown = list(_as_written(text, found))
        pieces.append(list(_pieces(shown, [change[side] for change in changes])))
    return pieces[0], pieces[1]


def _changes(ours: Sequence[str], theirs: Sequence[str]) -> list[tuple[slice, slice]]:
    """The stretches of words that differ, on both sides; either may be empty."""
    most = min(len(ours), len(theirs))
    start = next((place for place in range(most) if ours[place] != theirs[place]), most)
    end = next((place for place in range(most - start) if ours[-1 - place] != theirs[-1 - place]), most - start)
    left, right = ours[start : len(ours) - end], theirs[start : len(theirs) - end]
    if not left and not right:
        return []
    if max(len(left), len(right)) > MOST_WORDS:
        return [(slice(start, len(ours) - end), slice(start, len(theirs) - end))]
    found = SequenceMatcher(None, left, right, autojunk=False).get_opcodes()
    return [(slice(a + start, b + start), slice(c + start, d + start)) for tag, a, b, c, d in found if tag != "equal"]


def _as_written(text: Normal, words: Sequence[str]) -> Iterator[str]:
    """The words with what the rules took out put back."""
    taken: defaultdict[str, list[str]] = defaultdict(list)
    for name, value in reversed(text.taken):
        taken[name].append(value)
    for word in words:
        match = _IGNORED.fullmatch(word)
        yield taken[match[1]].pop() if match is not None and taken[match[1]] else word


def _pieces(words: Sequence[str], changes: Sequence[slice]) -> Iterator[Piece]:
    place = 0
    for change in changes:
        if change.start > place:
            yield Piece("".join(words[place : change.start]), differs=False)
        if change.stop > change.start:
            yield Piece("".join(words[change]), differs=True)
        place = change.stop
    if place < len(words):
        yield Piece("".join(words[place:]), differs=False)
