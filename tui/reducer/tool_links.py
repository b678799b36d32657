"""Links between tool calls and the items through which the model asked and was answered (reducer rules §7.4)."""

from __future__ import annotations

from tui.model.conversation import CALL_KINDS, OUTPUT_KINDS, ConversationItem, ItemKind, ToolProducer
from tui.model.objects import ModelObservation, ToolCall
from tui.reducer.repeated_calls import tool_of_item
from tui.reducer.state import ReducerState


def link_sighted_item(state: ReducerState, item: ConversationItem, kind: ItemKind, call_id: str) -> None:
    """Attach an item that was just sighted with a call id to the tool call of that id, in whatever thread that ran."""
    tool_id = tool_of_item(state, item, kind, call_id)
    if tool_id is None:
        return
    tool = state.trace.tool_calls[tool_id]
    if kind in CALL_KINDS:
        if state.append_missing(tool, "model_visible_call_item_ids", item.item_id):
            state.touch_tool(tool)
        link_inferences(state, tool)
        observe_terminal(state, tool)
    elif kind in OUTPUT_KINDS:
        attach_output(state, tool, item)
        observe_terminal(state, tool)


def attach_output(state: ReducerState, tool: ToolCall, item: ConversationItem) -> None:
    """Record that `item` is what the model saw of `tool`."""
    if state.append_missing(tool, "model_visible_output_item_ids", item.item_id):
        state.touch_tool(tool)
    if state.append_missing(item, "produced_by", ToolProducer(tool.tool_call_id)):
        state.delta.conversation_items.add(item.item_id)


def link_inferences(state: ReducerState, tool: ToolCall) -> None:
    """Append the call to every inference whose stored response holds one of its call items."""
    for item_id in tool.model_visible_call_item_ids:
        for inference_id in state.inferences_by_response_item.get(item_id, ()):
            inference = state.trace.inference_calls[inference_id]
            if state.append_missing(inference, "tool_call_ids_started_by_response", tool.tool_call_id):
                state.delta.inference_calls.add(inference_id)


def observe_terminal(state: ReducerState, tool: ToolCall) -> None:
    """Mirror the tool's items onto its terminal operation (reducer rules §9.6)."""
    if tool.terminal_operation_id is None:
        return
    calls, outputs = tool.model_visible_call_item_ids, tool.model_visible_output_item_ids
    if not calls and not outputs:
        return
    operation = state.trace.terminal_operations[tool.terminal_operation_id]
    observations = [ModelObservation(list(calls), list(outputs))]
    if operation.model_observations != observations:
        operation.model_observations = observations
        state.delta.terminal_operations.add(operation.operation_id)


def await_sightings(state: ReducerState, call_id: str, tool: ToolCall) -> None:
    """Mark items of other threads that share the call id: their next sighting will attach them."""
    for item in state.items_with_call(call_id):
        if item.thread_id != tool.thread_id:
            state.threads[item.thread_id].awaiting_effect.add(item.item_id)
