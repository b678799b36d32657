"""What a call is about, from the beginning of its arguments that the recorder kept."""

from __future__ import annotations

import msgspec
import pytest

from tests.analysis.small_graph import small_graph
from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.kinds.naming import argument_of_preview, name_of
from tui.model.conversation import Body, CodePart, EncodedPart, TextPart
from tui.model.noderef import NodeRef


@pytest.mark.parametrize(
    ("preview", "shown"),
    [
        ('{"message":"[child] read the par', "[child] read the par"),
        ('{"message": "say \\"no\\" and', 'say "no" and'),
        ('{"message":"read","task_name":"reader","fork', "reader"),
        ('{"timeout_ms":5000}', "timeout_ms=5000"),
        ('{"plan":[{"step":"one"', '{"plan":[{"step":"one"'),
        ("plain text", "plain text"),
        ("*** Begin Patch\n*** Change: a.py\n*** End Patch", "*** Change: a.py\n*** End Patch"),
    ],
)
def test_the_readable_part_of_arguments_is_shown(preview, shown) -> None:
    assert argument_of_preview(preview) == shown


@pytest.mark.parametrize(
    ("channel", "part", "name"),
    [
        ("summary", EncodedPart("encrypted_content", "x"), "encrypted summary"),
        ("summary", TextPart("In short"), "assistant message “In short”"),
        ("final", EncodedPart("encrypted_content", "x"), "assistant message"),
    ],
)
def test_summary_that_nobody_can_read_is_named(channel, part, name) -> None:
    graph = small_graph()
    item = graph.item("item", "assistant")
    item.channel, item.body = channel, Body([part])
    assert name_of(graph.trace, TraceIndex(graph.trace), NodeRef("item", "item")) == name


def test_wait_is_named_after_the_script_it_waits_for() -> None:
    graph = small_graph()
    graph.cell("code_cell:c", "source", code="await build()")
    tool = graph.tool("call", kind="other", preview='{"cell_id":"1"}')
    tool.kind = msgspec.structs.replace(tool.kind, name="wait")
    assert (
        name_of(graph.trace, TraceIndex(graph.trace), NodeRef("tool_call", "call")) == "wait for script await build()"
    )


def test_call_item_with_code_is_named_after_it() -> None:
    graph = small_graph()
    item = graph.item("item", "assistant")
    item.kind, item.body = "custom_tool_call", Body([CodePart("javascript", "await build()")])
    assert name_of(graph.trace, TraceIndex(graph.trace), NodeRef("item", "item")) == "tool call await build()"


def test_request_for_a_compaction_is_named_after_it() -> None:
    graph = small_graph()
    made = graph.compaction("shorter")
    index = TraceIndex(graph.trace)
    attempt = NodeRef("compaction_request", "shorter:attempt")
    assert name_of(graph.trace, index, attempt) == "request for compaction 1 of /root"
    del graph.trace.compactions[made.compaction_id]
    assert name_of(graph.trace, index, attempt).startswith("compaction request ")
