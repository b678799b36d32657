"""`show --json`: one object of the graph."""

from __future__ import annotations

from typing import Any

import msgspec

from tui.analysis.kinds.facts import facts_of
from tui.analysis.kinds.naming import name_of
from tui.analysis.requests.mcp_answer import McpAnswer, mcp_answer_of
from tui.analysis.requests.texts import texts_of
from tui.commands.answers.objects import (
    GapAnswer,
    LinkAnswer,
    NodeAnswer,
    gap_answers,
    link_answers,
    node_answer,
)
from tui.model.encode import encode_value
from tui.model.lookup import find_object
from tui.model.noderef import NodeRef
from tui.schema.payloads import RawPayloadRef, path_in_bundle
from tui.store import TraceStore
from tui.viewmodel.payload.raw_evidence import payloads_behind


class TextAnswer(msgspec.Struct, frozen=True):
    """A text of an object, and what it is."""

    label: str
    text: str


class BlockAnswer(msgspec.Struct, frozen=True):
    """A block of what an MCP server answered; `bytes` is its size."""

    type: str
    text: str | None
    uri: str | None
    media_type: str | None
    bytes: int


class ServerAnswer(msgspec.Struct, frozen=True):
    """What an MCP server answered, and how the model saw its structured part."""

    raw_payload_id: str
    error: str | None
    is_error: bool | None
    blocks: list[BlockAnswer]
    structured_content: Any
    structured_seen: str | None


class PayloadAnswer(msgspec.Struct, frozen=True):
    """A payload, its path in the bundle if it has one, and the event that names it first."""

    raw_payload_id: str
    kind: str
    path: str | None
    seq: int | None
    line: int | None


class ShowAnswer(msgspec.Struct, frozen=True):
    """The document; `object` is the same as in the reduced graph, `facts` is what was said of it besides."""

    node: NodeAnswer
    name: str
    object: dict[str, Any]
    facts: dict[str, Any]
    texts: list[TextAnswer]
    mcp_answer: ServerAnswer | None
    payloads: list[PayloadAnswer]
    upstream: list[LinkAnswer]
    downstream: list[LinkAnswer]
    unproven: list[GapAnswer]


def show_answer(store: TraceStore, node: NodeRef) -> ShowAnswer:
    """The document on an object."""
    trace, index = store.trace, store.index
    return ShowAnswer(
        node=node_answer(node),
        name=name_of(trace, index, node),
        object=fields_of(store, node),
        facts=facts_of(trace, node),
        texts=[TextAnswer(label, text) for label, text in texts_of(trace, index, node)],
        mcp_answer=_server(mcp_answer_of(trace, index, node, store.payloads.read)),
        payloads=[payload_answer(store, ref) for ref in payloads_behind(trace, index, node)],
        upstream=link_answers(store, node, "upstream"),
        downstream=link_answers(store, node, "downstream"),
        unproven=gap_answers(store, node),
    )


def fields_of(store: TraceStore, node: NodeRef) -> dict[str, Any]:
    """The fields of an object as the reduced graph writes them."""
    fields: dict[str, Any] = msgspec.json.decode(encode_value(find_object(store.trace, node)))
    return fields


def payload_answer(store: TraceStore, ref: RawPayloadRef) -> PayloadAnswer:
    """Where a payload is."""
    origin = store.event_log.payload_origin(ref.raw_payload_id)
    return PayloadAnswer(
        raw_payload_id=ref.raw_payload_id,
        kind=ref.kind.type,
        path=path_in_bundle(ref),
        seq=None if origin is None else origin.seq,
        line=None if origin is None else origin.line,
    )


def _server(answer: McpAnswer | None) -> ServerAnswer | None:
    if answer is None:
        return None
    return ServerAnswer(
        raw_payload_id=answer.raw_payload_id,
        error=answer.error,
        is_error=answer.is_error,
        blocks=[BlockAnswer(*block) for block in answer.blocks],
        structured_content=None if answer.structured is None else msgspec.json.decode(answer.structured),
        structured_seen=answer.sight,
    )
