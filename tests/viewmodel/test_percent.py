"""Percentages: one ratio reads the same on every screen, and progress says 100% only at the end."""

from __future__ import annotations

import pytest

from tests.analysis.small_graph import small_graph
from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.requests.tokens import Tokens
from tui.model.noderef import NodeRef
from tui.model.objects import TokenUsage
from tui.viewmodel.conversation.entries import entries_of
from tui.viewmodel.conversation.scope import scope_of
from tui.viewmodel.text.percent import percent, percent_done
from tui.viewmodel.text.spans import line_text
from tui.viewmodel.text.token_words import cached_part


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [
        (7_728, 11_593, "67%"),
        (1, 8, "13%"),
        (5, 200, "3%"),
        (1, 201, "0%"),
        (182, 368, "49%"),
        (183, 369, "50%"),
        (3, 2, "150%"),
        (0, 5, "0%"),
        (0, 0, "?"),
    ],
)
def test_parts_are_rounded_half_up(part: int, whole: int, expected: str) -> None:
    assert percent(part, whole) == expected


@pytest.mark.parametrize(("done", "expected"), [(0.0, "0%"), (0.426, "42%"), (0.999, "99%"), (1.0, "100%")])
def test_progress_is_rounded_down(done: float, expected: str) -> None:
    assert percent_done(done) == expected


def test_no_part_of_no_input_is_cached() -> None:
    assert cached_part(Tokens()) == ""


@pytest.mark.parametrize(("cached", "expected"), [(7_728, "67% cached"), (0, "none cached"), (11_593, "100% cached")])
def test_conversation_and_sums_round_alike(cached: int, expected: str) -> None:
    graph = small_graph()
    graph.inference("call", sends="a").usage = TokenUsage(11_593, cached, 0, 100, 0)
    index = TraceIndex(graph.trace)
    scope = scope_of(graph.trace, index, NodeRef("inference", "call"))
    assert scope is not None
    summary = entries_of(graph.trace, index, scope, {}).entries[0].line
    assert f"tok in, {expected} · " in line_text(summary)
