"""Compaction: a thread's history is replaced by a shorter one (reducer rules §6)."""

from __future__ import annotations

from typing import Any

import msgspec

from tui.late_decoder import late_decoder
from tui.model.conversation import CompactionProducer
from tui.model.ids import CodexTurnId, CompactionId, CompactionRequestId, RawPayloadId, ThreadId
from tui.model.objects import Compaction, CompactionRequest
from tui.reducer.bodies import decode_body
from tui.reducer.candidate import Candidate
from tui.reducer.content_key import content_key
from tui.reducer.conversation import Sighting, create_item, no_known_item, normalize, reconcile
from tui.reducer.matching import KnownItems
from tui.reducer.problem import Problem
from tui.reducer.repeated_requests import name_of_request, refuse_same_request, request_meant
from tui.reducer.repeated_turns import name_of_compaction, turn_meant
from tui.reducer.state import ReducerState
from tui.reducer.steps import Steps
from tui.reducer.visible import show_all
from tui.schema.events import (
    CompactionInstalled,
    CompactionRequestCompleted,
    CompactionRequestFailed,
    CompactionRequestStarted,
)

_NOT_SHOWN = "the compaction is not in the graph"


class _Checkpoint(msgspec.Struct, frozen=True, gc=False):
    input_history: list[msgspec.Raw]
    replacement_history: list[msgspec.Raw]


_checkpoint_decoder: msgspec.json.Decoder[Any] = late_decoder(_Checkpoint)


def start_request(state: ReducerState, event: CompactionRequestStarted) -> None:
    """Create a running compaction request."""
    given = CompactionRequestId(event.compaction_request_id)
    known = state.trace.compaction_requests
    refuse_same_request(state, given, known, "compaction request", event.request_payload)
    request_id = name_of_request(state, given, known, "compaction request")
    thread_id = ThreadId(event.thread_id)
    turn_id = turn_meant(state, event.codex_turn_id, thread_id)
    state.turn(turn_id, thread_id, f"compaction request {request_id}")
    state.trace.compaction_requests[request_id] = CompactionRequest(
        compaction_request_id=request_id,
        compaction_id=CompactionId(event.compaction_id),
        thread_id=thread_id,
        codex_turn_id=turn_id,
        execution=state.window(),
        model=event.model,
        provider_name=event.provider_name,
        raw_request_payload_id=RawPayloadId(event.request_payload.raw_payload_id),
        raw_response_payload_id=None,
    )
    state.compaction_request_ids.setdefault(event.compaction_id, []).append(request_id)
    state.delta.compaction_requests.add(request_id)


def end_request(state: ReducerState, event: CompactionRequestCompleted | CompactionRequestFailed) -> None:
    """Set the end of a compaction request."""
    request_id = CompactionRequestId(event.compaction_request_id)
    request = request_meant(state, request_id, state.trace.compaction_requests)
    if request is None:
        message = f"compaction request completion referenced unknown request {request_id}"
        raise Problem("unknown-compaction-request", message, "its outcome is not in the graph", request_id)
    request_id = request.compaction_request_id
    if request.compaction_id != event.compaction_id:
        started = f"but start used {request.compaction_id}"
        message = f"compaction request {request_id} completion used compaction {event.compaction_id}, {started}"
        state.report("compaction-mismatch", message, "the compaction named at the start counts", object_id=request_id)
    if isinstance(event, CompactionRequestCompleted):
        state.end(request, "completed")
        request.raw_response_payload_id = RawPayloadId(event.response_payload.raw_payload_id)
    else:
        state.trace.evidence.failure_texts[request_id] = event.error
        state.end(request, "failed")
        request.raw_response_payload_id = None
    state.delta.compaction_requests.add(request_id)


def install(state: ReducerState, event: CompactionInstalled) -> Steps[None]:
    """Record what was compacted, the boundary, and what replaces it from the next full request on."""
    given = CompactionId(event.compaction_id)
    thread_id, turn_id = _context(state, given)
    compaction_id = name_of_compaction(state, given)
    state.turn(turn_id, thread_id, f"compaction install {compaction_id}")
    lists = ("input_history", "replacement_history")
    checkpoint: _Checkpoint = decode_body(state, event.checkpoint_payload, _checkpoint_decoder, _NOT_SHOWN, lists=lists)
    payload_id = RawPayloadId(event.checkpoint_payload.raw_payload_id)
    producer = (CompactionProducer(compaction_id),)
    before = Sighting(thread_id, turn_id, payload_id, "input_history")
    after = Sighting(thread_id, turn_id, payload_id, "replacement_history", producer)
    # Both lists are normalised before either is reconciled: a bad item in the second is found first (§2).
    old = yield from normalize(state, checkpoint.input_history, before)
    new = yield from normalize(state, checkpoint.replacement_history, after)
    known = KnownItems(state, state.threads[thread_id].snapshot)
    yield from known.prepare_first_unused(old)
    input_ids = yield from reconcile(state, old, before, known.first_unused)
    marker = create_item(state, _marker(), after)
    replacement_ids = yield from reconcile(state, new, after, no_known_item)
    yield from show_all(state, thread_id, [*input_ids, marker.item_id, *replacement_ids])
    state.threads[thread_id].pending_replacement = replacement_ids
    state.trace.compactions[compaction_id] = Compaction(
        compaction_id=compaction_id,
        thread_id=thread_id,
        codex_turn_id=turn_id,
        installed_at_unix_ms=state.moment.at_unix_ms,
        marker_item_id=marker.item_id,
        request_ids=[CompactionRequestId(name) for name in sorted(state.compaction_request_ids.get(compaction_id, ()))],
        input_item_ids=input_ids,
        replacement_item_ids=replacement_ids,
    )
    state.delta.compactions.add(compaction_id)


def _context(state: ReducerState, compaction_id: CompactionId) -> tuple[ThreadId, CodexTurnId]:
    moment = state.moment
    if moment.thread_id is None or moment.codex_turn_id is None:
        missing = "thread id" if moment.thread_id is None else "codex turn id"
        message = f"compaction installed event {compaction_id} did not include a {missing}"
        raise Problem("no-context", message, _NOT_SHOWN, compaction_id)
    return moment.thread_id, moment.codex_turn_id


def _marker() -> Candidate:
    return Candidate(
        responses_id=None,
        role="assistant",
        channel=None,
        kind="compaction_marker",
        agent_message=None,
        parts=[],
        call_id=None,
        tool_name=None,
        position=0,
        key=content_key("assistant", None, "compaction_marker", None, None, []),
        repeatable=True,
    )
