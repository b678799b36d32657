"""Markdown as people read it; whatever the text, nothing of it is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui.viewmodel.text.markdown import LONGEST_TEXT, rendered_lines
from tui.viewmodel.text.spans import Line, line_text


def rendered(text: str, width: int = 60) -> list[str] | None:
    lines = rendered_lines(text, width, cell_len)
    return None if lines is None else [line_text(line) for line in lines]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("# Findings\n\nAll **good**.", ["Findings", "", "All good."]),
        ("one *two*\nthree", ["one two", "three"]),
        ("- one\n- two\n  - deep\n- three", ["• one", "• two", "  ◦ deep", "• three"]),
        ("3. one\n3. two\n7) x", ["3. one", "3. two", "7) x"]),
        ("> quoted\n> *text*", ["▎ quoted", "▎ text"]),
        ("```python\nreturn 1\n```", ["▏ python", "▏ return 1"]),
        ("run `rg -n` now", ["run `rg -n` now"]),
        ("see [the docs](https://x.y)", ["see the docs (https://x.y)"]),
        ("see <https://x.y>", ["see https://x.y"]),
        ("![a *b*](p.png)", ["▣ a *b* (p.png)"]),
        ("~~old~~ <b>as it is</b>", ["~~old~~ <b>as it is</b>"]),
        ("a\n\n---\n\nb", ["a", "", "─" * 24, "", "b"]),
        ("- a\n\n  second\n- b", ["• a", "  ", "  second", "• b"]),
        ("<div>\nx\n</div>\n\n*y*", ["<div>", "x", "</div>", "", "y"]),
    ],
)
def test_text_is_shown_without_its_marks(text: str, lines: list[str]) -> None:
    assert rendered(text) == lines


def test_table_has_columns_and_a_rule() -> None:
    text = "| name | count |\n|---|--:|\n| rg | 12 |\n| `a` b | 1 |"
    assert rendered(text) == ["name   count", "─────  ─────", "rg     12", "`a` b  1"]


def test_table_too_wide_for_the_pane_becomes_entries() -> None:
    text = f"| name | what |\n|---|---|\n| rg | {'long ' * 20}|\n| ls | x |"
    lines = rendered(text, 40)
    assert lines is not None
    assert lines[0] == "name: rg"
    assert lines[1].startswith("what: long long")
    assert lines[2:] == ["", "name: ls", "what: x"]


@pytest.mark.parametrize(
    "text",
    [
        "2*3*4 and **b**",
        "src/*.py and tests/*.py **b**",
        r"re \d+\.\d+ *b*",
        "&lt; and *b*",
        "snake_case_name *b*",
    ],
)
def test_marks_that_mean_themselves_stay(text: str) -> None:
    assert rendered(text) == [text.replace("**b**", "b").replace("*b*", "b")]


@pytest.mark.parametrize(
    "text",
    [
        "no mark at all",
        "x" * LONGEST_TEXT + " **b**",
        "[a]: http://x.y\n\n**b**",  # a definition that nothing uses
        "".join(f"{'  ' * depth}- x\n" for depth in range(60)),  # deeper than the parser goes
        "> " * 4_000,
        "| a | b |\n|---|---|\n| c | d | e |",  # a cell too many
    ],
    ids=["plain", "long", "definition", "deep", "quotes", "cells"],
)
def test_text_of_which_something_would_be_lost_is_left_as_it_is(text: str) -> None:
    assert rendered(text) is None


def test_control_characters_are_made_harmless() -> None:
    for text in ("**\x1b[31m**", "`\x1b[31m`", "```\n\x1b[31m\n```", "[x](\x1b[31m)", "<b\x1b>*x*"):
        assert "\x1b" not in "".join(rendered(text) or [])


def test_words_say_their_meaning_in_style() -> None:
    (line,) = rendered_lines("**a** *b* `c` [d](e)", 60, cell_len) or ()
    assert [(span.text, span.style) for span in line if span.style] == [
        ("a", "title"),
        ("b", "emphasis"),
        ("`c`", "json.string"),
        ("d", "path"),
        (" (e)", "dim"),
    ]


@given(st.text(alphabet="ab1 *_`~|\\[]()<>#-+.!\n:&;", max_size=60))
def test_every_letter_and_digit_is_shown_in_order(text: str) -> None:
    lines = rendered_lines(text, 1_000, cell_len)
    if lines is not None:
        shown = "".join(map(line_text, lines))
        assert list(filter(str.isalnum, shown)) == list(filter(str.isalnum, text))


def test_empty_lines_have_no_span() -> None:
    lines: tuple[Line, ...] = rendered_lines("# a\n\n*b*", 60, cell_len) or ()
    assert lines[1] == ()
