"""Whom an agent waits for, and what that comes down to; how the whole rollout stands."""

from __future__ import annotations

import pytest

from tests.analysis.prefixes import moment
from tests.analysis.small_graph import SmallGraph, small_graph
from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.state.recording import RecordingState
from tui.analysis.state.rollout import RolloutState, state_of_rollout
from tui.analysis.state.waiting import AgentStates, WaitingChain
from tui.model.ids import CodexTurnId, ThreadId, ToolCallId
from tui.schema.events import WaitAgentSummary

LIVE = RecordingState("live", "the log grew 1s ago")
ENDED = RecordingState("ended", "recording_completed was written")
CUT_OFF = RecordingState("cut off", "nobody has the log open")


def family() -> SmallGraph:
    """/root waits, its child alpha waits, alpha's child deep has a request open; beta has answered."""
    graph = small_graph()
    for name, path, parent in (
        ("alpha", "/root/alpha", "root"),
        ("beta", "/root/beta", "root"),
        ("deep", "/root/alpha/deep", "alpha"),
    ):
        graph.thread(name, path, parent=parent)
        graph.turn(f"{name} turn", name, status="completed" if name == "beta" else "running")
    graph.tool("wait", kind="wait_agent", status="running")
    graph.tool("alpha waits", "alpha turn", kind="other", label="wait_agent", status="running")
    graph.inference("call", "deep turn", status="running")
    return graph


def states(graph: SmallGraph, recording: RecordingState = LIVE) -> AgentStates:
    return AgentStates(graph.trace, TraceIndex(graph.trace), recording)


def rollout(graph: SmallGraph, recording: RecordingState = LIVE) -> RolloutState:
    return state_of_rollout(graph.trace, TraceIndex(graph.trace), recording)


def names(chain: WaitingChain) -> list[tuple[str, str]]:
    return [(link.thread_id, link.state.word) for link in chain.links]


def test_the_chain_leads_to_what_is_awaited_in_the_end() -> None:
    chain = states(family()).chain("root")  # type: ignore[arg-type]
    assert names(chain) == [
        ("root", "waiting on an agent"),
        ("alpha", "waiting on an agent"),
        ("deep", "waiting on the model"),
    ]
    assert (chain.last.state.node.id, chain.is_ring) == ("call", False)


def test_a_wait_without_a_name_is_for_the_nearest_agents_with_something_to_do() -> None:
    graph = family()
    assert states(graph).awaited("root") == ("alpha",)  # type: ignore[arg-type]
    graph.trace.codex_turns[CodexTurnId("alpha turn")].execution.end(900, 9, "completed")
    assert states(graph).awaited("root") == ("deep",)  # type: ignore[arg-type]
    graph.trace.codex_turns[CodexTurnId("deep turn")].execution.end(900, 9, "completed")
    assert states(graph).awaited("root") == ()  # type: ignore[arg-type]
    assert names(states(graph).chain("root")) == [("root", "waiting on an agent")]  # type: ignore[arg-type]


def test_an_agent_that_was_only_just_started_may_answer() -> None:
    graph = small_graph()
    graph.thread("alpha", "/root/alpha", parent="root")
    graph.tool("wait", kind="wait_agent", status="running")
    assert states(graph).awaited("root") == ("alpha",)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "preview",
    ['{"targets": ["/root/beta"]}', '{"ids": ["beta"], "timeout_ms": 5000}', '{"target": "beta", "timeout_ms"…'],
    ids=["path", "thread id", "relative, cut"],
)
def test_a_wait_that_names_agents_is_for_those(preview: str) -> None:
    graph = family()
    graph.tool("named", kind="wait_agent", preview=preview, status="running")
    assert states(graph).awaited("root") == ("beta",)  # type: ignore[arg-type]


def test_a_path_in_a_wait_begins_at_the_agent_that_waits() -> None:
    graph = family()
    graph.thread("019a", "/root/gamma", parent="root")
    graph.tool("named", kind="wait_agent", preview='{"targets": ["gamma"]}', status="running")
    assert states(graph).awaited("root") == ("019a",)  # type: ignore[arg-type]


def test_nobody_waits_for_oneself() -> None:
    graph = family()
    graph.tool("named", kind="wait_agent", preview='{"from": "/root", "targets": ["/root/beta"]}', status="running")
    assert states(graph).awaited("root") == ("beta",)  # type: ignore[arg-type]


def test_agents_that_started_each_other_are_looked_at_once() -> None:
    graph = small_graph()
    graph.thread("alpha", "/root/alpha", parent="beta")
    graph.thread("beta", "/root/beta", parent="alpha")
    graph.turn("alpha turn", "alpha")
    graph.turn("beta turn", "beta", status="completed")
    graph.tool("wait", "alpha turn", kind="wait_agent", status="running")
    assert states(graph).awaited("alpha") == ()  # type: ignore[arg-type]


def test_a_wait_with_a_summary_of_its_own_is_for_the_agent_in_it() -> None:
    graph = family()
    graph.trace.tool_calls[ToolCallId("wait")].summary = WaitAgentSummary("/root/beta", 5000)
    assert states(graph).awaited("root") == ("beta",)  # type: ignore[arg-type]


def test_of_several_the_chain_follows_one_that_has_something_to_do() -> None:
    graph = family()
    graph.trace.tool_calls[ToolCallId("wait")].summary = graph.tool(
        "named", kind="wait_agent", preview='{"ids": ["beta", "alpha"]}', status="running"
    ).summary
    chain = states(graph).chain("root")  # type: ignore[arg-type]
    assert chain.links[0].awaits == ("beta", "alpha")
    assert [name for name, _ in names(chain)] == ["root", "alpha", "deep"]


def test_agents_that_wait_for_each_other_are_a_ring() -> None:
    graph = small_graph()
    graph.thread("alpha", "/root/alpha", parent="root")
    graph.turn("alpha turn", "alpha")
    graph.tool("wait", kind="wait_agent", status="running")
    graph.tool("back", "alpha turn", kind="wait_agent", preview='{"targets": ["/root"]}', status="running")
    chain = states(graph).chain("root")  # type: ignore[arg-type]
    assert chain.is_ring
    assert [name for name, _ in names(chain)] == ["root", "alpha"]
    assert chain.last.awaits == ("root",)


def test_states_are_found_out_anew_only_where_something_changed() -> None:
    graph = family()
    known = states(graph)
    assert known.of("root").word == "waiting on an agent"  # type: ignore[arg-type]
    graph.trace.tool_calls[ToolCallId("wait")].execution.end(990, 10, "completed")
    known.forget(["alpha"], LIVE)  # type: ignore[list-item]
    assert known.of("root").word == "waiting on an agent"  # type: ignore[arg-type]
    known.forget(["root"], LIVE)  # type: ignore[list-item]
    assert known.of("root").word == "working"  # type: ignore[arg-type]
    known.forget([], CUT_OFF)
    assert known.of("root").word == "cut off"  # type: ignore[arg-type]
    known.forget([], CUT_OFF._replace(evidence="no end, the last line is torn"))
    assert "torn" in known.of("root").evidence  # type: ignore[arg-type]


def test_an_answer_that_arrives_is_seen_although_no_object_changed() -> None:
    graph = family()
    known = states(graph)
    assert "nothing of its answer" in known.of("deep").what  # type: ignore[arg-type]
    graph.trace.evidence.newest_acceptances["deep"] = graph.seq + 1  # type: ignore[index]
    known.forget([], LIVE)
    assert "its answer began to arrive" in known.of("deep").what  # type: ignore[arg-type]


def test_a_rollout_waits_for_what_its_chain_comes_down_to() -> None:
    found = rollout(family())
    assert found.word == "waiting on the model"
    assert found.chain is not None
    assert found.chain.last.state.node.id == "call"
    assert found.counts == {"waiting on an agent": 2, "idle": 1, "waiting on the model": 1}


def test_a_root_with_nothing_to_do_lets_an_agent_at_work_speak() -> None:
    graph = family()
    graph.trace.codex_turns[CodexTurnId("turn")].execution.end(900, 9, "completed")
    assert rollout(graph).word == "waiting on the model"
    for name in ("alpha turn", "deep turn"):
        graph.trace.codex_turns[CodexTurnId(name)].execution.end(900, 9, "completed")
    assert rollout(graph).word == "idle"


def test_a_rollout_without_an_agent_has_no_chain() -> None:
    graph = SmallGraph()
    assert (rollout(graph).word, rollout(graph).chain) == ("idle", None)
    assert rollout(graph, ENDED).word == "ended"


@pytest.mark.parametrize(
    ("status", "turn", "word"),
    [
        ("completed", "completed", "ended"),
        ("completed", "failed", "failed"),
        ("completed", "cancelled", "cancelled"),
        ("failed", "completed", "failed"),
        ("aborted", "completed", "cancelled"),
    ],
)
def test_a_rollout_ends_as_it_says_or_as_its_root_agent_did(status: str, turn: str, word: str) -> None:
    graph = small_graph()
    graph.trace.status = status  # type: ignore[assignment]
    graph.trace.codex_turns[CodexTurnId("turn")].execution.end(900, 9, turn)  # type: ignore[arg-type]
    graph.trace.threads[ThreadId("root")].execution.end(990, 10, "completed")
    assert rollout(graph, ENDED).word == word


def test_a_rollout_that_is_cut_off_says_so_and_what_it_did() -> None:
    found = rollout(family(), CUT_OFF)
    assert (found.word, found.recording) == ("cut off", CUT_OFF)
    assert found.chain is not None
    assert found.chain.last.state.doing == "waiting on the model"
    assert rollout(family(), ENDED).word == "left open"


@pytest.mark.parametrize(
    ("line", "chain", "word"),
    [
        (175, ["/root", "/root/alpha", "/root/alpha/deep"], "waiting on the model"),
        (180, ["/root", "/root/alpha", "/root/alpha/deep"], "waiting on a terminal"),
        (191, ["/root", "/root/alpha"], "waiting on an agent"),
        (227, ["/root"], "waiting on an agent"),
        (264, ["/root", "/root/beta"], "waiting on a terminal"),
    ],
)
def test_the_rollout_after_an_event_of_a_recording(line: int, chain: list[str], word: str) -> None:
    trace, index = moment("agents-schema2", line)
    found = state_of_rollout(trace, index, LIVE)
    assert found.chain is not None
    paths = [trace.threads[link.thread_id].agent_path for link in found.chain.links]
    assert (paths, found.word) == (chain, word)
