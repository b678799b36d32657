"""Gives each event a line of its own where a recorder writes several in a line, one over many lines, or a list.

Known recorders write one event a line, so nearly all lines are passed on after a glance. Others are looked at as JSON:
objects with nothing but separators between them are events of their own if the first of them is one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from tui.bundle.log.lines import LineSplitter
from tui.schema.decode import EventLine, decode_line
from tui.schema.encoding import MARK
from tui.schema.events import UnknownEvent
from tui.source.lines import Framing, RawLine

if TYPE_CHECKING:  # few logs need it
    from tui.bundle.log.cutting import CutText


LONGEST_WORDS = 256
"""Bytes that may be in a line before an event, or behind it."""

_OPENING = b'{"'
_LIST = b'"events"'
"""What the object has that holds a list of events. Other names are looked for where the log begins with such an object:
lines of known recorders cost no more than a glance."""

_TRIED = 3
"""Places in a line at which an event is looked for behind something else."""


class EventFraming:
    """Takes physical lines and gives lines with one event each. Its work is linear in the bytes."""

    def __init__(self, longest: int) -> None:
        """An event over several lines may have `longest` bytes."""
        self._longest = longest
        self._held: list[RawLine] = []
        """The lines of an object that has not come to its end."""
        self._start = 0
        """Where in the first of them it begins."""
        self._depth = 0
        self._is_list = False
        """Whether the log is one JSON list, or a list in one JSON object."""
        self._has_lists = False
        """Whether a line was an object with a list of events."""
        self._extra = 0
        """Events so far beyond the one that each line has."""
        self._last_number = 0
        """The line in which the last event begins, of those that were given out with another one."""

    @property
    def held_from(self) -> int | None:
        """Where in the log the event begins of which whole lines have come, but not all; None without one."""
        return self._held[0].offset + self._start if self._held else None

    def take(self, lines: list[RawLine]) -> list[RawLine]:
        """The lines with one event each that are complete with these physical ones, and those that hold none."""
        text = b"\n".join([line.data for line in lines])
        may_be_usual = not (self._held or self._extra or self._may_list_events(lines, text))
        if may_be_usual and (_are_alike(lines, text) or all(map(_is_usual, lines))):
            return lines
        return [self._numbered(framed) for line in lines for framed in self._taken(line)]

    def _numbered(self, line: RawLine) -> RawLine:
        """The line with the count of events that share a line with another one before it."""
        self._extra += line.number == self._last_number
        self._last_number = line.number
        return msgspec.structs.replace(line, extra=self._extra) if self._extra else line

    def with_tail(self, tail: RawLine) -> list[RawLine] | None:
        """The events that are complete if the log ends with `tail`, None if that is torn. Nothing is remembered.

        There are none if only signs of a list follow the last event.
        """
        copy = EventFraming(self._longest)
        copy._held, copy._start, copy._depth = [*self._held], self._start, self._depth
        copy._is_list, copy._has_lists = self._is_list, self._has_lists
        copy._extra, copy._last_number = self._extra, self._last_number
        framed = copy.take([tail])
        is_whole = not copy._held and all(map(_is_event, framed))
        return framed if is_whole else None

    def end_event(self) -> None:
        """Take the event that is held as complete: its last line was given out without a newline."""
        self._held = []

    def _may_list_events(self, lines: list[RawLine], text: bytes) -> bool:
        """Whether an object in one of the lines, together `text`, may hold a list of events."""
        if self._has_lists or _LIST in text:
            return True
        return bool(lines) and lines[0].number == 1 and not _is_event(lines[0], is_known=True)

    def _taken(self, line: RawLine) -> list[RawLine]:
        may_list = not (self._held or line.overlong) and self._may_list_events([line], line.data)
        listed = _listed_events(line) if may_list else []
        self._has_lists = self._has_lists or bool(listed)
        if listed or (not self._held and (_is_usual(line) or line.overlong)):
            return listed or [line]
        from tui.bundle.log.cutting import are_apart, cut_into_objects

        if self._held:
            cut = None if self._must_be_given_up(line) else cut_into_objects(line.data, self._depth)
            if cut is not None:
                return self._continued(line, cut)
            given_up, self._held = self._held, []
            return [*given_up, *self._taken(line)]
        if line.number == 1 and line.data.rstrip().endswith(b"["):
            self._is_list = True
            return []
        if self._is_list and not line.data.strip(b"[]}, \t\r"):
            return []
        cut = cut_into_objects(line.data, 0)
        return [_without_words(line)] if cut is None or not are_apart(line.data, cut) else self._begun(line, cut)

    def _must_be_given_up(self, line: RawLine) -> bool:
        """Whether an event cannot go on with this line: it is too long, or the line is an event by itself."""
        is_long = line.offset + line.length - self._held[0].offset > self._longest
        return is_long or (line.data.startswith(b"{") and _is_event(line))

    def _begun(self, line: RawLine, cut: CutText) -> list[RawLine]:
        """What a line gives with which no earlier one goes on."""
        pieces = [_piece(line, start, end) for start, end in cut.objects]
        if not (pieces or cut.depth) or (pieces and not _is_event(pieces[0])):
            return [_without_words(line)]
        if cut.depth:
            self._hold(line, cut)
        if len(pieces) > 1 or cut.depth:
            return [_framed(piece, "shared") for piece in pieces]
        around = line.data.removeprefix(pieces[0].data)
        if around == b"\r":
            return [_framed(pieces[0], "return")]
        is_alone = line.data.removeprefix(MARK).strip() == pieces[0].data
        return [line if is_alone else _framed(pieces[0], "separated")]

    def _continued(self, line: RawLine, cut: CutText) -> list[RawLine]:
        """What a line gives with which the held ones go on."""
        if not cut.objects:
            self._held.append(line)
            self._depth = cut.depth
            return []
        from tui.bundle.log.cutting import are_apart

        first, *others = cut.objects
        whole = _joined([*self._held, _piece(line, 0, first[1])], self._start)
        held, self._held = self._held, []
        if listed := _listed_events(whole):
            return listed
        if not (_is_event(whole) and are_apart(line.data, cut)):
            return [*held, line]
        if cut.depth:
            self._hold(line, cut)
        return [_framed(whole, "spread"), *(_framed(_piece(line, *place), "shared") for place in others)]

    def _hold(self, line: RawLine, cut: CutText) -> None:
        self._held, self._start, self._depth = [line], cut.start, cut.depth


def first_lines(text: bytes) -> Iterator[RawLine]:
    """The lines with one event each at the beginning of a log, and the last one of it if that is whole."""
    splitter, framing = LineSplitter(), EventFraming(len(text))
    yield from framing.take(splitter.feed(text))
    tail = splitter.tail()
    if tail is not None:
        yield from framing.with_tail(tail) or ()


def _are_alike(lines: list[RawLine], text: bytes) -> bool:
    """Whether all lines, together `text`, look like one event that begins as in the first line.

    Looking at all at once is quicker.
    """
    if not lines:
        return True
    first = lines[0].data
    name = first[: first.find(b":") + 1]
    is_usual = name.startswith(b'{"') and text.endswith(b"}")
    return is_usual and text.count(b"}\n" + name) == len(lines) - 1 and text.count(name) == len(lines)


def _is_usual(line: RawLine) -> bool:
    """Whether a line looks like one event, as it does in every recording of a known recorder.

    Another event in it would begin with the same name. The longer what is searched for, the quicker it is.
    """
    data = line.data
    if not (data.startswith(b'{"') and data.endswith(b"}")):
        return False
    end = data.find(b":") + 1
    return data.find(data[:end], end) < 0


def _listed_events(line: RawLine) -> list[RawLine]:
    """The events in a list that the object in a line holds. Few logs need it."""
    from tui.bundle.log.listed import listed_events

    return listed_events(line)


def _is_event(line: RawLine, *, is_known: bool = False) -> bool:
    """Whether a line is an event, of a known kind if that is asked."""
    found = decode_line(line.data, line.number)
    return isinstance(found, EventLine) and not (is_known and isinstance(found.event.payload, UnknownEvent))


def _without_words(line: RawLine) -> RawLine:
    """The one event in a line that has something else before or behind it: a time, a checksum, its length.

    Another event of which a part is missing is something else, too, but lost: such a line stays as it is.
    """
    data, end = line.data, line.data.rfind(b"}") + 1
    start = 0 if data.startswith(b"{") else data.find(_OPENING, 0, LONGEST_WORDS)
    if len(data) - end > LONGEST_WORDS or b"{" in data[end:]:
        return line
    for _ in range(_TRIED):
        if not 0 <= start < end:
            break
        piece = _piece(line, start, end)
        if _is_event(piece):
            return _framed(piece, "words")
        start = data.find(_OPENING, start + 1, LONGEST_WORDS) if start else -1
    return line


def _piece(line: RawLine, start: int, end: int) -> RawLine:
    return RawLine(line.number, line.offset + start, end - start, line.data[start:end])


def _joined(lines: list[RawLine], start: int) -> RawLine:
    """The text of these lines from byte `start` of the first on, as it is in the log, empty lines between included."""
    first, pieces, end = lines[0], [], lines[0].offset
    for line in lines:
        pieces += [b"\n" * (line.offset - end), line.data]
        end = line.offset + line.length
    data = b"".join(pieces)[start:]
    return RawLine(first.number, first.offset + start, len(data), data)


def _framed(line: RawLine, framing: Framing) -> RawLine:
    return msgspec.structs.replace(line, framing=framing)
