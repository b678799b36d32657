r"""A text as it reads when its JSON escapes are resolved, and the way back to the places in the text as it is.

A command that a model runs is a string in the JSON of arguments, which is a string in the JSON of a request: a line
feed in it is `\\n` there. Rules look at each of these readings.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

import msgspec

DEEPEST = 4
"""How often a text may be escaped: a line of the log, a payload in it, arguments in that, a script in those."""

_ESCAPE = re.compile(r'\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})')
_CONTROLS = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


class ResolvedText(msgspec.Struct, frozen=True):
    """A text with its escapes resolved some times, and where each of its characters comes from."""

    text: str
    places: tuple[int, ...] = (0,)
    """Places in `text` from which on characters follow one another in the text below as they do here."""
    sources: tuple[int, ...] = (0,)
    """The places in the text below that belong to them."""
    below: ResolvedText | None = None

    def source(self, place: int) -> int:
        """The place in the text as it is of a character, or of the end of the one before it."""
        if self.below is None:
            return place
        step = bisect_right(self.places, place) - 1
        return self.below.source(self.sources[step] + place - self.places[step])


def readings_of(text: str) -> Iterator[ResolvedText]:
    """The text as it is, then with its escapes resolved once, twice and so on, as long as that changes it."""
    reading = ResolvedText(text)
    yield reading
    for _ in range(DEEPEST):
        if "\\" not in reading.text:
            return
        resolved = _resolved(reading)
        if resolved is None:
            return
        reading = resolved
        yield reading


def resolved(text: str) -> str:
    """The text without escapes."""
    *_, last = readings_of(text)
    return last.text


def _resolved(below: ResolvedText) -> ResolvedText | None:
    pieces: list[str] = []
    places, sources = [0], [0]
    place = done = 0
    for found in _ESCAPE.finditer(below.text):
        start, end = found.span()
        pieces += [below.text[done:start], _character(found.group())]
        place += start - done
        places += [place, place + 1]
        sources += [start, end]
        place, done = place + 1, end
    if not done:
        return None
    return ResolvedText("".join([*pieces, below.text[done:]]), tuple(places), tuple(sources), below)


def _character(escape: str) -> str:
    kind = escape[1]
    return chr(int(escape[2:], 16)) if kind == "u" else _CONTROLS.get(kind, kind)
