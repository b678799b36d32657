"""Accepted history: which items entered a thread's durable record, and when (reducer rules §4)."""

from __future__ import annotations

import msgspec

from tui.model.ids import ItemId, RawPayloadId, ThreadId
from tui.reducer import agents
from tui.reducer.conversation import Sighting, create_item, mark_accepted, normalize
from tui.reducer.problem import Problem
from tui.reducer.state import ReducerState
from tui.reducer.steps import finish
from tui.schema.events import HistoryItemAccepted
from tui.schema.payloads import RawPayloadRef

_NO_RECEIPT = "when the item entered the history is unknown"


def accept_item(state: ReducerState, event: HistoryItemAccepted) -> None:
    """Record an acceptance; a delivered message that no request has shown yet becomes an item now."""
    thread_id = state.moment.thread_id
    if thread_id is None:
        raise Problem("no-context", "history acceptance has no thread", _NO_RECEIPT, event.item_id)
    state.thread(thread_id, "a history acceptance")
    thread = state.threads[thread_id]
    receipt = thread.receipts.setdefault(event.item_id, (state.moment.at_unix_ms, state.moment.seq))
    if event.agent_message_payload is None:  # what another agent sent may come at any time
        state.trace.evidence.newest_acceptances[ThreadId(thread_id)] = state.moment.seq
    known = thread.items_by_responses_id.get(event.item_id)
    if known:
        for item_id in known:
            mark_accepted(state, state.trace.conversation_items[item_id], receipt)
    elif event.agent_message_payload is not None:
        _create_stub(state, event.item_id, event.agent_message_payload)


def _create_stub(state: ReducerState, responses_id: str, ref: RawPayloadRef) -> ItemId:
    moment = state.moment
    assert moment.thread_id is not None  # noqa: S101 - the caller has looked
    consequence = "the message is shown once a request carries it"
    raw = msgspec.Raw(state.body(ref, consequence))
    sighting = Sighting(moment.thread_id, moment.codex_turn_id, RawPayloadId(ref.raw_payload_id), "message")
    try:
        candidates = finish(normalize(state, [raw], sighting))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError) as error:
        message = f"payload {ref.raw_payload_id} ({ref.place}) is not JSON: {error}"
        raise Problem("payload-invalid", message, consequence, ref.raw_payload_id) from error
    fitting = [c for c in candidates if c.agent_message is not None and c.responses_id == responses_id]
    if not fitting:
        message = f"accepted agent message does not match receipt {responses_id}"
        raise Problem("acceptance-mismatch", message, consequence, responses_id)
    item = create_item(state, fitting[0], sighting)
    state.threads[moment.thread_id].accepted_stubs[responses_id] = item.item_id
    agents.resolve_for_item(state, item)
    return item.item_id
