"""What each agent did, cost and was asked; kept current from deltas, equal to a fresh count at every moment."""

from __future__ import annotations

from pathlib import Path

from tests.analysis.prefixes import moments
from tests.analysis.small_graph import SmallGraph, small_graph
from tests.viewmodel.recorded import recorded
from tui.analysis.agents.counts import AgentMeter, depth_of, in_tree_order
from tui.analysis.agents.overview import AgentOverview, AgentWatch, RolloutOverview, overview_of, parallelism_of
from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.requests.tokens import Tokens
from tui.analysis.state.recording import RecordingState
from tui.model.conversation import AgentMessage, Body, EncodedPart, TextPart
from tui.model.delta import TraceDelta
from tui.model.ids import CodexTurnId, ItemId, ThreadId, ToolCallId
from tui.model.objects import TokenUsage

LIVE = RecordingState("live", "the log grew 1s ago")


def overview(graph: SmallGraph) -> RolloutOverview:
    return overview_of(graph.trace, TraceIndex(graph.trace), LIVE)


def agent(graph: SmallGraph, thread_id: str = "root") -> AgentOverview:
    return next(one for one in overview(graph).agents if one.thread_id == thread_id)


def with_child() -> SmallGraph:
    graph = small_graph()
    graph.thread("alpha", "/root/alpha", parent="root")
    graph.turn("alpha turn", "alpha")
    graph.inference("call").usage = TokenUsage(100, 60, 0, 10, 5)
    graph.inference("alpha call", "alpha turn").usage = TokenUsage(300, 0, 0, 30, 0)
    return graph


def test_tokens_are_own_and_together_with_those_below() -> None:
    graph = with_child()
    assert agent(graph).tokens == Tokens(100, 60, 10, 5, requests=1)
    assert agent(graph).tokens.hit_rate == 0.6
    assert agent(graph).tokens_together.total == 440
    assert agent(graph, "alpha").tokens_together.total == 330
    assert overview(graph).tokens == Tokens(400, 60, 40, 5, requests=2)


def test_a_ring_of_agents_ends_and_counts_each_once() -> None:
    graph = with_child()
    graph.trace.threads[ThreadId("root")].origin = graph.thread("other", parent="alpha").origin
    found = overview(graph)
    assert sorted(one.thread_id for one in found.agents) == ["alpha", "other", "root"]
    assert found.tokens.total == 440
    assert depth_of(graph.trace, "root", {}) <= len(graph.trace.threads)  # type: ignore[arg-type]


def test_agents_stand_behind_their_parents_with_the_number_of_their_appearance() -> None:
    graph = with_child()
    graph.thread("beta", "/root/beta", parent="root")
    graph.thread("deep", "/root/alpha/deep", parent="alpha")
    found = [(one.path, one.slot, one.depth) for one in overview(graph).agents]
    assert found == [("/root", 1, 0), ("/root/alpha", 2, 1), ("/root/alpha/deep", 4, 2), ("/root/beta", 3, 1)]
    assert in_tree_order(graph.trace, TraceIndex(graph.trace))[0] == "root"


def test_a_request_that_gets_its_usage_later_counts_once() -> None:
    graph = small_graph()
    call = graph.inference("call", status="running")
    index = TraceIndex(graph.trace)
    meter = AgentMeter(graph.trace, index)
    meter.apply(graph.take_delta())
    call.usage = TokenUsage(100, 0, 0, 10, 0)
    for _ in range(2):
        graph.touch("inference_calls", "call")
        meter.apply(graph.take_delta())
    counts = meter.of("root")  # type: ignore[arg-type]
    assert (counts.tokens.total, counts.models["model-1"], counts.largest_input) == (110, 1, 100)


def test_a_problem_that_goes_away_or_comes_with_the_end_of_a_turn_is_counted_right() -> None:
    graph = small_graph()
    graph.tool("tool", status="running")
    index = TraceIndex(graph.trace)
    meter = AgentMeter(graph.trace, index)
    meter.apply(graph.take_delta())
    assert meter.of("root").problems == 0  # type: ignore[arg-type]
    graph.trace.codex_turns[CodexTurnId("turn")].execution.end(900, 9, "completed")
    graph.touch("codex_turns", "turn")
    meter.apply(graph.take_delta())
    assert meter.of("root").problems == 1  # type: ignore[arg-type]
    graph.trace.tool_calls[ToolCallId("tool")].execution.end(950, 10, "completed")
    graph.touch("tool_calls", "tool")
    meter.apply(graph.take_delta())
    assert meter.of("root").problems == 0  # type: ignore[arg-type]


def test_busy_time_is_the_time_in_turns() -> None:
    graph = small_graph()
    graph.trace.codex_turns[CodexTurnId("turn")].execution.end(700, 5, "completed")  # it began at 200
    window = graph.turn("second").execution  # is open
    window.started_at_unix_ms = 700
    index = TraceIndex(graph.trace)
    index.tick(1_000)
    found = overview_of(graph.trace, index, LIVE).agents[0]
    assert (found.turns, found.busy_ms) == (2, 500 + 300)
    window.started_at_unix_ms = 600  # a review begins inside the turn that asked for it
    assert overview_of(graph.trace, index, LIVE).agents[0].busy_ms == 800
    window.end(650, 9, "completed")
    assert overview_of(graph.trace, index, LIVE).agents[0].busy_ms == 500


def test_growing_graph_counts_time_of_turns_at_once_once() -> None:
    graph = small_graph()  # its turn began at 200
    index = TraceIndex(graph.trace)
    meter = AgentMeter(graph.trace, index)
    meter.apply(graph.take_delta())
    review = graph.turn("review").execution  # begins at 300
    for step in ("begun", "ended"):
        if step == "ended":
            review.end(500, 9, "completed")
            graph.touch("codex_turns", "review")
        delta = graph.take_delta()
        index.update(delta)
        meter.apply(delta)
        index.tick(1_000)
        assert meter.busy_ms(ThreadId("root")) == 800


def test_requests_that_were_not_recorded_are_unknown() -> None:
    graph = with_child()
    reviewer = graph.thread("reviewer", "/root/reviewer", parent="root")
    graph.turn("reviewer turn", reviewer.thread_id)
    graph.tool("look", "reviewer turn")
    found = agent(graph, "reviewer")
    assert (found.inferences, found.tokens.is_unknown) == (None, True)
    assert agent(graph).tokens == Tokens(100, 60, 10, 5, requests=1)
    assert (overview(graph).tokens.is_part, agent(graph).tokens_together.is_part) == (True, True)


def test_parallelism_counts_what_overlaps() -> None:
    graph = SmallGraph()
    graph.thread("root")
    graph.thread("other", "/root/other", parent="root")
    turns = (("a", 0, 100), ("b", 50, 150), ("b of b", 60, 90), ("c", 150, 200), ("d", 400, 500))
    for name, start, end in turns:
        window = graph.turn(name, "other" if name.startswith("b") else "root").execution
        window.started_at_unix_ms = start
        window.end(end, 9, "completed")
    found = parallelism_of(graph.trace, TraceIndex(graph.trace))
    assert (found.active_ms, found.agents_ms, found.most) == (300, 350, 2)
    assert found.average == 350 / 300


def test_parallelism_without_turns_is_unknown() -> None:
    graph = SmallGraph()
    assert parallelism_of(graph.trace, TraceIndex(graph.trace)).average is None


def test_a_child_was_asked_what_its_spawn_brought() -> None:
    graph = with_child()
    graph.tool("spawn", kind="spawn_agent", preview='{"message": "look at x", "task_name": "alpha"}')
    edge = graph.edge("edge:spawn:root:alpha", "spawn_agent", ("tool", "spawn"), ("thread", "alpha"))
    task = agent(graph, "alpha").task
    assert task is not None
    assert (task.text, task.encrypted, task.node.id) == ("look at x", False, "spawn")
    envelope = "Message Type: NEW_TASK\nTask name: /root/alpha\nPayload:\n"
    item = graph.item(
        "item", "assistant", thread_id="alpha", agent_message=AgentMessage(author="/root", recipient="/root/alpha")
    )
    item.body = Body([TextPart(envelope), EncodedPart("encrypted_content", "gAAAAABqd0xkZ2Zkc2ZzZGZzZGZz")])
    edge.carried_item_ids = [ItemId("item")]
    task = agent(graph, "alpha").task
    assert task is not None
    assert (task.text, task.encrypted, task.size, task.node.id) == ("", True, 28, "item")


def test_the_root_agent_was_asked_by_its_first_prompt() -> None:
    graph = small_graph()
    graph.item("context", text="<environment_context>\n</environment_context>")
    graph.item("prompt", text="Review it.")
    graph.inference("call", sends=["context", "prompt"])
    task = agent(graph).task
    assert task is not None
    assert (task.text, task.node.id) == ("Review it.", "prompt")


def test_an_agent_that_nobody_asked_has_no_task() -> None:
    assert agent(small_graph()).task is None


def test_a_watch_says_at_every_moment_what_a_fresh_count_says(demo_bundle: Path) -> None:
    watches: list[AgentWatch] = []

    def apply(delta: TraceDelta) -> None:
        for watch in watches:
            watch.apply(delta)

    for number, trace, index in moments(demo_bundle, apply):
        if not watches:
            watches.append(AgentWatch(trace, index))
        if number % 7 == 0:
            assert watches[0].look(LIVE) == overview_of(trace, index, LIVE)


def test_problems_are_those_of_the_timeline() -> None:
    store = recorded("agents")
    found = overview_of(store.trace, store.index, store.recording)
    assert {one.path: one.problems for one in found.agents if one.problems} == {"/root": 2, "/root/gamma": 3}
    assert found.problems == 5
