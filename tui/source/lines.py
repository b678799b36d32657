"""One line of a log as it is recorded, and what it says."""

from __future__ import annotations

from typing import Literal

import msgspec

from tui.schema.decode import EXCERPT_BYTES, EventLine, MalformedLine, TraceLine, decode_line
from tui.schema.oddity import Oddity
from tui.schema.parts import PartLists

Framing = Literal["", "shared", "spread", "separated", "words", "return", "listed"]
"""How an event is in the log, if it is not alone in one line: several in a line, one over several lines, a separator
or other words beside it, a carriage return before the line feed, a list inside another object around it."""

_FRAMINGS = {
    framing: Oddity("line-framing", framing, message, "each event was read")
    for framing, message in (
        ("shared", "several events are in one line"),
        ("spread", "one event is on several lines"),
        ("separated", "signs that separate events are in the line of an event"),
        ("words", "something else is in the line of an event, before or behind it"),
        ("return", "lines end with a carriage return and a line feed"),
        ("listed", "events are in a list inside another object"),
    )
}


class RawLine(msgspec.Struct, frozen=True, gc=False):
    """One physical line without its newline, or the event that is in a part of it or begins with it (`framing`).

    `number` counts physical lines from 1, blank ones included; `offset` is the place of its first byte and `length`
    its bytes. `data` is shorter than `length` only for a line longer than the splitter keeps.
    """

    number: int
    offset: int
    length: int
    data: bytes
    framing: Framing = ""
    extra: int = 0
    """Events in lines up to here, this one included, beyond the one that each line has."""

    @property
    def overlong(self) -> bool:
        """Whether the line was too long to be kept whole."""
        return len(self.data) < self.length


def decode_raw_line(raw: RawLine, parts: PartLists | None = None) -> TraceLine | None:
    """What a physical line says; None if it is blank. A line that is too long to be kept is malformed.

    `parts` belongs to a log that is read from its start; a single line needs none.
    """
    if len(raw.data) < raw.length:  # `overlong`, which would be a call for each of a million lines
        reason = f"a line of {raw.length:,} bytes is longer than any that is read"
        return MalformedLine(raw.number, reason, raw.data[:EXCERPT_BYTES])
    line = decode_line(raw.data, raw.number, parts)
    if raw.extra and isinstance(line, EventLine) and not line.event.is_numbered:  # no two events have one number
        event = msgspec.structs.replace(line.event, seq=line.event.seq + raw.extra)
        line = msgspec.structs.replace(line, event=event)
    if raw.framing and isinstance(line, EventLine):
        return msgspec.structs.replace(line, oddities=(*line.oddities, _FRAMINGS[raw.framing]))
    return line
