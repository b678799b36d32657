"""A reading that was written down and taken back is the one that was read from the log."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.conftest import DEMO_BUNDLE_NAMES, DEMO_BUNDLES
from tui.analysis.index.reverse import ReverseLinks
from tui.analysis.index.trace_index import TraceIndex
from tui.bundle.open import open_bundle
from tui.cache.reading import UNFIT, ReadingReader, pieces_of
from tui.model.encode import encode_trace
from tui.model.trace import RolloutTrace
from tui.readings.growing import GrowingReading
from tui.store import TraceStore


def read(path: Path) -> TraceStore:
    store = TraceStore(open_bundle(path))
    store.load_all()
    return store


def taken_back(pieces: list[bytes]) -> GrowingReading:
    reader = ReadingReader()
    for piece in pieces:
        reader.take(piece)
    return reader.reading()


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
    pieces = written(read(DEMO_BUNDLES / "agents"))
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
