"""How much a tool call put out, and how much of it the model saw."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from tui.analysis.kinds.scripts import cell_run_by
from tui.analysis.problems.of_object import output_cut
from tui.model.conversation import TextPart
from tui.model.ids import ItemId
from tui.model.objects import CodeCell, ToolCall
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

    @property
    def is_empty(self) -> bool:
        """Whether there is none: of a recording that was read in part, it may not have been read."""
        return not (self.put_out or self.seen)


def output_of(trace: RolloutTrace, tool: ToolCall) -> Output:
    """The output of one call. Looks at its texts.

    Of several items the last one counts: the others are placeholders, or copies of it (viewer notes §2).
    """
    cell = cell_run_by(trace, tool)
    if cell is not None and cell.output_item_ids:
        return output_of_cell(trace, cell)
    seen = _text_bytes(trace, tool.model_visible_output_item_ids[-1:])
    operation_id = tool.terminal_operation_id
    operation = None if operation_id is None else trace.terminal_operations.get(operation_id)
    result = None if operation is None else operation.result
    put_out = seen if result is None else _size(result.stdout) + _size(result.stderr)
    cut = output_cut(trace, tool)
    return Output(put_out, seen, int(cut is not None and cut.certainty == "compared"))


def output_of_cell(trace: RolloutTrace, cell: CodeCell) -> Output:
    """The output of a script: what it gave out, one item after the other."""
    seen = _text_bytes(trace, cell.output_item_ids)
    return Output(seen, seen, 0)


def _text_bytes(trace: RolloutTrace, items: Iterable[ItemId]) -> int:
    found = (trace.conversation_items.get(item_id) for item_id in items)
    parts = (part for item in found if item is not None for part in item.body.parts)
    return sum(_size(part.text) for part in parts if isinstance(part, TextPart))


def _size(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode(errors="replace"))
