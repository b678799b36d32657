"""The owner of a recording: batches in, graph changes out, whatever the slices."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.conftest import DEMO_BUNDLES
from tui.analysis.state.recording import LIVE_MS
from tui.bundle.log.writers import writer_of
from tui.bundle.open import open_bundle
from tui.bundle.write.writer import BundleWriter
from tui.model.delta import TraceDelta
from tui.model.encode import encode_trace
from tui.schema.events import RecordingCompleted, RolloutEnded, RolloutStarted, ThreadEnded, ThreadStarted
from tui.source.batch import BatchLimits, TraceBatch
from tui.source.reading import read_batches
from tui.store import TraceStore


class Clock:
    """A clock that moves a fixed step each time somebody looks."""

    def __init__(self, step: float = 0.0) -> None:
        self.now = 0.0
        self.step = step

    def __call__(self) -> float:
        self.now += self.step
        return self.now


def batches_of(path: Path, limits: BatchLimits | None = None) -> list[TraceBatch]:
    bundle = open_bundle(path)
    return list(read_batches(bundle, TraceStore(bundle).payloads, limits))


def recorded(path: Path, *, schema_version: int = 2, clock_ms: int = 1_000) -> BundleWriter:
    writer = BundleWriter(
        path, root_thread_id="T", trace_id="trace", schema_version=schema_version, clock=lambda: clock_ms
    )
    writer.append(RolloutStarted(trace_id="trace", root_thread_id="T"))
    writer.append(ThreadStarted(thread_id="T", agent_path="/root"))
    return writer


def loaded(path: Path, clock: Clock, wall_clock_seconds: float = 1_000_000.0) -> TraceStore:
    store = TraceStore(open_bundle(path), clock=clock, wall_clock=lambda: wall_clock_seconds)
    store.load_all()
    return store


def graph(store: TraceStore) -> bytes:
    return b"".join(encode_trace(store.trace))


def test_slices_of_any_length_give_the_graph_of_one_read(demo_bundle: Path) -> None:
    whole = TraceStore(open_bundle(demo_bundle))
    whole.load_all()
    sliced = TraceStore(open_bundle(demo_bundle), clock=Clock(step=1.0))
    for batch in batches_of(demo_bundle, BatchLimits(first_lines=3, lines=7)):
        sliced.enqueue(batch)
    deltas = 0
    while sliced.has_pending:
        sliced.advance(budget_seconds=2.5)
        deltas += 1
    assert deltas > 1
    assert graph(sliced) == graph(whole)
    assert sliced.diagnostics == whole.diagnostics
    assert sliced.event_log.counts == whole.event_log.counts


def test_a_slice_ends_when_its_budget_is_spent_but_always_gets_on(demo_bundles: Path) -> None:
    path = sorted(demo_bundles.glob("*/manifest.json"))[0].parent
    store = TraceStore(open_bundle(path), clock=Clock(step=1.0))
    store.enqueue(batches_of(path, BatchLimits(first_lines=500))[0])
    store.advance(budget_seconds=0.0)
    assert len(store.event_log) == 1
    assert store.has_pending


def test_the_deltas_of_all_slices_name_everything_in_the_graph(demo_bundle: Path) -> None:
    store = TraceStore(open_bundle(demo_bundle), clock=Clock(step=1.0))
    seen = TraceDelta()
    for batch in batches_of(demo_bundle):
        store.enqueue(batch)
    while store.has_pending:
        seen.merge(store.advance(budget_seconds=3.0))
    assert seen.threads == set(store.trace.threads)
    assert seen.tool_calls == set(store.trace.tool_calls)
    assert seen.conversation_items >= set(store.trace.conversation_items)


def test_a_recording_that_said_so_is_complete(tmp_path: Path) -> None:
    with recorded(tmp_path / "b") as writer:
        writer.append(RecordingCompleted())
    assert loaded(tmp_path / "b", Clock()).state == "ended"


def test_schema_one_is_complete_when_the_session_and_every_agent_ended(tmp_path: Path) -> None:
    with recorded(tmp_path / "b", schema_version=1) as writer:
        writer.append(RolloutEnded(status="completed"))
        assert loaded(tmp_path / "b", Clock()).state == "waiting"
        writer.append(ThreadEnded(thread_id="T", status="completed"))
    assert loaded(tmp_path / "b", Clock()).state == "ended"


@pytest.mark.parametrize(("age_seconds", "state"), [(1.0, "live"), (LIVE_MS / 1000 + 1, "waiting"), (-5.0, "live")])
def test_an_open_log_lives_if_its_newest_event_is_young(tmp_path: Path, age_seconds: float, state: str) -> None:
    with recorded(tmp_path / "b", clock_ms=1_000_000):
        assert loaded(tmp_path / "b", Clock(), wall_clock_seconds=1_000.0 + age_seconds).state == state


def test_a_log_without_end_that_nobody_holds_was_cut_off_however_young(tmp_path: Path) -> None:
    recorded(tmp_path / "b", clock_ms=1_000_000).close()
    store = loaded(tmp_path / "b", Clock(), wall_clock_seconds=1_003.0)
    assert store.recording[:2] == ("cut off", "no end, nobody has the log open, last event <10s ago")


def test_growth_wakes_a_waiting_recording_and_silence_calms_it_again(tmp_path: Path) -> None:
    writer = recorded(tmp_path / "b")
    clock = Clock()
    store = loaded(tmp_path / "b", clock)
    assert store.recording[:2] == ("waiting", "this program holds the log, quiet, last event on 1970-01-01")
    writer.append(ThreadEnded(thread_id="T", status="completed"))
    *_, last = batches_of(tmp_path / "b", BatchLimits(first_lines=2))
    store.enqueue(last)
    store.advance()
    assert store.state == "live"
    clock.now += LIVE_MS / 1000 + 1
    assert store.state == "waiting"
    writer.close()
    store.note_writer(store.source.writer(), time.time_ns())
    assert store.state == "cut off"


def test_a_recorder_that_never_holds_its_log_is_never_called_gone(tmp_path: Path) -> None:
    path = tmp_path / "b"
    recorded(path).close()
    clock = Clock()
    store = loaded(path, clock)
    assert store.state == "cut off"
    *_, last = batches_of(path, BatchLimits(first_lines=1))
    last.modified_ns = time.time_ns()
    store.enqueue(last)
    store.advance()
    assert store.state == "live"
    clock.now += LIVE_MS / 1000
    store.note_writer(writer_of(path / "trace.jsonl"), time.time_ns())
    assert store.recording[:2] == ("waiting", "the log is opened for each event, quiet 20s")


def test_nothing_read_yet_is_loading(tmp_path: Path) -> None:
    recorded(tmp_path / "b").close()
    assert TraceStore(open_bundle(tmp_path / "b")).state == "loading"


def test_a_replaced_log_starts_the_graph_again(tmp_path: Path) -> None:
    recorded(tmp_path / "b").close()
    store = loaded(tmp_path / "b", Clock())
    generation, index = store.generation, store.index
    (again,) = batches_of(tmp_path / "b")
    again.restarted = True
    store.enqueue(again)
    store.advance()
    assert store.generation == generation + 1
    assert store.index is not index
    assert len(store.event_log) == 2
    assert list(store.trace.threads) == ["T"]


def test_a_restart_drops_what_was_read_before_it_but_not_reduced(tmp_path: Path) -> None:
    recorded(tmp_path / "b").close()
    store = TraceStore(open_bundle(tmp_path / "b"))
    (old,) = batches_of(tmp_path / "b")
    (again,) = batches_of(tmp_path / "b")
    again.restarted = True
    store.enqueue(old)
    store.enqueue(again)
    while store.has_pending:
        store.advance()
    assert len(store.event_log) == 2


def test_reading_through_keeps_no_bodies_behind_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    store = TraceStore(open_bundle(DEMO_BUNDLES / "agents"))
    dropped_at: list[int] = []
    monkeypatch.setattr(store.payloads, "forget", lambda: dropped_at.append(store.reduced_to))
    store.load_all()
    assert dropped_at == [store.bytes_total]
