"""The list of agents: keys, states, columns that fit, orders, details."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from tests.analysis.small_graph import SmallGraph, small_graph
from tests.viewmodel.recorded import recorded
from tui.analysis.agents.overview import overview_of
from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.state.recording import RecordingState
from tui.model.ids import ThreadId
from tui.model.noderef import NodeRef
from tui.model.objects import TokenUsage
from tui.viewmodel.lists.agent_details import DETAIL_LINES, agent_details
from tui.viewmodel.lists.agents import (
    ORDERS,
    AgentList,
    AgentOrder,
    agent_list,
    agents_by_slot,
    next_order,
    plain_entries,
)
from tui.viewmodel.lists.picker import Picker
from tui.viewmodel.text.spans import line_text

LIVE = RecordingState("live", "the log grew 1s ago")


def listed(name: str = "agents", width: int = 116, order: AgentOrder = "tree") -> AgentList:
    store = recorded(name)
    overview = overview_of(store.trace, store.index, store.recording)
    return agent_list(store.trace, store.index, overview, width, order, cell_len)


def texts(graph: SmallGraph, width: int = 116) -> list[str]:
    index = TraceIndex(graph.trace)
    overview = overview_of(graph.trace, index, LIVE)
    return [entry.text for entry in agent_list(graph.trace, index, overview, width, "tree", cell_len).entries]


def test_agents_keep_the_number_of_their_appearance_wherever_they_stand() -> None:
    store = recorded("agents")
    slots = {NodeRef("thread", name): str(slot) for slot, name in enumerate(agents_by_slot(store.trace), 1)}
    for order in ORDERS:
        assert {entry.value: entry.key for entry in listed(order=order).entries} == slots
    assert [entry.key for entry in listed().entries] == ["1", "2", "5", "3", "4"]
    assert {entry.value: entry.key for entry in plain_entries(store.trace)} == slots


@pytest.mark.parametrize("width", [20, 40, 60, 76, 100, 116, 160, 240])
def test_every_line_has_the_width_of_the_head_and_columns_stand_below_each_other(width: int) -> None:
    found = listed(width=width)
    widths = {cell_len(line_text(line)) for line in (found.head, *(entry.line for entry in found.entries))}
    assert len(widths) == 1
    assert widths.pop() <= max(width, 53)


def test_the_most_telling_columns_stay_where_room_is_short() -> None:
    assert line_text(listed(width=76).head).split() == ["agent", "state", "tokens", "Σ", "▲", "busy"]
    assert "busy" in line_text(listed(width=116).head)
    wide = line_text(listed(width=240).head)
    assert wide.split()[-1] == "model"
    assert "asked" in wide


def test_a_failed_agent_takes_no_column_of_others() -> None:
    _, *others, failed = (entry.text for entry in listed(width=76).entries)
    assert "failed  its last r" in failed
    assert failed.endswith("719ms")
    assert all(text.endswith("ms") for text in others)
    assert all("  ended  " in text for text in others)


def test_the_tree_shows_last_names_below_their_parents_and_other_orders_whole_paths() -> None:
    names = [entry.text[5:].split("  ")[0] for entry in listed().entries]
    assert names[0] == "/root"
    assert "    deep Franklin" in listed().entries[2].text
    assert line_text(listed(width=54).head).split() == ["agent", "state", "tokens"]
    assert "…/deep Franklin" in listed(order="tokens").entries[3].text


def test_columns_keep_their_places_in_every_order() -> None:
    for width in (60, 76, 116):
        places = {order: line_text(listed(width=width, order=order).head).index("state") for order in ORDERS}
        assert len(set(places.values())) == 1, places
        assert set(listed(width=width, order="state").heads) == set(listed(width=width).heads)


def test_orders_by_number_begin_with_the_largest_and_states_with_failures() -> None:
    paths = {order: [entry.key for entry in listed(order=order).entries] for order in ORDERS}
    assert paths["tokens"] == ["1", "2", "3", "5", "4"]
    assert paths["problems"][:2] == ["4", "1"]
    assert paths["busy"][:2] == ["1", "2"]
    assert paths["state"] == ["4", "1", "2", "5", "3"]
    assert [next_order(order) for order in ORDERS] == [*ORDERS[1:], ORDERS[0]]


def test_a_state_tells_the_word_the_age_and_what_is_open() -> None:
    graph = small_graph()
    graph.thread("alpha", "/root/alpha", parent="root")
    graph.turn("alpha turn", "alpha")
    graph.tool("wait", kind="wait_agent", status="running")
    graph.tool("tool", "alpha turn", status="running")
    graph.operation("terminal_operation:1", "tool", "pytest -q", exit_code=None)
    root, alpha = texts(graph, 200)
    assert "waiting on /root/alpha 200ms  → /root/alpha waiting for a command 0ms: $ pytest -q" in root
    assert "waiting for a command 0ms  $ pytest -q" in alpha


def test_tokens_of_a_parent_are_shown_with_those_of_its_agents() -> None:
    graph = small_graph()
    graph.thread("alpha", "/root/alpha", parent="root")
    graph.turn("alpha turn", "alpha")
    graph.inference("call").usage = TokenUsage(1_000, 0, 0, 0, 0)
    graph.inference("alpha call", "alpha turn").usage = TokenUsage(3_000, 0, 0, 0, 0)
    root, alpha = texts(graph)
    assert "1.0k" in root
    assert "4.0k" in root
    assert "4.0k" not in alpha


def test_words_find_what_the_line_has_no_room_for() -> None:
    picker = Picker(listed(width=76).entries)
    picker.narrow("count the functions")
    assert [entry.key for entry in picker.shown] == ["5"]
    picker = Picker(listed(width=76).entries)
    picker.narrow("/root/alpha gpt-6.1 ended")
    assert [entry.key for entry in picker.shown] == ["2", "5"]


def test_recorded_names_are_harmless() -> None:
    graph = small_graph()
    graph.thread("evil", "/root/\x1b[31mevil\u202e", parent="root").nickname = "\x07bell"
    assert all(text.isprintable() for text in texts(graph))
    index = TraceIndex(graph.trace)
    for agent in overview_of(graph.trace, index, LIVE).agents:
        for line in agent_details(graph.trace, index, agent, 100, cell_len):
            assert line_text(line).isprintable()


def test_details_tell_all_of_one_agent() -> None:
    store = recorded("agents")
    overview = overview_of(store.trace, store.index, store.recording)
    gamma = next(agent for agent in overview.agents if agent.path == "/root/gamma")
    lines = [line_text(line) for line in agent_details(store.trace, store.index, gamma, 200, cell_len)]
    assert len(lines) == DETAIL_LINES
    assert lines[0].startswith(" /root/gamma (Mendel)  gpt-6.1-sol × 3")
    assert "✗ failed: its last request failed: stream disconnected" in lines[1]
    assert "  by request 3 of /root/gamma, which ended with event " in lines[1]
    assert lines[2] == " asked [gamma] this one will fail"
    assert lines[3] == " tokens in 17.4k (67% cached), out 214, reasoning 71 in 1 of 3 requests"
    narrow = [line_text(line) for line in agent_details(store.trace, store.index, gamma, 40, cell_len)]
    assert all(cell_len(line) <= 40 for line in narrow)
    assert narrow[1].endswith("…")
    assert len(narrow) == DETAIL_LINES
    wrapped = [line_text(line) for line in agent_details(store.trace, store.index, gamma, 60, cell_len, 20)]
    assert all(cell_len(line) <= 60 for line in wrapped)
    assert " ".join(" ".join(wrapped).split()) == " ".join(" ".join(lines).split())
    assert lines[4].startswith(" 1 turn, 3 requests (largest 17.4k), 2 calls · at 0.470s for ")


def test_what_says_so_is_told_by_name_and_event() -> None:
    graph = small_graph()
    index = TraceIndex(graph.trace)

    def proof(recording: RecordingState = LIVE) -> str:
        overview = overview_of(graph.trace, index, recording)
        return line_text(agent_details(graph.trace, index, overview.agents[0], 200, cell_len)[1])

    assert proof().endswith("before its first call  turn 1 of /root open since event 2")
    call = graph.inference("call", status="running")
    index.update(graph.delta)
    assert proof().endswith(f"  open since event {call.execution.started_seq}")
    graph.trace.threads[ThreadId("root")].execution.end(990, 10, "completed")
    assert proof().endswith("  its end is event 10")


@pytest.mark.parametrize(
    ("order", "head"), [("tokens", "tokens"), ("busy", "busy"), ("problems", "▲"), ("tree", "tokens")]
)
def test_column_that_sorts_comes_first(order: AgentOrder, head: str) -> None:
    assert line_text(listed(width=76, order=order).head).split()[:3] == ["agent", "state", head]
