"""Searches the payload shards of a bundle without its log: their records are numbered 1, 2, 3 and so on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from tui.bundle.catalog.held_text import HeldFragments, HeldText
from tui.bundle.disk.confine import ConfinedDirectory, RefusedPathError
from tui.bundle.payloads.body_search import BodyFinder
from tui.bundle.payloads.shards.runs import RecordRun, ShardRuns

if TYPE_CHECKING:
    from tui.bundle.catalog.usual_log import UsualLog  # not needed where few payloads hold the text

_fragments_decoder = msgspec.json.Decoder(list[str])


class NumberedRecords:
    """The records of all shards of one bundle, which must be numbered without a gap, as the shards are."""

    def __init__(self, finder: BodyFinder) -> None:
        self.count = 0
        self.found: list[HeldText] = []
        self._finder = finder
        self._ends: list[int] = [0]
        """The number of the last record of each shard, in order, behind a zero."""
        self._fragments: set[int] = set()

    def read(self, directory: ConfinedDirectory) -> bool:
        """Search all shards; False if one is not as recorders write them."""
        number, is_open = 1, False
        while True:
            runs = ShardRuns(directory, number, self._finder.window)
            try:
                is_usual = all(self._search(run, number) for run in runs)
            except RefusedPathError as refusal:
                return refusal.code == "missing" and number > 1
            except OSError:
                return False
            if is_open or not is_usual or not runs.is_whole:  # an open shard must be the last one
                return False
            self._ends.append(self.count)
            number, is_open = number + 1, runs.is_open

    def are_so_named(self, log: UsualLog) -> bool:
        """Whether the log names each record in its shard, with parts only where it is a list of texts."""
        return log.are_in_shards(self._ends) and self._fragments.issuperset(log.parts)

    def _search(self, run: RecordRun, shard: int) -> bool:
        first = self.count + 1
        self.count += len(run.ids)
        if run.is_left_out or b"\n".join(run.ids) != _ids(first, self.count):
            return False
        counts = self._finder.counts(run.data, run.spans) or ()
        held = {place: count for place, count in enumerate(counts) if count}
        # What is written of fragments with escapes in them may not be what they say.
        held.update((place, held.get(place, 0)) for place in run.escaped_fragments())
        self._fragments.update(first + place for place in run.fragments)
        fragments = set(run.fragments) if held else ()
        for place in sorted(held):
            texts = self._texts(run, place) if place in fragments else None
            self.found.append(HeldText(first + place, shard, held[place], texts))
        return True

    def _texts(self, run: RecordRun, place: int) -> HeldFragments | None:
        """What the texts of a record hold, each on a line of its own, so that no match goes from one into the next."""
        start, end = run.span(place)
        try:
            texts = _fragments_decoder.decode(run.data[start:end])
        except (msgspec.MsgspecError, ValueError):
            return None
        joined = "\n".join(texts).encode()
        return HeldFragments(len(texts), self._finder.count(joined) if len(joined) <= self._finder.window else None)


def _ids(first: int, last: int) -> bytes:
    """The ids of records as recorders number them, on a line each."""
    return ("raw_payload:" + "\nraw_payload:".join(map(str, range(first, last + 1)))).encode()
