"""Rows that are kept from one picture to the next: while a recording grows, most on the screen stay as they are.

A row is kept until something that it shows of its object changes: the tree notes every row that may look otherwise
(`Runs.note`). What other rows alone change is never kept. How long open work lasts is for `RowMaker` to see.
"""

from __future__ import annotations

from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.kinds.naming import agent_name
from tui.analysis.kinds.scripts import cell_waited_by
from tui.analysis.messages.brief import first_tools
from tui.analysis.messages.calls import kind_of_call
from tui.model.delta import TraceDelta
from tui.model.ids import InferenceCallId, ThreadId, ToolCallId
from tui.model.kinds import NodeKind
from tui.model.noderef import NodeRef
from tui.model.objects import ToolCall
from tui.model.trace import RolloutTrace
from tui.viewmodel.rows.branch import RowNode
from tui.viewmodel.timeline.row import TimelineRow

MOST_KEPT = 1_000
"""Rows that are kept: some pages."""

SUMMING: frozenset[NodeKind] = frozenset({"thread", "turn"})
"""Kinds whose rows sum up what is below them: tokens, work, the outcome."""


class KeptRows:
    """The rows of one tree that are kept."""

    def __init__(self, trace: RolloutTrace, index: TraceIndex) -> None:
        self._trace = trace
        self._index = index
        self._rows: dict[RowNode, TimelineRow] = {}
        self._agents: dict[ThreadId, tuple[str, str | None]] = {}
        """Agents by the names that rows of others show."""

    def row_of(self, node: RowNode, depth: int) -> TimelineRow | None:
        """The row, if it is kept and in the same place of the tree."""
        row = self._rows.get(node)
        if row is None or row[:4] != (node.ref, depth, node.is_foldable, node.folded):
            return None
        return row if row.problem == node.has_problem and row.problems == node.problems else None

    def keep(self, node: RowNode, row: TimelineRow) -> None:
        """Remember a row if only time and a change of its object can change it."""
        if row.span is None or node.is_run or node.ref.kind in SUMMING or self._shows_others(node.ref):
            return
        if len(self._rows) >= MOST_KEPT:
            self._rows.clear()
        self._rows[node] = row

    def _shows_others(self, ref: NodeRef) -> bool:
        """Whether the row says what became of others: of what a call sent, of the script that it waits for."""
        if ref.kind == "tool_call":
            tool = self._trace.tool_calls.get(ToolCallId(ref.id))
            return tool is None or kind_of_call(tool) is not None or self._waits(tool)
        if ref.kind == "inference":
            call = self._trace.inference_calls[InferenceCallId(ref.id)]
            tools = (self._trace.tool_calls.get(name) for name in first_tools(self._index, call))
            return any(tool is None or self._waits(tool) for tool in tools)
        return False

    def _waits(self, tool: ToolCall) -> bool:
        return cell_waited_by(self._trace, self._index, tool) is not None

    def note(self, node: RowNode) -> None:
        """What the row shows may have changed."""
        self._rows.pop(node, None)

    def forget(self) -> None:
        """Every row may show something else."""
        self._rows.clear()

    def note_names(self, delta: TraceDelta) -> None:
        """Agents may have new names, which rows of others show."""
        for name in delta.threads:
            thread = self._trace.threads.get(name)
            known = None if thread is None else (agent_name(self._trace, name), thread.nickname)
            if known is not None and self._agents.get(name) != known:
                self._agents[name] = known
                self._rows.clear()
