"""A list to choose from, as tables of (moves or words, entry under the cursor)."""

from __future__ import annotations

import pytest

from tui.viewmodel.lists.picker import PickEntry, Picker
from tui.viewmodel.text.spans import Span


def entry(text: str, *, key: str = "") -> PickEntry:
    return PickEntry((Span(text),), value=text, key=key)


def heading(text: str) -> PickEntry:
    return PickEntry((Span(text, "title"),))


ENTRIES = [
    heading("Agents"),
    entry("/root", key="1"),
    entry("/root/alpha", key="2"),
    heading("Others"),
    entry("/root/beta"),
]


def test_lines_that_say_the_words_come_first_below_their_heading() -> None:
    entries = [heading("A"), PickEntry((Span("tokens"),), "led to", hidden="cache"), entry("cache hit"), *ENTRIES]
    picker = Picker(entries, told_first=True)
    picker.narrow("cache")
    assert [one.value for one in picker.shown] == [None, "cache hit", "led to"]
    assert picker.chosen == entry("cache hit")


@pytest.mark.parametrize(
    ("steps", "chosen"),
    [
        ("", "/root"),  # a heading is never chosen
        ("down", "/root/alpha"),
        ("down down", "/root/beta"),
        ("down down up", "/root/alpha"),
        ("up", "/root"),
        ("down down down down", "/root/beta"),
    ],
)
def test_moving(steps: str, chosen: str | None) -> None:
    picker = Picker(ENTRIES)
    for step in steps.split():
        picker.move(1 if step == "down" else -1)
    assert (picker.chosen.value if picker.chosen else None) == chosen


@pytest.mark.parametrize(
    ("words", "chosen"),
    [
        ("bet", "/root/beta"),
        ("BET", "/root/beta"),
        ("ot ph", "/root/alpha"),  # every word must be there, in any place
        ("zz", None),
        ("", "/root"),
    ],
)
def test_narrowing(words: str, chosen: str | None) -> None:
    picker = Picker(ENTRIES)
    picker.narrow("alpha")
    picker.narrow(words)
    assert (picker.chosen.value if picker.chosen else None) == chosen


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("failed", ["fail"]),
        ("failing", ["fail"]),
        ("fail", ["fail"]),
        ("failure", ["fail"]),
        ("failingly", []),  # more than an ending
        ("sees", []),  # of a short word every longer one could be a form
        ("why failed", ["fail"]),
    ],
)
def test_other_forms_of_a_word_match_where_nothing_else_does(words: str, shown: list[str]) -> None:
    picker = Picker([PickEntry((Span("why"),), "fail", hidden="fail"), entry("see")])
    picker.narrow(words)
    assert [one.value for one in picker.shown] == shown


def test_the_ends_of_a_list_are_known() -> None:
    picker = Picker(ENTRIES)
    assert (picker.is_at_end(-1), picker.is_at_end(1)) == (True, False)
    picker.move(9)
    assert (picker.is_at_end(-1), picker.is_at_end(1)) == (False, True)


@pytest.mark.parametrize(
    ("words", "chosen"), [("agents", "x/agents"), ("x/agents", "x/agents"), ("agent", "agents_more")]
)
def test_cursor_stands_where_the_words_end(words: str, chosen: str) -> None:
    more = PickEntry((Span("agents_more"),), "agents_more", hidden="y/agents_more")
    picker = Picker([more, PickEntry((Span("agents"),), "x/agents", hidden="x/agents"), entry("agents of z")])
    picker.narrow(words)
    assert picker.chosen is not None
    assert picker.chosen.value == chosen


def test_a_heading_with_nothing_below_it_disappears() -> None:
    picker = Picker(ENTRIES)
    picker.narrow("alpha")
    assert [shown.text for shown in picker.shown] == ["Agents", "/root/alpha"]


def test_a_slot_key_chooses_while_all_are_shown() -> None:
    picker = Picker(ENTRIES)
    found = picker.entry_for_key("2")
    assert found is not None
    assert found.value == "/root/alpha"
    picker.narrow("2")
    assert picker.entry_for_key("2") is None


def test_results_that_keep_coming_leave_the_cursor_on_its_entry() -> None:
    picker = Picker([entry("b"), entry("c")])
    picker.move(1)
    picker.replace([entry("a"), entry("b"), entry("c")])
    assert picker.chosen is not None
    assert picker.chosen.value == "c"


def test_an_empty_list_has_nothing_to_choose() -> None:
    picker = Picker([])
    picker.move(1)
    picker.narrow("x")
    picker.replace([])
    assert picker.chosen is None
    assert picker.shown == []


def test_taken_back_words_lead_back_to_the_entry_before_them() -> None:
    picker = Picker(ENTRIES)
    picker.move(1)
    for words in ("b", "be", "beta"):
        picker.narrow(words)
    assert picker.chosen == entry("/root/beta")
    picker.narrow("")
    assert picker.chosen == entry("/root/alpha", key="2")


def test_place_counts_only_what_can_be_chosen() -> None:
    picker = Picker(ENTRIES)
    assert picker.place == (1, 3)
    picker.move(9)
    assert picker.place == (3, 3)
    assert [picker.heading_above(row) for row in range(5)] == [0, 0, 0, 3, 3]
    picker.narrow("beta")
    assert picker.place == (1, 1)
