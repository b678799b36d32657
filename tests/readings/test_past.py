"""Behind any line a past reading shows what a reading of the log cut there shows, wherever it came from."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

import msgspec
import pytest

from tests.conftest import DEMO_BUNDLES
from tui.analysis.agents.overview import overview_of
from tui.analysis.as_of import later_changes, past_graph
from tui.analysis.problems.listed import DiagnosticTally, ProblemGroups
from tui.analysis.statistics.counts import statistics_of
from tui.bundle.open import open_bundle
from tui.model.noderef import NodeRef
from tui.readings import past as past_module
from tui.readings.past import Past
from tui.schema.sequence import shared_as_list
from tui.schema.until import Until
from tui.store import TraceStore
from tui.viewmodel.conversation.model import ConversationModel
from tui.viewmodel.conversation.scope import scope_of
from tui.viewmodel.timeline import filling
from tui.viewmodel.timeline.model import TimelineModel
from tui.viewmodel.timeline.row import TimelineRow

SMALL = (
    "answer",
    "answer-schema2",
    "failures",
    "failures-schema2",
    "killed",
    "patch",
    "pictures",
    "refused-schema1",
    "terminal",
    "terminal-schema1",
)
"""Recordings that are looked at behind each of their events."""

LARGE = {"agents": 23, "agents-schema1": 17, "code-mode": 13, "compaction": 5, "mcp": 5}
"""Recordings that are looked at behind every so many of their events."""


def loaded(name: str, until: Until | None = None, *, keeps_history: bool = False) -> TraceStore:
    bundle = open_bundle(DEMO_BUNDLES / name)
    store = TraceStore(bundle, keeps_history=keeps_history, clock=lambda: 0.0, wall_clock=lambda: 0.0)
    store.load_all(until)
    return store


def everything(store: TraceStore, model: TimelineModel) -> dict[str, Any]:
    """All that the panes and lists show, and all of the graph, as plain values."""
    trace, index = store.trace, store.index
    model.fold_everything(folded=False)
    rows = [row._asdict() | {"node": str(row.node), "bar": tuple(row.bar(20))} for row in model.rows(0, 10_000)]
    return {
        "graph": msgspec.json.encode(trace, enc_hook=shared_as_list),
        "order": [list(trace.threads), list(trace.conversation_items), list(trace.tool_calls)],
        "timeline": rows,
        "agents": overview_of(trace, index, store.recording),
        "problems": problems(store, model),
        "statistics": statistics_of(trace, index),
        "conversations": [list(conversation(store, name)) for name in trace.threads],
        "log": [list(store.event_log.counts.items()), store.event_log.newest_seq, store.event_log.newest_time_unix_ms],
        "reading": store.reading,
        "recording": store.recording,
    }


def problems(store: TraceStore, model: TimelineModel) -> list[Any]:
    tally, found = DiagnosticTally(), ProblemGroups()
    tally.take(store.diagnostics)
    found.add_diagnostics(tally)
    found.add_story(store.trace, model.tree.troubled)
    return sorted((group.code, sorted(map(str, group.problems))) for group in found.in_order())


def conversation(store: TraceStore, thread_id: str) -> Iterator[Any]:
    shown = ConversationModel(store.trace, store.index, len)
    shown.layout.set_width(80)
    shown.show(scope_of(store.trace, store.index, NodeRef("thread", thread_id)))
    yield from (shown.row(number) for number in range(shown.layout.row_count))


def as_cut(name: str, seq: int) -> dict[str, Any]:
    """What a reading of the log shows that ends behind an event."""
    store = loaded(name, Until(seq=seq))
    return everything(store, TimelineModel(store.trace, store.index, store.diagnostics))


def past_of(store: TraceStore) -> Past:
    """A past reading that has read all, and that the store answers from."""
    past = store.new_past()
    for _ in past.read(lambda: False):
        pass
    store.look_at(past)
    return past


def go(past: Past, seq: int) -> None:
    for _ in chain(past.go(past.place_of(Until(seq=seq))), past.fill()):
        pass


@pytest.mark.parametrize("name", SMALL)
def test_every_event_shows_what_the_cut_log_shows(name: str) -> None:
    """Forwards, backwards and in jumps; a history that was kept while loading serves as well as one read again."""
    kept, read_again = loaded(name, keeps_history=True), loaded(name)
    last = kept.event_log.newest_seq or 0
    wanted = {seq: as_cut(name, seq) for seq in range(1, last)}
    jumps = random.Random(name).choices(range(1, last), k=10)
    every, third = range(1, last), range(1, last, 3)
    half, other_half = range(1, last, 2), range(2, last, 2)
    for store, seqs in (
        (kept, [*every, *reversed(half), *jumps]),
        (read_again, [*third, *reversed(other_half), *jumps]),
    ):
        past = past_of(store)
        for seq in seqs:
            go(past, seq)
            assert everything(store, past.model) == wanted[seq], (seq, store is kept)


@pytest.fixture
def long_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every small recording is a long one: it has checkpoints, and rows and payloads that come later."""
    monkeypatch.setattr(past_module, "LINES_AT_ONCE", 3)
    monkeypatch.setattr(later_changes, "LINES_BETWEEN", 7)
    monkeypatch.setattr(later_changes, "TAIL", -1)
    monkeypatch.setattr(past_graph, "_LATE_AT_ONCE", 2)
    monkeypatch.setattr(past_graph, "_FEW_LATE", 2)


@pytest.mark.usefixtures("long_ways")
@pytest.mark.parametrize("name", SMALL)
def test_far_event_shows_what_the_cut_log_shows(name: str) -> None:
    store = loaded(name, keeps_history=True)
    last = store.event_log.newest_seq or 0
    past = past_of(store)
    for seq in random.Random(name).choices(range(1, last), k=12):
        go(past, seq)
        assert everything(store, past.model) == as_cut(name, seq), seq


@pytest.mark.usefixtures("long_ways")
def test_way_to_a_far_event_leaves_payloads_for_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filling, "FEW_ROWS", 0)
    past = past_of(loaded("agents", keeps_history=True))
    for seq in (180, 60, 250):
        for _ in past.go(past.place_of(Until(seq=seq))):
            pass
        assert past._graph._late["raw_payloads"].is_late


@pytest.mark.usefixtures("long_ways")
def test_rows_of_a_far_moment_come_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filling, "FEW_ROWS", 0)
    monkeypatch.setattr(filling, "ROWS_AT_ONCE", 4)
    store = loaded("agents", keeps_history=True)
    past = past_of(store)
    wanted = {row.node for row in rows_as_cut("agents", 180)}
    for _ in past.go(past.place_of(Until(seq=180))):
        pass
    assert past.lacks_rows
    assert [row.node.kind for row in past.model.rows(0, 10)] == ["thread"]
    assert len(past.trace.raw_payloads) > 0
    for _ in past.fill():
        past.model.fold_everything(folded=False)
        assert {row.node for row in past.model.rows(0, 1_000)} <= wanted
    assert not past.lacks_rows
    past.model.fold_everything(folded=False)
    assert {row.node for row in past.model.rows(0, 1_000)} == wanted


def rows_as_cut(name: str, seq: int) -> Sequence[TimelineRow]:
    store = loaded(name, Until(seq=seq))
    model = TimelineModel(store.trace, store.index, store.diagnostics)
    model.fold_everything(folded=False)
    return model.rows(0, 1_000)


@pytest.mark.parametrize("name", LARGE)
def test_long_recording_shows_what_the_cut_log_shows(name: str) -> None:
    store = loaded(name, keeps_history=True)
    last = store.event_log.newest_seq or 0
    seqs = range(1, last, LARGE[name])
    wanted = {seq: as_cut(name, seq) for seq in seqs}
    past = past_of(store)
    for seq in [*seqs, *reversed(seqs)]:
        go(past, seq)
        assert everything(store, past.model) == wanted[seq], seq
        for near in (seq + 1, seq - 1, seq):
            go(past, near)
        assert everything(store, past.model) == wanted[seq], seq


def test_line_that_was_left_half_done_is_ended() -> None:
    store = loaded("agents")
    past = store.new_past()
    steps = 0
    while past.last_place < 322:
        for _ in past.read(lambda: False):
            steps += 1
            break  # whoever reads gives up after each step
    store.look_at(past)
    assert steps >= 32
    go(past, 180)
    assert everything(store, past.model) == as_cut("agents", 180)


def test_ended_recording_needs_no_reducer_any_more() -> None:
    store = loaded("answer")
    past = past_of(store)
    assert past._again is not None
    assert past._again._reducer.trace.threads == {}
    assert not past.is_outdated
    store.reduced_to += 100
    assert past.is_outdated


def test_recording_without_an_end_can_be_read_on() -> None:
    store = loaded("killed")
    past = past_of(store)
    assert past._again is not None
    assert past._again._reducer.trace.threads
    assert not past.is_outdated


def test_past_reads_no_further_than_the_present() -> None:
    store = loaded("answer")
    store.reduced_to = store.event_log.row(9).offset
    past = store.new_past()
    for _ in past.read(lambda: False):
        pass
    assert past.last_place == 9
    store.reduced_to = store.event_log.row(12).offset
    for _ in past.read(lambda: False):
        pass
    assert past.last_place == 12
