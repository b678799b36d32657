r"""A text as others read it, and the way back to the places in the text as it is.

A command that a model runs is a string in the JSON of arguments, which is a string in the JSON of a request: a line
feed in it is `\\n` there. A terminal does not show the codes that colour a word, a server resolves `%3A` in a URL.
Rules look at each of these readings.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator

import msgspec

DEEPEST = 4
"""How often a text may be escaped: a line of the log, a payload in it, arguments in that, a script in those."""

_ESCAPE = re.compile(r'\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2})')
_CONTROLS = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}

_CODE = r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]{0,2000}(?:\x07|\x1b\\)|[()*+][0-9A-Z]|[=>@-Z\\^_])"
_CODES = re.compile(_CODE)
_UNSEEN = re.compile(f"{_CODE}|[^\n\x08]\x08|[\x00\x08\u00ad\u200b-\u200f\u2060\ufeff]")
"""What a terminal does not show: codes for colours and the cursor, what is struck over, characters without width."""

_UNSEEN_SIGNS = ("\x1b", "\x08", "\x00")
_WIDTHLESS_SIGNS = ("\u00ad", "\u200b", "\u200c", "\u200d", "\u200e", "\u200f", "\u2060", "\ufeff")

_PERCENT = re.compile(r"%[0-9a-fA-F]{2}")

_MOST_PERCENT = 2
"""How often a URL may be encoded: one in the query of another."""


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
    """The text as it is, then with its escapes resolved once, twice and so on; each also as a terminal and a URL."""
    reading: ResolvedText | None = ResolvedText(text)
    for _ in range(DEEPEST + 1):
        if reading is None:
            return
        yield reading
        yield from _seen(reading)
        reading = _resolved(reading)


def resolved(text: str) -> str:
    """The text without escapes and without what a terminal does not show."""
    reading = ResolvedText(text)
    for _ in range(DEEPEST):
        further = _resolved(reading)
        if further is None:
            break
        reading = further
    for last in _seen(reading):
        reading = last
    return reading.text


def _seen(reading: ResolvedText) -> Iterator[ResolvedText]:
    """The reading as a terminal shows it, and as a server reads it, where that differs.

    A code may part two words, or change the colour inside one; so both are tried.
    """
    if "\x1b" in reading.text:
        parted = _changed(reading, _CODES, lambda _: " ")
        if parted is not None:
            yield parted
    if has_unseen(reading.text):
        shown = _changed(reading, _UNSEEN, lambda _: "")
        if shown is not None:
            reading = shown
            yield reading
    for _ in range(_MOST_PERCENT):
        decoded = _changed(reading, _PERCENT, lambda code: chr(int(code[1:], 16))) if "%" in reading.text else None
        if decoded is None:
            return
        reading = decoded
        yield reading


def has_unseen(text: str) -> bool:
    """Whether there may be something in the text that a terminal does not show."""
    return any(sign in text for sign in _UNSEEN_SIGNS) or (
        not text.isascii() and any(sign in text for sign in _WIDTHLESS_SIGNS)
    )


def _resolved(below: ResolvedText) -> ResolvedText | None:
    return _changed(below, _ESCAPE, _character) if "\\" in below.text else None


def _changed(below: ResolvedText, pattern: re.Pattern[str], change: Callable[[str], str]) -> ResolvedText | None:
    """The reading with what matches changed into one character or none; None if nothing matches."""
    pieces: list[str] = []
    places, sources = [0], [0]
    place = done = 0
    for found in pattern.finditer(below.text):
        start, end = found.span()
        new = change(found.group())
        pieces += [below.text[done:start], new]
        place += start - done
        if new:
            places.append(place)
            sources.append(start)
        place, done = place + len(new), end
        places.append(place)
        sources.append(end)
    if not done:
        return None
    return ResolvedText("".join([*pieces, below.text[done:]]), tuple(places), tuple(sources), below)


def _character(escape: str) -> str:
    kind = escape[1]
    return chr(int(escape[2:], 16)) if kind in "ux" else _CONTROLS.get(kind, kind)
