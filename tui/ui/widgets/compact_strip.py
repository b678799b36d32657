"""Strips that say each colour once: on a slow link the escape sequences of a line outweigh its text."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from rich.color import ColorSystem
from rich.console import COLOR_SYSTEMS, Console
from rich.style import Style
from textual.strip import Strip

_RESET = "\x1b[0m"
_ATTRIBUTES = (
    ("bold", "1"),
    ("dim", "2"),
    ("italic", "3"),
    ("underline", "4"),
    ("blink", "5"),
    ("reverse", "7"),
    ("strike", "9"),
)


class _Codes(NamedTuple):
    """The parts of a select-graphic-rendition sequence that a style represents."""

    attributes: tuple[str, ...]
    foreground: str
    background: str


_PLAIN = _Codes((), "39", "49")


@lru_cache(maxsize=1024)
def _codes(style: Style, color_system: ColorSystem) -> _Codes:
    attributes = tuple(code for name, code in _ATTRIBUTES if getattr(style, name))
    foreground, background = "39", "49"
    if style.color is not None:
        foreground = ";".join(style.color.downgrade(color_system).get_ansi_codes())
    if style.bgcolor is not None:
        background = ";".join(style.bgcolor.downgrade(color_system).get_ansi_codes(foreground=False))
    return _Codes(attributes, foreground, background)


def _transition(current: _Codes, wanted: _Codes) -> str:
    """The shortest sequence that turns `current` into `wanted`."""
    changes: list[str] = []
    if current.attributes != wanted.attributes:
        if current.attributes:
            changes.append("0")
            current = _PLAIN
        changes.extend(wanted.attributes)
    if current.foreground != wanted.foreground:
        changes.append(wanted.foreground)
    if current.background != wanted.background:
        changes.append(wanted.background)
    return f"\x1b[{';'.join(changes)}m" if changes else ""


class CompactStrip(Strip):
    """A strip whose terminal text changes only what differs from one run to the next.

    Textual resets and restates the whole style for every run: about 40 bytes each with 24-bit colours. The picture is
    the same; a line of five runs needs less than half of the bytes.
    """

    __slots__ = ("_compact",)

    def __init__(self, source: Strip) -> None:
        super().__init__(source, source.cell_length)
        self._compact: str | None = None

    def render(self, console: Console) -> str:
        """The line as text with escape sequences, ending in the terminal's plain style."""
        if self._compact is None:
            self._compact = self._render_compact(COLOR_SYSTEMS.get(console.color_system or "", ColorSystem.TRUECOLOR))
        return self._compact

    def _render_compact(self, color_system: ColorSystem) -> str:
        pieces: list[str] = []
        current = _PLAIN
        for text, style, _control in self:
            wanted = _PLAIN if style is None else _codes(style, color_system)
            if not wanted.attributes and not text.strip(" "):
                # Blanks show no foreground: keep the one that is set.
                wanted = wanted._replace(foreground=_kept_foreground(current, wanted))
            pieces.append(_transition(current, wanted))
            pieces.append(text)
            current = wanted
        if current != _PLAIN:
            pieces.append(_RESET)
        return "".join(pieces)


def _kept_foreground(current: _Codes, wanted: _Codes) -> str:
    return wanted.foreground if current.attributes else current.foreground
