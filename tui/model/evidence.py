"""What the viewer needs beside the graph: facts that the reduced model leaves out but the log holds."""

from __future__ import annotations

from typing import Literal

import msgspec

from tui.model.call_form import ArgumentsForm
from tui.model.ids import (
    CodexTurnId,
    CompactionRequestId,
    EdgeId,
    EventId,
    InferenceCallId,
    ItemId,
    RawPayloadId,
    ThreadId,
)
from tui.model.objects import EdgeKind, TraceAnchor
from tui.model.protocol import ProtocolEvent, ThreadSession, TurnFacts
from tui.model.recorded import Recorded

ItemList = Literal["input", "output_items", "input_history", "replacement_history", "message"]
"""The array of a payload that an item was in; `message` when the payload is the item itself."""


class ItemSource(msgspec.Struct, frozen=True, gc=False):
    """Where an item was first seen: payload, array and index in it; and for calls the name and namespace of the tool.

    `arguments`: how those of a call were written, if the graph holds all of it; else its payload does.
    """

    raw_payload_id: RawPayloadId
    item_list: ItemList
    index: int
    tool_name: str | None = None
    namespace: str | None = None
    arguments: ArgumentsForm | None = None


DeliveryKey = tuple[ThreadId, str, str]
"""What an item must show to be a delivery: thread, author, content."""


class Delivery(Recorded, gc=True):
    """Something sent to an agent, waiting for the item in the receiver's thread that carries it (reducer rules §10.1).

    `fallback_thread_id` is the child of a spawn: while no item has come, the edge points at that thread.
    """

    edge_id: EdgeId
    kind: EdgeKind
    source: TraceAnchor
    target_thread_id: ThreadId
    author: str
    content: str
    fallback_thread_id: ThreadId | None
    started_at_unix_ms: int
    ended_at_unix_ms: int | None
    raw_payload_ids: list[RawPayloadId]

    @property
    def key(self) -> DeliveryKey:
        """What an item must show to be this delivery: thread, author, content."""
        return (self.target_thread_id, self.author, self.content)


class TraceEvidence(msgspec.Struct, gc=False):
    """Facts by object id; never part of the reduced JSON.

    `failure_texts`: the error or reason an event gave for a failed or cancelled request to the model, compactions
    among them.
    `metadata_payloads`: what a thread's start said of its session (model, directory, policies).
    `warmup_payloads`: the whole input of a request that continues an answer which is not in the recording (schema 3).
    `changed_heads`: what a request sent before its items that the thread's request before did not: `model`,
    `instructions`, `tools`, `settings`.
    `newest_acceptances`: seq of the newest item that a thread wrote or was given by its runtime and that entered its
    history; while a request is open, one behind its start is a part of the answer (bundle format §8).
    `sent_digests`: a digest of the bytes of an item in the first request that sent it. Two items of the graph may be
    one that was sent twice: after a compaction, and where the graph cannot compare what it leaves in the payload.
    `unrecorded_beginnings`: of a request that continues a response which is not in the recording, the id of that.
    `newest_event_unix_ms`: when the newest event came, whatever it says, but that the session or its recording is over.
    `protocol_events`: what the agent program said of itself, by `event:<seq>`; `turn_facts`, `session_facts`: what such
    events and the start of a thread say of a turn and of a session.
    `agent_names`: what agents are called whose path another agent has, too (those of the first multi-agent tools are
    all `/root`): the nickname, or the path and a number.
    `deliveries`: what was sent to an agent and not seen there. `edge_seqs`: the event that reported an edge, or
    of the delivery that may become one, first.
    """

    item_sources: dict[ItemId, ItemSource] = msgspec.field(default_factory=dict)
    failure_texts: dict[InferenceCallId | CompactionRequestId, str] = msgspec.field(default_factory=dict)
    metadata_payloads: dict[ThreadId, RawPayloadId] = msgspec.field(default_factory=dict)
    warmup_payloads: dict[InferenceCallId, RawPayloadId] = msgspec.field(default_factory=dict)
    changed_heads: dict[InferenceCallId, tuple[str, ...]] = msgspec.field(default_factory=dict)
    newest_acceptances: dict[ThreadId, int] = msgspec.field(default_factory=dict)
    newest_event_unix_ms: int | None = None
    sent_digests: dict[ItemId, bytes] = msgspec.field(default_factory=dict)
    unrecorded_beginnings: dict[InferenceCallId, str] = msgspec.field(default_factory=dict)
    protocol_events: dict[EventId, ProtocolEvent] = msgspec.field(default_factory=dict)
    turn_facts: dict[CodexTurnId, TurnFacts] = msgspec.field(default_factory=dict)
    session_facts: dict[ThreadId, ThreadSession] = msgspec.field(default_factory=dict)
    agent_names: dict[ThreadId, str] = msgspec.field(default_factory=dict)
    deliveries: dict[EdgeId, Delivery] = msgspec.field(default_factory=dict)
    edge_seqs: dict[EdgeId, int] = msgspec.field(default_factory=dict)


EVIDENCE_MAPS = tuple(name for name in TraceEvidence.__struct_fields__ if name != "newest_event_unix_ms")
"""The fields of `TraceEvidence` that are maps."""
