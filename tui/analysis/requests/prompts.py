"""Which item asked an agent for what a request does (viewer notes §9)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial

import msgspec

from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.requests.injected import is_injected
from tui.model.conversation import ConversationItem
from tui.model.ids import InferenceCallId, ItemId, ThreadId
from tui.model.noderef import NodeRef
from tui.model.objects import InferenceCall, ItemAnchor
from tui.model.trace import RolloutTrace
from tui.schema.sequence import SharedSequence

NEAR_ITEMS = 50
"""Items at the end of a request among which its prompt mostly is."""

TASK_EDGES = frozenset({"spawn_agent", "assign_agent_task"})
"""Kinds of edges by which one agent gives another its work."""


def prompt_of(trace: RolloutTrace, index: TraceIndex, call: InferenceCall) -> ItemId | None:
    """The last item in the input of a request that asked the agent for something: the user's, or another agent's.

    Context that the agent program adds in the user's role asks for nothing. None if nobody asked in words.
    """
    known: Mapping[InferenceCallId, ItemId | None] = index.prompts.get(call.thread_id, {})
    if call.inference_call_id in known:
        return known[call.inference_call_id]
    sent = call.request_item_ids
    near = max(0, len(sent) - NEAR_ITEMS)
    is_task = partial(_is_task, trace, index)
    place = _last_prompt(trace, is_task, sent, near, len(sent))
    if place is None and near:
        known = _prompts_of_agent(trace, index, call.thread_id)
        if call.inference_call_id in known:
            return known[call.inference_call_id]
        place = _last_prompt(trace, is_task, sent, 0, near)
    return None if place is None else sent[place]


def requests_prompted_by(trace: RolloutTrace, index: TraceIndex, item_id: ItemId) -> list[InferenceCallId]:
    """The requests whose prompt an item is, in order of start."""
    item = trace.conversation_items.get(item_id)
    first = index.first_senders.first(item_id)
    if item is None or first is None or not can_prompt(trace, index, item):
        return []
    known = _prompts_of_agent(trace, index, item.thread_id)
    return [name for name, prompt in known.items() if prompt == item_id]


def _prompts_of_agent(
    trace: RolloutTrace, index: TraceIndex, thread_id: ThreadId
) -> Mapping[InferenceCallId, ItemId | None]:
    """The prompt of each request of an agent, in order of start; worked out once for as long as the graph stays."""
    known = index.prompts.get(thread_id)
    if known is None:
        known = index.prompts[thread_id] = dict(_prompts_of(trace, index.inferences_of_thread.of(thread_id)))
    return known


def can_prompt(trace: RolloutTrace, index: TraceIndex, item: ConversationItem) -> bool:
    """Whether an item asks an agent for something: words of a person, or a task from another agent."""
    # A call asks a tool, and a tool's answer asks nobody.
    return item.call_id is None and (_is_prompt(item) or _is_task(trace, index, item.item_id))


def _prompts_of(
    trace: RolloutTrace, calls: Iterable[InferenceCallId]
) -> Iterator[tuple[InferenceCallId, ItemId | None]]:
    """The prompt of each of these requests of one thread, in order of start.

    Where a request repeats the one before, only its rest is looked at.
    """
    before: SharedSequence[ItemId] = SharedSequence()
    place: int | None = None
    tasks = _all_tasks(trace)
    for name in calls:
        sent = trace.inference_calls[name].request_item_ids
        shared = sent.shared_prefix_length(before)
        found = _last_prompt(trace, tasks.__contains__, sent, shared, len(sent))
        if found is None and place is not None and place >= shared:
            found = _last_prompt(trace, tasks.__contains__, sent, 0, shared)
        elif found is None:
            found = place
        place, before = found, sent
        yield name, None if place is None else sent[place]


def _last_prompt(
    trace: RolloutTrace, is_task: Callable[[ItemId], bool], sent: SharedSequence[ItemId], start: int, end: int
) -> int | None:
    items = trace.conversation_items
    for distance, item_id in enumerate(reversed(sent[start:end]), 1):
        item = items.get(item_id)
        if item is not None and item.call_id is None and (_is_prompt(item) or is_task(item_id)):
            return end - distance
    return None


def _all_tasks(trace: RolloutTrace) -> frozenset[ItemId]:
    """The items that an agent got as a task from another one."""
    targets = (edge.target for edge in trace.interaction_edges.values() if edge.kind in TASK_EDGES)
    return frozenset(target.item_id for target in targets if isinstance(target, ItemAnchor))


def _is_prompt(item: ConversationItem) -> bool:
    is_users = item.role == "user" and item.kind == "message" and item.agent_message is msgspec.UNSET
    return is_users and not is_injected(item)


def _is_task(trace: RolloutTrace, index: TraceIndex, item_id: ItemId) -> bool:
    """Whether another agent asked with this item; a result or a note is not a task."""
    node = NodeRef("item", item_id)
    edges = index.edges_to.of(node) if index.edges_to.count(node) else ()
    return any(trace.interaction_edges[edge].kind in TASK_EDGES for edge in edges)
