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
    ThreadStarted,
    ToolCallRuntimeEnded,
    ToolCallRuntimeStarted,
    ToolCallStarted,
    UnknownEvent,
)
from tui.schema.payloads import RawPayloadRef

RUNTIME_START_KINDS = frozenset({"exec_command", "write_stdin", "assign_agent_task", "send_message", "close_agent"})
"""Tool kinds whose runtime start is read (reducer rules §§9.1, 10.2)."""


_HOLD_ITEMS = (InferenceStarted, InferenceCompleted, InferenceFailed, InferenceCancelled, CompactionInstalled)


def item_payloads(payload: KnownEvent | UnknownEvent) -> list[RawPayloadRef]:
    """References to payloads that hold model items.

    The reducer reads them leniently, so that one odd item hides no others; a strict reader refuses them as a whole.
    """
    return always_needed(payload) if isinstance(payload, _HOLD_ITEMS) else []


def always_needed(payload: KnownEvent | UnknownEvent) -> list[RawPayloadRef]:
    """References that the reducer reads whatever came before, or nearly always.

    A reader may fetch these ahead. The reducer's own `needs` has the last word: it knows the state, and may ask for
    more (a tool's result, when that is all there is of a terminal operation) or for less.
    """
    match payload:
        case ToolCallStarted(invocation_payload=ref) | ThreadStarted(metadata_payload=ref):
            found = ref
        case ToolCallRuntimeEnded(runtime_payload=ref):
            found = ref
        case ToolCallRuntimeStarted(runtime_payload=ref, kind=kind):
            found = ref if kind is None or kind.type in RUNTIME_START_KINDS else None
        case InferenceStarted(request_payload=ref):
            found = ref
        case InferenceCompleted(response_payload=ref):
            found = ref
        case InferenceFailed(partial_response_payload=ref) | InferenceCancelled(partial_response_payload=ref):
            found = ref
        case CompactionInstalled(checkpoint_payload=ref):
            found = ref
        case HistoryItemAccepted(agent_message_payload=ref):
            found = ref
        case _:
            found = None
    return [] if found is None else [found]
