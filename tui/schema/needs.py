"""Which payload bodies the reducer will ask for, told from the event alone, so that they can be read ahead."""

from __future__ import annotations

from tui.schema.events import (
    CompactionInstalled,
    HistoryItemAccepted,
    InferenceCancelled,
    InferenceCompleted,
    InferenceFailed,
    InferenceStarted,
    KnownEvent,
    ProtocolEventObserved,
    ThreadStarted,
    ToolCallRuntimeEnded,
    ToolCallRuntimeStarted,
    ToolCallStarted,
    UnknownEvent,
)
from tui.schema.payloads import RawPayloadRef

RUNTIME_START_KINDS = frozenset({"exec_command", "write_stdin", "assign_agent_task", "send_message", "close_agent"})
"""Tool kinds whose runtime start is read (reducer rules §§9.1, 10.2)."""

_CONFIRMS_WAITS = 3
"""Since this schema an event says which code cell a call waits for; before, the call's invocation does."""


def item_payloads(payload: KnownEvent | UnknownEvent) -> list[RawPayloadRef]:
    """References to payloads that hold lists of model items, and that the reducer reads.

    It reads them leniently, so that one odd item hides no others; a strict reader refuses them as a whole.
    """
    found: RawPayloadRef | None
    match payload:
        case InferenceStarted(request_payload=request, warmup_context_payload=warmup):
            found = warmup or request
        case InferenceCompleted(response_payload=ref) | CompactionInstalled(checkpoint_payload=ref):
            found = ref
        case InferenceFailed(partial_response_payload=ref) | InferenceCancelled(partial_response_payload=ref):
            found = ref
        case _:
            found = None
    return [] if found is None else [found]


def always_needed(payload: KnownEvent | UnknownEvent, schema_version: int | None) -> list[RawPayloadRef]:
    """References that the reducer reads whatever came before, or nearly always, in a bundle of that generation.

    A reader may fetch these ahead. The reducer's own `needs` has the last word: it knows the state, and may ask for
    more (a tool's result, when that is all there is of a terminal operation) or for less (protocol events, which the
    graph takes nothing from).
    """
    match payload:
        case ToolCallStarted(invocation_payload=ref, kind=kind):
            found = ref if (schema_version or 0) < _CONFIRMS_WAITS or kind.type == "write_stdin" else None
        case ThreadStarted(metadata_payload=ref) | ProtocolEventObserved(event_payload=ref):
            found = ref
        case ToolCallRuntimeEnded(runtime_payload=ref):
            found = ref
        case ToolCallRuntimeStarted(runtime_payload=ref, kind=kind):
            found = ref if kind is None or kind.type in RUNTIME_START_KINDS else None
        case HistoryItemAccepted(agent_message_payload=message, tool_output_payload=output):
            found = message or output
        case _:
            return item_payloads(payload)
    return [] if found is None else [found]
