"""What the pickers offer, on a real recording of five agents."""

from __future__ import annotations

from tests.viewmodel.recorded import recorded
from tui.analysis.links import links_of
from tui.analysis.provenance import why
from tui.analysis.search import Hit
from tui.model.noderef import NodeRef
from tui.viewmodel.pick_lists import (
    Command,
    command_entries,
    hit_entries,
    link_entries,
    why_entries,
)
from tui.viewmodel.thread_of import thread_of


def test_links_say_which_way_they_lead() -> None:
    store = recorded("agents")
    spawned = next(thread for thread in store.trace.threads.values() if thread.agent_path == "/root/alpha")
    entries = link_entries(links_of(store.trace, store.index, NodeRef("thread", spawned.thread_id)))
    texts = [entry.text for entry in entries]
    assert any(text.startswith(" 1 ←") for text in texts)
    assert any("→" in text for text in texts)


def test_payload_files_do_not_take_the_number_keys_from_what_is_linked() -> None:
    store = recorded("agents")
    for name in store.trace.tool_calls:
        entries = link_entries(links_of(store.trace, store.index, NodeRef("tool_call", name)))
        kinds = [isinstance(entry.value, NodeRef) and entry.value.kind == "payload" for entry in entries]
        assert kinds == sorted(kinds)


def test_the_way_to_the_cause_is_a_staircase() -> None:
    store = recorded("agents")
    tool = list(store.trace.tool_calls)[-1]
    steps = why(store.trace, store.index, NodeRef("tool_call", tool))
    texts = [entry.text for entry in why_entries(steps)]
    assert len(texts) > 2
    assert texts[1].startswith("   └ ")
    assert texts[2].startswith("     └ ")


def test_a_hit_is_shown_with_its_match_marked_and_made_harmless() -> None:
    hit = Hit(NodeRef("item", "x"), "text", "see \x1b[31m needle", 10, 6)
    (entry,) = hit_entries([hit], ["user message"])
    assert [span.text for span in entry.line if span.style == "match"] == ["needle"]
    assert "\x1b" not in entry.text


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
