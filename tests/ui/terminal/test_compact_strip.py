"""A compact strip sends each colour once and paints the same picture."""

from __future__ import annotations

import io

from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.strip import Strip

from tui.ui.terminal.compact_strip import CompactStrip

CONSOLE = Console(color_system="truecolor", force_terminal=True, file=io.StringIO())
GROUND = "on #101010"


def cells(sent: str) -> list[tuple[str, Style]]:
    """What a terminal shows for `sent`: each character with its style; a blank shows no text colour."""
    text = Text.from_ansi(sent)
    styles = [text.get_style_at_offset(CONSOLE, index) for index in range(len(text))]
    return [(char, _visible(char, style)) for char, style in zip(text.plain, styles, strict=True)]


def _visible(char: str, style: Style) -> Style:
    color = None if char == " " or style.color is None or style.color.is_default else style.color
    bold, underline, reverse = bool(style.bold), bool(style.underline), bool(style.reverse)  # switched off or never on
    return Style(color=color, bgcolor=style.bgcolor, bold=bold, underline=underline, reverse=reverse)


def strip(*runs: tuple[str, str]) -> Strip:
    return Strip([Segment(text, Style.parse(style)) for text, style in runs])


def test_the_terminal_shows_the_same_cells():
    source = strip(
        ("a", f"bold red {GROUND}"),
        ("b", f"#00ff00 {GROUND}"),
        ("   ", f"blue {GROUND}"),
        ("c", f"underline {GROUND}"),
        ("d", "reverse"),
        ("e", ""),
    )
    assert cells(CompactStrip(source).render(CONSOLE)) == cells(source.render(CONSOLE))


def test_runs_on_one_ground_state_the_ground_once():
    source = strip(("a", f"red {GROUND}"), ("b", f"green {GROUND}"), ("c", f"blue {GROUND}"))
    assert CompactStrip(source).render(CONSOLE).count("48;2;16;16;16") == 1


def test_the_line_ends_in_the_plain_style():
    assert CompactStrip(strip(("a", "red"))).render(CONSOLE).endswith("\x1b[m")
    assert CompactStrip(strip(("a", ""))).render(CONSOLE) == "a"
