"""Every code point there is: none that a terminal obeys, hides, or piles up gets through."""

from __future__ import annotations

import unicodedata

from rich.cells import cell_len

from tui.viewmodel.text.characters import CONTROL, HIDDEN, JOINER, MARK, NEWLINE, PLAIN, SELECTOR, kinds_of
from tui.viewmodel.text.clean import MARKS_PER_CHARACTER, clean

ALL = [chr(code) for code in range(0x110000)]
MARKS = [c for c in ALL if kinds_of(c) == MARK and (unicodedata.category(c) != "Cn" or ord(c) % 97 == 0)]
"""Of those that are not assigned, a sample."""

KINDS = kinds_of("".join(ALL))


def test_each_character_has_one_kind() -> None:
    assert len(KINDS) == len(ALL)
    assert set(KINDS) == {PLAIN, NEWLINE, CONTROL, HIDDEN, JOINER, SELECTOR, MARK}


def test_controls_separators_and_surrogates_are_never_plain() -> None:
    unsafe = {"Cc", "Cs", "Zl", "Zp"}
    assert not [c for c, kind in zip(ALL, KINDS, strict=True) if kind == PLAIN and unicodedata.category(c) in unsafe]


def test_format_characters_are_plain_only_if_they_are_seen() -> None:
    seen = {c for c, kind in zip(ALL, KINDS, strict=True) if kind == PLAIN and unicodedata.category(c) == "Cf"}
    assert all("SIGN" in unicodedata.name(c) or "MARK" in unicodedata.name(c) or "END OF AYAH" in unicodedata.name(c)
               or "POUND" in unicodedata.name(c) for c in seen)  # fmt: skip
    assert len(seen) <= 15


def test_what_takes_no_cell_is_never_plain() -> None:
    """Whatever takes no cell could be piled up without end, or hide."""
    assert not [hex(ord(c)) for c, kind in zip(ALL, KINDS, strict=True) if kind == PLAIN and cell_len(c) == 0]


def test_what_takes_cells_is_plain_unless_it_is_hidden() -> None:
    wide = [c for c in MARKS if cell_len(c) > 0]
    assert {unicodedata.category(c) for c in wide} <= {"Cn", "Mc"}


def test_a_pile_of_anything_is_cut() -> None:
    for c in MARKS:
        assert clean("a" + c * (MARKS_PER_CHARACTER + 3)) == f"a{c * MARKS_PER_CHARACTER}‹+3 marks›", hex(ord(c))


def test_nothing_hidden_gets_through_alone() -> None:
    for c, kind in zip(ALL, KINDS, strict=True):
        if kind in (CONTROL, HIDDEN, JOINER, SELECTOR) and c != "\t":
            assert c not in clean(f"a{c}b"), hex(ord(c))
