"""Where in the log something began."""

from __future__ import annotations

from bisect import bisect_left

from tui.analysis.links.why import Step
from tui.analysis.recording.event_log import EventLog, EventRow
from tui.model.ids import ItemId
from tui.store import TraceStore


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


def seq_of_item(store: TraceStore, item_id: ItemId) -> int | None:
    """The event that brought an item first; None if it is unknown."""
    source = store.trace.evidence.item_sources.get(item_id)
    origin = None if source is None else store.event_log.payload_origin(source.raw_payload_id)
    return None if origin is None else origin.seq
