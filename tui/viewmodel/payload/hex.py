"""Bytes as rows of hexadecimal numbers and characters."""

from __future__ import annotations

from tui.viewmodel.payload.source import Pages
from tui.viewmodel.text.spans import Line, Span

WIDE_CELLS = 77
"""Cells that a row of 16 bytes takes: offset, numbers, characters."""

_OFFSET_DIGITS = 8
_CHARACTERS = "".join(chr(code) if 0x20 <= code < 0x7F else "·" for code in range(256))


def bytes_per_row(width: int) -> int:
    """16 where they fit, 8 otherwise."""
    return 16 if width >= WIDE_CELLS else 8


def hex_row_count(pages: Pages, width: int) -> int:
    """Rows that show all bytes."""
    return max(1, -(-pages.size // bytes_per_row(width)))


def hex_line(pages: Pages, row: int, width: int) -> Line:
    """One row: offset, bytes, characters."""
    per_row = bytes_per_row(width)
    offset = row * per_row
    data = pages.read(offset, per_row)
    halves = [data[at : at + 8].hex(" ") for at in range(0, per_row, 8)]
    # Three cells for each byte, without the blank behind the last one of each half.
    numbers = "  ".join(half.ljust(23) for half in halves)
    return (
        Span(f"{offset:0{_OFFSET_DIGITS}x}  ", "hex.offset"),
        Span(f"{numbers}  ", "hex.byte"),
        Span(data.decode("latin-1").translate(_CHARACTERS), "hex.ascii"),
    )
