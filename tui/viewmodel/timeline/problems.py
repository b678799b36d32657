"""Where `e` and `E` stop in a timeline: once for each sort of problem, at the first of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tui.analysis.problems.of_object import problem_of
from tui.model.diagnostic import Diagnostic
from tui.model.noderef import NodeRef
from tui.model.trace import RolloutTrace
from tui.named_tuple import NamedTuple
from tui.viewmodel.rows.branch import RowNode
from tui.viewmodel.timeline.tree import TimelineTree


class ProblemStop(NamedTuple):
    """The first problem of a sort: its row, what it says as recorded, and how many there are of the sort."""

    row: RowNode
    text: str
    times: int


class ProblemStops:
    """Knows the sorts of problems of a timeline; what a problem says is worked out once."""

    def __init__(self, trace: RolloutTrace, tree: TimelineTree, diagnostics: Sequence[Diagnostic]) -> None:
        self._trace = trace
        self._tree = tree
        self._diagnostics = diagnostics
        self._sorts: dict[NodeRef, tuple[str, str, str]] = {}
        self._codes: dict[str, tuple[NodeRef, int]] = {}
        self._taken = 0

    def all(self) -> list[ProblemStop]:
        """One stop for each sort, in the order of the rows. What has no row yet is left out."""
        found: dict[tuple[str, str], tuple[NodeRef, str, int]] = {}
        sort_of, sorts = self._sorter(), self._sorts
        for node in self._tree.troubled:
            code, signature, text = sorts.get(node) or sort_of(node)
            first, told, count = found.get((code, signature), (node, text, 0))
            found[code, signature] = (first, told, count + 1)
        self._take_diagnostics()
        listed = [*found.values(), *((node, self._told(node), count) for node, count in self._codes.values())]
        rows = self._tree.nodes
        stops = [ProblemStop(rows[node], text, count) for node, text, count in listed if node in rows]
        return sorted(stops, key=lambda stop: self.place(stop.row))

    def place(self, row: RowNode | None) -> tuple[int, bool]:
        """Where a row is among the problems, in the order of the rows; comparable with the place of any other row."""
        if row is None:
            return (0, False)
        return (self._tree.rows.problems_until(row), row.has_problem)

    def _sorter(self) -> Callable[[NodeRef], tuple[str, str, str]]:
        """A function that works out code, signature and text of a problem.

        The answer that says why a call failed may come later than the failure: such a sort is worked out again.
        """
        from tui.analysis.problems.listed import problem_text
        from tui.analysis.problems.sorts import signature_of

        trace, signatures = self._trace, dict[tuple[str, str], str]()

        def sort_of(node: NodeRef) -> tuple[str, str, str]:
            problem = problem_of(trace, node)
            if problem is None:
                return ("", "", "")
            code, text = problem.code, problem_text(trace, node, problem)
            signature = signatures.get((code, text))
            if signature is None:
                signature = signatures[code, text] = signature_of(code, text)
            if text != problem.text or code not in ("failed", "cell-failed"):
                self._sorts[node] = (code, signature, text)
            return (code, signature, text)

        return sort_of

    def _take_diagnostics(self) -> None:
        """Findings about the log are sorted by their kind alone: a damaged log may have a million of them."""
        if len(self._diagnostics) < self._taken:  # the graph went back to an earlier event
            self._codes, self._taken = {}, 0
        for number in range(self._taken, len(self._diagnostics)):
            found = self._diagnostics[number]
            if found.severity != "note":
                first, count = self._codes.get(found.code, (NodeRef("diagnostic", str(number)), 0))
                self._codes[found.code] = (first, count + 1)
        self._taken = len(self._diagnostics)

    def _told(self, node: NodeRef) -> str:
        return self._diagnostics[int(node.id)].text
