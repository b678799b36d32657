"""Strips that say each colour once: on a slow link the escape sequences of a line outweigh its text."""

from __future__ import annotations

from rich.color import ColorSystem
from rich.console import COLOR_SYSTEMS, Console
from textual.strip import Strip

from tui.ui.terminal.cells import Cells, cells_of
from tui.ui.terminal.sgr import PLAIN, RESET, blank_after, codes_of, transition


class CompactStrip(Strip):
    """A strip whose terminal text changes only what differs from one run to the next.

    Textual resets and restates the whole style for every run: about 40 bytes each with 24-bit colours. The picture is
    the same; a line of five runs needs less than half of the bytes.
    """

    __slots__ = ("_cells", "_compact")

    def __init__(self, source: Strip) -> None:
        super().__init__(source, source.cell_length)
        self._compact: str | None = None
        self._cells: Cells | None = None

    def cells(self, color_system: ColorSystem) -> Cells:
        """The cells of the line, worked out once; a terminal does not change how many colours it has."""
        if self._cells is None:
            self._cells = cells_of(self, color_system)
        return self._cells

    def render(self, console: Console) -> str:
        """The line as text with escape sequences, ending in the terminal's plain style."""
        if self._compact is None:
            self._compact = self._render_compact(COLOR_SYSTEMS.get(console.color_system or "", ColorSystem.TRUECOLOR))
        return self._compact

    def _render_compact(self, color_system: ColorSystem) -> str:
        pieces: list[str] = []
        current = PLAIN
        for text, style, _control in self:
            wanted = PLAIN if style is None else codes_of(style, color_system)
            if not text.strip(" "):
                wanted = blank_after(current, wanted)
            pieces.append(transition(current, wanted))
            pieces.append(text)
            current = wanted
        if current != PLAIN:
            pieces.append(RESET)
        return "".join(pieces)
