"""A row of a JSON tree as a line."""

from __future__ import annotations

import re

import msgspec

from tui.analysis.requests.pictures import is_picture_url, picture_in
from tui.viewmodel.payload.json_tree import JsonNode, key_text
from tui.viewmodel.text.clean import Measure, clean, elide, format_bytes
from tui.viewmodel.text.picture_words import picture_words
from tui.viewmodel.text.spans import Line, Span

_STYLES = {
    "string": "json.string",
    "number": "json.number",
    "bool": "json.bool",
    "null": "json.null",
    "line": "json.string",
    "more": "dim",
    "fault": "warning",
}
_SPACE = re.compile(r"\s+")
_LARGE = 120
"""A value of more bytes has its size beside it."""

_MOST_INDENT = 40

LARGEST_PICTURE = 1 << 20
"""Bytes of a data URL up to which its row says what the picture is; a larger one is shown as the text that it is."""


def node_line(node: JsonNode, width: int, measure: Measure) -> Line:
    """The row of a node: fold mark, key, value or a preview of it, size."""
    indent = " " * min(2 * node.depth, _MOST_INDENT)
    mark = ("▾ " if node.expanded else "▸ ") if node.can_expand else "  "
    lead = [Span(f"{indent}{mark}", "json.punct"), *_key_spans(node)]
    picture = _picture_text(node)
    if picture:
        room = width - sum(measure(span.text) for span in lead)
        return (*lead, Span(elide(picture, max(1, room), measure), _STYLES["string"]))
    size = format_bytes(node.end - node.start) if _has_size(node) else ""
    room = width - sum(measure(span.text) for span in lead) - (len(size) + 1 if size else 0)
    lead.extend(_value_spans(node, max(1, room), measure))
    if size:
        lead.append(Span(f" {size}", "dim"))
    return tuple(lead)


def _has_size(node: JsonNode) -> bool:
    return node.kind in ("object", "array", "string") and node.end - node.start > _LARGE


def _key_spans(node: JsonNode) -> list[Span]:
    if isinstance(node.key, int):
        return [Span(f"[{node.key}]", "number"), Span(" ", "json.punct")]
    if node.key is None:
        return []
    return [Span(elide(clean(key_text(node.key)), 60, len), "json.key"), Span(": ", "json.punct")]


def _value_spans(node: JsonNode, room: int, measure: Measure) -> list[Span]:
    if node.is_container:
        return [Span(elide(_container_text(node), room, measure), "json.punct")]
    if node.kind == "more":
        return [Span("… reading (Esc stops)" if _is_reading(node) else "… more members (Enter lists them)", "dim")]
    text = node.preview.decode(errors="replace")
    if node.kind == "string":
        cut = node.end - node.start > len(node.preview)
        text = f"{text}…" if cut else text
    return [Span(elide(clean(text), room, measure), _STYLES[node.kind])]


def _picture_text(node: JsonNode) -> str:
    """What a data URL holds, and the key that saves it, instead of its base64; empty for every other value."""
    if node.kind != "string" or node.source is None or not node.preview.startswith(b'"data:'):
        return ""
    size = node.end - node.start
    if size > LARGEST_PICTURE or not is_picture_url(node.preview[1:].decode(errors="replace")):
        return ""
    try:
        picture = picture_in(msgspec.json.decode(node.source.read(node.start, size), type=str))
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return ""
    return "" if picture is None else f"({picture_words(picture)} · O saves it)"


def _is_reading(more: JsonNode) -> bool:
    """Whether members are being listed where a row represents more of them."""
    return more.parent is not None and more.parent.limit > len(more.parent.children)


def _container_text(node: JsonNode) -> str:
    opening, closing = ("{", "}") if node.kind == "object" else ("[", "]")
    if node.expanded:
        members = [child for child in node.children if child.kind not in ("more", "fault")]
        more = "+" if len(members) < len(node.children) else ""
        return f"{opening}{len(members):,}{more}{closing}"
    text = clean(_SPACE.sub(" ", node.preview.decode(errors="replace")))
    return text if node.end - node.start <= len(node.preview) else f"{text} …"
