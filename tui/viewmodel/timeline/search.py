"""Search in the timeline: rows by what they say, folded ones too."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tui.model.noderef import NodeRef
from tui.viewmodel.rows.branch import RowNode
from tui.viewmodel.timeline.labels.words import own_text
from tui.viewmodel.timeline.model import TimelineModel
from tui.viewmodel.timeline.runs import members

SLICE = 200
"""Rows looked at between two pauses: about two milliseconds."""


_PLAIN = re.compile(r"(?:\\\W|[\w ])*")
"""An expression that only says letters, one after the other."""


class FoundRow(NamedTuple):
    """A row that matches, its number among all a filter leaves, and whether the search turned over at an end for it."""

    row: NodeRef
    number: int
    has_wrapped: bool


class MatchCount(NamedTuple):
    """How many rows match, and how many of them stand not behind the row that was asked about."""

    here: int
    total: int


class _Rows(NamedTuple):
    """The rows that are searched, what each says once that was asked, and 1 for each that is known not to match.

    A search for a longer text goes on with what one for its beginning ruled out.
    """

    nodes: list[RowNode]
    texts: list[str | None]
    ruled_out: bytearray


class TimelineSearch:
    """Searches the rows of one timeline; remembers what they say, and which of them match, until the timeline changes.

    So a further letter looks at texts and not at the recording, and going on to the next match looks at nothing again.
    Rows that a filter hides do not count.
    """

    def __init__(self, model: TimelineModel) -> None:
        self.model = model
        self._revision: object = None
        self._rows = _Rows([], [], bytearray())
        self._places: dict[RowNode, int] = {}
        self._pattern: re.Pattern[str] | None = None
        self._among: Sequence[int] = ()
        """Numbers of the rows that can match `_pattern`: all, or those that matched a part of it."""
        self._matching: list[int] = []
        """Numbers of the rows that match `_pattern`; all of them once `_is_counted`."""
        self._is_counted = False

    def rows_matching(self, pattern: re.Pattern[str], *, forward: bool) -> Iterator[FoundRow | None]:
        """Yield the rows whose label matches, from the row after the cursor around to the cursor itself.

        Yields None after every slice without a match, so that the caller can do something else in between. The tree
        may change between slices; rows that came since are not looked at.
        """
        self._look(pattern)
        rows = self._rows
        focus = self.model.focus
        start = -1 if focus is None else self._places.get(members(focus)[0], -1)
        if self._is_counted:
            yield from self._known_matches(start, forward=forward)
            return
        found = 0
        for looked, place in enumerate(_in_order(self._among, start, forward=forward), 1):
            if self._matches(pattern, rows, place):
                found += 1
                yield FoundRow(rows.nodes[place].ref, place, _has_wrapped(place, start, forward=forward))
            elif looked % SLICE == 0:
                yield None
        if not found and self._is_still(pattern, rows):
            self._matching, self._is_counted = [], True

    def count(self, pattern: re.Pattern[str], number: int) -> Iterator[MatchCount | None]:
        """Yield None after every slice of rows, and at the end how many match, those up to row `number` apart."""
        self._look(pattern)
        if not self._is_counted:
            rows, matching = self._rows, []
            for looked, place in enumerate(self._among, 1):
                if self._matches(pattern, rows, place):
                    matching.append(place)
                if looked % SLICE == 0:
                    yield None
            if self._is_still(pattern, rows):
                self._matching, self._is_counted = matching, True
        else:
            matching = self._matching
        yield MatchCount(bisect_right(matching, number), len(matching))

    def _look(self, pattern: re.Pattern[str]) -> None:
        """Begin again if the timeline changed; forget the matches of another pattern."""
        if self._revision != self.model.revision:
            self._revision = self.model.revision
            nodes = [node for node in self.model.tree.rows.walk() if node.is_shown and not node.is_run]
            self._rows = _Rows(nodes, [None] * len(nodes), bytearray(len(nodes)))
            self._places = {node: place for place, node in enumerate(nodes)}
            self._pattern = None
        if pattern != self._pattern:
            is_narrower = self._pattern is not None and _narrows(pattern, self._pattern)
            count = len(self._rows.nodes)
            self._among = self._matching if is_narrower and self._is_counted else range(count)
            if not is_narrower:
                self._rows = self._rows._replace(ruled_out=bytearray(count))
            self._pattern, self._matching, self._is_counted = pattern, [], False

    def _is_still(self, pattern: re.Pattern[str], rows: _Rows) -> bool:
        """Whether this is searched for in the same rows, or another search has begun meanwhile."""
        return pattern == self._pattern and rows is self._rows

    def _matches(self, pattern: re.Pattern[str], rows: _Rows, place: int) -> bool:
        """Whether a row matches; one that did not match a part of the pattern is not looked at again."""
        if rows.ruled_out[place]:
            return False
        if pattern.search(self._text(rows, place)) is not None:
            return True
        rows.ruled_out[place] = 1
        return False

    def _text(self, rows: _Rows, place: int) -> str:
        text = rows.texts[place]
        if text is None:
            text = rows.texts[place] = own_text(self.model.face(rows.nodes[place].ref).label)
        return text

    def _known_matches(self, start: int, *, forward: bool) -> Iterator[FoundRow]:
        """The matches in the order in which a search from row `start` meets them."""
        nodes = self._rows.nodes
        for place in _in_order(self._matching, start, forward=forward):
            yield FoundRow(nodes[place].ref, place, _has_wrapped(place, start, forward=forward))


def _in_order(places: Sequence[int], start: int, *, forward: bool) -> Iterator[int]:
    """Places in the order in which a search from row `start` meets them: around the end, to the start itself."""
    if forward:
        first = bisect_right(places, start)
        order = (range(first, len(places)), range(first))
    else:
        last = bisect_left(places, max(0, start))
        order = (range(last - 1, -1, -1), range(len(places) - 1, last - 1, -1))
    return (places[position] for part in order for position in part)


def _has_wrapped(place: int, start: int, *, forward: bool) -> bool:
    return place <= start if forward else place >= start


def _narrows(pattern: re.Pattern[str], before: re.Pattern[str]) -> bool:
    """Whether what matches must match `before`, too: a text with further letters, written without alternatives."""
    is_longer = pattern.flags == before.flags and pattern.pattern.startswith(before.pattern)
    return is_longer and _PLAIN.fullmatch(pattern.pattern) is not None and _PLAIN.fullmatch(before.pattern) is not None
