"""Equal rows beside each other are one row with their number, whatever comes, changes or goes, and in what order."""

from __future__ import annotations

import random
from itertools import groupby

import pytest

from tests.analysis.small_graph import SmallGraph, small_graph
from tests.viewmodel.test_rowtree import visible_rows
from tui.analysis.index.trace_index import TraceIndex
from tui.model.noderef import NodeRef
from tui.schema.events import ExecutionStatus
from tui.viewmodel.rows.branch import RowNode
from tui.viewmodel.rows.moves import Move
from tui.viewmodel.rows.tree import RowTree
from tui.viewmodel.text.spans import line_text
from tui.viewmodel.timeline.filter import parse_filter
from tui.viewmodel.timeline.model import TimelineModel
from tui.viewmodel.timeline.runs import Runs

WORDS = "aaab"
"""What the rows of the property test say: mostly the same."""


class Said:
    """Rows that say a word each; two of them are the same if their words are."""

    def __init__(self) -> None:
        self.tree = RowTree()
        self.words: dict[RowNode, str] = {}
        self.runs = Runs(self.tree, lambda one, other: self.words[one] == self.words[other])

    def add(self, key: int, word: str, parent: RowNode | None = None) -> RowNode:
        node = RowNode(NodeRef("tool_call", f"{key}"), key)
        self.words[node] = word
        self.runs.insert(node, parent)
        return node

    def outline(self) -> list[str]:
        """Each row below the top: its word, or how many rows a run holds of which word."""
        found = []
        for node in self.tree.root.children.children() if self.tree.root.children else ():
            words = [self.words[one] for one in node.all_members()]
            assert len(set(words)) == 1
            assert len(words) > 1 or not node.is_run
            found.append(f"{len(words)}{words[0]}" if node.is_run else words[0])
        return found


def expected(words: list[str]) -> list[str]:
    runs = [(word, len(list(group))) for word, group in groupby(words)]
    return [word if count == 1 else f"{count}{word}" for word, count in runs]


@pytest.mark.parametrize("seed", range(30))
def test_runs_are_maximal_after_any_changes(seed: int) -> None:
    chance, said = random.Random(seed), Said()
    nodes: list[RowNode] = []
    for step in range(120):
        with said.tree.held():
            for _ in range(chance.randrange(1, 4)):
                change(said, nodes, chance)
            said.runs.settle()
        in_order = sorted(nodes, key=lambda node: node.key)
        assert said.outline() == expected([said.words[node] for node in in_order]), step
        assert [said.tree.node_at(row) for row in range(said.tree.row_count)] == visible_rows(said.tree)
        assert said.tree.shown_count == len(nodes) + len(said.runs.nodes)
        assert all(said.runs.nodes[run.children.ends()[0].ref] is run for run in said.runs.nodes.values())  # type: ignore[union-attr]


def change(said: Said, nodes: list[RowNode], chance: random.Random) -> None:
    kind = chance.choice(["add", "add", "add", "say", "say", "remove", "fold"])
    if kind == "add" or not nodes:
        keys = {node.key for node in nodes}
        key = chance.choice([key for key in range(2_000) if key not in keys])
        nodes.append(said.add(key, chance.choice(WORDS)))
    elif kind == "say":
        node = chance.choice(nodes)
        said.words[node] = chance.choice(WORDS)
        said.runs.note(node)
    elif kind == "remove":
        said.runs.remove(nodes.pop(chance.randrange(len(nodes))))
    elif said.runs.nodes:
        run = chance.choice(list(said.runs.nodes.values()))
        said.tree.set_folded(run, not run.folded)


def repeated(count: int, *, fails: bool = True) -> SmallGraph:
    """A request that starts an agent, then `count` requests that each wait for it, which fails."""
    graph = small_graph()
    graph.tool("start", kind="other", label="start")
    graph.inference("first", tools=["start"])
    for number in range(count):
        wait(graph, number, fails=fails)
    return graph


def wait(graph: SmallGraph, number: int, *, fails: bool = True) -> None:
    graph.item(f"said:{number}", "tool", "unsupported call: wait_agent", "function_call_output")
    outputs = [f"said:{number}"] if fails else []
    status: ExecutionStatus = "failed" if fails else "completed"
    graph.inference(f"request:{number}", tools=[f"wait:{number}"])
    graph.tool(f"wait:{number}", kind="wait_agent", preview="{}", status=status, output_items=outputs)


def model_of(graph: SmallGraph) -> TimelineModel:
    return TimelineModel(graph.trace, TraceIndex(graph.trace))


def labels(model: TimelineModel) -> list[str]:
    return [line_text(row.label) for row in model.rows(0, model.row_count)]


def update(model: TimelineModel, graph: SmallGraph) -> None:
    delta = graph.take_delta()
    model.index.update(delta)
    model.apply(delta)


def test_equal_requests_are_one_row_with_their_reason() -> None:
    model = model_of(repeated(14))
    assert labels(model)[2:] == [
        "request 1 model-1  → start  (answer not recorded)".removesuffix("  (answer not recorded)"),
        "start",
        "requests 2–15  unsupported call  → wait_agent",
    ]
    run = model.rows(4, 1)[0]
    assert (run.status, run.glyph, run.folded, run.foldable) == ("failed", "✗", True, True)
    assert model.problem_count == 14


def test_a_step_in_opens_a_run_and_a_step_out_closes_it() -> None:
    model = model_of(repeated(3))
    model.move_to(model.row_count - 1)
    assert model.focused == NodeRef("inference", "request:0"), "what it shows is that of the first"
    model.perform(Move.STEP_IN)
    assert labels(model)[-6:-4] == ["request 2  → wait_agent", "wait_agent  unsupported call"]
    model.perform(Move.STEP_OUT)
    assert labels(model)[-1] == "requests 2–4  unsupported call  → wait_agent"


def test_equal_calls_are_counted() -> None:
    graph = small_graph()
    graph.inference("call", tools=[f"read:{number}" for number in range(3)])
    for number in range(3):
        graph.tool(f"read:{number}", kind="other", label="read", preview='{"path": "a"}')
    assert labels(model_of(graph))[-1] == "3 × read a"


def test_a_run_grows_and_hides_no_row_that_a_person_is_on() -> None:
    graph = repeated(1)
    model = model_of(graph)
    graph.take_delta()
    model.reveal(NodeRef("tool_call", "wait:0"))
    wait(graph, 1)
    update(model, graph)
    assert model.focused == NodeRef("tool_call", "wait:0")
    assert labels(model)[model.cursor] == "wait_agent  unsupported call"
    model.move_to(0)
    wait(graph, 2)
    update(model, graph)
    assert "requests 2–4  unsupported call  → wait_agent" in labels(model)


def test_following_stays_on_the_run() -> None:
    graph = repeated(2)
    model = model_of(graph)
    graph.take_delta()
    model.start_following()
    for number in (2, 3):
        wait(graph, number)
        update(model, graph)
    assert labels(model)[model.cursor] == "requests 2–5  unsupported call  → wait_agent"


def test_going_to_a_row_opens_its_run() -> None:
    model = model_of(repeated(5))
    assert model.reveal(NodeRef("tool_call", "wait:3"))
    assert labels(model)[model.cursor] == "wait_agent  unsupported call"


def test_returning_to_a_place_restores_which_runs_were_open() -> None:
    model = model_of(repeated(5))
    closed = model.folding()
    model.reveal(NodeRef("tool_call", "wait:3"))
    opened, rows = model.folding(), labels(model)
    model.restore(closed)
    assert labels(model)[-1] == "requests 2–6  unsupported call  → wait_agent"
    model.restore(opened)
    assert labels(model) == rows


def test_a_filter_shows_the_rows_of_a_run_and_counts_none_twice() -> None:
    model = model_of(repeated(3))
    before = labels(model)
    model.set_filter(parse_filter("tool:wait"))
    assert [label for label in labels(model) if label.startswith("wait_agent")] == ["wait_agent  unsupported call"] * 3
    hidden = len(model.tree.nodes) - sum(1 for node in model.tree.rows.walk() if node.is_shown and not node.is_run)
    assert model.hidden_count == hidden
    model.set_filter(parse_filter(""))
    assert labels(model) == before
