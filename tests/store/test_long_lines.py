"""One event may bring so much that it is reduced in many slices: nothing of it is told before it is done."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from tests.step_clock import StepClock
from tui.bundle.open import open_bundle
from tui.bundle.write.writer import BundleWriter
from tui.model.delta import TraceDelta
from tui.model.encode import encode_trace
from tui.model.ids import ItemId, RawPayloadId
from tui.reducer.steps import STEP_ITEMS
from tui.schema.events import (
    CodexTurnStarted,
    InferenceCompleted,
    InferenceStarted,
    RecordingCompleted,
    RolloutStarted,
    ThreadStarted,
)
from tui.source.batch import TraceBatch
from tui.source.reading import read_batches
from tui.store import TraceStore

MANY = 5 * STEP_ITEMS


def message(number: int) -> dict[str, object]:
    return {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": str(number)}]}


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """A response of very many items, and an event after it."""
    with BundleWriter(tmp_path / "b", root_thread_id="T", trace_id="trace") as writer:
        writer.append(RolloutStarted(trace_id="trace", root_thread_id="T"))
        writer.append(ThreadStarted(thread_id="T", agent_path="/root"), thread_id="T")
        writer.append(CodexTurnStarted(codex_turn_id="U", thread_id="T"), thread_id="T", codex_turn_id="U")
        request = writer.write_payload("inference_request", {"input": []})
        asked = InferenceStarted(
            inference_call_id="i",
            thread_id="T",
            codex_turn_id="U",
            model="m",
            provider_name="p",
            request_payload=request,
        )
        writer.append(asked, thread_id="T", codex_turn_id="U")
        response = writer.write_payload(
            "inference_response", {"output_items": [message(n) for n in range(MANY)], "token_usage": None}
        )
        answered = InferenceCompleted(inference_call_id="i", response_payload=response)
        writer.append(answered, thread_id="T", codex_turn_id="U")
        writer.append(RecordingCompleted())
    return tmp_path / "b"


def batch_of(store: TraceStore) -> TraceBatch:
    (batch, *_) = read_batches(store.source, store.payloads)
    return batch


def graph(store: TraceStore) -> bytes:
    return b"".join(encode_trace(store.trace))


def fresh(bundle: Path) -> TraceStore:
    store = TraceStore(open_bundle(bundle))
    store.load_all()
    return store


def begun(bundle: Path) -> TraceStore:
    """Some steps of the long line are done."""
    store = TraceStore(open_bundle(bundle), clock=StepClock())
    store.enqueue(batch_of(store))
    while len(store.trace.conversation_items) < 2 * STEP_ITEMS:
        store.advance(0.5)
    assert store.is_amid_line
    return store


def test_no_slice_pays_for_a_long_line(bundle: Path) -> None:
    store = TraceStore(open_bundle(bundle), clock=StepClock())
    store.enqueue(batch_of(store))
    items, told = [0], TraceDelta()
    while store.has_pending:
        told.merge(store.advance(0.5))
        items.append(len(store.trace.conversation_items))
        assert told.conversation_items == set() or items[-1] == MANY
    assert max(after - before for before, after in pairwise(items)) <= STEP_ITEMS
    assert told.conversation_items == set(store.trace.conversation_items)
    assert graph(store) == graph(fresh(bundle))


def test_the_index_learns_a_long_line_in_slices_too(bundle: Path) -> None:
    store = begun(bundle)
    while "i" not in store.index.returning_inferences.of(ItemId("conversation_item:1")):
        assert not store.advance(0.5).conversation_items
    assert store.index.payload_users.count(RawPayloadId("raw_payload:2")) < MANY
    while store.has_pending:
        store.advance(0.5)
    assert store.index.payload_users.count(RawPayloadId("raw_payload:2")) > MANY


def test_a_log_that_is_read_again_lets_the_line_be_done_first(bundle: Path) -> None:
    store = begun(bundle)
    again = batch_of(store)
    again.restarted = True
    store.enqueue(again)
    while store.is_amid_line:
        store.advance(0.5)
    assert len(store.trace.conversation_items) == MANY, "what is shown is whole"
    assert store.generation == 1
    while store.has_pending:
        store.advance(0.5)
    assert graph(store) == graph(fresh(bundle))
    assert store.event_log.counts == fresh(bundle).event_log.counts
