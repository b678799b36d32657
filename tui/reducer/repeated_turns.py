"""Turns and compactions that share one id: the second of an id is one of its own, named `<id>~2`.

The format's reference refuses such a recording, so the graph is ours to make. What names a turn of a repeated id means
the newest open one of its agent, as an agent takes its turns one after the other; if none is open, the newest.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count
from typing import Any, TypeVar

from tui.model.ids import CodexTurnId, CompactionId, CompactionRequestId, ThreadId
from tui.reducer.same_event import refuse_same_start
from tui.reducer.state import ReducerState

_Id = TypeVar("_Id", bound=str)


def name_of_turn(state: ReducerState, given: CodexTurnId) -> CodexTurnId:
    """The name of a turn that starts: its id, or another one where an earlier turn has the id."""
    if given not in state.trace.codex_turns:
        return given
    turn = state.trace.codex_turns[state.turns_of_id.get(given, [given])[-1]]
    refuse_same_start(state, "codex turn", given, (turn.thread_id, turn.execution.started_at_unix_ms, None))
    name = _free(given, state.trace.codex_turns)
    state.turns_of_id.setdefault(given, [given]).append(name)
    _report(state, f"duplicate codex turn start for {given}", f"it is a turn of its own, {name}", name)
    return name


def turn_meant(state: ReducerState, given: str, thread_id: ThreadId | None) -> CodexTurnId:
    """The turn that an event of this agent means by an id."""
    turn_id = CodexTurnId(given)
    names = state.turns_of_id.get(turn_id)
    if names is None:
        return turn_id
    turns = [state.trace.codex_turns[name] for name in reversed(names)]
    of_agent = [turn for turn in turns if turn.thread_id == thread_id] or turns
    return next((turn for turn in of_agent if turn.execution.is_open), of_agent[0]).codex_turn_id


def name_of_compaction(state: ReducerState, given: CompactionId) -> CompactionId:
    """The name of a compaction that is installed; the requests that no earlier one of its id has are its own."""
    if given not in state.trace.compactions:
        return given
    name = _free(given, state.trace.compactions)
    taken = {request for one in state.trace.compactions.values() for request in one.request_ids}
    requests = state.compaction_request_ids.get(given, [])
    own = [CompactionRequestId(request) for request in requests if request not in taken]
    state.compaction_request_ids[name] = list(own)
    for request in own:
        state.trace.compaction_requests[request].compaction_id = name
        state.delta.compaction_requests.add(request)
    _report(state, f"duplicate compaction install for {given}", f"it is a compaction of its own, {name}", name)
    return name


def _free(given: _Id, known: Mapping[_Id, Any]) -> _Id:
    free: Any = (f"{given}~{number}" for number in count(2))
    name: _Id = next(name for name in free if name not in known)
    return name


def _report(state: ReducerState, message: str, consequence: str, name: str) -> None:
    state.report("call-id-repeated", message, consequence, object_id=name)
