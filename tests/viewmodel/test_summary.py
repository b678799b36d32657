"""The summary of a session: what was asked, how it came out, what was lost, in plain lines."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from tests.analysis.small_graph import SmallGraph, small_graph
from tui.analysis.agents.summary import OBJECTS_PER_STEP, summary_steps
from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.state.recording import RecordingState
from tui.analysis.statistics.counts import StatisticsCount
from tui.model.conversation import ToolProducer
from tui.model.ids import CodexTurnId, EventId, InferenceCallId, ItemId, RawPayloadId, ThreadId, ToolCallId
from tui.model.protocol import ProtocolEvent, ThreadSession, TurnFacts
from tui.schema.events import ExecutionStatus, ToolKindName
from tui.viewmodel.lists.summary import NAME_CELLS, summary_lines
from tui.viewmodel.text.spans import line_text
from tui.viewmodel.timeline.model import TimelineModel

ENDED = RecordingState("ended", "recording_completed was written")


def page(
    graph: SmallGraph, width: int = 90, recording: RecordingState = ENDED, *, is_partial: bool = False
) -> dict[str, str]:
    """The facts by name; further lines of one are joined to its first."""
    model = TimelineModel(graph.trace, TraceIndex(graph.trace))
    troubled = list(model.tree.troubled)
    *_, summary = summary_steps(graph.trace, model.index, recording, troubled, is_partial=is_partial)
    assert summary is not None
    found: dict[str, str] = {}
    name = ""
    for line in summary_lines(summary, graph.trace, model.index, model.labels, width, cell_len):
        text = line_text(line)
        assert cell_len(text) <= width
        name = text[: NAME_CELLS + 1].strip() or name
        found[name] = f"{found.get(name, '')} {text[NAME_CELLS + 2 :].strip()}".strip()
    return found


def session() -> SmallGraph:
    graph = small_graph()
    graph.item("prompt", text="<environment_context>x</environment_context>\nMend it.")
    graph.tool("read", kind="other", label="read", preview='{"path": "a.py"}', status="failed")
    graph.item("said", "assistant", "It is mended.")
    graph.inference("call", sends=["prompt"], returns=["said"], tools=["read"])
    graph.trace.codex_turns[CodexTurnId("turn")].execution.end(900, 9, "completed")
    graph.trace.status = "completed"
    return graph


def test_summary_says_what_was_asked_and_how_it_came_out() -> None:
    found = page(session())
    assert found["asked"] == "Mend it."
    assert found["outcome"] == "✓ succeeded the session ended as completed; its last turn completed"
    assert found["last words"] == "It is mended."
    assert found["failed first"] == "0.350s · read a.py of /root: failed"
    assert found["problems"] == "1 problem in agents and their work"
    assert found["lost"] == "no output known to be cut, no compaction recorded, no message known to be lost"


def test_what_went_wrong_comes_before_last_words() -> None:
    names = list(page(session()))
    assert names.index("last words") > max(map(names.index, ("failed first", "problems", "lost")))


def test_what_ended_a_run_is_apart_from_its_first_failure() -> None:
    graph = session()
    graph.inference("last", tools=[])
    graph.trace.inference_calls[InferenceCallId("last")].execution.end(950, 10, "failed")
    found = page(graph)
    assert found["outcome"].startswith("✗ failed")
    assert found["ended by"] == "0.950s · request 2 of /root"  # 950 ms, when it ended
    assert found["failed first"].endswith("· read a.py of /root: failed")
    assert "(first of 2 failures)" in found["failed first"]


def test_what_was_open_at_a_cut_is_named() -> None:
    graph = small_graph()
    graph.item("prompt", text="Sleep.")
    graph.tool("sleep", kind="other", label="sleep", preview='{"seconds": 60}', status="running")
    assert "left open" not in page(session())
    assert page(graph, recording=RecordingState("cut off", "no end"))["left open"].startswith("0.300s · sleep")


def test_warnings_and_questions_taken_back_fail_nothing() -> None:
    graph = session()
    for number, event_type in enumerate(("warning", "thread_rolled_back")):
        event = ProtocolEvent(
            event_id=EventId(f"seq:{number}"),
            event_type=event_type,
            payload_type=event_type,
            seq=number,
            at_unix_ms=number,
            thread_id=ThreadId("root"),
            codex_turn_id=None,
            attribution="derived",
            message="careful",
            code="",
            raw_payload_id=RawPayloadId("raw_payload:1"),
        )
        graph.trace.protocol_events[event.event_id] = event
    assert page(graph)["failed first"].startswith("0.350s · read a.py")
    assert page(graph)["problems"] == "3 problems in agents and their work"


@pytest.mark.parametrize(
    ("seen", "lost"),
    [
        (f"Wall time: 1.2 seconds\nOutput:\n{'a' * 100}…100 tokens truncated…{'b' * 100}", "a part of"),
        ("Wall time: 1.2 seconds\naborted by user", "nothing of"),
    ],
    ids=["cut", "interrupted"],
)
def test_lost_outputs_are_counted(seen: str, lost: str) -> None:
    graph = session()
    graph.item("output", "tool", seen, "function_call_output", produced_by=[ToolProducer(ToolCallId("run"))])
    status: ExecutionStatus = "completed" if lost == "a part of" else "cancelled"
    graph.tool("run", status=status, output_items=["output"])
    graph.operation("terminal_operation:1", "run", "make", stdout="a" * 400 + "b" * 400)
    assert page(graph)["lost"] == f"1 output that the model saw {lost}"


def test_unknown_is_said_and_never_zero() -> None:
    graph = SmallGraph()
    graph.thread("root")
    found = page(graph)
    assert (found["asked"], found["settings"], found["tokens"]) == (
        "not recorded",
        "not recorded",
        "no request recorded",
    )
    assert "? agents, ? requests" in page(SmallGraph(), is_partial=True)["took"]
    graph = session()
    assert page(graph)["tokens"] == "not recorded"


def test_first_failure_is_what_ended_first() -> None:
    graph = session()
    graph.tool("slow", kind="other", label="build", status="failed").execution.started_at_unix_ms = 0
    graph.trace.tool_calls[ToolCallId("slow")].execution.ended_at_unix_ms = 800
    graph.tool("shell", preview="server")
    graph.operation("terminal_operation:1", "shell", "server", exit_code=3).execution.ended_at_unix_ms = 700
    found = page(graph)["failed first"]
    assert found == "0.350s (first of 3 failures) · read a.py of /root: failed", "the build began before it"
    del graph.trace.tool_calls[ToolCallId("read")]
    assert page(graph)["failed first"].startswith("0.700s (first of 2 failures) · $ server"), "the call ended before"


def test_what_was_only_stopped_did_not_fail() -> None:
    graph = small_graph()
    for name in ("one", "two"):
        graph.inference(name)
        graph.trace.inference_calls[InferenceCallId(name)].execution.end(900, 9, "cancelled")
    found = page(graph)
    assert "failed first" not in found
    assert found["went wrong"].startswith("0.900s (first of 2) · request 1 of /root: cancelled")


def test_lost_messages_are_named_by_their_kind() -> None:
    graph = session()
    kinds: tuple[ToolKindName, ...] = ("spawn_agent", "close_agent", "close_agent")
    for name, kind in zip("abc", kinds, strict=True):
        graph.tool(name, kind=kind, label=kind, preview='{"target": "nobody"}', status="failed")
    assert page(graph)["lost"] == "1 spawn, 2 closes that did not arrive"


def test_history_that_shrinks_without_compaction_is_said() -> None:
    graph = session()
    for number in range(4):
        graph.item(f"item {number}")
    graph.inference("long", sends=["prompt", *(f"item {number}" for number in range(4))])
    graph.inference("short", sends=["prompt", "item 3"])
    assert page(graph)["lost"] == "1 time a shorter history was sent, no compaction recorded"


def test_unread_request_sent_no_shorter_history() -> None:
    graph = session()
    graph.item("item")
    graph.inference("read", sends=["prompt", "item"])
    graph.inference("unread", sends=[])
    assert page(graph)["lost"] == "no output known to be cut, no compaction recorded, no message known to be lost"


def test_each_size_of_context_is_named() -> None:
    graph = session()
    for turn, window in (("turn", 258_400), ("other", 258_400), ("small", 57_000)):
        graph.trace.evidence.turn_facts[CodexTurnId(turn)] = TurnFacts(model_context_window=window)
    assert page(graph)["model"].endswith(", context of 258.4k and 57.0k")


def test_settings_are_those_of_the_root_agent() -> None:
    graph = session()
    graph.trace.evidence.session_facts["root"] = ThreadSession(cwd="/work", sandbox="read-only")  # type: ignore[index]
    found = page(graph)
    assert (found["cwd"], found["sandbox"], found["approval"]) == ("/work", "read-only", "not recorded")


def test_long_texts_are_wrapped_and_cut() -> None:
    graph = session()
    graph.item("prompt", text="word " * 500)
    assert page(graph, 60)["asked"].endswith("word…")


def test_longest_are_the_slowest_of_the_statistics() -> None:
    graph = session()
    graph.tool("wait", kind="wait_agent").execution = graph.window(length=60_000)
    graph.tool("poll", kind="write_stdin").execution = graph.window(length=2_500)
    graph.operation("terminal_operation:1", "poll", "").execution = graph.window(length=2_500)
    graph.tool("open", status="running")
    *_, summary = summary_steps(graph.trace, TraceIndex(graph.trace), ENDED, [])
    assert summary is not None
    count = StatisticsCount(graph.trace, TraceIndex(graph.trace))
    list(count.steps())
    found = [(call.node.id, call.duration_ms) for call in summary.longest]
    assert found == [(call.node.id, call.duration_ms) for call in count.statistics().slowest[:3]]
    assert found[:2] == [("wait", 60_000), ("poll", 2_500)]
    assert page(graph)["longest"].startswith("1m00s")
    assert page(graph)["longest"].endswith("of the calls that ended; 1 did not")


def test_first_failure_gives_its_reason() -> None:
    graph = session()
    graph.item("answer", "tool", "Wall time: 0.1 seconds\nOutput:\nno such line in a.py", "function_call_output")
    graph.trace.tool_calls[ToolCallId("read")].model_visible_output_item_ids = [ItemId("answer")]
    assert page(graph)["failed first"].endswith(": no such line in a.py")


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        (1, "up to 0.164, by schema 1"),
        (2, "0.165 to 0.170, by schema 2"),
        (3, "0.171 or later, by schema 3"),
        (4, "release not recorded; schema 4"),
    ],
)
def test_schema_says_which_codex_recorded(schema: int, expected: str) -> None:
    graph = session()
    graph.trace.schema_version = schema
    assert page(graph)["codex"] == expected


@pytest.mark.parametrize(
    ("sandbox", "expected"),
    [
        ('{"type":"disabled"}', "disabled"),
        ('{"type":"workspace-write","network_access":true}', "workspace-write network_access=true"),
        ('{"type":"managed","rules":["a"]}', '{"type":"managed","rules":["a"]}'),
        ("DangerFullAccess", "DangerFullAccess"),
    ],
)
def test_settings_are_shown_without_signs_of_json(sandbox: str, expected: str) -> None:
    graph = session()
    graph.trace.evidence.session_facts[ThreadId("root")] = ThreadSession(sandbox=sandbox)
    assert page(graph)["sandbox"] == expected


def test_large_session_is_summed_up_in_steps() -> None:
    graph = session()
    for number in range(2 * OBJECTS_PER_STEP):
        graph.tool(f"tool {number}", kind="other", label="read")
    *before, summary = summary_steps(graph.trace, TraceIndex(graph.trace), ENDED, [])
    assert len(before) >= 4
    assert before == [None] * len(before)
    assert summary is not None
    assert (summary.requests, summary.lost.looked_at, len(summary.longest)) == (1, 2 * OBJECTS_PER_STEP + 1, 3)
