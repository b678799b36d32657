"""From what a person writes to an object of the graph: `tool_call:call_7`, an id, an agent path, `seq:12`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import msgspec

from tui.analysis.kinds.naming import agent_name
from tui.model.execution import ExecutionWindow
from tui.model.kinds import GRAPH_KINDS, KINDS, ByGraphKind, GraphKind, GraphObject, entries
from tui.model.lookup import window_of
from tui.model.noderef import NodeRef
from tui.model.trace import RolloutTrace

NAMED_CHOICES = 4
"""How many candidates a refusal names."""

LEAST_PREFIX = 3
"""Characters of an id that stand for the whole; fewer are more likely a mistake."""

_KIND_WORDS: ByGraphKind[tuple[str, ...]] = {
    "thread": ("agent",),
    "turn": (),
    "inference": (),
    "tool_call": ("tool",),
    "code_cell": ("cell",),
    "terminal_operation": ("operation",),
    "terminal_session": ("session", "process"),
    "compaction": (),
    "compaction_request": (),
    "edge": (),
    "item": (),
    "payload": (),
    "event": (),
}
"""What else people call a kind, before the colon."""

_KIND_OF_WORD: dict[str, GraphKind] = {word: kind for kind, words in entries(_KIND_WORDS) for word in (kind, *words)}

_SEQ = re.compile(r"seq:(\d{1,18})")

_FURTHER_SEQS = ("accepted_seq", "initial_response_seq", "yielded_seq")
"""Fields beside the execution that say in which event something happened to an object."""


class UnknownNodeError(Exception):
    """Nothing, or more than one thing, has that name. The message is one line: what was given, what was expected."""


def find_node(trace: RolloutTrace, name: str) -> NodeRef:
    """The object that `name` means.

    Exact names come first: `kind:id`, then an id; then an agent path, the file of a payload, a model's call id, and
    `seq:N`. Otherwise the start of an id, if only one object has such an id. Raises `UnknownNodeError`. Costs one look
    at every object in the worst case.
    """
    kinds, wanted = _asked(trace, name)
    exact = [NodeRef(kind, wanted) for kind in kinds if wanted in KINDS[kind].objects(trace)]
    exact = exact or list(dict.fromkeys(_otherwise_named(trace, kinds, wanted)))
    if exact:
        return _only(exact, name)
    seq = _SEQ.fullmatch(name)
    if seq is not None:
        return _at_event(trace, int(seq[1]))
    if len(wanted) >= LEAST_PREFIX:
        begun = list(_starting_with(trace, kinds, wanted))
        if begun:
            return _only(begun, name)
    raise UnknownNodeError(_nothing(trace, name))


def _asked(trace: RolloutTrace, name: str) -> tuple[Iterable[GraphKind], str]:
    """The kinds that may be meant, and the id. An id may hold colons, so a word before one need not be a kind."""
    word, colon, rest = name.partition(":")
    kind = _KIND_OF_WORD.get(word) if colon else None
    if kind is None or any(name in one.objects(trace) for _, one in entries(KINDS)):
        return GRAPH_KINDS, name
    return [kind], rest


def _otherwise_named(trace: RolloutTrace, kinds: Iterable[GraphKind], wanted: str) -> Iterator[NodeRef]:
    """Objects that are known by another name than their id."""
    if not wanted:
        return
    if "thread" in kinds:
        yield from (NodeRef("thread", name) for name in trace.threads if agent_name(trace, name) == wanted)
    if "payload" in kinds:
        yield from (NodeRef("payload", one.raw_payload_id) for one in trace.raw_payloads.values() if one.path == wanted)
    if "tool_call" in kinds:
        tools = trace.tool_calls.values()
        yield from (NodeRef("tool_call", one.tool_call_id) for one in tools if one.model_visible_call_id == wanted)


def _at_event(trace: RolloutTrace, seq: int) -> NodeRef:
    """The object that an event began, or else the first that it ended or changed."""
    changed: list[NodeRef] = []
    for kind, one in entries(KINDS):
        for object_id, found in one.objects(trace).items():
            window = window_of(found)
            if window is not None and window.started_seq == seq:
                return NodeRef(kind, object_id)
            if _is_changed_at(found, window, seq):
                changed.append(NodeRef(kind, object_id))
    if changed:
        return changed[0]
    raise UnknownNodeError(f"event {seq} began or ended no object of the graph; expected the seq of another event")


def _is_changed_at(found: GraphObject, window: ExecutionWindow | None, seq: int) -> bool:
    if window is not None and window.ended_seq == seq:
        return True
    return any(getattr(found, field, msgspec.UNSET) == seq for field in _FURTHER_SEQS)


def _starting_with(trace: RolloutTrace, kinds: Iterable[GraphKind], start: str) -> Iterator[NodeRef]:
    for kind in kinds:
        for object_id in KINDS[kind].objects(trace):
            if object_id.startswith(start):
                yield NodeRef(kind, object_id)


def _only(found: list[NodeRef], name: str) -> NodeRef:
    if len(found) == 1:
        return found[0]
    choices = ", ".join(f"{node.kind}:{node.id}" for node in found[:NAMED_CHOICES])
    more = f" and {len(found) - NAMED_CHOICES} more" if len(found) > NAMED_CHOICES else ""
    raise UnknownNodeError(f"{name!r} can mean {choices}{more}; give one of them in full")


def _nothing(trace: RolloutTrace, name: str) -> str:
    if not name:
        return "the id is empty; expected the id of an object, KIND:ID, or an agent path such as /root"
    if not trace.threads:
        return f"there is no {name!r}: the recording holds no agent yet"
    example = next(iter(trace.tool_calls), next(iter(trace.threads)))
    return f"there is no {name!r} in this recording; expected an id such as {example}, KIND:ID, or an agent path"
