"""What a call is about, from the beginning of its arguments that the recorder kept."""

from __future__ import annotations

import pytest

from tests.analysis.small_graph import small_graph
from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.kinds.naming import argument_of_preview, name_of
from tui.model.conversation import Body, EncodedPart, TextPart
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
