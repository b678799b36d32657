"""Objects of the graph, their links and their causes as JSON values, for the commands that print them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from typing import Any

import msgspec

from tui.analysis.kinds.naming import name_of
from tui.analysis.links.linked import gaps_of, links_of
from tui.analysis.links.relation import Direction, Evidence
from tui.analysis.links.why import Step
from tui.analysis.recording.event_log import EventLog, EventRow
from tui.analysis.requests.route import OutputRoute, SeenItem
from tui.model.noderef import NodeRef
from tui.store import TraceStore


def node_json(node: NodeRef) -> dict[str, str]:
    """A node as `{"kind", "id"}`."""
    return {"kind": node.kind, "id": node.id}


def evidence_json(evidence: Evidence | None) -> dict[str, Any] | None:
    """The object and the field that prove something; `note` where the field alone does not."""
    if evidence is None:
        return None
    return {"node": node_json(evidence.node), "field": evidence.field, "note": evidence.note or None}


def steps_json(store: TraceStore, steps: Iterable[Step]) -> list[dict[str, Any]]:
    """A chain of causes; a step without node is a gap."""
    found = []
    for step in steps:
        row = event_of_step(store, step)
        found.append(
            {
                "node": None if step.node is None else node_json(step.node),
                "name": step.name,
                "relation": step.relation or None,
                "certainty": step.certainty,
                "evidence": evidence_json(step.evidence),
                "seq": None if row is None else row.seq,
                "line": None if row is None else row.line,
            }
        )
    return found


def links_json(store: TraceStore, node: NodeRef, direction: Direction) -> list[dict[str, Any]]:
    """The links of a node that lead one way."""
    trace, index = store.trace, store.index
    return [
        {
            "relation": link.kind,
            "node": node_json(link.target),
            "name": name_of(trace, index, link.target),
            "certainty": link.certainty,
            "evidence": evidence_json(link.evidence),
        }
        for link in links_of(trace, index, node, direction)
    ]


def gaps_json(store: TraceStore, node: NodeRef) -> list[dict[str, Any]]:
    """What the recording leaves open about a node."""
    return [
        {
            "relation": gap.kind,
            "direction": gap.direction,
            "text": gap.text,
            "evidence": evidence_json(gap.evidence),
        }
        for gap in gaps_of(store.trace, store.index, node)
    ]


def route_json(route: OutputRoute | None) -> dict[str, Any] | None:
    """How an output reached the model."""
    if route is None:
        return None
    return {
        "route": route.route,
        "text": route.text,
        "via": [node_json(node) for node in route.via],
        "items": [_seen_json(item) for item in route.items],
    }


def _seen_json(item: SeenItem) -> dict[str, Any]:
    return {
        "item_id": item.item_id,
        "thread_id": item.thread_id,
        "seen_by_requests": list(item.requests),
        "cut": None if item.cut is None else msgspec.to_builtins(item.cut),
    }


def event_of_step(store: TraceStore, step: Step) -> EventRow | None:
    """The line of the log that a step began with; for a payload, the first that names it."""
    if step.node is not None and step.node.kind == "payload":
        return store.event_log.payload_origin(step.node.id)
    return None if step.seq is None else event_at(store.event_log, step.seq)


def event_at(log: EventLog, seq: int) -> EventRow | None:
    """The line with the event `seq`; None if the log holds no such event. Costs little as long as seqs grow."""

    def seq_of_row(number: int) -> int:
        return log.row(number).seq or 0

    place = bisect_left(range(len(log)), seq, key=seq_of_row)
    if place < len(log) and log.row(place).seq == seq:
        return log.row(place)
    return next((row for row in map(log.row, range(len(log))) if row.seq == seq), None)
