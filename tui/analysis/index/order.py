"""In which order objects are taken in: that of their starts, which the lists of `TraceIndex` then keep."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import Any

from tui.model.delta import TraceDelta
from tui.model.kinds import KINDS, ByGraphKind, GraphKind, GraphObject
from tui.model.trace import RolloutTrace

FEW_OF_ALL = 16
"""If one object in this many of the graph is among those that changed, they are found by going through the graph."""

_BY_START = attrgetter("execution.started_seq")

_ORDERS: ByGraphKind[Callable[[Any], Any] | None] = {
    "thread": _BY_START,
    "turn": _BY_START,
    "inference": _BY_START,
    "tool_call": _BY_START,
    "code_cell": _BY_START,
    "terminal_operation": _BY_START,
    "terminal_session": _BY_START,
    "compaction_request": _BY_START,
    "event": _BY_START,
    "compaction": attrgetter("installed_at_unix_ms", "compaction_id"),
    "edge": attrgetter("started_at_unix_ms", "edge_id"),
    "item": None,
    "payload": None,
}
"""Kind → what its objects are in order of; None for those that are in order in the graph."""


def in_order(kind: GraphKind, trace: RolloutTrace, delta: TraceDelta) -> Iterable[GraphObject]:
    """The objects of a kind that a delta touched, in order; those that the graph no longer holds are left out."""
    touched, objects, order = KINDS[kind].touched(delta), KINDS[kind].objects(trace), _ORDERS[kind]
    if order is not None:
        return sorted((objects[name] for name in touched if name in objects), key=order)
    if len(touched) * FEW_OF_ALL > len(objects):  # then going through all is faster
        return (found for name, found in objects.items() if name in touched)
    names = sorted(touched, key=lambda name: (len(name), name))  # their ids end in a number: the shorter one is older
    return (objects[name] for name in names if name in objects)
