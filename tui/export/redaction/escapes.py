r"""A text as others read it, and the way back to the places in the text as it is.

A command that a model runs is a string in the JSON of arguments, which is a string in the JSON of a request: a line
feed in it is `\\n` there. A terminal does not show the codes that colour a word, a server resolves `%3A` in a URL, a
browser `&#58;` on a page. Rules look at each of these readings.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator

import msgspec

DEEPEST = 4
"""How often a text may be escaped: a line of the log, a payload in it, arguments in that, a script in those."""

_ESCAPE = re.compile(r'\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|[0-3][0-7]{2})')
_CONTROLS = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}

_CODE = r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]{0,2000}(?:\x07|\x1b\\)|[()*+][0-9A-Z]|[=>@-Z\\^_])"
_CODES = re.compile(_CODE)
_WIDTHLESS = "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
_UNSEEN = re.compile(f"{_CODE}|[^\n\x08]\x08|[\x00\x08{_WIDTHLESS}]")
"""What a terminal does not show: codes for colours and the cursor, what is struck over, characters without width."""

_UNSEEN_SIGNS = ("\x1b", "\x08", "\x00")
_HAS_WIDTHLESS = re.compile(f"[{_WIDTHLESS}]")

_PERCENT = re.compile(r"%[0-9a-fA-F]{2}")

_LAST_CHARACTER = 0x10FFFF
_NAMED = {"amp": "&", "apos": "'", "gt": ">", "lt": "<", "quot": '"'}
_REFERENCE = re.compile(r"&(?:#\d{1,6}|#[xX][0-9a-fA-F]{1,5}|amp|apos|gt|lt|quot);")

_WIDE = re.compile("[\uff01-\uff5e]")
_WIDE_BY = 0xFEE0
"""How far the wide form of a character in ASCII is from it."""

_JOIN = re.compile(
    r"\\\r?\n[ \t]*|=\r?\n|<wbr ?/?>|[\"'](?: {0,3}[+.&] {0,3}|[ \t]|[ \t+.&]{0,3}\\?\r?\n[ \t+.&]*)[\"']"
)
"""Breaks that say themselves that a text goes on: of a shell, of a mail, of a page, between two literals."""

_WRAP = re.compile(
    r"(?<=[A-Za-z0-9+/_=.~-])\r?\n(?:[ \t]*|[+>|#-][ \t]?|[ \t]*\d{1,5} ?[│|:\t] ?)(?=[A-Za-z0-9+/_=.~-])"
)
"""The end of a line where a word may go on."""

WRAPPED_LINE = 56
"""A line of at least this many characters may have been wrapped at its width; a shorter one ends with its words."""

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
        parted = _changed(reading, _CODES.finditer(reading.text), lambda _: " ")
        if parted is not None:
            yield parted
    if has_unseen(reading.text):
        shown = _changed(reading, _UNSEEN.finditer(reading.text), lambda _: "")
        if shown is not None:
            reading = shown
            yield reading
    joined = _changed(reading, _JOIN.finditer(reading.text), lambda _: "")
    if joined is not None:
        yield joined
    if "&" in reading.text:
        shown = _changed(reading, _REFERENCE.finditer(reading.text), _referenced)
        if shown is not None:
            yield shown
    if not reading.text.isascii():
        narrow = _changed(reading, _WIDE.finditer(reading.text), lambda sign: chr(ord(sign) - _WIDE_BY))
        if narrow is not None:
            yield narrow
    yield from _decoded(reading)


def _decoded(reading: ResolvedText) -> Iterator[ResolvedText]:
    """The reading as a server takes it from a URL, where that differs."""
    for _ in range(_MOST_PERCENT):
        found = _PERCENT.finditer(reading.text) if "%" in reading.text else ()
        decoded = _changed(reading, found, lambda code: chr(int(code[1:], 16)))
        if decoded is None:
            return
        reading = decoded
        yield reading
        further = _resolved(reading)
        if further is not None:
            yield further


def has_unseen(text: str) -> bool:
    """Whether there may be something in the text that a terminal does not show."""
    return any(sign in text for sign in _UNSEEN_SIGNS) or (
        not text.isascii() and _HAS_WIDTHLESS.search(text) is not None
    )


def _resolved(below: ResolvedText) -> ResolvedText | None:
    return _changed(below, _ESCAPE.finditer(below.text), _character) if "\\" in below.text else None


def unwrapped(reading: ResolvedText) -> ResolvedText | None:
    """The reading with long lines joined to those that go on with a word of theirs; None if there are none."""
    return _changed(reading, _wraps(reading.text), lambda _: "")


def _wraps(text: str) -> Iterator[re.Match[str]]:
    """Where the width of a screen cuts a word: no line that follows is longer, and those that are cut are as long."""
    joined, width = -1, 0
    for end in _WRAP.finditer(text):
        place = end.start()
        start = text.rfind("\n", 0, place) + 1
        if place - start < max(WRAPPED_LINE, width if start == joined else 0):
            continue
        following = text.index("\n", place) + 1
        if text.find("\n", following) - following > place - start:
            continue
        yield end
        joined, width = following, place - start


def _changed(below: ResolvedText, found: Iterable[re.Match[str]], change: Callable[[str], str]) -> ResolvedText | None:
    """The reading with each match changed into one character or none; None if there are none."""
    pieces: list[str] = []
    places, sources = [0], [0]
    place = done = 0
    for match in found:
        start, end = match.span()
        new = change(match.group())
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
    if kind in "0123":
        return chr(int(escape[1:], 8))
    return chr(int(escape[2:], 16)) if kind in "ux" else _CONTROLS.get(kind, kind)


def _referenced(reference: str) -> str:
    name = reference[1:-1]
    if name[0] != "#":
        return _NAMED[name]
    number = int(name[2:], 16) if name[1] in "xX" else int(name[1:])
    return chr(number) if number <= _LAST_CHARACTER else ""
