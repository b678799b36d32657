"""What the pickers offer, on a real recording of five agents."""

from __future__ import annotations

from tests.viewmodel.recorded import recorded
from tui.analysis.kinds.thread_of import thread_of
from tui.model.noderef import NodeRef
from tui.viewmodel.lists.commands import KEY_CELLS, ListedCommand, command_entries, sign_entries
from tui.viewmodel.text.edge_words import DELIVERY_SIGNS, ENCRYPTED_SIGN
from tui.viewmodel.timeline.labels.faces import CUT, SEEN_EARLY
from tui.viewmodel.timeline.row import GLYPHS


def test_commands_stand_below_their_headings() -> None:
    commands = [ListedCommand("j", "Next row", "Move", "move_down"), ListedCommand("w", "Why", "Walk", "explain_why")]
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


def test_help_explains_every_sign_of_a_row() -> None:
    entries = sign_entries()
    explained = "".join(entry.text[: 3 + KEY_CELLS] for entry in entries)
    signs = {*GLYPHS.values(), *DELIVERY_SIGNS.values(), CUT, SEEN_EARLY, ENCRYPTED_SIGN, "▲"} - {"", " "}
    assert all(sign in explained for sign in signs)
    assert all(entry.value is None and len(entry.text) <= 73 for entry in entries)
