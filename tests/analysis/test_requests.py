"""Requests compared with each other."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tests.analysis.small_graph import SmallGraph, small_graph
from tui.analysis.index.reverse import ReverseLinks
from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.requests.compared import change_of_compaction, compare_requests, previous_request, requests_showing
from tui.analysis.requests.order import request_before
from tui.model.ids import InferenceCallId, ItemId, ThreadId
from tui.schema.sequence import SharedSequence


def two_requests(before: str, returned: str, now: str) -> SmallGraph:
    """Requests `call 1` and `call 2` whose items are the letters given."""
    graph = small_graph()
    graph.inference("call 1", sends=before, returns=returned)
    graph.inference("call 2", sends=now)
    return graph


@pytest.mark.parametrize(
    ("before", "returned", "now", "shared", "new", "gone"),
    [
        ("ab", "c", "abcd", 2, "d", ""),
        ("ab", "c", "abd", 2, "d", "c"),
        ("abc", "d", "aXcdY", 1, "XY", "b"),
        ("abc", "d", "s", 0, "s", "abcd"),
        ("ab", "", "ab", 2, "", ""),
        ("abc", "", "ab", 2, "", "c"),
        ("ab", "", "abab", 2, "", ""),
    ],
    ids=["appended", "response dropped", "changed inside", "compacted", "retried", "cut off", "repeated"],
)
def test_what_changed_between_two_requests(
    before: str, returned: str, now: str, shared: int, new: str, gone: str
) -> None:
    trace = two_requests(before, returned, now).trace
    calls = trace.inference_calls

    difference = compare_requests(trace, calls[InferenceCallId("call 1")], calls[InferenceCallId("call 2")])

    assert (difference.shared, difference.new, difference.gone) == (shared, frozenset(new), tuple(gone))


class _Counted(str):
    """An id that counts how often ids are looked up."""

    looks = 0

    def __hash__(self) -> int:
        _Counted.looks += 1
        return super().__hash__()


def looks_when_comparing(requests: int) -> int:
    """How often items are looked up when all requests of a conversation are compared, each of which adds one."""
    graph = small_graph()
    calls = [graph.inference(f"call {number}") for number in range(requests)]
    sent: SharedSequence[ItemId] = SharedSequence()
    for number, call in enumerate(calls):
        sent = sent.extended([ItemId(_Counted(f"item {number}"))])
        call.request_item_ids = sent
    _Counted.looks = 0
    news = [compare_requests(graph.trace, before, now).new for before, now in pairwise(calls)]
    looks = _Counted.looks
    assert news == [{f"item {number}"} for number in range(1, requests)]
    return looks


def test_comparing_costs_what_each_request_adds() -> None:
    assert looks_when_comparing(400) < 4.1 * looks_when_comparing(100)


def test_what_a_compaction_said_again_is_neither_new_nor_gone() -> None:
    graph = small_graph()
    for name, text in (("rules", "Be good."), ("ask", "Do it."), ("rules 2", "Be good."), ("summary", "In short.")):
        graph.item(name, "developer", text)
    graph.inference("call 1", sends=["rules", "ask"])
    graph.compaction("compaction", replacement=["rules 2", "summary"])
    graph.inference("call 2", sends=["rules 2", "summary"])
    graph.trace.evidence.sent_digests.update(
        {ItemId("rules"): b"1", ItemId("rules 2"): b"2", ItemId("ask"): b"3", ItemId("summary"): b"4"}
    )
    calls = graph.trace.inference_calls

    found = compare_requests(
        graph.trace,
        calls[InferenceCallId("call 1")],
        calls[InferenceCallId("call 2")],
        graph.trace.compactions.values(),
    )

    assert (found.gone, found.new) == (("ask",), {"summary"})


def test_nothing_is_new_in_the_first_request_of_a_thread_where_everything_is() -> None:
    trace = two_requests("ab", "", "abc").trace

    difference = compare_requests(trace, None, trace.inference_calls[InferenceCallId("call 1")])

    assert (difference.previous, difference.shared, difference.new, difference.gone) == (None, 0, frozenset(), ())


def test_sequences_that_share_their_spine_are_compared_without_a_look_at_it() -> None:
    trace = two_requests("ab", "c", "").trace
    calls = trace.inference_calls
    calls[InferenceCallId("call 2")].request_item_ids = calls[InferenceCallId("call 1")].request_item_ids.extended(
        [ItemId("c"), ItemId("d")]
    )

    difference = compare_requests(trace, calls[InferenceCallId("call 1")], calls[InferenceCallId("call 2")])

    assert (difference.shared, difference.new, difference.gone) == (2, frozenset("d"), ())


def test_a_compaction_is_named_where_its_replacement_comes_in() -> None:
    graph = two_requests("abc", "", "sd")
    compaction = graph.compaction("compaction", replacement=["s"])
    calls = graph.trace.inference_calls

    difference = compare_requests(
        graph.trace, calls[InferenceCallId("call 1")], calls[InferenceCallId("call 2")], [compaction]
    )

    assert difference.compaction_ids == ("compaction",)
    assert (
        compare_requests(
            graph.trace, calls[InferenceCallId("call 1")], calls[InferenceCallId("call 1")], [compaction]
        ).compaction_ids
        == ()
    )


def test_the_request_before_is_the_last_one_that_started_earlier() -> None:
    graph = small_graph()
    requests = [graph.inference(name) for name in ("first", "retry", "third")]

    assert [previous_request(requests, call) for call in requests] == [None, requests[0], requests[1]]


def test_the_request_before_is_the_agents_own() -> None:
    graph = small_graph()
    graph.turn("other turn", "other")
    first, other, second = graph.inference("first"), graph.inference("other", "other turn"), graph.inference("second")
    graph.take_delta()
    index = TraceIndex(graph.trace)
    assert [request_before(graph.trace, index, call) for call in (first, other, second)] == [None, None, first]

    third = graph.inference("third")
    index.update(graph.take_delta())
    assert request_before(graph.trace, index, third) is second


def test_the_order_of_requests_is_worked_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = small_graph()
    calls = [graph.inference(f"call {number}") for number in range(9)]
    index = TraceIndex(graph.trace)
    lists: list[ThreadId] = []

    def listed(links: ReverseLinks[InferenceCallId, ThreadId], target: ThreadId) -> list[InferenceCallId]:
        lists.append(target)
        return list(links._of(target))

    monkeypatch.setattr(ReverseLinks, "of", listed)
    assert [request_before(graph.trace, index, call) for call in calls] == [None, *calls[:-1]]
    assert lists == ["root"]


def test_which_requests_sent_an_item() -> None:
    graph = small_graph()
    spine = SharedSequence("abc")
    sent = [SharedSequence("ab"), spine, spine.extended("de"), SharedSequence("sx"), SharedSequence("sxa")]
    calls = [graph.inference(f"call {number}") for number in range(len(sent))]
    for call, ids in zip(calls, sent, strict=True):
        call.request_item_ids = SharedSequence(map(ItemId, ids))

    def numbers(item: str) -> list[int]:
        return [calls.index(call) for call in requests_showing(calls, ItemId(item))]

    assert numbers("a") == [0, 1, 2, 4]
    assert numbers("c") == [1, 2]
    assert numbers("e") == [2]
    assert numbers("s") == [3, 4]
    assert numbers("nowhere") == []


def test_what_the_next_request_says_again_is_not_dropped() -> None:
    """Of three items a compaction says one again, with another id, and the program sends one as it was."""
    graph = small_graph()
    for name, text in (("a", "context"), ("b", "task"), ("c", "work"), ("b2", "task")):
        graph.item(name, text=text)
    graph.inference("call 1", sends="abc")
    compaction = graph.compaction("compaction", replacement=["b2"])
    compaction.input_item_ids.extend(map(ItemId, "abc"))
    calls = graph.trace.inference_calls

    assert change_of_compaction(graph.trace, calls.values(), compaction) == (3, 1, ("a", "c"), 0)

    graph.inference("call 2", sends=["a", "b2"])
    found = change_of_compaction(graph.trace, calls.values(), compaction)
    assert (found, found.again) == ((3, 1, ("c",), 0), 2)


def test_an_output_that_no_request_sent_is_dropped_too() -> None:
    """It came after the last request before the compaction, so the next request cannot lack it of that one."""
    graph = small_graph()
    for name in ("ask", "call", "output", "summary"):
        graph.item(name, text=name)
    graph.inference("call 1", sends=["ask"], returns=["call"])
    compaction = graph.compaction("compaction", replacement=["ask", "summary"])
    compaction.input_item_ids.extend(map(ItemId, ("ask", "call", "output")))
    graph.inference("call 2", sends=["ask", "summary"])
    before, now = graph.trace.inference_calls.values()

    assert compare_requests(graph.trace, before, now, [compaction]).gone == ("call",)
    assert change_of_compaction(graph.trace, [before, now], compaction) == (3, 2, ("call", "output"), 1)


def test_a_request_without_the_replacement_says_nothing_of_a_compaction() -> None:
    graph = small_graph()
    for name in ("a", "b", "c"):
        graph.item(name, text=name)
    compaction = graph.compaction("compaction", replacement=["c"])
    compaction.input_item_ids.extend(map(ItemId, "ab"))
    graph.inference("call", sends="ab")
    assert change_of_compaction(graph.trace, graph.trace.inference_calls.values(), compaction).dropped == ("a", "b")
