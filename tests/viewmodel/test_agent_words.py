"""States in words: of an agent, of the rollout, of a chain of waiting."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from tests.analysis.small_graph import SmallGraph, small_graph
from tests.analysis.test_waiting import CUT_OFF, ENDED, LIVE, family
from tests.viewmodel.recorded import recorded
from tui.analysis.agents.overview import Parallelism, overview_of
from tui.analysis.agents.tasks import Task
from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.state.recording import RecordingState
from tui.analysis.state.waiting import AgentStates
from tui.model.ids import CodexTurnId, InferenceCallId, ThreadId
from tui.model.noderef import NodeRef
from tui.model.objects import TokenUsage
from tui.schema.events import ExecutionStatus
from tui.viewmodel.lists.agent_words import (
    big_picture,
    legend_text,
    parallel_text,
    rollout_sentence,
    rollout_title,
    state_text,
    task_text,
)
from tui.viewmodel.lists.problems import nothing_text


def sentence(graph: SmallGraph, agent: str = "root", recording: RecordingState = LIVE) -> str:
    index = TraceIndex(graph.trace)
    chain = AgentStates(graph.trace, index, recording).chain(agent)  # type: ignore[arg-type]
    return state_text(graph.trace, index, chain).sentence


def whole(graph: SmallGraph, recording: RecordingState = LIVE) -> str:
    index = TraceIndex(graph.trace)
    return rollout_sentence(graph.trace, index, overview_of(graph.trace, index, recording))


def test_a_chain_is_told_to_its_end() -> None:
    assert sentence(family()) == (
        "waiting on /root/alpha for 200ms: → /root/alpha waiting on an agent 100ms → "
        "/root/alpha/deep waiting on the model 0ms: request 1, nothing of its answer is recorded"
    )


def test_title_leaves_out_what_the_details_repeat() -> None:
    graph = small_graph()
    graph.inference("call", status="running")
    index = TraceIndex(graph.trace)
    overview = overview_of(graph.trace, index, CUT_OFF)
    whole_title = rollout_title(graph.trace, index, overview, 200, len)
    assert "it began with the last event" in whole_title
    short = rollout_title(graph.trace, index, overview, len(whole_title) - 1, len)
    assert short.endswith("is recorded · /root")
    assert "it began" not in short


@pytest.mark.parametrize(
    ("usage", "signs"),
    [
        (None, "Σ with the agents below · ≥ some requests say no tokens"),
        (5, "Σ with the agents below"),
    ],
)
def test_legend_explains_the_signs_that_are_there(usage: int | None, signs: str) -> None:
    graph = small_graph()
    graph.thread("alpha", "/root/alpha", parent="root")
    graph.turn("alpha turn", "alpha")
    graph.inference("one", "alpha turn").usage = TokenUsage(5, 0, 0, 1, 0)
    graph.inference("two", "alpha turn").usage = None if usage is None else TokenUsage(usage, 0, 0, 1, 0)
    overview = overview_of(graph.trace, TraceIndex(graph.trace), LIVE)
    assert legend_text(overview, ("tokens", "Σ", "▲"), 80, cell_len) == signs
    assert legend_text(overview, (), 80, cell_len) == "", "of columns that have no room"
    assert legend_text(overview, ("tokens", "Σ"), 30, cell_len) == "Σ with the agents below"


@pytest.mark.parametrize(
    ("recording", "agent", "text"),
    [
        (LIVE, "running", "no problems; /root is waiting on the model: a"),
        (CUT_OFF, "running", "no problems; /root was cut off while waiting on the model: a"),
        (ENDED, "running", "no problems"),
        (LIVE, "completed", "no problems"),
        (RecordingState("loading", "not read yet"), "running", "none in what has been read so far"),
    ],
)
def test_no_problems_point_to_an_agent_that_waits(recording: RecordingState, agent: ExecutionStatus, text: str) -> None:
    graph = small_graph()
    graph.inference("call", status=agent)
    if agent == "completed":
        graph.trace.codex_turns[CodexTurnId("turn")].execution.ended_seq = graph.seq
        graph.trace.codex_turns[CodexTurnId("turn")].execution.status = "completed"
    assert nothing_text(graph.trace, TraceIndex(graph.trace), recording, "a") == text


def test_a_wait_that_nobody_can_end_says_so() -> None:
    graph = small_graph()
    graph.tool("wait", kind="wait_agent", status="running")
    assert sentence(graph) == "waiting on an agent for 0ms: no agent below it has anything to do"
    graph.thread("alpha", "/root/alpha", parent="root")
    graph.turn("alpha turn", "alpha")
    graph.tool("alpha waits", "alpha turn", kind="wait_agent", status="running")
    assert sentence(graph).endswith("→ /root/alpha waiting on an agent 0ms: no agent has anything to do")


def test_agents_that_wait_for_each_other_are_told() -> None:
    graph = small_graph()
    graph.thread("alpha", "/root/alpha", parent="root")
    graph.turn("alpha turn", "alpha")
    graph.tool("wait", kind="wait_agent", status="running")
    graph.tool("back", "alpha turn", kind="wait_agent", preview='{"targets": ["/root"]}', status="running")
    assert sentence(graph).endswith("→ /root again: they wait for each other")
    assert whole(graph) == "waiting on an agent 0ms: agents wait for each other · /root → /root/alpha"


def test_many_awaited_agents_are_counted() -> None:
    graph = small_graph()
    for name in ("a", "b", "c", "d"):
        graph.thread(name, f"/root/{name}", parent="root")
    graph.tool("wait", kind="wait_agent", status="running")
    assert sentence(graph).startswith("waiting on /root/a, /root/b and 2 more for ")


def test_what_is_cut_off_or_left_open_tells_what_it_did_and_for_how_long() -> None:
    graph = small_graph()
    graph.inference("call", status="running")
    since = graph.trace.inference_calls[InferenceCallId("call")].execution.started_at_unix_ms
    what = "request 1, nothing of its answer is recorded"
    graph.trace.evidence.newest_event_unix_ms = since + 61
    for recording in (CUT_OFF, ENDED):
        word = "cut off" if recording is CUT_OFF else "left open"
        assert sentence(graph, recording=recording) == f"{word} while waiting on the model for 61ms: {what}"
        assert whole(graph, recording) == f"{word} while waiting on the model 61ms: {what} · /root"


def test_a_row_names_what_is_open_first() -> None:
    graph = small_graph()
    graph.tool("tool", status="running")
    graph.operation("terminal_operation:1", "tool", "sleep 60", exit_code=None)
    index = TraceIndex(graph.trace)
    rows = [
        state_text(graph.trace, index, AgentStates(graph.trace, index, recording).chain(ThreadId("root"))).what_in_row
        for recording in (LIVE, CUT_OFF)
    ]
    assert rows == ["$ sleep 60", "$ sleep 60, while waiting for a command"]


def test_what_began_with_the_last_event_has_no_age() -> None:
    graph = small_graph()
    graph.inference("call", status="running")
    open_call = "request 1, nothing of its answer is recorded"
    doing = f"while waiting on the model: {open_call} · it began with the last event"
    assert sentence(graph, recording=CUT_OFF) == f"cut off {doing}"
    assert sentence(graph, recording=ENDED) == f"left open {doing}"
    assert whole(graph, CUT_OFF) == f"cut off {doing} · /root"


@pytest.mark.parametrize(
    ("status", "words"), [("completed", "ended"), ("failed", "failed"), ("aborted", "was cancelled")]
)
def test_cut_off_after_an_end_gives_no_empty_reason(status: ExecutionStatus, words: str) -> None:
    graph = SmallGraph()
    graph.thread("root", status=status)
    assert whole(graph, CUT_OFF) == f"cut off after /root {words} · /root"


def test_the_rollout_in_one_line() -> None:
    assert whole(SmallGraph()) == "idle: no agent has started"
    assert whole(family()) == (
        "waiting on the model 0ms: request 1, nothing of its answer is recorded"
        " · /root → /root/alpha → /root/alpha/deep"
    )
    store = recorded("agents")
    overview = overview_of(store.trace, store.index, store.recording)
    assert rollout_sentence(store.trace, store.index, overview) == "ended"


def test_the_big_picture_is_shorter_where_room_is_short() -> None:
    store = recorded("agents")
    overview = overview_of(store.trace, store.index, store.recording)
    wide = big_picture(overview, 170, cell_len)
    assert wide.startswith(
        "5 agents: 4 ended, 1 failed · 452.4k tokens in 24 of 26 requests, 67% of the input cached · "
    )
    assert wide.endswith(" agents at a time on average, 5 at most")
    short = big_picture(overview, 76, cell_len)
    assert short.startswith("5 agents: 4 ended, 1 failed · ≥452.4k tok, 67% cached · 1.8s, ")
    assert cell_len(big_picture(overview, 20, cell_len)) == 20
    graph = family()
    overview = overview_of(graph.trace, TraceIndex(graph.trace), LIVE)
    assert big_picture(overview, 200, cell_len).startswith(
        "4 agents: 1 waiting on the model, 2 waiting on an agent, 1 idle · ? tokens in 1 request · "
    )
    assert big_picture(overview, 76, cell_len).startswith("4 agents: 3 waiting, 1 idle · ? tok · ")


@pytest.mark.parametrize(
    ("task", "text"),
    [
        (None, ""),
        (Task("look\n at\x1b it", encrypted=False, size=9, node=NodeRef("item", "i")), "look at␛ it"),
        (Task("", encrypted=True, size=1_200, node=NodeRef("item", "i")), "(encrypted, 1.2 kB)"),
        (Task("", encrypted=False, size=0, node=NodeRef("item", "i")), "(no text)"),
    ],
)
def test_a_task_in_one_line(task: Task | None, text: str) -> None:
    assert task_text(task) == text


@pytest.mark.parametrize(
    ("parallelism", "words"),
    [
        (Parallelism(1_000, 1_000, 1_000, 1), "1.0s of recording, 1.0s of turns: one agent at a time"),
        (
            Parallelism(2_000, 1_000, 2_400, 4),
            "2.0s of recording, 2.4s of turns: 2.4 agents at a time on average, 4 at most",
        ),
    ],
)
def test_agents_at_a_time_are_said_in_words(parallelism: Parallelism, words: str) -> None:
    assert parallel_text(parallelism) == words
