"""Bytes as lines, page by page."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from tui.analysis.search.byte_pattern import BytePattern
from tui.analysis.search.pattern import parse_pattern
from tui.source.pages import MemoryPages
from tui.viewmodel.payload import text as payload_text
from tui.viewmodel.payload.hex import hex_line, hex_row_count
from tui.viewmodel.payload.search import ByteSearch
from tui.viewmodel.payload.source import PageRange
from tui.viewmodel.payload.text import PagedText, decode_escapes
from tui.viewmodel.text.spans import line_text


def text_of(data: bytes, *, escaped: bool = False, width: int = 20, marked: tuple[int, int] | None = None) -> PagedText:
    text = PagedText(MemoryPages(data), cell_len, escaped=escaped, marked=marked)
    text.set_width(width)
    text.measure_around(0, 10**9)
    return text


def lines(text: PagedText) -> list[str]:
    return [line_text(text.line(row)) for row in range(text.row_count)]


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of 64 bytes that look for a line's start in the 48 bytes behind their border."""
    monkeypatch.setattr(payload_text, "PAGE_BYTES", 64)
    monkeypatch.setattr(payload_text, "LOOKAHEAD_BYTES", 48)


def test_lines_are_wrapped_to_the_pane() -> None:
    assert lines(text_of(b"short\nthis line is longer than twenty\n\nend")) == [
        "short",
        "this line is longer",
        "than twenty",
        "",
        "end",
    ]


@pytest.mark.usefixtures("small_pages")
@given(st.lists(st.text("abü漢 ", max_size=14), max_size=60))
@settings(max_examples=60)
def test_pages_do_not_show_where_lines_are_short(recorded: list[str]) -> None:
    data = "\n".join(recorded).encode()
    expected = data.decode().split("\n")
    if expected[-1] == "":
        expected.pop()

    assert lines(text_of(data, width=40)) in (expected, [""])


@pytest.mark.usefixtures("small_pages")
@given(st.text('ab ü漢\\"\x01', min_size=1, max_size=300))
@settings(max_examples=60)
def test_a_line_longer_than_a_page_loses_nothing(recorded: str) -> None:
    for escaped in (False, True):
        content = json.dumps(recorded, ensure_ascii=False)[1:-1] if escaped else recorded
        shown = "".join(lines(text_of(content.encode(), escaped=escaped)))

        assert shown.replace(" ", "") == recorded.replace("\x01", "␁").replace(" ", "")


def test_json_escapes_become_what_they_stand_for() -> None:
    shown = lines(text_of(rb'{"text": "one\ntwo \"q\" \u00fc \ud83d\ude00 \\n \u001b[2J"}', escaped=True, width=60))

    assert shown == ['{"text": "one', 'two "q" ü 😀 \\n ␛[2J"}']


@pytest.mark.parametrize(
    ("escaped", "text"),
    [(r"a\\nb", r"a\nb"), (r"\ud800", "\ud800"), (r"\x", r"\x"), (r"tab\tq\/", "tab\tq/"), ("plain", "plain")],
)
def test_decode_escapes(escaped: str, text: str) -> None:
    assert decode_escapes(escaped) == text


@pytest.mark.usefixtures("small_pages")
@pytest.mark.parametrize("escaped", [False, True])
def test_every_byte_has_its_row(escaped: bool) -> None:
    data = b"".join(b"row %03d\n" % number for number in range(100))
    text = text_of(data, escaped=escaped)

    found = [text.row_of(text.place_at(8 * number + 3)) for number in range(100)]

    assert found == list(range(100))
    assert all(abs(text.offset_of(text.place_at(at)) - at) < 64 for at in range(0, 800, 8))


@pytest.mark.usefixtures("small_pages")
def test_only_pages_that_are_looked_at_are_read() -> None:
    class CountedPages(MemoryPages):
        reads = 0

        def read(self, offset: int, length: int) -> bytes:
            self.reads += length
            return super().read(offset, length)

    pages = CountedPages(b"a line of text\n" * 100_000)
    text = PagedText(pages, cell_len)
    text.measure_around(text.row_count - 20, 20)

    assert line_text(text.line(text.row_count - 1)) == "a line of text"
    assert pages.reads < 10_000


def test_a_marked_range_of_bytes_has_its_style() -> None:
    text = text_of(b"one\ntwo\nthree\nfour\n", marked=(4, 14))

    assert [text.line(row)[0].style for row in range(4)] == ["", "cut", "cut", ""]


def test_bytes_that_are_no_text_are_shown_all_the_same() -> None:
    assert lines(text_of(b"\xff\xfe ok\x00")) == ["\ufffd\ufffd ok␀"]


# Bytes as numbers


@pytest.mark.parametrize(
    ("width", "row", "line"),
    [
        (80, 0, "00000000  00 41 42 43 44 45 46 47  48 49 4a 4b 4c 4d 4e 4f  ·ABCDEFGHIJKLMNO"),
        (80, 1, "00000010  50 ff                                             P·"),
        (60, 2, "00000010  50 ff                    P·"),
    ],
)
def test_hex_rows(width: int, row: int, line: str) -> None:
    pages = MemoryPages(b"\x00ABCDEFGHIJKLMNOP\xff")

    assert line_text(hex_line(pages, row, width)) == line
    assert hex_row_count(pages, width) == (2 if width == 80 else 3)


# Search


def found_at(data: bytes, needle: str, start: int, *, forward: bool = True, slice_bytes: int = 1_000) -> int | None:
    pattern = BytePattern(parse_pattern(needle))
    pattern.window = slice_bytes
    search = ByteSearch(MemoryPages(data), pattern, start, forward=forward)
    while not search.done:
        search.advance()
    return search.found


@pytest.mark.parametrize(
    ("needle", "start", "forward", "found"),
    [
        ("one", 0, True, 0),
        ("one", 1, True, 8),
        ("one", 9, True, 0),
        ("one", 8, False, 0),
        ("one", 0, False, 8),
        ("two", 0, True, 4),
        ("TWO", 0, True, None),
        ("two", 99, True, 4),
        ('"q', 0, True, 13),
        ("nowhere", 5, True, None),
    ],
)
@pytest.mark.parametrize("slice_bytes", [4, 1_000])
def test_search_goes_around_both_ends(
    needle: str, start: int, forward: bool, found: int | None, slice_bytes: int
) -> None:
    assert found_at(b'one two One \\\\"q', needle, start, forward=forward, slice_bytes=slice_bytes) == found


def test_a_text_is_found_as_json_writes_it() -> None:
    assert found_at(rb'{"a": "caf\u00e9 \"x\""}', "café", 0) == 7
    assert found_at(rb'{"a": "caf\u00e9 \"x\""}', '"x"', 0) == 17


def test_a_range_of_bytes_counts_from_its_own_start() -> None:
    pages = PageRange(MemoryPages(b"0123456789"), 3, 7)

    assert (pages.size, pages.read(0, 99), pages.read(2, 1), pages.read(9, 1)) == (4, b"3456", b"5", b"")
