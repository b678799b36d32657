"""`RowView`: the base of every pane that shows rows, one line each, from ten to a million of them.

The widget holds no rows. It asks its subclass for the few lines on the screen, keeps what it showed (`_frame`), and
after anything happened (a key, a resize, new data) computes the frame again and repaints only the lines that differ:

    row_count(), row_line()  ──▶  frame: (line, mark) per screen line  ──▶  strips  ──▶  terminal
                                        ▲ compared with the last one

So a cursor move repaints two lines, rows that land below the screen repaint nothing, and no change sends no byte.
It scrolls by itself rather than as a `ScrollView`: there, each change of the number of rows lays the whole screen out
again, and the scroll bar is sent again with each scroll.
At an edge the screen moves by half a page at once: a repaint of all lines every twentieth key costs a tenth of one
with every key.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from rich.segment import Segment
from textual import events
from textual.cache import LRUCache
from textual.content import Content
from textual.geometry import Region
from textual.strip import Strip

from tui.ui.terminal.compact_strip import CompactStrip
from tui.ui.theme import style_for as theme_style_for
from tui.ui.widgets.base_style import BaseStyled
from tui.ui.widgets.frame_line import FrameLine, adjoining, frame_strip, thumb_lines
from tui.ui.widgets.row_strip import StyleFor
from tui.viewmodel.rows.moves import ROW_MOVES, Move, Rows
from tui.viewmodel.text.spans import Line, Span

WHEEL_ROWS = 3
"""Rows that one notch of a mouse wheel moves."""

STRIPS_KEPT = 512
"""Rendered lines kept for the next time they are shown: a few pages."""


ARRIVAL_PART = 3
"""The target of a move appears in this fraction of the pane from its top, with what follows it in view."""

FOCUS_SIGN = "▌"
"""Stands before the title of the pane with the focus."""


class RowView(BaseStyled, can_focus=True):
    """Shows rows of one line each. Subclasses give `row_count` and `row_line`.

    Call `rows_changed` after the rows changed, `perform` to do what a key says, `move_cursor` to go to a row.
    """

    ALLOW_SELECT = False

    show_cursor: bool = True
    """Whether a cursor row is marked; without it the view only scrolls."""

    def __init__(
        self,
        *,
        style_for: StyleFor = theme_style_for,
        name: str | None = None,
        id: str | None = None,  # noqa: A002  # Textual's own name for it
        classes: str | None = None,
    ) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self._style_for = style_for
        self._title = ""
        self._title_runs_on = False
        self._cursor = 0
        self._top = 0
        self._lines: dict[int, Line] = {}
        self._frame: list[FrameLine] = []
        self._waits_with_paint = False
        self._strips: LRUCache[tuple[FrameLine, int], Strip] = LRUCache(STRIPS_KEPT)
        self._compact: dict[int, tuple[Strip, CompactStrip]] = {}
        self._bordered: LRUCache[tuple[FrameLine, int], CompactStrip] = LRUCache(STRIPS_KEPT)
        """Lines with the borders beside them."""
        self._sides: tuple[list[Segment], list[Segment]] | None = None
        """What stands left and right of every line; None until that was drawn."""

    # What a subclass gives

    def row_count(self) -> int:
        """How many rows there are now."""
        return 0

    def row_line(self, index: int, width: int) -> Line:  # noqa: ARG002  # a view without rows has no line
        """Row `index` for a pane of `width` cells; longer lines are cropped. Called only for rows on the screen."""
        return ()

    def row_lines(self, rows: Sequence[int], width: int) -> Iterable[Line]:
        """The lines of several rows, given in order. A subclass that finds rows beside each other faster does so."""
        return [self.row_line(row, width) for row in rows]

    def empty_text(self) -> str:
        """What is in the pane while there are no rows: why, and what to do."""
        return ""

    def pinned_rows(self, top: int) -> list[int]:  # noqa: ARG002  # the rows depend on it in subclasses
        """Rows to pin over the first lines of a screen that begins with row `top`, outermost first."""
        return []

    def cursor_changed(self) -> None:
        """Called after the cursor came to stand on another row."""

    def row_clicked(self, index: int, column: int) -> None:  # noqa: ARG002  # subclasses look at the column
        """Called when row `index` is clicked at cell `column`; moves the cursor there."""
        self.move_cursor(index)

    # What a subclass and the app ask

    @property
    def cursor(self) -> int:
        """The row under the cursor, from 0."""
        return self._cursor

    @property
    def top(self) -> int:
        """The first row on the screen."""
        return self._top

    @property
    def page_height(self) -> int:
        """Rows that fit the pane; at least 1."""
        return max(1, self.scrollable_content_region.height)

    def move_cursor(self, to: int) -> None:
        """Put the cursor on row `to` (clamped) and show it."""
        to = self._clamped(to)
        moved = to != self._cursor
        self._cursor = to
        self._reveal_cursor()
        self._repaint()
        if moved:
            self.cursor_changed()

    def perform(self, move: Move, count: int | None = None) -> bool:
        """Do what a key says; whether these rows have such a move. `count` is the number typed before the key."""
        step = ROW_MOVES.get(move)
        if step is not None:
            moved = step(Rows(self._cursor, self._top, self.row_count(), self.page_height), count)
            if moved.top != self._top:
                self._set_top(moved.top)
            self.move_cursor(moved.cursor)
        return step is not None

    def arrive(self, *, calmly: bool = False) -> None:
        """One went to the row under the cursor from elsewhere: show it in the upper third of the pane.

        `calmly`: the next place of many; the screen stays while it is in the upper two thirds.
        """
        third = self.page_height // ARRIVAL_PART
        line = self._cursor - self._top
        if len(self.pinned_rows(self._top)) <= line <= (2 * third if calmly else third):
            return
        self._set_top(self._cursor - max(1, third // 2))
        self._set_top(min(self._top, self._cursor - len(self.pinned_rows(self._top))))
        self._repaint()

    def scroll_rows(self, rows: int) -> None:
        """Move the screen and leave the cursor where it is."""
        self._set_top(self._top + rows)
        self._repaint()

    def rows_changed(self, cursor: int | None = None) -> None:
        """Rows were added, removed or altered anywhere.

        `cursor` is the new place of the row that the cursor was on; the screen moves with it, so that what is being
        read stays where it is.
        """
        self._lines.clear()
        if cursor is not None:
            self._set_top(self._top + cursor - self._cursor)
            self._cursor = cursor
        self._cursor = self._clamped(self._cursor)
        self._set_top(self._top)
        self._repaint()

    def lines_changed(self, rows: Iterable[int]) -> None:
        """These rows say something else; no row came or went, and all others are as they were."""
        for row in rows:
            self._lines.pop(row, None)
        self._repaint()

    def rows_changed_and_go(self, to: int) -> None:
        """Do what `rows_changed` and `move_cursor` do one after the other, painting once."""
        self._lines.clear()
        self._cursor = self._clamped(self._cursor)
        self._set_top(self._top)
        self.move_cursor(to)

    def show_title(self, title: str, *, runs_on: bool = False) -> None:
        """Write a title into the upper border. The same title again repaints nothing.

        `runs_on`: the title ends as the border goes on, without a blank between.
        """
        if (title, runs_on) != (self._title, self._title_runs_on):
            self._title, self._title_runs_on = title, runs_on
            self._write_title()

    def _write_title(self) -> None:
        """The pane that gets the keys carries a sign: colour alone would not tell everybody."""
        sign = FOCUS_SIGN if self.has_focus else " "
        self.border_title = Content(f"{sign}{self._title.strip(' ·')}{'' if self._title_runs_on else ' '}")

    def forget_styles(self) -> None:
        """The theme changed: render every line again."""
        self._strips.clear()
        self._forget_sides()
        self._frame = []
        super().forget_styles()

    # Rendering

    def render_line(self, y: int) -> Strip:
        """The line `y` of the frame."""
        return self._content_line(y, self.scrollable_content_region.width)

    def _content_line(self, y: int, width: int) -> Strip:
        if y >= len(self._frame):
            return Strip.blank(width, self.base_style)
        key = (self._frame[y], width)
        strip = self._strips.get(key)
        if strip is None:
            strip = frame_strip(self._frame[y], width, self.base_style, self._style_for)
            self._strips[key] = strip
        return strip

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines of the region, each with as few escape sequences as it needs."""
        if not self._frame:
            # Drawn before it knew its size: the first picture of the screen has rows already.
            self._frame = self._make_frame()
        content, width, top = self.scrollable_content_region, self.outer_size.width, self.content_offset.y
        if crop.column_span != (0, width) or self.get_line_filters():
            return [self._compacted(y, strip) for y, strip in enumerate(super().render_lines(crop), crop.y)]
        rows = range(min(content.height, len(self._frame)))
        return [
            self._with_sides(y - top, content.width, width) if y - top in rows else self._usual(y, width)
            for y in crop.line_range
        ]

    def _usual(self, y: int, width: int) -> CompactStrip:
        """A line as Textual draws it: one above or below the rows."""
        return self._compacted(y, super().render_lines(Region(0, y, width, 1))[0])

    def _with_sides(self, y: int, content: int, width: int) -> CompactStrip:
        """The line `y` of the frame between the borders of the pane. The borders are drawn once."""
        key = (self._frame[y], content)
        known = self._bordered.get(key)
        if known is None:
            left, right = self._sides or self._draw_sides(y)
            whole = Strip([*left, *self._content_line(y, content), *right], width)
            known = self._bordered[key] = CompactStrip(whole)
        return known

    def _draw_sides(self, y: int) -> tuple[list[Segment], list[Segment]]:
        left, width = self.content_offset.x, self.outer_size.width
        drawn = super().render_lines(Region(0, y + self.content_offset.y, width, 1))[0]
        right = left + self.scrollable_content_region.width
        self._sides = (list(drawn.crop(0, left)), list(drawn.crop(right, width)))
        return self._sides

    def _forget_sides(self) -> None:
        self._sides = None
        self._bordered.clear()

    def notify_style_update(self) -> None:
        """Textual applied other rules: the borders may have other colours."""
        self._forget_sides()
        super().notify_style_update()

    def _compacted(self, y: int, strip: Strip) -> CompactStrip:
        known = self._compact.get(y)
        if known is not None and known[0] is strip:
            return known[1]
        compact = CompactStrip(strip)
        self._compact[y] = (strip, compact)
        return compact

    @contextmanager
    def painted_once(self) -> Iterator[None]:
        """Compute what is to be painted once, at the end of several steps."""
        if self._waits_with_paint:
            yield
            return
        self._waits_with_paint = True
        try:
            yield
        finally:
            self._waits_with_paint = False
            self._repaint()

    def _repaint(self) -> None:
        """Compute the frame and refresh the lines that differ from the one before."""
        if self._waits_with_paint or not self.is_mounted or not self.size:
            return
        before, self._frame = self._frame, self._make_frame()
        height = self.page_height
        if len(before) != len(self._frame):
            self.refresh()
            return
        changed = [y for y in range(height) if before[y] != self._frame[y]]
        if changed:
            # The whole width of the pane, borders too: a part of a line would lose its compact form.
            left, width = self.content_offset.x, self.outer_size.width
            self.refresh(*(Region(-left, lines[0], width, len(lines)) for lines in adjoining(changed)))

    def _make_frame(self) -> list[FrameLine]:
        height, count, width = self.page_height, self.row_count(), self.scrollable_content_region.width
        pinned = self.pinned_rows(self._top)
        rows = range(self._top, min(self._top + height, count))
        if len(self._lines) > 8 * height:
            self._lines.clear()
        self._make_lines(rows, width)
        first_thumb, last_thumb = thumb_lines(height, count, self._top)
        frame = []
        for y, row in enumerate(rows):
            is_pinned = y < len(pinned)
            index, mark = (pinned[y], "sticky") if is_pinned else (row, "")
            line = self.pinned_line(index, width) if is_pinned else self._line(index, width)
            frame.append(FrameLine(line, self._mark(index, mark), first_thumb <= y <= last_thumb))
        if not count and (text := self.empty_text()):
            frame.append(FrameLine((Span(f" {text}", "dim"),), mark="", thumb=False))
        frame.extend(FrameLine((), mark="", thumb=False) for _ in range(height - len(frame)))
        return frame

    def _make_lines(self, rows: Sequence[int], width: int) -> None:
        missing = [row for row in rows if row not in self._lines]
        if missing:
            self._lines.update(zip(missing, self.row_lines(missing, width), strict=False))

    def _line(self, index: int, width: int) -> Line:
        line = self._lines.get(index)
        if line is None:
            line = self._lines[index] = self.row_line(index, width)
        return line

    def pinned_line(self, index: int, width: int) -> Line:
        """The line of a row that is pinned: what follows it there is not what follows it in the list."""
        return self._line(index, width)

    def _mark(self, index: int, otherwise: str) -> str:
        if index != self._cursor or not self.show_cursor:
            return otherwise
        return "cursor" if self.has_focus else "cursor.blurred"

    # Scrolling

    def _clamped(self, row: int) -> int:
        return max(0, min(row, self.row_count() - 1))

    def _set_top(self, top: int) -> None:
        self._top = max(0, min(top, self.row_count() - self.page_height))

    def _reveal_cursor(self) -> None:
        """If the cursor left the screen, scroll it to the middle: a step over the edge costs half a page."""
        height = self.page_height
        above = self._top + len(self.pinned_rows(self._top)) - self._cursor
        below = self._cursor - (self._top + height - 1)
        self._set_top(self._top if above <= 0 and below <= 0 else self._cursor - height // 2)

    def on_resize(self, _event: events.Resize) -> None:
        """Another size: another set of lines, the cursor still among them."""
        self._lines.clear()
        self._strips.clear()
        self._forget_sides()
        self._reveal_cursor()
        self._repaint()

    def watch_has_focus(self, _has_focus: bool) -> None:  # the name and the value are Textual's
        """The cursor row takes its full colour and the title its sign, or both become quieter."""
        super().watch_has_focus(_has_focus)
        self._write_title()
        self._repaint()

    def on_click(self, event: events.Click) -> None:
        """Hand a click on a row to `row_clicked`."""
        offset = event.get_content_offset(self)
        if offset is None or not 0 <= self._top + offset.y < self.row_count():
            return
        pinned = self.pinned_rows(self._top)
        index = pinned[offset.y] if offset.y < len(pinned) else self._top + offset.y
        self.row_clicked(index, offset.x)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll down without moving the cursor."""
        self._wheel(event, WHEEL_ROWS)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll up without moving the cursor."""
        self._wheel(event, -WHEEL_ROWS)

    def _wheel(self, event: events.MouseEvent, rows: int) -> None:
        event.stop()
        event.prevent_default()
        self.scroll_rows(rows)
