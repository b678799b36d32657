"""Where `e` stops: the first problem of each sort; each problem, and each text, is looked at once."""

from __future__ import annotations

import pytest

from tests.analysis.small_graph import small_graph
from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.problems import sorts
from tui.analysis.problems.of_object import ObjectProblem, problem_of
from tui.analysis.problems.sorts import signature_of
from tui.model.noderef import NodeRef
from tui.model.trace import RolloutTrace
from tui.viewmodel.timeline.problems import ProblemStops
from tui.viewmodel.timeline.tree import TimelineTree


def test_many_problems_of_few_sorts_are_told_apart_once(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = small_graph()
    for number, code in enumerate((1, 2, 2, 1, 1)):
        graph.tool(f"tool {number}")
        graph.operation(f"operation {number}", f"tool {number}", "ls", exit_code=code)
    tree = TimelineTree(graph.trace, TraceIndex(graph.trace))
    stops = ProblemStops(graph.trace, tree, ())
    looked_at: list[str] = []

    def noted_problem(trace: RolloutTrace, node: NodeRef) -> ObjectProblem | None:
        looked_at.append(node.id)
        return problem_of(trace, node)

    def noted_signature(code: str, text: str) -> str:
        looked_at.append(text)
        return signature_of(code, text)

    monkeypatch.setattr("tui.viewmodel.timeline.problems.problem_of", noted_problem)
    monkeypatch.setattr(sorts, "signature_of", noted_signature)
    for _ in range(2):
        assert [(stop.row.ref.id, stop.text, stop.times) for stop in stops.all()] == [
            ("tool 0", "exit code 1", 3),
            ("tool 1", "exit code 2", 2),
        ]
    assert sorted(looked_at) == sorted([*(f"tool {number}" for number in range(5)), "exit code 1", "exit code 2"])
