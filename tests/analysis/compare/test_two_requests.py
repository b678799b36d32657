"""Two requests of one recording are held against each other by the bytes that were sent."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

import pytest

from tests.conftest import DEMO_BUNDLES
from tests.reducer.recording import Json, Recording, answer, user
from tui.analysis.compare.requests import RequestComparison, compare_two_requests
from tui.analysis.compare.stream import Side, side_of
from tui.analysis.index.trace_index import TraceIndex
from tui.bundle.open import open_bundle
from tui.store import TraceStore
from tui.viewmodel.compare.request_words import cause_words


def side(recording: Recording) -> Side:
    trace = recording.reduce().trace
    bodies = recording.bodies
    return Side(trace, TraceIndex(trace), bodies.get, lambda ref: bodies.get(ref.raw_payload_id))


def compared(of: Side, before: str, now: str) -> RequestComparison:
    calls = of.trace.inference_calls
    found = [one for one in compare_two_requests(of, calls[before], calls[now]) if one is not None]  # type: ignore[index]  # plain ids
    (only,) = found
    return only


def image(data: str) -> Json:
    return {
        "type": "message",
        "role": "user",
        "content": [{"type": "input_image", "image_url": f"data:image/png;base64,{data}"}],
    }


def counts(found: RequestComparison) -> tuple[int, list[tuple[str, int, int]]]:
    return found.shared, [(one.kind, one.only_a, one.only_b) for one in found.found.partings]


def test_items_that_a_compaction_keeps_are_the_same() -> None:
    recording = Recording()
    rules, ask, old = user("rules", "m1"), user("ask", "m2"), answer("old", "m3")
    recording.request("i1", [rules, ask])
    recording.done("i1", [old])
    recording.request("i2", [rules, ask, old])
    recording.compact("c", [rules, ask, old], [rules, ask, user("summary", "m4")])
    recording.request("i3", [rules, ask, user("summary", "m4")])
    assert counts(compared(side(recording), "i2", "i3")) == (2, [("input", 1, 1)])


@pytest.mark.parametrize("schema", [1, 2])
def test_pictures_are_the_same_by_their_bytes(schema: int) -> None:
    recording = Recording(schema)
    recording.request("i1", [user("look"), image("AAAA"), user("more")])
    recording.request("i2", [user("look"), image("AAAA"), user("more")])
    recording.request("i3", [user("look"), image("BBBB"), user("more")])
    of = side(recording)
    assert counts(compared(of, "i1", "i2")) == (3, [])
    assert counts(compared(of, "i2", "i3")) == (1, [("input", 1, 1)])


def test_items_that_bring_tools_are_counted_as_tools() -> None:
    recording = Recording()
    tools = {"type": "additional_tools", "tools": [{"type": "function", "name": "shell"}]}
    other = {"type": "additional_tools", "tools": [{"type": "function", "name": "plan"}]}
    recording.request("i1", [tools, user("ask", "m1")])
    recording.request("i2", [tools, user("ask", "m1"), user("more", "m2")])
    recording.request("i3", [other, user("ask", "m1"), user("more", "m2")])
    found = compared(side(recording), "i1", "i2")
    assert counts(found) == (1, [("input", 0, 1)])
    assert (found.total_a, found.total_b) == (1, 2)
    assert len(found.difference.new) == 1
    found = compared(side(recording), "i2", "i3")
    assert counts(found)[0] == 0, "nothing is the same from the first byte on"
    assert (found.total_a, found.total_b) == (2, 2)


def test_compaction_between_requests_is_the_cause() -> None:
    recording = Recording()
    recording.request("i1", [user("ask", "m1"), user("old", "m2")])
    recording.compact("c", [user("ask", "m1"), user("old", "m2")], [user("summary", "m3")])
    recording.request("i2", [user("summary", "m3")])
    recording.request("i3", [user("summary", "m3"), user("more", "m4")])
    of = side(recording)
    assert cause_words(compared(of, "i1", "i2"), of.index) == "compaction 1 replaced the history between them"
    assert cause_words(compared(of, "i2", "i3"), of.index) == ""


def test_beginning_ends_where_the_bytes_do() -> None:
    recording = Recording()
    recording.request("i1", [user("rules", "m1"), user("ask", "m2")])
    recording.request("i2", [user("rules", "m8"), user("ask", "m2")])
    found = compared(side(recording), "i1", "i2")
    assert counts(found) == (0, [("words", 1, 1)])
    assert (found.shared_bytes, found.bytes_a) == (0, found.bytes_b)


def test_incremental_request_holds_what_it_continues() -> None:
    recording = Recording()
    recording.request("i1", [user("ask")])
    recording.done("i1", [answer("done")], response_id="r1")
    recording.request("i2", [user("more")], previous_response_id="r1")
    found = compared(side(recording), "i1", "i2")
    assert counts(found) == (1, [("model", 0, 2)])
    assert [one.item_id for one in found.sent_b] == [f"conversation_item:{number}" for number in (1, 2, 3)]


def test_beginning_that_was_not_recorded_is_unknown() -> None:
    recording = Recording()
    recording.request("i1", [user("ask")])
    recording.request("i2", [user("more")], previous_response_id="elsewhere")
    found = compared(side(recording), "i1", "i2")
    assert found.unread == "what B sent cannot be read from the recording"
    assert found.found.partings == ()


def test_other_head_comes_before_the_items() -> None:
    recording = Recording()
    recording.request("i1", [user("ask")], tools=[{"name": "shell"}, {"name": "plan"}])
    recording.request("i2", [user("ask")], tools=[{"name": "shell"}])
    found = compared(side(recording), "i1", "i2")
    assert counts(found) == (1, [("tools", 0, 0)])
    assert [(one.what, one.state) for one in found.found.facts][:2] == [
        ("instructions", "unknown"),
        ("tools", "differs"),
    ]


@pytest.mark.parametrize("bundle", sorted(path.name for path in DEMO_BUNDLES.iterdir() if path.is_dir()))
def test_pairs_agree_with_the_bytes_on_disk(bundle: str) -> None:
    """Without the engine: what both bodies hold is in no parting; the first byte that differs ends the beginning."""
    store = TraceStore(open_bundle(DEMO_BUNDLES / bundle))
    store.load_all()
    of = side_of(store.trace, store.index, store.payloads)
    for agent in store.trace.threads:
        calls = [store.trace.inference_calls[name] for name in store.index.inferences_of_thread.of(agent)]
        for before, now in pairwise(calls):
            bodies = [json.loads(of.read(call.raw_request_payload_id) or b"{}") for call in (before, now)]
            if any("previous_response_id" in body for body in bodies):
                continue
            ours, theirs = ([json.dumps(item) for item in body["input"]] for body in bodies)
            found = compared(of, before.inference_call_id, now.inference_call_id)
            same = next(
                (place for place, pair in enumerate(zip(ours, theirs, strict=False)) if len(set(pair)) > 1), None
            )
            end = min(len(ours), len(theirs)) if same is None else same
            assert found.shared == sum('"additional_tools"' not in item for item in ours[:end])
            assert (found.total_a, found.total_b) == (len(before.request_item_ids), len(now.request_item_ids))
            assert len(found.found.pairs) <= (Counter(ours) & Counter(theirs)).total()
            assert found.found.only_b >= len(theirs) - (Counter(ours) & Counter(theirs)).total()
            gone, new = (set(alone(found, side)) for side in ("a", "b"))
            assert not gone & new


def alone(found: RequestComparison, side: str) -> Iterator[bytes]:
    """What only one request is said to hold."""
    of, sent, place = (found.found.items_a, found.sent_a, 0) if side == "a" else (found.found.items_b, found.sent_b, 1)
    paired = {pair[place] for pair in found.found.pairs}
    for number, (item, one) in enumerate(zip(of, sent, strict=True)):
        if number not in paired and item.key not in found.found.moved:
            yield one.raw


def test_item_at_another_place_is_neither_gone_nor_new() -> None:
    recording = Recording()
    rules, ask, old, more = user("rules", "m1"), user("ask", "m2"), user("old", "m3"), user("more", "m4")
    recording.request("i1", [rules, ask, old])
    recording.request("i2", [ask, rules, more])
    found = compared(side(recording), "i1", "i2")
    assert [json.loads(raw)["id"] for raw in alone(found, "a")] == ["m3"]
    assert [json.loads(raw)["id"] for raw in alone(found, "b")] == ["m4"]
