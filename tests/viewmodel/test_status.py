"""The status line: what it says, and what it gives up when the screen is narrow."""

from __future__ import annotations

import pytest

from tui.analysis.recording_state import RecordingState, RecordingWord
from tui.analysis.tokens import Tokens
from tui.model.delta import TraceDelta
from tui.model.execution import ExecutionWindow
from tui.model.ids import CodexTurnId, InferenceCallId, RawPayloadId, ThreadId
from tui.model.objects import InferenceCall, TokenUsage
from tui.model.trace import RolloutTrace
from tui.schema.sequence import SharedSequence
from tui.viewmodel.status import StatusFacts, TokenMeter, nothing_yet, short_id, status_line

FACTS = StatusFacts(
    "01a2b3c4d5e6f294",
    RecordingState("live", ""),
    agents=4,
    events=1312,
    seq=1312,
    lag_ms=40,
    tokens=Tokens(12_000, output=400, requests=3),
    problems=2,
)


def text(facts: StatusFacts, width: int) -> str:
    return "".join(span.text for span in status_line(facts, width, len))


def test_a_live_recording() -> None:
    line = text(FACTS, 110)
    assert line.startswith(" rollout 01a2…f294  ● LIVE  4 agents  1,312 events  12.4k tok  seq 1312  lag 40ms ")
    assert line.endswith(" ▲ 2 problems ")


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_the_line_fills_the_width_exactly(width: int) -> None:
    assert len(text(FACTS, width)) == width


def test_a_narrow_screen_keeps_what_matters_most() -> None:
    line = text(FACTS, 60)
    assert "● LIVE  4 agents" in line
    assert "▲ 2 problems" in line
    assert "lag" not in line


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (FACTS._replace(recording=RecordingState("loading", ""), progress=0.426), "◔ loading 42%"),
        (
            FACTS._replace(recording=RecordingState("loading", ""), progress=0.426, is_reading_again=True),
            "◔ reading again 42% · what is shown is from before",
        ),
        (FACTS._replace(recording=RecordingState("waiting", "")), "◌ WAITING"),
        (FACTS._replace(recording=RecordingState("waiting", f"short; {'long ' * 30}")), "◌ WAITING · short  4 agents"),
        (FACTS._replace(recording=RecordingState("cut off", "")), "✗ CUT OFF"),
        (FACTS._replace(recording=RecordingState("ended", "")), "✓ ENDED"),
        (FACTS._replace(is_paused=True), "‖ PAUSED"),
        (FACTS._replace(held_bytes=120), "unfinished line of 120 B"),
        (FACTS._replace(problems=1), "▲ 1 problem "),
    ],
)
def test_states_are_told_by_glyph_and_word(facts: StatusFacts, words: str) -> None:
    assert words in text(facts, 140)


def test_no_problem_is_not_worth_a_word() -> None:
    assert "problem" not in text(FACTS._replace(problems=0), 120)


def test_an_id_from_the_recording_cannot_drive_the_terminal() -> None:
    assert short_id("\x1b]0;x") == "␛]0;x"
    assert short_id("short") == "short"


def test_tokens_are_counted_once_however_often_a_call_changes() -> None:
    trace = RolloutTrace(schema_version=2, trace_id="t", rollout_id="r", started_at_unix_ms=0, root_thread_id="T")
    call = InferenceCall(
        inference_call_id=InferenceCallId("I"),
        thread_id=ThreadId("T"),
        codex_turn_id=CodexTurnId("U"),
        execution=ExecutionWindow(0, 1),
        model="m",
        provider_name="p",
        response_id=None,
        upstream_request_id=None,
        request_item_ids=SharedSequence(),
        response_item_ids=[],
        tool_call_ids_started_by_response=[],
        usage=None,
        raw_request_payload_id=RawPayloadId("raw_payload:1"),
        raw_response_payload_id=None,
    )
    trace.inference_calls[call.inference_call_id] = call
    delta = TraceDelta(inference_calls={call.inference_call_id})
    meter = TokenMeter()
    meter.apply(trace, delta)
    assert meter.total == Tokens(requests=1, without_usage=1, open=1)
    call.usage = TokenUsage(1_000, 900, 0, 50, 10)
    meter.apply(trace, delta)
    meter.apply(trace, delta)
    assert meter.total == Tokens(1_000, 900, 50, 10, requests=1)


@pytest.mark.parametrize(
    ("state", "fault", "word"),
    [
        ("loading", None, "Reading"),
        ("live", None, "Waiting for the first event"),
        ("waiting", None, "Waiting for the first event"),
        ("cut off", None, "cut off before its first event"),
        ("ended", None, "ended without an agent"),
        ("live", "trace.jsonl\x1b[2J: permission denied", "trace.jsonl␛[2J: permission denied"),
    ],
)
def test_an_empty_timeline_says_why(state: RecordingWord, fault: str | None, word: str) -> None:
    assert word in nothing_yet(state, fault)
