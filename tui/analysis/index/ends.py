"""The objects at the ends of what links two: of an edge its source and target, of an item who produced it."""

from __future__ import annotations

from tui.model.conversation import (
    CodeCellProducer,
    CompactionProducer,
    ConversationItem,
    InferenceProducer,
    ProducerRef,
    ToolProducer,
)
from tui.model.ids import ThreadId
from tui.model.noderef import NodeRef
from tui.model.objects import ItemAnchor, ThreadAnchor, ToolCallAnchor, TraceAnchor
from tui.model.trace import RolloutTrace


def anchor_node(anchor: TraceAnchor) -> NodeRef:
    """The object at one end of an edge."""
    match anchor:
        case ItemAnchor(item_id):
            return NodeRef("item", item_id)
        case ToolCallAnchor(tool_call_id):
            return NodeRef("tool_call", tool_call_id)
        case ThreadAnchor(thread_id):
            return NodeRef("thread", thread_id)


def producer_node(producer: ProducerRef) -> NodeRef:
    """The object that produced an item. It is asked for every item: patterns that name a field cost as much again."""
    match producer:
        case InferenceProducer():
            return NodeRef("inference", producer.inference_call_id)
        case ToolProducer():
            return NodeRef("tool_call", producer.tool_call_id)
        case CodeCellProducer():
            return NodeRef("code_cell", producer.code_cell_id)
        case CompactionProducer():
            return NodeRef("compaction", producer.compaction_id)


def agents_at(trace: RolloutTrace, anchor: TraceAnchor) -> list[ThreadId]:
    """The agent at one end of an edge, also if an item or a call of it is named; none if that is not in the graph."""
    match anchor:
        case ThreadAnchor(thread_id):
            return [thread_id]
        case ItemAnchor(item_id) if item_id in trace.conversation_items:
            return [trace.conversation_items[item_id].thread_id]
        case ToolCallAnchor(tool_id) if tool_id in trace.tool_calls:
            return [trace.tool_calls[tool_id].thread_id]
    return []


def producer_nodes(item: ConversationItem) -> list[NodeRef]:
    """The objects that produced an item."""
    return [producer_node(one) for one in item.produced_by]
