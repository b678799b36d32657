"""Tables as a list: aligned, as wide as there is room, columns left out from the right."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from tui.model.noderef import NodeRef
from tui.viewmodel.lists.picker import PickEntry
from tui.viewmodel.lists.statistics import lay_out
from tui.viewmodel.lists.statistics_tables import Table, TableRow

NODE = NodeRef("tool_call", "call")
NUMBERS = Table(
    "Tools",
    ("tool", "count", "total"),
    (TableRow(("exec_command", "12", "1.2s"), NODE), TableRow(("日本", "3", "410ms"), NODE)),
)
TEXTS = Table("Slowest", ("duration", "agent", "call"), (TableRow(("1.2s", "/root", "x" * 40), NODE),), left=3)


def entries_of(table: Table, width: int) -> list[PickEntry]:
    steps = lay_out([table], width, cell_len)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            entries: list[PickEntry] = end.value.entries
            return entries


def lines(table: Table, width: int) -> list[str]:
    return [entry.text for entry in entries_of(table, width)]


def test_numbers_stand_below_each_other_and_the_title_names_the_first_column() -> None:
    assert lines(NUMBERS, 40) == [
        " Tools         count  total",
        " exec_command     12   1.2s",
        " 日本              3  410ms",
    ]


@pytest.mark.parametrize(("width", "columns"), [(28, 3), (27, 2), (20, 1), (6, 1)])
def test_columns_without_room_are_left_out(width: int, columns: int) -> None:
    found = lines(NUMBERS, width)
    assert len(found[1].split()) == columns
    assert all(cell_len(line) <= max(width, 4) for line in found)


def test_column_that_sorts_stays_in_view() -> None:
    assert lines(NUMBERS._replace(sorted_by=2), 22) == [
        " Tools         total▼",
        " exec_command    1.2s",
        " 日本           410ms",
    ]
    assert lines(NUMBERS._replace(sorted_by=2), 40)[0] == " Tools         count  total▼"


def test_a_last_text_is_cut_rather_than_left_out() -> None:
    assert lines(TEXTS, 40)[1].endswith("x…")
    assert "x" not in lines(TEXTS, 22)[1]


def test_headings_cannot_be_chosen_and_rows_are_found_by_their_table() -> None:
    heading, first, _ = entries_of(NUMBERS, 40)
    assert (heading.value, first.value) == (None, NODE)
    assert "Tools" in first.hidden
    assert "total" in first.hidden, "a column that has no room leads to its table, too"


def test_row_says_below_the_list_what_is_cut_or_hidden() -> None:
    wide = Table("Wide", ("name", "count", "why"), (TableRow(("one", "12", "because " * 9), NODE),), left=1)
    (_, whole), (_, narrow) = (entries_of(wide, width) for width in (120, 40))
    assert whole.more == ""
    assert narrow.more == f"one · why: {('because ' * 9).strip()}"
    assert entries_of(TEXTS, 40)[1].more == f"1.2s · call: {'x' * 40}"


@pytest.mark.parametrize(("is_upwards", "head"), [(False, "count▼"), (True, "count▲")])
def test_head_of_the_column_that_sorts_has_a_sign(is_upwards: bool, head: str) -> None:
    assert lines(NUMBERS._replace(sorted_by=1, is_upwards=is_upwards), 40)[0].split() == ["Tools", head, "total"]
