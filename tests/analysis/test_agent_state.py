"""Working, waiting, idle or over: by what is open in the log."""

from __future__ import annotations

from tests.analysis.small_graph import SmallGraph, small_graph
from tui.analysis.agent_state import AgentState, state_of_agent, tokens_by_agent
from tui.analysis.index import TraceIndex
from tui.model.objects import TokenUsage


def state(graph: SmallGraph, agent: str = "root") -> AgentState:
    return state_of_agent(graph.trace, TraceIndex(graph.trace), agent)  # type: ignore[arg-type]


def test_an_agent_works_on_the_newest_thing_that_is_open() -> None:
    graph = small_graph()
    graph.inference("call", status="running")
    assert state(graph)[:2] == ("working", "inference 1")
    graph.tool("tool", status="running")
    graph.operation("terminal_operation:1", "tool", "pytest -q", exit_code=None)
    assert state(graph)[:2] == ("working", "$ pytest -q")


def test_an_agent_that_only_waits_names_whom_it_waits_for() -> None:
    graph = small_graph()
    graph.thread("alpha", "/root/alpha", parent="root")
    graph.thread("beta", "/root/beta", parent="root", status="completed")
    graph.tool("wait", kind="wait_agent", status="running")
    assert state(graph)[:2] == ("waiting", "for /root/alpha")


def test_an_agent_that_does_something_while_it_waits_works() -> None:
    graph = small_graph()
    graph.tool("tool", kind="other", label="read", status="running")
    graph.tool("wait", kind="wait_agent", status="running")
    assert state(graph).word == "working"


def test_an_open_turn_with_nothing_open_in_it_is_quiet_since_its_last_end() -> None:
    graph = small_graph()
    graph.inference("call")
    ended = graph.trace.inference_calls["call"].execution.ended_at_unix_ms
    assert state(graph)[::2] == ("quiet", ended)


def test_between_turns_an_agent_is_idle() -> None:
    graph = small_graph()
    graph.trace.codex_turns["turn"].execution.end(900, 9, "completed")
    assert state(graph) == ("idle", "its last turn is completed", 900)


def test_an_agent_without_a_turn_is_idle() -> None:
    graph = small_graph()
    graph.thread("child", "/root/child", parent="root")
    assert state(graph, "child").word == "idle"


def test_an_agent_that_ended_after_a_failed_turn_has_failed() -> None:
    graph = small_graph()
    graph.trace.threads["root"].execution.end(990, 10, "completed")
    assert state(graph).word == "done"
    graph.trace.codex_turns["turn"].execution.end(900, 9, "failed")
    assert state(graph).word == "failed"


def test_tokens_roll_up_once_even_in_a_ring_of_agents() -> None:
    graph = small_graph()
    graph.thread("child", "/root/child", parent="root")
    graph.turn("child turn", "child")
    for name, turn in (("call", "turn"), ("child call", "child turn")):
        graph.inference(name, turn).usage = TokenUsage(100, 0, 0, 10, 0)
    index = TraceIndex(graph.trace)
    index.child_threads.state("root", ["child"])  # type: ignore[arg-type]
    assert tokens_by_agent(graph.trace, index) == {"root": (110, 220), "child": (110, 220)}
