"""Searches the payload files of a bundle without its log: they are numbered 1, 2, 3 … and most hold little."""

from __future__ import annotations

from itertools import accumulate, count
from typing import Final

from tui.bundle.disk.confine import ConfinedDirectory, RefusedPathError
from tui.bundle.disk.packed import HEAD_BYTES, USUAL_BEGINNINGS, unpacker_of
from tui.schema.manifest import PAYLOADS_DIRECTORY_NAME
from tui.source.search import RecordFinder

_TOGETHER_BYTES: Final = 256 << 10
"""Bodies that are searched at once: what stays in the processor's cache."""

_SEPARATOR: Final = b"\n"
"""Goes between them, so that nothing is found that begins in one and ends in the next."""


class NumberedFiles:
    """The files of one bundle, as far as their numbers go without a gap. The text must not hold a line feed."""

    def __init__(self, finder: RecordFinder, most: int) -> None:
        """`most`: files that may hold the text; with more of them, `read` gives up."""
        self.count = 0
        self.found: list[int] = []
        """The numbers of those that hold the text, or may hold it."""
        self._finder = finder
        self._most = most

    def read(self, directory: ConfinedDirectory) -> bool:
        """Search all files; False if one is not as recorders write them, or too many may hold the text."""
        names = (f"{number}.json" for number in count(1))
        bodies: list[bytes] = []
        size = 0
        try:
            for body in directory.read_in_turn(PAYLOADS_DIRECTORY_NAME, names, self._finder.window):
                if not body.startswith(USUAL_BEGINNINGS) and unpacker_of(body[:HEAD_BYTES]) is not None:
                    return False
                bodies.append(body)
                size += len(body)
                if size >= _TOGETHER_BYTES:
                    if not self._search(bodies):
                        return False
                    bodies, size = [], 0
        except (OSError, RefusedPathError):
            return False
        return self._search(bodies) and self.count > 0

    def _search(self, bodies: list[bytes]) -> bool:
        first, window = self.count + 1, self._finder.window
        self.count += len(bodies)

        def places() -> list[tuple[int, int]]:
            ends = accumulate((len(body) + len(_SEPARATOR) for body in bodies), initial=0)
            return [(start, start + len(body)) for start, body in zip(ends, bodies, strict=False)]

        counts = self._finder.counts(_SEPARATOR.join(bodies), places)
        held = {place for place, found in enumerate(counts or ()) if found}
        held.update(place for place, body in enumerate(bodies) if len(body) > window)  # only its begin was read
        self.found += [first + place for place in sorted(held)]
        return len(self.found) <= self._most
