"""Words and signs for what goes between agents, the same in every view."""

from __future__ import annotations

from collections.abc import Mapping

from tui.analysis.kinds.naming import agent_name
from tui.analysis.kinds.plural import counted
from tui.analysis.messages.edges import DeliveryWord, EdgeView
from tui.analysis.messages.view import Deed
from tui.model.ids import ThreadId
from tui.model.trace import RolloutTrace
from tui.viewmodel.text.clean import clean, format_bytes
from tui.viewmodel.text.spans import Line, Span

KIND_WORDS: dict[Deed, str] = {
    "spawn_agent": "spawn",
    "assign_agent_task": "task",
    "send_message": "message",
    "agent_result": "result",
    "close_agent": "close",
    "interrupt_agent": "interrupt",
}

ENCRYPTED_SIGN = "▒"
"""Stands at everything encrypted, like a text behind frosted glass."""

DELIVERY_SIGNS: dict[DeliveryWord, str] = {
    "delivered": "",
    "pending": "◌",
    "undelivered": "⊘",
    "unproven": "?",
    "failed": "✗",
}
DELIVERY_WORDS: dict[DeliveryWord, str] = {
    "delivered": "delivered",
    "pending": "pending",
    "undelivered": "undelivered",
    "unproven": "arrival not proven",
    "failed": "failed",
}

TEXT_CHARACTERS = 400
"""Longest beginning of a text that goes into a row."""


def agent_word(trace: RolloutTrace, thread_id: ThreadId | None, named: str = "") -> str:
    """The path of an agent; of one that is not in the recording, what the sender called it."""
    if thread_id is not None:
        return clean(agent_name(trace, thread_id))
    return f"“{clean(named)}”" if named else "an agent that is not known"


def deed_counts(counts: Mapping[Deed, int]) -> str:
    """How many of each kind, in one order everywhere: `1 spawn, 3 messages`; empty if there are none of any."""
    numbers = ((counts.get(kind, 0), word) for kind, word in KIND_WORDS.items())
    return ", ".join(counted(number, word) for number, word in numbers if number)


def size_word(view: EdgeView) -> str:
    """How much went over: `34 B`; `at least …` where only the beginning is known; empty for what carries nothing."""
    if view.kind == "close_agent":
        return ""
    return "size not known" if view.passed.size is None else format_bytes(view.passed.size)


def delivery_words(view: EdgeView) -> str:
    """Whether it arrived, and by what that is known."""
    if view.delivery == "delivered":
        arrived = "" if view.arrived_seq is None else f" · in the receiver's history at seq {view.arrived_seq:,}"
        return f"delivered{arrived}" + (f" · {clean(view.reason)}" if view.reason else "")
    return f"{DELIVERY_SIGNS[view.delivery]} {DELIVERY_WORDS[view.delivery]} · {clean(view.reason)}"


def mark_spans(view: EdgeView) -> Line:
    """Signs and words for what is out of the ordinary; nothing for a readable message that arrived."""
    spans = []
    if view.delivery != "delivered":
        is_there = view.kind == "spawn_agent" and view.target_agent is not None and view.delivery != "unproven"
        word = "task not seen" if is_there else DELIVERY_WORDS[view.delivery]
        spans.append(Span(f"  {DELIVERY_SIGNS[view.delivery]} {word}", "warning"))
    if view.encrypted:
        spans.append(Span(f"  {ENCRYPTED_SIGN} encrypted", "cut"))
    return tuple(spans)


def text_span(view: EdgeView) -> Span:
    """The first line of what went over."""
    return Span(clean(view.passed.first_line[:TEXT_CHARACTERS]))
