"""Ids as the commands print and take them, and names as one short line. Needs nothing of a graph."""

from __future__ import annotations

from tui.model.noderef import NodeRef
from tui.viewmodel.text.clean import clean

NAME_CHARACTERS = 72
"""How much of a name is shown behind an id."""

_TELLING = (
    "conversation_item:",
    "code_cell:",
    "terminal_operation:",
    "terminal_session:",
    "compaction_request:",
    "edge:",
    "raw_payload:",
    "event:",
)
"""Beginnings of ids that say themselves what they are the id of."""


def full_id(node: NodeRef) -> str:
    """A node as the commands take it: `tool_call:call_7`, `conversation_item:9`."""
    return node.id if node.id.startswith(_TELLING) else f"{node.kind}:{node.id}"


def short(text: str) -> str:
    """The beginning of a text as one line."""
    line = clean(text[: 2 * NAME_CHARACTERS])
    return line if len(line) <= NAME_CHARACTERS else f"{line[: NAME_CHARACTERS - 1]}…"
