"""Search in the timeline: rows by what they say, folded ones too."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from tui.model.noderef import NodeRef
from tui.viewmodel.rows.branch import RowNode
from tui.viewmodel.timeline.labels.words import own_text
from tui.viewmodel.timeline.model import TimelineModel
from tui.viewmodel.timeline.runs import members

SLICE = 200
"""Rows looked at between two pauses: about two milliseconds."""


class FoundRow(NamedTuple):
    """A row that matches, its number among all a filter leaves, and whether the search turned over at an end for it."""

    row: NodeRef
    number: int
    has_wrapped: bool


class MatchCount(NamedTuple):
    """How many rows match, and how many of them stand not behind the row that was asked about."""

    here: int
    total: int


class TimelineSearch:
    """Searches the rows of one timeline; remembers what they say, and which of them match, until the timeline changes.

    So a further letter looks at texts and not at the recording, and going on to the next match looks at nothing again.
    Rows that a filter hides do not count.
    """

    def __init__(self, model: TimelineModel) -> None:
        self.model = model
        self._revision: object = None
        self._nodes: list[RowNode] = []
        self._places: dict[RowNode, int] = {}
        self._texts: list[str | None] = []
        self._pattern: re.Pattern[str] | None = None
        self._matching: list[int] = []
        """Numbers of the rows that match `_pattern`; all of them once `_is_counted`."""
        self._is_counted = False

    def rows_matching(self, pattern: re.Pattern[str], *, forward: bool) -> Iterator[FoundRow | None]:
        """Yield the rows whose label matches, from the row after the cursor around to the cursor itself.

        Yields None after every slice without a match, so that the caller can do something else in between. The tree
        may change between slices; rows that came since are not looked at.
        """
        self._look(pattern)
        nodes, texts = self._nodes, self._texts
        focus = self.model.focus
        start = -1 if focus is None else self._places.get(members(focus)[0], -1)
        if self._is_counted:
            yield from self._known_matches(nodes, start, forward=forward)
            return
        step = 1 if forward else -1
        for distance in range(1, len(nodes) + 1):
            number = start + step * distance
            place = number % len(nodes)
            if pattern.search(self._text(nodes, texts, place)) is not None:
                yield FoundRow(nodes[place].ref, place, not 0 <= number < len(nodes))
            elif distance % SLICE == 0:
                yield None

    def count(self, pattern: re.Pattern[str], number: int) -> Iterator[MatchCount | None]:
        """Yield None after every slice of rows, and at the end how many match, those up to row `number` apart."""
        self._look(pattern)
        if not self._is_counted:
            nodes, texts, matching = self._nodes, self._texts, []
            for place in range(len(nodes)):
                if pattern.search(self._text(nodes, texts, place)) is not None:
                    matching.append(place)
                if place % SLICE == SLICE - 1:
                    yield None
            if pattern == self._pattern and nodes is self._nodes:
                self._matching, self._is_counted = matching, True
        else:
            matching = self._matching
        yield MatchCount(bisect_right(matching, number), len(matching))

    def _look(self, pattern: re.Pattern[str]) -> None:
        """Begin again if the timeline changed; forget the matches of another pattern."""
        if self._revision != self.model.revision:
            self._revision = self.model.revision
            self._nodes = [node for node in self.model.tree.rows.walk() if node.is_shown and not node.is_run]
            self._places = {node: place for place, node in enumerate(self._nodes)}
            self._texts = [None] * len(self._nodes)
            self._pattern = None
        if pattern != self._pattern:
            self._pattern, self._matching, self._is_counted = pattern, [], False

    def _text(self, nodes: list[RowNode], texts: list[str | None], place: int) -> str:
        text = texts[place]
        if text is None:
            text = texts[place] = own_text(self.model.face(nodes[place].ref).label)
        return text

    def _known_matches(self, nodes: list[RowNode], start: int, *, forward: bool) -> Iterator[FoundRow]:
        """The matches in the order in which a search from row `start` meets them."""
        matching = self._matching
        if forward:
            first = bisect_right(matching, start)
            order = [*range(first, len(matching)), *range(first)]
        else:
            last = bisect_left(matching, start if start >= 0 else 0)
            order = [*range(last - 1, -1, -1), *range(len(matching) - 1, last - 1, -1)]
        for position in order:
            place = matching[position]
            has_wrapped = place <= start if forward else place >= start
            yield FoundRow(nodes[place].ref, place, has_wrapped)
