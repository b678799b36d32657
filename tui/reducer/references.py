"""Registers the payloads that events refer to, and the parts that those are made of (schema 3 notes §3)."""

from __future__ import annotations

from tui.model.ids import RawPayloadId
from tui.reducer.state import ReducerState
from tui.schema.oddity import UNRECORDED
from tui.schema.payloads import NO_PARTS, PAYLOAD_KINDS, PartList, RawPayloadRef


def register(state: ReducerState, ref: RawPayloadRef) -> None:
    """Enter the payload that an event refers to, with all its parts, into the graph's list of payloads.

    A prompt nearly always has the parts of the thread's prompt before and some more, which alone are looked at:
    the work follows what is new and not the length of the session.
    """
    _register_one(state, ref)
    parts = ref.parts
    if parts is NO_PARTS:
        return
    stream = (state.moment.thread_id, ref.kind.type)
    before = state.registered_parts.get(stream, NO_PARTS)
    state.registered_parts[stream] = parts
    known = before.shared_prefix_length(parts)
    _share_registered(state, parts, known)
    waiting = parts[known:]
    while waiting:
        part = waiting.pop()
        _register_one(state, part)
        waiting += part.parts


def _share_registered(state: ReducerState, parts: PartList, first: int) -> None:
    """Let a list hold the references that are registered, where its own say the same: items that were accepted.

    From place `first` on; what lies before it was looked at with the list before this one.
    """
    payloads = state.trace.raw_payloads
    for place in range(first, len(parts)):
        part = parts[place]
        registered = payloads.get(RawPayloadId(part.raw_payload_id))
        if registered is not None and registered is not part and registered == part:
            parts.hold(place, registered)


def _register_one(state: ReducerState, ref: RawPayloadRef) -> None:
    payload_id = RawPayloadId(ref.raw_payload_id)
    payloads = state.trace.raw_payloads
    if payload_id in payloads and state.rules.references_must_agree:
        known = payloads[payload_id]
        if known is not ref and known != ref:
            _report_conflict(state, known, ref)
        return
    payloads[payload_id] = ref
    state.delta.raw_payloads.add(payload_id)
    if ref.path is None and ref.shard is None and not state.rules.may_omit_bodies:
        message = f"the reference to payload {payload_id} does not say where its body is"
        consequence = "the body is looked for in the file that has the number of its id"
        state.report_counted("", "reference-without-place", message, consequence, severity="warning")
    if ref.kind.type not in PAYLOAD_KINDS and ref.kind.type != UNRECORDED:
        message = f"payload {payload_id} is of the unknown kind {ref.kind.type}"
        consequence = "it is used as its event says"
        state.report_counted(ref.kind.type, "unknown-payload-kind", message, consequence)


def _report_conflict(state: ReducerState, known: RawPayloadRef, ref: RawPayloadRef) -> None:
    for what, first, later in (
        ("kind", known.kind.type, ref.kind.type),
        ("place", str(known.place), str(ref.place)),
        ("number of parts", len(known.parts), len(ref.parts)),
    ):
        if first != later:
            difference = f"{what} {first}, now {later}"
            break
    else:
        difference = "other parts now"
    message = f"conflicting references for payload {ref.raw_payload_id}: {difference}"
    key = ("conflicting-reference", ref.raw_payload_id)
    state.report_once(key, "conflicting-reference", message, "the first reference is the one shown", ref.raw_payload_id)
