"""One line of the screen that is not a row of a pane: the status above, the footer below.

A line that many things change is given as how to make it: it is made once for each frame that is painted, however many
changes the frame shows.
"""

from __future__ import annotations

from collections.abc import Callable

from textual.geometry import Region
from textual.strip import Strip

from tui.ui.terminal.compact_strip import CompactStrip
from tui.ui.widgets.base_style import BaseStyled
from tui.ui.widgets.row_strip import StyleFor, line_strip
from tui.viewmodel.text.spans import Line


class LineBar(BaseStyled):
    """Shows one line, as wide as the screen. Showing the same line again sends nothing."""

    ALLOW_SELECT = False

    def __init__(
        self,
        *,
        style_for: StyleFor,
        id: str | None = None,  # noqa: A002  # Textual's name
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._style_for = style_for
        self._line: Line = ()
        self._make: Callable[[int], Line] | None = None
        """Makes the line that has not been painted yet."""
        self.when_resized: Callable[[], object] | None = None
        """Writes the line again for another width. The screen learns of a size before its bars have theirs, and under a
        list that is laid over it they get theirs much later."""

    @property
    def line(self) -> Line:
        """What is shown, or will be in the next frame."""
        if self._make is not None:
            make, self._make = self._make, None
            self._line = make(self.size.width)
        return self._line

    def show(self, line: Line) -> None:
        """Show another line."""
        if line != self.line:
            self._line = line
            self.refresh()

    def show_made(self, make: Callable[[int], Line]) -> None:
        """Show what `make` makes of a width, as things are when the next frame is painted."""
        self._make = make
        self.refresh()

    def on_resize(self) -> None:
        """There is another width to fill."""
        if self.when_resized is not None:
            self.when_resized()

    def render_line(self, y: int) -> Strip:
        """The line, cut or filled to the width."""
        line = self.line if y == 0 else ()
        return line_strip(line, self.size.width, self.base_style, self._style_for)

    def render_lines(self, crop: Region) -> list[Strip]:
        """The same with as few escape sequences as it needs. There is nothing around it that Textual would draw."""
        if crop == self.size.region and not self.get_line_filters():
            return [CompactStrip(self.render_line(y)) for y in crop.line_range]
        return [CompactStrip(strip) for strip in super().render_lines(crop)]
