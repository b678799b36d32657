"""What a request sends before its items, in the conversation pane: rows, folding, what Enter opens."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.viewmodel.test_conversation import model_of, session, shown
from tui.analysis.requests.prompt_head import read_head
from tui.model.noderef import NodeRef
from tui.viewmodel.conversation.model import ConversationModel
from tui.viewmodel.conversation.opening import Opening
from tui.viewmodel.rows.moves import Move
from tui.viewmodel.text.spans import line_text

SHELL = {"type": "function", "name": "shell", "description": "Run a command.\nAny."}
PATCH = {"type": "function", "name": "apply_patch"}


def body(**fields: Any) -> bytes:
    return json.dumps({"model": "m", "input": [], **fields}).encode()


def model_with(before: dict[str, Any], now: dict[str, Any], width: int = 100) -> ConversationModel:
    """The second request of a session, with the heads of both."""
    graph = session()
    model = model_of(graph, NodeRef("inference", "call 2"), width=width)
    assert sorted(model.listing.wanted_heads()) == ["call 1", "call 2"]
    model.supply_heads({"call 1": read_head(body(**before)), "call 2": read_head(body(**now))})  # type: ignore[dict-item]  # plain ids
    assert model.listing.wanted_heads() == []
    return model


def head_rows(model: ConversationModel) -> list[str]:
    """The rows between the summary and the first item."""
    rows = [row[1:].strip() for row in shown(model)]
    return rows[1 : rows.index("system  Be good.")]


def test_head_stands_before_the_items_folded() -> None:
    told = {"instructions": "Be good.\nAlways.", "tools": [SHELL, PATCH], "reasoning": {"effort": "low"}}
    assert head_rows(model_with(told, told)) == [
        "settings  model m · effort low",
        "instructions 16 B  Be good.",
        "tools 2  shell, apply_patch",
    ]


@pytest.mark.parametrize(
    ("before", "now", "row"),
    [
        ({"instructions": "a"}, {"instructions": "b"}, "instructions 1 B  ≠ changed since request 1  b"),
        ({"tools": [SHELL]}, {"tools": [SHELL, PATCH]}, "tools 2  +1 apply_patch  since request 1"),
        ({"tools": [SHELL, PATCH]}, {"tools": [PATCH]}, "tools 1  −1 shell  since request 1"),
        ({"tools": [SHELL]}, {"tools": [{**SHELL, "strict": 1}]}, "tools 1  ≠1 shell  since request 1"),
        ({"tools": [SHELL, PATCH]}, {"tools": [PATCH, SHELL]}, "tools 2  ≠ in another order  since request 1"),
        (
            {"reasoning": {"effort": "low"}},
            {"reasoning": {"effort": "high"}, "seed": 1},
            "settings  model m · effort high  ≠ reasoning.effort low → high  ≠ seed not set → 1  since request 1",
        ),
    ],
)
def test_header_says_what_changed(before: dict[str, Any], now: dict[str, Any], row: str) -> None:
    assert row in " ".join(head_rows(model_with(before, now)))


def test_request_without_known_head_shows_none() -> None:
    model = model_with({}, {"input": 1})
    assert head_rows(model) == ["settings  model m"]


def test_thread_so_far_has_the_head_of_its_newest_request() -> None:
    graph = session()
    model = model_of(graph, NodeRef("thread", "root"))
    assert model.listing.wanted_heads() == ["call 2"]
    standing = model.focused
    model.supply_heads({"call 2": read_head(body(tools=[SHELL, PATCH]))})  # type: ignore[dict-item]  # plain ids
    assert [row.strip() for row in shown(model)[:3]] == [
        "the thread so far · 6 items · tools as in request 2",
        "settings  model m",
        "tools 2  shell, apply_patch",
    ]
    assert model.focused == standing
    assert model.listing.wanted_heads() == []


def test_cursor_stays_when_heads_arrive() -> None:
    model = model_of(session(), NodeRef("inference", "call 2"))
    before = line_text(model.row(model.cursor))
    model.supply_heads({"call 2": read_head(body(tools=[SHELL]))})  # type: ignore[dict-item]  # plain ids
    assert line_text(model.row(model.cursor)) == before


@pytest.mark.parametrize(
    ("actions", "rows"),
    [
        ([Move.STEP_IN], 3),
        ([Move.STEP_IN, Move.STEP_OUT], 1),
        ([Move.STEP_IN, Move.STEP_IN], 3),
        ([Move.TOGGLE_FOLD], 3),
        ([Move.TOGGLE_FOLD, Move.TOGGLE_FOLD], 1),
        ([Move.UNFOLD_ALL], 1),
    ],
)
def test_tools_unfold_to_a_line_each(actions: list[Move], rows: int) -> None:
    model = model_with({"tools": [SHELL, PATCH]}, {"tools": [SHELL, PATCH]})
    stand_on(model, "tools")
    for action in actions:
        model.perform(action)
    assert len(model.layout.rows_of(model.listing.place.entry)) == rows


@pytest.mark.parametrize(
    ("count", "width", "rows"),
    [
        (3, 100, ["tools 3  tool_0, tool_1, tool_2"]),
        (6, 40, ["tools 6  tool_0, tool_1, tool_2,", "tool_3, tool_4, tool_5"]),
        (40, 40, ["tools 40  tool_0, tool_1, tool_2,", "tool_3, tool_4, tool_5, tool_6,"]),
    ],
)
def test_folded_tools_are_named_in_three_rows(count: int, width: int, rows: list[str]) -> None:
    tools = [{"type": "function", "name": f"tool_{number}"} for number in range(count)]
    model = model_with({"tools": tools}, {"tools": tools}, width=width)
    shown_rows = head_rows(model)[1:]
    assert shown_rows[: len(rows)] == rows
    assert len(shown_rows) <= 3
    named = sum(row.count("tool_") for row in shown_rows)
    assert named == count or f"… {count - named} more" in shown_rows[-1]


@pytest.mark.parametrize(
    ("typed", "divider", "rows"), [("tools 2", "tools", 1), ("run a", "tools", 3), ("always", "instructions", 3)]
)
def test_search_finds_what_is_before_the_items(typed: str, divider: str, rows: int) -> None:
    told = {"instructions": "Be good.\nAlways.", "tools": [SHELL, PATCH]}
    model = model_with(told, told)
    pattern = re.compile(typed, re.IGNORECASE)
    assert model.finder.search(pattern)
    assert model.entries[model.listing.place.entry].divider == divider
    assert len(model.layout.rows_of(model.listing.place.entry)) == rows
    assert [number for number in model.finder.matching_entries(pattern) if number is not None] == [
        model.listing.place.entry
    ]


def test_typing_on_folds_what_a_shorter_word_opened() -> None:
    told = {"tools": [SHELL, PATCH], "tool_zeal": 1}
    model = model_with(told, told)

    def rows_after(typed: str) -> int:
        assert model.finder.search(re.compile(typed))
        settings = [number for number, entry in enumerate(model.entries) if entry.divider == "settings"]
        return len(model.layout.rows_of(settings[0]))

    assert [rows_after(typed) for typed in ("tool_z", "tools 2")] == [3, 1]


def test_enter_on_a_tool_opens_its_definition() -> None:
    model = model_with({}, {"instructions": "Be good.", "tools": [SHELL, PATCH]})
    stand_on(model, "tools")
    assert model.activate() is None  # unfolds
    rows = [line_text(row.line) for row in model.layout.rows_of(model.listing.place.entry)]
    assert [" ".join(row.split()) for row in rows[1:]] == ["shell 71 B Run a command.", "apply_patch 40 B"]
    model.stand_on(model.cursor + 2)
    opened = model.activate()
    assert opened is not None
    assert (opened.item_id, opened.path) == (None, ("tools", "1"))


def test_enter_on_instructions_opens_them() -> None:
    model = model_with({}, {"instructions": "Be good.\nAlways."})
    stand_on(model, "instructions")
    model.perform(Move.STEP_IN)
    model.stand_on(model.cursor + 1)
    assert isinstance(opened := model.activate(), Opening)
    assert opened.path == ("instructions",)


def stand_on(model: ConversationModel, divider: str) -> None:
    model.layout.measure_around(0, 1_000)
    for row in range(model.layout.row_count):
        model.stand_on(row)
        if model.entries[model.listing.place.entry].divider == divider:
            return
    raise AssertionError(f"there is no {divider}")
