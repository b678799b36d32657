"""Rollout, threads and turns (reducer rules §3)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any

import msgspec

from tui.late_decoder import late_decoder
from tui.model.ids import CodexTurnId, RawPayloadId, ThreadId
from tui.model.objects import RootOrigin, SpawnedOrigin, Thread
from tui.model.recorded import note_window
from tui.reducer import agents
from tui.reducer.bodies import decode_body, json_of, learn_form
from tui.reducer.code_cell import close_cell
from tui.reducer.foreign_ids import note_body_id, thread_meant
from tui.reducer.inference import close_inference
from tui.reducer.problem import Problem
from tui.reducer.protocol import note_session
from tui.reducer.repeated_turns import name_of_turn, turn_meant
from tui.reducer.state import UNKNOWN_AGENT_PATH, ReducerState
from tui.schema.events import (
    CodeCellRuntimeStatus,
    CodexTurnEnded,
    CodexTurnStarted,
    ExecutionStatus,
    RolloutEnded,
    RolloutStarted,
    ThreadEnded,
    ThreadResumed,
    ThreadStarted,
)
from tui.schema.payloads import RawPayloadRef

_INFERENCE_AFTER_TURN: dict[ExecutionStatus, ExecutionStatus] = {
    "completed": "cancelled",
    "cancelled": "cancelled",
    "failed": "failed",
    "aborted": "aborted",
}
_CELL_AFTER_TURN: dict[ExecutionStatus, CodeCellRuntimeStatus] = {
    "cancelled": "terminated",
    "failed": "failed",
    "aborted": "terminated",
}


_DEEPEST_SOURCE = 5
"""Objects around the one that names a parent."""


class _Metadata(msgspec.Struct, frozen=True, gc=False):
    thread_id: Any = None
    agent_path: str | None = None
    task_name: str | None = None
    nickname: str | None = None
    agent_role: str | None = None
    model: str | None = None
    session_source: Any = None
    cwd: Any = None
    sandbox_policy: Any = None
    approval_policy: Any = None
    rollout_path: Any = None


_metadata_decoder = late_decoder(_Metadata)


def start_rollout(state: ReducerState, event: RolloutStarted) -> None:
    """Take the identity that the recorder gave when it began."""
    state.trace.trace_id = event.trace_id
    state.trace.root_thread_id = event.root_thread_id
    state.delta.trace = True


def end_rollout(state: ReducerState, event: RolloutEnded) -> None:
    """Set the rollout's end; the last one counts."""
    state.trace.status = event.status
    state.trace.ended_at_unix_ms = state.moment.at_unix_ms
    state.delta.trace = True


def start_thread(state: ReducerState, event: ThreadStarted) -> None:
    """Create a thread with what its metadata says (reducer rules §3.1)."""
    thread_id = ThreadId(event.thread_id)
    thread = state.trace.threads.get(thread_id)
    if thread is None:
        thread = state.add_thread(thread_id, event.agent_path)
    elif thread.agent_path == UNKNOWN_AGENT_PATH:
        message = f"the start of thread {thread_id} comes after events that use it"
        state.report("late-start", message, "messages to it that came before are not linked", object_id=thread_id)
        thread.agent_path = event.agent_path
        state.delta.threads.add(thread_id)
    else:
        message = f"duplicate thread start for {thread_id}"
        raise Problem("duplicate-start", message, "the first start counts", thread_id)
    try:
        if event.metadata_payload is not None:
            payload_id = RawPayloadId(event.metadata_payload.raw_payload_id)
            state.trace.evidence.metadata_payloads[thread_id] = payload_id
            _apply_metadata(state, thread, event.metadata_payload)
    finally:
        _name_agent(state, thread)
        agents.show_provisional_edges_to(state, thread_id)


def _name_agent(state: ReducerState, thread: Thread) -> None:
    """Give an agent whose path is another's a name of its own."""
    path, taken = thread.agent_path, state.taken_names
    if path not in taken:
        taken.add(path)
        return
    name = thread.nickname or path
    if name in taken:
        name = next(f"{name}~{number}" for number in count(2) if f"{name}~{number}" not in taken)
    taken.add(name)
    state.trace.evidence.agent_names[thread.thread_id] = name


def end_thread(state: ReducerState, event: ThreadEnded) -> None:
    """Set a thread's end."""
    thread = state.thread(ThreadId(event.thread_id), "a thread end")
    state.end(thread, event.status)
    state.delta.threads.add(thread.thread_id)


def resume_thread(state: ReducerState, event: ThreadResumed) -> None:
    """Reopen a thread; its cell numbers and process ids start again."""
    thread = state.thread(ThreadId(event.thread_id), "a thread resumption")
    if thread.execution.ended_seq is None and thread.execution.is_open:
        message = f"resumed thread {event.thread_id} has not ended"
        state.report("resume-without-end", message, "it goes on as it was", object_id=event.thread_id)
    note_window(thread)
    thread.execution.ended_at_unix_ms = None
    thread.execution.ended_seq = None
    thread.execution.status = "running"
    state.cell_of_runtime.pop(thread.thread_id, None)
    state.session_of_process.pop(thread.thread_id, None)
    state.threads[thread.thread_id].resumed_seq = state.moment.seq
    state.delta.threads.add(thread.thread_id)


def start_turn(state: ReducerState, event: CodexTurnStarted) -> None:
    """Create a turn."""
    given, thread_id = CodexTurnId(event.codex_turn_id), ThreadId(event.thread_id)
    if given in state.inferred_turns:
        state.inferred_turns.remove(given)
        message = f"the start of turn {given} comes after events that use it"
        raise Problem("late-start", message, "it is shown from the first of these on", given)
    state.thread(thread_id, f"turn start {given}")
    state.add_turn(name_of_turn(state, given), thread_id)


def end_turn(state: ReducerState, event: CodexTurnEnded) -> None:
    """End a turn and what of it still runs (reducer rules §3.2)."""
    context = state.moment.thread_id
    turn_id = turn_meant(state, event.codex_turn_id, context)
    turn = state.trace.codex_turns.get(turn_id)
    if turn is None:
        if context is None:
            message = f"codex turn end referenced unknown turn {turn_id}"
            raise Problem("turn-not-started", message, "the turn is not in the graph", turn_id)
        turn = state.turn(turn_id, context, "codex turn end")
    elif context is not None and context != turn.thread_id:
        message = f"codex turn end for {turn_id} used thread {context}, but the turn belongs to {turn.thread_id}"
        state.report("turn-of-other-thread", message, "the turn ends anyway", object_id=turn_id)
    state.end(turn, event.status)
    state.open_turns.pop(turn_id, None)
    state.delta.codex_turns.add(turn_id)
    _close_children(state, turn_id, event.status)


def _close_children(state: ReducerState, turn_id: CodexTurnId, status: ExecutionStatus) -> None:
    inference_status = _INFERENCE_AFTER_TURN.get(status)
    if inference_status is not None:
        for inference_id in state.running_inferences.pop(turn_id, ()):
            close_inference(state, inference_id, inference_status)
    cell_status = _CELL_AFTER_TURN.get(status)
    if cell_status is not None:
        for cell_id in list(state.running_cells.get(turn_id, ())):
            close_cell(state, cell_id, cell_status)


def _apply_metadata(state: ReducerState, thread: Thread, ref: RawPayloadRef) -> None:
    if len(state.trace.threads) == 1:
        learn_form(state, ref, _Metadata.__struct_fields__)  # the first body of all
    metadata: _Metadata = decode_body(
        state, ref, _metadata_decoder, "the thread's origin, nickname and default model are unknown"
    )
    note_body_id(state, thread.thread_id, metadata.thread_id)
    note_session(state, thread.thread_id, msgspec.structs.asdict(metadata), RawPayloadId(ref.raw_payload_id))
    source = metadata.session_source
    spawn = _spawn_source(_source_elsewhere(state, ref) if source is None else source)
    spawn = spawn or _spawn_of_another_form(state, source, ref)
    thread.agent_path = _first(spawn.get("agent_path"), metadata.agent_path, thread.agent_path)
    thread.nickname = metadata.nickname
    thread.default_model = metadata.model
    recorded = spawn.get("parent_thread_id")
    if recorded is None:
        recorded = _parent_elsewhere(state, thread, source, ref)
    if recorded is None:
        thread.origin = RootOrigin()
        return
    parent = thread_meant(state, recorded)
    thread.origin = SpawnedOrigin(
        parent_thread_id=parent,
        spawn_edge_id=agents.spawn_edge_id(parent, thread.thread_id),
        task_name=_first(spawn.get("task_name"), metadata.task_name, _last_segment(thread.agent_path)),
        agent_role=_first(spawn.get("agent_role"), metadata.agent_role, ""),
    )


def _source_elsewhere(state: ReducerState, ref: RawPayloadRef) -> Any:
    """What says who spawned a thread, under another name than known recorders give it; None if nothing does."""
    found = [value for value in json_of(state, ref, "").values() if _spawn_source(value)]
    if len(found) != 1:
        return None
    message = f"session_source of payload {ref.raw_payload_id} ({ref.kind.type}) has another name"
    consequence = "it was recognised by what it holds"
    state.report_counted("session_source", "field-renamed", message, consequence, severity="warning")
    return found[0]


def _spawn_of_another_form(state: ReducerState, source: Any, ref: RawPayloadRef) -> dict[str, str]:
    """The fields of a spawn in a source that says otherwise who spawned the thread; none in those of known forms."""
    if not isinstance(source, dict) or "subagent" in source:
        return {}
    found = list(_with_parent(source, 0))
    if len(found) != 1:
        return {}
    message = f"session_source of payload {ref.raw_payload_id} ({ref.kind.type}) is of another form"
    state.report_counted("source", "field-moved", message, "the parent was recognised by its name", severity="warning")
    return {key: value for key, value in found[0].items() if isinstance(value, str)}


def _parent_elsewhere(state: ReducerState, thread: Thread, source: Any, ref: RawPayloadRef) -> str | None:
    """The known agent that metadata of another form name as the parent, in the one member whose name says so."""
    if isinstance(source, dict) and "subagent" in source:
        return None
    said = {one: thread_meant(state, one) for one in _said_parents(json_of(state, ref, ""), 0)}
    known = [one for one, meant in said.items() if meant in state.trace.threads and meant != thread.thread_id]
    if len(known) != 1:
        return None
    message = f"the parent in payload {ref.raw_payload_id} ({ref.kind.type}) is at another place"
    state.report_counted("parent", "field-moved", message, "it was recognised by its name", severity="warning")
    return known[0]


def _said_parents(value: Any, depth: int) -> Iterator[str]:
    """Texts under names that speak of a parent, at any depth that is likely."""
    if not isinstance(value, dict) or depth >= _DEEPEST_SOURCE:
        return
    for name, inner in value.items():
        if isinstance(inner, str) and "parent" in name.lower():
            yield inner
        yield from _said_parents(inner, depth + 1)


def _with_parent(value: Any, depth: int) -> Iterator[dict[str, Any]]:
    """The objects within one, of any depth that is likely, that name a parent."""
    if isinstance(value, dict) and depth < _DEEPEST_SOURCE:
        if isinstance(value.get("parent_thread_id"), str):
            yield value
        for inner in value.values():
            yield from _with_parent(inner, depth + 1)


def _spawn_source(source: Any) -> dict[str, str]:
    """The string fields of `subagent.thread_spawn`, if that names a parent; else nothing."""
    subagent = source.get("subagent") if isinstance(source, dict) else None
    spawn = subagent.get("thread_spawn") if isinstance(subagent, dict) else None
    fields = {key: value for key, value in spawn.items() if isinstance(value, str)} if isinstance(spawn, dict) else {}
    return fields if "parent_thread_id" in fields else {}


def _first(*values: str | None) -> str:
    return next(value for value in values if value is not None)


def _last_segment(path: str) -> str:
    return next((segment for segment in reversed(path.split("/")) if segment), path)
