"""The style of a widget itself, worked out once: Textual collects it from all ancestors each time it is asked."""

from __future__ import annotations

from rich.style import Style

from tui.ui.terminal.textual_private import PaintedAtOnce


class BaseStyled(PaintedAtOnce):
    """A widget that draws lines of its own in `base_style`. No style of an ancestor changes but with the theme."""

    _base_style: Style | None = None

    @property
    def base_style(self) -> Style:
        """What `rich_style` is, kept until styles change."""
        style = self._base_style
        if style is None:
            style = self._base_style = self.rich_style
        return style

    def notify_style_update(self) -> None:
        """Textual applied other rules."""
        self._base_style = None
        super().notify_style_update()

    def forget_styles(self) -> None:
        """The theme changed."""
        self._base_style = None
        self.refresh()
