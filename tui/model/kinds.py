"""What kinds of objects the graph has: one declaration, from which maps, deltas, lookup and tables by kind follow.

A new kind is a word in `GraphKind`, a field in `ByGraphKind`, a struct in `GraphObject` and an entry in `KINDS`. From
then on the type checker names every place that has no answer for it: a table by kind is a `ByGraphKind` (or a `ByKind`,
if it has diagnostics, too) and lacks an entry; a `match` over objects or kinds ends in `assert_never` and lacks a case.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Generic, Literal, TypedDict, TypeVar, cast, get_args

from tui.model.conversation import ConversationItem
from tui.model.delta import TraceDelta
from tui.model.objects import (
    CodeCell,
    CodexTurn,
    Compaction,
    CompactionRequest,
    InferenceCall,
    InteractionEdge,
    TerminalOperation,
    TerminalSession,
    Thread,
    ToolCall,
)
from tui.model.protocol import ProtocolEvent
from tui.model.trace import RolloutTrace
from tui.named_tuple import NamedTuple
from tui.schema.payloads import RawPayloadRef

GraphKind = Literal[
    "thread",
    "turn",
    "inference",
    "tool_call",
    "code_cell",
    "terminal_operation",
    "terminal_session",
    "compaction",
    "compaction_request",
    "edge",
    "item",
    "payload",
    "event",
]
"""Kinds of objects of the graph. An `event` is one of the protocol, which the reduced JSON does not hold."""

NodeKind = Literal[GraphKind, "diagnostic"]
"""Kinds of what a person can select. The id of a `diagnostic` is its index in the list of diagnostics; all others have
ids of the graph."""

GRAPH_KINDS: tuple[GraphKind, ...] = get_args(GraphKind)
NODE_KINDS: tuple[NodeKind, ...] = get_args(NodeKind)

Entry = TypeVar("Entry")


class ByGraphKind(TypedDict, Generic[Entry]):
    """A table with an entry for every kind of object. `entries` walks it, in the order in which it is written."""

    thread: Entry
    turn: Entry
    inference: Entry
    tool_call: Entry
    code_cell: Entry
    terminal_operation: Entry
    terminal_session: Entry
    compaction: Entry
    compaction_request: Entry
    edge: Entry
    item: Entry
    payload: Entry
    event: Entry


class ByKind(ByGraphKind[Entry], Generic[Entry]):
    """A table with an entry for everything that a person can select."""

    diagnostic: Entry


GraphObject = (
    Thread
    | CodexTurn
    | InferenceCall
    | ToolCall
    | CodeCell
    | TerminalOperation
    | TerminalSession
    | Compaction
    | CompactionRequest
    | InteractionEdge
    | ConversationItem
    | RawPayloadRef
    | ProtocolEvent
)
"""An object of any kind."""


class Kind(NamedTuple):
    """Where the objects of a kind are: their map in the graph, by id, and the ids that a delta touched."""

    objects: Callable[[RolloutTrace], Mapping[Any, GraphObject]]
    touched: Callable[[TraceDelta], set[Any]]


KINDS: ByGraphKind[Kind] = {
    "thread": Kind(lambda trace: trace.threads, lambda delta: delta.threads),
    "turn": Kind(lambda trace: trace.codex_turns, lambda delta: delta.codex_turns),
    "inference": Kind(lambda trace: trace.inference_calls, lambda delta: delta.inference_calls),
    "tool_call": Kind(lambda trace: trace.tool_calls, lambda delta: delta.tool_calls),
    "code_cell": Kind(lambda trace: trace.code_cells, lambda delta: delta.code_cells),
    "terminal_operation": Kind(lambda trace: trace.terminal_operations, lambda delta: delta.terminal_operations),
    "terminal_session": Kind(lambda trace: trace.terminal_sessions, lambda delta: delta.terminal_sessions),
    "compaction": Kind(lambda trace: trace.compactions, lambda delta: delta.compactions),
    "compaction_request": Kind(lambda trace: trace.compaction_requests, lambda delta: delta.compaction_requests),
    "edge": Kind(lambda trace: trace.interaction_edges, lambda delta: delta.interaction_edges),
    "item": Kind(lambda trace: trace.conversation_items, lambda delta: delta.conversation_items),
    "payload": Kind(lambda trace: trace.raw_payloads, lambda delta: delta.raw_payloads),
    "event": Kind(lambda trace: trace.protocol_events, lambda delta: delta.protocol_events),
}
"""Every kind of object, in the order in which a name is looked for."""


def entries(table: ByGraphKind[Entry]) -> Iterable[tuple[GraphKind, Entry]]:
    """The kinds and entries of a table, in its own order. To the type checker the keys of items are mere texts."""
    return cast("Iterable[tuple[GraphKind, Entry]]", table.items())


def all_entries(table: ByKind[Entry]) -> Iterable[tuple[NodeKind, Entry]]:
    """The same of a table with diagnostics."""
    return cast("Iterable[tuple[NodeKind, Entry]]", table.items())


class _Names:
    """Represents a graph or a delta: each of its fields is the name of the field."""

    def __getattr__(self, name: str) -> str:
        return name


MAP_OF_KIND: dict[GraphKind, str] = {
    kind: str(one.objects(cast("RolloutTrace", _Names()))) for kind, one in entries(KINDS)
}
"""Kind → the name of its map in the graph, which is that of its ids in a delta, too."""


def whole_delta(trace: RolloutTrace) -> TraceDelta:
    """A delta that names every object of `trace`: what a reader that knows nothing yet has to look at."""
    delta = TraceDelta(trace=True)
    for _, kind in entries(KINDS):
        kind.touched(delta).update(kind.objects(trace))
    return delta
