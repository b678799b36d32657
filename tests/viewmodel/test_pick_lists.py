"""What the pickers offer, on a real recording of five agents."""

from __future__ import annotations

from tests.viewmodel.recorded import recorded
from tui.model.noderef import NodeRef
from tui.viewmodel.pick_lists import (
    Command,
    command_entries,
)
from tui.viewmodel.thread_of import thread_of


def test_commands_stand_below_their_headings() -> None:
    commands = [Command("j", "Next row", "Move", "move_down"), Command("w", "Why", "Walk", "explain_why")]
    entries = command_entries(commands)
    assert [entry.value for entry in entries] == [None, "move_down", None, "explain_why"]


def test_everything_belongs_to_an_agent() -> None:
    store = recorded("agents")
    trace = store.trace
    for operation in trace.terminal_operations:
        assert thread_of(trace, NodeRef("terminal_operation", operation)) in trace.threads
    for edge_id, edge in trace.interaction_edges.items():
        assert thread_of(trace, NodeRef("edge", edge_id)) in trace.threads, edge.kind
    assert thread_of(trace, NodeRef("payload", "raw_payload:1")) is None
