"""What a recording leaves open: objects that began and never ended."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from tui.model.execution import ExecutionWindow
from tui.model.noderef import NodeKind
from tui.model.trace import RolloutTrace


class OpenObject(msgspec.Struct, frozen=True):
    """An object that is still running where the log ends. `since_unix_ms` and `since_seq` tell when it began."""

    kind: NodeKind
    id: str
    thread_id: str
    since_unix_ms: int
    since_seq: int


def open_objects(trace: RolloutTrace) -> list[OpenObject]:
    """Every open object, oldest first. Terminal sessions never end in the graph, so they do not count."""
    return sorted(_open_objects(trace), key=lambda found: (found.since_seq, found.kind, found.id))


def _open_objects(trace: RolloutTrace) -> Iterator[OpenObject]:
    for kind, object_id, thread_id, window in _windows(trace):
        if window.is_open:
            yield OpenObject(kind, object_id, thread_id, window.started_at_unix_ms, window.started_seq)


def _windows(trace: RolloutTrace) -> Iterator[tuple[NodeKind, str, str, ExecutionWindow]]:
    for thread in trace.threads.values():
        yield "thread", thread.thread_id, thread.thread_id, thread.execution
    for turn in trace.codex_turns.values():
        yield "turn", turn.codex_turn_id, turn.thread_id, turn.execution
    for call in trace.inference_calls.values():
        yield "inference", call.inference_call_id, call.thread_id, call.execution
    for tool in trace.tool_calls.values():
        yield "tool_call", tool.tool_call_id, tool.thread_id, tool.execution
    for cell in trace.code_cells.values():
        yield "code_cell", cell.code_cell_id, cell.thread_id, cell.execution
    for operation in trace.terminal_operations.values():
        owner = trace.tool_calls.get(operation.tool_call_id)
        yield "terminal_operation", operation.operation_id, owner.thread_id if owner else "", operation.execution
    for request in trace.compaction_requests.values():
        yield "compaction_request", request.compaction_request_id, request.thread_id, request.execution
