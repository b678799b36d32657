"""Working, waiting, idle or over: by what is open in the log, with the object that says so."""

from __future__ import annotations

import pytest

from tests.analysis.prefixes import moment, moments
from tests.analysis.small_graph import SmallGraph, small_graph
from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.state.agent import AgentState, state_of_agent
from tui.analysis.state.recording import RecordingState
from tui.analysis.state.rollout import state_of_rollout
from tui.model.ids import CodeCellId, CodexTurnId, InferenceCallId, RawPayloadId, ThreadId, ToolCallId
from tui.model.noderef import NodeRef
from tui.model.protocol import ThreadSession
from tui.schema.events import ExecutionStatus, ToolKindName

LIVE = RecordingState("live", "the log grew 1s ago")
ENDED = RecordingState("ended", "recording_completed was written")
CUT_OFF = RecordingState("cut off", "nobody has the log open")


def state(graph: SmallGraph, agent: str = "root", recording: RecordingState = LIVE) -> AgentState:
    return state_of_agent(graph.trace, TraceIndex(graph.trace), agent, recording)  # type: ignore[arg-type]


def test_an_open_request_is_waiting_on_the_model() -> None:
    graph = small_graph()
    graph.inference("call", status="running")
    found = state(graph)
    assert (found.word, found.node) == ("waiting on the model", NodeRef("inference", "call"))
    assert found.what == "request 1, nothing of its answer is recorded"
    assert found.since_unix_ms == graph.trace.inference_calls[InferenceCallId("call")].execution.started_at_unix_ms


def test_an_answer_that_arrives_says_so() -> None:
    graph = small_graph()
    graph.trace.evidence.newest_acceptances[ThreadId("root")] = graph.seq  # before the request
    graph.inference("call", status="running")
    assert "nothing of its answer" in state(graph).what
    graph.trace.evidence.newest_acceptances[ThreadId("root")] = graph.seq + 1
    assert state(graph).what == f"request 1, its answer began to arrive (newest: event {graph.seq + 1})"


def test_an_open_compaction_is_waiting_on_the_model() -> None:
    graph = small_graph()
    graph.compaction("compaction", status="running")
    found = state(graph)
    assert (found.word, found.node) == ("waiting on the model", NodeRef("compaction_request", "compaction:attempt"))


def test_a_command_is_waiting_on_a_terminal_and_a_call_that_has_not_begun_it_is_not() -> None:
    graph = small_graph()
    graph.tool("tool", preview='{"cmd": "pytest -q"}', status="running")
    assert state(graph)[:3] == ("working", "working", NodeRef("tool_call", "tool"))
    assert state(graph).what == "exec_command pytest -q, which the runtime has not begun"
    graph.operation("terminal_operation:1", "tool", "pytest -q", exit_code=None)
    found = state(graph)
    assert (found.word, found.node) == ("waiting on a terminal", NodeRef("terminal_operation", "terminal_operation:1"))
    assert (found.what, found.via) == ("$ pytest -q", (NodeRef("tool_call", "tool"),))


@pytest.mark.parametrize(
    ("kind", "policy", "said"),
    [
        ("exec_command", "untrusted", "; perhaps waiting for an approval (policy: untrusted)"),
        ("exec_command", "on-request", "; perhaps waiting for an approval (policy: on-request)"),
        ("apply_patch", "untrusted", "; perhaps waiting for an approval (policy: untrusted)"),
        ("exec_command", "never", ""),
        ("exec_command", None, ""),
        ("write_stdin", "untrusted", ""),
    ],
)
def test_call_not_begun_may_wait_for_an_approval(kind: ToolKindName, policy: str | None, said: str) -> None:
    graph = small_graph()
    graph.trace.evidence.session_facts[ThreadId("root")] = ThreadSession(approval_policy=policy)
    tool = graph.tool("tool", kind=kind, preview='{"cmd": "rm -rf build"}', status="running")
    assert state(graph).what.partition(";")[2] == said.removeprefix(";")
    tool.raw_runtime_payload_ids.append(RawPayloadId("raw_payload:1"))
    assert "approval" not in state(graph).what


def test_a_command_that_has_ended_but_not_answered_is_told_so() -> None:
    graph = small_graph()
    graph.tool("tool", status="running")
    graph.operation("terminal_operation:1", "tool", "pytest -q", exit_code=0)
    assert state(graph).word == "working"
    assert state(graph).what == "exec_command pytest -q, which has ended but has not answered"


def test_a_poll_names_the_command_that_it_polls() -> None:
    graph = small_graph()
    graph.tool("start")
    graph.operation("terminal_operation:1", "start", "pytest -q", exit_code=None)
    graph.tool("poll", kind="write_stdin", status="running")
    graph.operation("terminal_operation:2", "poll", exit_code=None)
    graph.session("terminal_session:1", "terminal_operation:1", "terminal_operation:2")
    found = state(graph)
    assert (found.word, found.node.id, found.what) == (
        "waiting on a terminal",
        "terminal_operation:2",
        "a poll of $ pytest -q",
    )
    assert found.process == NodeRef("terminal_operation", "terminal_operation:1")


def test_a_write_to_an_unknown_command_says_that_it_is_unknown() -> None:
    graph = small_graph()
    graph.tool("write", kind="write_stdin", status="running")
    graph.operation("terminal_operation:1", "write", stdin="y\n", exit_code=None)
    assert state(graph).what == "input 'y\\n' to a command that is not recorded"


def test_another_tool_is_work() -> None:
    graph = small_graph()
    graph.tool("tool", kind="other", label="read_mail", status="running")
    assert state(graph)[:3] == ("working", "working", NodeRef("tool_call", "tool"))
    assert state(graph).what == "read_mail"


def test_an_open_turn_with_nothing_open_in_it_works_since_its_last_end() -> None:
    graph = small_graph()
    graph.inference("call")
    found = state(graph)
    assert (found.word, found.node, found.what) == ("working", NodeRef("turn", "turn"), "between two calls")
    assert found.since_unix_ms == graph.trace.inference_calls[InferenceCallId("call")].execution.ended_at_unix_ms


@pytest.mark.parametrize(
    ("calls", "what"),
    [
        ((), "before its first call"),
        (("completed",), "between two calls"),
        (("completed", "failed"), "after request 2 failed"),
        (("failed", "completed"), "between two calls"),
    ],
)
def test_idle_turn_says_what_it_is_between(calls: tuple[ExecutionStatus, ...], what: str) -> None:
    graph = small_graph()
    for number, status in enumerate(calls):
        graph.inference(f"call {number}", status=status)
    assert state(graph).what == what


def test_the_newest_open_call_decides_and_a_wait_for_agents_comes_last() -> None:
    graph = small_graph()
    graph.inference("call", status="running")
    graph.tool("tool", kind="other", label="read", status="running")
    graph.tool("wait", kind="wait_agent", status="running")
    assert state(graph).node == NodeRef("tool_call", "tool")


@pytest.mark.parametrize(("inner", "word"), [("wait_agent", "waiting on an agent"), ("apply_patch", "working")])
def test_a_script_is_as_open_as_what_it_called(inner: ToolKindName, word: str) -> None:
    graph = small_graph()
    graph.tool("exec", kind="other", label="exec", status="running", started_code_cell_id="code_cell:1")
    graph.cell("code_cell:1", "item").execution.status = "running"
    assert state(graph)[:3] == ("working", "working", NodeRef("code_cell", "code_cell:1"))
    graph.tool("nested", kind=inner, cell="code_cell:1", status="running")
    found = state(graph)
    assert (found.word, found.node) == (word, NodeRef("tool_call", "nested"))
    assert found.via == (NodeRef("tool_call", "exec"), NodeRef("code_cell", "code_cell:1"))


@pytest.mark.parametrize(
    ("preview", "node"),
    [
        ('{"cell_id": "1", "yield_time_ms": 500}', NodeRef("code_cell", "code_cell:1")),
        ('{"cell_id": "7"}', NodeRef("tool_call", "wait")),
        ('{"cell_id": "1", "yield_ti', NodeRef("tool_call", "wait")),
        (None, NodeRef("tool_call", "wait")),
    ],
)
def test_an_open_wait_leads_to_the_asked_script(preview: str | None, node: NodeRef) -> None:
    """Which script it was is confirmed only when the wait returns."""
    graph = small_graph()
    graph.cell("code_cell:1", "item", runtime="yielded").execution.status = "running"
    graph.tool("wait", kind="other", label="wait", preview=preview, status="running")
    assert state(graph).node == node


def test_what_a_script_in_the_background_does_is_not_what_the_agent_waits_for() -> None:
    graph = small_graph()
    graph.tool("exec", kind="other", label="exec", started_code_cell_id="code_cell:1")
    graph.cell("code_cell:1", "item", runtime="yielded").execution.status = "running"
    graph.inference("call", status="running")
    graph.tool("nested", cell="code_cell:1", status="running")
    assert state(graph).word == "waiting on the model"
    graph.trace.inference_calls[InferenceCallId("call")].execution.end(990, 10, "completed")
    graph.tool("wait", kind="other", label="wait", status="running")
    graph.trace.code_cells[CodeCellId("code_cell:1")].wait_tool_call_ids.append(ToolCallId("wait"))
    assert state(graph).node == NodeRef("tool_call", "nested")


def test_a_call_whose_cell_leads_back_to_it_ends() -> None:
    graph = small_graph()
    graph.tool("exec", kind="other", label="exec", status="running", started_code_cell_id="code_cell:1")
    graph.tool("again", kind="other", label="exec", cell="code_cell:1", status="running")
    graph.trace.tool_calls[ToolCallId("again")].started_code_cell_id = CodeCellId("code_cell:1")
    assert state(graph).word == "working"


def test_between_turns_an_agent_is_idle_and_before_its_first() -> None:
    graph = small_graph()
    graph.trace.codex_turns[CodexTurnId("turn")].execution.end(900, 9, "completed")
    assert state(graph)[:5] == ("idle", "idle", NodeRef("turn", "turn"), 900, "its last turn completed")
    graph.thread("child", "/root/child", parent="root")
    assert (state(graph, "child").word, state(graph, "child").what) == ("idle", "no turn yet")


@pytest.mark.parametrize(("status", "word"), [("completed", "ended"), ("failed", "failed"), ("cancelled", "cancelled")])
def test_an_agent_ends_as_its_last_turn_did(status: str, word: str) -> None:
    graph = small_graph()
    graph.trace.codex_turns[CodexTurnId("turn")].execution.end(900, 9, status)  # type: ignore[arg-type]
    graph.trace.threads[ThreadId("root")].execution.end(990, 10, "completed")
    found = state(graph)
    assert (found.word, found.is_open) == (word, False)
    assert found.node == (NodeRef("thread", "root") if word == "ended" else NodeRef("turn", "turn"))


def test_a_turn_without_an_answer_has_failed_whatever_an_older_recorder_calls_it() -> None:
    graph = small_graph()
    graph.inference("call", status="failed")
    graph.trace.evidence.failure_texts[InferenceCallId("call")] = "401 Unauthorized"
    graph.trace.codex_turns[CodexTurnId("turn")].execution.end(900, 9, "completed")
    assert state(graph).what == "its last request failed: 401 Unauthorized"
    graph.trace.threads[ThreadId("root")].execution.end(990, 10, "completed")
    assert state(graph)[:3] == ("failed", "failed", NodeRef("inference", "call"))


def test_what_an_ended_agent_left_open_is_named() -> None:
    graph = small_graph()
    graph.tool("tool", kind="other", label="slow", status="running")
    graph.trace.codex_turns[CodexTurnId("turn")].execution.end(900, 9, "completed")
    graph.trace.threads[ThreadId("root")].execution.end(990, 10, "completed")
    assert (state(graph).word, state(graph).what) == ("ended", "left open: slow")


def test_what_is_open_when_the_recording_is_over_was_left_open_or_cut_off() -> None:
    graph = small_graph()
    graph.inference("call", status="running")
    left = state(graph, recording=ENDED)
    assert (left.word, left.doing, left.evidence) == ("left open", "waiting on the model", ENDED.evidence)
    cut = state(graph, recording=CUT_OFF)
    assert (cut.word, cut.doing, cut.node) == ("cut off", "waiting on the model", NodeRef("inference", "call"))
    assert cut.evidence == CUT_OFF.evidence
    graph.trace.threads[ThreadId("root")].execution.end(990, 10, "completed")
    assert state(graph, recording=CUT_OFF).word == "ended"


def test_what_was_cut_off_had_been_open_until_the_recording_stops_whatever_the_clock_says() -> None:
    graph = small_graph()
    graph.inference("call", status="running")
    index = TraceIndex(graph.trace)
    since = graph.trace.inference_calls[InferenceCallId("call")].execution.started_at_unix_ms
    index.tick(since + 20_000)
    assert state(graph).age_ms(index) == 20_000
    assert state(graph, recording=CUT_OFF).age_ms(index) == 0
    graph.trace.evidence.newest_event_unix_ms = since + 61  # it changed no object of the graph
    assert state(graph, recording=CUT_OFF).age_ms(index) == 61


@pytest.mark.parametrize(
    ("bundle", "line", "word", "kind", "what"),
    [
        ("killed", 4, "working", "turn", "before its first call"),
        ("killed", 9, "waiting on the model", "inference", "request 1, nothing of its answer is recorded"),
        ("killed", 11, "waiting on the model", "inference", "request 1, its answer began to arrive (newest: event 11)"),
        ("killed", 12, "working", "tool_call", "which the runtime has not begun"),
        ("killed", 14, "waiting on a terminal", "terminal_operation", "$ echo begin; sleep 60; echo end"),
        ("terminal", 19, "waiting on a terminal", "terminal_operation", "a poll of $ for i in 1 2 3"),
        ("terminal", 35, "waiting on a terminal", "terminal_operation", "input 'print(6*7)\\n' to $ python3 -q -i"),
        ("terminal", 50, "waiting on a terminal", "terminal_operation", "input 'x' to a command that is not recorded"),
        ("terminal", 69, "idle", "turn", "its last turn completed"),
        ("terminal", 74, "ended", "thread", ""),
        ("code-mode-schema2", 17, "working", "code_cell", "a script: const r"),
        ("code-mode-schema2", 19, "waiting on a terminal", "terminal_operation", "$ ls src"),
        ("code-mode-schema2", 53, "waiting on the model", "inference", "request 4"),
        ("code-mode-schema2", 55, "waiting on a terminal", "terminal_operation", "$ sleep 2; echo slept"),
        ("code-mode-schema2", 63, "working", "code_cell", 'a script: text("before")'),
        ("code-mode-schema2", 91, "working", "tool_call", "apply_patch src/parser.py"),
        ("agents-schema2", 175, "waiting on an agent", "tool_call", "wait_agent"),
    ],
)
def test_the_root_agent_after_an_event_of_a_recording(bundle: str, line: int, word: str, kind: str, what: str) -> None:
    trace, index = moment(bundle, line)
    found = state_of_agent(trace, index, trace.root_thread_id, LIVE)  # type: ignore[arg-type]
    assert (found.word, found.node.kind) == (word, kind)
    assert what in found.what


def test_at_every_moment_of_a_recording_an_open_state_names_an_open_object(demo_bundle) -> None:
    """The evidence holds: whatever a state calls open is open in the graph, and a turn is open then."""
    for _, trace, index in moments(demo_bundle):
        for thread_id in trace.threads:
            found = state_of_agent(trace, index, thread_id, LIVE)
            assert found.is_open == _is_open(trace, found.node) or found.node.kind == "thread"
            assert found.doing == found.word
        assert state_of_rollout(trace, index, LIVE).word


def _is_open(trace, node: NodeRef) -> bool:
    maps = {
        "turn": trace.codex_turns,
        "inference": trace.inference_calls,
        "tool_call": trace.tool_calls,
        "code_cell": trace.code_cells,
        "terminal_operation": trace.terminal_operations,
        "compaction_request": trace.compaction_requests,
        "thread": trace.threads,
    }
    return bool(maps[node.kind][node.id].execution.is_open)
