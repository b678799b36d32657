"""Events that a recorder writes once: the ends of calls and turns, the frame of the session."""

from __future__ import annotations

from typing import Final

from tui.schema.events import (
    CodexTurnEnded,
    CodexTurnStarted,
    HistoryItemAccepted,
    InferenceCancelled,
    InferenceCompleted,
    InferenceFailed,
    InferenceStarted,
    RolloutEnded,
    RolloutStarted,
    ToolCallEnded,
    ToolCallStarted,
)

_TURN_END, _CALL_END, _TOOL_END = "the end of turn", "the end of inference call", "the end of tool call"

_ONCE: Final[dict[type, tuple[str, str]]] = {
    RolloutStarted: ("the start of the rollout", ""),
    RolloutEnded: ("the end of the rollout", ""),
    CodexTurnEnded: (_TURN_END, "codex_turn_id"),
    InferenceCompleted: (_CALL_END, "inference_call_id"),
    InferenceFailed: (_CALL_END, "inference_call_id"),
    InferenceCancelled: (_CALL_END, "inference_call_id"),
    ToolCallEnded: (_TOOL_END, "tool_call_id"),
    HistoryItemAccepted: ("the acceptance of item", "item_id"),
}
"""What such an event says, and the field that reports what, if any. Threads may end again: they are resumed."""

_STARTS: Final[dict[type, tuple[str, str]]] = {
    CodexTurnStarted: (_TURN_END, "codex_turn_id"),
    InferenceStarted: (_CALL_END, "inference_call_id"),
    ToolCallStarted: (_TOOL_END, "tool_call_id"),
}
"""Which end follows a start, and the field of its id. A second start with an id begins another object."""


class OnceEvents:
    """Remembers which of them have come."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, str], int] = {}
        self._started: set[tuple[str, str]] = set()
        self._to_come: dict[tuple[str, str], int] = {}

    def repeated_by(self, payload: object, line: int) -> str | None:
        """Note the event of physical line `line`; if it says what an earlier one said, tell so in one line."""
        found = _ONCE.get(type(payload))
        if found is None:
            self._note_start(payload)
            return None
        what, field = found
        name = f" {getattr(payload, field)}" if field else ""
        first = self._seen.setdefault((what, name), line)
        if first == line:
            return None
        if more := self._to_come.get((what, name), 0):
            self._to_come[what, name] = more - 1
            return None
        return f"{what}{name} came before, in line {first}"

    def _note_start(self, payload: object) -> None:
        start = _STARTS.get(type(payload))
        if start is None:
            return
        what, field = start
        end = (what, f" {getattr(payload, field)}")
        if end in self._started:
            self._to_come[end] = self._to_come.get(end, 0) + 1
        self._started.add(end)
