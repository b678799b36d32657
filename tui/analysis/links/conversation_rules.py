"""Links of conversation items, requests, turns and compactions; and of payloads (viewer notes §§1, 2, 6)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from tui.analysis.index.ends import producer_node
from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.links.relation import Certainty, Claim, Evidence
from tui.analysis.links.rule import Graph, Rule, claim_rule, field_rule, rule
from tui.analysis.requests.order import request_before
from tui.analysis.requests.prompts import can_prompt, prompt_of, requests_prompted_by
from tui.model.conversation import ConversationItem
from tui.model.ids import CodexTurnId, CompactionId, InferenceCallId, ItemId, RawPayloadId, ThreadId
from tui.model.kinds import ByGraphKind, GraphKind, NodeKind, entries
from tui.model.lookup import find_object
from tui.model.noderef import NodeRef
from tui.model.objects import CodexTurn, Compaction, InferenceCall, SpawnedOrigin
from tui.model.protocol import Attribution, ProtocolEvent
from tui.schema.sequence import SharedSequence

_NOTHING_SENT: SharedSequence[ItemId] = SharedSequence()

_PART_OF_TURN: tuple[tuple[NodeKind, str, Callable[[TraceIndex, Any], Iterable[str]]], ...] = (
    ("inference", "codex_turn_id", lambda index, name: index.inferences_of_turn.of(name)),
    ("tool_call", "started_by_codex_turn_id", lambda index, name: index.tools_of_turn.of(name)),
    ("code_cell", "codex_turn_id", lambda index, name: index.cells_of_turn.of(name)),
    ("compaction", "codex_turn_id", lambda index, name: index.compactions_of_turn.of(name)),
    ("compaction_request", "codex_turn_id", lambda index, name: index.attempts_of_turn.of(name)),
)
"""Kind, its field that names the turn, and the index of that field."""


def _produced(kind: str, producer: NodeKind) -> Rule:
    """`kind` leads from an item to its producers of one kind."""

    def forward(graph: Graph, node: NodeRef) -> Iterator[Claim]:
        item = graph.trace.conversation_items[ItemId(node.id)]
        for found in map(producer_node, item.produced_by):
            if found.kind == producer:
                yield Claim(found, Evidence(node, "produced_by"))

    def backward(graph: Graph, node: NodeRef) -> Iterator[Claim]:
        for name in graph.index.items_of_producer.of(node):
            item = NodeRef("item", name)
            yield Claim(item, Evidence(item, "produced_by"))

    return rule(kind, ["item"], [producer], forward, backward)


def _prompt(graph: Graph, call: InferenceCall) -> Iterator[Claim]:
    item_id = prompt_of(graph.trace, graph.index, call)
    if item_id is not None:
        evidence = Evidence(
            NodeRef("inference", call.inference_call_id), "request_item_ids", "the last prompt among them"
        )
        yield Claim(NodeRef("item", item_id), evidence, "derived")


def _prompted(graph: Graph, node: NodeRef) -> list[InferenceCallId]:
    return requests_prompted_by(graph.trace, graph.index, ItemId(node.id))


def _prompt_of_turn(graph: Graph, turn: CodexTurn) -> Iterator[Claim]:
    first = graph.index.inferences_of_turn.first(turn.codex_turn_id)
    call = None if first is None else graph.trace.inference_calls.get(first)
    for claim in () if call is None else _prompt(graph, call):
        note = "the last prompt in the first request of the turn"
        yield claim._replace(evidence=claim.evidence._replace(note=note))


def _turns_prompted(graph: Graph, node: NodeRef) -> Iterator[str]:
    for name in _prompted(graph, node):
        yield graph.trace.inference_calls[name].codex_turn_id


def _is_prompt_of_nobody(graph: Graph, item: ConversationItem) -> bool:
    """Whether an item asks for something and it is unknown who did: no producer, no edge, no author."""
    if item.produced_by or item.agent_message or graph.index.edges_to.count(NodeRef("item", item.item_id)):
        return False
    return can_prompt(graph.trace, graph.index, item)


def _agent_of_item(graph: Graph, item: ConversationItem) -> Iterator[Claim]:
    """A prompt that an agent got from nobody that is recorded leads to the agent, and so to its parent."""
    thread = graph.trace.threads.get(item.thread_id)
    if thread is not None and isinstance(thread.origin, SpawnedOrigin) and _is_prompt_of_nobody(graph, item):
        evidence = Evidence(NodeRef("item", item.item_id), "thread_id")
        yield Claim(NodeRef("thread", item.thread_id), evidence)


def _items_of_agent(graph: Graph, node: NodeRef) -> list[ItemId]:
    thread = graph.trace.threads[ThreadId(node.id)]
    return thread.conversation_item_ids if isinstance(thread.origin, SpawnedOrigin) else []


def _first_user(graph: Graph, compaction: Compaction) -> Iterator[Claim]:
    """The first request behind a compaction whose input holds an item that it installed."""
    installed = set(compaction.replacement_item_ids)
    for name in graph.index.inferences_of_thread.of(compaction.thread_id):
        call = graph.trace.inference_calls[name]
        if call.execution.started_at_unix_ms < compaction.installed_at_unix_ms:
            continue
        if not installed.isdisjoint(call.request_item_ids):
            evidence = Evidence(
                NodeRef("inference", name), "request_item_ids", "the first since then to hold a replacement item"
            )
            yield Claim(NodeRef("inference", name), evidence, "derived")
            return


def _compactions_first_used(graph: Graph, node: NodeRef) -> Iterator[CompactionId]:
    """The compactions that a request may be the first to use: those the agent's request before it cannot have used.

    They were installed since that one, or installed an item that it did not hold.
    """
    trace, index = graph.trace, graph.index
    call = trace.inference_calls[InferenceCallId(node.id)]
    before = request_before(trace, index, call)
    since = None if before is None else before.execution.started_at_unix_ms
    for name in index.compactions_of_thread.of(call.thread_id):
        at = trace.compactions[name].installed_at_unix_ms
        if at <= call.execution.started_at_unix_ms and (since is None or since < at):
            yield name
    sent, held = call.request_item_ids, _NOTHING_SENT if before is None else before.request_item_ids
    for item_id in sent[sent.shared_prefix_length(held) :]:
        if held.place_of(item_id) is None:
            yield from index.compactions_installing.of(item_id)


def _first_sender() -> Rule:
    field = "request_item_ids"

    def forward(graph: Graph, node: NodeRef) -> Iterator[Claim]:
        for name in graph.index.first_senders.of(ItemId(node.id)):
            sender = NodeRef("inference", name)
            yield Claim(sender, Evidence(sender, field, "no request before it holds the item"), "derived")

    def backward(graph: Graph, node: NodeRef) -> Iterator[Claim]:
        for name in graph.index.first_senders.targets(InferenceCallId(node.id)):
            yield Claim(NodeRef("item", name), Evidence(node, field, "no request before it holds the item"), "derived")

    return rule("first sent by", ["item"], ["inference"], forward, backward)


_PAYLOAD_FIELDS: ByGraphKind[tuple[str, ...] | None] = {
    "tool_call": ("raw_invocation_payload_id", "raw_runtime_payload_ids", "raw_result_payload_id"),
    "terminal_operation": ("raw_payload_ids",),
    "code_cell": ("raw_initial_response_payload_id", "raw_result_payload_id"),
    "inference": ("raw_request_payload_id", "raw_response_payload_id", "prepared_prompt_payload_id"),
    "compaction_request": ("raw_request_payload_id", "raw_response_payload_id"),
    "edge": ("carried_raw_payload_ids",),
    "thread": (),
    "item": (),
    "event": ("raw_payload_id",),
    "turn": None,
    "terminal_session": None,
    "compaction": None,
    "payload": None,
}
"""Kind of object → its fields that name payloads, in the order in which users of a payload are listed; None for kinds
that use none. An agent and an item have payloads that no field of them names (`_payload_evidence`)."""

_WITH_PAYLOADS: tuple[GraphKind, ...] = tuple(kind for kind, fields in entries(_PAYLOAD_FIELDS) if fields is not None)


def _payload_evidence(graph: Graph, user: NodeRef, payload_id: RawPayloadId) -> Evidence:
    """The field of `user` that names the payload."""
    found = find_object(graph.trace, user)
    if user.kind == "thread":
        return Evidence(user, "metadata_payload", "of the event that started the agent")
    if isinstance(found, ConversationItem):
        is_part = any(getattr(part, "raw_payload_id", None) == payload_id for part in found.body.parts)
        return Evidence(user, "body.parts[].raw_payload_id" if is_part else "where it was first seen")
    if graph.trace.evidence.warmup_payloads.get(InferenceCallId(user.id)) == payload_id:
        return Evidence(user, "warmup_context_payload", "of the event that started the request")
    fields = (_PAYLOAD_FIELDS[user.kind] if user.kind != "diagnostic" else None) or ("",)
    return Evidence(user, next((field for field in fields if _names(getattr(found, field), payload_id)), fields[0]))


def _names(field: object, payload_id: RawPayloadId) -> bool:
    return payload_id in field if isinstance(field, list) else field == payload_id


_CERTAINTY_OF: dict[Attribution, Certainty] = {"recorded": "recorded", "derived": "derived", "unproven": "guess"}
_NOTE_OF: dict[Attribution, str] = {
    "recorded": "",
    "derived": "the only one that was open then, or that failed with the same words",
    "unproven": "several were open, and nothing says which is meant",
}


def _place_of_event(graph: Graph, event: ProtocolEvent) -> Iterator[Claim]:  # noqa: ARG001  # claims take the graph
    """The turn that an event belongs to; without one, the agent."""
    node = NodeRef("event", event.event_id)
    certainty, note = _CERTAINTY_OF[event.attribution], _NOTE_OF[event.attribution]
    if event.codex_turn_id is not None:
        yield Claim(NodeRef("turn", event.codex_turn_id), Evidence(node, "codex_turn_id", note), certainty)
    elif event.thread_id is not None:
        yield Claim(NodeRef("thread", event.thread_id), Evidence(node, "thread_id", note), certainty)


def _events_at(graph: Graph, node: NodeRef) -> Iterable[str]:
    if node.kind == "turn":
        return graph.index.events_of_turn.of(CodexTurnId(node.id))
    return graph.index.events_of_thread.of(ThreadId(node.id))


def _recorded_in() -> Rule:
    def forward(graph: Graph, node: NodeRef) -> Iterator[Claim]:
        for name in graph.index.payload_users.targets(node):
            yield Claim(NodeRef("payload", name), _payload_evidence(graph, node, name))

    def backward(graph: Graph, node: NodeRef) -> Iterator[Claim]:
        users = graph.index.payload_users.of(RawPayloadId(node.id))
        for user in sorted(users, key=lambda one: _WITH_PAYLOADS.index(one.kind)):
            yield Claim(user, _payload_evidence(graph, user, RawPayloadId(node.id)))

    return rule("recorded in", _WITH_PAYLOADS, ["payload"], forward, backward)


CONVERSATION_RULES: tuple[Rule, ...] = (
    field_rule(
        "returned",
        "inference",
        "item",
        "response_item_ids",
        lambda call: call.response_item_ids,
        lambda index, name: index.returning_inferences.of(name),
    ),
    field_rule(
        "installed",
        "compaction",
        "item",
        "marker_item_id, replacement_item_ids",
        lambda one: [one.marker_item_id, *one.replacement_item_ids],
        lambda index, name: index.compactions_installing.of(name),
    ),
    _produced("returned by", "inference"),
    _produced("output of", "tool_call"),
    _produced("output of", "code_cell"),
    _produced("installed by", "compaction"),
    field_rule(
        "compacts",
        "compaction",
        "item",
        "input_item_ids",
        lambda one: one.input_item_ids,
        lambda index, name: index.compactions_of_input.of(name),
    ),
    field_rule(
        "attempted by",
        "compaction",
        "compaction_request",
        "request_ids",
        lambda one: one.request_ids,
        lambda index, name: index.compactions_attempted.of(name),
    ),
    field_rule(
        "attempt at",
        "compaction_request",
        "compaction",
        "compaction_id",
        lambda one: [one.compaction_id],
        lambda index, name: index.compaction_attempts.of(name),
    ),
    claim_rule("first used by", "compaction", ["inference"], _first_user, _compactions_first_used),
    claim_rule("prompted by", "inference", ["item"], _prompt, _prompted),
    claim_rule("prompted by", "turn", ["item"], _prompt_of_turn, _turns_prompted),
    _first_sender(),
    *(
        field_rule("part of", kind, "turn", field, lambda one, field=field: [getattr(one, field)], owners)  # type: ignore[misc]  # mypy sees no type in a default
        for kind, field, owners in _PART_OF_TURN
    ),
    field_rule(
        "part of",
        "turn",
        "thread",
        "thread_id",
        lambda turn: [turn.thread_id],
        lambda index, name: index.turns.of(name),
    ),
    field_rule(
        "part of",
        "terminal_session",
        "thread",
        "thread_id",
        lambda session: [session.thread_id],
        lambda index, name: index.sessions_of_thread.of(name),
    ),
    claim_rule("part of", "item", ["thread"], _agent_of_item, _items_of_agent),
    claim_rule("part of", "event", ["turn", "thread"], _place_of_event, _events_at),
    _recorded_in(),
)
"""Rules for conversation items, requests, turns, compactions and payloads."""
