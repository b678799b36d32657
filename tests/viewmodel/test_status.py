"""The status line: what it says, and what it gives up when the screen is narrow."""

from __future__ import annotations

import pytest

from tests.conftest import DEMO_BUNDLES
from tui.analysis.requests.tokens import Tokens
from tui.analysis.state.outcome_word import Outcome
from tui.analysis.state.recording import RecordingState, RecordingWord
from tui.bundle.open import open_bundle
from tui.model.delta import TraceDelta
from tui.model.execution import ExecutionWindow
from tui.model.ids import CodexTurnId, InferenceCallId, RawPayloadId, ThreadId
from tui.model.objects import InferenceCall, TokenUsage
from tui.model.trace import RolloutTrace
from tui.schema.sequence import SharedSequence
from tui.store import TraceStore
from tui.viewmodel.frame import status
from tui.viewmodel.frame.status import StatusFacts, TokenMeter, nothing_yet, short_name, status_line

FACTS = StatusFacts(
    "agents",
    RecordingState("live", ""),
    Outcome("running", "a turn is open"),
    "Review the project with helpers.",
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
    line = text(FACTS, 140)
    assert line.startswith(
        " agents  ● running · ● LIVE  4 agents  12.4k tok  lag 40ms  “Review the project with helpers.”  1,312 events"
    )
    assert line.endswith(" ▲ 2 problems ")


def test_number_differing_from_the_count_is_shown() -> None:
    assert "1,312 events  seq" not in text(FACTS, 140)
    assert "  1,312 events  seq 1315 " in text(FACTS._replace(seq=1315), 150)


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_the_line_fills_the_width_exactly(width: int) -> None:
    assert len(text(FACTS, width)) == width


def test_a_narrow_screen_keeps_what_matters_most() -> None:
    line = text(FACTS, 60)
    assert line.startswith(" agents  ● running · ● LIVE  4 agents ")
    assert "▲ 2 problems" in line
    assert "lag" not in line


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (Outcome("failed", "", "stream disconnected"), " agents  ✗ failed: stream disconnected · ■ ENDED  4 agents"),
        (Outcome("failed", "", "long " * 30), f" agents  ✗ failed: {('long ' * 30)[:39]}… · ■ ENDED"),
        (Outcome("succeeded", ""), " agents  ✓ succeeded · ■ ENDED"),
        (Outcome("unknown", ""), " agents  ? unknown · ■ ENDED"),
        (None, " agents  ■ ENDED"),
    ],
)
def test_outcome_is_beside_recording(outcome: Outcome | None, words: str) -> None:
    facts = FACTS._replace(outcome=outcome, recording=RecordingState("ended", ""))
    assert text(facts, 140).startswith(words)


def test_prompt_takes_the_room_there_is() -> None:
    assert "  “Review the project with …” " in text(FACTS, 101)
    assert "“" not in text(FACTS, 80)


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
        (FACTS._replace(recording=RecordingState("cut off", "")), "⊘ CUT OFF"),
        (FACTS._replace(recording=RecordingState("ended", "")), "■ ENDED"),
        (FACTS._replace(is_paused=True), "‖ PAUSED"),
        (FACTS._replace(held_bytes=120), "unfinished line of 120 B"),
        (FACTS._replace(problems=1), "▲ 1 problem "),
    ],
)
def test_states_are_told_by_glyph_and_word(facts: StatusFacts, words: str) -> None:
    assert words in text(facts, 160)


def test_no_problem_is_not_worth_a_word() -> None:
    assert "problem" not in text(FACTS._replace(problems=0), 120)


def test_a_name_cannot_drive_the_terminal() -> None:
    assert short_name("\x1b]0;x") == "␛]0;x"


def test_a_long_name_keeps_both_ends() -> None:
    assert short_name("trace-03027179-9778-46da-a2f4-74dc39ca9fa5-01a21a5d-7c37c283703d") == "trace-0302717…37c283703d"


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


def test_all_requests_are_counted_in_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(status, "REQUESTS_PER_STEP", 5)
    store = TraceStore(open_bundle(DEMO_BUNDLES / "agents"))
    store.load_all()
    all_at_once, in_steps = TokenMeter(), TokenMeter()
    all_at_once.apply(store.trace, TraceDelta(inference_calls=set(store.trace.inference_calls)))
    seen = [(in_steps.total, in_steps.is_counting) for _ in in_steps.count(store.trace)]
    assert seen == [(Tokens(), True)] * ((len(store.trace.inference_calls) - 1) // 5)
    assert (in_steps.total, in_steps.is_counting) == (all_at_once.total, False)


@pytest.mark.parametrize(
    ("state", "fault", "word"),
    [
        ("loading", None, "Reading"),
        ("live", None, "Waiting for the first event"),
        ("waiting", None, "Waiting for the first event"),
        ("cut off", None, "cut off before its first event"),
        ("ended", None, "ended without an agent"),
        ("earlier", None, "No agent had started by this moment"),
        ("live", "trace.jsonl\x1b[2J: permission denied", "trace.jsonl␛[2J: permission denied"),
    ],
)
def test_an_empty_timeline_says_why(state: RecordingWord, fault: str | None, word: str) -> None:
    assert word in nothing_yet(state, fault)


@pytest.mark.parametrize(
    ("width", "end"), [(120, "▲ 12 problems"), (80, "▲ 12 problems"), (60, "▲ 12 problems"), (46, "▲ 12")]
)
def test_number_of_problems_stays_before_the_reason(width: int, end: str) -> None:
    why = "stream disconnected before completion: the connection was closed"
    facts = StatusFacts(
        "fail_midstream", RecordingState("ended", ""), outcome=Outcome("failed", why, ""), problems=12, agents=1
    )
    assert text(facts, width).rstrip().endswith(end)
