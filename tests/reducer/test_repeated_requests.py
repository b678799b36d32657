"""Two requests with one id are two requests: each with its own end and answer."""

from __future__ import annotations

import pytest

from tests.reducer.recording import Recording, answer, user
from tui.model.ids import RawPayloadId
from tui.model.trace import RolloutTrace
from tui.schema.events import (
    CompactionRequestCompleted,
    CompactionRequestFailed,
    CompactionRequestStarted,
    InferenceFailed,
)


def ends(trace: RolloutTrace) -> dict[str, tuple[str, str]]:
    """How each request ended, and its words if it failed."""
    texts = {str(name): text for name, text in trace.evidence.failure_texts.items()}
    statuses: dict[str, str] = {name: call.execution.status for name, call in trace.inference_calls.items()}
    statuses |= {name: request.execution.status for name, request in trace.compaction_requests.items()}
    return {name: (status, texts.get(name, "")) for name, status in statuses.items()}


def test_second_request_of_an_id_fails_alone() -> None:
    recording = Recording()
    recording.request("r", [user("one")])
    recording.done("r", [answer("first")])
    recording.request("r", [user("two")])
    recording.event(InferenceFailed(inference_call_id="r", error="closed"))
    reducer = recording.reduce()
    assert ends(reducer.trace) == {"r": ("completed", ""), "r~2": ("failed", "closed")}
    assert [found.code for found in reducer.diagnostics] == ["call-id-repeated"]


@pytest.mark.parametrize("before", [0, 1])
def test_first_end_belongs_to_the_first_open_request(before: int) -> None:
    recording = Recording()
    for number in range(before + 2):
        recording.request("r", [user(str(number))])
    for number in range(before + 2):
        recording.done("r", [answer(f"answer {number}")], f"response {number}")
    calls = recording.reduce().trace.inference_calls.values()
    assert [call.response_id for call in calls] == [f"response {number}" for number in range(before + 2)]


def test_compaction_requests_of_one_id_are_each_kept() -> None:
    recording = Recording()
    for number, error in enumerate(("", "busy")):
        body = recording.payload("compaction_request", {"input": []})
        same = {"compaction_id": f"c{number}", "compaction_request_id": "compaction_request:1"}
        recording.event(
            CompactionRequestStarted(
                **same, thread_id="T", codex_turn_id="U", model="m", provider_name="p", request_payload=body
            )
        )
        recording.event(
            CompactionRequestFailed(**same, error=error)
            if error
            else CompactionRequestCompleted(**same, response_payload=body)
        )
    trace = recording.reduce().trace
    assert ends(trace) == {
        "compaction_request:1": ("completed", ""),
        "compaction_request:1~2": ("failed", "busy"),
    }
    first, second = trace.compaction_requests.values()
    assert (first.compaction_id, second.compaction_id) == ("c0", "c1")
    assert first.raw_response_payload_id == RawPayloadId(first.raw_request_payload_id)
