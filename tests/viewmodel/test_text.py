"""The choke point: text from a recording is shown, never obeyed."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui.viewmodel.text.clean import (
    MARKS_PER_CHARACTER,
    break_points,
    clean,
    clean_lines,
    elide,
    format_bytes,
    format_duration,
    format_offset,
    format_tokens,
)

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=60)
OBEYED = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("\x1b[2J\x1b]0;title\x07", "␛[2J␛]0;title␇"),
        ("a\x00b\x7fc", "a␀b␡c"),
        ("\x9b31m", "‹U+009B›31m"),
        ("user\u202egnp.exe", "user‹U+202E›gnp.exe"),
        ("\u2066x\u2069", "‹U+2066›x‹U+2069›"),
        ("pay\u200bload", "pay‹U+200B›load"),
        ("\ufeffstart", "‹U+FEFF›start"),
        ("one\u2028two", "one‹U+2028›two"),
        ("half \ud83d", "half ‹U+D83D›"),
        ("tag \U000e0041", "tag ‹U+E0041›"),
        ("one\ntwo\r", "one⏎two␍"),
        ("a\tb", "a   b"),
        ("[bold]no markup[/]", "[bold]no markup[/]"),
    ],
)
def test_hostile_characters_become_visible(hostile: str, shown: str) -> None:
    assert clean(hostile) == shown


@pytest.mark.parametrize("harmless", ["plain", "naïve café", "日本語", "e\u0301", "שלום", "🇩🇪 ✅ 👍🏽", ""])
def test_ordinary_text_is_left_alone(harmless: str) -> None:
    assert clean(harmless) == harmless


@pytest.mark.parametrize(
    "text",
    [
        "می\u200cخواهم",
        "نامه\u200cای",
        "क्\u200dष",
        "ক্\u200cষ",
        "ශ්\u200dරී",
        "کتاب\u200cها.",
        "\u0600\u0661\u0662",
    ],
)
def test_joiners_in_words_are_text(text: str) -> None:
    """Persian, Hindi, Bengali and Sinhala are written with them; a sign above a number is seen."""
    assert clean(text) == text


@pytest.mark.parametrize(
    ("hidden", "shown"),
    [
        ("pass\u200cword", "pass‹U+200C›word"),
        ("日\u200d本", "日‹U+200D›本"),
        ("می\u200c\u200cخواهم", "می‹U+200C›‹U+200C›خواهم"),
        ("\u200dا", "‹U+200D›ا"),
        ("葛\U000e0100城", "葛城"),
        ("😀\U000e0100\U000e0101", "😀‹U+E0101›"),
        ("z" + "\u0301" * 5 + "\ufe0f" + "\u0301" * 5, "z" + "\u0301" * 5 + "‹U+FE0F›" + "\u0301" * 5),
        ("z" + "\u0301" * 6 + "\u034f" + "\u0301" * 2, "z" + "\u0301" * 6 + "‹U+034F›" + "\u0301" * 2),
        ("\ufdd0\U0001fffe", "‹U+FDD0›‹U+1FFFE›"),
    ],
)
def test_what_hides_is_shown(hidden: str, shown: str) -> None:
    assert clean(hidden) == shown


def test_emoji_glue_is_left_out_because_terminals_disagree_about_its_width() -> None:
    assert clean("⚠\ufe0f 👩\u200d💻 1\ufe0f") == "⚠ 👩💻 1"
    assert clean("a\u200db\ufe0f") == "a‹U+200D›b‹U+FE0F›"


def test_piles_of_marks_are_cut_and_counted() -> None:
    assert clean("z" + "\u0301" * 50) == "z" + "\u0301" * MARKS_PER_CHARACTER + "‹+44 marks›"


@given(ANY_TEXT)
def test_nothing_that_a_terminal_obeys_gets_through(text: str) -> None:
    assert not OBEYED.search(clean(text))
    assert not any(OBEYED.search(line) for line in clean_lines(text))


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", []),
        ("\n", [""]),
        ("one\ntwo", ["one", "two"]),
        ("one\r\ntwo\r\n", ["one", "two"]),
        ("10%\r20%\n", ["10%␍20%"]),
        ("a\n\n\tb\x1b", ["a", "", "    b␛"]),
        ("née\r\nvalue\v", ["née", "value␋"]),
    ],
)
def test_lines_end_at_line_feeds_only(text: str, lines: list[str]) -> None:
    assert clean_lines(text) == lines


@pytest.mark.parametrize(
    ("text", "cells", "shown"),
    [
        ("short", 5, "short"),
        ("longer", 5, "long…"),
        ("日本語", 6, "日本語"),
        ("日本語", 5, "日本…"),
        ("日本語", 4, "日…"),
        ("e\u0301e\u0301e\u0301", 3, "e\u0301e\u0301e\u0301"),
        ("e\u0301e\u0301e\u0301", 2, "e\u0301…"),
        ("x", 0, ""),
    ],
)
def test_elide_counts_cells(text: str, cells: int, shown: str) -> None:
    assert elide(text, cells, cell_len) == shown


@pytest.mark.parametrize(
    ("text", "width", "pieces"),
    [
        ("", 5, [""]),
        ("one two three", 7, ["one two", "three"]),
        ("one two three", 8, ["one two", "three"]),
        ("abcdefgh", 3, ["abc", "def", "gh"]),
        ("    indented", 6, ["    in", "dented"]),
        ("日本語日本語", 5, ["日本", "語日", "本語"]),
        ("word 日本語", 7, ["word", "日本語"]),
    ],
)
def test_wrapping_breaks_at_blanks_where_it_can(text: str, width: int, pieces: list[str]) -> None:
    assert [text[start:end] for start, end in break_points(text, width, cell_len)] == pieces


@given(ANY_TEXT, st.integers(2, 30))
def test_wrapping_loses_nothing_but_the_blanks_at_the_breaks(text: str, width: int) -> None:
    line = clean(text)
    rebuilt, position = "", 0
    for start, end in break_points(line, width, cell_len):
        assert set(line[position:start]) <= {" "}
        rebuilt += line[position:start] + line[start:end]
        position = end
        assert cell_len(line[start:end]) <= width
    assert rebuilt == line


@pytest.mark.parametrize(
    ("count", "shown"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (48_027, "48.0 kB"), (999_960, "1.0 MB"), (5 * 10**12, "5.0 TB")],
)
def test_bytes(count: int, shown: str) -> None:
    assert format_bytes(count) == shown


@pytest.mark.parametrize(
    ("milliseconds", "shown"),
    [
        (0, "0ms"),
        (410, "410ms"),
        (8_200, "8.2s"),
        (59_990, "1m00s"),
        (192_000, "3m12s"),
        (7_500_000, "2h05m"),
        (273_600_000, "3d04h"),
        (-5, "-5ms"),
    ],
)
def test_durations(milliseconds: int, shown: str) -> None:
    assert format_duration(milliseconds) == shown


@pytest.mark.parametrize(
    ("milliseconds", "shown"),
    [
        (0, "0.000s"),
        (1_040, "1.040s"),
        (754_300, "12:34.3"),
        (3_723_000, "1:02:03"),
        (518_537_000, "6d 00:02:17"),
        (-100, "-0.100s"),
    ],
)
def test_offsets(milliseconds: int, shown: str) -> None:
    assert format_offset(milliseconds) == shown


@pytest.mark.parametrize(("count", "shown"), [(812, "812"), (12_440, "12.4k"), (999_960, "1.0M"), (1_240_000, "1.2M")])
def test_tokens(count: int, shown: str) -> None:
    assert format_tokens(count) == shown
