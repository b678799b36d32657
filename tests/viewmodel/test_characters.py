"""Every code point there is: none that a terminal obeys, hides, or piles up gets through."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

import pytest
from rich.cells import cell_len

from tui.viewmodel.text import characters
from tui.viewmodel.text.characters import CONTROL, HIDDEN, JOINER, MARK, NEWLINE, PLAIN, SELECTOR, kinds_of
from tui.viewmodel.text.clean import MARKS_PER_CHARACTER, clean

ALL = range(0x110000)


@pytest.fixture(scope="module")
def kinds() -> Iterator[str]:
    """The kind of every code point, which the program forgets again after these tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(characters, "_kinds", type(characters._kinds)())
        yield kinds_of("".join(map(chr, ALL)))


@pytest.fixture(scope="module")
def marks(kinds: str) -> list[str]:
    """The characters that pile up: of those that are not assigned, a sample."""
    pile = [chr(code) for code in ALL if kinds[code] == MARK]
    return [c for c in pile if unicodedata.category(c) != "Cn" or ord(c) % 97 == 0]


def test_each_character_has_one_kind(kinds: str) -> None:
    assert len(kinds) == len(ALL)
    assert set(kinds) == {PLAIN, NEWLINE, CONTROL, HIDDEN, JOINER, SELECTOR, MARK}


def test_controls_separators_and_surrogates_are_never_plain(kinds: str) -> None:
    unsafe = {"Cc", "Cs", "Zl", "Zp"}
    assert not [hex(ord(c)) for c in plain(kinds) if unicodedata.category(c) in unsafe]


def test_format_characters_are_plain_only_if_they_are_seen(kinds: str) -> None:
    seen = {c for c in plain(kinds) if unicodedata.category(c) == "Cf"}
    assert all("SIGN" in unicodedata.name(c) or "MARK" in unicodedata.name(c) or "END OF AYAH" in unicodedata.name(c)
               or "POUND" in unicodedata.name(c) for c in seen)  # fmt: skip
    assert len(seen) <= 15


def test_what_takes_no_cell_is_never_plain(kinds: str) -> None:
    """Whatever takes no cell could be piled up without end, or hide."""
    assert not [hex(ord(c)) for c in plain(kinds) if cell_len(c) == 0]


def test_what_takes_cells_is_plain_unless_it_is_hidden(marks: list[str]) -> None:
    wide = [c for c in marks if cell_len(c) > 0]
    assert {unicodedata.category(c) for c in wide} <= {"Cn", "Mc"}


def test_a_pile_of_anything_is_cut(marks: list[str]) -> None:
    for c in marks:
        assert clean("a" + c * (MARKS_PER_CHARACTER + 3)) == f"a{c * MARKS_PER_CHARACTER}‹+3 marks›", hex(ord(c))


def test_nothing_hidden_gets_through_alone(kinds: str) -> None:
    for code, kind in zip(ALL, kinds, strict=True):
        if kind in (CONTROL, HIDDEN, JOINER, SELECTOR) and (c := chr(code)) != "\t":
            assert c not in clean(f"a{c}b"), hex(code)


def plain(kinds: str) -> Iterator[str]:
    """The characters that pass as they are."""
    return (chr(code) for code, kind in zip(ALL, kinds, strict=True) if kind == PLAIN)
