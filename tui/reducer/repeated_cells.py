"""Scripts whose calls share one id: the second script of an id is `code_cell:<id>~2`.

The format's reference refuses such a recording, so the graph is ours to make. As with calls, what belongs to which goes
by order: in an agent, the second call item, the second output and the second dispatch belong to the second script.
"""

from __future__ import annotations

from itertools import count

from tui.model.conversation import ConversationItem, ItemKind
from tui.model.ids import CodeCellId, ThreadId, ToolCallId
from tui.model.objects import CodeCell, ToolCall
from tui.reducer.same_event import refuse_same_start
from tui.reducer.state import QueuedCellStart, ReducerState

_LOOKED_BACK = 64
"""Cells of one call id among which a start is looked for that was written twice."""


def cell_id_for_call(call_id: str) -> CodeCellId:
    """The id of the first cell that the model-visible call `call_id` asked for."""
    return CodeCellId(f"code_cell:{call_id}")


def name_of_cell(state: ReducerState, call_id: str, thread_id: ThreadId, source_js: str) -> CodeCellId:
    """The name of a cell that starts: that of its call, or another one where an earlier cell has it."""
    first = cell_id_for_call(call_id)
    if _is_free(state, first):
        return first
    known = state.trace.code_cells.get(first) or state.queued_cells[first]
    _refuse_same_cell(state, call_id, known, source_js)
    name = next(name for number in count(2) if _is_free(state, name := CodeCellId(f"{first}~{number}")))
    state.cells_of_call.setdefault(call_id, [(known.thread_id, first)]).append((thread_id, name))
    message = f"duplicate code cell start for {first}"
    state.report("call-id-repeated", message, f"it is a script of its own, {name}", object_id=name)
    return name


def _refuse_same_cell(state: ReducerState, call_id: str, first: CodeCell | QueuedCellStart, source_js: str) -> None:
    """Raise `Problem` if the start that is being applied began a cell of its call already."""
    names = [name for _thread, name in state.cells_of_call.get(call_id, ())]
    others = [state.trace.code_cells.get(name) or state.queued_cells.get(name) for name in names[-_LOOKED_BACK:]]
    for known in (first, *others):
        if known is None or known.source_js != source_js:
            continue
        at = known.moment.at_unix_ms if isinstance(known, QueuedCellStart) else known.execution.started_at_unix_ms
        refuse_same_start(state, "code cell", call_id, (known.thread_id, at, None))


def cell_at(state: ReducerState, call_id: str, thread_id: ThreadId, place: int) -> CodeCellId | None:
    """The cell of a call at a place among those of an agent, from 0; None while it has not started."""
    known = state.cells_of_call.get(call_id)
    if known is None:
        return None if place else cell_id_for_call(call_id)
    of_agent = [name for thread, name in known if thread == thread_id] or [name for _thread, name in known]
    return of_agent[place] if place < len(of_agent) else None


def place_of_cell(state: ReducerState, call_id: str, cell_id: CodeCellId) -> int:
    """The place of a cell among those of its agent that share its call id, from 0."""
    known = state.cells_of_call.get(call_id, ())
    threads = [thread for thread, name in known if name == cell_id]
    of_agent = [name for thread, name in known if thread in threads]
    return of_agent.index(cell_id) if of_agent else 0


def place_of_tool(state: ReducerState, call_id: str, tool: ToolCall) -> int:
    """The place of a dispatch among those that share its call id, from 0; one that starts is the last."""
    shared = state.repeated_calls.shared.get(call_id)
    if shared is None:
        return int(state.tool_by_call_id.get(call_id, tool.tool_call_id) != tool.tool_call_id)
    name = tool.tool_call_id
    return shared.tools.index(name) if name in shared.tools else len(shared.tools)


def dispatches_of_call(state: ReducerState, call_id: str) -> list[ToolCallId]:
    """The calls of tools that have a model-visible id."""
    shared = state.repeated_calls.shared.get(call_id)
    if shared is not None:
        return shared.tools
    return [state.tool_by_call_id[call_id]] if call_id in state.tool_by_call_id else []


def items_of_call(state: ReducerState, call_id: str, thread_id: ThreadId, kind: ItemKind) -> list[ConversationItem]:
    """The items of an agent that have a call id, of one kind, in order."""
    return [item for item in state.items_with_call(call_id) if item.thread_id == thread_id and item.kind == kind]


def _is_free(state: ReducerState, cell_id: CodeCellId) -> bool:
    return cell_id not in state.trace.code_cells and cell_id not in state.queued_cells
