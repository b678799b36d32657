"""The colours of Textual's own parts, made of a theme of the viewer."""

from __future__ import annotations

from textual.theme import BUILTIN_THEMES, Theme

from tui.ui.theme import THEMES


def textual_theme(name: str) -> Theme:
    """The theme with this name for Textual."""
    theme = THEMES[name]
    border = "ansi_bright_black" if name != "mono" else "ansi_default"
    return Theme(
        name=f"rtrace-{name}",
        primary=theme.foreground if name == "mono" else "ansi_cyan" if theme.is_dark else "ansi_blue",
        foreground=theme.foreground,
        background=theme.background,
        surface=theme.background,
        panel=theme.background,
        ansi=True,
        dark=theme.is_dark,
        variables={**BUILTIN_THEMES["ansi-dark"].variables, "border": border},
    )
