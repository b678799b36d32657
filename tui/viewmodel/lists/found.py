"""What a search of a whole recording found: any number of places, grouped by what they are in, with a cursor.

The objects of the graph come first, then the payloads, each in the order of the recording. Of a payload only the number
of its matches is kept, so a million matches cost no more than the payloads they are in; where they are is asked again
when somebody looks.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import NamedTuple

from tui.analysis.search.graph_search import Hit
from tui.model.noderef import NodeRef


class FoundGroup:
    """An object and what was found in it.

    `hits` are the fields of an object of the graph; a payload has none and counts `places`, its matches. `starts` are
    the bytes at which they begin, for a payload too large to be searched again in passing.
    """

    __slots__ = ("hits", "matches", "node", "places", "starts")

    def __init__(self, node: NodeRef, hits: Sequence[Hit] = ()) -> None:
        self.node = node
        self.hits = tuple(hits)
        self.places = len(hits)
        self.matches = sum(hit.matches for hit in hits)
        self.starts: array[int] | None = None

    @property
    def rows(self) -> int:
        """A line for each place, and one for the object above them if there are several."""
        return 1 if self.places == 1 else 1 + self.places


class FoundPlace(NamedTuple):
    """One place to go to: which of its group, from 0."""

    group: FoundGroup
    number: int


class FoundLine(NamedTuple):
    """A line of the list: a place, or, without `number`, the heading of its group."""

    group: FoundGroup
    number: int | None
    is_alone: bool


class _Section:
    """Groups in order, with running sums to find rows and places by number."""

    def __init__(self, groups: Iterable[FoundGroup] = ()) -> None:
        self.groups: list[FoundGroup] = []
        self.row_ends = array("Q")
        self.place_ends = array("Q")
        for group in groups:
            self.append(group)

    @property
    def rows(self) -> int:
        return self.row_ends[-1] if self.groups else 0

    @property
    def places(self) -> int:
        return self.place_ends[-1] if self.groups else 0

    def append(self, group: FoundGroup) -> None:
        self.row_ends.append(self.rows + group.rows)
        self.place_ends.append(self.places + group.places)
        self.groups.append(group)

    def recount_last(self) -> None:
        """The last group has grown."""
        before = len(self.groups) - 2
        self.row_ends[-1] = (self.row_ends[before] if before >= 0 else 0) + self.groups[-1].rows
        self.place_ends[-1] = (self.place_ends[before] if before >= 0 else 0) + self.groups[-1].places


class FoundList:
    """The groups and the cursor, a row. What comes in above the cursor moves it along."""

    def __init__(self) -> None:
        self.matches = 0
        self.matches_in_payloads = 0
        """Those of the matches that are in payloads: a text of an object is in a payload, too, and counts twice."""
        """All matches; a field of an object may hold several at one place."""
        self.cursor = 0
        self.standing: FoundPlace | None = None
        """The place from which one walks on; whatever is found meanwhile, it stays the same place."""
        self._graph = _Section()
        self._payloads = _Section()

    @property
    def row_count(self) -> int:
        """Lines of the list."""
        return self._graph.rows + self._payloads.rows

    @property
    def place_count(self) -> int:
        """Places to go to."""
        return self._graph.places + self._payloads.places

    @property
    def group_count(self) -> int:
        """Objects and payloads that hold something."""
        return len(self._graph.groups) + len(self._payloads.groups)

    @property
    def payload_count(self) -> int:
        """Payloads among them."""
        return len(self._payloads.groups)

    def add_hits(self, hits: Sequence[Hit]) -> None:
        """Take in what was found in the graph."""
        before = self._graph.rows
        for node, fields in groupby(hits, key=lambda hit: hit.node):
            self._graph.append(FoundGroup(node, list(fields)))
            self.matches += self._graph.groups[-1].matches
        if self.cursor >= max(1, before):  # on the first line of all nobody has begun to look around
            self.cursor += self._graph.rows - before

    def replace_hits(self, hits_of: dict[NodeRef, list[Hit]], *, is_whole: bool = False) -> None:
        """Take in what objects that were looked at again hold now, in the place of what they held before.

        `is_whole` says that nothing else is in the graph. The cursor and `standing` stay on their objects.
        """
        line, standing, row_in_payloads = self.row_at(self.cursor), self.standing, self.cursor - self._graph.rows
        fresh = {node: FoundGroup(node, hits) for node, hits in hits_of.items() if hits}
        old = [] if is_whole else self._graph.groups
        kept = [fresh.pop(group.node, None) if group.node in hits_of else group for group in old]
        before = sum(group.matches for group in self._graph.groups)
        self._graph = _Section((*filter(None, kept), *fresh.values()))
        self.matches += sum(group.matches for group in self._graph.groups) - before
        if row_in_payloads >= 0 and self.cursor:
            self.cursor = self._graph.rows + row_in_payloads
        elif line is not None and self.cursor:  # on the first line of all nobody has begun to look around
            self.cursor = self._row_again(line.group.node, line.number)
        if standing is not None and standing.group.hits:
            self.standing = self._place_again(standing)

    def _place_again(self, place: FoundPlace) -> FoundPlace | None:
        group = next((group for group in self._graph.groups if group.node == place.group.node), None)
        return None if group is None else FoundPlace(group, min(place.number, group.places - 1))

    def _row_again(self, node: NodeRef, number: int | None) -> int:
        """The row of an object's heading or of one of its places; the nearest row if it holds nothing any more."""
        for group, end in zip(self._graph.groups, self._graph.row_ends, strict=True):
            if group.node == node:
                return end - group.rows + min(group.rows - 1, 0 if number is None else number + (group.places > 1))
        return max(0, min(self.cursor, self.row_count - 1))

    def number_of(self, place: FoundPlace) -> int | None:
        """The number of a place among all, from 0; None if it is in the list no more."""
        section = self._graph if place.group.hits else self._payloads
        if place.group not in section.groups:
            return None
        before = section.place_ends[section.groups.index(place.group)] - place.group.places
        return (0 if section is self._graph else self._graph.places) + before + place.number

    def add_matches(self, raw_payload_id: str, found: int, starts: array[int] | None = None) -> None:
        """Take in what was found in a payload, or in the next part of the payload that was reported last."""
        if not found:
            return
        node, groups = NodeRef("payload", raw_payload_id), self._payloads.groups
        is_new = not groups or groups[-1].node != node
        group = FoundGroup(node) if is_new else groups[-1]
        group.places += found
        group.matches += found
        self.matches += found
        self.matches_in_payloads += found
        if starts is not None:
            group.starts = starts if group.starts is None else group.starts + starts
        if is_new:
            self._payloads.append(group)
        else:
            self._payloads.recount_last()

    def row_at(self, row: int) -> FoundLine | None:
        """The line number `row`, or None beyond the end."""
        if not 0 <= row < self.row_count:
            return None
        section, row = self._section_of(row, self._graph.rows)
        number = bisect_right(section.row_ends, row)
        group = section.groups[number]
        line = row - (section.row_ends[number] - group.rows)
        is_alone = group.places == 1
        return FoundLine(group, 0 if is_alone else line - 1 if line else None, is_alone)

    def place_at(self, number: int) -> FoundPlace | None:
        """Place `number` of all, from 0."""
        if not 0 <= number < self.place_count:
            return None
        section, number = self._section_of(number, self._graph.places)
        at = bisect_right(section.place_ends, number)
        group = section.groups[at]
        return FoundPlace(group, number - (section.place_ends[at] - group.places))

    def place_number(self, row: int) -> int:
        """The number of the place at a line; of a heading, that of the first place below it."""
        section, inner = self._section_of(row, self._graph.rows)
        number = bisect_right(section.row_ends, inner)
        group = section.groups[number]
        line = inner - (section.row_ends[number] - group.rows)
        before = section.place_ends[number] - group.places
        return (0 if section is self._graph else self._graph.places) + before + max(0, line - (group.places > 1))

    def row_of_place(self, number: int) -> int:
        """The line of a place."""
        section, inner = self._section_of(number, self._graph.places)
        at = bisect_right(section.place_ends, inner)
        group = section.groups[at]
        line = inner - (section.place_ends[at] - group.places) + (group.places > 1)
        return (0 if section is self._graph else self._graph.rows) + section.row_ends[at] - group.rows + line

    def next_group(self, step: int) -> int:
        """The first line of the group behind (1) or before (-1) that of the cursor; its own if there is none."""
        section, inner = self._section_of(self.cursor, self._graph.rows)
        base = 0 if section is self._graph else self._graph.rows
        number = bisect_right(section.row_ends, inner)
        first = base + section.row_ends[number] - section.groups[number].rows
        below = base + section.row_ends[number]
        if step > 0:
            return below if below < self.row_count else first
        if self.cursor > first or first == 0:
            return first
        above = self.row_at(first - 1)
        return first if above is None else first - above.group.rows

    def _section_of(self, number: int, in_graph: int) -> tuple[_Section, int]:
        return (self._graph, number) if number < in_graph else (self._payloads, number - in_graph)
