"""Tool calls and their links to items, inferences, cells and terminals (reducer rules §§7–9)."""

from __future__ import annotations

import pytest

from tests.reducer.recording import Recording, call, call_of, operation_of, output, script, script_output, tool_of, user
from tui.model.ids import CodeCellId, TerminalId
from tui.model.objects import ExecRequest, StdinRequest
from tui.schema.events import McpToolCallCorrelationAssigned, StdinTargetResolved, TerminalSummary, ThreadResumed
from tui.schema.events import ThreadEnded as Ended

# Links to items and inferences


def test_a_tool_is_linked_to_its_request_when_its_call_is_seen_again() -> None:
    """A tool starts before the response is complete; the next request that shows the call makes the link."""
    recording = Recording()
    recording.request("i1", [user("a")])
    recording.tool("c1", call="c1")
    recording.done("i1", [call("c1")])
    assert call_of(recording.graph(), "i1").tool_call_ids_started_by_response == []
    recording.request("i2", [user("a"), call("c1"), output("c1")])
    trace = recording.graph()
    assert call_of(trace, "i1").tool_call_ids_started_by_response == ["c1"]
    assert tool_of(trace, "c1").model_visible_call_item_ids == ["conversation_item:2"]
    assert tool_of(trace, "c1").model_visible_output_item_ids == ["conversation_item:3"]


def test_the_link_is_made_also_when_the_call_stands_in_the_repeated_part() -> None:
    """The call was shown by a request before its inference was stored as its producer: the next sighting links."""
    recording = Recording()
    recording.request("i0", [user("a"), call("c1")])
    recording.tool("c1", call="c1")
    recording.done("i0", [call("c1")])
    recording.request("i1", [user("a"), call("c1"), user("b")])
    assert call_of(recording.graph(), "i0").tool_call_ids_started_by_response == ["c1"]


def test_a_child_that_inherits_the_history_shows_the_parents_tool() -> None:
    recording = Recording()
    recording.child("child", "/root/a")
    inherited = [call("c1"), output("c1", "aborted")]
    recording.inside("child").request("k1", inherited)
    recording.inside("T").tool("c1", call="c1")
    assert tool_of(recording.graph(), "c1").model_visible_output_item_ids == []
    recording.inside("child").request("k2", [*inherited, user("go on")])
    assert tool_of(recording.graph(), "c1").model_visible_output_item_ids == ["conversation_item:2"]


def test_an_mcp_server_knows_the_call_by_another_id() -> None:
    recording = Recording()
    recording.tool("c1", "other", call="c1")
    recording.event(McpToolCallCorrelationAssigned(tool_call_id="c1", mcp_call_id="m"))
    assert tool_of(recording.graph(), "c1").mcp_call_id == "m"


def test_schema_1_tells_an_mcp_call_by_its_runtime_payload() -> None:
    recording = Recording(schema=1)
    recording.tool("c1", "other", call="c1")
    recording.runtime("c1", {"call_id": "c1", "invocation": {"server": "demo", "tool": "echo"}})
    kind = tool_of(recording.graph(), "c1").kind
    assert (kind.type, kind.server, kind.tool) == ("mcp", "demo", "echo")


# Terminals


def test_a_command_is_a_terminal_operation_in_a_session() -> None:
    recording = Recording()
    recording.command("x", "1", call="c1")
    recording.runtime_end("x", {"exit_code": 2, "aggregated_output": "no such file", "process_id": "1"})
    trace = recording.graph()
    operation = operation_of(trace, 1)
    assert operation.request == ExecRequest(["ls", "-l"], "ls -l", "/")
    assert (operation.result.exit_code, operation.result.stdout) == (2, "no such file")
    assert tool_of(trace, "x").summary == TerminalSummary("terminal_operation:1")
    assert trace.terminal_sessions[TerminalId("terminal_session:terminal_operation:1")].operation_ids == [
        "terminal_operation:1"
    ]


def test_a_reused_process_id_is_a_new_session_for_a_command_and_the_old_one_for_a_write() -> None:
    recording = Recording()
    recording.command("x", "1")
    recording.command("y", "1")
    recording.command("z", "1", "write_stdin")
    sessions = recording.graph().terminal_sessions
    assert [session.operation_ids for session in sessions.values()] == [
        ["terminal_operation:1"],
        ["terminal_operation:2", "terminal_operation:3"],
    ]


def test_a_write_reads_its_process_from_the_invocation() -> None:
    recording = Recording()
    recording.command("x", "7")
    recording.tool("w", "write_stdin", call="c2", arguments={"session_id": 7, "chars": "q\n", "yield_time_ms": 250})
    recording.tool_end("w", {"type": "direct_response", "response_item": {"output": "bye"}})
    trace = recording.graph()
    operation = operation_of(trace, 2)
    assert operation.terminal_id == "terminal_session:terminal_operation:1"
    assert operation.request == StdinRequest("q\n", 250)
    assert operation.result.stdout == "bye"


@pytest.mark.parametrize(
    ("result", "stdout", "stderr", "exit_code"),
    [
        ({"type": "code_mode_response", "value": {"output": "o", "exit_code": 3}}, "o", "", 3),
        ({"type": "code_mode_response", "value": ["a"]}, '["a"]', "", None),
        ({"type": "code_mode_response", "value": [{"text": "a"}, {"text": "b"}]}, "a\nb", "", None),
        ({"type": "error", "error": "gone"}, "", "gone", None),
        ({"type": "direct_response", "response_item": {"k": 1}}, '{"k":1}', "", None),
    ],
)
def test_results_of_writes_come_in_several_forms(result, stdout, stderr, exit_code) -> None:
    recording = Recording()
    recording.tool("w", "write_stdin", call="c2", arguments={"session_id": "s"})
    recording.tool_end("w", result)
    found = operation_of(recording.graph(), 1).result
    assert (found.stdout, found.stderr, found.exit_code) == (stdout, stderr, exit_code)


def test_a_resolved_target_moves_the_write_to_the_command_it_reached() -> None:
    recording = Recording()
    recording.command("w", "1", "write_stdin")
    recording.command("x", "2")
    recording.event(StdinTargetResolved(tool_call_id="w", exec_tool_call_id="x"))
    sessions = recording.graph().terminal_sessions
    assert {name: session.operation_ids for name, session in sessions.items()} == {
        "terminal_session:terminal_operation:2": ["terminal_operation:2", "terminal_operation:1"]
    }


def test_a_target_within_its_own_session_moves_nothing() -> None:
    recording = Recording()
    recording.command("x", "1")
    recording.event(StdinTargetResolved(tool_call_id="x", exec_tool_call_id="x"))
    (session,) = recording.graph().terminal_sessions.values()
    assert session.operation_ids == ["terminal_operation:1"]


def test_process_ids_begin_anew_when_a_thread_resumes() -> None:
    recording = Recording()
    recording.command("x", "1")
    recording.event(Ended(thread_id="T", status="completed"))
    recording.event(ThreadResumed(thread_id="T"))
    recording.command("w", "1", "write_stdin")
    assert len(recording.graph().terminal_sessions) == 2


# Code cells


def test_a_cell_waits_for_its_source_and_then_has_all_that_came_meanwhile() -> None:
    recording = Recording()
    recording.request("i1", [user("a")])
    started = recording.cell("1", "c1")
    recording.tool("nested", cell="1")
    ended = recording.cell_end("1")
    assert recording.graph().code_cells == {}, "queued: its source is not known"
    recording.done("i1", [script("c1")])
    cell = recording.graph().code_cells[CodeCellId("code_cell:c1")]
    assert cell.source_item_id == "conversation_item:2"
    assert (cell.execution.started_seq, cell.execution.ended_seq) == (started, ended)
    assert cell.nested_tool_call_ids == ["nested"]
    assert cell.initial_response_status is None
    assert cell.initial_response_seq == ended


def test_the_output_of_a_cell_has_its_tool_and_its_cell_as_producers() -> None:
    recording = Recording()
    recording.request("i1", [user("a")])
    recording.done("i1", [script("c1")])
    recording.tool("c1", "other", call="c1")
    recording.cell("1", "c1")
    recording.request("i2", [user("a"), script("c1"), script_output("c1")])
    trace = recording.graph()
    kinds = [type(producer).__name__ for producer in trace.conversation_items["conversation_item:3"].produced_by]  # type: ignore[index]
    assert kinds == ["ToolProducer", "CodeCellProducer"]
    assert tool_of(trace, "c1").started_code_cell_id == "code_cell:c1"


def test_a_wait_is_linked_to_the_cell_that_it_polls() -> None:
    recording = Recording()
    recording.request("i1", [user("a")])
    recording.done("i1", [script("c1")])
    recording.cell("1", "c1")
    recording.tool("w", "other", call="c2", arguments={"cell_id": "1"}, other_name="wait")
    assert recording.graph().code_cells[CodeCellId("code_cell:c1")].wait_tool_call_ids == ["w"]


@pytest.mark.parametrize(
    ("turn", "runtime", "execution"),
    [
        ("completed", "yielded", "running"),
        ("cancelled", "terminated", "cancelled"),
        ("failed", "failed", "failed"),
        ("aborted", "terminated", "cancelled"),
    ],
)
def test_a_turn_that_is_interrupted_ends_its_cells(turn, runtime, execution) -> None:
    recording = Recording()
    recording.request("i1", [user("a")])
    recording.done("i1", [script("c1")])
    recording.cell("1", "c1")
    recording.cell_response("1", "yielded")
    recording.end_turn(turn)
    cell = recording.graph().code_cells[CodeCellId("code_cell:c1")]
    assert (cell.runtime_status, cell.execution.status) == (runtime, execution)
