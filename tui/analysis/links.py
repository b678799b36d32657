"""What an object is linked with, both ways: the five questions of the format (viewer notes §§1–6).

1. Which request produced this tool call? 2. Did this output reach the model as it was? 3. Which cell issued this nested
call? 4. Which terminal operation created or reused this process? 5. Which call spawned, messaged, received from or
closed this agent?
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from tui.analysis.index import TraceIndex, anchor_node
from tui.analysis.lookup import find_object
from tui.analysis.naming import name_of
from tui.analysis.provenance import producer_node, prompt_of, spawning_tool
from tui.analysis.relation import Relation, nodes
from tui.analysis.sent import requests_sending
from tui.analysis.work_links import cell_relations, operation_relations, session_relations, tool_relations
from tui.model.conversation import ConversationItem
from tui.model.noderef import NodeRef
from tui.model.objects import (
    CodeCell,
    CodexTurn,
    Compaction,
    CompactionRequest,
    InferenceCall,
    InteractionEdge,
    SpawnedOrigin,
    TerminalOperation,
    Thread,
    ToolCall,
)
from tui.model.trace import RolloutTrace
from tui.schema.payloads import RawPayloadRef

Direction = Literal["in", "out"]
"""`in` leads to a cause, `out` to an effect or to evidence."""


class Link(NamedTuple):
    """One way out of an object. `label` is a sentence with the name of the target, as recorded: clean it to show it."""

    label: str
    kind: str
    target: NodeRef
    direction: Direction


PRIMARY_KINDS = (
    "spawned",
    "spawned by",
    "closed",
    "delivered as",
    "sent by",
    "result of",
    "asked by",
    "carries",
    "goes on in",
    "process started by",
    "issued by",
    "answers",
    "produced by",
    "asked for by",
    "part of",
)
"""Kinds that one key follows, the most telling first."""


def links_of(trace: RolloutTrace, index: TraceIndex, node: NodeRef) -> list[Link]:
    """Everything that `node` is linked with, causes first. Targets that the graph does not hold are left out."""
    found: dict[tuple[str, NodeRef], Link] = {}
    for kind, direction, target in _relations(trace, index, node):
        if target != node and find_object(trace, target) is not None:
            label = f"{kind} {name_of(trace, index, target)}"
            found.setdefault((kind, target), Link(label, kind, target, direction))
    return sorted(found.values(), key=lambda link: link.direction)


def primary_link(trace: RolloutTrace, index: TraceIndex, node: NodeRef) -> Link | None:
    """Where one key leads: from a call to the agent it spawned, from a message to its sender, from a call to its cell.

    None if `node` is linked with nothing but its evidence.
    """
    links = {link.kind: link for link in reversed(links_of(trace, index, node))}
    return next((links[kind] for kind in PRIMARY_KINDS if kind in links), None)


def _relations(trace: RolloutTrace, index: TraceIndex, node: NodeRef) -> Iterator[Relation]:
    match find_object(trace, node):
        case ToolCall() as tool:
            yield from tool_relations(trace, index, tool)
            yield from _edge_relations(trace, index, node)
        case CodeCell() as cell:
            yield from cell_relations(trace, index, cell)
        case TerminalOperation() as operation:
            yield from operation_relations(trace, operation)
            yield from session_relations(trace, operation)
        case InferenceCall() as call:
            yield from _inference_relations(trace, index, call)
        case ConversationItem() as item:
            yield from _item_relations(trace, index, item)
            yield from _edge_relations(trace, index, node)
        case Thread() as thread:
            yield from _thread_relations(trace, index, thread)
            yield from _edge_relations(trace, index, node)
        case found:
            yield from _other_relations(trace, index, found)


def _other_relations(trace: RolloutTrace, index: TraceIndex, found: object) -> Iterator[Relation]:
    match found:
        case CodexTurn(codex_turn_id=turn_id, thread_id=thread_id):
            yield Relation("part of", "in", NodeRef("thread", thread_id))
            yield from nodes("asked", "out", "inference", index.inferences_of_turn.of(turn_id))
        case Compaction() as compaction:
            yield from _compaction_relations(trace, index, compaction)
        case CompactionRequest() as attempt:
            yield Relation("attempt at", "out", NodeRef("compaction", attempt.compaction_id))
            yield Relation("part of", "in", NodeRef("turn", attempt.codex_turn_id))
            payloads = [attempt.raw_request_payload_id, attempt.raw_response_payload_id]
            yield from nodes("recorded in", "out", "payload", payloads)
        case InteractionEdge() as edge:
            yield Relation("sent by", "in", anchor_node(edge.source))
            yield Relation("arrived at", "out", anchor_node(edge.target))
            yield from nodes("carries", "out", "item", edge.carried_item_ids)
            yield from nodes("recorded in", "out", "payload", edge.carried_raw_payload_ids)
        case RawPayloadRef(raw_payload_id=payload_id):
            for user in index.payload_users.of(payload_id):  # type: ignore[arg-type]
                yield Relation("evidence of", "in", user)


def _inference_relations(trace: RolloutTrace, index: TraceIndex, call: InferenceCall) -> Iterator[Relation]:
    prompt = prompt_of(trace, index, call)
    yield Relation("part of", "in", NodeRef("turn", call.codex_turn_id))
    yield from nodes("prompted by", "in", "item", [prompt])
    yield from nodes("asked for", "out", "tool_call", index.tools_of_inference(call.inference_call_id))
    yield from nodes("returned", "out", "item", call.response_item_ids)
    payloads = [call.raw_request_payload_id, call.raw_response_payload_id]
    yield from nodes("recorded in", "out", "payload", payloads)


def _thread_relations(trace: RolloutTrace, index: TraceIndex, thread: Thread) -> Iterator[Relation]:
    yield from nodes("spawned by", "in", "tool_call", [spawning_tool(trace, thread.thread_id)])
    if isinstance(thread.origin, SpawnedOrigin):
        yield Relation("child of", "in", NodeRef("thread", thread.origin.parent_thread_id))
    yield from nodes("parent of", "out", "thread", index.child_threads.of(thread.thread_id))


def _compaction_relations(trace: RolloutTrace, index: TraceIndex, compaction: Compaction) -> Iterator[Relation]:
    yield Relation("part of", "in", NodeRef("turn", compaction.codex_turn_id))
    yield from nodes("installed", "out", "item", compaction.replacement_item_ids)
    yield from nodes("attempted by", "out", "compaction_request", compaction.request_ids)
    for item_id in compaction.replacement_item_ids[-1:]:
        yield from nodes("first sent by", "out", "inference", requests_sending(trace, index, item_id)[:1])


def _item_relations(trace: RolloutTrace, index: TraceIndex, item: ConversationItem) -> Iterator[Relation]:
    name = item.item_id
    for producer in item.produced_by:
        yield Relation("produced by", "in", producer_node(producer))
    yield from nodes("answers", "in", "tool_call", index.tools_answering_item.of(name))
    yield from nodes("output of", "in", "code_cell", index.cells_answering_item.of(name))
    yield from nodes("installed by", "in", "compaction", index.compactions_installing.of(name))
    yield from nodes("asks for", "out", "tool_call", index.tools_called_by_item.of(name))
    yield from nodes("source of", "out", "code_cell", index.cells_of_source.of(name))
    sending = requests_sending(trace, index, name)
    yield from nodes("first sent by", "out", "inference", sending[:1])
    yield from nodes("last sent by", "out", "inference", sending[1:][-1:])
    if item.agent_message and not index.edges_to.count(NodeRef("item", name)):
        yield from nodes("sent by", "in", "thread", [index.thread_at_path(item.agent_message.author)])


_EDGE_WORDS = {
    "spawn_agent": ("spawned", "spawned by"),
    "assign_agent_task": ("gave a task to", "asked by"),
    "send_message": ("messaged", "sent by"),
    "close_agent": ("closed", "closed by"),
    "agent_result": ("result went to", "result of"),
}
"""Kind of edge → how its source speaks of its target, and its target of its source."""


def _edge_relations(trace: RolloutTrace, index: TraceIndex, node: NodeRef) -> Iterator[Relation]:
    """What went between agents here. An agent is named, then the item that arrived there."""
    for edge_id in index.edges_from.of(node):
        edge = trace.interaction_edges[edge_id]
        target = anchor_node(edge.target)
        yield Relation(_EDGE_WORDS[edge.kind][0], "out", _agent_of(trace, target))
        yield Relation("delivered as", "out", target)
    for edge_id in index.edges_to.of(node):
        edge = trace.interaction_edges[edge_id]
        yield Relation(_EDGE_WORDS[edge.kind][1], "in", anchor_node(edge.source))


def _agent_of(trace: RolloutTrace, node: NodeRef) -> NodeRef:
    item = find_object(trace, node)
    return NodeRef("thread", item.thread_id) if isinstance(item, ConversationItem) else node
