"""Which payloads a payload is a part of (schema 3 notes §3): prompts share their items, items their pictures."""

from __future__ import annotations

from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.kinds.naming import name_of
from tui.model.noderef import NodeRef
from tui.model.trace import RolloutTrace
from tui.schema.payloads import RawPayloadRef


def users_of_part(trace: RolloutTrace, payload_id: str) -> list[RawPayloadRef]:
    """The payloads that name a payload as one of their own parts, in the order of the log.

    Prompts repeat the parts of the one before, so an index of all this would grow with the square of a session; asked
    for one payload, it takes a pass over the payloads.
    """
    known: dict[int, int | None] = {}

    def is_wanted(part: RawPayloadRef) -> bool:
        return part.raw_payload_id == payload_id

    return [
        ref
        for ref in list(trace.raw_payloads.values())
        if len(ref.parts) and ref.parts.first_place(is_wanted, known) is not None
    ]


def requests_by_prompt(trace: RolloutTrace, index: TraceIndex) -> dict[str, str]:
    """The name of the request that each prepared prompt went into, by the id of the prompt: `request 3 of /root`."""
    return {
        call.prepared_prompt_payload_id: name_of(trace, index, NodeRef("inference", call.inference_call_id))
        for call in list(trace.inference_calls.values())
        if isinstance(call.prepared_prompt_payload_id, str)
    }
