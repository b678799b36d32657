"""A row of the ladder as a line of a given width, and the heading above the columns.

    seq  offset   columns: a lifeline for each agent, an arrow from sender to receiver      the text, if there is room

Every kind has a word and a stroke of its own; what is under way has a dotted stroke that ends in `◌`, what never
arrived one that ends in `⊘`. Colour repeats who sent it: the column says so already.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tui.analysis.edges import EdgeView
from tui.model.objects import EdgeKind, Thread
from tui.viewmodel.edge_words import (
    DELIVERY_SIGNS,
    ENCRYPTED_SIGN,
    KIND_WORDS,
    agent_word,
    mark_spans,
    size_word,
    text_span,
)
from tui.viewmodel.ladder import LadderModel, LadderRow, Window
from tui.viewmodel.spans import Line, Span
from tui.viewmodel.text import Measure, clean, format_duration, format_offset
from tui.viewmodel.timeline_labels import agent_style

LEAST_COLUMN, MOST_COLUMN = 11, 18
"""Cells of an agent's column."""

OFFSET_CELLS = 9
OFFSET_FROM = 72
"""The offset is left out of a narrower ladder."""

LEAST_TEXT, WANTED_TEXT = 14, 36
"""Cells of the text behind the columns: fewer are not worth it; columns leave so many if they can."""

DOTTED = "┄"


class Stroke(NamedTuple):
    """How an arrow of one kind is drawn: where it leaves to the right and to the left, its line, its heads."""

    leave_right: str
    leave_left: str
    line: str
    right: str
    left: str


STROKES: dict[EdgeKind, Stroke] = {
    "spawn_agent": Stroke("╞", "╡", "═", "▶", "◀"),
    "assign_agent_task": Stroke("├", "┤", "─", "▶", "◀"),
    "send_message": Stroke("├", "┤", "─", "▷", "◁"),
    "agent_result": Stroke("┝", "┥", "━", "▶", "◀"),
    "close_agent": Stroke("├", "┤", "─", "✗", "✗"),
}


class Layout(NamedTuple):
    """Widths in cells. `text` is 0 where the columns leave no room for it."""

    seq: int
    offset: int
    column: int
    columns: int
    text: int

    @property
    def gutter(self) -> int:
        """Cells before the first column."""
        return self.seq + self.offset + 1


def layout_for(width: int, agents: int, newest_seq: int) -> Layout:
    """How a ladder of `agents` columns is laid out in `width` cells; as many columns as fit, the text if it can."""
    seq = max(5, len(f"{newest_seq:,}") + 1)
    offset = OFFSET_CELLS if width >= OFFSET_FROM else 0
    room = max(LEAST_COLUMN, width - 2 - seq - offset)
    agents = max(1, agents)
    column = min(MOST_COLUMN, (room - WANTED_TEXT) // agents)
    if column < LEAST_COLUMN:
        column = min(MOST_COLUMN, max(LEAST_COLUMN, room // agents))
    columns = min(agents, room // column)
    if columns < agents:
        column = room // columns
    text = room - columns * column
    return Layout(seq, offset, column, columns, text if text >= LEAST_TEXT and columns == agents else 0)


def heading_line(model: LadderModel, layout: Layout, measure: Measure) -> Line:
    """The agents above their columns, each with its number; the current one has a sign, and arrows tell of more."""
    window = model.window
    more_left, more_right = window.first, len(model.agents) - window.first - window.size
    lead = f"◂{more_left} " if more_left else "seq "
    spans = [Span(lead.rjust(layout.seq + 1)[-layout.gutter :].ljust(layout.gutter), "dim")]
    for column in range(window.first, window.first + window.size):
        if column >= len(model.agents):
            break
        slot = model.slot_of(model.agents[column])
        sign = "▸" if column == model.column else " "
        name = short_path(agent_word(model.trace, model.agents[column]), layout.column - 5, measure)
        text = f"{sign}{slot + 1} {name}"
        spans.append(Span(text + " " * max(1, layout.column - measure(text)), agent_style(slot)))
    spans.append(Span(f"{more_right}▸" if more_right else "", "dim"))
    return tuple(spans)


def short_path(path: str, cells: int, measure: Measure) -> str:
    """The end of an agent's path that fits: the last name tells agents apart, and its end (`worker_12`) most of all."""
    name = path.removeprefix("/root/")
    if measure(name) <= cells:
        return name
    last = name.rpartition("/")[2]
    if measure(last) < cells - 1 and last != name:
        return f"…/{last}"
    return last if measure(last) <= cells else f"…{last[-max(1, cells - 1) :]}"


def ladder_line(model: LadderModel, row: LadderRow, layout: Layout, measure: Measure) -> Line:
    """One row as a line."""
    if row.edge is None:
        return _gap_line(model, row, layout)
    edge = row.edge
    seq = f"{edge.started_seq:,}" if edge.started_seq else ""
    offset = format_offset(row.offset_ms).rjust(layout.offset) if layout.offset else ""
    canvas = _Canvas(model, layout, edge.started_seq, measure)
    canvas.draw(edge)
    line = (Span(f"{seq:>{layout.seq}}{offset} ", "dim"), *canvas.spans())
    return (*line, *_marks(edge), Span(" "), text_span(edge)) if layout.text else line


def _gap_line(model: LadderModel, row: LadderRow, layout: Layout) -> Line:
    text = f"┊ {format_duration(row.gap_ms)} without a message"
    cells = model.window.size * layout.column
    lead = 1 if cells < len(text) + 12 else layout.column // 2
    return (Span(" " * (layout.gutter + lead)), Span(text, "dim"))


class _Canvas:
    """The cells of one row between the gutter and the text."""

    def __init__(self, model: LadderModel, layout: Layout, seq: int, measure: Measure) -> None:
        self._model = model
        self._measure = measure
        self._column = layout.column
        self._window: Window = model.window
        self._texts = [" "] * (self._window.size * layout.column)
        self._styles = [""] * len(self._texts)
        for column in range(self._window.first, self._window.first + self._window.size):
            if column < len(model.agents) and _lives(model.trace.threads[model.agents[column]], seq):
                self._put(self._x(column), "│", self._style(column))

    def draw(self, edge: EdgeView) -> None:
        """An arrow from the sender's lifeline to the receiver's."""
        source = self._model.column_of(edge.source_agent)
        target = self._model.column_of(edge.target_agent)
        style = self._style(source if source is not None else target or 0)
        if not _reaches(edge):
            style = "warning"
        if source is None and target is None:
            self._write(1, agent_word(self._model.trace, None, edge.named), "dim")
        elif source is not None and source == target:
            self._write_label(edge, self._x(source) + 1, f"↺ {_label(edge)}", style)
        elif source is None or target is None:
            self._draw_half(edge, source, target, style)
        else:
            self._draw_whole(edge, source, target, style)

    def _draw_whole(self, edge: EdgeView, source: int, target: int, style: str) -> None:
        low, high = self._clip(source), self._clip(target)
        if low == high:  # both ends are beside the window, on the same side
            self._write_elsewhere(edge, source, target)
            return
        self._arrow(edge, low, high, style)
        for end in (source, target):
            if self._window.holds(end) and self._texts[self._x(end)] == " ":
                self._put(self._x(end), "│", self._style(end))

    def _write_elsewhere(self, edge: EdgeView, source: int, target: int) -> None:
        """What happened beside the window, in words, at the side where it happened."""
        ends = [
            short_path(agent_word(self._model.trace, self._model.agents[one]), 2 * self._column, self._measure)
            for one in (source, target)
        ]
        text = f"{ends[0]} {_label(edge)} → {ends[1]}"
        if source < self._window.first:
            self._write(0, f"« {text}", "dim")
        else:
            self._write(max(0, len(self._texts) - len(text) - 2), f"{text} »", "dim")

    def _draw_half(self, edge: EdgeView, source: int | None, target: int | None, style: str) -> None:
        """One end is not known: a short arrow that comes from nowhere, or leads to a name."""
        known = source if source is not None else target
        if known is None or not self._window.holds(known):
            return
        x = self._x(known)
        if source is None:
            self._arrow(edge, max(-1, x - self._column + 2), x, style)
            return
        end = min(len(self._texts), x + self._column - 2)
        self._arrow(edge, x, end, style)
        if edge.named:
            self._write(end + 1, clean(edge.named), "dim")

    def _clip(self, column: int) -> int:
        """Where the lifeline of a column is, or the edge of the window that is nearest to it."""
        if column < self._window.first:
            return -1
        return self._x(column) if self._window.holds(column) else len(self._texts)

    def _arrow(self, edge: EdgeView, start: int, end: int, style: str) -> None:
        """Draw from the cell `start` to the cell before `end`; beyond the canvas lies what is not on the screen."""
        stroke, goes_right = STROKES[edge.kind], end > start
        line = stroke.line if _reaches(edge) else DOTTED
        low, high = min(start, end), max(start, end)
        for x in range(low + 1, high):
            self._put(x, line, style)
        if start >= 0:
            self._put(start, stroke.leave_right if goes_right else stroke.leave_left, style)
        self._write_label(edge, low + 1, _label(edge), style, high - low - 1)
        head = stroke.right if goes_right else stroke.left
        if not _reaches(edge):
            head = DELIVERY_SIGNS[edge.delivery]
        tip = end - 1 if goes_right else end + 1
        if not 0 <= end < len(self._texts) and edge.target_agent is not None:
            head = "»" if goes_right else "«"
        self._put(tip, head, style)
        if not 0 <= start < len(self._texts) and edge.source_agent is not None:
            self._put(start + 1 if goes_right else start - 1, "»" if goes_right else "«", style)

    def _write_label(self, edge: EdgeView, start: int, label: str, style: str, room: int = 99) -> None:
        """The word on the stroke, with a piece of line before and behind it, and blanks around it if there is room."""
        if edge.source_agent == edge.target_agent:
            self._write(start, f"{label} {DELIVERY_SIGNS[edge.delivery]}", style)
        elif room >= len(label) + 5:
            self._write(start + 2, f" {label} ", style)
        elif room >= len(label) + 2:
            self._write(start + 1, label, style)

    def _style(self, column: int) -> str:
        return agent_style(self._model.slot_of(self._model.agents[column]))

    def _x(self, column: int) -> int:
        return (column - self._window.first) * self._column + 1

    def _put(self, x: int, sign: str, style: str) -> None:
        if 0 <= x < len(self._texts):
            self._texts[x], self._styles[x] = sign, style

    def _write(self, x: int, text: str, style: str) -> None:
        if self._measure(text) != len(text):
            return  # a cell holds one character here; the panel below tells it in full
        for place, sign in enumerate(text, x):
            self._put(place, sign, style)

    def spans(self) -> Sequence[Span]:
        """Cells of one style as one span."""
        spans: list[Span] = []
        for text, style in zip(self._texts, self._styles, strict=True):
            if spans and (spans[-1].style == style or text == " "):
                spans[-1] = Span(spans[-1].text + text, spans[-1].style)
            else:
                spans.append(Span(text, style))
        return spans


def _marks(edge: EdgeView) -> Line:
    """What is out of the ordinary, and the size of what nobody can read."""
    marks = tuple(span._replace(text=f"{span.text[1:]} ") for span in mark_spans(edge))
    return (*marks, Span(f"{size_word(edge)} ", "dim")) if edge.encrypted else marks


def _label(edge: EdgeView) -> str:
    return KIND_WORDS[edge.kind] + ENCRYPTED_SIGN * edge.encrypted


def _reaches(edge: EdgeView) -> bool:
    """Whether the other end is known to have been reached: a spawned agent is there even if its task was not seen."""
    return edge.delivery == "delivered" or (edge.kind == "spawn_agent" and edge.target_agent is not None)


def _lives(thread: Thread, seq: int) -> bool:
    """Whether an agent had started and not ended at an event."""
    ended = thread.execution.ended_seq
    return thread.execution.started_seq <= seq and (ended is None or seq <= ended)
