"""`RolloutTrace`: the whole reduced graph (reduced model §2)."""

from __future__ import annotations

import msgspec

from tui.model.conversation import ConversationItem
from tui.model.evidence import Evidence
from tui.model.ids import (
    CodeCellId,
    CodexTurnId,
    CompactionId,
    CompactionRequestId,
    EdgeId,
    InferenceCallId,
    ItemId,
    OperationId,
    RawPayloadId,
    TerminalId,
    ThreadId,
    ToolCallId,
)
from tui.model.objects import (
    CodeCell,
    CodexTurn,
    Compaction,
    CompactionRequest,
    InferenceCall,
    InteractionEdge,
    TerminalOperation,
    TerminalSession,
    Thread,
    ToolCall,
)
from tui.schema.events import RolloutStatus
from tui.schema.payloads import RawPayloadRef


class RolloutTrace(msgspec.Struct, kw_only=True):
    """The graph of one recording, as far as it has been reduced.

    Maps are in order of creation; the JSON sorts them by key. `recording_complete` is UNSET in schema 1, which has no
    such notion; in schema 2, false means only that nothing said so yet. `evidence` never reaches the JSON.
    """

    schema_version: int
    trace_id: str
    rollout_id: str
    started_at_unix_ms: int
    ended_at_unix_ms: int | None = None
    status: RolloutStatus = "running"
    recording_complete: bool | msgspec.UnsetType = msgspec.UNSET
    root_thread_id: str
    threads: dict[ThreadId, Thread] = msgspec.field(default_factory=dict)
    codex_turns: dict[CodexTurnId, CodexTurn] = msgspec.field(default_factory=dict)
    conversation_items: dict[ItemId, ConversationItem] = msgspec.field(default_factory=dict)
    inference_calls: dict[InferenceCallId, InferenceCall] = msgspec.field(default_factory=dict)
    code_cells: dict[CodeCellId, CodeCell] = msgspec.field(default_factory=dict)
    tool_calls: dict[ToolCallId, ToolCall] = msgspec.field(default_factory=dict)
    terminal_sessions: dict[TerminalId, TerminalSession] = msgspec.field(default_factory=dict)
    terminal_operations: dict[OperationId, TerminalOperation] = msgspec.field(default_factory=dict)
    compactions: dict[CompactionId, Compaction] = msgspec.field(default_factory=dict)
    compaction_requests: dict[CompactionRequestId, CompactionRequest] = msgspec.field(default_factory=dict)
    interaction_edges: dict[EdgeId, InteractionEdge] = msgspec.field(default_factory=dict)
    raw_payloads: dict[RawPayloadId, RawPayloadRef] = msgspec.field(default_factory=dict)
    evidence: Evidence = msgspec.field(default_factory=Evidence)


GRAPH_MAPS = (
    "threads",
    "codex_turns",
    "conversation_items",
    "inference_calls",
    "code_cells",
    "tool_calls",
    "terminal_sessions",
    "terminal_operations",
    "compactions",
    "compaction_requests",
    "interaction_edges",
    "raw_payloads",
)
"""Names of the maps of objects in `RolloutTrace`, in the order of the JSON."""
