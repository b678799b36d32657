"""Why something is here: the way from anything back to the user's prompt (viewer notes §9)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import msgspec

from tui.analysis.index.ends import anchor_node, producer_node
from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.kinds.naming import name_of
from tui.analysis.links.linked import CAUSES, gaps_of, links_of, links_of_kind
from tui.analysis.links.relation import Certainty, Evidence, Link
from tui.analysis.requests.injected import is_injected
from tui.model.conversation import OUTPUT_KINDS, ConversationItem
from tui.model.lookup import find_object, window_of
from tui.model.noderef import NodeRef
from tui.model.objects import InteractionEdge, RootOrigin, Thread
from tui.model.trace import RolloutTrace
from tui.schema.payloads import RawPayloadRef

MAX_STEPS = 400
"""Steps after which a chain ends: agents nest less deep, and a damaged log may go in circles."""

KEPT_COPY = "a copy of the message below"
"""An item that a compaction installed with the text of an earlier one, further down the same chain."""


class Step(NamedTuple):
    """One step on the way to the cause.

    `relation` is how the step before is linked with this one, empty for the first. Without `node` the step is a gap:
    `name` then says what is not known. `name` is as recorded: clean it to show it. `seq` is where the object begins in
    the log, or was accepted into the history; None if it is unknown.
    """

    node: NodeRef | None
    name: str
    relation: str = ""
    certainty: Certainty = "recorded"
    evidence: Evidence | None = None
    seq: int | None = None


def why(trace: RolloutTrace, index: TraceIndex, node: NodeRef) -> list[Step]:
    """The chain from `node` back to the user's prompt, each step caused by the next.

    Nested call ← cell ← call item ← request ← task of the agent ← edge ← the parent's call ← … ← the user's prompt.
    What is missing is a step without node before the step with which the chain goes on.
    """
    steps = [_step(trace, index, node)]
    seen = {node}
    at = node
    while len(steps) < MAX_STEPS:
        steps.extend(_missing(trace, index, at))
        link = cause_link(trace, index, at)
        if link is None or link.target in seen:
            break
        steps.append(_step(trace, index, link.target, link))
        at = link.target
        seen.add(at)
    return steps


def cause_of(trace: RolloutTrace, index: TraceIndex, node: NodeRef) -> NodeRef | None:
    """What led directly to `node`, or None at the beginning or where the recording does not tell."""
    link = cause_link(trace, index, node)
    return None if link is None else link.target


def cause_link(trace: RolloutTrace, index: TraceIndex, node: NodeRef) -> Link | None:
    """The link to what led directly to `node`."""
    for kind in _causes(node):
        found = links_of_kind(trace, index, node, kind)
        if found:
            return _best(trace, index, node, found)
    return None


def _causes(node: NodeRef) -> tuple[str, ...]:
    return () if node.kind == "diagnostic" else CAUSES[node.kind]


def _best(trace: RolloutTrace, index: TraceIndex, node: NodeRef, found: Sequence[Link]) -> Link | None:
    """Of several links of the most direct kind the one that says most."""
    first = found[0]
    if node.kind == "tool_call" and first.kind == "asked for by" and first.certainty == "derived":
        # The call item proves the request, so it is the next step; a nested call without its cell has none.
        called_in = links_of_kind(trace, index, node, "called in")
        return next((link for link in called_in if link.target == first.evidence.node), first)
    if node.kind == "code_cell" and first.kind == "written in":
        asked_for = links_of_kind(trace, index, node, "asked for by")
        if any(link.evidence.node == first.target for link in asked_for):
            return first
        return next(iter(links_of_kind(trace, index, node, "run by")), first)
    if node.kind == "compaction" and first.kind == "attempted by":
        return found[-1]
    item = find_object(trace, node)
    if isinstance(item, ConversationItem) and item.produced_by:
        producer = producer_node(item.produced_by[0])
        links = () if first.kind == "arrived over" else links_of(trace, index, node, "upstream")
        return next((link for link in links if link.target == producer), first)
    return first


def _step(trace: RolloutTrace, index: TraceIndex, node: NodeRef, link: Link | None = None) -> Step:
    name, seq = name_of(trace, index, node), seq_of(trace, node)
    if link is None:
        return Step(node, name, seq=seq)
    return Step(node, name, link.kind, link.certainty, link.evidence, seq)


def _missing(trace: RolloutTrace, index: TraceIndex, node: NodeRef) -> Iterator[Step]:
    for gap in gaps_of(trace, index, node):
        if gap.kind in _causes(node):
            yield Step(None, gap.text, gap.kind, "unproven", gap.evidence)


def told_names(trace: RolloutTrace, steps: Sequence[Step]) -> list[str]:
    """What to call the steps in a list of them: a text that a compaction kept is told once, where it came from.

    The object that is explained keeps its name.
    """
    texts = [_text_of(trace, step.node) for step in steps]
    names = [step.name for step in steps]
    for place, (step, after) in enumerate(pairwise(steps)):
        is_kept = step.relation and after.relation == "installed by"
        if is_kept and texts[place] and texts[place] in texts[place + 1 :]:
            names[place] = KEPT_COPY
    return names


def _text_of(trace: RolloutTrace, node: NodeRef | None) -> tuple[object, ...]:
    """Who says what in an item; empty for all else, and for an item without a text."""
    item = find_object(trace, node) if node is not None and node.kind == "item" else None
    return (item.role, *item.body.parts) if isinstance(item, ConversationItem) and item.body.parts else ()


def seq_of(trace: RolloutTrace, node: NodeRef) -> int | None:
    """The event with which an object begins, or by which an item was accepted; None where the graph does not tell."""
    found = find_object(trace, node)
    window = window_of(found)
    if window is not None:
        return window.started_seq
    if isinstance(found, ConversationItem):
        return found.accepted_seq if found.accepted_seq is not msgspec.UNSET else None
    if isinstance(found, InteractionEdge):
        told = trace.evidence.edge_seqs.get(found.edge_id)
        if told is not None:
            return told
        source = anchor_node(found.source)
        return seq_of(trace, source) if source.kind != "thread" else None
    return None


def ending(trace: RolloutTrace, steps: Sequence[Step]) -> str:
    """Where a chain ends, in words: at the user's prompt, at the root agent, or where nothing more is recorded."""
    last = next(step.node for step in reversed(steps) if step.node is not None)
    found = find_object(trace, last)
    if isinstance(found, RawPayloadRef):
        return "no object of the graph uses it: the event that names it is all there is"
    if isinstance(found, Thread) and isinstance(found.origin, RootOrigin):
        return "this is the root agent: nothing in the recording spawned it"
    if isinstance(found, ConversationItem) and not found.produced_by:
        return _ending_at(found)
    return "the recording does not say more"


def _ending_at(item: ConversationItem) -> str:
    if item.role == "user" and item.kind == "message":
        return "context that the agent program added" if is_injected(item) else "this is the user's prompt"
    if item.role in ("developer", "system"):
        return "instructions that came with the request"
    if item.kind in OUTPUT_KINDS:
        return "transcript only: no tool call of this recording produced it"
    return "history from before this recording, or from another agent"
