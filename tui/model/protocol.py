"""What the agent program said of itself while it worked: protocol events, and what they say of turns and sessions.

The reduced graph takes nothing from them (reducer rules §3). Here they are kept for people: why a turn failed, what the
session warned of, how large the context may be.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from tui.model.execution import ExecutionWindow
from tui.model.ids import CodexTurnId, EventId, RawPayloadId, ThreadId
from tui.model.recorded import Recorded

Attribution = Literal["recorded", "derived", "unproven"]
"""How a protocol event is known to belong to its agent and turn: it names one, only one was open or it repeats the
failure of one, or it is unknown and it is shown with the root agent."""

FRAME_EVENTS = frozenset({"session_configured", "turn_started", "turn_complete", "turn_aborted", "shutdown_complete"})
"""Events that only frame a turn or a session. The rows of the turn and the agent say it; they have no row."""

EventWeight = Literal["error", "warning", "rollback", "news"]
"""How much an event weighs for a person; an error that the program gets over by itself is a warning."""


def weight_of(event_type: str) -> EventWeight:
    """What the kind of a protocol event says of its weight."""
    if event_type == "error":
        return "error"
    if event_type.endswith("warning") or event_type in ("stream_error", "deprecation_notice"):
        return "warning"
    return "rollback" if event_type == "thread_rolled_back" else "news"


class ProtocolEvent(Recorded, gc=False, kw_only=True):
    """One event as it was recorded. `message` is what it says to people, `code` its word for programs.

    `event_type` is the recorder's word for it, `payload_type` the word in its payload.
    """

    event_id: EventId
    event_type: str
    payload_type: str
    seq: int
    at_unix_ms: int
    thread_id: ThreadId | None
    codex_turn_id: CodexTurnId | None
    attribution: Attribution
    message: str
    code: str
    raw_payload_id: RawPayloadId

    @property
    def execution(self) -> ExecutionWindow:
        """A moment."""
        status: Literal["failed", "completed"] = "failed" if self.event_type == "error" else "completed"
        return ExecutionWindow(self.at_unix_ms, self.seq, self.at_unix_ms, self.seq, status)

    @property
    def has_row(self) -> bool:
        """Whether it is news of its own."""
        return self.event_type not in FRAME_EVENTS


class TurnFacts(Recorded, gc=False, kw_only=True):
    """What protocol events say of a turn; None for what none of them said.

    `model_context_window` is in tokens. `error`: why the turn has no answer, in the program's words; `abort_reason`:
    why it was stopped. `duration_ms`, `time_to_first_token_ms`: by the program's own clock. `trigger`,
    `initiating_agent_path`, `parent_turn_id`, `root_turn_id`: what set it off.
    """

    model_context_window: int | None = None
    error: str | None = None
    abort_reason: str | None = None
    duration_ms: int | None = None
    time_to_first_token_ms: int | None = None
    trigger: str | None = None
    initiating_agent_path: str | None = None
    parent_turn_id: str | None = None
    root_turn_id: str | None = None
    collaboration_mode: str | None = None
    raw_payload_ids: list[RawPayloadId] = msgspec.field(default_factory=list)


class ThreadSession(Recorded, gc=False, kw_only=True):
    """What the start of a thread and its configuration say of its session; None for what neither said.

    `sandbox`, `permissions` and `approval_policy` are as recorded, as compact JSON where they are not a word.
    """

    cwd: str | None = None
    sandbox: str | None = None
    permissions: str | None = None
    approval_policy: str | None = None
    approvals_reviewer: str | None = None
    reasoning_effort: str | None = None
    forked_from_id: str | None = None
    parent_thread_id: str | None = None
    session_id: str | None = None
    rollout_path: str | None = None
    raw_payload_ids: list[RawPayloadId] = msgspec.field(default_factory=list)
