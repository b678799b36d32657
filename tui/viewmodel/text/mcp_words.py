"""What an MCP server answered, in words: each block, and the structured content."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from tui.analysis.requests.mcp_answer import McpAnswer, McpBlock, Sight
from tui.viewmodel.text.clean import format_bytes

MCP_HEADING = "What the MCP server answered"

SHOWN_CHARACTERS = 2_000
"""Characters of a text or of structured content that are shown; the payload has the rest."""

_SIGHT_WORDS: dict[Sight | None, str] = {
    "same text": "the model saw the same text",
    "other text": "this text is not in what the model saw",
    "no output": "no output reached the model",
    "unknown": "whether the model saw it is not known",
    None: "",
}


class McpPart(NamedTuple):
    """A part of an answer: `text` may have several lines and is not yet harmless, `field` is where it was recorded.

    `note`: what comparing it with what the model saw says.
    """

    label: str
    text: str
    field: str
    note: str = ""


def mcp_parts(answer: McpAnswer) -> Iterator[McpPart]:
    """The parts of an answer, as recorded; failures first."""
    if answer.error is not None:
        yield McpPart("error", _bounded(answer.error), "result.Err")
        return
    if answer.is_error:
        yield McpPart("error", "the server says that the call failed", "result.Ok.isError")
    for number, block in enumerate(answer.blocks):
        yield McpPart(block.type, _block_words(block), f"result.Ok.content[{number}]")
    if answer.structured is not None:
        note = _SIGHT_WORDS[answer.sight]
        yield McpPart("structured content", _bounded(answer.structured), "result.Ok.structuredContent", note)
    elif not answer.blocks:
        yield McpPart("content", "empty", "result.Ok")


def _block_words(block: McpBlock) -> str:
    if block.type == "text" and block.text is not None:
        return _bounded(block.text)
    facts = " · ".join(word for word in (block.uri, block.media_type, format_bytes(block.bytes)) if word)
    return facts if block.text is None else f"{facts} · {_bounded(block.text)}"


def _bounded(text: str) -> str:
    if len(text) <= SHOWN_CHARACTERS:
        return text
    return f"{text[:SHOWN_CHARACTERS]}… {len(text):,} characters in total"
