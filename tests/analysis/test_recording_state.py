"""The word for a recording, and the line that proves it."""

from __future__ import annotations

import pytest

from tui.analysis.state.recording import (
    LIVE_MS,
    RecordingFacts,
    coarse_age,
    milliseconds_to_next_age,
    recording_state,
)

QUIET = RecordingFacts(is_caught_up=True, quiet_ms=192_000, newest_unix_ms=1_700_000_000_000)
HELD = QUIET._replace(writer="holds", writer_name="process 4711 (codex)")
GONE = QUIET._replace(writer="gone")
SILENT = QUIET._replace(is_session_over=True, have_agents_ended=True)
DAYS = 9 * 86_400_000


@pytest.mark.parametrize(
    ("facts", "word", "evidence"),
    [
        (QUIET._replace(is_caught_up=False), "loading", "the log has not been read to its end yet"),
        (QUIET._replace(quiet_ms=LIVE_MS - 1), "live", "the log grew within the last 20 seconds"),
        (HELD._replace(quiet_ms=0), "live", "the log grew within the last 20 seconds"),
        (HELD, "waiting", "process 4711 (codex) holds the log, quiet 3m"),
        (HELD._replace(writer_name=""), "waiting", "a process holds the log, quiet 3m"),
        (
            HELD._replace(held_bytes=1_312),
            "waiting",
            "process 4711 (codex) holds the log, quiet 3m, an unfinished line of 1,312 bytes",
        ),
        (HELD._replace(has_events=False), "waiting", "process 4711 (codex) holds the log, no event yet"),
        (GONE._replace(has_events=False), "waiting", "nobody has the log open, no event yet"),
        (QUIET, "waiting", "it is unknown who writes, quiet 3m"),
        (QUIET._replace(quiet_ms=DAYS), "waiting", "it is unknown who writes, quiet, last event on 2023-11-14"),
        (
            QUIET._replace(writer_name="a nfs4 file system does not show who writes"),
            "waiting",
            "a nfs4 file system does not show who writes, quiet 3m",
        ),
        (HELD._replace(awaited=("payloads/12.json",)), "waiting", "payloads/12.json is still being written"),
        (HELD._replace(quiet_ms=0, awaited=("a", "b", "c")), "waiting", "a and 2 more are still being written"),
        (HELD._replace(quiet_ms=0, fault="trace.jsonl: is gone"), "waiting", "trace.jsonl: is gone"),
        (HELD._replace(fault="trace.jsonl: is gone", awaited=("a",)), "waiting", "trace.jsonl: is gone"),
        (GONE, "cut off", "no end, nobody has the log open, last event 3m ago"),
        (GONE._replace(quiet_ms=2_000), "cut off", "no end, nobody has the log open, last event <10s ago"),
        (GONE._replace(quiet_ms=DAYS), "cut off", "no end, nobody has the log open, last event on 2023-11-14"),
        (
            GONE._replace(held_bytes=30),
            "cut off",
            "no end, the last line is torn after 30 bytes, nobody has the log open, last event 3m ago",
        ),
        (
            GONE._replace(is_session_over=True),
            "cut off",
            "the session ended, its recording did not, nobody has the log open, last event 3m ago",
        ),
        (
            GONE._replace(is_end_unread=True),
            "end unread",
            "its last line, which may be the end, is not understood, nobody has the log open, last event 3m ago",
        ),
        (
            GONE._replace(is_end_unread=True, held_bytes=30),
            "cut off",
            "no end, the last line is torn after 30 bytes, nobody has the log open, last event 3m ago",
        ),
        (HELD._replace(is_end_unread=True), "waiting", "process 4711 (codex) holds the log, quiet 3m"),
        (SILENT._replace(writer="gone"), "ended", "the session and all its agents ended"),
        (SILENT._replace(writer="gone", quiet_ms=0), "ended", "the session and all its agents ended"),
        (SILENT, "ended", "the session and all its agents ended"),
        (SILENT._replace(quiet_ms=0), "live", "the log grew within the last 20 seconds"),
        (
            SILENT._replace(writer="holds", writer_name="process 4711 (codex)"),
            "waiting",
            "process 4711 (codex) holds the log, quiet 3m",
        ),
        (
            SILENT._replace(writer="gone", held_bytes=9),
            "cut off",
            "the session ended, its recording did not, the last line is torn after 9 bytes, nobody has the log open, "
            "last event 3m ago",
        ),
        (
            SILENT._replace(writer="gone", schema_version=3),
            "cut off",
            "the session ended, its recording did not, nobody has the log open, last event 3m ago",
        ),
        (GONE._replace(is_closed=True), "ended", "recording_completed was written"),
        (HELD._replace(is_closed=True, schema_version=1), "ended", "the session and all its agents ended"),
        (
            GONE._replace(is_closed=True, fault="trace.jsonl: is gone"),
            "ended",
            "recording_completed was written; trace.jsonl: is gone",
        ),
    ],
)
def test_each_state_has_its_evidence(facts: RecordingFacts, word: str, evidence: str) -> None:
    assert recording_state(facts) == (word, evidence)


@pytest.mark.parametrize("quiet_ms", [LIVE_MS, 10 * LIVE_MS, 100 * DAYS])
@pytest.mark.parametrize("facts", [QUIET, HELD])
def test_no_silence_is_long_enough_to_call_a_recording_cut_off(facts: RecordingFacts, quiet_ms: int) -> None:
    assert recording_state(facts._replace(quiet_ms=quiet_ms)).word == "waiting"


@pytest.mark.parametrize("newest", [None, -(2**63), 2**63 - 1])
def test_absurd_times_are_no_error(newest: int | None) -> None:
    assert recording_state(GONE._replace(quiet_ms=DAYS, newest_unix_ms=newest)).word == "cut off"


@pytest.mark.parametrize(
    ("milliseconds", "age", "left"),
    [
        (-5, "<10s", 10_000),
        (9_999, "<10s", 1),
        (21_000, "20s", 9_000),
        (60_000, "1m", 60_000),
        (3_599_999, "59m", 1),
        (2 * 3_600_000, "2h", 3_600_000),
        (5 * 86_400_000 + 1, "5d", 86_399_999),
    ],
)
def test_ages_change_rarely_and_it_is_known_when(milliseconds: int, age: str, left: int) -> None:
    assert coarse_age(milliseconds) == age
    assert milliseconds_to_next_age(milliseconds) == left
    assert coarse_age(max(0, milliseconds) + left) != age


@pytest.mark.parametrize(
    ("facts", "is_over"),
    [
        (QUIET._replace(is_caught_up=False), False),
        (QUIET._replace(quiet_ms=0), False),
        (HELD, False),
        (GONE, True),
        (SILENT._replace(writer="gone"), True),
    ],
    ids=["loading", "live", "waiting", "cut off", "ended"],
)
def test_only_an_ended_or_cut_off_recording_is_over(facts: RecordingFacts, is_over: bool) -> None:
    assert recording_state(facts).is_over is is_over
