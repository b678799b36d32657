"""The footer names what is of use on the row: why on a failure, messages and time on an agent."""

from __future__ import annotations

import pytest

from tests.analysis.small_graph import small_graph
from tui.analysis.index.trace_index import TraceIndex
from tui.viewmodel.frame.useful_keys import Here, useful_on
from tui.viewmodel.text.spans import Span
from tui.viewmodel.timeline.model import TimelineModel

ALONE = Here(is_root=False, may_grow=False, agents=1, problems=0)


@pytest.mark.parametrize(
    ("name", "here", "words"),
    [
        ("turn", ALONE, []),
        ("tool", ALONE, ["why"]),
        ("root", ALONE._replace(is_root=True), ["time", "statistics"]),
        (
            "root",
            Here(is_root=True, may_grow=True, agents=3, problems=2),
            ["follow", "messages", "time", "statistics", "problems"],
        ),
        ("root", ALONE._replace(agents=2), ["messages", "time"]),
    ],
)
def test_useful_keys_of_a_row(name: str, here: Here, words: list[str]) -> None:
    graph = small_graph()
    graph.tool("tool", kind="other", label="read", status="failed")
    model = TimelineModel(graph.trace, TraceIndex(graph.trace))
    row = next(row for row in model.rows(0, 9) if row.node.id == name)
    assert [word for _, word in useful_on(row, here)] == words


def test_cut_output_offers_what_the_model_saw() -> None:
    graph = small_graph()
    model = TimelineModel(graph.trace, TraceIndex(graph.trace))
    row = model.rows(1, 1)[0]._replace(glyph="✓✂")
    assert useful_on(row, ALONE) == (("go_pair", "what the model saw"),)


@pytest.mark.parametrize(
    ("label", "words"),
    [
        ("view_image a.png", ["save picture"]),
        ("image_generation a cat", ["save picture"]),
        ("apply_patch a.py", ["diff"]),
        ("ls", []),
    ],
)
def test_tool_offers_what_shows_its_result(label: str, words: list[str]) -> None:
    model = TimelineModel(small_graph().trace, TraceIndex(small_graph().trace))
    row = model.rows(1, 1)[0]._replace(label=(Span(label),), status="ok")
    assert [word for _, word in useful_on(row, ALONE)] == words
