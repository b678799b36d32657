"""Rows of the timeline are searched once, and again only when the timeline changed."""

from __future__ import annotations

import re

import pytest

from tests.analysis.small_graph import SmallGraph, small_graph
from tui.analysis.index.trace_index import TraceIndex
from tui.model.delta import TraceDelta
from tui.model.ids import ToolCallId
from tui.viewmodel.timeline.filter import parse_filter
from tui.viewmodel.timeline.model import TimelineModel
from tui.viewmodel.timeline.search import FoundRow, MatchCount, TimelineSearch

TOOLS = 30


class CountingSearch(TimelineSearch):
    """Counts the rows whose text was made."""

    def __init__(self, graph: SmallGraph) -> None:
        model = TimelineModel(graph.trace, TraceIndex(graph.trace))
        super().__init__(model)
        self.made = 0
        self.looked = 0
        """Rows whose text was looked at."""
        face = model.face

        def counted(ref):
            self.made += 1
            return face(ref)

        model.face = counted  # type: ignore[method-assign]  # counts, and asks the same

    def _text(self, rows, place):
        self.looked += 1
        return super()._text(rows, place)

    def found(self, text: str, *, forward: bool = True) -> list[str]:
        """The ids of all matches in the order of the search."""
        steps = self.rows_matching(re.compile(text), forward=forward)
        return [step.row.id for step in steps if step is not None]

    def counted(self, text: str, number: int = 0) -> MatchCount:
        return [step for step in self.count(re.compile(text), number) if step is not None][-1]


@pytest.fixture
def search() -> CountingSearch:
    graph = small_graph()
    for number in range(TOOLS):
        graph.tool(f"tool {number}", kind="other", label=f"{'even' if number % 2 == 0 else 'odd'}_{number}")
    return CountingSearch(graph)


def test_matches_are_the_same_before_and_after_they_are_known(search):
    search.model.move_to(search.model.row_count // 2)
    fresh = [search.found("odd_", forward=forward) for forward in (True, False)]
    assert sorted(fresh[0]) == sorted(f"tool {number}" for number in range(1, TOOLS, 2))
    steps = [list(search.rows_matching(re.compile("odd_"), forward=forward)) for forward in (True, False)]
    assert search.counted("odd_").total == TOOLS // 2
    assert [search.found("odd_", forward=forward) for forward in (True, False)] == fresh
    for forward, before in zip((True, False), steps, strict=True):
        assert list(search.rows_matching(re.compile("odd_"), forward=forward)) == before


def test_the_next_match_is_found_without_looking_at_rows(search):
    search.counted("odd_")
    made = search.made
    for forward in (True, True, False):
        step = next(search.rows_matching(re.compile("odd_"), forward=forward))
        assert isinstance(step, FoundRow)
        search.model.reveal(step.row)
        assert search.counted("odd_", step.number).total == TOOLS // 2
    assert search.made == made
    assert search.model.focused.id == "tool 1"


def test_a_further_letter_makes_no_text_again(search):
    search.counted("o")
    made = search.made
    assert search.counted("od").total == search.counted("odd_").total == TOOLS // 2
    assert made == search.made == len(search.model.tree.nodes)


def test_the_first_match_costs_the_rows_on_the_way(search):
    next(search.rows_matching(re.compile("even_0"), forward=True))
    assert search.made <= 3


def test_how_many_stand_up_to_a_row(search):
    rows = {node.ref.id: place for place, node in enumerate(search.model.tree.rows.walk())}
    assert search.counted("even_", rows["tool 4"]) == MatchCount(3, TOOLS // 2)


def test_what_changed_is_searched_again(search):
    assert search.counted("odd_").total == TOOLS // 2
    tool = search.model.trace.tool_calls["tool 0"]
    tool.kind = tool.kind.__class__("other", name="odd_0")
    tool.summary = tool.summary.__class__("odd_0")
    search.model.apply(TraceDelta(tool_calls={ToolCallId("tool 0")}))
    assert search.counted("odd_").total == TOOLS // 2 + 1


def test_a_filter_leaves_fewer_rows_to_search(search):
    assert search.counted("_").total == TOOLS
    search.model.set_filter(parse_filter("even_1"))
    assert search.counted("_").total == 5


def test_what_the_first_letters_ruled_out_stays_so(search):
    looking = search.rows_matching(re.compile("even_28"), forward=True)
    next(looking)  # it was found, and how many there are is not known yet
    search.looked = 0
    assert search.found("even_280") == []
    assert search.looked == 3  # what matched, the row behind it, and the row on which the search began


@pytest.mark.parametrize(
    ("before", "text", "looked"),
    [
        ("odd_1", "odd_11", 6 + 1),
        ("odd", "odd_", TOOLS),
        ("nowhere", "nowhere at all", 0),
        ("odd_1", "odd_1?", None),
        ("odd_|even_", "odd_|even_1", None),
        (r"odd_\d", r"odd_\d\d", None),
        ("odd_11", "odd_1", None),
    ],
)
def test_a_further_letter_looks_only_where_the_others_matched(search, before, text, looked):
    search.found(before)
    search.counted(before)
    search.looked = 0
    found = search.found(text), search.counted(text).total
    assert search.looked == (looked if looked is not None else search.looked)
    fresh = CountingSearch.__new__(CountingSearch)
    fresh.__dict__.update(looked=0, made=0)
    TimelineSearch.__init__(fresh, search.model)
    assert found == (fresh.found(text), fresh.counted(text).total)
    assert looked is not None or search.looked >= fresh.looked
