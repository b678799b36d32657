"""What kind of character each one is to a terminal and to a person, from the Unicode database of the running Python.

A text is translated into a text of kinds, one letter for each character, in which patterns can be found.
"""

from __future__ import annotations

import unicodedata
from typing import Final

PLAIN: Final = "p"
NEWLINE: Final = "n"
CONTROL: Final = "c"
"""A terminal obeys it. Tabs are among them."""
HIDDEN: Final = "h"
"""Invisible, reorders or hides others, or not a character: format characters, separators, fillers, surrogates."""
JOINER: Final = "j"
"""ZWJ and ZWNJ: hidden, and part of how Persian, Hindi and many other languages are written."""
SELECTOR: Final = "v"
"""A variation selector: it chooses between forms of the character before it."""
MARK: Final = "m"
"""It takes no cell of its own and sits on the character before it. What is not assigned yet counts as one, too."""


def _codes(*those: int | range) -> frozenset[int]:
    """The code points of all ranges and single ones."""
    return frozenset(code for one in those for code in (one if isinstance(one, range) else (one,)))


_JOINERS = "\u200c\u200d"
_SELECTORS = _codes(range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0), range(0x180B, 0x180E), 0x180F)
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_SIGNS = _codes(range(0x600, 0x606), range(0x890, 0x892), 0x6DD, 0x70F, 0x8E2, 0x110BD, 0x110CD)
"""Format characters that are seen, as they enclose or precede digits (Prepended_Concatenation_Mark)."""

_FILLERS = _codes(
    0x34F,
    0x3164,
    0xFFA0,
    range(0x115F, 0x1161),
    range(0x17B4, 0x17B6),
    0x2065,
    range(0xFFF0, 0xFFF9),
    range(0xE0000, 0xE1000),
)
"""Other_Default_Ignorable_Code_Point: drawn as nothing, although their category is that of letters, marks, or none."""

_CATEGORIES = {
    "Cc": CONTROL,
    "Cf": HIDDEN,
    "Cs": HIDDEN,
    "Zl": HIDDEN,
    "Zp": HIDDEN,
    "Mn": MARK,
    "Me": MARK,
    "Mc": MARK,
    "Cn": MARK,
}


class _Kinds(dict[int, str]):
    """Code point → kind, filled as characters are met."""

    def __missing__(self, code: int) -> str:
        kind = self[code] = _kind(code)
        return kind


_kinds = _Kinds()
_known_plain: set[str] = set()
"""Characters that were met and are plain: most texts hold no other ones, which is quickly seen."""


def kinds_of(text: str) -> str:
    """A letter for each character of `text`, by the constants of this module."""
    return text.translate(_kinds)


def is_plain(text: str) -> bool:
    """Whether all characters of `text` are plain."""
    if _known_plain.issuperset(text):
        return True
    unknown = set(text).difference(_known_plain)
    plain = {character for character in unknown if _kinds[ord(character)] == PLAIN}
    _known_plain.update(plain)
    return len(plain) == len(unknown)


def is_of_joining_script(character: str) -> bool:
    """Whether ZWJ and ZWNJ have a meaning beside `character`: letters without case, and their marks, not East Asian."""
    return (
        len(character) == 1
        and unicodedata.category(character) in ("Lo", "Mn", "Mc")
        and unicodedata.east_asian_width(character) not in "WF"
    )


def is_pictograph(character: str) -> bool:
    """Whether `character` may be a part of an emoji."""
    return len(character) == 1 and (
        unicodedata.category(character) in ("So", "Sk", "Sm", "Cn") or ord(character) in _SELECTORS
    )


def _kind(code: int) -> str:
    character = chr(code)
    if character == "\n":
        return NEWLINE
    if character in _JOINERS:
        return JOINER
    if code in _SELECTORS:
        return SELECTOR
    if code in _FILLERS or code & 0xFFFE == 0xFFFE or 0xFDD0 <= code < 0xFDF0:
        return HIDDEN
    if code in _SKIN_TONES or _is_medial_jamo(character):
        return MARK
    if code in _SIGNS:
        return PLAIN
    return _CATEGORIES.get(unicodedata.category(character), PLAIN)


def _is_medial_jamo(character: str) -> bool:
    """Whether it is a vowel or a final consonant of a Hangul syllable that is written letter by letter."""
    name = unicodedata.name(character, "")
    return name.startswith(("HANGUL JUNGSEONG", "HANGUL JONGSEONG"))
