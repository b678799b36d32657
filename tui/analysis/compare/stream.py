"""The items of an agent in the order in which they appeared, as they were sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import msgspec

from tui.analysis.compare.normal import Normal, normal_item, normal_text
from tui.analysis.index import TraceIndex
from tui.analysis.raw_items import item_fields, raw_items
from tui.model.conversation import CALL_KINDS, OUTPUT_KINDS, ConversationItem
from tui.model.ids import ItemId, RawPayloadId, ThreadId
from tui.model.trace import RolloutTrace

BodyReader = Callable[[RawPayloadId], bytes | None]
"""Gives the body of a payload, or None if there is none."""


class StreamItem(NamedTuple):
    """An item of an agent. `by`: who brought it: the model, a tool (the world), or what went in otherwise."""

    item_id: ItemId
    by: str
    normal: Normal
    fields: dict[str, Any]

    @property
    def key(self) -> str:
        """What must be equal for two items to be the same."""
        return f"{self.by}\0{self.normal.text}"


def items_by_agent(trace: RolloutTrace) -> dict[ThreadId, list[ConversationItem]]:
    """The items of every agent in order of first appearance, also those of an answer that no request repeated."""
    found: dict[ThreadId, list[ConversationItem]] = {}
    for item in trace.conversation_items.values():
        found.setdefault(item.thread_id, []).append(item)
    return found


def stream_of(
    trace: RolloutTrace, index: TraceIndex, items: list[ConversationItem], read: BodyReader, *, exact: bool
) -> list[StreamItem]:
    """The items of an agent as they were sent."""
    raw = dict(_raw_items(trace, items, read))
    return [_stream_item(index, item, raw.get(item.item_id, {}), exact=exact) for item in items]


def _raw_items(
    trace: RolloutTrace, items: list[ConversationItem], read: BodyReader
) -> Iterator[tuple[ItemId, dict[str, Any]]]:
    """The items as they were sent; each payload is read once."""
    wanted: dict[RawPayloadId, list[ItemId]] = {}
    for item in items:
        source = trace.evidence.item_sources.get(item.item_id)
        if source is not None:
            wanted.setdefault(source.raw_payload_id, []).append(item.item_id)
    for payload_id, names in wanted.items():
        body = read(payload_id)
        if body is None:
            continue
        found = raw_items(body, [trace.evidence.item_sources[name] for name in names])
        for name, raw in zip(names, found, strict=True):
            if raw is not None:
                yield name, item_fields(raw)


def _stream_item(index: TraceIndex, item: ConversationItem, fields: dict[str, Any], *, exact: bool) -> StreamItem:
    by = _brought_by(index, item)
    if fields:
        return StreamItem(item.item_id, by, normal_item(fields, exact=exact), fields)
    text = msgspec.json.encode([item.kind, item.role, item.body]).decode()
    return StreamItem(item.item_id, by, Normal(text) if exact else normal_text(text), {})


def _brought_by(index: TraceIndex, item: ConversationItem) -> str:
    """`model` for what an answer held, `environment` for what a tool answered, else `input`."""
    if item.kind in OUTPUT_KINDS:
        return "environment"
    is_answer = index.returning_inferences.first(item.item_id) is not None
    return "model" if is_answer or item.kind in CALL_KINDS or item.role == "assistant" else "input"
