"""How much a tool call put out, and how much of it the model saw."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from tui.analysis.problems import output_cut
from tui.model.conversation import TextPart
from tui.model.ids import ItemId
from tui.model.objects import ToolCall
from tui.model.trace import RolloutTrace


class Output(NamedTuple):
    """Sums over calls, in bytes of text (UTF-8).

    `put_out`: what the command wrote, as far as the runtime kept it; for other tools what the model saw. `seen`: text
    of the output items that went to the model (a script's own output for the call that ran it). `cut`: calls of whose
    output something is missing from what the model saw, by comparing both; not those that it saw while they ran, or
    of which it saw nothing.
    """

    put_out: int = 0
    seen: int = 0
    cut: int = 0


def output_of(trace: RolloutTrace, tool: ToolCall) -> Output:
    """The output of one call. Looks at its texts."""
    seen = _text_bytes(trace, _output_items(trace, tool))
    operation_id = tool.terminal_operation_id
    operation = None if operation_id is None else trace.terminal_operations.get(operation_id)
    result = None if operation is None else operation.result
    put_out = seen if result is None else _size(result.stdout) + _size(result.stderr)
    cut = output_cut(trace, tool)
    return Output(put_out, seen, int(cut is not None and cut.certainty == "compared"))


def _output_items(trace: RolloutTrace, tool: ToolCall) -> Sequence[ItemId]:
    """The items that brought the output to the model; of a call that ran a script, those of the script."""
    if tool.model_visible_output_item_ids or tool.started_code_cell_id is msgspec.UNSET:
        return tool.model_visible_output_item_ids
    cell = trace.code_cells.get(tool.started_code_cell_id)
    return [] if cell is None else cell.output_item_ids


def _text_bytes(trace: RolloutTrace, items: Sequence[ItemId]) -> int:
    """Text of the last item: earlier ones are placeholders, or copies of it (viewer notes §2)."""
    item = trace.conversation_items.get(items[-1]) if items else None
    return 0 if item is None else sum(_size(part.text) for part in item.body.parts if isinstance(part, TextPart))


def _size(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode(errors="replace"))
