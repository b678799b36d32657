"""A row of the ladder as a line of a given width, and the heading above the columns.

    seq  offset   columns: a lifeline for each agent, an arrow from sender to receiver      the text, if there is room

Every kind has a word and a stroke of its own; what is under way has a dotted stroke that ends in `◌`, what never
arrived one that ends in `⊘`, what failed to be sent one that ends in `✗`. Colour repeats who sent it: the column says
so already.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tui.analysis.messages.edges import EdgeView
from tui.model.objects import EdgeKind, Thread
from tui.viewmodel.ladder.model import LadderModel, LadderRow
from tui.viewmodel.text.clean import Measure, clean, elide, format_duration, offset_in
from tui.viewmodel.text.edge_words import (
    DELIVERY_SIGNS,
    ENCRYPTED_SIGN,
    KIND_WORDS,
    agent_word,
    mark_spans,
    size_word,
    text_span,
)
from tui.viewmodel.text.spans import Line, Span
from tui.viewmodel.timeline.labels.faces import agent_style

LEAST_COLUMN, MOST_COLUMN = 11, 18
"""Cells of an agent's column."""

OFFSET_CELLS = 9
OFFSET_FROM = 72
"""The offset is left out of a narrower ladder."""

LEAST_TEXT, WANTED_TEXT = 14, 36
"""Cells of the text behind the columns: fewer are not worth it; columns leave this many if they can."""

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
    "close_agent": Stroke("├", "┤", "─", "■", "■"),
}


class LadderLayout(NamedTuple):
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


def layout_for(width: int, agents: int, newest_seq: int) -> LadderLayout:
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
        room -= len(f"{agents}▸")  # how many more there are is behind the last one
        columns = max(1, room // LEAST_COLUMN)
        column = room // columns
    text = room - columns * column
    return LadderLayout(seq, offset, column, columns, text if text >= LEAST_TEXT and columns == agents else 0)


def heading_line(model: LadderModel, layout: LadderLayout, measure: Measure) -> Line:
    """The agents above their columns, each with its number; the current one has a sign, and arrows tell of more."""
    shown = model.shown_columns
    more_right = len(model.agents) - 1 - shown[-1] if model.agents else 0
    spans = [Span("seq".rjust(layout.seq).ljust(layout.gutter), "dim")]
    for place, column in enumerate(shown[: len(model.agents)]):
        slot = model.slot_of(model.agents[column])
        skipped = column - shown[place - 1] - 1 if place else column
        sign = "▸" if column == model.column else "◂" if skipped else " "
        number = f"{sign}{slot + 1} "
        name = short_path(agent_word(model.trace, model.agents[column]), layout.column - len(number) - 1, measure)
        text = number + name
        spans.append(Span(text + " " * max(1, layout.column - measure(text)), agent_style(slot)))
    spans.append(Span(f"{more_right}▸" if more_right else "", "dim"))
    return tuple(spans)


def short_path(path: str, cells: int, measure: Measure) -> str:
    """The end of an agent's path that fits: the last name matters, and its end (`worker_12`) most of all."""
    name = path.removeprefix("/root/")
    if measure(name) <= cells:
        return name
    last = name.rpartition("/")[2]
    if measure(last) < cells - 1 and last != name:
        return f"…/{last}"
    return last if measure(last) <= cells else f"…{last[-max(1, cells - 1) :]}"


def ladder_line(model: LadderModel, row: LadderRow, layout: LadderLayout, measure: Measure) -> Line:
    """One row as a line."""
    if row.edge is None:
        return _gap_line(model, row, layout)
    edge = row.edge
    seq = f"{edge.started_seq:,}" if edge.started_seq else ""
    offset = offset_in(row.offset_ms, layout.offset - 1).rjust(layout.offset) if layout.offset else ""
    canvas = _Canvas(model, layout, edge.started_seq, measure)
    canvas.draw(edge)
    line = (Span(f"{seq:>{layout.seq}}{offset} ", "dim"), *canvas.spans())
    return (*line, *_text_spans(edge, layout.text - 1, measure)) if layout.text else line


def _gap_line(model: LadderModel, row: LadderRow, layout: LadderLayout) -> Line:
    text = f"┊ {format_duration(row.gap_ms)} without a message"
    cells = len(model.shown_columns) * layout.column
    lead = 1 if cells < len(text) + 12 else layout.column // 2
    return (Span(" " * (layout.gutter + lead)), Span(text, "dim"))


class _ArrowEnd(NamedTuple):
    """One end of an arrow: its cell, and the name of its agent if its column is not on the screen."""

    x: int
    hidden: str = ""


class _Canvas:
    """The cells of one row between the gutter and the text."""

    def __init__(self, model: LadderModel, layout: LadderLayout, seq: int, measure: Measure) -> None:
        self._model = model
        self._measure = measure
        self._column = layout.column
        self._shown = model.shown_columns[: len(model.agents)]
        self._places = {column: place for place, column in enumerate(self._shown)}
        self._texts = [" "] * (max(1, len(self._shown)) * layout.column)
        self._styles = [""] * len(self._texts)
        for column in self._shown:
            if _lives(model.trace.threads[model.agents[column]], seq):
                self._put(self._x(column), "│", self._style(column))

    def draw(self, edge: EdgeView) -> None:
        """An arrow from the sender's lifeline to the receiver's."""
        source = self._model.column_of(edge.source_agent)
        target = self._model.column_of(edge.target_agent)
        known = source if source is not None else target
        style = self._style(known) if known is not None and _reaches(edge) else "warning"
        if known is None:
            self._write(1, agent_word(self._model.trace, None, edge.named), "dim")
        elif source is not None and source == target:
            self._write(self._end(source).x + 1, f"↺ {_label(edge)} {DELIVERY_SIGNS[edge.delivery]}", style)
        elif source is None or target is None:
            self._draw_half(edge, known, style)
        else:
            self._draw_whole(edge, source, target, style)

    def _draw_whole(self, edge: EdgeView, source: int, target: int, style: str) -> None:
        start, end = self._end(source), self._end(target)
        if start.x == end.x:  # both columns are scrolled away, on the same side
            self._write_elsewhere(edge, start, end)
            return
        self._arrow(edge, start, end, style)
        for column in (source, target):
            if column in self._places and self._texts[self._x(column)] == " ":
                self._put(self._x(column), "│", self._style(column))

    def _write_elsewhere(self, edge: EdgeView, start: _ArrowEnd, end: _ArrowEnd) -> None:
        """What happened between columns that are not on the screen, in words, at the side where it happened."""
        text = f"{start.hidden} {_label(edge)} → {end.hidden}"
        if start.x < len(self._texts) - 1:
            self._write(start.x, f"« {text}", "dim")
        else:
            self._write(max(0, start.x - len(text) - 2), f" {text} »", "dim")

    def _draw_half(self, edge: EdgeView, known: int, style: str) -> None:
        """One end is not known: a short arrow that comes from nowhere, or leads to a name."""
        end = self._end(known)
        if end.hidden:
            self._write_elsewhere(edge, end, end)
        elif edge.source_agent is None:
            self._arrow(edge, _ArrowEnd(max(-1, end.x - self._column + 2)), end, style)
        else:
            tip = min(len(self._texts), end.x + max(self._column - 2, len(_label(edge)) + 5))
            self._arrow(edge, end, _ArrowEnd(tip), style)
            self._write(tip, f" {clean(edge.named)}", "dim")

    def _end(self, column: int) -> _ArrowEnd:
        """The lifeline of a column; of one that is scrolled away, the cell where the gap in the columns is."""
        if column in self._places:
            return _ArrowEnd(self._x(column))
        name = short_path(agent_word(self._model.trace, self._model.agents[column]), self._column, self._measure)
        if column > self._shown[-1]:
            return _ArrowEnd(len(self._texts) - 1, name)
        return _ArrowEnd(self._column if 0 in self._places else 0, name)

    def _arrow(self, edge: EdgeView, start: _ArrowEnd, end: _ArrowEnd, style: str) -> None:
        """Draw from one end to the other; where an end is scrolled away, say whose it is."""
        stroke, goes_right = STROKES[edge.kind], end.x > start.x
        line = stroke.line if _reaches(edge) else DOTTED
        low, high = min(start.x, end.x), max(start.x, end.x)
        for x in range(low + 1, high):
            self._put(x, line, style)
        self._write_label(low + 1, _label(edge), style, high - low - 1, goes_right=goes_right)
        leave = stroke.leave_right if goes_right else stroke.leave_left
        self._put(start.x, ("»" if goes_right else "«") if start.hidden else leave, style)
        head = stroke.right if goes_right else stroke.left
        if not _reaches(edge):
            head = DELIVERY_SIGNS[edge.delivery]
        if end.hidden:
            self._put(end.x, "»" if goes_right else "«", style)
        if edge.deed == "close_agent" and _reaches(edge) and not end.hidden:
            self._put(end.x, head, style)  # where an agent is closed, its lifeline ends
        elif high - low > 1 or not end.hidden:
            self._put(end.x - 1 if goes_right else end.x + 1, head, style)
        for hidden in (start, end):
            self._write_hidden(edge, hidden, low, high)

    def _write_hidden(self, edge: EdgeView, end: _ArrowEnd, low: int, high: int) -> None:
        """The name of an agent whose column is scrolled away, beside the sign that represents it."""
        name = end.hidden
        if not name:
            return
        if end.x == low:  # left of the columns that are scrolled through: nothing of the arrow is hidden by it
            room = high - low - 1
            if room < len(_label(edge)) + 2:
                self._write(high + 2, f"{_label(edge)} · {name}", "dim")
            elif room >= len(_label(edge)) + len(name) + 9:
                self._write(high - len(name) - 4, f" {name} ", "dim")
        elif end.x == len(self._texts) - 1:
            if high - low - 1 >= len(_label(edge)) + len(name) + 9:
                self._write(high - len(name) - 4, f" {name} ", "dim")
        else:  # between the pinned column and the others
            self._write(end.x + 1, f" {name} ", "dim")

    def _write_label(self, start: int, label: str, style: str, room: int, *, goes_right: bool) -> None:
        """The word on the stroke, with blanks and pieces of line around it as far as there is room.

        One cell of the room is for the head of the arrow.
        """
        if room >= len(label) + 5:
            self._write(start + 2, f" {label} ", style)
        elif room >= len(label) + 3:
            self._write(start + (0 if goes_right and room == len(label) + 3 else 1), f" {label} ", style)
        elif room >= len(label) + 2:
            self._write(start + 1, label, style)

    def _style(self, column: int) -> str:
        return agent_style(self._model.slot_of(self._model.agents[column]))

    def _x(self, column: int) -> int:
        return self._places[column] * self._column + 1

    def _put(self, x: int, sign: str, style: str) -> None:
        if 0 <= x < len(self._texts):
            self._texts[x], self._styles[x] = sign, style

    def _write(self, x: int, text: str, style: str) -> None:
        if self._measure(text) != len(text):
            return  # a cell holds one character here; the panel below shows it in full
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


def _text_spans(edge: EdgeView, cells: int, measure: Measure) -> Line:
    """What is out of the ordinary, the size of what nobody can read, and the first line."""
    spans = [Span(" ")]
    spans += [span._replace(text=f"{span.text.strip()}  ") for span in mark_spans(edge)]
    spans += [Span(f"{size_word(edge)}  ", "dim")] * edge.encrypted
    shown, room = [], cells
    for span in spans:
        shown.append(Span(elide(span.text, room, measure), span.style))
        room -= measure(span.text)
    text = text_span(edge)
    if text.text and room > 2:
        shown.append(text._replace(text=f"“{elide(text.text, room - 2, measure)}”"))
    return tuple(shown)


def _label(edge: EdgeView) -> str:
    return KIND_WORDS[edge.deed] + ENCRYPTED_SIGN * edge.encrypted


def _reaches(edge: EdgeView) -> bool:
    """Whether the other end is known to have been reached: a spawned agent is there even if its task was not seen."""
    return edge.delivery == "delivered" or (edge.kind == "spawn_agent" and edge.target_agent is not None)


def _lives(thread: Thread, seq: int) -> bool:
    """Whether an agent had started and not ended at an event."""
    ended = thread.execution.ended_seq
    return thread.execution.started_seq <= seq and (ended is None or seq <= ended)
