"""The column of times: what each way of telling them writes, and that it fits its cells."""

from __future__ import annotations

import pytest

from tui.viewmodel.timeline.row_times import TIME_MODES, RowTimes, TimeMode, stretch_words, times_of

STARTED = 1_764_230_949_250
"""2025-11-27 08:09:09.250 UTC."""


@pytest.mark.parametrize(
    ("mode", "is_short", "expected"),
    [
        ("start", True, "1.512s"),
        ("start", False, "1.512s"),
        ("above", True, "+12ms"),
        ("above", False, "+12ms"),
        ("local", True, "01:00:01.512"),
        ("local", False, "01:00:01"),
        ("utc", True, "08:09:10.762"),
        ("utc", False, "08:09:10"),
    ],
)
def test_a_time_in_each_way(mode: TimeMode, is_short: bool, expected: str) -> None:
    times = RowTimes(mode, is_short, STARTED, lambda unix_ms: 3_600_000 + unix_ms - STARTED)
    assert times.text(1_512, 1_500) == expected
    assert len(expected) < times.cells


@pytest.mark.parametrize("mode", TIME_MODES)
def test_what_has_no_time_says_nothing(mode: TimeMode) -> None:
    assert RowTimes(mode).text(None, 5) == ""


def test_unknown_start_has_no_time_of_day() -> None:
    assert RowTimes("utc").text(10, None) == "?"
    assert RowTimes("local", started_unix_ms=5, local_time=lambda _unix_ms: None).text(10, None) == "?"


def test_earlier_row_below_a_later_one_is_negative() -> None:
    assert RowTimes("above").text(100, 3_300) == "-3.2s"


HOUR, DAY = 3_600_000, 86_400_000


@pytest.mark.parametrize(
    ("whole", "at", "start", "above"),
    [
        (HOUR, 62_345, "01:02.3", "+1m02s"),
        (11 * HOUR, 10 * HOUR + 123_000, "10:02:03", "+10h02m"),
        (7 * DAY, 6 * DAY + 137_000, "6d 00:02", "+6d00h"),
        (200 * DAY, 144 * DAY + 137_000, "144d 00:02", "+144d00h"),
        (20_780 * DAY, 20_779 * DAY + 6 * HOUR, "20779d", "+20779d06h"),
        (11 * HOUR, -20_779 * DAY - HOUR, "-20779d", "-20779d"),
        (11 * HOUR, -207_790_000 * DAY, "-207790…", "-20779…"),
    ],
)
def test_column_is_as_wide_as_its_longest_time(whole: int, at: int, start: str, above: str) -> None:
    times = times_of(whole), times_of(whole, "above")
    assert (times[0].text(at, None), times[1].text(at, 0)) == (start, above)
    assert all(len(text) < one.cells for text, one in zip((start, above), times, strict=True))


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (142, 160, "0.142s–0.160s"),
        (1_000, 61_000, "1.000s–01:01.0"),
        (1_010, 1_090, "1.010s–1.090s"),
        (3_600_100, 3_600_900, "1:00:00.100–1:00:00.900"),
    ],
)
def test_ends_of_a_stretch_never_read_alike(start: int, end: int, words: str) -> None:
    assert stretch_words(start, end) == words
