"""Code cells: scripts that the model had run (reducer rules §8).

A cell belongs to the `custom_tool_call` item that holds its source. The runtime is quicker than the response that
shows that item, so a start may come first: it is *queued* with what follows it, and *materialises* when the item is
there. `cell_of_runtime` bridges the runtime's short cell numbers, which are valid within a thread only.
"""

from __future__ import annotations

from typing import cast

from msgspec import UNSET

from tui.model.conversation import CodeCellProducer, ConversationItem, ItemKind
from tui.model.execution import ExecutionWindow
from tui.model.ids import CodeCellId, CodexTurnId, ItemId, RawPayloadId, ThreadId
from tui.model.objects import CodeCell, ModelCaller, ToolCall
from tui.model.recorded import note_window
from tui.reducer.context import infer_context
from tui.reducer.problem import Problem
from tui.reducer.repeated_calls import call_meant
from tui.reducer.repeated_cells import (
    cell_at,
    dispatches_of_call,
    items_of_call,
    name_of_cell,
    place_of_cell,
    place_of_tool,
)
from tui.reducer.state import Moment, QueuedCellEvent, QueuedCellStart, ReducerState
from tui.schema.events import (
    CodeCellEnded,
    CodeCellInitialResponse,
    CodeCellRuntimeStatus,
    CodeCellStarted,
    CodeCellWaitTargetResolved,
    ExecutionStatus,
)
from tui.schema.payloads import RawPayloadRef

_STATUS_OF_RUNTIME: dict[CodeCellRuntimeStatus, ExecutionStatus] = {
    "completed": "completed",
    "failed": "failed",
    "terminated": "cancelled",
}
_NOT_SHOWN = "the cell is not in the graph"
_EVENT_LOST = "this event of the cell is not in the graph"


def cell_of_number(state: ReducerState, thread_id: ThreadId, runtime_cell_id: str) -> CodeCellId | None:
    """The cell that the runtime calls `runtime_cell_id` in this thread now; it may still be queued."""
    return state.cell_of_runtime.get(thread_id, {}).get(runtime_cell_id)


def start_cell(state: ReducerState, event: CodeCellStarted) -> None:
    """Start or queue a cell."""
    if state.moment.thread_id is None or state.moment.codex_turn_id is None:
        infer_context(state, event.model_visible_call_id)
    thread_id = _context_thread(state, "code cell start", event.runtime_cell_id)
    cell_id = name_of_cell(state, event.model_visible_call_id, thread_id, event.source_js)
    numbers = state.cell_of_runtime.setdefault(thread_id, {})
    known = numbers.setdefault(event.runtime_cell_id, cell_id)
    if known != cell_id:
        message = (
            f"runtime code cell {event.runtime_cell_id} in thread {thread_id} mapped to both {known} and {cell_id}"
        )
        state.report(
            "cell-number-reused", message, "later events of that number go to the newer cell", object_id=cell_id
        )
        numbers[event.runtime_cell_id] = cell_id
    start = QueuedCellStart(
        state.moment, thread_id, event.runtime_cell_id, event.model_visible_call_id, event.source_js
    )
    source = _source_item(state, cell_id, start)
    if source is None:
        state.queued_cells[cell_id] = start
        state.queued_cells_by_call.setdefault((thread_id, event.model_visible_call_id), []).append(cell_id)
    else:
        _materialise(state, cell_id, start, source)


def note_source_item(state: ReducerState, item: ConversationItem) -> None:
    """Remember that a new item may be the source of a queued cell; `start_ready_cells` looks at the end of the list."""
    if item.kind == "custom_tool_call" and item.call_id is not None and state.queued_cells_by_call:
        state.ready_cells.update(state.queued_cells_by_call.get((item.thread_id, item.call_id), ()))


def start_ready_cells(state: ReducerState) -> None:
    """Materialise queued cells whose source has come, in the order of their ids."""
    ready, state.ready_cells = sorted(state.ready_cells), set()
    for cell_id in ready:
        start = state.queued_cells[cell_id]
        source = _source_item(state, cell_id, start)
        if source is None and start.model_visible_call_id in state.cells_of_call:
            continue  # it waits for a later item of its call id
        _take_from_queue(state, cell_id, start)
        if source is None:
            continue
        try:
            _materialise(state, cell_id, start, source)
        except Problem as problem:  # of this cell; the list of items that is being reduced is whole
            state.report_problem(problem)


def _take_from_queue(state: ReducerState, cell_id: CodeCellId, start: QueuedCellStart) -> None:
    del state.queued_cells[cell_id]
    waiting = state.queued_cells_by_call[(start.thread_id, start.model_visible_call_id)]
    waiting.remove(cell_id)
    if not waiting:
        del state.queued_cells_by_call[(start.thread_id, start.model_visible_call_id)]


def respond(state: ReducerState, event: CodeCellInitialResponse) -> None:
    """Record the first answer of a cell to the model."""
    _record(
        state, "code cell initial response", event.runtime_cell_id, event.status, event.response_payload, is_end=False
    )


def end_cell(state: ReducerState, event: CodeCellEnded) -> None:
    """Record the end of a cell's script."""
    _record(state, "code cell end", event.runtime_cell_id, event.status, event.response_payload, is_end=True)


def resolve_wait(state: ReducerState, event: CodeCellWaitTargetResolved) -> None:
    """Link a call to the cell that it was confirmed to wait for (schema 3 notes §6.4)."""
    tool = call_meant(state, event.tool_call_id, lambda one: one.execution.is_open)
    if tool is None:
        message = f"confirmed wait referenced unknown dispatch {event.tool_call_id}"
        raise Problem("unknown-tool-call", message, "which cell the call waited for is not shown", event.tool_call_id)
    _check_wait_context(state, tool)
    if tool.resolved_wait_runtime_cell_id is not UNSET:
        message = f"duplicate confirmed wait target for {tool.tool_call_id}"
        raise Problem("duplicate-start", message, "the first target counts", tool.tool_call_id)
    tool.resolved_wait_runtime_cell_id = event.runtime_cell_id
    state.touch_tool(tool)
    cell_id = cell_of_number(state, tool.thread_id, event.runtime_cell_id)
    if cell_id is None or tool.execution.started_seq < state.threads[tool.thread_id].resumed_seq:
        return  # the number is of no cell, or of another one than when the call began
    cell = state.trace.code_cells.get(cell_id)
    if cell is None:
        state.queued_waits.setdefault(cell_id, []).append(tool.tool_call_id)
    else:
        state.append(cell, "wait_tool_call_ids", tool.tool_call_id)
        _touch(state, cell)


def close_cell(state: ReducerState, cell_id: CodeCellId, status: CodeCellRuntimeStatus) -> None:
    """End a running cell because its turn ended (reducer rules §3.2)."""
    cell = state.trace.code_cells[cell_id]
    _apply_end(state, cell, QueuedCellEvent(state.moment, cell.runtime_cell_id, status, None, is_end=True))


def attach_output(state: ReducerState, item: ConversationItem, kind: ItemKind, call_id: str) -> None:
    """Attach an item that was sighted as the output of a call to the cell of that call (reducer rules §8.4)."""
    if kind != "custom_tool_call_output":
        return
    place = 0
    if call_id in state.cells_of_call:
        names = [one.item_id for one in items_of_call(state, call_id, item.thread_id, kind)]
        place = names.index(item.item_id) if item.item_id in names else len(names)
    cell_id = cell_at(state, call_id, item.thread_id, place)
    cell = None if cell_id is None else state.trace.code_cells.get(cell_id)
    if cell is not None:
        _add_output(state, cell, item)


def link_started_cell(state: ReducerState, tool: ToolCall) -> None:
    """Keep `started_code_cell_id` of a dispatch current (reducer rules §7.3)."""
    if not state.rules.links_started_cells or tool.model_visible_call_id is None:
        return
    call_id = tool.model_visible_call_id
    cell_id = cell_at(state, call_id, tool.thread_id, place_of_tool(state, call_id, tool))
    cell = None if cell_id is None else state.trace.code_cells.get(cell_id)
    fits = (
        cell is not None
        and cell.thread_id == tool.thread_id
        and isinstance(tool.requester, ModelCaller)
        and tool.kind.type == "other"
        and tool.kind.name == "exec"
        and tool.started_by_codex_turn_id in (None, cell.codex_turn_id)
    )
    linked = cell.code_cell_id if cell is not None and fits else UNSET
    if tool.started_code_cell_id != linked:
        tool.started_code_cell_id = linked
        state.touch_tool(tool)


def _check_wait_context(state: ReducerState, tool: ToolCall) -> None:
    """Report a confirmation that does not come from where its call ran; it counts anyway."""
    moment = state.moment
    if moment.thread_id is None or moment.codex_turn_id is None:
        problem = f"confirmed wait missing {'turn' if moment.thread_id else 'thread'}"
    elif (moment.thread_id, moment.codex_turn_id) != (tool.thread_id, tool.started_by_codex_turn_id):
        problem = "confirmed wait target has wrong dispatch context"
    else:
        return
    message = f"{problem}: {tool.tool_call_id}"
    state.report("wait-context", message, "it is taken as one of the call's thread", object_id=tool.tool_call_id)


def _context_thread(state: ReducerState, what: str, runtime_cell_id: str) -> ThreadId:
    moment = state.moment
    if moment.thread_id is not None:
        return moment.thread_id
    if moment.codex_turn_id is None:
        message = f"{what} {runtime_cell_id} did not include a thread id"
        raise Problem("no-context", message, _EVENT_LOST)
    turn = state.trace.codex_turns.get(moment.codex_turn_id)
    if turn is None:
        message = f"{what} {runtime_cell_id} referenced unknown Codex turn {moment.codex_turn_id}"
        raise Problem("no-context", message, _EVENT_LOST)
    return turn.thread_id


def _source_item(state: ReducerState, cell_id: CodeCellId, start: QueuedCellStart) -> ItemId | None:
    call_id = start.model_visible_call_id
    sources = items_of_call(state, call_id, start.thread_id, "custom_tool_call")
    place = place_of_cell(state, call_id, cell_id)
    return sources[place].item_id if place < len(sources) else None


def _materialise(state: ReducerState, cell_id: CodeCellId, start: QueuedCellStart, source: ItemId) -> None:
    turn_id = _turn_of(state, cell_id, start)
    cell = CodeCell(
        code_cell_id=cell_id,
        model_visible_call_id=start.model_visible_call_id,
        thread_id=start.thread_id,
        codex_turn_id=turn_id,
        source_item_id=source,
        output_item_ids=[],
        runtime_cell_id=start.runtime_cell_id,
        execution=ExecutionWindow(start.moment.at_unix_ms, start.moment.seq),
        runtime_status="starting",
        initial_response_at_unix_ms=None,
        initial_response_seq=None,
        initial_response_status=None,
        raw_initial_response_payload_id=None,
        raw_result_payload_id=None,
        yielded_at_unix_ms=None,
        yielded_seq=None,
        source_js=start.source_js,
        nested_tool_call_ids=sorted(state.nested_tools.get(cell_id, ())),
        wait_tool_call_ids=state.queued_waits.pop(cell_id, []),
    )
    state.trace.code_cells[cell_id] = cell
    state.running_cells.setdefault(turn_id, set()).add(cell_id)
    _attach_known_outputs(state, cell)
    for event in state.queued_cell_events.pop(cell_id, ()):
        _apply(state, cell, event)
    for tool_id in dispatches_of_call(state, cell.model_visible_call_id):
        link_started_cell(state, state.trace.tool_calls[tool_id])
    _touch(state, cell)


def _turn_of(state: ReducerState, cell_id: CodeCellId, start: QueuedCellStart) -> CodexTurnId:
    """The turn of a cell, as its start names it; raises `Problem` where it names none."""
    turn_id = start.moment.codex_turn_id
    if turn_id is None:
        message = f"code cell start {cell_id} did not include a Codex turn id"
        raise Problem("no-context", message, _NOT_SHOWN, cell_id)
    state.turn(turn_id, start.thread_id, f"code cell start {cell_id}")
    return turn_id


def _attach_known_outputs(state: ReducerState, cell: CodeCell) -> None:
    call_id = cell.model_visible_call_id
    for item in state.items_with_call(call_id):
        if item.kind != "custom_tool_call_output":
            continue
        if item.thread_id == cell.thread_id:
            attach_output(state, item, item.kind, call_id)
        else:
            state.threads[item.thread_id].awaiting_effect.add(item.item_id)


def _add_output(state: ReducerState, cell: CodeCell, item: ConversationItem) -> None:
    if state.append_missing(cell, "output_item_ids", item.item_id):
        _touch(state, cell)
    if state.append_missing(item, "produced_by", CodeCellProducer(cell.code_cell_id)):
        state.delta.conversation_items.add(item.item_id)


def _record(
    state: ReducerState,
    what: str,
    runtime_cell_id: str,
    status: CodeCellRuntimeStatus,
    payload: RawPayloadRef | None,
    *,
    is_end: bool,
) -> None:
    thread_id = _context_thread(state, what, runtime_cell_id)
    cell_id = cell_of_number(state, thread_id, runtime_cell_id)
    if cell_id is None:
        message = f"{what} referenced unknown runtime cell {runtime_cell_id} in thread {thread_id}"
        raise Problem("unknown-cell", message, _EVENT_LOST)
    payload_id = RawPayloadId(payload.raw_payload_id) if payload else None
    event = QueuedCellEvent(state.moment, runtime_cell_id, status, payload_id, is_end=is_end)
    cell = state.trace.code_cells.get(cell_id)
    if cell is not None:
        _apply(state, cell, event)
    elif cell_id in state.queued_cells:
        state.queued_cell_events.setdefault(cell_id, []).append(event)
    else:
        raise Problem("unknown-cell", f"{what} referenced unknown cell {cell_id}", _EVENT_LOST, cell_id)


def _apply(state: ReducerState, cell: CodeCell, event: QueuedCellEvent) -> None:
    if event.is_end:
        _apply_end(state, cell, event)
        return
    moment = event.moment
    cell.runtime_cell_id = event.runtime_cell_id
    if cell.initial_response_status is None:
        _set_first_response(cell, moment)
        cell.initial_response_status = event.status
        cell.raw_initial_response_payload_id = event.payload_id
    if event.status == "yielded":
        cell.yielded_at_unix_ms, cell.yielded_seq = moment.at_unix_ms, moment.seq
    cell.runtime_status = event.status
    _touch(state, cell)


def _apply_end(state: ReducerState, cell: CodeCell, event: QueuedCellEvent) -> None:
    moment = event.moment
    if cell.initial_response_at_unix_ms is None:
        _set_first_response(cell, moment)
    note_window(cell)
    cell.execution.end(moment.at_unix_ms, moment.seq, _STATUS_OF_RUNTIME.get(event.status) or _unknown(event.status))
    running = state.running_cells.setdefault(cell.codex_turn_id, set())
    (running.add if cell.execution.is_open else running.discard)(cell.code_cell_id)
    cell.runtime_status = event.status
    cell.raw_result_payload_id = event.payload_id
    _touch(state, cell)


def _unknown(word: str) -> ExecutionStatus:
    """A word that no known recorder writes: the script is over, and how is not known."""
    return cast("ExecutionStatus", word)


def _set_first_response(cell: CodeCell, moment: Moment) -> None:
    cell.initial_response_at_unix_ms, cell.initial_response_seq = moment.at_unix_ms, moment.seq


def _touch(state: ReducerState, cell: CodeCell) -> None:
    state.delta.code_cells.add(cell.code_cell_id)
