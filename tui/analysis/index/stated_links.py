"""Which links of `TraceIndex` the objects of a kind state: those that go when an object goes."""

from __future__ import annotations

from tui.model.kinds import ByGraphKind

LINKS_STATED_BY: ByGraphKind[tuple[str, ...]] = {
    "thread": ("child_threads", "spawned_by_edge", "_threads_at_path"),
    "turn": ("turns",),
    "inference": (
        "inferences_of_turn",
        "inferences_of_thread",
        "asking_inferences",
        "returning_inferences",
        "first_senders",
    ),
    "tool_call": (
        "tools_of_turn",
        "tools_called_by_item",
        "tools_answering_item",
        "tools_of_call",
        "sending_tools",
        "cell_tools",
        "nested_tools",
        "tools_waiting_for",
    ),
    "code_cell": ("cells_of_turn", "cells_of_source", "cells_answering_item", "cells_waited_by"),
    "terminal_operation": (
        "operations_of_tool",
        "operations_of_session",
        "operations_observing",
        "operations_asked_in",
    ),
    "terminal_session": ("sessions_of_thread", "sessions_created_by"),
    "compaction": (
        "compactions_of_thread",
        "compactions_of_turn",
        "compactions_installing",
        "compactions_of_input",
        "compactions_attempted",
    ),
    "compaction_request": ("compaction_attempts", "attempts_of_turn"),
    "edge": ("edges_from", "edges_to", "edges_into_thread", "edges_out_of_thread", "edges_carrying"),
    "item": ("items_of_author",),
    "payload": (),
    "event": ("events_of_turn", "events_of_thread"),
}
"""Kind of object → attributes of the index. `DerivedLinks` are not among them: nothing of them need be taken back."""
