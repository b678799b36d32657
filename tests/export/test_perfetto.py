"""`export --to perfetto`: read back by Perfetto's own protocol buffers."""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from perfetto.protos.perfetto.trace.perfetto_trace_pb2 import Trace, TrackEvent

from tests.conftest import DEMO_BUNDLES
from tui.bundle.open import open_bundle
from tui.cli import main
from tui.store import TraceStore

AGENTS = DEMO_BUNDLES / "agents"


def exported(bundle: Path, tmp_path: Path) -> list[Any]:
    assert main(["export", str(bundle), "--to", "perfetto", "-o", str(tmp_path / "trace")]) == 0
    return list(Trace.FromString((tmp_path / "trace").read_bytes()).packet)


def tracks(packets: list[Any]) -> dict[int, Any]:
    return {one.track_descriptor.uuid: one.track_descriptor for one in packets if one.HasField("track_descriptor")}


def events(packets: list[Any]) -> list[Any]:
    return [one for one in packets if one.HasField("track_event")]


def test_each_agent_has_a_track(tmp_path: Path) -> None:
    found = tracks(exported(AGENTS, tmp_path))
    top = sorted(one.name for one in found.values() if not one.parent_uuid)
    assert top == ["/root", "/root/alpha", "/root/alpha/deep", "/root/beta", "/root/gamma"]


def test_slices_of_a_track_are_closed_in_order(demo_bundle: Path, tmp_path: Path) -> None:
    packets = exported(demo_bundle, tmp_path)
    known, running = tracks(packets), defaultdict[Any, int](int)
    last = 0
    for packet in events(packets):
        event = packet.track_event
        assert event.track_uuid in known
        assert packet.timestamp >= last
        last = packet.timestamp
        if event.type != TrackEvent.TYPE_COUNTER:
            running[event.track_uuid] += 1 if event.type == TrackEvent.TYPE_SLICE_BEGIN else -1
            assert running[event.track_uuid] in (0, 1)
    assert set(running.values()) <= {0}


def test_every_turn_request_and_call_is_a_slice(tmp_path: Path) -> None:
    store = TraceStore(open_bundle(AGENTS))
    store.load_all()
    trace = store.trace
    begun = [one for one in events(exported(AGENTS, tmp_path)) if one.track_event.type == TrackEvent.TYPE_SLICE_BEGIN]
    assert len(begun) == len(trace.codex_turns) + len(trace.inference_calls) + len(trace.tool_calls)


def test_each_edge_is_a_flow_from_one_slice_to_another(tmp_path: Path) -> None:
    found = [one.track_event for one in events(exported(AGENTS, tmp_path))]
    begins = sorted(flow for event in found for flow in event.flow_ids)
    ends = sorted(flow for event in found for flow in event.terminating_flow_ids)
    store = TraceStore(open_bundle(AGENTS))
    store.load_all()
    assert begins == ends == list(range(1, len(store.trace.interaction_edges) + 1))


def test_counters_show_context_and_tokens(tmp_path: Path) -> None:
    packets = exported(DEMO_BUNDLES / "answer", tmp_path)
    names = {uuid: one.name for uuid, one in tracks(packets).items() if one.HasField("counter")}
    values = defaultdict(list)
    for packet in events(packets):
        if packet.track_event.type == TrackEvent.TYPE_COUNTER:
            values[names[packet.track_event.track_uuid]].append(packet.track_event.counter_value)
    store = TraceStore(open_bundle(DEMO_BUNDLES / "answer"))
    store.load_all()
    usages = [call.usage for call in store.trace.inference_calls.values() if call.usage is not None]
    assert values["context tokens"] == [usage.input_tokens for usage in usages]
    assert values["tokens"][-1] == sum(usage.input_tokens + usage.output_tokens for usage in usages)


def test_clock_says_when_the_recording_began(tmp_path: Path) -> None:
    (snapshot,) = [one.clock_snapshot for one in exported(AGENTS, tmp_path) if one.HasField("clock_snapshot")]
    store = TraceStore(open_bundle(AGENTS))
    began = store.manifest.started_at_unix_ms * 1_000_000
    assert {one.clock_id: one.timestamp for one in snapshot.clocks} == {6: 0, 1: began}


def test_missing_library_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setitem(sys.modules, "perfetto.protos.perfetto.trace", None)
    assert main(["export", str(AGENTS), "--to", "perfetto", "-o", "/dev/null"]) == 2
    assert "rtrace-tui[perfetto]" in capsys.readouterr().err
