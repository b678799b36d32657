r"""Bytes as lines of text, page by page: any size opens at once, and a line of 50 MB is just many rows.

    page 0 │ page 1 │ page 2 …      PAGE_BYTES each; a page begins behind the first line feed near its border,
           ↑ moved to a line's start   or at the border itself where the line is longer than that

Rows exist for the pages that were looked at; the height of the others is an estimate. With `escaped`, the bytes are
JSON and the escapes inside its strings are decoded, so that `\n` becomes a line break.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Iterator

from tui.viewmodel.payload.source import Pages
from tui.viewmodel.rows.heights import EntryLine, HeightIndex
from tui.viewmodel.text.clean import Measure, break_points, clean_lines
from tui.viewmodel.text.spans import Line, Span
from tui.viewmodel.text.styled_lines import highlight, json_line, plain_line, wrap_line

PAGE_BYTES = 32 << 10
LOOKAHEAD_BYTES = 4 << 10
"""How far behind a border a page looks for the start of a line."""

PAGES_KEPT = 24

_ESCAPE = re.compile(r'\\(?:(["\\/bfnrt])|u([0-9a-fA-F]{4}))')
_PLAIN_ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_SURROGATES = re.compile("[\ud800-\udbff][\udc00-\udfff]")


def decode_escapes(text: str) -> str:
    """JSON escapes decoded; what is none stays."""
    if "\\" not in text:
        return text
    text = _ESCAPE.sub(_unescaped, text)
    return _SURROGATES.sub(_joined, text)


def _unescaped(match: re.Match[str]) -> str:
    plain, code = match.groups()
    return chr(int(code, 16)) if plain is None else _PLAIN_ESCAPES.get(plain, plain)


def _joined(match: re.Match[str]) -> str:
    return match.group().encode("utf-16", "surrogatepass").decode("utf-16")


class PagedText:
    """Wrapped rows of some bytes. `marked` is a range of bytes whose rows take the style `cut`."""

    def __init__(
        self, pages: Pages, measure: Measure, *, escaped: bool = False, marked: tuple[int, int] | None = None
    ) -> None:
        self.pages = pages
        self._measure = measure
        self._escaped = escaped
        self._style: Callable[[str], Line] = json_line if escaped else plain_line
        self._marked = marked
        self._pattern: re.Pattern[str] | None = None
        self._marked_places: tuple[EntryLine, EntryLine] | None = None
        self._width = 0
        self._rows: OrderedDict[int, list[Line]] = OrderedDict()
        self._heights = HeightIndex(0, chunk_size=1)
        self.set_width(80)

    def set_width(self, width: int) -> bool:
        """The pane is `width` cells wide; whether that is news."""
        width = max(8, width)
        if width == self._width:
            return False
        self._width = width
        self._rows.clear()
        self._marked_places = None
        count = max(1, -(-self.pages.size // PAGE_BYTES))
        average = min(self.pages.size, PAGE_BYTES) // width + 1
        self._heights = HeightIndex(count, chunk_size=1, estimate=average)
        return True

    def mark(self, pattern: re.Pattern[str] | None) -> None:
        """Show every match of a pattern as such, also one that goes on in the next row; None takes the marks away."""
        if pattern != self._pattern:
            self._pattern = pattern
            self._rows.clear()

    @property
    def row_count(self) -> int:
        """Number of rows, estimates included."""
        return self._heights.total

    def place_of(self, row: int) -> EntryLine:
        """Page and line at a row."""
        return self._heights.place_of(max(0, min(row, self.row_count - 1)))

    def row_of(self, place: EntryLine) -> int:
        """The row of a page and a line in it."""
        return self._heights.row_of(place)

    def measure_around(self, row: int, rows: int) -> bool:
        """Make row numbers from `row` on, for this many rows, exact; whether any changed."""
        changed = False
        while True:
            first, last = self.place_of(row).entry, self.place_of(row + rows).entry
            missing = next((page for page in range(first, last + 1) if not self._heights.is_measured(page)), None)
            if missing is None:
                return changed
            rows_of_page = len(self._page_rows(missing))
            # Even nothing at all takes a row; a page whose only line began in the page before takes none.
            self._heights.measure(missing, [rows_of_page if missing else max(1, rows_of_page)])
            changed = True

    def line(self, row: int) -> Line:
        """The line of a row."""
        page, number = self.place_of(row)
        rows = self._page_rows(page)
        line = rows[number] if number < len(rows) else ()
        return self._with_mark(page, number, line)

    def _with_mark(self, page: int, number: int, line: Line) -> Line:
        if self._marked is None:
            return line
        if self._marked_places is None:
            self._marked_places = (self.place_at(self._marked[0]), self.place_at(self._marked[1]))
        first, last = self._marked_places
        if not first <= EntryLine(page, number) < last:
            return line
        return tuple(Span(span.text, "cut") for span in line)

    def _page_rows(self, page: int) -> list[Line]:
        rows = self._rows.get(page)
        if rows is None:
            rows = self._rows[page] = self._wrapped(self._text(self.border(page), self.border(page + 1)))
            if len(self._rows) > PAGES_KEPT:
                self._rows.popitem(last=False)
        return rows

    def _wrapped(self, text: str) -> list[Line]:
        found: list[Line] = []
        for line in clean_lines(text):
            styled = self._style(line)
            if self._pattern is not None:
                styled = highlight(styled, self._pattern)
            found.extend(wrap_line(styled, self._width, self._measure))
        return found

    def _text(self, start: int, end: int) -> str:
        text = self.pages.read(start, end - start).decode(errors="replace")
        return decode_escapes(text) if self._escaped else text

    def border(self, page: int) -> int:
        """The byte at which a page begins; the size of the bytes behind the last one."""
        if page <= 0:
            return 0
        offset = page * PAGE_BYTES
        if offset >= self.pages.size:
            return self.pages.size
        # A few bytes before, to see whether the border falls into a character or an escape.
        before = min(offset, 32)
        data = self.pages.read(offset - before, before + LOOKAHEAD_BYTES)
        line_feed = data.find(b"\n", before)
        if line_feed != -1:
            return offset - before + line_feed + 1
        if offset + LOOKAHEAD_BYTES >= self.pages.size:
            return self.pages.size
        return offset - before + _safe_cut(data, before, escaped=self._escaped)

    # Bytes and rows

    def place_at(self, offset: int) -> EntryLine:
        """The page and line that show a byte."""
        page = min(offset // PAGE_BYTES, self._heights.count - 1)
        if self.border(page) > offset:
            page -= 1
        text = self._text(self.border(page), offset)
        before = clean_lines(text + "|")
        line = clean_lines(self._text(self.border(page), self.border(page + 1)) or "|")[len(before) - 1 :]
        above = sum(len(list(self._pieces(whole))) for whole in before[:-1])
        # Words that do not fit go to the next row, so the line is broken as a whole before its part is looked for.
        pieces = self._pieces(line[0] if line else "")
        return EntryLine(page, above + max(0, sum(start < len(before[-1]) for start, _ in pieces) - 1))

    def _pieces(self, line: str) -> Iterator[tuple[int, int]]:
        if len(line) <= self._width and line.isascii():  # as `wrap_line` has it
            return iter([(0, len(line))])
        return break_points(line, self._width, self._measure)

    def offset_of(self, place: EntryLine) -> int:
        """A byte near a line: exact at the start of a page, by proportion inside it."""
        start, end = self.border(place.entry), self.border(place.entry + 1)
        return start + (end - start) * place.line // max(1, len(self._page_rows(place.entry)))


def _safe_cut(data: bytes, at: int, *, escaped: bool) -> int:
    """The next index from `at` on at which neither a character nor an escape is cut."""
    while at < len(data) and data[at] & 0xC0 == 0x80:
        at += 1
    if not escaped:
        return at
    # `\\u0041` is the longest escape: if one begins before the cut, cut in front of it.
    for start in range(max(0, at - 5), at):
        if data[start : start + 1] == b"\\" and _is_odd_backslash(data, start):
            length = 6 if data[start + 1 : start + 2] == b"u" else 2
            if start + length > at:
                return start + length
    return at


def _is_odd_backslash(data: bytes, at: int) -> bool:
    """Whether the backslash at an index begins an escape rather than being the second half of one."""
    run = at
    while run > 0 and data[run - 1 : run] == b"\\":
        run -= 1
    return (at - run) % 2 == 0
