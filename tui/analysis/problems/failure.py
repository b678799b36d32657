"""Why a call or a script failed, in one line: the line of what the model was answered that says so.

An answer begins with lines of the runtime's own (`Wall time: …`, `Output:`). A script's ends with the error behind
`Script error:`, whatever it put out before; an error of a server names its cause below it.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from tui.late_pattern import late_pattern
from tui.model.conversation import ConversationItem, TextPart
from tui.model.ids import ItemId
from tui.model.objects import CodeCell, ToolCall
from tui.model.trace import RolloutTrace

_LOOKED_AT = 4_000
"""Characters at each end of a text that are looked at: an output may be long."""

_FRAME = late_pattern(
    r"(?:Chunk ID: |Wall time:? |Process (?:exited|running) with |Original token count: |Total output lines: "
    r"|Script (?:completed|failed|running|terminated)\b).*|Output:"
)
_SCRIPT_ERROR = "Script error:\n"
_CAUSE = "Caused by:\n"


class _ServerText(msgspec.Struct):
    """An element of a server's answer that the model got as JSON."""

    text: str = ""


def failure_of_call(trace: RolloutTrace, tool: ToolCall) -> str:
    """The line that says why a tool call failed; empty if the model saw nothing of it."""
    return _failure_in(trace, tool.model_visible_output_item_ids)


def failure_of_cell(trace: RolloutTrace, cell: CodeCell) -> str:
    """The line that says why a script failed; empty for one that was stopped, and if the model saw nothing of it."""
    return _failure_in(trace, cell.output_item_ids) if cell.runtime_status == "failed" else ""


def failure_line(text: str) -> str:
    """The line of an answer that says what went wrong; empty if there is none."""
    _, mark, error = text.rpartition(_SCRIPT_ERROR)
    lines = _telling_lines(error if mark else _server_text(text))
    if not lines:
        return ""
    first, cause = lines[0], _cause(text)
    return f"{first}: {cause}" if cause and cause != first else first


def _failure_in(trace: RolloutTrace, items: Iterable[ItemId]) -> str:
    texts = (_text_of(trace.conversation_items.get(item_id)) for item_id in items)
    return next((line for text in texts if (line := failure_line(text))), "")


def _text_of(item: ConversationItem | None) -> str:
    parts = [] if item is None else [part.text for part in item.body.parts if isinstance(part, TextPart)]
    return "\n".join(
        text if len(text) <= 2 * _LOOKED_AT else f"{text[:_LOOKED_AT]}\n{text[-_LOOKED_AT:]}" for text in parts
    )


def _telling_lines(text: str) -> list[str]:
    """The lines that are not empty, from behind the runtime's own on."""
    lines = [line.strip() for line in text.split("\n")]
    return [line for line in lines if line and not _FRAME.fullmatch(line)]


def _server_text(text: str) -> str:
    """The texts inside a server's answer, if the last line of `text` holds one as JSON; else `text`."""
    head, _, last = text.rpartition("\n")
    if not last.startswith('[{"type":"text"'):
        return text
    try:
        return "\n".join([head, *(element.text for element in msgspec.json.decode(last, type=list[_ServerText]))])
    except (msgspec.MsgspecError, UnicodeEncodeError, RecursionError):
        return text


def _cause(text: str) -> str:
    _, found, below = _server_text(text).partition(_CAUSE)
    return below.strip().partition("\n")[0] if found else ""
