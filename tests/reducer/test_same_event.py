"""An event that the log holds again counts once; two objects of one id are told apart by when they began."""

from __future__ import annotations

import msgspec
import pytest

from tests.reducer.recording import Recording, answer, encoded, user
from tui.schema.decode import EventLine
from tui.schema.events import CompactionRequestStarted


def work(schema: int) -> Recording:
    """One turn with a request, a command and a script."""
    recording = Recording(schema)
    recording.request("i", [user("go")])
    recording.done("i", [answer("done")], "r")
    recording.tool("c", call="c", arguments={"cmd": "ls"})
    recording.tool("bare")
    recording.tool_end("c")
    recording.tool_end("bare")
    recording.cell("1", "x")
    recording.event(
        CompactionRequestStarted(
            compaction_id="k",
            compaction_request_id="q",
            thread_id="T",
            codex_turn_id="U",
            model="m",
            provider_name="p",
            request_payload=recording.payload("compaction_request", {"input": []}),
        )
    )
    recording.end_turn()
    return recording


@pytest.mark.parametrize("schema", [2, 3])
@pytest.mark.parametrize("order", ["each line twice", "the whole log twice"])
def test_log_that_repeats_itself_counts_once(schema: int, order: str) -> None:
    recording = work(schema)
    once = encoded(recording.reduce())
    lines = recording.lines
    recording.lines = lines + lines if order == "the whole log twice" else [line for line in lines for _ in range(2)]
    assert encoded(recording.reduce()) == once


def test_same_events_under_new_numbers_count_once() -> None:
    recording = Recording()
    recording.request("i", [user("go")])
    recording.done("i", [answer("done")])
    lines, recording.lines = recording.lines, []
    for line in lines:
        assert isinstance(line, EventLine)
        for _ in range(2):
            event = msgspec.structs.replace(line.event, seq=len(recording.lines) + 1)
            recording.lines.append(EventLine(event.seq, event))
    trace = recording.reduce().trace
    assert (list(trace.codex_turns), list(trace.inference_calls), len(trace.conversation_items)) == (["U"], ["i"], 2)


def test_calls_of_one_moment_with_payloads_of_their_own_are_two() -> None:
    recording = Recording()
    for folder in ("a", "b"):
        recording.tool("ls", arguments={"cmd": f"ls {folder}"})
        recording.lines[-1] = EventLine(4, msgspec.structs.replace(recording.lines[-1].event, wall_time_unix_ms=40))  # type: ignore[union-attr]
    assert list(recording.reduce().trace.tool_calls) == ["ls", "ls~2"]
