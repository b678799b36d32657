"""Two calls with one id are two calls: each with its own end, result, items and request."""

from __future__ import annotations

import pytest

from tests.reducer.recording import Recording, call, output, user
from tui.model.ids import ToolCallId
from tui.model.objects import ToolCall
from tui.model.trace import RolloutTrace
from tui.reducer.reducer import TraceReducer


def tool(trace: RolloutTrace, name: str) -> ToolCall:
    return trace.tool_calls[ToolCallId(name)]


def run(recording: Recording, text: str, code: int) -> None:
    """The runtime and the answer of one command."""
    recording.runtime_end("c", {"command": ["x"], "exit_code": code, "aggregated_output": text, "process_id": None})
    recording.tool_end("c", {"type": "direct_response"}, "failed" if code else "completed")


BEGUN = {"command": ["make"], "cwd": "/", "process_id": None}


def begin(recording: Recording) -> None:
    recording.tool("c", call="c")
    recording.runtime("c", BEGUN)


def results(trace: RolloutTrace) -> list[tuple[str, str, int | None, str]]:
    found: list[tuple[str, str, int | None, str]] = []
    for name, one in trace.tool_calls.items():
        operation = trace.terminal_operations[one.terminal_operation_id]  # type: ignore[index]  # each has one
        assert operation.result is not None
        found.append((name, one.execution.status, operation.result.exit_code, operation.result.stdout))
    return found


TWO = [("c", "completed", 0, "one"), ("c~2", "failed", 7, "two")]


def test_event_needs_what_the_call_that_it_means_needs() -> None:
    """The invocation of a message is read with its end, also where an earlier call of another kind has the same id."""
    recording = Recording(1)
    recording.tool("c", call="c")
    recording.runtime("c", BEGUN)
    run(recording, "one", 0)
    recording.tool("c", call="c", kind="send_message", arguments={"target": "a", "message": "hello"})
    recording.runtime("c", {"call_id": "c"})
    recording.runtime_end("c", {"call_id": "c"})
    reducer = TraceReducer(recording.manifest)
    *before, end = recording.lines
    for line in before:
        reducer.apply(line, recording.bodies)
    sent = tool(reducer.trace, "c~2").raw_invocation_payload_id
    assert sent is not None
    assert sent in [ref.raw_payload_id for ref in reducer.needs(end)]


def test_later_call_leaves_the_first_as_it_was() -> None:
    recording = Recording()
    first, second = call("c", '{"cmd": "one"}'), call("c", '{"cmd": "two"}')
    recording.request("i1", [user("go")])
    recording.done("i1", [first])
    begin(recording)
    run(recording, "one", 0)
    recording.request("i2", [user("go"), first, output("c", "one")])
    recording.done("i2", [second])
    begin(recording)
    run(recording, "two", 7)
    recording.request("i3", [user("go"), first, output("c", "one"), second, output("c", "two")])
    trace = recording.reduce().trace
    assert results(trace) == TWO
    asked = {name: one.tool_call_ids_started_by_response for name, one in trace.inference_calls.items()}
    assert asked == {"i1": ["c"], "i2": ["c~2"], "i3": []}
    items = trace.conversation_items
    for name, text in (("c", "one"), ("c~2", "two")):
        (call_item,), (output_item,) = (
            tool(trace, name).model_visible_call_item_ids,
            tool(trace, name).model_visible_output_item_ids,
        )
        assert text in items[call_item].body.parts[0].summary  # type: ignore[union-attr]  # arguments are JSON
        assert items[output_item].body.parts[0].text == text  # type: ignore[union-attr]  # outputs are text
        assert [one.tool_call_id for one in items[output_item].produced_by] == [name]  # type: ignore[union-attr]  # tools
    windows = [one.execution for one in trace.tool_calls.values()]
    assert [one.ended_seq - one.started_seq for one in windows] == [3, 3]  # type: ignore[operator]  # both ended


@pytest.mark.parametrize("interleaved", [True, False])
def test_calls_of_one_response_go_in_order(*, interleaved: bool) -> None:
    recording = Recording()
    first, second = call("c", '{"cmd": "one"}'), call("c", '{"cmd": "two"}')
    recording.request("i1", [user("go")])
    recording.done("i1", [first, second])
    if interleaved:
        recording.tool("c", call="c")
        recording.tool("c", call="c")
        recording.runtime("c", BEGUN)
        recording.runtime("c", BEGUN)
    else:
        begin(recording)
        begin(recording)
    run(recording, "one", 0)
    run(recording, "two", 7)
    recording.request("i2", [user("go"), first, second, output("c", "one"), output("c", "two")])
    trace = recording.reduce().trace
    assert results(trace) == TWO
    assert [len(one.model_visible_call_item_ids) for one in trace.tool_calls.values()] == [1, 1]
    assert [len(one.model_visible_output_item_ids) for one in trace.tool_calls.values()] == [1, 1]
    assert trace.inference_calls["i1"].tool_call_ids_started_by_response == ["c", "c~2"]  # type: ignore[index]  # plain ids


def test_every_repeated_call_is_found_and_told() -> None:
    recording = Recording()
    for number in range(30):
        begin(recording)
        run(recording, f"{number}", 0)
    reducer = recording.reduce()
    assert [text for *_, text in results(reducer.trace)] == [f"{number}" for number in range(30)]
    assert [found.code for found in reducer.diagnostics] == ["call-id-repeated"] * 29
    assert reducer.diagnostics[0].object_id == "c~2"
