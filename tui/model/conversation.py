"""Conversation items: what the model saw or said, one object each (reduced model §5)."""

from __future__ import annotations

from typing import Literal

import msgspec

from tui.model.ids import (
    CodeCellId,
    CodexTurnId,
    CompactionId,
    InferenceCallId,
    ItemId,
    RawPayloadId,
    ThreadId,
    ToolCallId,
)
from tui.model.recorded import Recorded

Role = Literal["system", "developer", "user", "assistant", "tool"]
Channel = Literal["analysis", "commentary", "final", "summary"]
ItemKind = Literal[
    "message",
    "reasoning",
    "function_call",
    "function_call_output",
    "custom_tool_call",
    "custom_tool_call_output",
    "compaction_marker",
]

CALL_KINDS: frozenset[ItemKind] = frozenset({"function_call", "custom_tool_call"})
"""Kinds in which the model asks for a tool."""

OUTPUT_KINDS: frozenset[ItemKind] = frozenset({"function_call_output", "custom_tool_call_output"})
"""Kinds in which a tool's answer reaches the model."""


class TextPart(msgspec.Struct, frozen=True, gc=False, tag_field="type", tag="text"):
    """Readable text, whole."""

    text: str


class SummaryPart(msgspec.Struct, frozen=True, gc=False, tag_field="type", tag="summary"):
    """One paragraph of a reasoning summary."""

    text: str


class EncodedPart(msgspec.Struct, frozen=True, gc=False, tag_field="type", tag="encoded"):
    """Content that only the provider can read."""

    label: str
    value: str


class JsonPart(msgspec.Struct, frozen=True, gc=False, tag_field="type", tag="json"):
    """A structured value: at most 240 bytes of it in `summary`; the whole is in the payload where it was first seen."""

    summary: str
    raw_payload_id: RawPayloadId


class CodePart(msgspec.Struct, frozen=True, gc=False, tag_field="type", tag="code"):
    """Source text of a code cell."""

    language: str
    source: str


class PayloadRefPart(msgspec.Struct, frozen=True, gc=False, tag_field="type", tag="payload_ref"):
    """Content that the graph does not hold (an image, say); it is in the payload where it was first seen."""

    label: str
    raw_payload_id: RawPayloadId
    content_sha256: str | msgspec.UnsetType = msgspec.UNSET


Part = TextPart | SummaryPart | EncodedPart | JsonPart | CodePart | PayloadRefPart


class Body(msgspec.Struct, gc=False):
    """The parts of an item, in order; may be empty."""

    parts: list[Part]


class AgentMessage(msgspec.Struct, frozen=True, gc=False):
    """Sender and recipient (agent paths) of a message that one agent sent another."""

    author: str
    recipient: str


class InferenceProducer(msgspec.Struct, frozen=True, gc=False, tag_field="type", tag="inference"):
    """The model produced the item in this call."""

    inference_call_id: InferenceCallId


class ToolProducer(msgspec.Struct, frozen=True, gc=False, tag_field="type", tag="tool"):
    """The item is this tool call's output."""

    tool_call_id: ToolCallId


class CodeCellProducer(msgspec.Struct, frozen=True, gc=False, tag_field="type", tag="code_cell"):
    """The item is this code cell's output."""

    code_cell_id: CodeCellId


class CompactionProducer(msgspec.Struct, frozen=True, gc=False, tag_field="type", tag="compaction"):
    """The item was installed by this compaction."""

    compaction_id: CompactionId


ProducerRef = InferenceProducer | ToolProducer | CodeCellProducer | CompactionProducer


class ConversationItem(Recorded, gc=False, kw_only=True):
    """One item of a thread's conversation. UNSET fields are left out of the JSON."""

    item_id: ItemId
    responses_item_id: str | msgspec.UnsetType = msgspec.UNSET
    accepted_at_unix_ms: int | msgspec.UnsetType = msgspec.UNSET
    accepted_seq: int | msgspec.UnsetType = msgspec.UNSET
    thread_id: ThreadId
    codex_turn_id: CodexTurnId | None
    first_seen_at_unix_ms: int
    role: Role
    channel: Channel | None
    kind: ItemKind
    agent_message: AgentMessage | msgspec.UnsetType = msgspec.UNSET
    body: Body
    call_id: str | None
    produced_by: list[ProducerRef]
