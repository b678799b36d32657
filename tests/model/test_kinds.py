"""The kinds of objects: one declaration, and nothing in the graph outside of it."""

from __future__ import annotations

from typing import get_args, get_origin, get_type_hints

import msgspec
import pytest

from tui.model.delta import TraceDelta
from tui.model.execution import ExecutionWindow
from tui.model.ids import ThreadId
from tui.model.kinds import (
    GRAPH_KINDS,
    KINDS,
    MAP_OF_KIND,
    NODE_KINDS,
    ByGraphKind,
    ByKind,
    GraphKind,
    GraphObject,
    all_entries,
    entries,
)
from tui.model.lookup import find_object
from tui.model.noderef import NodeRef
from tui.model.objects import RootOrigin, Thread
from tui.model.trace import GRAPH_MAPS, RolloutTrace


def a_trace() -> RolloutTrace:
    return RolloutTrace(schema_version=3, trace_id="t", rollout_id="r", started_at_unix_ms=0, root_thread_id="root")


def test_kinds_are_declared_once() -> None:
    assert tuple(ByGraphKind.__annotations__) == GRAPH_KINDS == tuple(KINDS)
    assert tuple(ByKind.__annotations__) == NODE_KINDS == (*GRAPH_KINDS, "diagnostic")


def test_every_map_of_the_graph_belongs_to_a_kind() -> None:
    trace = a_trace()
    maps = [kind.objects(trace) for _, kind in entries(KINDS)]
    assert len({id(one) for one in maps}) == len(GRAPH_KINDS)
    for name in GRAPH_MAPS:
        assert any(getattr(trace, name) is one for one in maps), name
    outside = [name for name, one in zip(GRAPH_KINDS, maps, strict=True) if all(one is not m for m in _maps(trace))]
    assert outside == ["event"], "protocol events are no part of the JSON"


def _maps(trace: RolloutTrace) -> list[object]:
    return [getattr(trace, name) for name in GRAPH_MAPS]


def test_a_delta_has_the_ids_of_every_kind() -> None:
    delta = TraceDelta()
    sets = [getattr(delta, field.name) for field in msgspec.structs.fields(TraceDelta) if get_origin(field.type) is set]
    assert {id(kind.touched(delta)) for _, kind in entries(KINDS)} == {id(one) for one in sets}
    assert len(sets) == len(GRAPH_KINDS)


@pytest.mark.parametrize("kind", GRAPH_KINDS)
def test_graph_and_delta_name_a_kind_alike(kind: GraphKind) -> None:
    trace, delta, name = a_trace(), TraceDelta(), MAP_OF_KIND[kind]
    assert getattr(trace, name) is KINDS[kind].objects(trace)
    assert getattr(delta, name) is KINDS[kind].touched(delta)


@pytest.mark.parametrize("kind", GRAPH_KINDS)
def test_touching_any_kind_makes_a_delta_true(kind: GraphKind) -> None:
    delta, other = TraceDelta(), TraceDelta()
    KINDS[kind].touched(other).add("x")
    delta.merge(other)
    assert delta
    assert KINDS[kind].touched(delta) == {"x"}


def test_every_class_of_the_maps_is_a_graph_object() -> None:
    hints = get_type_hints(RolloutTrace)
    held = {get_args(hints[name])[1] for name in GRAPH_MAPS}
    held.add(get_args(get_type_hints(RolloutTrace.protocol_events.fget)["return"])[1])  # type: ignore[attr-defined]  # a property
    assert held == set(get_args(GraphObject))


def test_an_object_is_found_by_its_kind_alone() -> None:
    trace = a_trace()
    window = ExecutionWindow(0, 1, None, None, "running")
    thread = Thread(
        thread_id=ThreadId("x"),
        agent_path="/root",
        nickname=None,
        origin=RootOrigin(),
        execution=window,
        default_model=None,
        conversation_item_ids=[],
    )
    trace.threads[ThreadId("x")] = thread
    found = {kind: find_object(trace, NodeRef(kind, "x")) for kind in NODE_KINDS}
    assert found == {kind: thread if kind == "thread" else None for kind in NODE_KINDS}


def test_entries_keep_the_order_of_the_table() -> None:
    table: ByKind[int] = {kind: number for number, kind in enumerate(reversed(NODE_KINDS))}  # type: ignore[assignment]  # made, not written
    assert [kind for kind, _ in all_entries(table)] == [*reversed(NODE_KINDS)]
