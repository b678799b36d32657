"""The text of a value as bytes to page through, whatever the value is."""

from __future__ import annotations

import msgspec

from tui.source.pages import MemoryPages
from tui.viewmodel.payload.json_tree import JsonNode, decoded_string
from tui.viewmodel.payload.source import PageRange, Pages

FORMATTED_BYTES = 4 << 20
"""JSON up to this size is laid out; larger JSON is shown in the lines it has."""


def is_text(head: bytes) -> bool:
    """Whether bytes look like UTF-8 text; a character cut at the end is not a fault."""
    if b"\x00" in head:
        return False
    try:
        head.decode()
    except UnicodeDecodeError as error:
        return error.start >= len(head) - 3
    return True


def text_source(pages: Pages, node: JsonNode) -> tuple[Pages, bool]:
    """The text of a value as bytes, and whether JSON escapes are left in it."""
    if node.kind == "string":
        text = decoded_string(pages, node)
        if text is not None:
            return MemoryPages(text.encode(errors="backslashreplace")), False
        return PageRange(pages, node.start + 1, node.end - 1), True
    if node.kind in ("line", "fault", "more") and node.parent is not None:
        return text_source(pages, node.parent)
    if node.end - node.start <= FORMATTED_BYTES:
        try:
            return MemoryPages(msgspec.json.format(pages.read(node.start, node.end - node.start), indent=2)), True
        except (msgspec.DecodeError, ValueError, RecursionError):
            pass
    return PageRange(pages, node.start, node.end), True
