"""One line of a log as it is recorded, and what it says."""

from __future__ import annotations

import msgspec

from tui.schema.decode import EXCERPT_BYTES, MalformedLine, TraceLine, decode_line
from tui.schema.parts import PartLists


class RawLine(msgspec.Struct, frozen=True, gc=False):
    """One physical line without its newline.

    `number` counts physical lines from 1, blank ones included; `offset` is the place of its first byte and `length`
    its bytes. `data` is shorter than `length` only for a line longer than the splitter keeps.
    """

    number: int
    offset: int
    length: int
    data: bytes

    @property
    def overlong(self) -> bool:
        """Whether the line was too long to be kept whole."""
        return len(self.data) < self.length


def decode_raw_line(raw: RawLine, parts: PartLists | None = None) -> TraceLine | None:
    """What a physical line says; None if it is blank. A line that is too long to be kept is malformed.

    `parts` belongs to a log that is read from its start; a single line needs none.
    """
    if raw.overlong:
        reason = f"a line of {raw.length:,} bytes is longer than any that is read"
        return MalformedLine(raw.number, reason, raw.data[:EXCERPT_BYTES])
    return decode_line(raw.data, raw.number, parts)
