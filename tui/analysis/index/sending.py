"""Which calls may send something to another agent, by their kind or by the name of their tool."""

from __future__ import annotations

from tui.model.objects import ToolCall
from tui.schema.events import GenericSummary

SEND_INPUT = "send_input"
"""The one tool that sends and has no kind of its own."""

SENDING_KINDS = ("spawn_agent", "assign_agent_task", "send_message", "close_agent", SEND_INPUT)
"""Kinds of tool calls that may send something to another agent."""


def sending_kind(tool: ToolCall) -> str | None:
    """As which of `SENDING_KINDS` a call may send something; None if it does not."""
    kind = SEND_INPUT if _is_send_input(tool) else tool.kind.type
    return kind if kind in SENDING_KINDS else None


def _is_send_input(tool: ToolCall) -> bool:
    """Whether the log names a call so, by its kind or by the label that the model knows it by."""
    label = tool.summary.label if isinstance(tool.summary, GenericSummary) else ""
    return tool.kind.type == "other" and SEND_INPUT in (tool.kind.name, label.rpartition(".")[2])
