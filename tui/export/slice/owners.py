"""Whose an event is: which agent's, and of which of its turns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from tui.model.ids import CodexTurnId, ThreadId
from tui.model.trace import RolloutTrace
from tui.schema.events import (
    AgentResultObserved,
    CodexTurnEnded,
    CodexTurnStarted,
    RawTraceEvent,
    RecordingCompleted,
    RolloutEnded,
    RolloutStarted,
    ThreadEnded,
    ThreadResumed,
    ThreadStarted,
)

OF_SESSION = (RolloutStarted, RolloutEnded, RecordingCompleted)
OF_THREAD = (ThreadStarted, ThreadEnded, ThreadResumed)


class Owner(NamedTuple):
    """None where the event belongs to no agent, or to no turn of it."""

    thread: ThreadId | None
    turn: CodexTurnId | None = None


def owner_of(trace: RolloutTrace, event: RawTraceEvent) -> Owner:
    """Whose an event is, by the objects that it names, else by the context in which it was written."""
    payload: Any = event.payload
    if isinstance(payload, OF_THREAD):
        return Owner(ThreadId(payload.thread_id))
    if isinstance(payload, AgentResultObserved):
        return Owner(ThreadId(payload.child_thread_id), CodexTurnId(payload.child_codex_turn_id))
    if isinstance(payload, (CodexTurnStarted, CodexTurnEnded)):
        turn = trace.codex_turns.get(CodexTurnId(payload.codex_turn_id))
        return _context(event) if turn is None else Owner(turn.thread_id, turn.codex_turn_id)
    maps: tuple[tuple[str, Mapping[Any, Any]], ...] = (
        ("inference_call_id", trace.inference_calls),
        ("compaction_request_id", trace.compaction_requests),
        ("compaction_id", trace.compactions),
        ("tool_call_id", trace.tool_calls),
    )
    for name, objects in maps:
        found = objects.get(getattr(payload, name, None))
        if found is not None:
            return Owner(
                found.thread_id, getattr(found, "codex_turn_id", getattr(found, "started_by_codex_turn_id", None))
            )
    return _context(event)


def _context(event: RawTraceEvent) -> Owner:
    thread = None if event.thread_id is None else ThreadId(event.thread_id)
    return Owner(thread, None if event.codex_turn_id is None else CodexTurnId(event.codex_turn_id))
