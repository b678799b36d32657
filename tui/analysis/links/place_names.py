"""Names of places that can be sent: what `--at` of the viewer takes, and what its `yp` and its notes write.

| name | place |
|---|---|
| `call_7`, `tool_call:call_7`, `/root/alpha`, `payloads/7.json` | an object, as commands take it (`find_node`) |
| `seq:12` | what event 12 of the log began or ended, else what had begun last by then |
| `payloads/7.json#/input/3` | a value in a payload: a JSON pointer (RFC 6901) behind the payload's name |
"""

from __future__ import annotations

import re
from typing import NamedTuple

from tui.analysis.kinds.node_names import UnknownNodeError, find_node
from tui.analysis.problems.listed import nearest_node
from tui.model.ids import RawPayloadId
from tui.model.noderef import NodeRef
from tui.model.trace import RolloutTrace

_SEQ = re.compile(r"seq:(\d{1,18})")


class NamedPlace(NamedTuple):
    """An object, and where in it: keys and indices from the root of a payload."""

    node: NodeRef
    path: tuple[str, ...] = ()


def place_name(trace: RolloutTrace, place: NamedPlace) -> str:
    """The shortest name that leads to a place and to no other."""
    return f"{_name_of_node(trace, place.node)}{_pointer(place.path)}"


def lasting_name(place: NamedPlace) -> str:
    """A name of a place that stays the same however the recording grows: what is written down uses it."""
    return f"{place.node.kind}:{place.node.id}{_pointer(place.path)}"


def find_place(trace: RolloutTrace, name: str) -> NamedPlace:
    """The place that a name leads to. Raises `UnknownNodeError`, whose message says what was expected."""
    whole, mark, pointer = name.partition("#/")
    if mark:
        node = find_node(trace, whole)
        if node.kind != "payload":
            raise UnknownNodeError(f"{whole!r} is not a payload, so nothing is at {mark}{pointer} in it")
        steps = tuple(step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/"))
        return NamedPlace(node, steps)
    try:
        return NamedPlace(find_node(trace, name))
    except UnknownNodeError:
        seq = _SEQ.fullmatch(name)
        nearest = None if seq is None else nearest_node(trace, int(seq[1]))
        if nearest is None:
            raise
        return NamedPlace(nearest)


def _pointer(path: tuple[str, ...]) -> str:
    steps = "".join(f"/{step.replace('~', '~0').replace('/', '~1')}" for step in path)
    return f"#{steps}" if steps else ""


def _name_of_node(trace: RolloutTrace, node: NodeRef) -> str:
    if node.kind == "payload":
        ref = trace.raw_payloads.get(RawPayloadId(node.id))
        if ref is not None and ref.path is not None and _leads_to(trace, ref.path, node):
            return ref.path
    return node.id if _leads_to(trace, node.id, node) else f"{node.kind}:{node.id}"


def _leads_to(trace: RolloutTrace, name: str, node: NodeRef) -> bool:
    try:
        return "#/" not in name and find_node(trace, name) == node
    except UnknownNodeError:
        return False
