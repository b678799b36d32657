"""Searches the payload files of a bundle without its log: they are numbered 1, 2, 3 … and most hold little."""

from __future__ import annotations

from itertools import accumulate, count
from typing import TYPE_CHECKING, Final

from tui.bundle.catalog.held_text import HeldText
from tui.bundle.disk.confine import ConfinedDirectory, RefusedPathError
from tui.bundle.disk.packed import HEAD_BYTES, USUAL_BEGINNINGS, unpacker_of
from tui.schema.manifest import PAYLOADS_DIRECTORY_NAME
from tui.source.search import RecordFinder

if TYPE_CHECKING:
    from tui.bundle.catalog.usual_log import UsualLog  # not needed where few payloads hold the text

_TOGETHER_BYTES: Final = 256 << 10
"""Bodies that are searched at once: what stays in the processor's cache."""

_SEPARATOR: Final = b"\n"
"""Goes between them, so that nothing is found that begins in one and ends in the next."""


class NumberedFiles:
    """The files of one bundle, as far as their numbers go without a gap. The text must not hold a line feed."""

    def __init__(self, finder: RecordFinder) -> None:
        self.count = 0
        self.found: list[HeldText] = []
        self._finder = finder

    def read(self, directory: ConfinedDirectory) -> bool:
        """Search all files; False if one is not as recorders write them."""
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
                    self._search(bodies)
                    bodies, size = [], 0
        except (OSError, RefusedPathError):
            return False
        self._search(bodies)
        return self.count > 0

    def are_so_named(self, log: UsualLog) -> bool:
        """Whether the log names the file of each payload; no body in a file of its own has parts."""
        return log.are_in_files() and not log.parts

    def _search(self, bodies: list[bytes]) -> None:
        first, window = self.count + 1, self._finder.window
        self.count += len(bodies)

        def places() -> list[tuple[int, int]]:
            ends = accumulate((len(body) + len(_SEPARATOR) for body in bodies), initial=0)
            return [(start, start + len(body)) for start, body in zip(ends, bodies, strict=False)]

        counts = self._finder.counts(_SEPARATOR.join(bodies), places)
        held: dict[int, int | None] = {place: found for place, found in enumerate(counts or ()) if found}
        held.update((place, None) for place, body in enumerate(bodies) if len(body) > window)  # only its begin was read
        self.found += [HeldText(first + place, None, held[place]) for place in sorted(held)]
