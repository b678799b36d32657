"""Everything that went between agents, and everything that was sent and not seen to arrive.

The graph has an edge for what arrived. Beside it stand, each once:

| what | from |
|---|---|
| an edge of the graph | `interaction_edges` |
| a message or result that was handed over and is in no conversation | deliveries that wait (`Evidence.deliveries`) |
| a call that has sent nothing (yet): it runs, it failed, the agent it names is unknown | the tool calls that send |
| a message that arrived and that no send is known of | items with an author, to which no edge leads |

Nothing is said to have arrived that the recording does not show: what was sent and not seen is *pending* while the
recording may go on, *undelivered* when it is over (viewer notes §5).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TypeVar

import msgspec

from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.messages.arrival import Received
from tui.analysis.messages.calls import PayloadReader, asked_of, kind_of_call, thread_named
from tui.analysis.messages.view import (
    Circumstances,
    DeliveryWord,
    EdgeView,
    of_call,
    of_delivery,
    of_edge,
    of_received,
    unexplained,
)
from tui.model.conversation import ConversationItem
from tui.model.delta import TraceDelta
from tui.model.evidence import Delivery
from tui.model.ids import EdgeId, ItemId, ThreadId, ToolCallId
from tui.model.noderef import NodeRef
from tui.model.objects import EdgeKind, InteractionEdge, ItemAnchor, ToolCall, ToolCallAnchor
from tui.model.trace import RolloutTrace
from tui.named_tuple import NamedTuple

__all__ = ["DeliveryWord", "EdgeBook", "EdgeView", "edge_views", "view_of_edge", "views_of_call"]

EDGE_COST = 8
"""This many calls or items are looked at in the time that the view of one edge takes."""

VIEWS_PER_STEP = 100
"""Views that are made in one step: some milliseconds."""

_Name = TypeVar("_Name", bound=str)


def edge_views(
    trace: RolloutTrace, index: TraceIndex, recording_is_over: bool, read: PayloadReader | None = None
) -> list[EdgeView]:
    """Everything that went between agents, in order of seq. `read` lets the texts of calls be given whole."""
    return EdgeBook(trace, index).views(recording_is_over, read)


def views_of_call(trace: RolloutTrace, index: TraceIndex, tool: ToolCall, recording_is_over: bool) -> list[EdgeView]:
    """What one call sent; empty for calls that send nothing. Costs the call, not the recording."""
    now = Circumstances(trace, index, is_over=recording_is_over)
    edges = [trace.interaction_edges[name] for name in index.edges_from.of(NodeRef("tool_call", tool.tool_call_id))]
    if edges:
        return [of_edge(now, edge) for edge in edges]
    kind = kind_of_call(tool)
    if kind is None:
        return []
    waiting = _waiting_of(trace, tool, kind)
    return [of_call(now, tool, kind) if waiting is None else of_delivery(now, waiting)]


class Meant(NamedTuple):
    """The agent that a call meant, and whether the runtime took what it sent; else only the call names the agent."""

    thread_id: ThreadId
    is_handed_over: bool


def meant_agent(trace: RolloutTrace, index: TraceIndex, tool: ToolCall) -> Meant | None:
    """Whom a call meant that has no edge of the graph: as in `views_of_call`, without asking whether it arrived."""
    kind = kind_of_call(tool)
    if kind is None or index.edges_from.count(NodeRef("tool_call", tool.tool_call_id)):
        return None
    waiting = _waiting_of(trace, tool, kind)
    if waiting is not None:
        target = waiting.target_thread_id
        return Meant(target, is_handed_over=True) if target in trace.threads else None
    named = None if kind == "spawn_agent" else thread_named(trace, index, tool.thread_id, asked_of(tool).target)
    return None if named is None else Meant(named, is_handed_over=False)


def _waiting_of(trace: RolloutTrace, tool: ToolCall, kind: EdgeKind) -> Delivery | None:
    """What a call handed over: messages wait under the id of their call, spawns under that of the agent they made."""
    deliveries = trace.evidence.deliveries
    if kind != "spawn_agent":
        return deliveries.get(EdgeId(f"edge:tool:{tool.tool_call_id}"))
    anchor = ToolCallAnchor(tool.tool_call_id)
    return next((one for one in deliveries.values() if one.source == anchor), None)


def view_of_edge(trace: RolloutTrace, index: TraceIndex, edge: InteractionEdge, recording_is_over: bool) -> EdgeView:
    """One edge of the graph."""
    return of_edge(Circumstances(trace, index, is_over=recording_is_over), edge)


class EdgeBook:
    """Keeps in mind which objects of a growing graph send and receive, and what has arrived for good.

    `update` costs what changed; `views` costs what is under way and putting everything in order.
    """

    def __init__(self, trace: RolloutTrace, index: TraceIndex) -> None:
        self._trace = trace
        self._index = index
        self._senders: dict[ToolCallId, None] = {}
        self._messages: dict[ItemId, None] = {}
        self._received = Received()
        self._arrived: dict[EdgeId, EdgeView] = {}
        """Views that nothing changes any more but a delta that names them."""
        self._tools: dict[ToolCallId, None] = dict.fromkeys(trace.tool_calls)
        self._items: dict[ItemId, None] = dict.fromkeys(trace.conversation_items)
        self._edges: dict[EdgeId, None] = dict.fromkeys(trace.interaction_edges)

    def update(self, delta: TraceDelta) -> None:
        """Note what changed; `prepare` looks at it."""
        self._tools.update(dict.fromkeys(delta.tool_calls))
        self._items.update(dict.fromkeys(delta.conversation_items))
        self._edges.update(dict.fromkeys(delta.interaction_edges))

    def prepare(self, most: int | None = None) -> bool:
        """Look at up to `most` of each kind of object that changed; whether none is left.

        A caller who must not wait calls it in turns before `views`.
        """
        for tool_id in _taken(self._tools, most):
            tool = self._trace.tool_calls.get(tool_id)
            if tool is not None and kind_of_call(tool) is not None:
                self._senders[tool_id] = None
        for item_id in _taken(self._items, most):
            item = self._trace.conversation_items.get(item_id)
            if item is not None:
                self._look_at_item(item)
        now = Circumstances(self._trace, self._index, is_over=False)
        for edge_id in _taken(self._edges, None if most is None else 1 + most // EDGE_COST):
            self._arrived.pop(edge_id, None)
            edge = self._trace.interaction_edges.get(edge_id)
            if edge is not None and (isinstance(edge.target, ItemAnchor) or edge.kind == "close_agent"):
                self._keep(of_edge(now, edge), edge_id)
        return not (self._tools or self._items or self._edges)

    def _keep(self, view: EdgeView, edge_id: EdgeId) -> None:
        if view.delivery == "delivered":
            self._arrived[edge_id] = view

    def _look_at_item(self, item: ConversationItem) -> None:
        if item.agent_message is not msgspec.UNSET:
            self._messages[item.item_id] = None
            self._edges.update(dict.fromkeys(self._index.edges_to.of(NodeRef("item", item.item_id))))
        self._received.note(item)

    def views(self, recording_is_over: bool, read: PayloadReader | None = None) -> list[EdgeView]:
        """All of them, in order of seq."""
        found: list[EdgeView] = []
        for _ in self.find_views(found, recording_is_over, read):
            pass
        return found

    def find_views(
        self, found: list[EdgeView], recording_is_over: bool, read: PayloadReader | None = None
    ) -> Iterator[None]:
        """Put all of them into `found`, in steps of some milliseconds; they are in order of seq after the last one.

        What comes into the graph between two steps is left out.
        """
        self.prepare()
        trace, edges = self._trace, dict(self._trace.interaction_edges)
        now = Circumstances(trace, self._index, is_over=recording_is_over, read=read, received=self._received)
        found += self._arrived.values()
        deliveries = [one for one in trace.evidence.deliveries.values() if one.edge_id not in edges]
        yield
        for number, edge in enumerate([edge for name, edge in edges.items() if name not in self._arrived]):
            found.append(of_edge(now, edge))
            if number % VIEWS_PER_STEP == VIEWS_PER_STEP - 1:
                yield
        found += [of_delivery(now, one) for one in deliveries]
        yield
        found += self._silent_calls(now, {view.source for view in found})
        yield
        found += [of_received(now, item) for item in unexplained(trace, self._index, self._messages)]
        found.sort(key=lambda view: (view.started_seq, view.started_at_unix_ms, view.id))

    def _silent_calls(self, now: Circumstances, told: set[NodeRef]) -> Iterator[EdgeView]:
        for tool_id in self._senders:
            tool = self._trace.tool_calls[tool_id]
            kind = kind_of_call(tool)
            if kind is not None and NodeRef("tool_call", tool_id) not in told:
                yield of_call(now, tool, kind)


def _taken(names: dict[_Name, None], most: int | None) -> list[_Name]:
    """Take the first names out."""
    taken = list(islice(names, most))
    for name in taken:
        del names[name]
    return taken
