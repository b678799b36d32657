"""What an MCP server answered, as the runtime recorded it: `result` of the payload with which the call's run ended.

`{"Ok": {"content": [blocks], "structuredContent": …, "isError": …}}` or `{"Err": "…"}`. What the model got of it is
another text: only comparing both says what it saw.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final, Literal, NamedTuple

import msgspec

from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.requests.pictures import picture_in
from tui.analysis.requests.route import route_of
from tui.model.conversation import TextPart
from tui.model.ids import RawPayloadId
from tui.model.lookup import find_object
from tui.model.noderef import NodeRef
from tui.model.objects import ToolCall
from tui.model.trace import RolloutTrace
from tui.schema.payloads import RawPayloadRef

LARGEST_BODY: Final = 4 << 20
"""Bytes of a payload up to which the answer in it is read."""

Read = Callable[[RawPayloadRef, int], object]
"""Gives the body of a payload, if it has at most this many bytes; anything but `bytes` if it cannot be read."""

Sight = Literal["same text", "other text", "no output", "unknown"]
"""Whether what the model got of the call holds the structured content as JSON text: it does; it is text, and does not;
the model got no output; or it got something whose text is not known as a whole."""


class McpBlock(NamedTuple):
    """A block of `content`: its type as recorded; its text, place and media type where it has them.

    `bytes`: of the text; of the data of a picture or sound; of the JSON of what is not known.
    """

    type: str
    text: str | None
    uri: str | None
    media_type: str | None
    bytes: int


class McpAnswer(NamedTuple):
    """An answer. `error`: why there is none. `is_error`: what the server said of it; None if it said nothing.

    `structured`: `structuredContent` as compact JSON; None where the answer has none.
    """

    raw_payload_id: RawPayloadId
    error: str | None
    is_error: bool | None
    blocks: tuple[McpBlock, ...]
    structured: str | None
    sight: Sight | None


def mcp_answer_of(trace: RolloutTrace, index: TraceIndex, node: NodeRef, read: Read) -> McpAnswer | None:
    """The answer to an MCP call; None for other objects, and where no payload with an answer can be read."""
    tool = find_object(trace, node)
    if not isinstance(tool, ToolCall) or tool.kind.type != "mcp":
        return None
    for payload_id in reversed(tool.raw_runtime_payload_ids):
        ref = trace.raw_payloads.get(payload_id)
        body = None if ref is None else read(ref, LARGEST_BODY)
        found = mcp_answer_in(payload_id, body) if isinstance(body, bytes) else None
        if found is not None:
            sight = None if found.structured is None else _sight(trace, index, node, found.structured)
            return found._replace(sight=sight)
    return None


def mcp_answer_in(payload_id: RawPayloadId, body: bytes) -> McpAnswer | None:
    """The answer that a payload holds; None if it holds none. What the model saw of it is left open."""
    try:
        value = msgspec.json.decode(body)
        return _answer(payload_id, value.get("result")) if isinstance(value, dict) else None
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None


def _answer(payload_id: RawPayloadId, result: Any) -> McpAnswer | None:
    if not isinstance(result, dict):
        return None
    if "Err" in result:
        error = result["Err"]
        return McpAnswer(payload_id, error if isinstance(error, str) else _compact(error), None, (), None, None)
    answered = result.get("Ok")
    if not isinstance(answered, dict):
        return None
    content, is_error = answered.get("content"), answered.get("isError")
    structured = answered.get("structuredContent")
    return McpAnswer(
        payload_id,
        None,
        is_error if isinstance(is_error, bool) else None,
        tuple(map(_block, content)) if isinstance(content, list) else (),
        None if structured is None else _compact(structured),
        None,
    )


def _block(value: Any) -> McpBlock:
    if not isinstance(value, dict):
        return McpBlock("?", None, None, None, len(_compact(value).encode()))
    inner = value.get("resource")
    fields = {**value, **inner} if isinstance(inner, dict) else value
    kind, text, uri, media_type = (_text(fields.get(name)) for name in ("type", "text", "uri", "mimeType"))
    data = _text(fields.get("data")) or _text(fields.get("blob"))
    if text is not None:
        size = len(text.encode(errors="replace"))
    elif data is not None and (picture := picture_in(f"data:;base64,{data}")) is not None:
        size = picture.size
    else:
        size = len(_compact(value).encode())
    return McpBlock(kind or "?", text, uri, media_type, size)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _compact(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _sight(trace: RolloutTrace, index: TraceIndex, node: NodeRef, structured: str) -> Sight:
    route = route_of(trace, index, node)
    items = [trace.conversation_items[one.item_id] for one in route.items] if route is not None else []
    if not items:
        return "no output"
    parts = [part for item in items for part in item.body.parts]
    forms = _written(structured)
    if any(form in part.text for part in parts if isinstance(part, TextPart) for form in forms):
        return "same text"
    return "other text" if all(isinstance(part, TextPart) for part in parts) else "unknown"


def _written(structured: str) -> set[str]:
    """The ways in which programs commonly write a value as JSON: compact, with blanks, in ASCII, over lines."""
    value = msgspec.json.decode(structured)
    try:
        spaced = {json.dumps(value), json.dumps(value, ensure_ascii=False), json.dumps(value, indent=2)}
    except RecursionError:  # nested more deeply than this writer can
        return {structured}
    return {structured, *spaced}
