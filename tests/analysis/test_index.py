"""Links that the graph stores on one side are found from the other, also after they changed."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from tests.analysis.small_graph import SmallGraph, small_graph
from tui.analysis.index.reverse import FEW, TARGETS_PER_STEP, DerivedLinks, GrowingLinks, ReverseLinks
from tui.analysis.index.trace_index import ITEMS_PER_STEP, TraceIndex
from tui.model.conversation import InferenceProducer
from tui.model.delta import TraceDelta
from tui.model.ids import CodexTurnId, InferenceCallId, ItemId, RawPayloadId, ToolCallId
from tui.model.noderef import NodeRef, node_refs
from tui.model.objects import ItemAnchor
from tui.model.trace import GRAPH_MAPS


def test_stating_links_again_drops_those_that_are_gone():
    links: ReverseLinks[str, str] = ReverseLinks()
    links.state("edge", ["thread"])
    assert links.state("edge", ["item"])
    assert (links.of("thread"), links.of("item")) == ([], ["edge"])
    assert not links.state("edge", ["item"])


def test_derived_links_follow_what_owners_say_now():
    said = {"call": ["start"], "edge": ["start", "end"]}
    links: DerivedLinks[str, str] = DerivedLinks(lambda owner: said.get(owner, []))
    links.state("call")
    links.state("edge")
    assert (links.of("start"), links.of("end"), links.of_all(["end", "start"])) == (
        ["call", "edge"],
        ["edge"],
        ["edge", "call", "edge"],
    )
    then = links.seen_in(lambda owner: ["start"] if owner == "edge" else [])
    said["edge"] = ["end"]
    del said["call"]
    assert (links.of("start"), links.first("end")) == ([], "edge")
    assert (then.known("start"), then.first("end")) == (("edge",), None)


def test_lists_are_in_order_of_start_not_of_ids():
    graph = small_graph()
    graph.inference("z")
    graph.inference("a")
    index = TraceIndex(graph.trace)
    assert index.inferences_of_turn.of(CodexTurnId("turn")) == ["z", "a"]
    assert (index.ordinal("inference", "z"), index.ordinal("inference", "a")) == (1, 2)


def test_a_response_asks_for_the_tools_it_is_linked_with_and_for_those_of_its_call_items():
    graph = small_graph()
    graph.inference("call", returns=["conversation_item:1"], tools=["a, later", "linked"])
    graph.tool("linked")
    graph.tool("by item", call_items=["conversation_item:1"])
    graph.tool("a, later")
    assert TraceIndex(graph.trace).tools_of_inference(InferenceCallId("call")) == ["linked", "by item", "a, later"]


def test_an_edge_that_finds_its_item_leaves_the_thread():
    graph = small_graph()
    graph.tool("spawn", kind="spawn_agent")
    edge = graph.edge("edge:spawn:root:child", "spawn_agent", ("tool", "spawn"), ("thread", "child"))
    index = TraceIndex(graph.trace)
    assert index.edges_to.of(NodeRef("thread", "child")) == [edge.edge_id]
    edge.target = ItemAnchor(ItemId("conversation_item:7"))
    index.update(TraceDelta(interaction_edges={edge.edge_id}))
    assert index.edges_to.of(NodeRef("thread", "child")) == []
    assert index.edges_to.of(NodeRef("item", "conversation_item:7")) == [edge.edge_id]
    assert index.edges_from.of(NodeRef("tool_call", "spawn")) == [edge.edge_id]


def test_payloads_know_their_users():
    graph = small_graph()
    graph.inference("call")
    index = TraceIndex(graph.trace)
    assert index.payload_users.of(RawPayloadId("raw_payload:call:request")) == [NodeRef("inference", "call")]


def test_the_newest_time_is_that_of_the_last_thing_that_happened():
    graph = small_graph()
    graph.inference("call", status="running")
    index = TraceIndex(graph.trace)
    assert (index.newest_unix_ms, index.newest_seq) == (300, 3)
    graph.trace.inference_calls[InferenceCallId("call")].execution.end(900, 9, "completed")
    index.update(TraceDelta(inference_calls={InferenceCallId("call")}))
    assert (index.newest_unix_ms, index.newest_seq) == (900, 9)


def _session(graph: SmallGraph) -> None:
    graph.thread("root")
    graph.turn("turn")
    graph.item(
        "conversation_item:1", "assistant", kind="function_call", produced_by=[InferenceProducer(InferenceCallId("i1"))]
    )
    graph.inference("i1", returns=["conversation_item:1"], tools=["t1"])
    graph.tool("t1", call_items=["conversation_item:1"], call_id="c1", kind="spawn_agent")
    graph.thread("child", "/root/child", parent="root")
    graph.turn("child turn", "child")
    graph.edge("edge:spawn:root:child", "spawn_agent", ("tool", "t1"), ("thread", "child"))
    graph.inference("i2", "child turn", sends=["conversation_item:1"])
    graph.tool("t2", "child turn", cell="code_cell:c2")
    graph.cell("code_cell:c2", "conversation_item:2", "t2")
    graph.compaction("compaction", ["conversation_item:9"])


def test_index_forgets_what_the_graph_no_longer_holds():
    graph = SmallGraph()
    _session(graph)
    index = TraceIndex(graph.trace)
    delta = TraceDelta()
    for name in GRAPH_MAPS:
        setattr(delta, name, set(getattr(graph.trace, name)))
        getattr(graph.trace, name).clear()
    index.update(delta)
    left = {name for name, links in index.links().items() if any(map(links.count, links.owner_map))}
    assert left == set()


def test_growing_links_shrink_at_their_end():
    links: GrowingLinks[str, str] = GrowingLinks()
    links.state("request", ["a", "b", "c"])
    links.state("request", ["a"])
    assert [links.of(name) for name in "abc"] == [["request"], [], []]
    links.state("request", [])
    links.state("request", ["b"])
    assert [links.of(name) for name in "ab"] == [[], ["request"]]


def test_reading_in_pieces_gives_the_same_index_as_reading_at_once():
    graph = SmallGraph()
    index = TraceIndex(graph.trace)
    _session(graph)
    delta = graph.take_delta()
    pieces = [(name, one) for name in GRAPH_MAPS for one in getattr(delta, name)]
    random.Random(4).shuffle(pieces)
    for name, object_id in pieces:
        piece = TraceDelta()
        getattr(piece, name).add(object_id)
        index.update(piece)
    at_once = TraceIndex(graph.trace)
    for name, links in vars(at_once).items():
        if isinstance(links, (ReverseLinks, GrowingLinks)):
            ours = vars(index)[name]
            assert set(ours._owners) == set(links._owners), name
            for target in links._owners:
                assert sorted(ours.of(target)) == sorted(links.of(target)), name


def test_an_index_takes_very_many_items_in_steps_and_knows_them_all_in_order():
    graph = small_graph()
    index = TraceIndex(graph.trace)
    graph.take_delta()
    names = [f"conversation_item:{number}" for number in range(1, 5 * ITEMS_PER_STEP)]
    for name in names:
        graph.item(name, produced_by=[InferenceProducer(InferenceCallId("call"))])
    graph.inference("call", sends=names, returns=names)
    producer = NodeRef("inference", "call")
    steps = index.update_in_steps(graph.take_delta())
    known = [index.items_of_producer.count(producer) for _ in steps]
    assert max(after - before for before, after in pairwise(known)) <= ITEMS_PER_STEP
    assert known[-1] >= 4 * ITEMS_PER_STEP
    assert index.items_of_producer.of(producer) == names
    assert index.returning_inferences.of(ItemId(names[-1])) == ["call"]
    assert index.first_senders.of(ItemId(names[-1])) == ["call"]


def test_a_long_list_is_stated_in_steps_and_drops_what_is_gone():
    links: ReverseLinks[str, int] = ReverseLinks()
    first, second = list(range(3 * TARGETS_PER_STEP)), list(range(TARGETS_PER_STEP, 5 * TARGETS_PER_STEP))
    assert len(list(links.state_in_steps("owner", first))) == 3
    assert len(list(links.state_in_steps("owner", second))) == 3 + 4
    assert not list(links.state_in_steps("owner", second))
    assert [links.count(number) for number in (0, TARGETS_PER_STEP, second[-1])] == [0, 1, 1]
    assert links.targets("owner") == second


_TARGETS = ((), ("a",), ("b",), ("a", "b"), ("c", "a", "b"))


@pytest.mark.parametrize("most", [1, 2, 3])
def test_links_stated_together_are_those_stated_singly(most: int):
    chance = random.Random(most)
    owners = [f"owner {number}" for number in range(2 * FEW)]
    singly: ReverseLinks[str, str] = ReverseLinks()
    together: ReverseLinks[str, str] = ReverseLinks()
    for _ in range(5):
        lists = [chance.choice([some for some in _TARGETS if len(some) <= most]) for _ in owners]
        for owner, targets in zip(owners, lists, strict=True):
            singly.state(owner, targets)
        if most == 1:
            together.state_each(owners, [targets[0] if targets else None for targets in lists])
        else:
            together.state_lists(owners, lists)
        assert together.owner_map == singly.owner_map
        assert together.target_map == singly.target_map


def test_owners_noted_together_are_those_noted_singly():
    owners = [NodeRef("item", str(number)) for number in range(2 * FEW)]
    lists = [_TARGETS[number % len(_TARGETS)] for number in range(len(owners))]
    singly: DerivedLinks[NodeRef, str] = DerivedLinks(lambda _owner: ())
    for owner, targets in zip(owners, lists, strict=True):
        singly.state(owner, targets)
    together: DerivedLinks[NodeRef, str] = DerivedLinks(lambda _owner: ())
    for _ in range(2):
        together.state_each(node_refs("item", [owner.id for owner in owners]), lists)
        assert together.owner_map == singly.owner_map


def _linked(owners: int) -> ReverseLinks[str, str]:
    links: ReverseLinks[str, str] = ReverseLinks()
    for number in range(owners):
        links.state(f"owner {number}", ["target"])
    return links


@pytest.mark.parametrize("count", [1, 2, FEW - 1, FEW, 2 * FEW])
def test_owners_stay_in_order_however_many(count: int):
    links = _linked(count)
    names = [f"owner {number}" for number in range(count)]
    assert links.of("target") == names
    assert list(links.newest_first("target")) == names[::-1]
    assert (links.first("target"), links.last("target"), links.count("target")) == (names[0], names[-1], count)
    while names:
        assert links.state(names.pop(len(names) // 2), [])
        assert (links.of("target"), links.count("target")) == (names, len(names))
    assert (links.first("target"), links.last("target")) == (None, None)


def test_single_links_need_no_container():
    links = _linked(1)
    assert links._owners == {"target": "owner 0"}
    assert links._targets == {"owner 0": "target"}


def test_owners_and_targets_may_be_node_refs():
    links: ReverseLinks[NodeRef, NodeRef] = ReverseLinks()
    item, call, other = NodeRef("item", "1"), NodeRef("tool_call", "2"), NodeRef("item", "3")
    links.state(item, [call])
    assert (links.of(call), links.targets(item)) == ([item], (call,))
    links.state(other, [call, item])
    assert (links.of(call), links.targets(other)) == ([item, other], (call, item))


class _CountedList(list[ToolCallId]):
    """Counts how often one of its entries is looked at."""

    looks = 0

    def __getitem__(self, index):
        self.looks += 1
        return super().__getitem__(index)

    def __iter__(self):
        self.looks += len(self)
        return super().__iter__()


def test_calls_of_one_response_are_each_stated_once():
    graph = small_graph()
    index = TraceIndex(graph.trace)
    call = graph.inference("call")
    calls = call.tool_call_ids_started_by_response = _CountedList()
    for number in range(100):
        calls.append(ToolCallId(f"tool {number}"))
        index.update(TraceDelta(inference_calls={InferenceCallId("call")}))
    assert index.asking_inferences.of(ToolCallId("tool 99")) == ["call"]
    assert calls.looks == 100


def test_items_of_a_response_are_not_copied():
    graph = small_graph()
    call = graph.inference("call", returns=["conversation_item:1", "conversation_item:2"])
    index = TraceIndex(graph.trace)
    assert index.returning_inferences.targets(InferenceCallId("call")) is call.response_item_ids
