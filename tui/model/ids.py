"""Names for the ids of the graph, so that one kind of id is not passed for another (reduced model §2.1)."""

from __future__ import annotations

from typing import NewType

ThreadId = NewType("ThreadId", str)
CodexTurnId = NewType("CodexTurnId", str)
ItemId = NewType("ItemId", str)
InferenceCallId = NewType("InferenceCallId", str)
ToolCallId = NewType("ToolCallId", str)
CodeCellId = NewType("CodeCellId", str)
TerminalId = NewType("TerminalId", str)
OperationId = NewType("OperationId", str)
CompactionId = NewType("CompactionId", str)
CompactionRequestId = NewType("CompactionRequestId", str)
EdgeId = NewType("EdgeId", str)
RawPayloadId = NewType("RawPayloadId", str)
EventId = NewType("EventId", str)


def ordinal(numbered_id: str) -> int:
    """The number at the end of `conversation_item:<n>`, `terminal_operation:<n>`: creation order."""
    return int(numbered_id.rpartition(":")[2])
