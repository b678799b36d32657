"""`TraceIndex`: the links that the graph stores on one side only, from the other side (viewer notes, opening table).

The graph grows while it is read, so the index takes deltas. Each object that changed gives its links again; the cost is
the links of that object. Lists that repeat the whole history (the input of a request) are not indexed:
which requests sent an item is computed when it is asked (`tui.analysis.requests.sent`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from typing import Any, TypeVar

import msgspec

from tui.analysis.index.ends import agents_at, anchor_node, producer_nodes
from tui.analysis.index.items_by_time import ItemsByTime
from tui.analysis.index.newest import Newest
from tui.analysis.index.order import in_order
from tui.analysis.index.payloads_used import payloads_of, payloads_used
from tui.analysis.index.reverse import DerivedLinks, GrowingLinks, ReverseLinks
from tui.analysis.index.sending import sending_kind
from tui.analysis.index.stated_links import LINKS_STATED_BY
from tui.model.conversation import ConversationItem
from tui.model.delta import TraceDelta
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
from tui.model.kinds import KINDS, ByGraphKind, GraphKind, GraphObject, NodeKind, entries, whole_delta
from tui.model.noderef import NodeRef, node_refs
from tui.model.objects import (
    CodeCell,
    CodeCellCaller,
    CodexTurn,
    Compaction,
    CompactionRequest,
    InferenceCall,
    InteractionEdge,
    SpawnedOrigin,
    TerminalOperation,
    TerminalSession,
    Thread,
    ToolCall,
)
from tui.model.protocol import ProtocolEvent
from tui.model.trace import RolloutTrace
from tui.schema.events import WaitAgentSummary
from tui.schema.sequence import SharedSequence

LONGEST_SILENCE_MS = 86_400_000
"""A command may be silent for hours. A clock that is further ahead of the newest event says nothing about it: the
recording is old, or replayed."""


ITEMS_PER_STEP = 500
"""Items of one step: a few milliseconds of work."""

_Executed = Thread | InferenceCall | ToolCall | CodeCell | TerminalOperation | CompactionRequest
"""What was at work for some time, and used payloads."""

_Name = TypeVar("_Name", bound=str)

_Intake = Callable[[Sequence[Any]], "Iterator[None] | None"]
"""Takes in objects of a kind, in steps if one may be long. One kind of links after the other costs half as much as one
object after the other."""


class TraceIndex:
    """Reverse links of one growing graph. All lists are in order of start."""

    def __init__(self, trace: RolloutTrace, *, is_told_later: bool = False) -> None:
        """Take in the graph as it is, unless its links come later, from elsewhere."""
        self._trace = trace
        self.child_threads: ReverseLinks[ThreadId, ThreadId] = ReverseLinks()
        self.spawned_by_edge: ReverseLinks[ThreadId, EdgeId] = ReverseLinks()
        self.turns: ReverseLinks[CodexTurnId, ThreadId] = ReverseLinks()
        self.inferences_of_turn: ReverseLinks[InferenceCallId, CodexTurnId] = ReverseLinks()
        self.inferences_of_thread: ReverseLinks[InferenceCallId, ThreadId] = ReverseLinks()
        self.tools_of_turn: ReverseLinks[ToolCallId, CodexTurnId] = ReverseLinks()
        self.compactions_of_thread: ReverseLinks[CompactionId, ThreadId] = ReverseLinks()
        self.compaction_attempts: ReverseLinks[CompactionRequestId, CompactionId] = ReverseLinks()
        self.asking_inferences: GrowingLinks[InferenceCallId, ToolCallId] = GrowingLinks()
        self.returning_inferences: ReverseLinks[InferenceCallId, ItemId] = ReverseLinks()
        self.tools_called_by_item: ReverseLinks[ToolCallId, ItemId] = ReverseLinks()
        self.tools_answering_item: ReverseLinks[ToolCallId, ItemId] = ReverseLinks()
        self.tools_of_call: ReverseLinks[ToolCallId, str] = ReverseLinks()
        self.sending_tools: ReverseLinks[ToolCallId, str] = ReverseLinks()
        self.cell_tools: ReverseLinks[ToolCallId, CodeCellId] = ReverseLinks()
        self.nested_tools: ReverseLinks[ToolCallId, CodeCellId] = ReverseLinks()
        self.cells_of_source: ReverseLinks[CodeCellId, ItemId] = ReverseLinks()
        self.cells_answering_item: ReverseLinks[CodeCellId, ItemId] = ReverseLinks()
        self.cells_waited_by: ReverseLinks[CodeCellId, ToolCallId] = ReverseLinks()
        self.edges_from: ReverseLinks[EdgeId, NodeRef] = ReverseLinks()
        self.edges_to: ReverseLinks[EdgeId, NodeRef] = ReverseLinks()
        self.edges_carrying: ReverseLinks[EdgeId, ItemId] = ReverseLinks()
        self.edges_into_thread: ReverseLinks[EdgeId, ThreadId] = ReverseLinks()
        self.edges_out_of_thread: ReverseLinks[EdgeId, ThreadId] = ReverseLinks()
        self.compactions_installing: ReverseLinks[CompactionId, ItemId] = ReverseLinks()
        self.compactions_of_input: ReverseLinks[CompactionId, ItemId] = ReverseLinks()
        self.compactions_attempted: ReverseLinks[CompactionId, CompactionRequestId] = ReverseLinks()
        self.first_senders: ReverseLinks[InferenceCallId, ItemId] = ReverseLinks()
        self.items_of_producer: DerivedLinks[ItemId, NodeRef] = DerivedLinks(self._producers)
        self.items_of_author: ReverseLinks[ItemId, str] = ReverseLinks()
        self.operations_of_tool: ReverseLinks[OperationId, ToolCallId] = ReverseLinks()
        self.operations_observing: ReverseLinks[OperationId, ItemId] = ReverseLinks()
        self.operations_asked_in: ReverseLinks[OperationId, ItemId] = ReverseLinks()
        self.operations_of_session: ReverseLinks[OperationId, TerminalId] = ReverseLinks()
        self.sessions_created_by: ReverseLinks[TerminalId, OperationId] = ReverseLinks()
        self.sessions_of_thread: ReverseLinks[TerminalId, ThreadId] = ReverseLinks()
        self.tools_waiting_for: ReverseLinks[ToolCallId, str] = ReverseLinks()
        self.cells_of_turn: ReverseLinks[CodeCellId, CodexTurnId] = ReverseLinks()
        self.compactions_of_turn: ReverseLinks[CompactionId, CodexTurnId] = ReverseLinks()
        self.attempts_of_turn: ReverseLinks[CompactionRequestId, CodexTurnId] = ReverseLinks()
        self.events_of_turn: ReverseLinks[EventId, CodexTurnId] = ReverseLinks()
        self.events_of_thread: ReverseLinks[EventId, ThreadId] = ReverseLinks()
        self.payload_users: DerivedLinks[NodeRef, RawPayloadId] = DerivedLinks(partial(payloads_used, trace))
        self._threads_at_path: ReverseLinks[ThreadId, str] = ReverseLinks()
        self._ordinals: dict[NodeRef, int] = {}
        self.requests_to_new_model: set[InferenceCallId] = set()
        """Requests to another model than the one before in the agent; the first one: than its parent's."""
        self.prompts: dict[ThreadId, dict[InferenceCallId, ItemId | None]] = {}
        """Agent → what each of its requests was asked by, where that was worked out since the graph grew last."""
        self.requests_before: dict[ThreadId, dict[InferenceCallId, InferenceCallId]] = {}
        """Agent → the request before each of its requests, where that was worked out since the graph grew last."""
        self.growth = 0
        """Another number whenever the graph grew or went back: what was worked out of it before may not be so now."""
        self.items_by_time = ItemsByTime(trace)
        self._newest = Newest(trace.started_at_unix_ms)
        self._clock_unix_ms = trace.started_at_unix_ms
        self._intakes = self._make_intakes()
        if not is_told_later:
            self.update(whole_delta(trace))

    @classmethod
    def restored(
        cls,
        trace: RolloutTrace,
        ordinals: dict[NodeRef, int],
        requests_to_new_model: Iterable[InferenceCallId],
        newest: tuple[int, int],
    ) -> TraceIndex:
        """An index that was written down, but for its links: each of `links` is to be restored, too."""
        index = cls(trace, is_told_later=True)
        index._ordinals, index.requests_to_new_model = ordinals, set(requests_to_new_model)
        index._newest.unix_ms, index._newest.seq = newest
        return index

    def links(self) -> dict[str, ReverseLinks[Any, Any] | GrowingLinks[Any, Any] | DerivedLinks[Any, Any]]:
        """All kinds of links by name, to be written to a cache."""
        kinds = (ReverseLinks, GrowingLinks, DerivedLinks)
        return {name: links for name, links in vars(self).items() if isinstance(links, kinds)}

    @property
    def ordinals(self) -> Mapping[NodeRef, int]:
        """The numbers that `ordinal` gives, to be written to a cache."""
        return self._ordinals

    def thread_at_path(self, agent_path: str) -> ThreadId | None:
        """The newest thread with that agent path, or None."""
        return self._threads_at_path.last(agent_path)

    def ordinal(self, kind: NodeKind, object_id: str) -> int:
        """Number from 1 of a turn or inference call in its thread, of a compaction in its thread; 0 if unknown."""
        return self._ordinals.get(NodeRef(kind, object_id), 0)

    def tools_of_inference(self, inference_id: InferenceCallId, items: int | None = None) -> Sequence[ToolCallId]:
        """The tool calls that a response asked for, in order of start.

        They are those it is linked with, by whatever order of ids, and those whose call items it returned. A number of
        `items` leaves only those whose call items are among the first ones, up to that number.
        """
        inference = self._trace.inference_calls[inference_id]
        found = dict.fromkeys(inference.tool_call_ids_started_by_response if items is None else ())
        found.update(dict.fromkeys(self.tools_called_by_item.of_all(islice(inference.response_item_ids, items))))
        return sorted(found, key=self._start_of_tool) if len(found) > 1 else list(found)

    def _start_of_tool(self, tool_id: ToolCallId) -> int:
        tool = self._trace.tool_calls.get(tool_id)
        return 0 if tool is None else tool.execution.started_seq

    @property
    def newest_unix_ms(self) -> int:
        """When the newest event happened, also one that changed nothing in the graph."""
        return self._newest.unix_ms

    @property
    def newest_seq(self) -> int:
        """The newest event that began or ended something in the graph."""
        return self._newest.seq

    @property
    def now_unix_ms(self) -> int:
        """Until when open objects have lasted: the newest event, or the clock, if it goes on from there."""
        is_near = 0 < self._clock_unix_ms - self.newest_unix_ms <= LONGEST_SILENCE_MS
        return self._clock_unix_ms if is_near else self.newest_unix_ms

    def tick(self, now_unix_ms: int) -> None:
        """Tell the time of a live recording; a clock far from the newest event says nothing about it."""
        self._clock_unix_ms = now_unix_ms

    def update(self, delta: TraceDelta) -> None:
        """Take in what changed. What the graph no longer holds is forgotten."""
        for _ in self.update_in_steps(delta):
            pass

    def go_back(self, delta: TraceDelta, newest: Newest) -> None:
        """Take in that the graph went back to an earlier event, and how new it is now; `delta` names what changed."""
        self._newest = newest
        self.items_by_time = ItemsByTime(self._trace)
        self.update(delta)

    def update_in_steps(self, delta: TraceDelta) -> Iterator[None]:
        """Do what `update` does in steps: one event may bring hundreds of thousands of items.

        The graph must not change before the last step is taken; links that a reader misses in between come later.
        """
        self._forget_worked_out()
        yield from self._take_in(delta)
        self._forget_worked_out()

    def _forget_worked_out(self) -> None:
        self.growth += 1
        self.prompts.clear()
        self.requests_before.clear()

    def _take_in(self, delta: TraceDelta) -> Iterator[None]:
        self._forget_missing(delta)
        self._newest.hear(self._trace.evidence.newest_event_unix_ms)
        for kind, intake in entries(self._intakes):
            if intake is None:
                continue
            changed = iter(in_order(kind, self._trace, delta))
            while some := list(islice(changed, ITEMS_PER_STEP)):
                yield from intake(some) or ()
                if len(some) == ITEMS_PER_STEP:
                    yield

    def _forget_missing(self, delta: TraceDelta) -> None:
        """Drop the links of objects that the graph no longer holds."""
        for kind, one in entries(KINDS):
            held, touched = one.objects(self._trace), one.touched(delta)
            if not touched or held.keys() >= touched:  # nearly always, and seen in half the time of one by one
                continue
            for object_id in touched:
                if object_id not in held:
                    for links in LINKS_STATED_BY[kind]:
                        getattr(self, links).state(object_id, ())

    def _make_intakes(self) -> ByGraphKind[_Intake | None]:
        """What takes in objects of each kind; None for a kind that names no other one."""
        return {
            "thread": self._add_threads,
            "turn": self._add_turns,
            "inference": self._add_inferences,
            "tool_call": self._add_tools,
            "code_cell": self._add_cells,
            "terminal_operation": self._add_operations,
            "terminal_session": self._add_sessions,
            "compaction_request": self._add_attempts,
            "event": self._add_events,
            "compaction": self._add_compactions,
            "edge": self._add_edges,
            "item": self._add_items,
            "payload": None,
        }

    def _add_threads(self, threads: Sequence[Thread]) -> None:
        names = self._see("thread", threads, [thread.thread_id for thread in threads])
        spawned = [thread.origin if isinstance(thread.origin, SpawnedOrigin) else None for thread in threads]
        self.child_threads.state_each(
            names, [None if origin is None else origin.parent_thread_id for origin in spawned]
        )
        self.spawned_by_edge.state_each(names, [None if origin is None else origin.spawn_edge_id for origin in spawned])
        self._threads_at_path.state_each(names, [thread.agent_path for thread in threads])

    def _add_turns(self, turns: Sequence[CodexTurn]) -> None:
        self._newest.see_windows(turn.execution for turn in turns)
        for turn in turns:
            if self.turns.state_one(turn.codex_turn_id, turn.thread_id):
                self._number("turn", turn.codex_turn_id, turn.thread_id, self.turns)

    def _add_inferences(self, inferences: Sequence[InferenceCall]) -> Iterator[None]:
        names = self._see("inference", inferences, [inference.inference_call_id for inference in inferences])
        self.inferences_of_turn.state_each(names, [inference.codex_turn_id for inference in inferences])
        for name, inference in zip(names, inferences, strict=True):
            yield from self._add_first_sent(inference)
            self._add_to_thread(inference)
            self.asking_inferences.state(name, inference.tool_call_ids_started_by_response)
            yield from self.returning_inferences.state_in_steps(name, inference.response_item_ids)

    def _add_to_thread(self, inference: InferenceCall) -> None:
        name, thread_id = inference.inference_call_id, inference.thread_id
        last = self.inferences_of_thread.last(thread_id)
        if self.inferences_of_thread.state_one(name, thread_id):
            if inference.model != self._model_before(thread_id, last):
                self.requests_to_new_model.add(name)
            self._number("inference", name, thread_id, self.inferences_of_thread)

    def _model_before(self, thread_id: ThreadId, last: InferenceCallId | None) -> str | None:
        if last is not None:
            return self._trace.inference_calls[last].model
        origin = self._trace.threads[thread_id].origin if thread_id in self._trace.threads else None
        parent = self._trace.threads.get(origin.parent_thread_id) if isinstance(origin, SpawnedOrigin) else None
        return None if parent is None else parent.default_model

    def _add_first_sent(self, inference: InferenceCall) -> Iterator[None]:
        """What no request of the thread had sent before: looked for behind what this one shares with the last."""
        name, sent = inference.inference_call_id, inference.request_item_ids
        if not len(sent) or self.first_senders.targets(name):
            return
        last = self.inferences_of_thread.last(inference.thread_id)
        before: SharedSequence[ItemId] = SharedSequence()
        if last is not None and last != name:
            before = self._trace.inference_calls[last].request_item_ids
        new = dict.fromkeys(sent[sent.shared_prefix_length(before) :])
        yield
        known = self.first_senders.owner_map
        yield from self.first_senders.state_in_steps(name, [item for item in new if item not in known])

    def _add_tools(self, tools: Sequence[ToolCall]) -> None:
        names = self._see("tool_call", tools, [tool.tool_call_id for tool in tools])
        self.tools_of_turn.state_each(names, [tool.started_by_codex_turn_id for tool in tools])
        self.tools_called_by_item.state_lists(names, [tool.model_visible_call_item_ids for tool in tools])
        self.tools_answering_item.state_lists(names, [tool.model_visible_output_item_ids for tool in tools])
        self.tools_of_call.state_each(names, [tool.model_visible_call_id for tool in tools])
        self.sending_tools.state_each(names, map(sending_kind, tools))
        self.cell_tools.state_each(names, [tool.started_code_cell_id or None for tool in tools])
        requesters = [tool.requester for tool in tools]
        self.nested_tools.state_each(
            names, [one.code_cell_id if isinstance(one, CodeCellCaller) else None for one in requesters]
        )
        summaries = [tool.summary for tool in tools]
        self.tools_waiting_for.state_each(
            names, [one.target_agent_path if isinstance(one, WaitAgentSummary) else None for one in summaries]
        )

    def _add_cells(self, cells: Sequence[CodeCell]) -> None:
        names = self._see("code_cell", cells, [cell.code_cell_id for cell in cells])
        self.cells_of_turn.state_each(names, [cell.codex_turn_id for cell in cells])
        self.cells_of_source.state_each(names, [cell.source_item_id for cell in cells])
        self.cells_answering_item.state_lists(names, [cell.output_item_ids for cell in cells])
        self.cells_waited_by.state_lists(names, [cell.wait_tool_call_ids for cell in cells])

    def _add_operations(self, operations: Sequence[TerminalOperation]) -> None:
        names = self._see("terminal_operation", operations, [operation.operation_id for operation in operations])
        self.operations_of_tool.state_each(names, [operation.tool_call_id for operation in operations])
        self.operations_of_session.state_each(names, [operation.terminal_id for operation in operations])
        seen = [operation.model_observations for operation in operations]
        self.operations_observing.state_lists(
            names, [[item for one in some for item in one.output_item_ids] for some in seen]
        )
        self.operations_asked_in.state_lists(
            names, [[item for one in some for item in one.call_item_ids] for some in seen]
        )

    def _add_sessions(self, sessions: Sequence[TerminalSession]) -> None:
        names = [session.terminal_id for session in sessions]
        self.sessions_of_thread.state_each(names, [session.thread_id for session in sessions])
        self.sessions_created_by.state_each(names, [session.created_by_operation_id for session in sessions])

    def _add_attempts(self, attempts: Sequence[CompactionRequest]) -> None:
        names = self._see("compaction_request", attempts, [attempt.compaction_request_id for attempt in attempts])
        self.compaction_attempts.state_each(names, [attempt.compaction_id for attempt in attempts])
        self.attempts_of_turn.state_each(names, [attempt.codex_turn_id for attempt in attempts])

    def _add_compactions(self, compactions: Sequence[Compaction]) -> None:
        for compaction in compactions:
            name, thread_id = compaction.compaction_id, compaction.thread_id
            self._newest.hear(compaction.installed_at_unix_ms)
            if self.compactions_of_thread.state_one(name, thread_id):
                self._number("compaction", name, thread_id, self.compactions_of_thread)
            self.compactions_of_turn.state_one(name, compaction.codex_turn_id)
            self.compactions_installing.state(name, [compaction.marker_item_id, *compaction.replacement_item_ids])
            self.compactions_of_input.state(name, dict.fromkeys(compaction.input_item_ids))
            self.compactions_attempted.state(name, compaction.request_ids)

    def _add_edges(self, edges: Sequence[InteractionEdge]) -> None:
        names = [edge.edge_id for edge in edges]
        self.edges_from.state_each(names, [anchor_node(edge.source) for edge in edges])
        self.edges_to.state_each(names, [anchor_node(edge.target) for edge in edges])
        self.edges_into_thread.state_lists(names, [agents_at(self._trace, edge.target) for edge in edges])
        self.edges_out_of_thread.state_lists(names, [agents_at(self._trace, edge.source) for edge in edges])
        self.edges_carrying.state_lists(names, [edge.carried_item_ids for edge in edges])
        self._use("edge", names, edges)
        for edge in edges:
            self._newest.hear(edge.ended_at_unix_ms or edge.started_at_unix_ms)

    def _add_events(self, events: Sequence[ProtocolEvent]) -> None:
        names = [event.event_id for event in events]
        self.events_of_turn.state_each(names, [event.codex_turn_id for event in events])
        self.events_of_thread.state_each(
            names, [event.thread_id if event.codex_turn_id is None else None for event in events]
        )
        self._use("event", names, events)

    def _add_items(self, items: Sequence[ConversationItem]) -> None:
        names = [item.item_id for item in items]
        self._use("item", names, items)
        self.items_of_producer.state_each(names, [producer_nodes(item) for item in items])
        messages = [item.agent_message for item in items]
        self.items_of_author.state_each(names, [one.author if one is not msgspec.UNSET else None for one in messages])
        for item in items:
            self._newest.hear(item.first_seen_at_unix_ms)

    def _see(self, kind: GraphKind, objects: Sequence[_Executed], names: Sequence[_Name]) -> Sequence[_Name]:
        """Take in until when objects were at work, and which payloads they use; return their names."""
        self._newest.see_windows(one.execution for one in objects)
        self._use(kind, names, objects)
        return names

    def _producers(self, item_id: ItemId) -> list[NodeRef]:
        item = self._trace.conversation_items.get(item_id)
        return [] if item is None else producer_nodes(item)

    def _use(self, kind: GraphKind, names: Sequence[str], users: Sequence[GraphObject]) -> None:
        payloads = [payloads_of(self._trace, kind, user) for user in users]
        self.payload_users.state_each(node_refs(kind, names), payloads)

    def _number(self, kind: NodeKind, object_id: str, thread_id: ThreadId, links: ReverseLinks[Any, ThreadId]) -> None:
        """Number the newest of those that a thread has."""
        self._ordinals.setdefault(NodeRef(kind, object_id), links.count(thread_id))
