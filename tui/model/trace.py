"""`RolloutTrace`: the whole reduced graph (reduced model §2)."""

from __future__ import annotations

from typing import Literal, get_origin

import msgspec

from tui.model.conversation import ConversationItem
from tui.model.evidence import TraceEvidence
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
from tui.model.protocol import ProtocolEvent
from tui.model.recorded import Recorded
from tui.schema.events import RolloutStatus
from tui.schema.payloads import RawPayloadRef

RecordingStatus = Literal["complete", "unclosed"]
"""Whether `recording_completed` was written."""


class RolloutTrace(Recorded, kw_only=True, gc=True):
    """The graph of one recording, as far as it has been reduced.

    Maps are in order of creation; the JSON sorts them by key. Whether the recorder closed the log is said by
    `recording_complete` in schema 2 and by `recording_status` since schema 3, the other one is UNSET; schema 1 has no
    such notion. `was_closed` reads them. `evidence` never reaches the JSON.
    """

    schema_version: int
    trace_id: str
    rollout_id: str
    started_at_unix_ms: int
    ended_at_unix_ms: int | None = None
    status: RolloutStatus = "running"
    recording_complete: bool | msgspec.UnsetType = msgspec.UNSET
    recording_status: RecordingStatus | msgspec.UnsetType = msgspec.UNSET
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
    evidence: TraceEvidence = msgspec.field(default_factory=TraceEvidence)

    @property
    def protocol_events(self) -> dict[EventId, ProtocolEvent]:
        """What the agent program said of itself; never part of the JSON."""
        return self.evidence.protocol_events

    @property
    def was_closed(self) -> bool | None:
        """Whether the recorder closed the log; false while nothing says so, None in schema 1, which cannot say it."""
        if self.recording_status is not msgspec.UNSET:
            return self.recording_status == "complete"
        return None if self.recording_complete is msgspec.UNSET else self.recording_complete


GRAPH_MAPS: tuple[str, ...] = tuple(
    field.name for field in msgspec.structs.fields(RolloutTrace) if get_origin(field.type) is dict
)
"""Names of the maps of objects in the JSON, in its order."""
