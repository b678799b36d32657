"""Styles as the terminal takes them: the codes of a style, and the shortest sequence from one style to the next."""

from __future__ import annotations

from functools import lru_cache

from rich.color import ColorSystem
from rich.style import Style

from tui.named_tuple import NamedTuple

RESET = "\x1b[m"
_ATTRIBUTES = (
    ("bold", "1"),
    ("dim", "2"),
    ("italic", "3"),
    ("underline", "4"),
    ("blink", "5"),
    ("reverse", "7"),
    ("strike", "9"),
)
_OFF = {"1": "22", "2": "22", "3": "23", "4": "24", "5": "25", "7": "27", "9": "29"}

ANY_COLOUR = ""
"""The foreground of a blank, which nobody sees."""

UNSEEN_ON_BLANKS = frozenset(("1", "2", "3"))
"""Codes of bold, dim and italic: a blank looks the same with and without them."""


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


@lru_cache(maxsize=4096)
def transition(current: Codes, wanted: Codes) -> str:
    """The shortest sequence that turns `current` into `wanted`."""
    if current == wanted:
        return ""
    if wanted == PLAIN:
        return RESET
    changed = [*_attributes(current.attributes, wanted.attributes), *_colours(current, wanted)]
    afresh = ["0", *wanted.attributes, *_colours(PLAIN, wanted)]
    return min((f"\x1b[{';'.join(codes)}m" for codes in (changed, afresh)), key=len)


def _attributes(current: tuple[str, ...], wanted: tuple[str, ...]) -> list[str]:
    """What switches attributes off, and on; bold and dim are off only together."""
    off = {_OFF[code] for code in current if code not in wanted}
    return [*sorted(off), *(code for code in wanted if code not in current or _OFF[code] in off)]


def _colours(current: Codes, wanted: Codes) -> list[str]:
    return [new for old, new in zip(current[1:], wanted[1:], strict=True) if old != new]


@lru_cache(maxsize=4096)
def turn(current: Codes, wanted: Codes) -> tuple[str, Codes]:
    """What turns the style of the terminal into that of a cell, and what it is then.

    A blank of any colour is written in the one that is set, and in weights that it does not show.
    """
    if wanted.foreground == ANY_COLOUR:
        if covers(current, wanted):
            return "", current
        wanted = wanted._replace(foreground="39" if current.attributes else current.foreground)
    return transition(current, wanted), wanted


@lru_cache(maxsize=4096)
def covers(codes: Codes, blank: Codes) -> bool:
    """Whether blanks look alike in both styles, of which the second is that of blanks of any colour."""
    return (
        blank.foreground == ANY_COLOUR
        and codes.background == blank.background
        and UNSEEN_ON_BLANKS.issuperset(codes.attributes)
    )


def is_erased_ground(codes: Codes) -> bool:
    """Whether erased cells look like blanks of a style: on a background, terminals differ in that."""
    return codes.background == PLAIN.background and UNSEEN_ON_BLANKS.issuperset(codes.attributes)


def blank_after(current: Codes, wanted: Codes) -> Codes:
    """How blanks of the style `wanted` are written after `current`: they show no foreground, so the one set is kept."""
    if wanted.attributes or current.attributes:
        return wanted
    return wanted._replace(foreground=current.foreground)
