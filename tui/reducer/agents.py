"""Edges between agents (reducer rules §10).

What one agent sends another is seen twice: as a tool call (or an event) of the sender, and later as an item in the
receiver's conversation. A *delivery* is the first half. It waits until an item with its thread, author and content is
sighted, oldest delivery first; then it is an edge that points at exactly that item. A spawn whose task message has not
been seen yet is shown meanwhile as a provisional edge to the child's thread.
"""

from __future__ import annotations

from bisect import insort
from collections import deque

from tui.model.conversation import ConversationItem
from tui.model.evidence import Delivery
from tui.model.ids import EdgeId, ItemId, RawPayloadId, ThreadId, ToolCallId, ordinal
from tui.model.objects import InteractionEdge, ItemAnchor, ThreadAnchor, ToolCall, ToolCallAnchor
from tui.reducer.messages import message_key
from tui.reducer.problem import Problem
from tui.reducer.repeated_turns import turn_meant
from tui.reducer.state import ReducerState
from tui.schema.events import AgentResultObserved

_UNCHANGED = "the edge stays as it was first seen"


def spawn_edge_id(parent: str, child: str) -> EdgeId:
    """Id of the edge from a spawn call to the child it made."""
    return EdgeId(f"edge:spawn:{parent}:{child}")


def tool_edge_id(tool_id: ToolCallId) -> EdgeId:
    """Id of the edge of a tool call that messages or closes an agent."""
    return EdgeId(f"edge:tool:{tool_id}")


def tool_evidence(tool: ToolCall) -> list[RawPayloadId]:
    """The payloads that tell of a tool call: invocation, runtime, result; no repeats."""
    ids = [tool.raw_invocation_payload_id, *tool.raw_runtime_payload_ids, tool.raw_result_payload_id]
    return list(dict.fromkeys(payload_id for payload_id in ids if payload_id is not None))


# Items


def note_new_item(state: ReducerState, item: ConversationItem) -> None:
    """Index an item that was just created, or whose body just changed, by the delivery that it may carry."""
    key = message_key(state, item)
    earlier = state.message_keys.get(item.item_id)
    if earlier == key:
        return
    if earlier is not None:
        _forget_message(state, item.item_id, earlier)
    if key is not None:
        state.message_keys[item.item_id] = key
        insort(state.unclaimed_messages.setdefault(key, []), item.item_id, key=ordinal)


def resolve_for_item(state: ReducerState, item: ConversationItem) -> None:
    """Point the oldest waiting delivery that this item carries at it, unless an edge points at it already.

    A conflict is reported here and not raised: it concerns the edge, not the list of items that is being reduced.
    """
    key = state.message_keys.get(item.item_id)
    waiting = state.deliveries_by_key.get(key) if key is not None else None
    if key is None or not waiting or item.item_id not in state.unclaimed_messages.get(key, ()):
        return
    delivery = waiting.popleft()
    if not waiting:
        del state.deliveries_by_key[key]
    del state.deliveries[delivery.edge_id]
    try:
        _deliver(state, delivery, item.item_id)
    except Problem as problem:
        state.report_problem(problem)


def _forget_message(state: ReducerState, item_id: ItemId, key: tuple[ThreadId, str, str]) -> None:
    unclaimed = state.unclaimed_messages.get(key, [])
    if item_id in unclaimed:
        unclaimed.remove(item_id)
        if not unclaimed:
            del state.unclaimed_messages[key]
    state.message_keys.pop(item_id, None)


# Deliveries


def queue_tool_delivery(
    state: ReducerState,
    tool: ToolCall,
    edge_id: EdgeId,
    target: ThreadId,
    content: str,
    ended_at_unix_ms: int | None,
) -> None:
    """Queue what a tool call sent to the thread `target`; a spawn's child is its own fallback."""
    kind = tool.kind.type
    sender = state.trace.threads.get(tool.thread_id)
    if sender is None or kind not in ("spawn_agent", "assign_agent_task", "send_message"):
        return
    queue_delivery(
        state,
        Delivery(
            edge_id=edge_id,
            kind=kind,
            source=ToolCallAnchor(tool.tool_call_id),
            target_thread_id=target,
            author=sender.agent_path,
            content=content,
            fallback_thread_id=target if kind == "spawn_agent" else None,
            started_at_unix_ms=tool.execution.started_at_unix_ms,
            ended_at_unix_ms=ended_at_unix_ms,
            raw_payload_ids=tool_evidence(tool),
        ),
    )


def queue_delivery(state: ReducerState, delivery: Delivery) -> None:
    """Queue a delivery; raises `Problem` if it cannot be the edge that has its id already (reducer rules §11)."""
    state.trace.evidence.edge_seqs.setdefault(delivery.edge_id, state.moment.seq)
    _deliver_or_wait(state, delivery)
    child, edge_id = delivery.fallback_thread_id, delivery.edge_id
    if child in state.trace.threads and edge_id in state.deliveries and _is_real(state, edge_id):
        message = f"interaction edge {edge_id} was observed with conflicting endpoints: an item and the child's thread"
        raise Problem("edge-conflict", message, _UNCHANGED, edge_id)


def _deliver_or_wait(state: ReducerState, delivery: Delivery) -> None:
    """Make the edge now if an item waits for it, else merge with the waiting delivery of that id, or wait (§10.1)."""
    if delivery.target_thread_id in state.trace.threads:
        unclaimed = state.unclaimed_messages.get(delivery.key)
        if unclaimed:
            _deliver(state, delivery, unclaimed[0])
            return
    waiting = state.deliveries.get(delivery.edge_id)
    if waiting is None:
        state.deliveries[delivery.edge_id] = delivery
        state.deliveries_by_key.setdefault(delivery.key, deque()).append(delivery)
        show_provisional(state, delivery)
        return
    if (waiting.kind, waiting.source, waiting.key, waiting.fallback_thread_id) != (
        delivery.kind,
        delivery.source,
        delivery.key,
        delivery.fallback_thread_id,
    ):
        message = f"pending interaction edge {delivery.edge_id} was observed with conflicting delivery data"
        raise Problem("edge-conflict", message, _UNCHANGED, delivery.edge_id)
    waiting.started_at_unix_ms = min(waiting.started_at_unix_ms, delivery.started_at_unix_ms)
    waiting.ended_at_unix_ms = _latest(waiting.ended_at_unix_ms, delivery.ended_at_unix_ms)
    for payload_id in delivery.raw_payload_ids:
        state.append_missing(waiting, "raw_payload_ids", payload_id)
    show_provisional(state, waiting)


def queue_agent_result(state: ReducerState, observed: AgentResultObserved) -> None:
    """Queue a child's result for its parent (reducer rules §10.6)."""
    child = state.thread(ThreadId(observed.child_thread_id), f"agent result {observed.edge_id}")
    answer = state.latest_answer.get(
        (child.thread_id, turn_meant(state, observed.child_codex_turn_id, child.thread_id))
    )
    now = state.moment.at_unix_ms
    carried = observed.carried_payload
    queue_delivery(
        state,
        Delivery(
            edge_id=EdgeId(observed.edge_id),
            kind="agent_result",
            source=ItemAnchor(answer[1]) if answer else ThreadAnchor(child.thread_id),
            target_thread_id=ThreadId(observed.parent_thread_id),
            author=child.agent_path,
            content=observed.message,
            fallback_thread_id=None,
            started_at_unix_ms=now,
            ended_at_unix_ms=now,
            raw_payload_ids=[RawPayloadId(carried.raw_payload_id)] if carried else [],
        ),
    )


# Edges


def close_edge(state: ReducerState, tool: ToolCall, target: ThreadId, ended_at_unix_ms: int | None) -> None:
    """The edge of a call that closes or interrupts an agent, if that agent is known."""
    if target not in state.trace.threads:
        return
    _upsert(
        state,
        InteractionEdge(
            edge_id=tool_edge_id(tool.tool_call_id),
            kind="close_agent",
            source=ToolCallAnchor(tool.tool_call_id),
            target=ThreadAnchor(target),
            started_at_unix_ms=tool.execution.started_at_unix_ms,
            ended_at_unix_ms=ended_at_unix_ms,
            carried_item_ids=[],
            carried_raw_payload_ids=tool_evidence(tool),
        ),
    )


def attach_result(state: ReducerState, tool: ToolCall, payload_id: RawPayloadId) -> None:
    """Add a tool's result to the edge that the call made, or to the first delivery that waits (§10.5)."""
    edges = [edge_id for edge_id in state.edges_by_source_tool.get(tool.tool_call_id, ()) if _is_real(state, edge_id)]
    if edges:
        edge = state.trace.interaction_edges[min(edges)]
        if state.append_missing(edge, "carried_raw_payload_ids", payload_id):
            state.delta.interaction_edges.add(edge.edge_id)
        return
    for edge_id in state.edges_by_source_tool.get(tool.tool_call_id, ()):
        delivery = state.deliveries.get(edge_id)
        if delivery is not None and delivery.source == ToolCallAnchor(tool.tool_call_id):
            state.append_missing(delivery, "raw_payload_ids", payload_id)
            show_provisional(state, delivery)
            return


def show_provisional(state: ReducerState, delivery: Delivery) -> None:
    """Keep the provisional edge of a waiting spawn current (the end-of-log view, reducer rules §11)."""
    if isinstance(delivery.source, ToolCallAnchor):
        state.list_once(state.edges_by_source_tool.setdefault(delivery.source.tool_call_id, []), delivery.edge_id)
    child = delivery.fallback_thread_id
    if child is None or _is_real(state, delivery.edge_id):
        return
    if child not in state.trace.threads:
        state.list_once(state.spawns_of_unknown.setdefault(child, []), delivery.edge_id)
        return
    state.provisional_edges.add(delivery.edge_id)
    state.trace.interaction_edges[delivery.edge_id] = _edge_of(delivery, ThreadAnchor(child), [])
    state.delta.interaction_edges.add(delivery.edge_id)


def show_provisional_edges_to(state: ReducerState, child: ThreadId) -> None:
    """Show the waiting spawn of a thread that has just become known."""
    for edge_id in state.spawns_of_unknown.pop(child, ()):
        delivery = state.deliveries.get(edge_id)
        if delivery is not None:
            show_provisional(state, delivery)


def _is_real(state: ReducerState, edge_id: EdgeId) -> bool:
    return edge_id in state.trace.interaction_edges and edge_id not in state.provisional_edges


def _deliver(state: ReducerState, delivery: Delivery, item_id: ItemId) -> None:
    _upsert(state, _edge_of(delivery, ItemAnchor(item_id), [item_id]))
    unclaimed = state.unclaimed_messages.get(delivery.key, [])
    if item_id in unclaimed:
        unclaimed.remove(item_id)
        if not unclaimed:
            del state.unclaimed_messages[delivery.key]


def _edge_of(delivery: Delivery, target: ItemAnchor | ThreadAnchor, items: list[ItemId]) -> InteractionEdge:
    return InteractionEdge(
        edge_id=delivery.edge_id,
        kind=delivery.kind,
        source=delivery.source,
        target=target,
        started_at_unix_ms=delivery.started_at_unix_ms,
        ended_at_unix_ms=delivery.ended_at_unix_ms,
        carried_item_ids=items,
        carried_raw_payload_ids=list(delivery.raw_payload_ids),
    )


def _upsert(state: ReducerState, edge: InteractionEdge) -> None:
    """Insert the edge, or widen the one that has its id (reducer rules §10.1)."""
    edges = state.trace.interaction_edges
    state.delta.interaction_edges.add(edge.edge_id)
    if not _is_real(state, edge.edge_id):
        state.provisional_edges.discard(edge.edge_id)
        edges[edge.edge_id] = edge
        if isinstance(edge.source, ToolCallAnchor):
            state.list_once(state.edges_by_source_tool.setdefault(edge.source.tool_call_id, []), edge.edge_id)
        return
    known = edges[edge.edge_id]
    if (known.kind, known.source, known.target) != (edge.kind, edge.source, edge.target):
        message = f"interaction edge {edge.edge_id} was observed with conflicting endpoints"
        raise Problem("edge-conflict", message, _UNCHANGED, edge.edge_id)
    known.started_at_unix_ms = min(known.started_at_unix_ms, edge.started_at_unix_ms)
    known.ended_at_unix_ms = _latest(known.ended_at_unix_ms, edge.ended_at_unix_ms)
    for item_id in edge.carried_item_ids:
        state.append_missing(known, "carried_item_ids", item_id)
    for payload_id in edge.carried_raw_payload_ids:
        state.append_missing(known, "carried_raw_payload_ids", payload_id)


def _latest(one: int | None, other: int | None) -> int | None:
    if one is None or other is None:
        return one if other is None else other
    return max(one, other)
