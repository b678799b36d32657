"""Two turns, compactions or scripts with one id are two: each with its own work, end and words."""

from __future__ import annotations

from typing import Any

from tests.reducer.recording import Recording, answer, cell_of, script, script_output, user
from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.links.provenance import cell_dispatched_by, dispatch_of_cell
from tui.model.ids import CodeCellId, CodexTurnId, CompactionId
from tui.model.trace import RolloutTrace
from tui.reducer.reducer import TraceReducer
from tui.schema.events import (
    CodexTurnStarted,
    CompactionRequestCompleted,
    CompactionRequestStarted,
    ProtocolEventObserved,
)


def codes(recording: Recording) -> list[str]:
    return [found.code for found in recording.reduce().diagnostics]


def turns(trace: RolloutTrace) -> dict[str, str]:
    return {name: turn.execution.status for name, turn in trace.codex_turns.items()}


def two_turns(*, first_ends: bool = True) -> Recording:
    recording = Recording()
    recording.request("i1", [user("one")])
    recording.done("i1", [answer("first")])
    if first_ends:
        recording.end_turn()
    recording.event(CodexTurnStarted(codex_turn_id="U", thread_id="T"))
    recording.request("i2", [user("one"), answer("first"), user("two")])
    recording.tool("c")
    recording.failed("i2")
    recording.end_turn("failed")
    return recording


def test_second_turn_of_an_id_fails_alone() -> None:
    recording = two_turns()
    trace = recording.reduce().trace
    assert turns(trace) == {"U": "completed", "U~2": "failed"}
    assert {name: call.codex_turn_id for name, call in trace.inference_calls.items()} == {"i1": "U", "i2": "U~2"}
    assert trace.tool_calls["c"].started_by_codex_turn_id == "U~2"  # type: ignore[index]  # a plain id
    assert codes(recording) == ["call-id-repeated"]


def test_end_belongs_to_the_newest_open_turn() -> None:
    assert turns(two_turns(first_ends=False).reduce().trace) == {"U": "running", "U~2": "failed"}


def test_turns_of_two_agents_with_one_id_are_apart() -> None:
    recording = Recording()
    recording.child("C", "/root/a")
    recording.event(CodexTurnStarted(codex_turn_id="U", thread_id="C"))
    recording.request("i1", [user("of the root")])
    recording.inside("C", "U").request("i2", [user("of the child")])
    recording.end_turn("failed")
    recording.inside("T").end_turn()
    trace = recording.reduce().trace
    assert turns(trace) == {"U": "completed", "turn-C": "running", "U~2": "failed"}
    assert {name: call.codex_turn_id for name, call in trace.inference_calls.items()} == {"i1": "U", "i2": "U~2"}


def test_words_of_a_turn_belong_to_the_one_that_runs() -> None:
    recording = two_turns()
    body = {"type": "task_complete", "turn_id": "U", "error": {"message": "out of credit"}}
    seen = ProtocolEventObserved(event_type="turn_complete", event_payload=recording.payload("protocol_event", body))
    recording.event(seen)
    reading = TraceReducer(recording.manifest, reads_protocol_events=True)
    for line in recording.lines:
        reading.apply(line, recording.bodies)
    facts: Any = reading.trace.evidence.turn_facts
    assert {name: one.error for name, one in facts.items()} == {CodexTurnId("U~2"): "out of credit"}


def test_start_after_first_use_makes_no_other_turn() -> None:
    recording = Recording()
    recording.turn_id = "V"
    recording.request("i1", [user("one")])
    recording.event(CodexTurnStarted(codex_turn_id="V", thread_id="T"))
    assert list(recording.reduce().trace.codex_turns) == ["U", "V"]
    assert codes(recording) == ["turn-not-started", "late-start"]


def test_second_compaction_of_an_id_has_its_own_lists() -> None:
    recording = Recording()
    for number in (1, 2):
        body = recording.payload("compaction_request", {"input": []})
        same = {"compaction_id": "k", "compaction_request_id": f"r{number}"}
        recording.event(
            CompactionRequestStarted(
                **same, thread_id="T", codex_turn_id="U", model="m", provider_name="p", request_payload=body
            )
        )
        recording.event(CompactionRequestCompleted(**same, response_payload=body))
        recording.compact("k", [user(f"old {number}")], [user(f"new {number}")])
    trace = recording.reduce().trace
    assert {name: one.request_ids for name, one in trace.compactions.items()} == {"k": ["r1"], "k~2": ["r2"]}
    assert [one.compaction_id for one in trace.compaction_requests.values()] == ["k", "k~2"]
    texts = [trace.conversation_items[one.input_item_ids[0]].body for one in trace.compactions.values()]
    assert [body.parts[0].text for body in texts] == ["old 1", "old 2"]  # type: ignore[union-attr]  # plain texts
    assert CompactionId("k~2") in trace.compactions


def test_scripts_of_one_call_id_end_each_as_it_did() -> None:
    recording = Recording()
    first, second = script("c", "one()"), script("c", "two()")
    recording.request("i1", [user("go")])
    recording.done("i1", [first])
    recording.tool("c", "other", call="c")
    recording.cell("1", "c")
    recording.cell_end("1")
    recording.tool_end("c", {"type": "direct_response"})
    recording.request("i2", [user("go"), first, script_output("c", "one")])
    recording.done("i2", [second])
    recording.tool("c", "other", call="c")
    recording.cell("2", "c")
    recording.cell_end("2", "failed")
    recording.tool_end("c", {"type": "direct_response"}, "failed")
    recording.request("i3", [user("go"), first, script_output("c", "one"), second, script_output("c", "two")])
    trace = recording.reduce().trace
    cells = {name: (cell.runtime_cell_id, cell.execution.status) for name, cell in trace.code_cells.items()}
    assert cells == {"code_cell:c": ("1", "completed"), "code_cell:c~2": ("2", "failed")}
    items = trace.conversation_items
    texts = [[items[name].body.parts[0].text for name in cell.output_item_ids] for cell in trace.code_cells.values()]  # type: ignore[union-attr]  # outputs are text
    assert texts == [["one"], ["two"]]
    assert cell_of(trace, "c").source_item_id != cell_of(trace, "c~2").source_item_id


def test_scripts_of_one_response_wait_each_for_its_item() -> None:
    recording = Recording()
    recording.request("i1", [user("go")])
    for number in ("1", "2"):
        recording.tool("c", "other", call="c")
        recording.cell(number, "c")
    recording.done("i1", [script("c", "one()"), script("c", "two()")])
    recording.cell_end("2", "failed")
    recording.cell_end("1")
    trace = recording.reduce().trace
    assert [cell.execution.status for cell in trace.code_cells.values()] == ["completed", "failed"]
    index = TraceIndex(trace)
    dispatches = [dispatch_of_cell(index, name) for name in trace.code_cells]
    assert dispatches == ["c", "c~2"]
    assert [cell_dispatched_by(index, tool) for tool in trace.tool_calls.values()] == list(trace.code_cells)
    assert dispatch_of_cell(index, CodeCellId("code_cell:c~3")) is None
