"""The list of what a search found: rows, places and the cursor, however much there is."""

from __future__ import annotations

from array import array

import pytest
from rich.cells import cell_len

from tui.analysis.search.excerpt import Excerpt
from tui.analysis.search.graph_search import Hit
from tui.model.noderef import NodeRef
from tui.viewmodel.lists.found import FoundList
from tui.viewmodel.lists.found_lines import FoundFacts, place_line, title_line
from tui.viewmodel.text.excerpts import match_in_view
from tui.viewmodel.text.spans import line_text


def hit(name: str, field: int = 0, matches: int = 1) -> Hit:
    return Hit(NodeRef("item", name), "text", field, 0, 1, matches)


def filled() -> FoundList:
    found = FoundList()
    found.add_matches("p1", 1)
    found.add_hits([hit("a", 0, matches=3), hit("a", 1), hit("b")])
    found.add_matches("p2", 2)
    return found


def shown(found: FoundList) -> list[str]:
    rows = [found.row_at(row) for row in range(found.row_count)]
    return [f"{row.group.node.id}{'' if row.number is None else f'.{row.number}'}" for row in rows if row is not None]


def test_objects_come_first_and_several_places_have_a_heading() -> None:
    found = filled()
    assert shown(found) == ["a", "a.0", "a.1", "b.0", "p1.0", "p2", "p2.0", "p2.1"]
    assert (found.matches, found.place_count, found.group_count) == (8, 6, 4)
    assert found.row_at(8) is None
    assert found.row_at(-1) is None


def test_places_and_rows_lead_to_each_other() -> None:
    found = filled()
    places = [found.place_at(number) for number in range(found.place_count)]
    assert [f"{place.group.node.id}.{place.number}" for place in places if place is not None] == [
        row for row in shown(found) if "." in row
    ]
    for number in range(found.place_count):
        assert found.place_number(found.row_of_place(number)) == number
    assert found.place_number(0) == 0  # a heading stands for the first place below it
    assert found.place_number(5) == 4
    assert found.place_at(6) is None


def test_the_cursor_stays_on_its_row_when_objects_come_in_above() -> None:
    found = FoundList()
    found.add_matches("p1", 3)
    found.cursor = 2
    found.add_hits([hit("a"), hit("b")])
    assert shown(found)[found.cursor] == "p1.1"
    found.cursor = 0
    found.add_hits([hit("c")])
    assert shown(found)[found.cursor] == "a.0"


def test_a_payload_may_come_in_parts() -> None:
    found = FoundList()
    found.add_matches("p1", 2, array("Q", [1, 5]))
    found.add_matches("p1", 0)
    found.add_matches("p1", 1, array("Q", [9]))
    assert (found.group_count, found.place_count, found.row_count) == (1, 3, 4)
    row = found.row_at(0)
    assert row is not None
    assert list(row.group.starts or ()) == [1, 5, 9]


def test_groups_can_be_stepped_through() -> None:
    found = filled()
    steps = []
    for _ in range(5):
        steps.append(found.cursor)
        found.cursor = found.next_group(1)
    assert steps == [0, 3, 4, 5, 5]
    found.cursor = 7
    for _ in range(6):
        steps.append(found.cursor)
        found.cursor = found.next_group(-1)
    assert steps[5:] == [7, 5, 4, 3, 0, 0]


A, B, NEW = (NodeRef("item", name) for name in "abn")


@pytest.mark.parametrize(
    ("again", "rows", "matches", "cursor", "place"),
    [
        ({A: [hit("a", 0, 3)]}, ["a.0", "b.0", "p1.0", "p2", "p2.0", "p2.1"], 7, "b.0", 1),
        ({NEW: [hit("n")]}, ["a", "a.0", "a.1", "b.0", "n.0", "p1.0", "p2", "p2.0", "p2.1"], 9, "b.0", 2),
        ({B: []}, ["a", "a.0", "a.1", "p1.0", "p2", "p2.0", "p2.1"], 7, "p1.0", None),
    ],
    ids=["holds less", "holds something now", "holds nothing more"],
)
def test_what_changed_takes_its_own_place(
    again: dict[NodeRef, list[Hit]], rows: list[str], matches: int, cursor: str, place: int | None
) -> None:
    found = filled()
    found.cursor = found.row_of_place(2)
    found.standing = found.place_at(2)
    found.replace_hits(again)
    assert (shown(found), found.matches, shown(found)[found.cursor]) == (rows, matches, cursor)
    assert (None if found.standing is None else found.number_of(found.standing)) == place


def test_a_second_look_at_all_keeps_the_cursor_in_a_payload() -> None:
    found = filled()
    found.cursor = found.row_of_place(5)
    found.standing = found.place_at(5)
    found.replace_hits({B: [hit("b")]}, is_whole=True)
    assert shown(found) == ["b.0", "p1.0", "p2", "p2.0", "p2.1"]
    assert shown(found)[found.cursor] == "p2.1"
    assert found.standing is not None
    assert found.number_of(found.standing) == 3


def test_nobody_has_looked_around_on_the_first_line() -> None:
    found = FoundList()
    found.replace_hits({A: [hit("a")], B: [hit("b")]}, is_whole=True)
    assert found.cursor == 0


def test_two_million_matches_cost_what_their_payloads_cost() -> None:
    found = FoundList()
    for number in range(1_000):
        found.add_matches(f"p{number}", 2_000)
    assert found.matches == 2_000_000
    place = found.place_at(1_999_999)
    assert place is not None
    assert (place.group.node.id, place.number) == ("p999", 1_999)
    assert found.row_of_place(1_999_999) == found.row_count - 1


def test_a_place_is_shown_with_its_match_marked_and_made_harmless() -> None:
    line = place_line("text", Excerpt("see \x1b[31m", "needle", " in\n   hay"), "user message", matches=3)
    assert [span.text for span in line if span.style == "match"] == ["needle"]
    text = line_text(line)
    assert "\x1b" not in text
    assert "user message" in text
    assert "text ×3" in text
    assert text.endswith(" in hay")


@pytest.mark.parametrize(
    ("width", "text"),
    [
        (60, " spawn_agent beta  call  see the word alpha here"),
        (40, " spawn_agent beta  call  …he word alpha here"),
        (36, " spawn_agent beta  call  …ord alpha here"),
        (28, " spawn_agent …  call  …alpha here"),
    ],
)
def test_match_is_in_view_however_narrow_the_list(width: int, text: str) -> None:
    line = place_line("call", Excerpt("see the word ", "alpha", " here"), "spawn_agent beta")
    found = line_text(match_in_view(line, width, cell_len))
    assert (found, found.index("alpha") + len("alpha") <= width) == (text, True)


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        (FoundFacts("a", 1, 1, is_running=True, progress=0.43), "a  1 match in 1 object · 43% · Esc stops"),
        (FoundFacts("a", 1, 1, is_loading=True), "a  1 match in 1 object · so far, still being read"),
        (FoundFacts("a", 1_234, 56), "a  1,234 matches in 56 objects · all was searched"),
        (FoundFacts("a", 9, 9, places=9), "a  9 matches in 9 objects · all was searched"),
        (FoundFacts("a", 1_234, 56, places=78), "a  1,234 matches at 78 places in 56 objects · all was searched"),
        (
            FoundFacts("a", 9, 5, payloads=2, in_payloads=5),
            "a  9 matches: 4 in 3 objects, 5 in 2 payloads · all was searched",
        ),
        (FoundFacts("a", 9, 1, payloads=1), "a  9 matches in 1 payload · all was searched"),
        (FoundFacts("a", searched_to_seq=1_200), "a  0 matches in 0 objects · all until seq 1,200"),
        (FoundFacts("a", is_stopped=True, progress=0.5), "a  0 matches in 0 objects · stopped at 50%"),
        (
            FoundFacts("a", unreadable=1, slow=2),
            "a  0 matches in 0 objects · all was searched · 1 payload cannot be read"
            " · the expression takes too long on 2 texts",
        ),
    ],
)
def test_the_title_says_how_far_the_search_is_and_what_was_left_out(facts: FoundFacts, said: str) -> None:
    assert line_text(title_line(facts, 120, cell_len)).strip() == said


def test_an_excerpt_tells_that_text_before_it_was_left_out() -> None:
    from tui.analysis.search.excerpt import excerpt
    from tui.viewmodel.text.excerpts import excerpt_line
    from tui.viewmodel.text.spans import line_text

    text = "the start of a long line with a needle in it"
    start = text.index("needle")
    assert line_text(excerpt_line(excerpt(text, start, start + 6))) == "…t of a long line with a needle in it"
    assert line_text(excerpt_line(excerpt(text, 4, 9))).startswith("the start")


@pytest.mark.parametrize(
    ("width", "said"),
    [
        (120, "a.*b  12,345 matches at 11,840 places in 1,300 objects · so far, still being read"),
        (76, "a.*b  12,345 matches in 1,300 objects · so far, still being read"),
        (60, "a.*b  12,345 matches · so far, still being read"),
    ],
)
def test_counts_give_way_before_how_far_the_search_is(width: int, said: str) -> None:
    facts = FoundFacts("a.*b", 12_345, 1_300, places=11_840, is_loading=True)
    line = line_text(title_line(facts, width, cell_len))
    assert line.strip() == said
    assert cell_len(line) <= width
    long = title_line(facts._replace(pattern="pattern " * 20), width, cell_len)
    assert line_text(long).endswith("still being read")
