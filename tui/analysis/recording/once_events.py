"""Events that a recorder writes once: the ends of calls and turns, the frame of the session."""

from __future__ import annotations

from typing import Final

from tui.schema.events import (
    CodexTurnEnded,
    HistoryItemAccepted,
    InferenceCancelled,
    InferenceCompleted,
    InferenceFailed,
    RolloutEnded,
    RolloutStarted,
    ToolCallEnded,
)

_ONCE: Final[dict[type, tuple[str, str]]] = {
    RolloutStarted: ("the start of the rollout", ""),
    RolloutEnded: ("the end of the rollout", ""),
    CodexTurnEnded: ("the end of turn", "codex_turn_id"),
    InferenceCompleted: ("the end of inference call", "inference_call_id"),
    InferenceFailed: ("the end of inference call", "inference_call_id"),
    InferenceCancelled: ("the end of inference call", "inference_call_id"),
    ToolCallEnded: ("the end of tool call", "tool_call_id"),
    HistoryItemAccepted: ("the acceptance of item", "item_id"),
}
"""What such an event says, and the field that reports what, if any. Threads may end again: they are resumed."""


class OnceEvents:
    """Remembers which of them have come."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, str], int] = {}

    def repeated_by(self, payload: object, line: int) -> str | None:
        """Note the event of physical line `line`; if it says what an earlier one said, tell so in one line."""
        found = _ONCE.get(type(payload))
        if found is None:
            return None
        what, field = found
        name = f" {getattr(payload, field)}" if field else ""
        first = self._seen.setdefault((what, name), line)
        return None if first == line else f"{what}{name} came before, in line {first}"
