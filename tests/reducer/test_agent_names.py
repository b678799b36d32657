"""Agents that share a path have names of their own."""

from __future__ import annotations

from tests.reducer.recording import Recording
from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.kinds.naming import agent_name, name_of
from tui.analysis.kinds.node_names import find_node
from tui.model.noderef import NodeRef


def test_agents_of_one_path_are_called_by_nickname_or_number() -> None:
    recording = Recording()
    for thread_id, nickname in (("A", "Kepler"), ("B", None), ("C", "Kepler"), ("D", None)):
        spawn = {"parent_thread_id": "T", "depth": 1}
        source = {"subagent": {"thread_spawn": spawn}}
        recording.thread(thread_id, "/root", {"nickname": nickname, "session_source": source})
    recording.thread("E", "/root/own", {"nickname": "Kepler"})
    trace = recording.graph()
    names = {name: agent_name(trace, name) for name in trace.threads}
    assert names == {"T": "/root", "A": "Kepler", "B": "/root~2", "C": "Kepler~2", "D": "/root~3", "E": "/root/own"}
    assert name_of(trace, TraceIndex(trace), NodeRef("thread", "A")) == "agent Kepler"
    assert find_node(trace, "/root") == NodeRef("thread", "T")
    assert find_node(trace, "Kepler~2") == NodeRef("thread", "C")
    assert trace.threads["A"].agent_path == "/root"  # type: ignore[index]  # plain ids
