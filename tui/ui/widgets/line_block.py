"""Some lines over everything else."""

from __future__ import annotations

from textual.geometry import Region
from textual.strip import Strip

from tui.ui.terminal.compact_strip import CompactStrip
from tui.ui.theme import style_for
from tui.ui.widgets.base_style import BaseStyled
from tui.ui.widgets.row_strip import line_strip
from tui.viewmodel.text.spans import Line


class LineBlock(BaseStyled):
    """A box of lines at the lower edge of the screen, over what is there; hidden while it has none."""

    ALLOW_SELECT = False

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[Line] = []

    @property
    def lines(self) -> list[Line]:
        """What is shown."""
        return self._lines

    def show(self, lines: list[Line], width: int) -> None:
        """Show lines of at most `width` cells, as many as the screen has room for; none hides the box."""
        if lines == self._lines:
            return
        self._lines = lines
        self.display = bool(lines)
        if lines:
            screen = self.app.size
            height = max(3, min(len(lines) + 2, screen.height - 1))
            width = min(width + 2, screen.width)
            self.styles.width, self.styles.height = width, height
            self.styles.offset = (screen.width - width, screen.height - 1 - height)
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """One line, cut or filled to the width."""
        line = self._lines[y] if y < len(self._lines) else ()
        return line_strip(line, self.scrollable_content_region.width, self.base_style, style_for)

    def render_lines(self, crop: Region) -> list[Strip]:
        """The same with as few escape sequences as it needs."""
        return [CompactStrip(strip) for strip in super().render_lines(crop)]
