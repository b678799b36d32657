"""Calls that share one id: two calls with one id are two calls.

Some providers give a call the id of an earlier one, or every call of a tool the tool's name. The format's reference
refuses such a recording, so the graph is ours to make: a later start under a known id becomes a call of its own, named
`<id>~2`. Events name only the id. What begins something goes to the first call that lacks it, what ends something to
the first call in which it is open, as calls of one response run in the order in which they were asked for. Items go by
their place among the items of the id: the second call item and the second output belong to the second call.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count

from tui.model.conversation import CALL_KINDS, OUTPUT_KINDS, ConversationItem, ItemKind, ToolProducer
from tui.model.ids import ToolCallId
from tui.model.objects import ToolCall
from tui.model.recorded import note_inside
from tui.reducer.same_event import refuse_same_start
from tui.reducer.shared_call_ids import SharedCallId
from tui.reducer.state import ReducerState
from tui.schema.payloads import RawPayloadRef

_LOOKED_BACK = 64
"""Calls of one id among which a start is looked for that was written twice."""


def refuse_same_call(state: ReducerState, tool_id: ToolCallId, invocation: RawPayloadRef | None) -> None:
    """Raise `Problem` if the start that is being applied began a call of its id already."""
    for name in state.repeated_calls.calls_of_id.get(tool_id, [tool_id])[::-1][:_LOOKED_BACK]:
        tool = state.trace.tool_calls[name]
        began = (tool.thread_id, tool.execution.started_at_unix_ms, tool.execution.started_seq)
        refuse_same_start(state, "tool call", tool_id, began, (tool.raw_invocation_payload_id, invocation))


def name_of_repeated(state: ReducerState, tool_id: ToolCallId) -> ToolCallId:
    """The name of another call of a known id."""
    calls = state.repeated_calls.calls_of_id.setdefault(tool_id, [tool_id])
    free = (f"{tool_id}~{number}" for number in count(len(calls) + 1))
    name = ToolCallId(next(name for name in free if name not in state.trace.tool_calls))
    calls.append(name)
    return name


def awaits_runtime(tool: ToolCall) -> bool:
    """Whether a start of the runtime may belong to the call."""
    return not tool.raw_runtime_payload_ids


def awaits_runtime_end(state: ReducerState) -> Callable[[ToolCall], bool]:
    """Return what says whether an end of the runtime may belong to a call."""
    ended = state.repeated_calls.ended_runtimes
    return lambda tool: tool.tool_call_id not in ended and bool(tool.raw_runtime_payload_ids)


def awaits_end(tool: ToolCall) -> bool:
    """Whether the end of a call may belong to this one."""
    return tool.execution.is_open


def call_meant(state: ReducerState, tool_id: str, fits: Callable[[ToolCall], bool]) -> ToolCall | None:
    """The call that an event with this id means: the first that `fits`, else the newest; None for an unknown id."""
    names = state.repeated_calls.calls_of_id.get(ToolCallId(tool_id))
    if names is None:
        return state.trace.tool_calls.get(ToolCallId(tool_id))
    waiting = _unfinished(state, ToolCallId(tool_id))
    return next((tool for tool in waiting if fits(tool)), state.trace.tool_calls[names[-1]])


def _unfinished(state: ReducerState, tool_id: ToolCallId) -> Iterator[ToolCall]:
    """The calls of a repeated id from the first open one on, in order of start."""
    repeated, tools = state.repeated_calls, state.trace.tool_calls
    names, first = repeated.calls_of_id[tool_id], repeated.finished.get(tool_id, 0)
    while first < len(names) and not tools[names[first]].execution.is_open:
        first += 1
    repeated.finished[tool_id] = first
    return (tools[name] for name in names[first:])


def share_call_id(state: ReducerState, call_id: str, tool: ToolCall) -> list[ConversationItem]:
    """Another call has the id of one that the model sees: tell their items apart; return those of the new call."""
    shared = state.repeated_calls.shared.get(call_id)
    if shared is None:
        first = state.trace.tool_calls[state.tool_by_call_id[call_id]]
        shared = state.repeated_calls.shared[call_id] = SharedCallId([first.tool_call_id])
        _take_back(state, call_id, shared, first)
    shared.tools.append(tool.tool_call_id)
    items = state.trace.conversation_items
    return [items[item_id] for item_id in shared.unclaimed.pop(len(shared.tools) - 1, ())]


def tool_of_item(state: ReducerState, item: ConversationItem, kind: ItemKind, call_id: str) -> ToolCallId | None:
    """The call that an item belongs to; None while no call with its id, or with its place, has started."""
    shared = state.repeated_calls.shared.get(call_id)
    if shared is None:
        return state.tool_by_call_id.get(call_id)
    is_new = item.item_id not in shared.places
    place = shared.place_of(item, kind)
    if place < len(shared.tools):
        return shared.tools[place]
    if is_new:
        shared.unclaimed.setdefault(place, []).append(item.item_id)
    return None


def _take_back(state: ReducerState, call_id: str, shared: SharedCallId, first: ToolCall) -> None:
    """Leave the first call only the first items of each thread."""
    for item in state.items_with_call(call_id):
        if item.kind not in CALL_KINDS | OUTPUT_KINDS:
            continue
        place = shared.place_of(item, item.kind)
        if place == 0:
            continue
        shared.unclaimed.setdefault(place, []).append(item.item_id)
        for field in ("model_visible_call_item_ids", "model_visible_output_item_ids"):
            if item.item_id in getattr(first, field):
                note_inside(first, field)
                getattr(first, field).remove(item.item_id)
        if ToolProducer(first.tool_call_id) in item.produced_by:
            note_inside(item, "produced_by")
            item.produced_by.remove(ToolProducer(first.tool_call_id))
            state.delta.conversation_items.add(item.item_id)
        for name in state.inferences_by_response_item.get(item.item_id, ()):
            inference = state.trace.inference_calls[name]
            started = inference.tool_call_ids_started_by_response
            if first.tool_call_id in started and not _asks(state, name, first):
                note_inside(inference, "tool_call_ids_started_by_response")
                started.remove(first.tool_call_id)
                state.delta.inference_calls.add(name)
    state.touch_tool(first)


def _asks(state: ReducerState, inference_id: str, tool: ToolCall) -> bool:
    """Whether a response holds a call item that is left to a call."""
    returned = state.trace.inference_calls[inference_id].response_item_ids  # type: ignore[index]  # an id of its kind
    return any(item_id in returned for item_id in tool.model_visible_call_item_ids)
