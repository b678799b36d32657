"""Ends that come twice: a repeat of what was said, or the end of a second object with the same id."""

from __future__ import annotations

import pytest

from tui.analysis.recording.once_events import OnceEvents
from tui.schema.events import EventPayload, InferenceFailed, InferenceStarted
from tui.schema.payloads import PayloadKind, RawPayloadRef

REQUEST = RawPayloadRef("raw_payload:1", PayloadKind("inference_request"), "payloads/1.json")
START = InferenceStarted(
    inference_call_id="a",
    thread_id="root",
    codex_turn_id="turn",
    model="m",
    provider_name="p",
    request_payload=REQUEST,
)
END = InferenceFailed(inference_call_id="a", error="503")


@pytest.mark.parametrize(
    ("events", "repeated"),
    [
        ([START, END], []),
        ([START, END, END], [3]),
        ([START, END, START, END], []),
        ([START, START, END, END], []),
        ([START, END, START, END, END], [5]),
    ],
    ids=["once", "said twice", "one after the other", "side by side", "one more than starts"],
)
def test_each_start_with_an_id_has_its_end(events: list[EventPayload], repeated: list[int]) -> None:
    once = OnceEvents()
    told = [line for line, event in enumerate(events, start=1) if once.repeated_by(event, line)]
    assert told == repeated
