"""What an agent was asked to do: the prompt of a person, or the tasks that another agent gave it (viewer notes §5)."""

from __future__ import annotations

from collections.abc import Iterator

from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.kinds.naming import PREVIEW_CHARACTERS, message_of_preview
from tui.analysis.messages.passed_text import Passed, passed_in_item, passed_text
from tui.analysis.requests.prompts import prompt_of
from tui.model.conversation import ConversationItem
from tui.model.ids import ThreadId
from tui.model.lookup import find_object
from tui.model.noderef import NodeRef
from tui.model.objects import SpawnedOrigin, ToolCallAnchor
from tui.model.trace import RolloutTrace
from tui.named_tuple import NamedTuple
from tui.schema.events import AgentSummary, GenericSummary


class Task(NamedTuple):
    """What an agent was asked, as recorded. `text` is its beginning; empty where nobody can read it.

    `encrypted`: whether it is marked so (a text that is marked may still be readable). `size`: bytes of the whole, None
    if unknown. `node`: the item that holds it or, where the agent has not been seen to get one, the call that sent it.
    """

    text: str
    encrypted: bool
    size: int | None
    node: NodeRef


def task_of(trace: RolloutTrace, index: TraceIndex, thread_id: ThreadId) -> Task | None:
    """What an agent was asked first; None if it is unknown."""
    thread = trace.threads[thread_id]
    if isinstance(thread.origin, SpawnedOrigin):
        return next(_tasks_from_parent(trace, thread.origin), None) or _first_prompt(trace, index, thread_id)
    return _first_prompt(trace, index, thread_id)


def _tasks_from_parent(trace: RolloutTrace, origin: SpawnedOrigin) -> Iterator[Task]:
    edge = trace.interaction_edges.get(origin.spawn_edge_id)
    if edge is None:
        return
    for item_id in edge.carried_item_ids:
        item = trace.conversation_items.get(item_id)
        if item is not None:
            yield _task_in(item)
    tool = trace.tool_calls.get(edge.source.tool_call_id) if isinstance(edge.source, ToolCallAnchor) else None
    if tool is not None and (text := _sent_text(tool.summary)):
        yield _task(passed_text(text, is_whole=False), NodeRef("tool_call", tool.tool_call_id))


def _sent_text(summary: object) -> str:
    if isinstance(summary, AgentSummary):
        return summary.message_preview
    if isinstance(summary, GenericSummary) and summary.input_preview:
        return message_of_preview(summary.input_preview)
    return ""


def _first_prompt(trace: RolloutTrace, index: TraceIndex, thread_id: ThreadId) -> Task | None:
    first = index.inferences_of_thread.first(thread_id)
    item_id = prompt_of(trace, index, trace.inference_calls[first]) if first is not None else None
    item = find_object(trace, NodeRef("item", item_id)) if item_id is not None else None
    return _task_in(item) if isinstance(item, ConversationItem) else None


def _task_in(item: ConversationItem) -> Task:
    return _task(passed_in_item(item), NodeRef("item", item.item_id))


def _task(passed: Passed, node: NodeRef) -> Task:
    text = passed.text[:PREVIEW_CHARACTERS].strip() if passed.is_readable else ""
    return Task(text, passed.encrypted, passed.size, node)
