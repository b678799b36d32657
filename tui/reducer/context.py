"""Finds the agent and the turn of an event that does not name them: where only one can be meant."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from tui.model.ids import CodexTurnId, ThreadId
from tui.model.objects import CodexTurn
from tui.reducer.state import ReducerState

Name = TypeVar("Name", ThreadId, CodexTurnId)


def infer_context(state: ReducerState, call_id: str | None) -> None:
    """Complete what the event in hand says of its place; nothing changes where that is not clear.

    The agent is the one whose model asked for `call_id`, else that of the only turn that is open. The turn is the only
    open one of the agent.
    """
    thread_id, turn_id = state.moment.thread_id, state.moment.codex_turn_id
    if turn_id is not None and (thread_id is not None or turn_id in state.trace.codex_turns):
        return
    thread_id = thread_id or _thread_of_call(state, call_id) or _only({turn.thread_id for turn in _open_turns(state)})
    turn_id = turn_id or _only({turn.codex_turn_id for turn in _open_turns(state) if turn.thread_id == thread_id})
    if (thread_id, turn_id) == (state.moment.thread_id, state.moment.codex_turn_id):
        return
    message = f"event {state.moment.seq} does not name its agent and turn"
    consequence = "the only one that it can belong to was taken"
    state.report_counted("", "context-inferred", message, consequence, severity="warning")
    state.moment = msgspec.structs.replace(state.moment, thread_id=thread_id, codex_turn_id=turn_id)


def _open_turns(state: ReducerState) -> list[CodexTurn]:
    return [state.trace.codex_turns[name] for name in state.open_turns]


def _thread_of_call(state: ReducerState, call_id: str | None) -> ThreadId | None:
    return None if call_id is None else _only({item.thread_id for item in state.items_with_call(call_id)})


def _only(found: set[Name]) -> Name | None:
    return next(iter(found)) if len(found) == 1 else None
