"""Markdown, code, patches and JSON, one line at a time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui.viewmodel.text.clean import clean
from tui.viewmodel.text.spans import Line, Span, line_text
from tui.viewmodel.text.styled_lines import (
    code_line,
    highlight,
    json_line,
    markdown_line,
    markdown_styler,
    patch_line,
    search_pattern,
    slice_line,
    wrap_line,
)

ONE_LINE = st.text(max_size=80).map(clean)


def styles(line: Line) -> list[tuple[str, str]]:
    return [(span.text, span.style) for span in line]


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("plain", [("plain", "")]),
        ("", [("", "")]),
        ("## Heading", [("## Heading", "title")]),
        ("- point `x`", [("- ", "number"), ("point ", ""), ("`x`", "json.string")]),
        ("12. twelfth", [("12. ", "number"), ("twelfth", "")]),
        ("a **b** c", [("a ", ""), ("**b**", "title"), (" c", "")]),
        ("> quoted", [("> quoted", "dim")]),
        ("see https://x.invalid/a.", [("see ", ""), ("https://x.invalid/a.", "path")]),
        ("2 * 3 ** 4 [x](y)", [("2 * 3 ** 4 [x](y)", "")]),
    ],
)
def test_markdown_keeps_its_marks(text: str, spans: list[tuple[str, str]]) -> None:
    assert styles(markdown_line(text)) == spans


def test_inside_a_fence_lines_are_code_until_the_same_fence_closes_it() -> None:
    style = markdown_styler()

    lines = [style(text) for text in ("```python", "# not a heading", "~~~", "return 1", "```", "# Heading")]

    assert [line[0].style for line in lines] == ["dim", "dim", "", "kind.call", "dim", "title"]


@pytest.mark.parametrize(
    ("text", "style"),
    [("+added", "new"), ("-removed", "gone"), (" same", ""), ("@@ -1 +1 @@", "title"), ("*** Begin Patch", "title")],
)
def test_patches(text: str, style: str) -> None:
    assert styles(patch_line(text)) == [(text, style)]


def test_json() -> None:
    assert [style for _text, style in styles(json_line('"k": [1.5, true, null, "v"],'))] == [
        "json.key",
        "json.punct",
        "json.number",
        "json.punct",
        "json.bool",
        "json.punct",
        "json.null",
        "json.punct",
        "json.string",
        "json.punct",
    ]


@given(ONE_LINE)
def test_styling_changes_no_character(text: str) -> None:
    for style in (markdown_line, code_line, patch_line, json_line):
        assert line_text(style(text)) == text


def test_a_long_line_is_styled_at_its_beginning_only() -> None:
    assert len(code_line("'x' " * 100_000)) < 400


@given(st.lists(ONE_LINE, max_size=5), st.integers(10, 40))
def test_wrapped_pieces_keep_their_styles(texts: list[str], width: int) -> None:
    line = tuple(Span(text, str(number)) for number, text in enumerate(texts))

    pieces = wrap_line(line, width, cell_len, "  ")

    assert all(cell_len(line_text(piece)) <= width for piece in pieces)
    kept = "".join(span.text for piece in pieces for span in piece[1:])
    assert kept.replace(" ", "") == line_text(line).replace(" ", "")


def test_a_slice_keeps_the_styles() -> None:
    line = (Span("abc", "1"), Span("def", "2"), Span("ghi", "3"))

    assert slice_line(line, 2, 7) == (Span("c", "1"), Span("def", "2"), Span("g", "3"))


def test_matches_are_marked_across_spans() -> None:
    line = (Span("one tw", "a"), Span("o One", "b"))

    pattern = search_pattern("o")
    assert pattern is not None
    assert highlight(line, pattern) == (
        Span("o", "match"),
        Span("ne tw", "a"),
        Span("o", "match"),
        Span(" ", "b"),
        Span("O", "match"),
        Span("ne", "b"),
    )


@pytest.mark.parametrize(
    ("needle", "text", "found"),
    [("ab", "AB", True), ("Ab", "ab", False), ("a.b", "axb", False), ("a.b", "a.b", True), ("[x", "[x]", True)],
)
def test_a_search_is_literal_and_minds_case_only_with_a_capital(needle: str, text: str, found: bool) -> None:
    pattern = search_pattern(needle)

    assert pattern is not None
    assert bool(pattern.search(text)) is found


def test_an_empty_search_is_none() -> None:
    assert search_pattern("") is None
    assert search_pattern("re:(") is None
