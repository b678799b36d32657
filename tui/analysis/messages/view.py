"""One view of each thing that went between agents, from the object that reports it. `edges` says which there are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

import msgspec

from tui.analysis.index.ends import anchor_node
from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.kinds.naming import tool_name
from tui.analysis.messages.arrival import Received, arrival_of
from tui.analysis.messages.calls import PayloadReader, asked_of, thread_named
from tui.analysis.messages.passed_text import Passed, passed_in_item, passed_text
from tui.analysis.problems.failure import failure_of_call
from tui.model.conversation import ConversationItem, Part
from tui.model.evidence import Delivery
from tui.model.ids import EdgeId, ItemId, RawPayloadId, ThreadId, ToolCallId
from tui.model.lookup import find_object
from tui.model.noderef import NodeRef
from tui.model.objects import EdgeKind, InteractionEdge, ItemAnchor, Thread, ThreadAnchor, ToolCall, ToolCallAnchor
from tui.model.trace import RolloutTrace
from tui.named_tuple import NamedTuple

DeliveryWord = Literal["delivered", "pending", "undelivered", "unproven", "failed"]
"""`unproven`: what the receiver got then was left out of the recording. `failed`: the call that was to send failed."""

Deed = EdgeKind | Literal["interrupt_agent"]
"""What was done. A call that interrupts an agent, which goes on living, has edges of the kind `close_agent`."""

PENDING_PREFIX = "pending:"
"""Begins the id of a call that is not an edge of the graph; the id of the call follows."""

RECEIVED_PREFIX = "received:"
"""Begins the id of a message that arrived from nowhere known; the id of the item follows."""


class EdgeView(NamedTuple):
    """One thing that went, or should have gone, from one agent to another.

    `source` and `target` are what the recording knows of its two ends: calls, items, threads. `named` is what the
    sender called the receiver where that leads to no agent. `reason` says what `delivery` rests on, in words; it is
    empty where the recording itself says so. `started_seq` is the event that reported it first, `arrived_seq` the one
    that took it into the receiver's history, if one says so. Times are Unix milliseconds.
    """

    id: str
    kind: EdgeKind
    source: NodeRef
    source_agent: ThreadId | None
    target: NodeRef | None
    target_agent: ThreadId | None
    named: str
    delivery: DeliveryWord
    reason: str
    passed: Passed
    started_seq: int
    started_at_unix_ms: int
    arrived_seq: int | None = None
    payload_ids: tuple[RawPayloadId, ...] = ()
    is_in_graph: bool = False
    interrupts: bool = False

    @property
    def deed(self) -> Deed:
        """What was done: the kind, but an interruption closes nothing."""
        return "interrupt_agent" if self.interrupts else self.kind

    @property
    def encrypted(self) -> bool:
        """Whether what went over is encoded, so that only the provider can be sure to read it."""
        return self.passed.encrypted

    @property
    def node(self) -> NodeRef:
        """The object that represents it: the edge of the graph, else what sent it, or what arrived."""
        return NodeRef("edge", self.id) if self.is_in_graph else self.source


class Circumstances:
    """What all views of one moment are made from. `received` is collected where it is needed unless given."""

    def __init__(
        self,
        trace: RolloutTrace,
        index: TraceIndex,
        *,
        is_over: bool,
        read: PayloadReader | None = None,
        received: Received | None = None,
    ) -> None:
        self.trace = trace
        self.index = index
        self.read = read
        self.unseen: DeliveryWord = "undelivered" if is_over else "pending"
        """What to call that which was sent and not seen to arrive."""
        self._received = received

    def received_by(self, thread_id: ThreadId, since_unix_ms: int) -> Received:
        """What came into the conversation of an agent, at least from that time on."""
        if self._received is not None:
            return self._received
        found = Received()
        for item in self.index.items_by_time.since(thread_id, since_unix_ms):
            found.note(item)
        return found


# Edges of the graph


def of_edge(now: Circumstances, edge: InteractionEdge) -> EdgeView:
    """An edge of the graph. One that points at an agent, not at an item, shows that the agent exists, no more."""
    source, target = anchor_node(edge.source), anchor_node(edge.target)
    item = _item(now.trace, edge.target)
    waiting = now.trace.evidence.deliveries.get(edge.edge_id)
    view = EdgeView(
        id=edge.edge_id,
        kind=edge.kind,
        source=source,
        source_agent=agent_of(now.trace, source),
        target=target,
        target_agent=agent_of(now.trace, target),
        named="",
        delivery="delivered",
        reason="",
        passed=passed_in_item(item) if item is not None else passed_text(waiting.content) if waiting else Passed(),
        started_seq=_seq_of_edge(now.trace, edge, item),
        started_at_unix_ms=edge.started_at_unix_ms,
        arrived_seq=_accepted(item),
        payload_ids=tuple(edge.carried_raw_payload_ids),
        is_in_graph=True,
        interrupts=edge.kind == "close_agent" and _interrupts(find_object(now.trace, source)),
    )
    if item is not None:
        return view
    if edge.kind == "close_agent":
        tool = find_object(now.trace, source)
        is_done = edge.ended_at_unix_ms is not None or (isinstance(tool, ToolCall) and not tool.execution.is_open)
        return view if is_done else view._replace(delivery=now.unseen, reason="the call has not returned")
    if waiting is None:
        return view._replace(delivery=now.unseen, reason="the agent exists; its task was not seen there")
    return _with_arrival(now, view, waiting, "the agent exists; its task was not seen there")


def _with_arrival(now: Circumstances, view: EdgeView, waiting: Delivery, otherwise: str) -> EdgeView:
    """Older tools deliver as plain messages, which nothing links with the sender; what they say reveals it."""
    received = now.received_by(waiting.target_thread_id, waiting.started_at_unix_ms)
    path = None if view.source_agent is None else now.trace.threads.get(view.source_agent)
    senders = {waiting.author, view.source_agent or "", "" if path is None else path.agent_path} - {""}
    found = arrival_of(now.trace, now.index, received, waiting, sorted(senders))
    if found is not None:
        return view._replace(
            target=NodeRef("item", found.item.item_id),
            delivery="delivered",
            reason=found.reason,
            arrived_seq=_accepted(found.item),
        )
    if now.unseen == "undelivered" and received.may_be_left_out(waiting):
        reason = f"{otherwise}; the text of what came there then was left out of the recording"
        return view._replace(delivery="unproven", reason=reason)
    return view._replace(delivery=now.unseen, reason=otherwise)


def _seq_of_edge(trace: RolloutTrace, edge: InteractionEdge, item: ConversationItem | None) -> int:
    """Where the edge began: its call, else the event that reported it, else where its item was taken in."""
    if isinstance(edge.source, ToolCallAnchor):
        tool = trace.tool_calls.get(edge.source.tool_call_id)
        if tool is not None:
            return tool.execution.started_seq
    return trace.evidence.edge_seqs.get(edge.edge_id) or _accepted(item) or 0


# What is not an edge of the graph


def of_delivery(now: Circumstances, waiting: Delivery) -> EdgeView:
    """Something the runtime handed over, which no conversation shows."""
    source = anchor_node(waiting.source)
    target = waiting.target_thread_id
    is_call = isinstance(waiting.source, ToolCallAnchor)
    seq = _seq_of_call(now.trace, waiting.source.tool_call_id) if isinstance(waiting.source, ToolCallAnchor) else 0
    is_known = target in now.trace.threads
    view = EdgeView(
        id=f"{PENDING_PREFIX}{source.id}" if is_call else waiting.edge_id,
        kind=waiting.kind,
        source=source,
        source_agent=agent_of(now.trace, source),
        target=NodeRef("thread", target) if is_known else None,
        target_agent=target if is_known else None,
        named="" if is_known else target,
        delivery="pending",
        reason="",
        passed=passed_text(waiting.content),
        started_seq=seq or now.trace.evidence.edge_seqs.get(EdgeId(waiting.edge_id), 0),
        started_at_unix_ms=waiting.started_at_unix_ms,
        payload_ids=tuple(waiting.raw_payload_ids),
    )
    return _with_arrival(now, view, waiting, "handed over; not seen in the receiver's conversation")


def of_call(now: Circumstances, tool: ToolCall, kind: EdgeKind) -> EdgeView:
    """A call of which nothing was seen on the other side."""
    asked = asked_of(tool, now.read)
    target = None
    if kind != "spawn_agent":
        target = thread_named(now.trace, now.index, tool.thread_id, asked.target)
    status = tool.execution.status
    delivery, reason = now.unseen, "nothing of it was seen at the other end"
    if tool.execution.is_open:
        reason = "the call has not returned"
    elif status != "completed":
        delivery, reason = "undelivered", f"the call was {status}"
        if status == "failed":
            why = failure_of_call(now.trace, tool)
            delivery, reason = "failed", f"the call failed: {why}" if why else "the call failed"
    payloads = (tool.raw_invocation_payload_id, *tool.raw_runtime_payload_ids, tool.raw_result_payload_id)
    return EdgeView(
        id=f"{PENDING_PREFIX}{tool.tool_call_id}",
        kind=kind,
        source=NodeRef("tool_call", tool.tool_call_id),
        source_agent=tool.thread_id,
        target=None if target is None else NodeRef("thread", target),
        target_agent=target,
        named="" if target is not None else asked.target,
        delivery=delivery,
        reason=reason,
        passed=passed_text(asked.message, is_whole=asked.is_whole) if kind != "close_agent" else Passed(),
        started_seq=tool.execution.started_seq,
        started_at_unix_ms=tool.execution.started_at_unix_ms,
        payload_ids=tuple(name for name in payloads if name is not None),
        interrupts=kind == "close_agent" and _interrupts(tool),
    )


def unexplained(trace: RolloutTrace, index: TraceIndex, messages: Iterable[ItemId]) -> Iterator[ConversationItem]:
    """Messages that came for the agent in whose conversation they stand, and to which no edge leads.

    The same message may stand there again under another id, after it left the model's input and came back.
    """
    items = [trace.conversation_items[name] for name in messages if not index.edges_to.count(NodeRef("item", name))]
    items = [item for item in items if _is_for_its_agent(trace, item)]
    if not items:
        return
    targets = (_item(trace, edge.target) for edge in trace.interaction_edges.values())
    seen = {_content(item) for item in targets if item is not None}
    for item in items:
        content = _content(item)
        if content not in seen:
            seen.add(content)
            yield item


def _is_for_its_agent(trace: RolloutTrace, item: ConversationItem) -> bool:
    message, thread = item.agent_message, trace.threads.get(item.thread_id)
    return message is not msgspec.UNSET and thread is not None and message.recipient == thread.agent_path


def _content(item: ConversationItem) -> tuple[ThreadId, object, tuple[Part, ...]]:
    return (item.thread_id, item.agent_message, tuple(item.body.parts))


def of_received(now: Circumstances, item: ConversationItem) -> EdgeView:
    """A message of which only the arrival is known."""
    author = "" if item.agent_message is msgspec.UNSET else item.agent_message.author
    sender = now.index.thread_at_path(author)
    passed = passed_in_item(item)
    here = NodeRef("item", item.item_id)
    source = now.trace.evidence.item_sources.get(item.item_id)
    return EdgeView(
        id=f"{RECEIVED_PREFIX}{item.item_id}",
        kind="agent_result" if ("Message Type", "FINAL_ANSWER") in passed.envelope else "send_message",
        source=here,
        source_agent=sender,
        target=here,
        target_agent=item.thread_id,
        named="",
        delivery="delivered",
        reason="it arrived; the recording does not show what sent it",
        passed=passed,
        started_seq=_accepted(item) or 0,
        started_at_unix_ms=item.first_seen_at_unix_ms,
        arrived_seq=_accepted(item),
        payload_ids=() if source is None else (source.raw_payload_id,),
    )


# Parts


def _interrupts(call: object) -> bool:
    """Whether a call of the agent tools stops what an agent does, and leaves it alive."""
    return isinstance(call, ToolCall) and tool_name(call) == "interrupt_agent"


def agent_of(trace: RolloutTrace, node: NodeRef) -> ThreadId | None:
    """The agent that a call, an item or a thread belongs to."""
    found = find_object(trace, node)
    return found.thread_id if isinstance(found, (ConversationItem, ToolCall, Thread)) else None


def _item(trace: RolloutTrace, anchor: ItemAnchor | ToolCallAnchor | ThreadAnchor) -> ConversationItem | None:
    return trace.conversation_items.get(anchor.item_id) if isinstance(anchor, ItemAnchor) else None


def _accepted(item: ConversationItem | None) -> int | None:
    return None if item is None or item.accepted_seq is msgspec.UNSET else item.accepted_seq


def _seq_of_call(trace: RolloutTrace, tool_id: ToolCallId) -> int:
    tool = trace.tool_calls.get(tool_id)
    return 0 if tool is None else tool.execution.started_seq
