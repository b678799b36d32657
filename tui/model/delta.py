"""`TraceDelta`: which objects of the graph a run of events created or changed."""

from __future__ import annotations

import msgspec

from tui.model.ids import (
    CodeCellId,
    CodexTurnId,
    CompactionId,
    CompactionRequestId,
    EdgeId,
    EventId,
    InferenceCallId,
    ItemId,
    OperationId,
    RawPayloadId,
    TerminalId,
    ThreadId,
    ToolCallId,
)


class TraceDelta(msgspec.Struct):
    """Ids of touched objects, by map. A terminal session in the set may have been deleted.

    Two deltas merge by union, so a reader that is late misses nothing. `trace` says that a field of the trace itself
    (status, ids, completeness) changed; `diagnostics` counts new findings.
    """

    trace: bool = False
    diagnostics: int = 0
    threads: set[ThreadId] = msgspec.field(default_factory=set)
    codex_turns: set[CodexTurnId] = msgspec.field(default_factory=set)
    conversation_items: set[ItemId] = msgspec.field(default_factory=set)
    inference_calls: set[InferenceCallId] = msgspec.field(default_factory=set)
    code_cells: set[CodeCellId] = msgspec.field(default_factory=set)
    tool_calls: set[ToolCallId] = msgspec.field(default_factory=set)
    terminal_sessions: set[TerminalId] = msgspec.field(default_factory=set)
    terminal_operations: set[OperationId] = msgspec.field(default_factory=set)
    compactions: set[CompactionId] = msgspec.field(default_factory=set)
    compaction_requests: set[CompactionRequestId] = msgspec.field(default_factory=set)
    interaction_edges: set[EdgeId] = msgspec.field(default_factory=set)
    raw_payloads: set[RawPayloadId] = msgspec.field(default_factory=set)
    protocol_events: set[EventId] = msgspec.field(default_factory=set)

    def merge(self, other: TraceDelta) -> None:
        """Take in what `other` touched."""
        self.trace = self.trace or other.trace
        self.diagnostics += other.diagnostics
        for name in _SET_FIELDS:
            touched = getattr(other, name)
            if touched:  # few lines touch objects of many kinds
                getattr(self, name).update(touched)

    def __bool__(self) -> bool:
        return self.trace or bool(self.diagnostics) or any(getattr(self, name) for name in _SET_FIELDS)


_SET_FIELDS = tuple(name for name in TraceDelta.__struct_fields__ if name not in ("trace", "diagnostics"))
