"""Where a tool's output was cut before the model saw it, and what is missing.

The model's copy begins with a few lines of the runtime's own (`Chunk ID`, `Output:`, `Total output lines`), then holds
the beginning of the output, a mark such as `…252152 tokens truncated…`, and the end of the output. The whole output,
or what the runtime kept of it, is in the result of the terminal operation.
"""

from __future__ import annotations

import re
from typing import Literal

import msgspec

from tui.model.conversation import ConversationItem, TextPart, ToolProducer
from tui.model.objects import TerminalOperation
from tui.model.trace import RolloutTrace

Certainty = Literal["compared", "marked", "earlier"]
"""`compared`: both texts are there and fit. `marked`: only a mark in the text says so. `earlier`: the model's copy was
taken while the command still wrote."""

_MARK = re.compile(
    r"…(?P<left_out>\d+) (?P<unit>tokens|chars|characters|bytes|lines) truncated…"
    r"|\[\.\.\. (?:omitted|removed) (?P<left_out_lines>\d+) of \d+ lines[^\]\n]{0,40}\]"
)
_RUNTIME_OMISSION = re.compile(r"^\.\.\. (?P<left_out>\d+) bytes omitted \.\.\.$", re.MULTILINE)

_PREAMBLE_LINES = 14
"""Lines that the runtime may put before the output."""
_PREAMBLE_CHARACTERS = 2_000
_PROBE = 48
"""Characters that must agree before a place counts as the beginning of the output."""


class Cut(msgspec.Struct, frozen=True, kw_only=True):
    """What is missing from the model's copy of an output.

    `mark_start`, `mark_end`: characters of the model's text where the mark stands (both at the end of the text if there
    is none). `produced_bytes`: size of the whole output, None if it is not in the recording; `kept_bytes`: how much of
    the output itself is in the model's copy. `missing_start`, `missing_end`: the missing bytes of the output, None
    if unknown. `mark`: what the mark says, such as `252152 tokens`. `omitted_bytes`: what the runtime had thrown away
    even before, by its own note.
    """

    certainty: Certainty
    mark_start: int
    mark_end: int
    kept_bytes: int
    produced_bytes: int | None = None
    missing_start: int | None = None
    missing_end: int | None = None
    mark: str = ""
    omitted_bytes: int = 0


def find_cut(seen: str, produced: str | None) -> Cut | None:
    """Compare the model's copy of an output with the output; None if nothing is known to be missing."""
    mark = _MARK.search(seen)
    if produced is None or not produced:
        return _marked_cut(seen, mark) if mark else None
    if mark is None:
        return _cut_without_mark(seen, produced)
    return _compared_cut(seen, produced, mark) or _marked_cut(seen, mark)


def _marked_cut(seen: str, mark: re.Match[str]) -> Cut:
    kept = len(seen.encode(errors="replace")) - len(mark.group().encode())
    return Cut(certainty="marked", mark_start=mark.start(), mark_end=mark.end(), kept_bytes=kept, mark=_mark_text(mark))


def _mark_text(mark: re.Match[str]) -> str:
    if mark["left_out_lines"]:
        return f"{mark['left_out_lines']} lines"
    return f"{mark['left_out']} {mark['unit']}"


def _compared_cut(seen: str, produced: str, mark: re.Match[str]) -> Cut | None:
    """The cut, if what stands before the mark begins the output and what stands behind it ends it."""
    start = _body_start(seen, produced, mark.start())
    if start is None:
        return None
    head = mark.start() - start
    tail = _tail_length(seen[mark.end() :], produced)
    if tail is None or head + tail > len(produced) or not produced.startswith(seen[start : mark.start()]):
        return None
    head_bytes = _size(produced[:head])
    total = _size(produced)
    missing_end = total - _size(produced[len(produced) - tail :])
    return Cut(
        certainty="compared",
        mark_start=mark.start(),
        mark_end=mark.end(),
        kept_bytes=total - (missing_end - head_bytes),
        produced_bytes=total,
        missing_start=head_bytes,
        missing_end=missing_end,
        mark=_mark_text(mark),
        omitted_bytes=_omitted(produced),
    )


def _cut_without_mark(seen: str, produced: str) -> Cut | None:
    """The model got the beginning only: its copy was taken before the command had written the rest."""
    if produced in seen:
        return None
    start = _body_start(seen, produced, len(seen))
    if start is None or not produced.startswith(seen[start:].rstrip("\n")):
        return None
    kept = _size(seen[start:].rstrip("\n"))
    total = _size(produced)
    # A line feed at the end is not worth a word.
    if not produced[len(seen) - start :].strip():
        return None
    return Cut(
        certainty="earlier",
        mark_start=len(seen),
        mark_end=len(seen),
        kept_bytes=kept,
        produced_bytes=total,
        missing_start=kept,
        missing_end=total,
        omitted_bytes=_omitted(produced),
    )


def _body_start(seen: str, produced: str, limit: int) -> int | None:
    """Where in the model's text the output begins: behind the lines of the runtime."""
    position = 0
    for _ in range(_PREAMBLE_LINES):
        probe = seen[position : min(position + _PROBE, limit)]
        if probe and produced.startswith(probe.rstrip("\n") if position + _PROBE >= limit else probe):
            return position
        line_end = seen.find("\n", position, min(limit, position + _PREAMBLE_CHARACTERS))
        if line_end == -1:
            return None
        position = line_end + 1
    return None


def _tail_length(tail: str, produced: str) -> int | None:
    """How many characters at the end of the output stand behind the mark; blanks at the very end may differ."""
    if produced.endswith(tail):
        return len(tail)
    stripped = tail.rstrip()
    trimmed = produced.rstrip()
    return len(stripped) + len(produced) - len(trimmed) if stripped and trimmed.endswith(stripped) else None


def _omitted(produced: str) -> int:
    middle = len(produced) // 2
    note = _RUNTIME_OMISSION.search(produced, max(0, middle - 200), middle + 200)
    return int(note["left_out"]) if note else 0


def _size(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode(errors="replace"))


def operation_behind(trace: RolloutTrace, item: ConversationItem) -> TerminalOperation | None:
    """The terminal operation whose output an item is, if a tool call that ran one produced the item."""
    for producer in item.produced_by:
        if not isinstance(producer, ToolProducer):
            continue
        tool = trace.tool_calls.get(producer.tool_call_id)
        if tool is not None and tool.terminal_operation_id is not None:
            return trace.terminal_operations.get(tool.terminal_operation_id)
    return None


def cut_of_item(trace: RolloutTrace, item: ConversationItem) -> Cut | None:
    """The cut in an output item, as far as the graph can tell."""
    texts = [part.text for part in item.body.parts if isinstance(part, TextPart)]
    if len(texts) != 1:
        return next((cut for text in texts if (cut := find_cut(text, None))), None)
    operation = operation_behind(trace, item)
    result = operation.result if operation is not None else None
    return find_cut(texts[0], result.stdout if result is not None else None)
