"""The ids of a recording, which its exports show as they are unless a rule finds something in one."""

from __future__ import annotations

from collections.abc import Iterator

from tui.export.format import Subject
from tui.model.kinds import GRAPH_KINDS, KINDS
from tui.model.trace import RolloutTrace


def look_at_ids(subject: Subject) -> None:
    """Look at all ids of the recording at once, before a format asks for one after the other."""
    subject.disclosure.look_at(_ids(subject.store.trace))


def _ids(trace: RolloutTrace) -> Iterator[str]:
    """The recorder's ids, and those that the model's provider gave to requests and calls."""
    for kind in (one for one in GRAPH_KINDS if one != "event"):
        yield from KINDS[kind].objects(trace)
    for request in trace.inference_calls.values():
        yield request.response_id or ""
    for tool in trace.tool_calls.values():
        yield tool.model_visible_call_id or ""
    for item in trace.conversation_items.values():
        yield item.call_id or ""
