"""The choke point for text from a recording: nothing leaves it that could drive a terminal or hide what is there.

Also how text is cut and wrapped by display cells, and how quantities are written for people. View-models do not know
the terminal's idea of width, so code that draws hands in a `Measure`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator

from tui.viewmodel.text.characters import (
    CONTROL,
    HIDDEN,
    JOINER,
    MARK,
    NEWLINE,
    SELECTOR,
    is_of_joining_script,
    is_pictograph,
    is_plain,
    kinds_of,
)

Measure = Callable[[str], int]
"""Display cells of a string, as the terminal counts them."""

TAB_CELLS = 4
"""Distance of tab stops."""

MARKS_PER_CHARACTER = 6
"""Combining marks kept on one character: enough for every script, too few to paint over the lines above."""

_PILE = f"{MARK}{{{MARKS_PER_CHARACTER + 1},}}"
_SUSPECT = re.compile(f"[{NEWLINE}{CONTROL}{HIDDEN}{JOINER}{SELECTOR}]|{_PILE}")
"""Kinds of characters that one line must not hold as they are."""

_UNSEEN = re.compile(f"[{CONTROL}{HIDDEN}{JOINER}{SELECTOR}]")
"""Kinds of characters that a program which gets the text may obey, and a person does not see."""

_SUSPECT_IN_ASCII_LINES = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
"""What lines in ASCII must not hold; tabs and line feeds are what they are made of."""

_LAST_ASCII_CONTROL = "\x1f"
_EMOJI_JOINER = "\u200d"
_KEYCAPS = "#*0123456789"
_BASES = "LNS"
"""First letters of the categories that a variation selector may follow."""


def comparable(text: str) -> str:
    """Return a text for comparing in any case and Unicode form: `É` is `é`, however the accent is written."""
    return text.lower() if text.isascii() else unicodedata.normalize("NFC", text).casefold()


def clean(text: str) -> str:
    """`text` as one harmless line: controls become pictures (`␛`), hidden characters marks (`‹U+202E›`).

    A line feed becomes `⏎`, a tab blanks. Long piles of combining marks are cut and counted.
    """
    if text.isascii() and text.isprintable():
        return text
    return _neutralised(text.expandtabs(TAB_CELLS) if "\t" in text else text)


def count_hidden(text: str) -> int:
    """How many control characters and hidden ones `text` holds, ends of lines and tabs not counted."""
    if text.isascii() and text.isprintable():
        return 0
    return len(_UNSEEN.findall(kinds_of(text.replace("\r\n", "\n").replace("\t", " "))))


def escape_hidden(text: str, escape: Callable[[str], str]) -> str:
    """`text` with every control or hidden character replaced by what `escape` makes of it; line feeds stay."""
    if text.isascii() and text.isprintable():
        return text
    pieces, done = [], 0
    for match in _UNSEEN.finditer(kinds_of(text)):
        pieces += [text[done : match.start()], escape(text[match.start() : match.end()])]
        done = match.end()
    return "".join([*pieces, text[done:]])


def clean_lines(text: str) -> list[str]:
    """The lines of `text`, each harmless. Lines end at a line feed, with or without a carriage return before it.

    A line feed at the end makes no empty last line; empty text has no lines.
    """
    if not text:
        return []
    lines = (text[:-1] if text.endswith("\n") else text).split("\n")
    if text.isascii() and "\t" not in text and _SUSPECT_IN_ASCII_LINES.search(text) is None:
        return lines
    return [clean(line[:-1] if line.endswith("\r") else line) for line in lines]


def _neutralised(text: str) -> str:
    if is_plain(text):
        return text
    kinds = kinds_of(text)
    if _SUSPECT.search(kinds) is None:
        return text
    pieces, done = [], 0
    for match in _SUSPECT.finditer(kinds):
        pieces += [text[done : match.start()], _picture(text, match.start(), match.end(), kinds[match.start()])]
        done = match.end()
    return "".join([*pieces, text[done:]])


def _picture(text: str, start: int, end: int, kind: str) -> str:
    """What is shown for the characters from `start` to `end`, which must not be shown as they are."""
    found = text[start:end]
    if kind == MARK:
        return f"{found[:MARKS_PER_CHARACTER]}‹+{len(found) - MARKS_PER_CHARACTER} marks›"
    if kind == NEWLINE:
        return "⏎"
    if found <= _LAST_ASCII_CONTROL:
        return chr(0x2400 + ord(found))
    if found == "\x7f":
        return "␡"
    if kind == JOINER and (joined := _joined(found, text[max(0, start - 1) : start], text[end : end + 1])) is not None:
        return joined
    if kind == SELECTOR and _selects(text[max(0, start - 1) : start]):
        return ""
    return f"‹U+{ord(found):04X}›"


def _joined(joiner: str, before: str, after: str) -> str | None:
    """A joiner that belongs where it is: as it is in a word, nothing in an emoji, whose parts still show without it."""
    if is_of_joining_script(before) and (is_of_joining_script(after) or _ends_word(after)):
        return joiner
    return "" if joiner == _EMOJI_JOINER and is_pictograph(before) and is_pictograph(after) else None


def _ends_word(after: str) -> bool:
    return not after or after.isspace() or unicodedata.category(after).startswith("P")


def _selects(before: str) -> bool:
    """Whether a variation selector is where one belongs; terminals disagree about the width of the result."""
    return before != "" and before in _KEYCAPS if before.isascii() else unicodedata.category(before)[0] in _BASES


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


def elide_start(text: str, cells: int, measure: Measure) -> str:
    """The text, or where it is too long its end: that tells paths and names below one folder apart."""
    if measure(text) <= cells:
        return text
    return "…" + elide(text[::-1], cells - 1, measure).rstrip("…")[::-1]


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


def format_duration(milliseconds: int | None) -> str:
    """A duration for people: `410ms`, `8.2s`, `3m12s`, `2h05m`, `3d04h`. A clock that went back gives `-`.

    `?` for one that is not known.
    """
    if milliseconds is None:
        return "?"
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


FIRST_MINUTE_MS = 60_000
"""Up to here a time since the start is written in seconds, to the millisecond."""


def format_offset(milliseconds: int) -> str:
    """A time since the start: `0.143s`, then `01:02.3`, from an hour on `1:02:03`, from a day on `6d 01:02:03`."""
    if milliseconds < 0:
        return f"-{format_offset(-milliseconds)}"
    if milliseconds < FIRST_MINUTE_MS:
        return f"{milliseconds / 1000:.3f}s"
    tenths = milliseconds // 100
    minutes, tenths = divmod(tenths, 600)
    if minutes < 60:
        return f"{minutes:02}:{tenths // 10:02}.{tenths % 10}"
    hours, minutes = divmod(minutes, 60)
    clock = f"{minutes:02}:{tenths // 10:02}"
    return f"{hours}:{clock}" if hours < 24 else f"{hours // 24}d {hours % 24:02}:{clock}"


def offset_in(milliseconds: int, cells: int) -> str:
    """The same in a column: less exact where it has no room. What does not fit at all is cut at a `…`."""
    whole = format_offset(milliseconds)
    return _shortest_in(cells, whole, whole.rpartition(":")[0] if "d" in whole else "", whole.partition(" ")[0])


def duration_in(milliseconds: int | None, cells: int) -> str:
    """A duration in a column: `20779d` where `20779d06h` has no room."""
    whole = format_duration(milliseconds)
    days, mark, _hours = whole.partition("d")
    return _shortest_in(cells, whole, days + mark)


def _shortest_in(cells: int, *texts: str) -> str:
    """The first of some texts, ever shorter, that fits."""
    return next((text for text in texts if 0 < len(text) <= cells), f"{texts[-1][: cells - 1]}…")


def format_moment(milliseconds: int) -> str:
    """A time since the start to the millisecond: `0.512s`, then `01:02.512`, from an hour on `1:02:03.004`."""
    if milliseconds < 0:
        return f"-{format_moment(-milliseconds)}"
    if milliseconds < FIRST_MINUTE_MS:
        return format_offset(milliseconds)
    seconds, left = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    if minutes < 60:
        return f"{minutes:02}:{seconds:02}.{left:03}"
    return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}.{left:03}"


def format_tokens(count: int) -> str:
    """Tokens for people: `812`, `12.4k`, `1.2M`."""
    if count < 1000:
        return str(count)
    # 999,950 would be written as 1000.0k.
    if count < 999_950:
        return f"{count / 1000:.1f}k"
    return f"{count / 1_000_000:.1f}M"
