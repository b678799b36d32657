"""A reading that was written down and taken back is the one that was read from the log."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.conftest import DEMO_BUNDLE_NAMES, DEMO_BUNDLES
from tui.analysis.as_of.past_graph import PastGraph
from tui.analysis.index.reverse import ReverseLinks
from tui.analysis.index.trace_index import TraceIndex
from tui.bundle.open import open_bundle
from tui.cache.reading import UNFIT, ReadingReader, pieces_of
from tui.model.encode import encode_trace
from tui.model.recorded import RecordedMap
from tui.model.trace import GRAPH_MAPS, RolloutTrace
from tui.readings.growing import GrowingReading
from tui.store import TraceStore


def read(path: Path, *, keeps_history: bool = False) -> TraceStore:
    store = TraceStore(open_bundle(path), keeps_history=keeps_history)
    store.load_all()
    return store


def taken_back(pieces: list[bytes]) -> GrowingReading:
    reader = ReadingReader()
    for piece in pieces:
        for _ in reader.take(piece):
            pass
    reading = reader.reading(iter([reader.chronicle()]))
    for _ in reading.take_notes():
        pass
    return reading


def written(store: TraceStore) -> list[bytes]:
    return [piece for piece in pieces_of(store.shown) if piece is not None]


def plain(value: Any) -> Any:
    """A value as it is compared: structs with their types, sequences as lists."""
    if isinstance(value, msgspec.Struct):
        return type(value), [plain(getattr(value, name)) for name in value.__struct_fields__]
    if isinstance(value, dict):
        return [(key, plain(one)) for key, one in value.items()]
    if isinstance(value, str) or not hasattr(value, "__iter__"):
        return value
    return [plain(one) for one in value]


@pytest.mark.parametrize("name", DEMO_BUNDLE_NAMES)
def test_ids_are_one_object_again(name: str) -> None:
    """Else each takes its room wherever it is named."""
    store = read(DEMO_BUNDLES / name)
    reader = ReadingReader()
    for piece in written(store):
        for _ in reader.take(piece):
            pass
    for _ in reader.share_texts():
        pass
    trace = reader.reading(iter([None])).reducer.trace
    assert plain(trace) == plain(store.trace)
    ids = {key: key for map_name in GRAPH_MAPS for key in getattr(trace, map_name)}
    for tool in trace.tool_calls.values():
        named = (tool.thread_id, tool.terminal_operation_id, *tool.raw_runtime_payload_ids)
        assert all(one is ids[one] for one in named if one in ids)
    for item in trace.conversation_items.values():
        for producer in item.produced_by:
            for one in (getattr(producer, field) for field in producer.__struct_fields__):
                assert one is ids.get(one, one)


def all_links(index: TraceIndex) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, links in index.links().items():
        backward = {target: links.of(target) for target in links.owner_map}
        forward = {one: list(links.targets(one)) for one in links.target_map} if isinstance(links, ReverseLinks) else {}
        found[name] = backward, forward
    return found


@pytest.mark.parametrize("name", DEMO_BUNDLE_NAMES)
def test_reading_taken_back_is_equal(name: str) -> None:
    store = read(DEMO_BUNDLES / name)
    back = taken_back(written(store))
    assert plain(back.reducer.trace) == plain(store.trace)
    assert b"".join(encode_trace(back.reducer.trace)) == b"".join(encode_trace(store.trace))
    assert plain(back.reducer.diagnostics) == plain(store.diagnostics)
    assert back.reducer.unread_bodies == store.shown.reducer.unread_bodies
    assert plain(back.reducer.lost_fields) == plain(store.shown.reducer.lost_fields)
    assert all_links(back.index) == all_links(store.index)
    assert back.index.ordinals == store.index.ordinals
    assert back.index.requests_to_new_model == store.index.requests_to_new_model
    assert (back.index.now_unix_ms, back.index.newest_seq) == (store.index.now_unix_ms, store.index.newest_seq)


@pytest.mark.parametrize("name", DEMO_BUNDLE_NAMES)
def test_event_log_taken_back_is_equal(name: str) -> None:
    log = read(DEMO_BUNDLES / name).shown.event_log
    back = taken_back(written(read(DEMO_BUNDLES / name))).event_log
    assert [back.row(number) for number in range(len(back))] == [log.row(number) for number in range(len(log))]
    assert back.counts == log.counts
    assert plain(back.notices) == plain(log.notices)
    assert (back.newest_seq, back.newest_time_unix_ms) == (log.newest_seq, log.newest_time_unix_ms)
    assert {name: back.payload_origin(name) for name in log.payload_rows} == {
        name: log.payload_origin(name) for name in log.payload_rows
    }


def test_lists_that_requests_share_are_shared_again() -> None:
    store = read(DEMO_BUNDLES / "agents")
    back = taken_back(written(store)).reducer.trace

    assert sharing(back) == sharing(store.trace)
    assert sharing(back)["lists of items"] < len(back.inference_calls)


def sharing(trace: RolloutTrace) -> dict[str, int]:
    """How many objects there are of what many others share."""
    refs = trace.raw_payloads.values()
    return {
        "lists of items": len({id(call.request_item_ids.spine) for call in trace.inference_calls.values()}),
        "lists of parts": len({id(ref.parts.spine) for ref in refs}),
        "references": len({id(one) for ref in refs for one in (ref, *ref.parts)}),
    }


def test_missing_swapped_or_foreign_pieces_are_refused() -> None:
    pieces = written(read(DEMO_BUNDLES / "agents", keeps_history=True))
    for number in range(len(pieces)):
        without = [*pieces[:number], *pieces[number + 1 :]]
        try:
            found = taken_back(without)
        except UNFIT:
            continue
        assert isinstance(found, GrowingReading)  # some links fewer: the checksum of the file keeps that from happening
    for broken in ([], pieces[::-1], [b""], [b"\xc1"], [msgspec.msgpack.encode(["frame", 1])]):
        with pytest.raises(UNFIT):
            taken_back(list(broken))


@pytest.mark.parametrize("name", DEMO_BUNDLE_NAMES)
def test_every_tenth_moment_taken_back_is_equal(name: str) -> None:
    store = read(DEMO_BUNDLES / name, keeps_history=True)
    known, back = store.shown.chronicle, taken_back(written(store)).chronicle
    assert known is not None
    assert back is not None
    assert len(back) == len(known)
    ours, theirs = PastGraph(known), PastGraph(back)
    for place in (*range(0, len(known), 10), len(known)):
        ours.go(place)
        theirs.go(place)
        assert plain(theirs.trace) == plain(ours.trace)
        assert plain(theirs.diagnostics) == plain(ours.diagnostics)
        newest = (back.newest(place), known.newest(place))
        assert newest[0].unix_ms == newest[1].unix_ms
        assert newest[0].seq == newest[1].seq
    assert back.turns() == known.turns()


def test_reading_without_notes_has_none() -> None:
    assert taken_back(written(read(DEMO_BUNDLES / "agents"))).chronicle is None


def test_notes_that_cannot_be_told_apart_are_left_out() -> None:
    store = read(DEMO_BUNDLES / "agents", keeps_history=True)
    tools = store.trace.tool_calls
    assert isinstance(tools, RecordedMap)
    tools.replaced.note(1, "other", next(iter(tools.values())))
    back = taken_back(written(store))
    assert back.chronicle is None
    assert plain(back.reducer.trace) == plain(store.trace)


def test_notes_of_an_unknown_field_are_refused() -> None:
    pieces = written(read(DEMO_BUNDLES / "agents", keeps_history=True))
    frame = next(number for number, piece in enumerate(pieces) if piece[1:9] == b"\xa7history")
    pieces[frame] = pieces[frame].replace(b"\xa4kind", b"\xa4kinx")
    with pytest.raises(UNFIT):
        taken_back(pieces)
