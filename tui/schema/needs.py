"""Which payload bodies the reducer will ask for, known from the event alone, so that they can be read ahead."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

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
from tui.schema.rules import rules_for

RUNTIME_START_KINDS = frozenset({"exec_command", "write_stdin", "assign_agent_task", "send_message", "close_agent"})
"""Tool kinds whose runtime start is read (reducer rules §§9.1, 10.2)."""


def item_payloads(payload: KnownEvent | UnknownEvent) -> Sequence[RawPayloadRef]:
    """References to payloads that hold lists of model items, and that the reducer reads.

    It reads them leniently, so that one odd item hides no others; a strict reader refuses them as a whole.
    """
    find = _ITEM_LISTS.get(type(payload))
    found = None if find is None else find(payload, 0)
    return () if found is None else (found,)


def always_needed(payload: KnownEvent | UnknownEvent, schema_version: int | None) -> Sequence[RawPayloadRef]:
    """References that the reducer reads whatever came before, or nearly always, in a bundle of that generation.

    A reader may fetch these ahead. The reducer's own `needs` has the last word: it knows the state, and may ask for
    more (a tool's result, when that is all there is of a terminal operation) or for less (protocol events, which the
    graph takes nothing from).
    """
    find = _ALWAYS.get(type(payload))
    found = None if find is None else find(payload, schema_version or 0)
    return () if found is None else (found,)


def _of_request(event: InferenceStarted, _schema: int) -> RawPayloadRef | None:
    return event.warmup_context_payload or event.request_payload


def _of_call(event: ToolCallStarted, schema: int) -> RawPayloadRef | None:
    """What the call was asked to do: its arguments say for which code cell it waits, where no event does."""
    is_read = not rules_for(schema).confirms_waits or event.kind.type == "write_stdin"
    return event.invocation_payload if is_read else None


def _of_runtime_start(event: ToolCallRuntimeStarted, _schema: int) -> RawPayloadRef | None:
    return event.runtime_payload if event.kind is None or event.kind.type in RUNTIME_START_KINDS else None


_ITEM_LISTS: Final[dict[type, Callable[[Any, int], RawPayloadRef | None]]] = {
    InferenceStarted: _of_request,
    InferenceCompleted: lambda event, _schema: event.response_payload,
    InferenceFailed: lambda event, _schema: event.partial_response_payload,
    InferenceCancelled: lambda event, _schema: event.partial_response_payload,
    CompactionInstalled: lambda event, _schema: event.checkpoint_payload,
}
"""Kind of event → its payload with items, found by type: this is asked of every event."""

_ALWAYS: Final[dict[type, Callable[[Any, int], RawPayloadRef | None]]] = {
    ThreadStarted: lambda event, _schema: event.metadata_payload,
    ProtocolEventObserved: lambda event, _schema: event.event_payload,
    HistoryItemAccepted: lambda event, _schema: event.agent_message_payload or event.tool_output_payload,
    ToolCallStarted: _of_call,
    ToolCallRuntimeStarted: _of_runtime_start,
    ToolCallRuntimeEnded: lambda event, _schema: event.runtime_payload,
    **_ITEM_LISTS,
}
"""Kind of event → what of it the reducer reads in a bundle of that schema."""
