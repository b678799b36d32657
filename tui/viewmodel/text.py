"""The choke point for text from a recording: nothing leaves it that could drive a terminal or hide what is there.

Also how text is cut and wrapped by display cells, and how quantities are written for people. View-models do not know
the terminal's idea of width, so whoever draws hands in a `Measure`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

Measure = Callable[[str], int]
"""Display cells of a string, as the terminal counts them."""

TAB_CELLS = 4
"""Distance of tab stops."""

MARKS_PER_CHARACTER = 6
"""Combining marks kept on one character: enough for every script, too few to paint over the lines above."""

_COMBINING = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1-\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc"
    "\u06df-\u06e4\u06e7-\u06e8\u06ea-\u06ed\u0730-\u074a\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc"
    "\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20f0\u302a-\u302d\u3099-\u309a\ufe20-\ufe2f"
)
"""Marks that stack on the character before them, as ranges of a character class."""

_HIDDEN = (
    "\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\ud800-\udfff"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
"""C1 controls, bidi controls, invisible characters, lone surrogates, tags, as ranges of a character class."""

_SUSPECT = re.compile(f"[\x00-\x1f{_HIDDEN}]|[{_COMBINING}]{{{MARKS_PER_CHARACTER + 1},}}")
"""What one line must not hold."""

_SUSPECT_IN_LINES = re.compile(f"[\x00-\x08\x0b-\x1f{_HIDDEN}]|[{_COMBINING}]{{{MARKS_PER_CHARACTER + 1},}}")
"""The same without tabs and line feeds, which lines are made of."""

_OBEYED_OR_HIDDEN = re.compile(f"(?!\r\n)[\x00-\x08\x0b-\x1f{_HIDDEN}]")
"""The characters of a text of lines that a program which gets the text may obey, and a person does not see."""

_PRESENTATION = "\ufe0e\ufe0f"
"""They choose between the text and the emoji form of a character. Terminals disagree about the width of the result."""

_JOINER = "\u200d"
_FIRST_PICTOGRAPH = "\u2190"
_LAST_ASCII_CONTROL = "\x1f"


def clean(text: str) -> str:
    """`text` as one harmless line: controls become pictures (`␛`), hidden characters marks (`‹U+202E›`).

    A line feed becomes `⏎`, a tab blanks. Long piles of combining marks are cut and counted.
    """
    if text.isascii() and text.isprintable():
        return text
    return _neutralised(text.expandtabs(TAB_CELLS) if "\t" in text else text)


def count_hidden(text: str) -> int:
    """How many control characters and hidden ones `text` holds, line feeds and tabs not counted."""
    return 0 if text.isascii() and text.isprintable() else len(_OBEYED_OR_HIDDEN.findall(text))


def clean_lines(text: str) -> list[str]:
    """The lines of `text`, each harmless. Lines end at a line feed, with or without a carriage return before it.

    A line feed at the end makes no empty last line; empty text has no lines.
    """
    if not text:
        return []
    lines = (text[:-1] if text.endswith("\n") else text).split("\n")
    if "\t" not in text and _SUSPECT_IN_LINES.search(text) is None:
        return lines
    return [clean(line[:-1] if line.endswith("\r") else line) for line in lines]


def _neutralised(text: str) -> str:
    if _SUSPECT.search(text) is None:
        return text
    return _SUSPECT.sub(_picture, text)


def _picture(match: re.Match[str]) -> str:
    found = match.group()
    if len(found) > 1:
        return f"{found[:MARKS_PER_CHARACTER]}‹+{len(found) - MARKS_PER_CHARACTER} marks›"
    if found == "\n":
        return "⏎"
    if found <= _LAST_ASCII_CONTROL:
        return chr(0x2400 + ord(found))
    if found == "\x7f":
        return "␡"
    if _is_emoji_glue(match):
        return ""
    return f"‹U+{ord(found):04X}›"


def _is_emoji_glue(match: re.Match[str]) -> bool:
    """Whether a presentation selector or a joiner sits where emoji have them; without it their parts still show."""
    before = match.string[match.start() - 1 : match.start()]
    if match.group() in _PRESENTATION:
        return before >= "\xa9" or before in "#*0123456789"
    after = match.string[match.end() : match.end() + 1]
    return match.group() == _JOINER and before >= _FIRST_PICTOGRAPH and after >= _FIRST_PICTOGRAPH


def prefix_length(text: str, cells: int, measure: Measure, start: int = 0) -> int:
    """How many characters of `text` from `start` fit into `cells`. Marks stay with the character they sit on."""
    # One character more than cells: it may be a mark that sits on the last one that fits.
    window = text[start : start + cells + 1]
    if window.isascii():
        return min(len(window), cells)
    used = 0
    # Marks take no cells, so more characters than cells may fit.
    for length, character in enumerate(text[start : start + cells * (MARKS_PER_CHARACTER + 1) + 1]):
        used += 1 if character.isascii() else measure(character)
        if used > cells:
            return length
    return min(len(text) - start, cells * (MARKS_PER_CHARACTER + 1))


def elide(text: str, cells: int, measure: Measure) -> str:
    """`text` if it fits into `cells`, else its beginning and `…`. Costs the cells, not the length of the text."""
    if cells <= 0:
        return ""
    if len(text) <= cells and (text.isascii() or measure(text) <= cells):
        return text
    if prefix_length(text, cells, measure) >= len(text):
        return text
    return text[: prefix_length(text, cells - 1, measure)] + "…"


def break_points(text: str, width: int, measure: Measure) -> Iterator[tuple[int, int]]:
    """Wrap one line: yield start and end of each piece, at most `width` cells wide, at blanks where possible.

    The blank at which a line is broken belongs to no piece. An empty line has one empty piece.
    """
    width = max(1, width)
    start = 0
    while True:
        fitting = max(1, prefix_length(text, width, measure, start))
        end = start + fitting
        if end >= len(text):
            yield start, len(text)
            return
        blank = text.rfind(" ", start + 1, end + 1)
        if blank == -1 or not text[start:blank].strip():
            yield start, end
            start = end
        else:
            yield start, blank
            start = blank + 1


def format_bytes(count: int) -> str:
    """Bytes for people, in powers of 1,000: `999 B`, `48.0 kB`, `1.2 GB`."""
    if count < 1000:
        return f"{count} B"
    value = float(count)
    for unit in ("kB", "MB", "GB"):
        value /= 1000
        # 999.95 would be written as 1000.0.
        if value < 999.95:
            return f"{value:.1f} {unit}"
    return f"{value / 1000:.1f} TB"


def format_duration(milliseconds: int) -> str:
    """A duration for people: `410ms`, `8.2s`, `3m12s`, `2h05m`, `3d04h`. A clock that went back gives `-`."""
    if milliseconds < 0:
        return f"-{format_duration(-milliseconds)}"
    if milliseconds < 1000:
        return f"{milliseconds}ms"
    # 59,950 ms would be written as 60.0s.
    if milliseconds < 59_950:
        return f"{milliseconds / 1000:.1f}s"
    minutes, seconds = divmod((milliseconds + 500) // 1000, 60)
    if minutes < 60:
        return f"{minutes}m{seconds:02}s"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours}h{minutes:02}m"
    days, hours = divmod(hours, 24)
    return f"{days}d{hours:02}h"


def format_offset(milliseconds: int) -> str:
    """A time since the start: `00:01.0`, from an hour on `1:02:03`."""
    if milliseconds < 0:
        return f"-{format_offset(-milliseconds)}"
    tenths = milliseconds // 100
    minutes, tenths = divmod(tenths, 600)
    if minutes < 60:
        return f"{minutes:02}:{tenths // 10:02}.{tenths % 10}"
    return f"{minutes // 60}:{minutes % 60:02}:{tenths // 10:02}"


def format_tokens(count: int) -> str:
    """Tokens for people: `812`, `12.4k`, `1.2M`."""
    if count < 1000:
        return str(count)
    # 999,950 would be written as 1000.0k.
    if count < 999_950:
        return f"{count / 1000:.1f}k"
    return f"{count / 1_000_000:.1f}M"
