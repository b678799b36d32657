"""Which request led to a tool call, which call ran a cell or spawned an agent (viewer notes §§1, 3, 5)."""

from __future__ import annotations

from collections.abc import Iterator

from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.links.relation import Certainty, Evidence
from tui.model.conversation import InferenceProducer
from tui.model.ids import CodeCellId, InferenceCallId, ItemId, ThreadId, ToolCallId
from tui.model.noderef import NodeRef
from tui.model.objects import CodeCell, CodeCellCaller, SpawnedOrigin, ToolCall, ToolCallAnchor
from tui.model.trace import RolloutTrace
from tui.named_tuple import NamedTuple


class CausingRequest(NamedTuple):
    """An inference call behind something, how sure that is, and what says so."""

    inference_id: InferenceCallId
    certainty: Certainty
    evidence: Evidence


def request_of_tool(trace: RolloutTrace, index: TraceIndex, tool: ToolCall) -> CausingRequest | None:
    """The request whose response led to the tool call; for a nested call that of its cell. None if it is unknown."""
    return next(requests_of_tool(trace, index, tool), None)


def request_id_of_tool(trace: RolloutTrace, index: TraceIndex, tool: ToolCall) -> InferenceCallId | None:
    """The id of the same request, without its evidence: nearly always it is linked with the call."""
    linked = None if isinstance(tool.requester, CodeCellCaller) else index.asking_inferences.first(tool.tool_call_id)
    if linked is not None:
        return linked
    request = request_of_tool(trace, index, tool)
    return None if request is None else request.inference_id


def requests_of_tool(trace: RolloutTrace, index: TraceIndex, tool: ToolCall) -> Iterator[CausingRequest]:
    """The requests that led to a tool call, the surest first; by time only if nothing else is known.

    There is more than one if a response was read again, as by a second attempt that returned the same call.
    """
    if isinstance(tool.requester, CodeCellCaller):
        for request in requests_of_cell(trace, index, tool.requester.code_cell_id):
            yield request._replace(certainty="guess" if request.certainty == "guess" else "derived")
        return
    found = dict.fromkeys(index.asking_inferences.of(tool.tool_call_id))
    for name in found:
        evidence = Evidence(NodeRef("inference", name), "tool_call_ids_started_by_response")
        yield CausingRequest(name, "recorded", evidence)
    for item_id in tool.model_visible_call_item_ids:
        for producer in _producing_inferences(trace, index, item_id):
            if producer not in found:
                found[producer] = None
                evidence = Evidence(NodeRef("item", item_id), "produced_by", "the call as the response held it")
                yield CausingRequest(producer, "derived", evidence)
    if not found:
        yield from _latest_before(trace, index, tool)


def request_of_cell(trace: RolloutTrace, index: TraceIndex, cell_id: CodeCellId) -> CausingRequest | None:
    """The request whose response held the cell's source; without the cell, that of its dispatching tool call."""
    return next(requests_of_cell(trace, index, cell_id), None)


def requests_of_cell(trace: RolloutTrace, index: TraceIndex, cell_id: CodeCellId) -> Iterator[CausingRequest]:
    """The requests whose responses held the cell's source, or else those of the call that ran the cell."""
    producers = _producers_of_cell(trace, index, trace.code_cells.get(cell_id))
    yield from producers
    dispatch = None if producers else dispatch_of_cell(index, cell_id)
    tool = None if dispatch is None else trace.tool_calls.get(dispatch)
    if tool is not None and not isinstance(tool.requester, CodeCellCaller):
        yield from requests_of_tool(trace, index, tool)


def _producers_of_cell(trace: RolloutTrace, index: TraceIndex, cell: CodeCell | None) -> list[CausingRequest]:
    if cell is None:
        return []
    evidence = Evidence(NodeRef("item", cell.source_item_id), "produced_by", "the source of the cell")
    found = _producing_inferences(trace, index, cell.source_item_id)
    return [CausingRequest(name, "derived", evidence) for name in found]


def dispatch_of_cell(index: TraceIndex, cell_id: CodeCellId) -> ToolCallId | None:
    """The tool call that ran the cell: linked with it, or with the same call id."""
    linked = index.cell_tools.first(cell_id)
    if linked is not None:
        return linked
    call_id = cell_id.removeprefix("code_cell:")
    first = index.tools_of_call.first(call_id)
    if first is not None or "~" not in call_id:
        return first
    shared_id, _mark, number = call_id.rpartition("~")  # a later script of an id that several calls share
    found = list(index.tools_of_call.of(shared_id)) if number.isdecimal() else []
    return found[int(number) - 1] if 1 < int(number or 0) <= len(found) else None


def cell_dispatched_by(index: TraceIndex, tool: ToolCall) -> CodeCellId | None:
    """The id of the cell that a call ran, if it ran one; None for a call that the model does not see."""
    call_id = tool.model_visible_call_id
    if not call_id:
        return None
    first = index.tools_of_call.first(call_id)
    if first in (None, tool.tool_call_id):
        return CodeCellId(f"code_cell:{call_id}")
    return CodeCellId(f"code_cell:{call_id}~{list(index.tools_of_call.of(call_id)).index(tool.tool_call_id) + 1}")


def _producing_inferences(trace: RolloutTrace, index: TraceIndex, item_id: ItemId) -> list[InferenceCallId]:
    """The inference calls that returned the item; inherited history has none."""
    item = trace.conversation_items.get(item_id)
    named = [one.inference_call_id for one in item.produced_by if isinstance(one, InferenceProducer)] if item else []
    return list(dict.fromkeys([*named, *index.returning_inferences.of(item_id)]))


def spawning_tool(trace: RolloutTrace, thread_id: ThreadId) -> ToolCallId | None:
    """The tool call that spawned a thread, if its edge is in the graph."""
    thread = trace.threads.get(thread_id)
    if thread is None or not isinstance(thread.origin, SpawnedOrigin):
        return None
    edge = trace.interaction_edges.get(thread.origin.spawn_edge_id)
    return edge.source.tool_call_id if edge is not None and isinstance(edge.source, ToolCallAnchor) else None


def _latest_before(trace: RolloutTrace, index: TraceIndex, tool: ToolCall) -> Iterator[CausingRequest]:
    if tool.started_by_codex_turn_id is None:
        return
    for name in index.inferences_of_turn.newest_first(tool.started_by_codex_turn_id):
        if trace.inference_calls[name].execution.started_seq < tool.execution.started_seq:
            note = "only by time: the latest request of the turn that began before the call"
            yield CausingRequest(name, "guess", Evidence(NodeRef("inference", name), "execution.started_seq", note))
            return
