"""A row of the timeline as a line of a given width.

    ▾ turn 1  Review the project …              ●  0.143s   8.1s  12.4k   ━━━━━━━━━
    tree and label                         status start duration tokens  bar

The narrower the pane, the fewer columns: first the bar goes, then the tokens, then the start. What is left over goes
to the label, which is cut where the columns begin. Who asks for the bar in a narrow pane gets it for the start and the
tokens.
"""

from __future__ import annotations

from functools import lru_cache

from tui.analysis.requests.tokens import Tokens
from tui.named_tuple import NamedTuple
from tui.viewmodel.text.apart import elide_name
from tui.viewmodel.text.clean import Measure, duration_in, elide
from tui.viewmodel.text.spans import Line, Span, line_of_cells
from tui.viewmodel.text.token_words import tokens_cell
from tui.viewmodel.timeline.labels.words import ANSWER, ASKED, REASON, TOOL_NAME
from tui.viewmodel.timeline.row import TimelineRow, Work, glyph_span
from tui.viewmodel.timeline.row_kinds import ROW_KINDS
from tui.viewmodel.timeline.row_times import DURATION_CELLS, RowTimes

GLYPH_CELLS = 2
"""A blank and the sign of the status; a longer sign (`✗127`) takes its cells from the label."""

LONGEST_SIGN = 5
TOKENS_CELLS = 7
MIN_LABEL_CELLS = 22
"""Columns are left out before the label gets narrower than this."""

SINCE_START = RowTimes()
"""Times as they are shown unless somebody asks for others."""

OFFSET_CELLS = SINCE_START.cells

LABEL_BESIDE_BAR = 36
"""Cells of label that a bar which nobody asked for must leave."""

BAR_CELLS = (10, 48)
"""A narrower bar shows nothing, a wider one nothing more."""

LEAST_BAR = 4
BAR_GAP = 2
"""Blank cells before the bars."""

TEXTURES: dict[Work, tuple[str, str]] = {
    "idle": (" ", ""),
    "moment": ("·", "dim"),
    "waiting": ("░", "dim"),
    "model": ("▓", "bar"),
    "tool": ("▒", "role.tool"),
    "failed": ("✗", "bar.failed"),
}
"""How each kind of work looks, and its style; the same as in the time view."""

KEPT = frozenset({REASON, ANSWER})
"""Styles of what ends a label and says most of it: half of the label is its own, however long the rest is."""

CELLS_PER_WIDE_STEP = 12
"""For this many cells of label one more level is indented by two cells; deeper levels are indented by one."""
MAX_INDENT = 24
"""Rows are not indented any further: the label needs room, too."""


class Columns(NamedTuple):
    """Widths in cells; 0 for a column that is left out. One cell at the right is free for the scroll mark."""

    label: int
    glyph: int
    offset: int
    duration: int
    tokens: int
    bar: int

    @property
    def before_bar(self) -> int:
        """Cells before the first cell of a bar."""
        return self.label + self.glyph + self.offset + self.duration + self.tokens + BAR_GAP


@lru_cache(maxsize=64)
def columns_for(
    width: int, bar: bool | None = None, offset_cells: int = OFFSET_CELLS, duration_cells: int = DURATION_CELLS
) -> Columns:
    """The columns of a pane of `width` cells; `bar`: whether somebody asked for the bar, or asked for it to go.

    `offset_cells`, `duration_cells`: what the time of a row and how long it took need.
    """
    offset = offset_cells if width >= 52 else 0
    tokens = TOKENS_CELLS if width >= 64 else 0
    duration = duration_cells if width >= MIN_LABEL_CELLS + duration_cells + GLYPH_CELLS else 0
    label = max(1, width - 1 - GLYPH_CELLS - offset - duration - tokens)
    least, most = BAR_CELLS
    cells = min(most, label // 3, label - LABEL_BESIDE_BAR)
    if bar and cells < least:
        label, offset, tokens = label + offset + tokens, 0, 0
        cells = label // 3
    if bar is False or cells < least:
        cells = 0
    return Columns(label - cells, GLYPH_CELLS, offset, duration, tokens, cells)


def column_names(columns: Columns) -> str:
    """What the columns of numbers are, each name above the end of its column; drawn as a part of the border."""
    named = (("start", columns.offset), ("took", columns.duration), ("tokens", columns.tokens))
    return "".join(f" {name}".rjust(cells, "─") for name, cells in named if cells)


def indent_of(depth: int, width: int) -> int:
    """Cells by which a row at `depth` is indented in a pane of `width`, the same with bars and without."""
    return min(MAX_INDENT, depth + min(depth, columns_for(width).label // CELLS_PER_WIDE_STEP))


def timeline_line(
    row: TimelineRow,
    width: int,
    measure: Measure,
    bar: bool | None = None,
    times: RowTimes = SINCE_START,
    above_ms: int | None = None,
) -> Line:
    """The row as a line of `width` cells; `bar` as for `columns_for`. The row above it began at `above_ms`."""
    columns = columns_for(width, bar, times.cells, times.duration_cells)
    sign = glyph_span(row.status, elide(row.glyph, LONGEST_SIGN, measure))
    room = max(1, columns.label - measure(sign.text) + 1)
    label, used = _label(row, room, width, measure)
    return (
        *label,
        Span(" " * (room - used + 1)),
        sign,
        Span(_facts(row, columns, times.text(row.start_ms, above_ms)), "dim"),
        *_bar(row, columns.bar),
    )


def _label(row: TimelineRow, cells: int, width: int, measure: Measure) -> tuple[list[Span], int]:
    """Indentation for a pane of `width`, fold mark and the label, cut to `cells`; and how many of them are used."""
    fold = "  " if not row.foldable else "▸ " if row.folded else "▾ "
    lead = " " * indent_of(row.depth, width) + fold
    spans = [Span(elide(lead, cells, measure), "dim")]
    used = measure(spans[0].text)
    label = _fitting(row.label, cells - used, measure)
    end = _end_of_label(label)
    kept = _kept(label[end:], cells - used, measure)
    for number, span in enumerate((*label, *_hidden_problems(row))):
        kept = 0 if number >= end else kept
        room = cells - used - kept
        if room <= 0:
            continue
        text = _elided(span, room, measure)
        spans.append(Span(text, span.style))
        used += measure(text)
    return spans, used


def _elided(span: Span, cells: int, measure: Measure) -> str:
    """A piece of the label in at most `cells`, so that what is often alike is left out."""
    if span.style.startswith("agent."):
        return _elide_path(span.text, cells, measure)
    if span.style == TOOL_NAME:
        return elide_name(span.text, cells, measure)
    if span.text.startswith(ASKED):
        room, name = cells - len(ASKED), span.text.removeprefix(ASKED).partition(" ")[0]
        if "." in name and name[:1].isalnum() and measure(name) > room > 0:
            return ASKED + elide_name(name, room, measure)
    return elide(span.text, cells, measure)


def _elide_path(path: str, cells: int, measure: Measure) -> str:
    """The path of an agent in at most `cells`: its end tells it from others."""
    if measure(path) <= cells:
        return path
    # Of a path of hundreds of levels only the end is looked at: what fits has few more characters than cells.
    first = max(1, len(path) - 2 * cells)
    start = next((start for start in range(first, len(path)) if measure(path[start:]) < cells), len(path))
    return f"…{path[start:]}"


def _fitting(label: Line, cells: int, measure: Measure) -> Line:
    """The label; if it is too long, without the dim pieces (model, nickname) before an end that is kept."""
    end = _end_of_label(label)
    if end == len(label) or sum(measure(span.text) for span in label) <= cells:
        return label
    return (label[0], *(span for span in label[1:end] if span.style != "dim"), *label[end:])


def _end_of_label(label: Line) -> int:
    """Where the pieces begin that end a label and are kept."""
    end = len(label)
    while end and label[end - 1].style in KEPT:
        end -= 1
    return end


def _kept(pieces: Line, cells: int, measure: Measure) -> int:
    """Cells that the rest of a label leaves to these pieces: what they need, at most half of them."""
    return min(sum(measure(piece.text) for piece in pieces), cells // 2)


def _hidden_problems(row: TimelineRow) -> Line:
    """How much went wrong in what is folded away."""
    hidden = row.problems - row.problem
    return (Span(f"  ▲{hidden}", "warning"),) if row.folded and hidden else ()


def _facts(row: TimelineRow, columns: Columns, began: str) -> str:
    """The columns of numbers, as one run: each style of its own would cost more bytes than its text.

    A moment has no duration to tell.
    """
    kind = ROW_KINDS[row.node.kind]
    has_duration = row.span is not None and not (kind is not None and kind.is_moment)
    texts = [
        began.rjust(columns.offset) if columns.offset else "",
        _duration(columns.duration, row.duration_ms) if has_duration else " " * columns.duration,
        _tokens(columns.tokens, row.tokens),
    ]
    return "".join(texts)


def _duration(cells: int, duration_ms: int | None) -> str:
    """`?` where it could not be measured."""
    text = duration_in(duration_ms, cells - 1) if cells else ""
    return text.rjust(cells)


def _tokens(cells: int, tokens: Tokens | None) -> str:
    """Nothing while all that is unknown may still come. `≥427.2k` gives its last digit for the blank before it."""
    text = "" if not cells or tokens is None or tokens.requests == tokens.open else tokens_cell(tokens.total, tokens)
    if len(text) >= cells and "." in text:
        text = f"{text.partition('.')[0]}{text[-1]}"
    return text.rjust(cells)


def _bar(row: TimelineRow, cells: int) -> Line:
    if cells < LEAST_BAR:
        return ()
    pieces = [TEXTURES[work] for work in row.bar(cells - BAR_GAP)]
    while pieces and pieces[-1] == TEXTURES["idle"]:
        pieces.pop()
    return (Span(" " * BAR_GAP), *line_of_cells(pieces)) if pieces else ()
