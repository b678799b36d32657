"""What must hold for every recording, sensible or not."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tests.reducer.recording import Recording, apply, encoded
from tests.reducer.stories import recordings
from tui.model.delta import TraceDelta
from tui.model.encode import encode_value
from tui.model.trace import GRAPH_MAPS, RolloutTrace
from tui.reducer.reducer import TraceReducer
from tui.schema.decode import EventLine


@settings(max_examples=examples(150), deadline=None)
@given(recordings(), st.data())
def test_looking_at_the_graph_does_not_change_it(recording: Recording, data: st.DataObject) -> None:
    """The graph after n events is that of a recording cut there, and going on from it leads where one pass leads."""
    cut = data.draw(st.integers(0, len(recording.lines)))
    reducer = TraceReducer(recording.manifest)
    for line in recording.lines[:cut]:
        apply(reducer, line, recording.bodies)
    assert encoded(reducer) == encoded(recording.reduce(cut))
    for line in recording.lines[cut:]:
        apply(reducer, line, recording.bodies)
    assert encoded(reducer) == encoded(recording.reduce())


@settings(max_examples=examples(150), deadline=None)
@given(recordings())
def test_payloads_that_were_not_asked_for_change_nothing(recording: Recording) -> None:
    """A reader may hand in bodies ahead of need."""
    reducer = TraceReducer(recording.manifest)
    for line in recording.lines:
        reducer.apply(line, recording.bodies)
    assert encoded(reducer) == encoded(recording.reduce())


@settings(max_examples=examples(200), deadline=None)
@given(recordings(), st.lists(st.integers(1, 6), min_size=1))
def test_a_copy_kept_by_deltas_alone_equals_the_graph(recording: Recording, strides: list[int]) -> None:
    """Whoever updates only what a delta names, however many events it covers, has the whole graph."""
    reducer = TraceReducer(recording.manifest)
    copy = _Copy()
    lines, position = recording.lines, 0
    while position < len(lines):
        stride = strides[position % len(strides)]
        for line in lines[position : position + stride]:
            apply(reducer, line, recording.bodies)
        position += stride
        copy.update(reducer.trace, reducer.take_delta())
    assert copy.objects == _all_objects(reducer.trace)


@settings(max_examples=examples(300), deadline=None)
@given(recordings(), st.data())
def test_no_damage_raises(recording: Recording, data: st.DataObject) -> None:
    """Payload bodies cut anywhere or gone, events left out or twice: findings, never an exception."""
    for name, body in list(recording.bodies.items()):
        fate = data.draw(st.integers(0, 9))
        if fate == 0:
            recording.bodies[name] = body[: data.draw(st.integers(0, len(body)))]
        elif fate == 1:
            del recording.bodies[name]
    for index in data.draw(st.lists(st.integers(0, len(recording.lines) - 1), max_size=4)):
        line = recording.lines[index]
        assert isinstance(line, EventLine)
        recording.lines.insert(data.draw(st.integers(0, len(recording.lines))), line)
    for index in data.draw(st.lists(st.integers(0, len(recording.lines) - 1), max_size=3)):
        del recording.lines[index % len(recording.lines)]
        if not recording.lines:
            return
    reducer = recording.reduce()
    msgspec.json.decode(encoded(reducer))
    assert "reducer-fault" not in {finding.code for finding in reducer.diagnostics}


class _Copy:
    """Encoded objects of a graph, updated from deltas."""

    def __init__(self) -> None:
        self.objects: dict[tuple[str, str], bytes] = {}

    def update(self, trace: RolloutTrace, delta: TraceDelta) -> None:
        for name in GRAPH_MAPS:
            objects: dict[Any, Any] = getattr(trace, name)
            for object_id in getattr(delta, name):
                if object_id in objects:
                    self.objects[(name, object_id)] = encode_value(objects[object_id])
                else:
                    self.objects.pop((name, object_id), None)


def _all_objects(trace: RolloutTrace) -> dict[tuple[str, str], bytes]:
    return {
        (name, object_id): encode_value(value)
        for name in GRAPH_MAPS
        for object_id, value in getattr(trace, name).items()
    }
