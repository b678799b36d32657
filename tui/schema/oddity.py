"""What a line says otherwise than known recorders do, as values: one change of a recorder is one kind of oddity."""

from __future__ import annotations

from typing import Final

import msgspec

UNRECORDED: Final = "?"
"""Stands where a text, a word or a name should be and none could be read."""

LARGEST_SEQ: Final = 2**64 - 1

_LONGEST_WORD = 60
"""Characters of a foreign word or name that a message repeats."""


class Oddity(msgspec.Struct, frozen=True, gc=False):
    """One way in which a line differs from what is known.

    `code` and `name` together are its kind: the same change in many lines has the same two. `message` speaks of this
    line, `consequence` of every line of the kind; neither is cleaned. `is_loss` if something could not be read.
    """

    code: str
    name: str
    message: str
    consequence: str
    is_loss: bool = False


BYTE_ORDER_MARK: Final = Oddity(
    "byte-order-mark", "", "the line begins with a byte order mark (BOM)", "it was skipped; the line was read"
)
"""Codex writes none: an editor or a shell has saved the file again."""


def rescaled(place: str, value: int, milliseconds: int) -> tuple[str, str]:
    """What to say of a time that counts another unit, which was inferred from its size, and what follows."""
    if milliseconds > value:
        unit, consequence = "seconds", "its value was converted; times and durations are exact to a second"
    else:
        unit, consequence = (
            "microseconds" if value < milliseconds * 10_000 else "nanoseconds",
            "its value was converted",
        )
    return f"{place} counts {unit}, not milliseconds, to judge by its size", consequence


class LineNotes:
    """Collects the oddities of the line that is being read. `line` counts physical lines from 1."""

    def __init__(self, line: int) -> None:
        self.line = line
        self.depth = 0
        """How many lists of parts the value that is being read is inside of."""
        self._found: dict[tuple[str, str], Oddity] = {}

    @property
    def oddities(self) -> tuple[Oddity, ...]:
        """One of each kind, in the order in which they were found."""
        return tuple(self._found.values())

    def missing(self, place: str, consequence: str = "it is shown as ?") -> None:
        """The field `place` (`kind.name`) should be there and is not."""
        self._add("field-missing", _last(place), f"{place} is missing", consequence, is_loss=True)

    def unreadable(self, place: str, value: object, expected: str, consequence: str = "it is shown as ?") -> None:
        """The field is there, and says nothing that could be used."""
        message = f"{place} is {form_of(value)}, not {expected}"
        self._add("field-unreadable", _last(place), message, consequence, is_loss=True)

    def retyped(self, place: str, value: object, expected: str) -> None:
        """The field is of another type, and was taken for what it says."""
        what = form_of(value)
        message = f"{place} is {what}, not {expected}"
        self._add("field-retyped", f"{what}, not {expected}", message, "its value was converted")

    def rescaled(self, place: str, value: int, milliseconds: int) -> None:
        """The field counts another unit of time; which one was inferred from the size of the number."""
        message, consequence = rescaled(place, value, milliseconds)
        self._add("field-retyped", "unit", message, consequence)

    def word(self, place: str, word: str, consequence: str = "", *, is_loss: bool = False) -> None:
        """The field holds a word that is not one of those known."""
        shown = shortened(word)
        consequence = consequence or "the word is shown as it is; nothing else was concluded from it"
        self._add("word-unknown", f"{_last(place)} {shown}", f"{place} is {shown!r}", consequence, is_loss=is_loss)

    def synonym(self, place: str, word: str, known: str) -> None:
        """The field holds another word for one that is known."""
        message = f"{place} is {shortened(word)!r}"
        self._add("word-unknown", f"{_last(place)} {shortened(word)}", message, f"it was taken for {known!r}")

    def spelled(self, place: str, name: str) -> None:
        """The field has the same name in another spelling."""
        message = f"{place} is called {shortened(name)!r}"
        self._add("field-renamed", "", message, "fields with another spelling were read anyway")

    def renamed(self, place: str, name: str) -> None:
        """The field has another name, and was recognised by what it holds."""
        message = f"{place} is called {shortened(name)!r}"
        self._add("field-renamed", _last(place), message, "it was recognised by what it holds")

    def elsewhere(self, place: str, where: str) -> None:
        """The field is at another place of the same line."""
        message = f"{place} is in {shortened(where)}"
        self._add("field-moved", where, message, "fields at another place in their line were read anyway")

    def _add(self, code: str, name: str, message: str, consequence: str, *, is_loss: bool = False) -> None:
        if (code, name) not in self._found:
            self._found[code, name] = Oddity(code, name, message, consequence, is_loss)


def form_of(value: object) -> str:
    """What sort of JSON value it is, with its article."""
    match value:
        case None:
            return "null"
        case bool():
            return "true or false"
        case int():
            return "a whole number"
        case float():
            return "a number with a fraction"
        case str():
            return "text"
        case list():
            return "a list"
        case _:
            return "an object"


def shortened(text: str) -> str:
    """The text, cut where it is absurdly long."""
    return text if len(text) <= _LONGEST_WORD else f"{text[: _LONGEST_WORD - 1]}…"


def _last(place: str) -> str:
    return place.rpartition(".")[2]
