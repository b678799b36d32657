"""Links between agents: who spawned, messaged, answered and closed whom (viewer notes §5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from tui.analysis.index.ends import anchor_node
from tui.analysis.index.sending import SENDING_KINDS
from tui.analysis.links.relation import Claim, Evidence
from tui.analysis.links.rule import Find, Graph, Rule, claim_rule, field_rule, rule
from tui.analysis.messages.edges import meant_agent
from tui.model.conversation import ConversationItem
from tui.model.ids import EdgeId, ItemId, ThreadId, ToolCallId
from tui.model.kinds import NodeKind
from tui.model.noderef import NodeRef
from tui.model.objects import EdgeKind, InteractionEdge, ItemAnchor, SpawnedOrigin, Thread, ThreadAnchor, ToolCall
from tui.schema.events import WaitAgentSummary

AGENT_WORDS: dict[EdgeKind, str] = {
    "spawn_agent": "spawned",
    "assign_agent_task": "gave a task to",
    "send_message": "messaged",
    "close_agent": "closed",
    "agent_result": "result went to",
}
"""Kind of edge → how its source speaks of the agent at its far end."""

_ENDS: tuple[NodeKind, ...] = ("item", "tool_call", "thread")


def agents_at_far_end(graph: Graph, edge: InteractionEdge) -> Iterator[Claim]:
    """The agent that an edge reached: the one it spawned, or the one that its target belongs to."""
    edge_node = NodeRef("edge", edge.edge_id)
    spawned = graph.index.spawned_by_edge.of(edge.edge_id)
    for thread_id in spawned:
        child = NodeRef("thread", thread_id)
        yield Claim(child, Evidence(child, "origin.spawn_edge_id", "and the source of that edge"))
    for thread_id in graph.index.edges_into_thread.targets(edge.edge_id):
        if thread_id in spawned:
            continue
        if isinstance(edge.target, ThreadAnchor):
            yield Claim(NodeRef("thread", thread_id), Evidence(edge_node, "target"))
        else:
            note = "the target is an item of that agent"
            yield Claim(NodeRef("thread", thread_id), Evidence(edge_node, "target", note), "derived")


def _edges(graph: Graph, names: Iterable[EdgeId], kind: EdgeKind) -> Iterator[InteractionEdge]:
    for name in dict.fromkeys(names):
        edge = graph.trace.interaction_edges.get(name)
        if edge is not None and edge.kind == kind:
            yield edge


def _to_agents(kind: EdgeKind) -> Find:
    def find(graph: Graph, node: NodeRef) -> Iterator[Claim]:
        for edge in _edges(graph, graph.index.edges_from.of(node), kind):
            yield from agents_at_far_end(graph, edge)

    return find


def _from_agents(kind: EdgeKind) -> Find:
    def find(graph: Graph, node: NodeRef) -> Iterator[Claim]:
        for edge in _edges(graph, _edges_into(graph, ThreadId(node.id)), kind):
            for claim in agents_at_far_end(graph, edge):
                if claim.target == node:
                    yield Claim(anchor_node(edge.source), claim.evidence, claim.certainty)

    return find


def _edges_into(graph: Graph, thread_id: ThreadId) -> Iterator[EdgeId]:
    yield from graph.index.spawned_by_edge.targets(thread_id)
    yield from graph.index.edges_into_thread.of(thread_id)


def _to_items(kinds: Iterable[EdgeKind]) -> Find:
    def find(graph: Graph, node: NodeRef) -> Iterator[Claim]:
        for kind in kinds:
            for edge in _edges(graph, graph.index.edges_from.of(node), kind):
                if isinstance(edge.target, ItemAnchor):
                    yield Claim(anchor_node(edge.target), _ends_of(edge))

    return find


def _from_items(kinds: Iterable[EdgeKind]) -> Find:
    def find(graph: Graph, node: NodeRef) -> Iterator[Claim]:
        for kind in kinds:
            for edge in _edges(graph, graph.index.edges_to.of(node), kind):
                yield Claim(anchor_node(edge.source), _ends_of(edge))

    return find


def _results_of_agent(graph: Graph, node: NodeRef) -> Iterator[Claim]:
    """The items that the results of an agent became, whatever item of it was the result."""
    for edge in _edges(graph, graph.index.edges_out_of_thread.of(ThreadId(node.id)), "agent_result"):
        if isinstance(edge.target, ItemAnchor):
            yield Claim(anchor_node(edge.target), _from_agent(edge), "derived")


def _agents_of_result(graph: Graph, node: NodeRef) -> Iterator[Claim]:
    for edge in _edges(graph, graph.index.edges_to.of(node), "agent_result"):
        for thread_id in graph.index.edges_out_of_thread.targets(edge.edge_id):
            yield Claim(NodeRef("thread", thread_id), _from_agent(edge), "derived")


def _from_agent(edge: InteractionEdge) -> Evidence:
    return Evidence(NodeRef("edge", edge.edge_id), "source and target", "the source belongs to that agent")


def _ends_of(edge: InteractionEdge) -> Evidence:
    return Evidence(NodeRef("edge", edge.edge_id), "source and target")


_MESSAGES: tuple[EdgeKind, ...] = ("spawn_agent", "assign_agent_task", "send_message")


def _target(graph: Graph, edge: InteractionEdge) -> Iterator[Claim]:  # noqa: ARG001  # claims take the graph
    yield Claim(anchor_node(edge.target), Evidence(NodeRef("edge", edge.edge_id), "target"))


def _source(graph: Graph, edge: InteractionEdge) -> Iterator[Claim]:  # noqa: ARG001  # claims take the graph
    yield Claim(anchor_node(edge.source), Evidence(NodeRef("edge", edge.edge_id), "source"))


def _carried(graph: Graph, edge: InteractionEdge) -> Iterator[Claim]:  # noqa: ARG001  # claims take the graph
    """What it carried beside the item at its target, which is named as such."""
    for item_id in edge.carried_item_ids:
        node = NodeRef("item", item_id)
        if node != anchor_node(edge.target):
            yield Claim(node, Evidence(NodeRef("edge", edge.edge_id), "carried_item_ids"))


def _tasks(graph: Graph, thread: Thread) -> Iterator[Claim]:
    """The item with which a child began: what its spawn edge carried."""
    origin = thread.origin
    edge = graph.trace.interaction_edges.get(origin.spawn_edge_id) if isinstance(origin, SpawnedOrigin) else None
    if edge is not None:
        evidence = Evidence(NodeRef("edge", edge.edge_id), "carried_item_ids")
        yield from (Claim(NodeRef("item", item_id), evidence) for item_id in edge.carried_item_ids)


def _agents_tasked(graph: Graph, node: NodeRef) -> Iterator[ThreadId]:
    for edge_id in graph.index.edges_carrying.of(ItemId(node.id)):
        yield from graph.index.spawned_by_edge.of(edge_id)


def _parent(thread: Thread) -> list[ThreadId]:
    return [thread.origin.parent_thread_id] if isinstance(thread.origin, SpawnedOrigin) else []


def _spawn_edge(thread: Thread) -> list[EdgeId]:
    return [thread.origin.spawn_edge_id] if isinstance(thread.origin, SpawnedOrigin) else []


def _author(graph: Graph, item: ConversationItem) -> Iterator[Claim]:
    """The agent that a message names as its author, where no edge shows the call that sent it."""
    node = NodeRef("item", item.item_id)
    if item.agent_message is msgspec.UNSET or graph.index.edges_to.count(node):
        return
    thread_id = graph.index.thread_at_path(item.agent_message.author)
    if thread_id is not None:
        evidence = Evidence(node, "agent_message.author", "the path of that agent; no edge shows which call sent it")
        yield Claim(NodeRef("thread", thread_id), evidence, "derived")


def _messages_by(graph: Graph, node: NodeRef) -> Iterator[ItemId]:
    thread = graph.trace.threads.get(ThreadId(node.id))
    if thread is not None:
        yield from graph.index.items_of_author.of(thread.agent_path)


def _awaited(graph: Graph, tool: ToolCall) -> Iterator[Claim]:
    path = tool.summary.target_agent_path if isinstance(tool.summary, WaitAgentSummary) else None
    thread_id = None if path is None else graph.index.thread_at_path(path)
    if thread_id is not None:
        evidence = Evidence(NodeRef("tool_call", tool.tool_call_id), "summary.target_agent_path")
        yield Claim(NodeRef("thread", thread_id), evidence, "derived")


def _waiting(graph: Graph, node: NodeRef) -> Iterable[str]:
    thread = graph.trace.threads.get(ThreadId(node.id))
    return [] if thread is None else graph.index.tools_waiting_for.of(thread.agent_path)


def _meant(graph: Graph, tool: ToolCall) -> Iterator[Claim]:
    """The agent that a call meant, of which no edge shows that it got anything."""
    meant = meant_agent(graph.trace, graph.index, tool)
    if meant is not None:
        field = "raw_runtime_payload_ids" if meant.is_handed_over else "summary"
        who = "the runtime took it for that agent" if meant.is_handed_over else "the call names that agent"
        evidence = Evidence(NodeRef("tool_call", tool.tool_call_id), field, f"{who}; no edge shows that it arrived")
        yield Claim(NodeRef("thread", meant.thread_id), evidence, "derived")


def _sends_without_edge(graph: Graph, node: NodeRef) -> Iterator[ToolCallId]:  # noqa: ARG001  # any agent may be meant
    for kind in SENDING_KINDS:
        for tool_id in graph.index.sending_tools.of(kind):
            if not graph.index.edges_from.count(NodeRef("tool_call", tool_id)):
                yield tool_id


AGENT_RULES: tuple[Rule, ...] = (
    *(rule(word, _ENDS, ["thread"], _to_agents(kind), _from_agents(kind)) for kind, word in AGENT_WORDS.items()),
    rule("delivered as", _ENDS, ["item"], _to_items(_MESSAGES), _from_items(_MESSAGES)),
    rule("result delivered as", _ENDS, ["item"], _to_items(["agent_result"]), _from_items(["agent_result"])),
    rule("result delivered as", ["thread"], ["item"], _results_of_agent, _agents_of_result),
    claim_rule("comes from", "edge", _ENDS, _source, lambda graph, node: graph.index.edges_from.of(node)),
    claim_rule("arrived at", "edge", _ENDS, _target, lambda graph, node: graph.index.edges_to.of(node)),
    claim_rule(
        "carries", "edge", ["item"], _carried, lambda graph, node: graph.index.edges_carrying.of(ItemId(node.id))
    ),
    field_rule(
        "spawned over",
        "thread",
        "edge",
        "origin.spawn_edge_id",
        _spawn_edge,
        lambda index, name: index.spawned_by_edge.of(name),
    ),
    claim_rule("tasked with", "thread", ["item"], _tasks, _agents_tasked),
    field_rule(
        "child of",
        "thread",
        "thread",
        "origin.parent_thread_id",
        _parent,
        lambda index, name: index.child_threads.of(name),
    ),
    claim_rule("sent by", "item", ["thread"], _author, _messages_by),
    claim_rule("meant for", "tool_call", ["thread"], _meant, _sends_without_edge),
    claim_rule("waited for", "tool_call", ["thread"], _awaited, _waiting),
)
"""Rules for threads and for edges between agents."""
