"""The list of agents: keys, states, tokens rolled up, columns."""

from __future__ import annotations

from rich.cells import cell_len

from tests.analysis.small_graph import SmallGraph, small_graph
from tests.viewmodel.recorded import recorded
from tui.analysis.index import TraceIndex
from tui.model.noderef import NodeRef
from tui.viewmodel.agent_list import agent_entries, agents_by_slot


def texts(graph: SmallGraph, *, is_over: bool = False) -> list[str]:
    index = TraceIndex(graph.trace)
    return [entry.text for entry in agent_entries(graph.trace, index, is_over=is_over, measure=cell_len)]


def test_agents_keep_the_number_of_their_appearance() -> None:
    store = recorded("agents")
    entries = agent_entries(store.trace, store.index, is_over=True, measure=cell_len)
    assert [entry.key for entry in entries] == ["1", "2", "3", "4", "5"]
    assert [entry.value for entry in entries] == [NodeRef("thread", name) for name in agents_by_slot(store.trace)]
    assert "/root/alpha/deep" in entries[-1].text
    assert "done" in entries[-1].text


def test_tokens_of_a_parent_are_shown_with_those_of_its_agents() -> None:
    store = recorded("agents")
    (root, *_others) = agent_entries(store.trace, store.index, is_over=True, measure=cell_len)
    assert "228.7k tok  Σ 448.5k  3 agents" in root.text


def test_numbers_stand_in_columns_whatever_the_names() -> None:
    graph = small_graph()
    graph.thread("child", "/root/読む", parent="root")
    graph.thread("other", "/root/a_longer_name", parent="root")
    starts = {cell_len(text[: text.index(" tok")]) for text in texts(graph)}
    assert len(starts) == 1


def test_what_is_open_when_nothing_more_will_come_was_left_open() -> None:
    graph = small_graph()
    graph.tool("tool", status="running")
    assert "working" in texts(graph)[0]
    assert "left open" in texts(graph, is_over=True)[0]


def test_a_hostile_name_is_harmless() -> None:
    graph = small_graph()
    graph.thread("child", "/root/\x1b[2J", parent="root").nickname = "\x07"
    assert not any(ord(character) < 32 for text in texts(graph) for character in text)
