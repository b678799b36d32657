"""Styles as the terminal takes them: the codes of a style, and the shortest sequence from one style to the next."""

from __future__ import annotations

from functools import lru_cache

from rich.color import ColorSystem
from rich.style import Style

from tui.named_tuple import NamedTuple

RESET = "\x1b[0m"
_ATTRIBUTES = (
    ("bold", "1"),
    ("dim", "2"),
    ("italic", "3"),
    ("underline", "4"),
    ("blink", "5"),
    ("reverse", "7"),
    ("strike", "9"),
)


class Codes(NamedTuple):
    """The parts of a select-graphic-rendition sequence that a style represents."""

    attributes: tuple[str, ...]
    foreground: str
    background: str


PLAIN = Codes((), "39", "49")
"""How the terminal writes after a reset."""


@lru_cache(maxsize=1024)
def codes_of(style: Style, color_system: ColorSystem) -> Codes:
    """The codes of a style on a terminal with this many colours."""
    attributes = tuple(code for name, code in _ATTRIBUTES if getattr(style, name))
    foreground, background = "39", "49"
    if style.color is not None:
        foreground = ";".join(style.color.downgrade(color_system).get_ansi_codes())
    if style.bgcolor is not None:
        background = ";".join(style.bgcolor.downgrade(color_system).get_ansi_codes(foreground=False))
    return Codes(attributes, foreground, background)


def transition(current: Codes, wanted: Codes) -> str:
    """The shortest sequence that turns `current` into `wanted`."""
    changes: list[str] = []
    if current.attributes != wanted.attributes:
        if current.attributes:
            changes.append("0")
            current = PLAIN
        changes.extend(wanted.attributes)
    if current.foreground != wanted.foreground:
        changes.append(wanted.foreground)
    if current.background != wanted.background:
        changes.append(wanted.background)
    return f"\x1b[{';'.join(changes)}m" if changes else ""


def blank_after(current: Codes, wanted: Codes) -> Codes:
    """How blanks of the style `wanted` are written after `current`: they show no foreground, so the one set is kept."""
    if wanted.attributes or current.attributes:
        return wanted
    return wanted._replace(foreground=current.foreground)
