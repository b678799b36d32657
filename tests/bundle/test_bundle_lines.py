"""Cutting bytes into lines: how the bytes arrive must not matter."""

from __future__ import annotations

import tempfile
import tracemalloc
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.bundle.log.lines import LineSplitter
from tui.source.lines import RawLine


def split(chunks: list[bytes], **options: int) -> list[RawLine]:
    splitter = LineSplitter(**options)
    return [line for chunk in chunks for line in splitter.feed(chunk)]


def torn(data: bytes, cuts: list[int]) -> list[bytes]:
    places = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    return [data[start:end] for start, end in pairwise(places)]


log_bytes = st.lists(st.binary(max_size=20), max_size=12).map(b"\n".join)
cut_places = st.lists(st.integers(0, 300), max_size=12)


@given(log_bytes, cut_places)
def test_any_chunking_gives_the_same_lines(data: bytes, cuts: list[int]) -> None:
    assert split(torn(data, cuts)) == split([data])


@given(log_bytes, cut_places)
def test_lines_stand_where_they_say(data: bytes, cuts: list[int]) -> None:
    lines = split(torn(data, cuts))

    physical = data.split(b"\n")[:-1]
    assert [line.data for line in lines] == [line for line in physical if line]
    assert [data[line.offset : line.offset + line.length] for line in lines] == [line.data for line in lines]
    assert [line.number for line in lines] == [number for number, line in enumerate(physical, 1) if line]


@given(log_bytes, cut_places, st.integers(0, 240))
def test_a_file_cut_anywhere_is_the_beginning_of_itself(data: bytes, cuts: list[int], kept: int) -> None:
    """Empty lines are remembered as runs, which a cut may divide."""
    splitter = LineSplitter()
    for chunk in torn(data, cuts):
        splitter.feed(chunk)
    end = splitter.taken.end
    with tempfile.TemporaryFile() as file:
        file.write(data[:kept])
        file.flush()
        found = splitter.taken.compare(file.fileno(), len(data[:kept]))
    assert found == ("same" if len(data[:kept]) >= end else "beginning")


@pytest.mark.parametrize("other", [b"a\n\nb\n", b"a\n\n\n\n\n\n", b"b\n", b"a\n\nx\n\n"])
def test_other_lines_among_empty_ones_are_noticed(other: bytes) -> None:
    splitter = LineSplitter()
    splitter.feed(b"a\n\n\n\nb\n")
    with tempfile.TemporaryFile() as file:
        file.write(other)
        file.flush()
        assert splitter.taken.compare(file.fileno(), len(other)) == "other"


def test_empty_lines_cost_their_bytes_only() -> None:
    splitter = LineSplitter()
    tracemalloc.start()
    for _ in range(4):
        assert splitter.feed(b"\n" * 100_000) == []
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held < 100_000
    assert splitter.feed(b"a\n")[0].number == 400_001


@given(log_bytes, cut_places, st.integers(1, 10))
def test_any_chunking_gives_the_same_start_of_an_overlong_line(data: bytes, cuts: list[int], longest: int) -> None:
    lines = split(torn(data, cuts), longest=longest)

    assert lines == split([data], longest=longest)
    assert [line.overlong for line in lines] == [line.length > longest for line in lines]
    assert all(len(line.data) <= longest for line in lines)


@given(log_bytes, cut_places)
def test_the_tail_is_what_follows_the_last_newline(data: bytes, cuts: list[int]) -> None:
    splitter = LineSplitter()
    for chunk in torn(data, cuts):
        splitter.feed(chunk)
    tail = splitter.tail()

    assert (tail.data if tail else b"") == data.split(b"\n")[-1]
    assert splitter.boundary + splitter.held == len(data)


@given(log_bytes, cut_places, st.integers(0, 12))
def test_asking_for_the_tail_changes_nothing(data: bytes, cuts: list[int], asked_after: int) -> None:
    splitter = LineSplitter()
    lines: list[RawLine] = []
    for number, chunk in enumerate(torn(data, cuts)):
        lines += splitter.feed(chunk)
        if number == asked_after:
            splitter.tail()

    assert lines == split([data])


def test_a_long_torn_line_is_joined_once() -> None:
    """Joining at every chunk would copy 200 GB here; the test would not end."""
    splitter = LineSplitter()
    chunk = b"x" * 1_000
    for _ in range(20_000):
        assert splitter.feed(chunk) == []

    (line,) = splitter.feed(b"\n")

    assert line.length == 20_000_000
    assert not line.overlong
