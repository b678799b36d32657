"""What semantic styles look like: five themes over the terminal's own palette.

Colours are numbers of the 256-colour palette and names of the first sixteen: a terminal needs 8 bytes for one where an
RGB value needs 17, and a terminal of 16 colours gets the nearest. Backgrounds stay the terminal's own, except in
`light`. No theme shows anything by colour alone: a glyph or a word says it, too.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import lru_cache

from rich.style import Style

from tui.named_tuple import NamedTuple
from tui.viewmodel.text.colours import HUES

_SHAPES = {
    "title": "bold",
    "emphasis": "italic",
    "match": "reverse",
    "match.current": "bold underline reverse",
    "mark": "bold",
    "new": "bold",
    "gone": "strike",
    "cut": "bold",
    "warning": "bold",
    "error": "bold reverse",
    "glyph.failed": "bold reverse",
    "glyph.running": "bold",
    "role.system": "bold",
    "role.developer": "bold",
    "role.user": "bold",
    "role.assistant": "bold",
    "role.tool": "bold",
    "kind.reasoning": "italic",
    "node.thread": "bold",
    "node.turn": "bold",
    "node.edge": "underline",
    "json.key": "bold",
    "cursor": "reverse",
    "cursor.blurred": "underline",
    "sticky": "bold underline",
    "chrome.focus": "bold",
    "chrome.key": "bold",
    "chrome.live": "bold",
    "output.bold": "bold",
    "output.dim": "dim",
    "output.italic": "italic",
    "output.underline": "underline",
    "output.strike": "strike",
}

_DARK = {
    "dim": "color(245)",
    "title": "bold",
    "emphasis": "italic",
    "number": "color(109)",
    "path": "color(110)",
    "match": "color(16) on color(221)",
    "match.current": "bold color(16) on color(208)",
    "mark": "bold color(213)",
    "new": "color(114)",
    "gone": "color(174)",
    "cut": "color(215)",
    "warning": "color(215)",
    "error": "bold color(203)",
    "glyph.ok": "color(71)",
    "glyph.failed": "bold color(203)",
    "glyph.running": "bold color(81)",
    "glyph.cancelled": "color(180)",
    "glyph.unknown": "color(245)",
    "role.system": "color(245)",
    "role.developer": "color(140)",
    "role.user": "bold color(81)",
    "role.assistant": "color(114)",
    "role.tool": "color(180)",
    "kind.reasoning": "italic color(139)",
    "kind.call": "color(111)",
    "kind.output": "color(180)",
    "kind.compaction": "color(213)",
    "node.thread": "bold color(81)",
    "node.turn": "bold",
    "node.inference": "color(140)",
    "node.cell": "color(150)",
    "node.terminal": "color(180)",
    "node.compaction": "color(213)",
    "node.edge": "color(75)",
    "bar": "color(67)",
    "bar.running": "color(81)",
    "bar.failed": "color(203)",
    "json.key": "color(110)",
    "json.string": "color(151)",
    "json.number": "color(216)",
    "json.bool": "color(216)",
    "json.null": "color(245)",
    "json.punct": "color(245)",
    "hex.offset": "color(245)",
    "hex.ascii": "color(151)",
    "cursor": "on color(238)",
    "cursor.blurred": "on color(235)",
    "sticky": "bold on color(236)",
    "scroll.thumb": "color(242)",
    "chrome.border": "color(239)",
    "chrome.focus": "bold color(81)",
    "chrome.key": "bold",
    "chrome.live": "bold color(114)",
    "output.bold": "bold",
    "output.dim": "color(245)",
    "output.italic": "italic",
    "output.underline": "underline",
    "output.strike": "strike",
    **{f"output.{hue}": f"color({colour})" for hue, colour in zip(HUES, (203, 221, 114, 81, 75, 213), strict=True)},
    **{f"agent.{slot}": f"color({colour})" for slot, colour in enumerate((81, 114, 215, 213, 150, 140, 180, 75))},
}

_LIGHT = {
    "dim": "color(242)",
    "title": "bold",
    "emphasis": "italic",
    "number": "color(24)",
    "path": "color(25)",
    "match": "color(16) on color(220)",
    "match.current": "bold color(16) on color(208)",
    "mark": "bold color(127)",
    "new": "color(28)",
    "gone": "color(131)",
    "cut": "color(130)",
    "warning": "color(130)",
    "error": "bold color(160)",
    "glyph.ok": "color(28)",
    "glyph.failed": "bold color(160)",
    "glyph.running": "bold color(26)",
    "glyph.cancelled": "color(94)",
    "glyph.unknown": "color(242)",
    "role.system": "color(242)",
    "role.developer": "color(54)",
    "role.user": "bold color(26)",
    "role.assistant": "color(28)",
    "role.tool": "color(94)",
    "kind.reasoning": "italic color(96)",
    "kind.call": "color(25)",
    "kind.output": "color(94)",
    "kind.compaction": "color(127)",
    "node.thread": "bold color(26)",
    "node.turn": "bold",
    "node.inference": "color(54)",
    "node.cell": "color(64)",
    "node.terminal": "color(94)",
    "node.compaction": "color(127)",
    "node.edge": "color(25)",
    "bar": "color(67)",
    "bar.running": "color(26)",
    "bar.failed": "color(160)",
    "json.key": "color(25)",
    "json.string": "color(28)",
    "json.number": "color(130)",
    "json.bool": "color(130)",
    "json.null": "color(242)",
    "json.punct": "color(242)",
    "hex.offset": "color(242)",
    "hex.ascii": "color(28)",
    "cursor": "on color(252)",
    "cursor.blurred": "on color(254)",
    "sticky": "bold on color(255)",
    "scroll.thumb": "color(247)",
    "chrome.border": "color(250)",
    "chrome.focus": "bold color(26)",
    "chrome.key": "bold",
    "chrome.live": "bold color(28)",
    "output.bold": "bold",
    "output.dim": "color(242)",
    "output.italic": "italic",
    "output.underline": "underline",
    "output.strike": "strike",
    **{f"output.{hue}": f"color({colour})" for hue, colour in zip(HUES, (160, 94, 28, 30, 25, 127), strict=True)},
    **{f"agent.{slot}": f"color({colour})" for slot, colour in enumerate((26, 28, 130, 127, 64, 54, 94, 31))},
}

_ANSI = {
    **_SHAPES,
    "dim": "bright_black",
    "match": "black on yellow",
    "match.current": "bold underline black on bright_yellow",
    "mark": "bold magenta",
    "new": "green",
    "gone": "red strike",
    "cut": "yellow",
    "warning": "yellow",
    "error": "bold red",
    "glyph.ok": "green",
    "glyph.failed": "bold red",
    "glyph.running": "bold cyan",
    "glyph.cancelled": "yellow",
    "role.developer": "magenta",
    "role.user": "bold cyan",
    "role.assistant": "green",
    "role.tool": "yellow",
    "kind.call": "blue",
    "kind.compaction": "magenta",
    "node.thread": "bold cyan",
    "node.inference": "magenta",
    "node.edge": "blue",
    "bar": "blue",
    "bar.running": "cyan",
    "bar.failed": "red",
    "json.key": "cyan",
    "json.string": "green",
    "json.number": "yellow",
    "json.bool": "yellow",
    "scroll.thumb": "bright_black",
    "chrome.border": "bright_black",
    "chrome.focus": "bold cyan",
    "chrome.live": "bold green",
    **{f"output.{hue}": hue for hue in HUES},
    **{
        f"agent.{slot}": colour
        for slot, colour in enumerate(
            ("cyan", "green", "yellow", "magenta", "blue", "bright_cyan", "bright_green", "bright_magenta")
        )
    },
}

ON_CURSOR = "cursor:"
"""Before the name of a style that has another colour on the cursor's row, where its own is too near the ground."""

_DARK_ON_CURSOR = {
    "error": 217,
    "glyph.ok": 77,
    "glyph.failed": 217,
    "glyph.unknown": 249,
    "agent.5": 146,
    "agent.7": 81,
}
_LIGHT_ON_CURSOR = {
    "error": 124,
    "glyph.ok": 22,
    "glyph.failed": 124,
    "glyph.running": 24,
    "glyph.cancelled": 88,
    "glyph.unknown": 240,
    "agent.0": 24,
    "agent.1": 22,
    "agent.2": 88,
    "agent.3": 91,
    "agent.4": 22,
    "agent.6": 88,
    "agent.7": 24,
}
_COLOUR_BLIND_ON_CURSOR = {
    "error": 214,
    "glyph.ok": 44,
    "glyph.failed": 214,
    "glyph.unknown": 249,
    "agent.0": 81,
    "agent.1": 214,
    "agent.2": 44,
    "agent.4": 181,
    "agent.6": 44,
}
"""Name → the nearest colour whose contrast to the cursor's row is 4.5:1 or more."""


def _with_cursor(styles: Mapping[str, str], on_cursor: Mapping[str, int]) -> Mapping[str, str]:
    return {**styles, **{f"{ON_CURSOR}{name}": f"color({colour})" for name, colour in on_cursor.items()}}


_COLOUR_BLIND = {
    **_DARK,
    "new": "bold color(38)",
    "gone": "color(208) strike",
    "error": "bold color(208)",
    "warning": "color(220)",
    "cut": "color(220)",
    "glyph.ok": "color(38)",
    "glyph.failed": "bold color(208)",
    "glyph.running": "bold color(255)",
    "glyph.cancelled": "color(250)",
    "role.user": "bold color(75)",
    "role.assistant": "color(255)",
    "role.tool": "color(220)",
    "bar": "color(32)",
    "bar.running": "color(255)",
    "bar.failed": "color(208)",
    "json.string": "color(117)",
    "json.number": "color(220)",
    "json.bool": "color(220)",
    "hex.ascii": "color(117)",
    "chrome.live": "bold color(38)",
    "output.red": "color(208)",
    "output.green": "color(38)",
    **{f"agent.{slot}": f"color({colour})" for slot, colour in enumerate((75, 208, 38, 220, 175, 255, 32, 250))},
}


class Theme(NamedTuple):
    """One look. `background` and `foreground` are Textual colours; `ansi_default` is the terminal's own."""

    name: str
    description: str
    styles: Mapping[str, str]
    background: str = "ansi_default"
    foreground: str = "ansi_default"
    is_dark: bool = True


THEMES: dict[str, Theme] = {
    theme.name: theme
    for theme in (
        Theme("dark", "for dark terminals", _with_cursor(_DARK, _DARK_ON_CURSOR)),
        Theme(
            "light",
            "black on white",
            _with_cursor(_LIGHT, _LIGHT_ON_CURSOR),
            "ansi_bright_white",
            "ansi_black",
            is_dark=False,
        ),
        Theme("ansi", "only the terminal's 16 colours", _ANSI),
        Theme("mono", "no colour: bold, underline, reverse", _SHAPES),
        Theme("colour-blind", "blue, orange and white", _with_cursor(_COLOUR_BLIND, _COLOUR_BLIND_ON_CURSOR)),
    )
}
"""Every theme by its name in the configuration and on the command line."""

DEFAULT_THEME = "dark"

_active = THEMES[DEFAULT_THEME]


def use_theme(name: str) -> Theme:
    """Make a theme the active one and return it. Raises KeyError for a name that is not in `THEMES`."""
    global _active  # every drawn cell asks for styles; a parameter would go through all of them
    _active = THEMES[name]
    style_for.cache_clear()
    return _active


def active_theme() -> Theme:
    """The theme in use."""
    return _active


@lru_cache(maxsize=1024)
def style_for(name: str) -> Style:
    """The look of a semantic style in the active theme; of several, separated by blanks, the last one wins.

    A name that the theme does not know has no look of its own.
    """
    style = Style()
    for part in name.split():
        style += Style.parse(_active.styles.get(part, ""))
    return style


def choose_theme(requested: str | None, environment: Mapping[str, str] | None = None) -> str:
    """The theme to start with: the requested one, else what the environment says.

    `NO_COLOR` (any value but the empty one) and terminals that are `dumb` mean `mono`, unless a theme was requested;
    `COLORFGBG` with a light background means `light`.
    """
    environment = os.environ if environment is None else environment
    if requested in THEMES:
        return requested
    if environment.get("NO_COLOR") or environment.get("TERM") == "dumb":
        return "mono"
    background = environment.get("COLORFGBG", "").rpartition(";")[2]
    return "light" if background in ("7", "15") else DEFAULT_THEME
