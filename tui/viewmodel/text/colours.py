"""Colours that a program put into its output: shown in styles of the theme, never handed to the terminal.

Only select-graphic-rendition sequences (`ESC [ 1 ; 31 m`) are taken out of a text. Every other escape stays, and
becomes a picture like any control. Background, blinking, reversal and concealment are left out: what is there stays
readable.
"""

from __future__ import annotations

import colorsys
from collections.abc import Callable, Iterator
from typing import Final

from tui.late_pattern import late_pattern
from tui.viewmodel.text.clean import TAB_CELLS, clean
from tui.viewmodel.text.spans import Line, Span, line_text

HUES: Final = ("red", "yellow", "green", "cyan", "blue", "magenta")
"""The colours that are distinguished; black, white and greys are the text's own colour."""

_SEQUENCE = late_pattern(r"\x1b\[([0-9;:]{0,64})m")
_SIXTEEN: Final = ("", "red", "green", "yellow", "blue", "magenta", "cyan", "")
_CUBE: Final = (0, 95, 135, 175, 215, 255)
"""Amounts of red, green and blue in the colours 16 to 231 of a terminal of 256."""

_LEAST_SATURATION: Final = 0.25
_LEAST_VALUE: Final = 0.2
"""Below these a colour is a grey, or black."""

_SHAPES_ON: Final = {1: "bold", 2: "dim", 3: "italic", 4: "underline", 9: "strike", 21: "underline"}
_SHAPES_OFF: Final = {22: ("bold", "dim"), 23: ("italic",), 24: ("underline",), 29: ("strike",)}


def without_colours(text: str) -> str:
    """A text as a terminal would show it in one colour."""
    return _SEQUENCE.sub("", text) if "\x1b" in text else text


def output_styler(base: str = "") -> Callable[[str], Line]:
    """Turns the lines of one output into spans, in their order: a colour lasts until another one is chosen.

    The lines need not be harmless yet; what is returned is. `base` is the style of text without a colour.
    """
    look = _Look(base)

    def style(line: str) -> Line:
        if "\x1b" not in line:
            return (Span(clean(line), look.style),)
        whole = clean(without_colours(line))
        spans = tuple(_pieces(line, look)) or (Span("", base),)
        # What a sequence parts may be dangerous together, such as a pile of marks.
        return spans if line_text(spans) == whole else (Span(whole, base),)

    return style


def _pieces(line: str, look: _Look) -> Iterator[Span]:
    done = column = 0
    for match in _SEQUENCE.finditer(line):
        text = _expanded(line[done : match.start()], column)
        if text:
            yield Span(clean(text), look.style)
        column += len(text)
        look.obey(match[1])
        done = match.end()
    if done < len(line):
        yield Span(clean(_expanded(line[done:], column)), look.style)


def _expanded(text: str, column: int) -> str:
    """A text that begins at a column, with blanks for its tabs."""
    before = " " * (column % TAB_CELLS)
    return (before + text).expandtabs(TAB_CELLS)[len(before) :] if "\t" in text else text


class _Look:
    """The colour and the shapes that were chosen last."""

    def __init__(self, base: str) -> None:
        self.style = base
        self._base = base
        self._hue = ""
        self._shapes: set[str] = set()

    def obey(self, parameters: str) -> None:
        """Take the parameters of a sequence in; unknown ones change nothing."""
        codes = iter([_Code.read(field) for field in parameters.split(";")])
        for code in codes:
            self._take(code, codes)
        names = [f"output.{name}" for name in sorted(self._shapes)]
        names += [f"output.{self._hue}"] if self._hue else []
        self.style = " ".join([self._base, *names] if self._base else names)

    def _take(self, code: _Code, following: Iterator[_Code]) -> None:
        number = code.number
        if number == 0:
            self._hue = ""
            self._shapes.clear()
        elif number in _SHAPES_ON:
            (self._shapes.discard if code.is_off else self._shapes.add)(_SHAPES_ON[number])
        elif number in _SHAPES_OFF:
            self._shapes.difference_update(_SHAPES_OFF[number])
        elif 30 <= number <= 37 or 90 <= number <= 97:
            self._hue = _SIXTEEN[number % 10]
        elif number == 39:
            self._hue = ""
        elif number in (38, 48, 58):
            hue = _chosen(code.rest or _operands(following))
            self._hue = hue if number == 38 else self._hue


class _Code:
    """A number of a sequence with its own parts: `38:5:196`, `4:0`."""

    def __init__(self, number: int, rest: list[int]) -> None:
        self.number = number
        self.rest = rest

    @classmethod
    def read(cls, field: str) -> _Code:
        number, *rest = [int(part or "0") for part in field.split(":")]
        return cls(number, rest)

    @property
    def is_off(self) -> bool:
        """Whether it says that a shape ends (`4:0`)."""
        return self.rest[:1] == [0]


def _operands(following: Iterator[_Code]) -> list[int]:
    """The numbers behind `38;`: `5;n` or `2;r;g;b`."""
    kind = next(following, None)
    if kind is None:
        return []
    wanted = {5: 1, 2: 3}.get(kind.number, 0)
    return [kind.number, *(code.number for _, code in zip(range(wanted), following, strict=False))]


def _chosen(operands: list[int]) -> str:
    """The hue of a colour by its number or its amounts; none for greys and for what is not a colour."""
    match operands:
        case [5, number] if number < 16:
            return _SIXTEEN[number % 8]
        case [5, number] if number < 232:
            number -= 16
            return _hue_of(_CUBE[number // 36], _CUBE[number // 6 % 6], _CUBE[number % 6])
        case [2, *amounts] if len(amounts) >= 3 and max(amounts[-3:]) < 256:
            return _hue_of(*amounts[-3:])
        case _:
            return ""


def _hue_of(red: int, green: int, blue: int) -> str:
    hue, saturation, value = colorsys.rgb_to_hsv(red / 255, green / 255, blue / 255)
    if saturation < _LEAST_SATURATION or value < _LEAST_VALUE:
        return ""
    return HUES[round(hue * len(HUES)) % len(HUES)]
