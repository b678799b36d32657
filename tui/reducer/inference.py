"""Inference calls: what was sent to the model and what came back (reducer rules §5)."""

from __future__ import annotations

import contextlib
import hashlib
from typing import Any

import msgspec

from tui.late_decoder import late_decoder
from tui.model.conversation import InferenceProducer
from tui.model.ids import InferenceCallId, ItemId, RawPayloadId, ThreadId
from tui.model.objects import InferenceCall
from tui.reducer.bodies import decode_body
from tui.reducer.candidate import Candidate
from tui.reducer.conversation import Sighting, normalize, reconcile
from tui.reducer.history import joined, nothing_repeated, remember, repeated_start, rest_after, sight_repeated
from tui.reducer.matching import KnownItems, NamedItems
from tui.reducer.problem import Problem
from tui.reducer.repeated_calls import tool_of_item
from tui.reducer.repeated_requests import name_of_request, refuse_same_request, request_meant
from tui.reducer.repeated_turns import turn_meant
from tui.reducer.state import ReducerState
from tui.reducer.steps import Steps, is_step_over
from tui.reducer.thread_state import RequestHead
from tui.reducer.usage import note_usage
from tui.reducer.visible import show_all
from tui.schema.events import (
    ExecutionStatus,
    InferenceCancelled,
    InferenceCompleted,
    InferenceFailed,
    InferenceStarted,
)
from tui.schema.oddity import UNRECORDED
from tui.schema.payloads import RawPayloadRef
from tui.schema.sequence import SharedSequence

_TOOLS_TYPE = b'"additional_tools"'
_TYPE_IS_WITHIN = 256
"""Bytes of an item in which recorders write its type: it comes first."""

_DIGEST_BYTES = 16

_NO_REQUEST = "what this call sent to the model is unknown"
_NO_RESPONSE = "what the model answered in this call is unknown"


class _Request(msgspec.Struct, frozen=True, gc=False):
    input: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    previous_response_id: Any = None
    instructions: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    tools: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    reasoning: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    text: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    tool_choice: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    parallel_tool_calls: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET

    @property
    def settings(self) -> tuple[bytes, ...]:
        """How the model is to answer."""
        return tuple(map(_bytes_of, (self.reasoning, self.text, self.tool_choice, self.parallel_tool_calls)))


class _ToolsItem(msgspec.Struct, frozen=True, gc=False):
    type: str = ""
    tools: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


class _Response(msgspec.Struct, frozen=True, gc=False):
    output_items: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    token_usage: Any = msgspec.UNSET


_request_decoder = late_decoder(_Request)
_tools_item_decoder = late_decoder(_ToolsItem)
_response_decoder = late_decoder(_Response)
_list_decoder = msgspec.json.Decoder(list[msgspec.Raw])


def start_inference(state: ReducerState, event: InferenceStarted) -> Steps[None]:
    """Reduce a request; a call whose request cannot be read is there with nothing sent."""
    given = InferenceCallId(event.inference_call_id)
    refuse_same_request(state, given, state.trace.inference_calls, "inference", event.request_payload)
    inference_id = name_of_request(state, given, state.trace.inference_calls, "inference")
    thread_id = ThreadId(event.thread_id)
    turn_id = turn_meant(state, event.codex_turn_id, thread_id)
    if state.rules.has_prepared_prompts:
        _check_evidence(state, event)
    state.turn(turn_id, thread_id, f"inference start {inference_id}")
    call = InferenceCall(
        inference_call_id=inference_id,
        thread_id=thread_id,
        codex_turn_id=turn_id,
        execution=state.window(),
        model=state.shared(event.model),
        provider_name=state.shared(event.provider_name),
        response_id=None,
        upstream_request_id=None,
        request_item_ids=SharedSequence(),
        response_item_ids=[],
        tool_call_ids_started_by_response=[],
        usage=None,
        raw_request_payload_id=RawPayloadId(event.request_payload.raw_payload_id),
        raw_response_payload_id=None,
    )
    _note_prompt(state, call, event)
    try:
        shown = event.warmup_context_payload or event.request_payload
        call.request_item_ids = yield from _reduce_request(state, call, shown)
    finally:
        state.trace.inference_calls[inference_id] = call
        state.running_inferences.setdefault(turn_id, set()).add(inference_id)
        state.delta.inference_calls.add(inference_id)


def _is_same_end(
    state: ReducerState, call: InferenceCall, event: InferenceCompleted | InferenceFailed | InferenceCancelled
) -> bool:
    """Whether this end comes again in a log in which starts do; in any other log the reference applies it again."""
    if not state.finding_counts["duplicate-start"] or call.execution.ended_at_unix_ms != state.moment.at_unix_ms:
        return False
    ref = event.response_payload if isinstance(event, InferenceCompleted) else event.partial_response_payload
    return ref is not None and ref.raw_payload_id == call.raw_response_payload_id


def end_inference(state: ReducerState, event: InferenceCompleted | InferenceFailed | InferenceCancelled) -> Steps[None]:
    """Reduce the end of a call: completed, failed or cancelled, with what had arrived."""
    call = request_meant(state, InferenceCallId(event.inference_call_id), state.trace.inference_calls)
    if call is None:
        message = f"inference completion referenced unknown call {event.inference_call_id}"
        raise Problem("unknown-inference", message, "its response is not in the graph", event.inference_call_id)
    if _is_same_end(state, call, event):
        return
    if isinstance(event, InferenceCompleted):
        yield from _end(state, call, "completed", event.response_payload, event.response_id, event.upstream_request_id)
        return
    status: ExecutionStatus
    if isinstance(event, InferenceFailed):
        status, text = "failed", event.error
    else:
        status, text = "cancelled", event.reason
    state.trace.evidence.failure_texts[call.inference_call_id] = text
    state.newest_failures[call.codex_turn_id] = text
    yield from _end(state, call, status, event.partial_response_payload, None, event.upstream_request_id)


def close_inference(state: ReducerState, inference_id: InferenceCallId, status: ExecutionStatus) -> None:
    """End a running call because its turn ended (reducer rules §3.2)."""
    call = state.trace.inference_calls[inference_id]
    state.end(call, status)
    state.delta.inference_calls.add(inference_id)


def _check_evidence(state: ReducerState, event: InferenceStarted) -> None:
    """Report a request whose payloads are not what the event calls them (schema 3 notes §4)."""
    inference_id = event.inference_call_id
    if event.prepared_prompt_payload is None:
        message = f"inference {inference_id} has no prepared prompt"
        consequence = "what the agent put together before the request is not shown"
        state.report_once("no-prepared-prompt", "no-prepared-prompt", message, consequence, inference_id)
    for ref, kind in (
        (event.request_payload, "inference_request"),
        (event.prepared_prompt_payload, "prepared_prompt"),
        (event.warmup_context_payload, "warmup_context"),
    ):
        if ref is not None and ref.kind.type not in (kind, UNRECORDED):
            message = f"inference {inference_id} has mislabeled request evidence: {ref.kind.type} for {kind}"
            consequence = "it is used as its event says"
            state.report_once(("kind", kind, ref.kind.type), "mislabeled-payload", message, consequence, inference_id)


def _note_prompt(state: ReducerState, call: InferenceCall, event: InferenceStarted) -> None:
    """Keep what a request comes with beside its body; nothing of it is in the conversation (schema 3 notes §6.1)."""
    if event.prepared_prompt_payload is not None:
        call.prepared_prompt_payload_id = RawPayloadId(event.prepared_prompt_payload.raw_payload_id)
    if event.warmup_context_payload is not None:
        warmup_id = RawPayloadId(event.warmup_context_payload.raw_payload_id)
        state.trace.evidence.warmup_payloads[call.inference_call_id] = warmup_id


# Requests


def _reduce_request(state: ReducerState, call: InferenceCall, ref: RawPayloadRef) -> Steps[SharedSequence[ItemId]]:
    """Reduce the body of a request, or the warm-up context that represents it."""
    request: _Request = decode_body(state, ref, _request_decoder, _NO_REQUEST, lists=("input",))
    raw_input = _array(request.input, f"inference request payload {ref.raw_payload_id}", "input", _NO_REQUEST)
    sighting = Sighting(call.thread_id, call.codex_turn_id, RawPayloadId(ref.raw_payload_id), "input")
    if isinstance(request.previous_response_id, str):
        ids = yield from _incremental(state, call, sighting, raw_input, request.previous_response_id)
    else:
        ids = yield from _full(state, sighting, raw_input)
    thread = state.threads[call.thread_id]
    if ref.raw_payload_id == call.raw_request_payload_id:
        _compare_head(state, call, request)
    else:
        thread.head = None  # a warm-up context has the items alone
    thread.snapshot = ids
    thread.owner = call.inference_call_id
    return ids


def _compare_head(state: ReducerState, call: InferenceCall, request: _Request) -> None:
    """Note what is before the items in the model's input and differs from the thread's request before."""
    thread = state.threads[call.thread_id]
    before = thread.head
    own = _bytes_of(request.tools)
    tools = (own, *thread.item_tools) if own else thread.item_tools
    head = RequestHead(call.model, _bytes_of(request.instructions), tools, request.settings)
    if before is not None and isinstance(request.previous_response_id, str):
        # It continues a response: what it does not say again is as before.
        settings = tuple(now or then for now, then in zip(head.settings, before.settings, strict=True))
        head = RequestHead(head.model, head.instructions or before.instructions, tools or before.tools, settings)
    if before is not None and head != before:
        changed = tuple(name for name, now, then in zip(head._fields, head, before, strict=True) if _differ(now, then))
        if changed:
            state.trace.evidence.changed_heads[call.inference_call_id] = changed
    thread.head = head


def _differ(now: object, then: object) -> bool:
    """Whether two parts of heads say something else, and not only have other blanks between their values."""
    return now != then and _without_blanks(now) != _without_blanks(then)


def _without_blanks(part: object) -> object:
    if isinstance(part, tuple):
        return [_without_blanks(one) for one in part]
    return msgspec.json.format(part, indent=-1) if isinstance(part, bytes) and part else part


def _tools_in(items: list[msgspec.Raw]) -> tuple[bytes, ...]:
    """The definitions in the items that bring tools to the model (`additional_tools`, which the graph leaves out)."""
    found: list[bytes] = []
    for raw in items:
        if _TOOLS_TYPE in bytes(memoryview(raw)[:_TYPE_IS_WITHIN]):
            with contextlib.suppress(msgspec.MsgspecError, ValueError):
                item = _tools_item_decoder.decode(raw)
                found += [_bytes_of(item.tools)] if item.type == "additional_tools" else []
    return tuple(found)


def _bytes_of(raw: msgspec.Raw | msgspec.UnsetType) -> bytes:
    return b"" if raw is msgspec.UNSET else bytes(raw)


def _full(state: ReducerState, sighting: Sighting, raw_input: memoryview) -> Steps[SharedSequence[ItemId]]:
    """A request that holds the whole conversation (reducer rules §5.3)."""
    thread = state.threads[sighting.thread_id]
    replaced = thread.pending_replacement
    known = thread.repeated_history if replaced is None and thread.snapshot_is_distinct else None
    repeated = repeated_start(known, raw_input) or nothing_repeated()
    rest = _list_decoder.decode(rest_after(raw_input, repeated))
    tools = _tools_in(rest)
    if tools or not repeated.positions:
        thread.item_tools = tools
    candidates = yield from normalize(state, rest, sighting, repeated.positions)
    base = thread.snapshot if replaced is None else SharedSequence(replaced)
    items = KnownItems(state, base, repeated.count)
    sight_repeated(state, sighting.thread_id, base, repeated.count)
    yield from items.prepare_full_request(candidates)
    chosen = yield from reconcile(state, candidates, sighting, items.full_request)
    _note_sent(state, candidates, chosen, rest, repeated.positions)
    yield from show_all(state, sighting.thread_id, chosen)
    thread.pending_replacement = None
    thread.snapshot_is_distinct = not items.repeats
    thread.repeated_history = remember(raw_input, repeated, candidates, len(rest))
    return joined(base, repeated.count, chosen)


def _incremental(
    state: ReducerState, call: InferenceCall, sighting: Sighting, raw_input: memoryview, previous: str
) -> Steps[SharedSequence[ItemId]]:
    """A request that holds only what is new after the response `previous` (reducer rules §5.4)."""
    thread = state.threads[sighting.thread_id]
    prefix = yield from _prefix_of(state, call, previous)
    raw_items = _list_decoder.decode(raw_input)
    candidates = yield from normalize(state, raw_items, sighting)
    items = KnownItems(state, thread.snapshot, len(prefix))
    chosen = yield from reconcile(state, candidates, sighting, items.appended)
    _note_sent(state, candidates, chosen, raw_items, 0)
    yield from show_all(state, sighting.thread_id, chosen)
    thread.snapshot_is_distinct = thread.snapshot_is_distinct and not items.taken
    thread.repeated_history = None
    return prefix.extended(chosen)


def _note_sent(
    state: ReducerState, candidates: list[Candidate], chosen: list[ItemId], raw_items: list[msgspec.Raw], first: int
) -> None:
    """Keep what of the bytes says that an item was sent before; `first` is the place of the first of `raw_items`."""
    digests = state.trace.evidence.sent_digests
    for candidate, item_id in zip(candidates, chosen, strict=True):
        if item_id not in digests:
            raw = memoryview(raw_items[candidate.position - first])
            digests[item_id] = hashlib.blake2b(raw, digest_size=_DIGEST_BYTES).digest()


def _prefix_of(state: ReducerState, call: InferenceCall, previous: str) -> Steps[SharedSequence[ItemId]]:
    """What the model had seen when it gave the response `previous`; the last known state if that is not recorded."""
    known = state.inferences_by_response_id.get((call.thread_id, previous))
    if not known:
        request = f"incremental inference request {call.inference_call_id}"
        state.report(
            "previous-response-unknown",
            f"{request} referenced unknown previous_response_id {previous}",
            "the beginning of this prompt was not recorded",
            severity="warning",
            object_id=call.inference_call_id,
        )
        state.trace.evidence.unrecorded_beginnings[call.inference_call_id] = previous
        return state.threads[call.thread_id].snapshot
    earlier = state.trace.inference_calls[min(known)]
    unrecorded = state.trace.evidence.unrecorded_beginnings
    if earlier.inference_call_id in unrecorded:
        unrecorded[call.inference_call_id] = unrecorded[earlier.inference_call_id]
    yield from show_all(state, call.thread_id, earlier.response_item_ids)
    return earlier.request_item_ids.extended(earlier.response_item_ids)


# Responses


def _end(
    state: ReducerState,
    call: InferenceCall,
    status: ExecutionStatus,
    ref: RawPayloadRef | None,
    response_id: str | None,
    upstream_request_id: str | None,
) -> Steps[None]:
    try:
        if ref is not None:
            yield from _reduce_response(state, call, ref)
    finally:
        _rename_response(state, call, response_id)
        if upstream_request_id is not None:
            call.upstream_request_id = upstream_request_id
        if call.execution.is_open:
            state.end(call, status)
            state.running_inferences.get(call.codex_turn_id, set()).discard(call.inference_call_id)
        if ref is not None:
            call.raw_response_payload_id = RawPayloadId(ref.raw_payload_id)
        state.delta.inference_calls.add(call.inference_call_id)


def _reduce_response(state: ReducerState, call: InferenceCall, ref: RawPayloadRef) -> Steps[None]:
    response: _Response = decode_body(state, ref, _response_decoder, _NO_RESPONSE, lists=("output_items",))
    where = f"inference response payload {ref.raw_payload_id}"
    raw_items = _array(response.output_items, where, "output_items", _NO_RESPONSE)
    producer = InferenceProducer(call.inference_call_id)
    payload_id = RawPayloadId(ref.raw_payload_id)
    sighting = Sighting(call.thread_id, call.codex_turn_id, payload_id, "output_items", (producer,))
    candidates = yield from normalize(state, _list_decoder.decode(raw_items), sighting)
    named = NamedItems(state, call.thread_id)
    chosen = yield from reconcile(state, candidates, sighting, named.response)
    yield from _store_response(state, call, chosen)
    note_usage(state, call, ref, response.token_usage)
    thread = state.threads[call.thread_id]
    thread.snapshot_is_distinct = thread.snapshot_is_distinct and not named.taken
    if state.rules.responses_join_at_once:
        yield from show_all(state, call.thread_id, chosen)
        thread.snapshot = thread.snapshot.extended(chosen)
    elif thread.owner == call.inference_call_id and thread.pending_replacement is None:
        thread.snapshot = call.request_item_ids.extended(chosen)


def _store_response(state: ReducerState, call: InferenceCall, chosen: list[ItemId]) -> Steps[None]:
    by_item = state.inferences_by_response_item
    for position, item_id in enumerate(call.response_item_ids):
        by_item[item_id] = tuple(name for name in by_item[item_id] if name != call.inference_call_id)
        if is_step_over(position):
            yield
    call.response_item_ids = chosen
    alone = (call.inference_call_id,)
    for position, item_id in enumerate(chosen):
        known = by_item.setdefault(item_id, alone)
        if known is not alone:
            by_item[item_id] = (*known, call.inference_call_id)
        _await_link(state, item_id)
        if is_step_over(position):
            yield


def _await_link(state: ReducerState, item_id: ItemId) -> None:
    """The tool of a call item is linked to this response when one of its call items is seen again (§7.4)."""
    item = state.trace.conversation_items[item_id]
    tool_id = tool_of_item(state, item, item.kind, item.call_id) if item.call_id is not None else None
    if tool_id is not None:
        for call_item_id in state.trace.tool_calls[tool_id].model_visible_call_item_ids:
            thread_id = state.trace.conversation_items[call_item_id].thread_id
            state.threads[thread_id].awaiting_effect.add(call_item_id)


def _rename_response(state: ReducerState, call: InferenceCall, response_id: str | None) -> None:
    names = state.inferences_by_response_id
    if call.response_id is not None:
        key = (call.thread_id, call.response_id)
        names[key] = tuple(name for name in names[key] if name != call.inference_call_id)
    call.response_id = response_id
    if response_id is not None:
        key = (call.thread_id, response_id)
        names[key] = (*names.get(key, ()), call.inference_call_id)


def _array(raw: msgspec.Raw | msgspec.UnsetType, where: str, name: str, consequence: str) -> memoryview:
    if raw is msgspec.UNSET:
        raise Problem("payload-invalid", f"{where} did not contain {name}", consequence)
    view = memoryview(raw)
    if bytes(view[:1]) != b"[":
        raise Problem("payload-invalid", f"{where} had non-array {name}", consequence)
    return view
