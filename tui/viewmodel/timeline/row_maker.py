"""Makes the rows on the screen: what each shows of its object, of the diagnostics, or of a run of equal rows."""

from __future__ import annotations

from collections.abc import Sequence

from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.kinds.timing import TimeSpan, span_of
from tui.analysis.requests.tokens import Tokens, spent_by, sum_of, tokens_of_all, tokens_of_request
from tui.model.diagnostic import Diagnostic
from tui.model.ids import CodexTurnId, InferenceCallId, ThreadId
from tui.model.noderef import NodeRef
from tui.model.trace import RolloutTrace
from tui.viewmodel.rows.branch import RowNode
from tui.viewmodel.text.clean import clean
from tui.viewmodel.text.spans import Line, Span
from tui.viewmodel.timeline.face import Face
from tui.viewmodel.timeline.kept_rows import SUMMING, KeptRows
from tui.viewmodel.timeline.labels.faces import Labels
from tui.viewmodel.timeline.labels.words import REASON
from tui.viewmodel.timeline.row import TimelineRow
from tui.viewmodel.timeline.runs import members
from tui.viewmodel.timeline.time_axis import TimeAxis
from tui.viewmodel.timeline.tree import DIAGNOSTICS, TimelineTree
from tui.viewmodel.timeline.work_bars import WorkBars

LONGEST_MESSAGE = 2_000
"""Characters of a diagnostic that its row shows: it may quote a line of many megabytes."""


class RowMaker:
    """Makes rows of one tree."""

    def __init__(
        self, trace: RolloutTrace, index: TraceIndex, diagnostics: Sequence[Diagnostic], labels: Labels
    ) -> None:
        self.labels = labels
        self.bars = WorkBars(trace, index)
        self.kept = KeptRows(trace, index)
        self._sums: dict[NodeRef, Tokens | None] = {}
        """Tokens below turns and agents whose requests have no rows yet."""
        self._trace = trace
        self._index = index
        self._diagnostics = diagnostics

    def face(self, ref: NodeRef) -> Face:
        """Status, sign and label of the row of an object."""
        if ref == DIAGNOSTICS:
            count = len(self._diagnostics)
            label = f"{count:,} diagnostic" if count == 1 else f"{count:,} diagnostics"
            return Face("unknown", "▲", (Span(label, "warning"),))
        if ref.kind == "diagnostic":
            return _diagnostic_face(self._diagnostics[int(ref.id)])
        return self.labels.face(ref)

    def face_of(self, node: RowNode) -> Face:
        """The same of a row, which may be a run."""
        return self._run_face(node) if node.is_run else self.face(node.ref)

    def row(self, node: RowNode, depth: int, tree: TimelineTree, axis: TimeAxis) -> TimelineRow:
        """The whole row: the same object as before while it cannot have changed."""
        kept = self.kept.row_of(node, depth)
        if kept is not None and (kept.span is None or not kept.span.is_open):
            return kept
        if kept is not None:
            span = self._span(node)
            row = kept if span == kept.span else kept._replace(span=span)
        else:
            row = self._made(node, depth, tree, axis)
        self.kept.keep(node, row)
        return row

    def _made(self, node: RowNode, depth: int, tree: TimelineTree, axis: TimeAxis) -> TimelineRow:
        status, glyph, label = self.face_of(node)
        span = self._span(node)
        return TimelineRow(
            node=node.ref,
            depth=depth,
            foldable=node.is_foldable,
            folded=node.folded,
            glyph=glyph,
            status=status,
            label=label,
            span=span,
            tokens=self._tokens_of(node, tree),
            bar=lambda cells: self.bars.cells(node.all_members(), axis, cells),
            problem=node.has_problem,
            problems=0 if node.is_run else node.problems,
            ages=node.is_run or node.ref.kind in SUMMING or span is None or span.is_open,
        )

    def tokens(self, ref: NodeRef, tree: TimelineTree) -> Tokens | None:
        """Tokens of a request, or of the requests of a turn or an agent; None for what has none."""
        if ref.kind != "inference":
            return self._tokens_below(ref) if tree.is_partial else tree.tokens.get(ref)
        call = self._trace.inference_calls.get(InferenceCallId(ref.id))
        return None if call is None else tokens_of_request(call)

    def _tokens_below(self, ref: NodeRef) -> Tokens | None:
        """Tokens of a turn or an agent whose requests have no rows yet."""
        if ref not in self._sums:
            self._sums[ref] = self._summed(ref)
        return self._sums[ref]

    def forget_sums(self) -> None:
        """The graph is another one than before."""
        self._sums.clear()

    def _summed(self, ref: NodeRef) -> Tokens | None:
        names = self._index.inferences_of_thread.of(ThreadId(ref.id)) if ref.kind == "thread" else ()
        names = self._index.inferences_of_turn.of(CodexTurnId(ref.id)) if ref.kind == "turn" else names
        used = tokens_of_all(spent_by(self._trace.inference_calls[name]) for name in names)
        return None if used == Tokens() else used

    def _run_face(self, node: RowNode) -> Face:
        """What the rows have in common, and how many they are: `requests 2–15  → wait_agent`, `14 × $ ls`."""
        first, last = members(node)
        status, glyph, label = self.face(first.ref)
        if first.ref.kind == "inference":
            numbers = [self._index.ordinal("inference", one.ref.id) for one in (first, last)]
            title = Span(f"requests {numbers[0]}–{numbers[1]}", "node.inference")
            failed = self._failure_below(first)
            return (
                Face(failed.status, failed.glyph, (title, *failed.label, *label[1:]))
                if failed
                else Face(status, glyph, (title, *label[1:]))
            )
        count: Line = (Span(f"{sum(1 for _ in node.all_members())} × ", "number"),)
        return Face(status, glyph, (*count, *label))

    def _failure_below(self, request: RowNode) -> Face | None:
        """Sign of and reason for the first failed call of a request, which all requests of a run have."""
        faces = (self.face(child.ref) for child in request.all_children())
        failed = next((face for face in faces if face.status == "failed"), None)
        return None if failed is None else failed._replace(label=tuple(s for s in failed.label if s.style == REASON))

    def _span(self, node: RowNode) -> TimeSpan | None:
        """When it ran; of a run from the start of the first to the end of the last."""
        first, last = (span_of(self._trace, self._index, one.ref) for one in members(node))
        if first is None or last is None or not node.is_run:
            return first
        return TimeSpan(first.start_ms, last.start_ms + last.duration_ms - first.start_ms, last.is_open, last.clock)

    def _tokens_of(self, node: RowNode, tree: TimelineTree) -> Tokens | None:
        if not node.is_run:
            return self.tokens(node.ref, tree)
        found = [tokens for one in node.all_members() if (tokens := self.tokens(one.ref, tree)) is not None]
        return sum_of(found) if found else None


def _diagnostic_face(found: Diagnostic) -> Face:
    where = f"line {found.line}: " if found.line is not None else ""
    style = "dim" if found.severity == "note" else found.severity
    return Face("unknown", "▲", (Span(where, "dim"), Span(clean(found.text[:LONGEST_MESSAGE]), style)))
