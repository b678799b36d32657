"""The texts by which people look for a session: what was asked, what was answered, what was run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from tui.analysis.requests.injected import is_injected
from tui.model.conversation import ConversationItem, TextPart
from tui.model.noderef import NodeRef
from tui.model.objects import ExecRequest
from tui.model.trace import RolloutTrace

TextKind = Literal["prompt", "answer", "command", "script"]

LONGEST_TEXT = 4_096
"""Characters of a text that are kept for searching; what follows is found by `grep`."""


class SessionText(NamedTuple):
    """The beginning of one text, as recorded, and the object that holds it."""

    kind: TextKind
    node: NodeRef
    text: str


def session_texts(trace: RolloutTrace) -> Iterator[SessionText]:
    """Prompts and answers, commands, scripts, each object once, in the order of the graph."""
    for item in trace.conversation_items.values():
        kind = _kind_of(item)
        text = "\n".join(part.text for part in item.body.parts if isinstance(part, TextPart)) if kind else ""
        if kind is not None and text.strip():
            yield SessionText(kind, NodeRef("item", item.item_id), text[:LONGEST_TEXT])
    for operation in trace.terminal_operations.values():
        if isinstance(operation.request, ExecRequest):
            text = operation.request.display_command[:LONGEST_TEXT]
            yield SessionText("command", NodeRef("terminal_operation", operation.operation_id), text)
    for cell in trace.code_cells.values():
        yield SessionText("script", NodeRef("code_cell", cell.code_cell_id), cell.source_js[:LONGEST_TEXT])


def _kind_of(item: ConversationItem) -> TextKind | None:
    if item.kind != "message":
        return None
    if item.role == "assistant":
        return "answer"
    return "prompt" if item.role == "user" and not is_injected(item) else None
