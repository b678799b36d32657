"""Accepted history: which items entered a thread's durable record, and when (reducer rules §4)."""

from __future__ import annotations

import msgspec

from tui.model.conversation import OUTPUT_KINDS, ToolProducer
from tui.model.ids import RawPayloadId, ThreadId
from tui.reducer import agents
from tui.reducer.bodies import body_of
from tui.reducer.candidate import Candidate
from tui.reducer.context import infer_context
from tui.reducer.conversation import Sighting, create_item, is_acceptable, mark_accepted, normalize
from tui.reducer.problem import Problem
from tui.reducer.repeated_calls import tool_of_item
from tui.reducer.state import ReducerState
from tui.reducer.steps import finish
from tui.schema.events import HistoryItemAccepted
from tui.schema.payloads import RawPayloadRef

_NO_RECEIPT = "when the item entered the history is unknown"
_NOT_YET = "the item is shown once a request carries it"


def accept_item(state: ReducerState, event: HistoryItemAccepted) -> None:
    """Record an acceptance; a message or a tool's output that no request has shown yet becomes an item now."""
    if state.moment.thread_id is None:
        infer_context(state, None)
    thread_id = state.moment.thread_id
    if thread_id is None:
        raise Problem("no-context", "history acceptance has no thread", _NO_RECEIPT, event.item_id)
    state.thread(thread_id, "a history acceptance")
    thread = state.threads[thread_id]
    moment, responses_id = state.moment, event.item_id
    receipt = thread.receipts.setdefault(responses_id, (moment.at_unix_ms, moment.seq, responses_id))
    if event.agent_message_payload is None:  # what another agent sent may come at any time
        state.trace.evidence.newest_acceptances[thread_id] = state.moment.seq
    for item_id in thread.items_by_responses_id.get(event.item_id, ()):
        mark_accepted(state, state.trace.conversation_items[item_id], receipt)
    ref = event.agent_message_payload or event.tool_output_payload  # either may hold either sort
    if ref is not None and is_news(state, thread_id, event.item_id):
        _create_stub(state, *_accepted(state, thread_id, event.item_id, ref))


def is_news(state: ReducerState, thread_id: ThreadId, responses_id: str) -> bool:
    """Whether an acceptance is of an item that is not known, so that its payload is read.

    Since schema 3 another sort of item does not count as known by having the id.
    """
    thread = state.threads.get(thread_id)
    known = () if thread is None else thread.items_by_responses_id.get(responses_id, ())
    if not state.rules.accepts_outputs:
        return not known
    return not any(is_acceptable(state.rules, state.trace.conversation_items[item_id]) for item_id in known)


def _accepted(
    state: ReducerState, thread_id: ThreadId, responses_id: str, ref: RawPayloadRef
) -> tuple[Candidate, Sighting]:
    """The item in the payload of an acceptance; raises `Problem` if it is not the one that was accepted."""
    raw = msgspec.Raw(body_of(state, ref, _NOT_YET))
    sighting = Sighting(thread_id, state.moment.codex_turn_id, RawPayloadId(ref.raw_payload_id), "message")
    try:
        candidates = finish(normalize(state, [raw], sighting))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError) as error:
        message = f"payload {ref.raw_payload_id} ({ref.place}) is not JSON: {error}"
        raise Problem("payload-invalid", message, _NOT_YET, ref.raw_payload_id) from error
    for candidate in candidates:
        if candidate.responses_id == responses_id and is_acceptable(state.rules, candidate):
            return candidate, sighting
    message = f"accepted item payload {ref.raw_payload_id} does not match {responses_id}"
    raise Problem("acceptance-mismatch", message, _NOT_YET, responses_id)


def _create_stub(state: ReducerState, candidate: Candidate, sighting: Sighting) -> None:
    """Make an item that the next list to show it will use (reducer rules §4.1, schema 3 notes §6.2)."""
    item = create_item(state, candidate, sighting)
    state.threads[sighting.thread_id].accepted_stubs[item.responses_item_id or ""] = item.item_id
    if item.kind not in OUTPUT_KINDS:
        agents.resolve_for_item(state, item)
        return
    tool_id = tool_of_item(state, item, item.kind, item.call_id) if item.call_id is not None else None
    if tool_id is not None:
        state.append(item, "produced_by", ToolProducer(tool_id))
