"""One conversation item as rows: header, wrapped body, folded when it is long.

Only as much of a text is split, cleaned and wrapped as is shown: an item of 50 MB costs what its first lines cost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from enum import IntEnum
from typing import NamedTuple

from tui.viewmodel.conversation.body import Block, Form, ItemBody, LineRole, NoteBlock, TextBlock
from tui.viewmodel.text.clean import Measure, clean, elide, format_bytes
from tui.viewmodel.text.colours import output_styler
from tui.viewmodel.text.markdown import rendered_lines
from tui.viewmodel.text.readable_json import readable_lines
from tui.viewmodel.text.spans import Line, Span, line_text
from tui.viewmodel.text.styled_lines import (
    Styler,
    code_line,
    json_line,
    markdown_styler,
    patch_line,
    plain_line,
    wrap_line,
)

BODY_INDENT = "  "

LINE_CHARACTERS = 4_000
"""Characters of one recorded line that an item shows; the payload has the rest."""

ROWS_OF_OPEN_ITEM = 4_000
"""Rows that an unfolded item shows at most."""


class Fold(IntEnum):
    """How much of an item is shown."""

    HEADER = 0
    SHORT = 1
    WHOLE = 2


class BlockRow(NamedTuple):
    """One row of an item, what it is, and which block of the body it belongs to (-1: the header)."""

    line: Line
    role: LineRole
    block: int = -1


SHORTEST_FOLD = 3
"""A rest of fewer rows than one part in this many of those shown is not folded: opening it would cost more."""

SHORT_ROWS = {"answer": 1_000, "message": 60, "reasoning": 12, "call": 12, "output": 12}
"""Rows of a body that is not unfolded, by the kind of item. A final answer is what one comes to read."""


class LogicalLine(NamedTuple):
    """A line before wrapping; `rest` is how many recorded lines follow it in its block."""

    line: Line
    role: LineRole
    rest: Callable[[], int]


class Page(NamedTuple):
    """Where rows are shown: cells of the pane, how text is measured.

    `as_source`: Markdown and colours are shown as they were written.
    """

    width: int
    measure: Measure
    as_source: bool = False


def item_rows(body: ItemBody, fold: Fold, short_rows: int, page: Page) -> tuple[BlockRow, ...]:
    """The rows of an item, without the column that shows what is new."""
    single = _single_line(body, page)
    if single is not None:
        return (BlockRow((*body.header, Span("  "), *single), "header"),)
    if fold is Fold.HEADER:
        return (BlockRow(_header_with_preview(body, page), "header"),)
    limit = short_rows if fold is Fold.SHORT else ROWS_OF_OPEN_ITEM
    most = limit + (limit - 1) // SHORTEST_FOLD if fold is Fold.SHORT else limit
    return (BlockRow(body.header, "header"), *_body_rows(body.blocks, limit, most, page))


def _single_line(body: ItemBody, page: Page) -> Line | None:
    """The body's only line, if it is short enough to stand beside the header."""
    width, measure = page.width, page.measure
    if len(body.blocks) != 1 or (isinstance(body.blocks[0], TextBlock) and len(body.blocks[0].text) > width):
        return None
    lines = logical_lines(body.blocks[0], page)
    first, second = next(lines, None), next(lines, None)
    if first is None or second is not None:
        return None
    used = measure(line_text(body.header)) + 2 + measure(line_text(first.line))
    return first.line if used <= width else None


def _header_with_preview(body: ItemBody, page: Page) -> Line:
    room = page.width - page.measure(line_text(body.header)) - 2
    preview = next((text for block in body.blocks if (text := _preview(block, room, page))), "")
    return (*body.header, Span("  "), Span(elide(preview, room, page.measure), "dim")) if preview else body.header


def _preview(block: Block, characters: int, page: Page) -> str:
    lines = (line_text(logical.line).strip() for logical in logical_lines(block, page))
    return next((line[: max(0, characters) + 1] for line in lines if line), "")


def _body_rows(blocks: tuple[Block, ...], limit: int, most: int, page: Page) -> list[BlockRow]:
    """All rows of a body where there are at most `most`, otherwise the first `limit` and how many lines follow."""
    rows: list[BlockRow] = []
    last: tuple[int, LogicalLine, int] | None = None
    """Where a longer body is cut: rows before it, and the line and the block that have the last of them."""
    for number, block in enumerate(blocks):
        for logical in logical_lines(block, page):
            # A last line is shown rather than a line that says that one more line follows.
            cut = max(len(rows), limit) + 1
            pieces = wrap_line(logical.line, page.width, page.measure, BODY_INDENT)
            rows += [BlockRow(piece, logical.role, number) for piece in pieces]
            if last is None and len(rows) >= limit:
                last = (min(cut, len(rows)), logical, number)
            if last is not None and len(rows) > most:
                return [*rows[: last[0]], *_rows_of_rest(blocks, last[1], last[2], page)]
    return rows


def _rows_of_rest(blocks: tuple[Block, ...], last: LogicalLine, place: int, page: Page) -> Iterator[BlockRow]:
    hidden = last.rest() + sum(_line_count(other, page) for other in blocks[place + 1 :])
    if hidden:
        yield BlockRow((Span(f"{BODY_INDENT}… {hidden:,} more lines (Enter opens)", "dim"),), "more")


def _line_count(block: Block, page: Page) -> int:
    if isinstance(block, TextBlock) and _rendered(block, page) is None:
        return block.text.count("\n") + (not block.text.endswith("\n")) if block.text else 0
    return sum(1 for _ in logical_lines(block, page))


def logical_lines(block: Block, page: Page) -> Iterator[LogicalLine]:
    """The lines of a block, made harmless and styled, as far as somebody asks for them."""
    if isinstance(block, NoteBlock):
        yield LogicalLine(block.line, block.role, lambda: 0)
    elif isinstance(block, TextBlock):
        rendered = _rendered(block, page)
        lines = _text_lines(block.text, _styler_of(block.form, page)) if rendered is None else _known_lines(rendered)
        yield from lines
    else:
        yield from _known_lines(list(readable_lines(block.value, as_written=page.as_source)))


def _rendered(block: TextBlock, page: Page) -> Sequence[Line] | None:
    """The lines of a Markdown text without its marks; None to show the text as it was written."""
    if block.form != "markdown" or page.as_source:
        return None
    return rendered_lines(block.text, page.width - len(BODY_INDENT), page.measure)


def _known_lines(lines: Sequence[Line]) -> Iterator[LogicalLine]:
    for number, line in enumerate(lines, 1):
        yield LogicalLine(line, "text", lambda number=number: len(lines) - number)  # type: ignore[misc]  # mypy sees no type in a default


def _styler_of(form: Form, page: Page) -> Styler:
    """A fresh styler for the lines of a text, which need not be harmless yet."""
    if form == "output" and not page.as_source:
        return output_styler()
    style = markdown_styler() if form == "markdown" else _STYLERS[form]
    return lambda text: style(clean(text))


_STYLERS: dict[Form, Styler] = {
    "code": code_line,
    "patch": patch_line,
    "json": json_line,
    "plain": plain_line,
    "output": plain_line,
}


def _text_lines(text: str, styler: Styler) -> Iterator[LogicalLine]:
    position = 0
    while position < len(text):
        end = text.find("\n", position)
        end = len(text) if end == -1 else end
        following = end + 1
        shown = text[position : min(end, position + LINE_CHARACTERS)]
        line = styler(shown.removesuffix("\r"))
        if end - position > LINE_CHARACTERS:
            more = len(text[position + LINE_CHARACTERS : end].encode(errors="replace"))
            line = (*line, Span(f" … {format_bytes(more)} more in this line", "dim"))
        yield LogicalLine(line, "text", lambda start=following: _lines_from(text, start))  # type: ignore[misc]  # mypy sees no type in a default
        position = following


def _lines_from(text: str, start: int) -> int:
    if start >= len(text):
        return 0
    return text.count("\n", start) + (not text.endswith("\n"))
