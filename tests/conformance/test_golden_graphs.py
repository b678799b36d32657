"""The graph is the reference's, byte for byte; where the reference refuses, there is a graph and a reason."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.conformance.golden import GOLDEN_FILE_NAME, Replay, golden_bundles, name_of, refused_bundles
from tui.model.encode import encode_trace, encode_value
from tui.model.trace import GRAPH_MAPS


@pytest.mark.parametrize("path", golden_bundles(), ids=name_of)
def test_the_graph_is_that_of_the_reference(path: Path) -> None:
    reducer = Replay(path).run()
    assert [finding for finding in reducer.diagnostics if finding.severity == "error"] == []
    assert b"".join(encode_trace(reducer.trace)) == (path / GOLDEN_FILE_NAME).read_bytes()


@pytest.mark.parametrize("path", refused_bundles(), ids=name_of)
def test_what_the_reference_refuses_reduces_with_a_reason(path: Path) -> None:
    """Every finding says where it is and what follows from it, and the session is there all the same."""
    reducer = Replay(path).run()
    found = [finding for finding in reducer.diagnostics if finding.severity != "note"]
    # That reference cannot read one optional field of its neighbour's recorder; nothing is wrong with the recording.
    assert found or name_of(path) == "0.165.0/compact_remote"
    assert all(finding.line and finding.message and finding.consequence for finding in found)
    assert reducer.trace.threads
    assert reducer.trace.status == "completed" or reducer.trace.inference_calls


@pytest.mark.parametrize("path", golden_bundles(), ids=name_of)
def test_deltas_name_every_change(path: Path) -> None:
    """A copy that is updated only from deltas, one event at a time, equals the graph: no change goes unnamed."""
    replay = Replay(path)
    if len(replay.lines) > 400:
        pytest.skip("long recordings add time and no new kinds of change")
    copy: dict[tuple[str, str], bytes] = {}
    for line in replay.lines:
        replay.step(line)
        delta = replay.reducer.take_delta()
        for name in GRAPH_MAPS:
            objects: dict[Any, Any] = getattr(replay.reducer.trace, name)
            for object_id in getattr(delta, name):
                copy.pop((name, object_id), None)
                if object_id in objects:
                    copy[(name, object_id)] = encode_value(objects[object_id])
    assert copy == _all_objects(replay)


def _all_objects(replay: Replay) -> dict[tuple[str, str], bytes]:
    trace = replay.reducer.trace
    return {
        (name, object_id): encode_value(value)
        for name in GRAPH_MAPS
        for object_id, value in getattr(trace, name).items()
    }
