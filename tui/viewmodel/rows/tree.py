"""A tree of rows that knows, for any row number, which node is there, and the other way round.

What a node shows depends on folding and on a filter:

* a **frame** node (an agent) that is folded hides everything below it, or everything but further frame nodes
  (`keeps_frames`): folding everything leaves the agents, however deep one was spawned;
* any other folded node hides what is below it except frame nodes.

So each node has two weights: `rows`, its subtree's rows when all above it is unfolded, and `lean`, the rows that are
left when something above it is folded. A change is carried up the tree and stops where nothing changes any more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from tui.model.noderef import NodeRef
from tui.viewmodel.rows.branch import Branch, RowNode
from tui.viewmodel.rows.walks import node_at, nodes_below, rows_from
from tui.viewmodel.rows.weights import PROBLEMS, ROWS, weigh, weigh_again, weigh_all, weigh_changed, weight_below

Predicate = Callable[[NodeRef], bool]


class RowTree:
    """The rows of a pane. Row numbers count the visible rows from 0."""

    def __init__(self) -> None:
        self.root = RowNode(NodeRef("thread", ""), 0, is_frame=True)
        self._filter: Predicate | None = None
        self._opened_by_filter: list[RowNode] = []
        self._changed: set[RowNode] | None = None
        """Nodes that came or changed since a filter began to be applied in steps."""
        self.shown_count = 0
        """Nodes that the filter leaves, folded ones too."""
        self._held: set[RowNode] | None = None
        """Nodes that are to be weighed again, while many change at once."""

    @property
    def row_count(self) -> int:
        """How many rows are visible."""
        return self.root.children.rows if self.root.children is not None else 0

    @property
    def problem_count(self) -> int:
        """How many nodes have a problem, visible or not."""
        return self.root.problems

    # Changing the tree

    @contextmanager
    def held(self) -> Iterator[None]:
        """Weigh what changes meanwhile once, at the end; row numbers are not to be asked for before.

        Otherwise each change is carried up to the top, which costs the depth of the tree.
        """
        if self._held is not None:
            yield
            return
        self._held = set()
        try:
            yield
        finally:
            held, self._held = self._held, None
            weigh_changed(held)
            self._count_root()

    def insert(self, node: RowNode, parent: RowNode | None = None) -> None:
        """Add `node` (with what is below it) under `parent` by its key; at the top without one."""
        above = self.root if parent is None else parent
        node.parent = above
        node.matches = _passes(node, self._filter)
        if self._changed is not None:
            self._changed.add(node)
        weigh(node)
        if above.children is None:
            above.children = Branch(None, is_leaf=True)
        rows, lean, problems = above.children.rows, above.children.lean, node.problems
        above.children.insert(node)
        if node.is_shown:
            self._count_shown(above, 1)
        self.shown_count += self._shown_in(node)
        self._carry(above, above.children.rows - rows, above.children.lean - lean, problems)

    def remove(self, node: RowNode) -> None:
        """Take `node` and what is below it out of the tree."""
        above, branch = node.parent, node.branch
        if above is None or branch is None:
            return
        rows, lean, problems = node.rows, node.lean, node.problems
        branch.remove(node)
        self.shown_count -= self._shown_in(node)
        node.parent = node.branch = None
        self._carry(above, -rows, -lean, -problems)
        if node.is_shown:
            self._count_shown(above, -1)

    def wrap(self, node: RowNode, around: RowNode) -> None:
        """Put `around` in the place of `node`, and `node` below it."""
        above, branch = node.parent, node.branch
        if above is None or branch is None:
            return
        around.parent = above
        around.matches = self._filter is None
        around.shown_below = int(node.is_shown)
        if self._filter is not None and around.folded:
            around.folded = False
            self._opened_by_filter.append(around)
        rows, lean = node.rows, node.lean
        around.children = Branch(None, is_leaf=True)
        around.problems = node.problems
        branch.replace(node, around)
        node.parent = around
        around.children.insert(node)
        self.shown_count += around.is_shown
        self._weigh_in_place(around, rows, lean)

    def unwrap(self, around: RowNode) -> None:
        """Put the only child of `around` in its place."""
        above, branch = around.parent, around.branch
        node = next(around.children.children(), None) if around.children is not None else None
        if above is None or branch is None or node is None:
            return
        rows, lean = around.rows, around.lean
        branch.replace(around, node)
        node.parent, around.parent, around.children = above, None, None
        self.shown_count -= around.is_shown
        self._weigh_in_place(node, rows, lean)

    def _weigh_in_place(self, node: RowNode, rows: int, lean: int) -> None:
        """`node` came into a place that weighed so much, as the branches know already; carry it up."""
        before_rows, before_lean = node.rows, node.lean
        weigh(node)
        if node.branch is not None:
            node.branch.add(node.rows - before_rows, node.lean - before_lean, 0)
        self._carry(node.parent, node.rows - rows, node.lean - lean, 0)

    def set_folded(self, node: RowNode, folded: bool) -> None:
        """Fold or unfold one node; the state of those below it stays."""
        if node.folded != folded:
            node.folded = folded
            self._reweigh(node)

    def keep_frames(self, node: RowNode, keeps: bool) -> None:
        """Say whether a frame that is folded leaves the frames below it in sight."""
        if node.keeps_frames != keeps:
            node.keeps_frames = keeps
            self._reweigh(node)

    def set_problem(self, node: RowNode, has_problem: bool) -> None:
        """Say whether the node itself has a problem."""
        if node.has_problem != has_problem:
            node.has_problem = has_problem
            if self._held is not None:
                self._held.add(node)
                return
            change = 1 if has_problem else -1
            node.problems += change
            if node.branch is not None and node.parent is not None:
                node.branch.add(0, 0, change)
                self._carry(node.parent, 0, 0, change)

    def set_all_folded(self, folded: bool) -> None:
        """Fold everything to the frames, or unfold everything."""
        above = []
        for node in self.walk():
            node.folded = folded
            node.keeps_frames = folded and node.is_frame
            if node.children is not None:
                above.append(node)
        for node in reversed(above):  # what has no children weighs the same, folded or not
            weigh_again(node)

    # The filter

    def set_filter(self, predicate: Predicate | None) -> None:
        """Show only nodes that match and the way to them; None shows all again.

        The way to a match is unfolded, and folded again when the filter goes.
        """
        for node in self._opened_by_filter:
            node.folded = True
        self._opened_by_filter = []
        self._filter = predicate
        nodes = list(self.walk())
        for node in nodes:
            node.matches = _passes(node, predicate)
            node.shown_below = 0
        self.root.shown_below = 0
        for node in reversed(nodes):
            if node.parent is not None and node.is_shown:
                node.parent.shown_below += 1
            if predicate is not None and node.folded and node.shown_below:
                node.folded = False
                self._opened_by_filter.append(node)
        self.shown_count = sum(node.is_shown for node in nodes)
        weigh_all(self.root, nodes)

    def filter_steps(self, nodes: Sequence[RowNode], predicate: Predicate | None) -> Iterator[float]:
        """Do what `set_filter` does to these nodes, one of them a step; yield the part that is done.

        The tree agrees with itself after each step and may change in between. The rows that are asked stay as they are
        until all have been asked: what a row says may take longer to find out than a person wants to look at.
        """
        changed = self._changed = set()
        verdicts: dict[RowNode, bool] = {}
        for number, node in enumerate(nodes):
            verdicts[node] = _passes(node, predicate)
            yield 0.5 * number / len(nodes)
        # What came or changed meanwhile was asked by the filter before; from here on this one asks.
        verdicts |= {node: _passes(node, predicate) for node in changed}
        changed.clear()
        self._filter = predicate
        while self._opened_by_filter:
            self.set_folded(self._opened_by_filter.pop(), folded=True)
            yield 0.5
        for number, (node, matches) in enumerate(verdicts.items()):
            if node not in changed and node.parent is not None:
                self._set_match(node, matches=matches)
            yield 0.5 + 0.4 * number / len(verdicts)
        for node in verdicts if predicate is not None else ():
            if node.folded and node.shown_below:
                self.set_folded(node, folded=False)
                self._opened_by_filter.append(node)
            yield 0.95
        self._changed = None

    def rematch(self, node: RowNode) -> None:
        """The object of `node` changed: see whether it matches the filter now."""
        if self._changed is not None:
            self._changed.add(node)
        if self._filter is not None:
            self._set_match(node, matches=_passes(node, self._filter))

    def _set_match(self, node: RowNode, *, matches: bool) -> None:
        was_shown = node.is_shown
        node.matches = matches
        if node.is_shown != was_shown:
            self.shown_count += 1 if node.is_shown else -1
            self._reweigh(node)
            if node.parent is not None:
                self._count_shown(node.parent, 1 if node.is_shown else -1)

    # Asking the tree

    def node_at(self, row: int) -> RowNode | None:
        """The node at a row number, or None beyond the end."""
        return node_at(self.root, row)

    def rows_from(self, row: int) -> Iterator[tuple[RowNode, int]]:
        """The visible nodes from a row number on, each with its depth on the screen; see `walks.rows_from`."""
        return rows_from(self.root, row)

    def row_of(self, node: RowNode) -> int:
        """The row number of a visible node; for one that is not, that of the row that represents it."""
        row, weight = 0, ROWS
        for step in self._way_to(self.visible(node)):
            if step.branch is not None:
                row += step.branch.before(weight, step)
            if weight is ROWS or step.is_frame:
                row += 1
            weight = weight_below(step, weight)
        return max(0, row - 1)

    def visible(self, node: RowNode) -> RowNode:
        """The node itself if it is visible, else the lowest visible one above it."""
        last, is_lean = node, False
        for step in self._way_to(node):
            if not step.is_shown:
                break
            if step.is_frame or not is_lean:
                last = step
            if step.hides_all and step is not node:
                break
            is_lean = step.folded or (is_lean and not step.is_frame)
        return last

    def visible_above(self, node: RowNode) -> list[RowNode]:
        """The visible nodes above a visible node, outermost first; their number is its depth on the screen."""
        above: list[RowNode] = []
        is_lean = False
        for step in self._way_to(node)[:-1]:
            if step.is_frame or not is_lean:
                above.append(step)
            is_lean = step.folded or (is_lean and not step.is_frame)
        return above

    def walk(self, start: RowNode | None = None) -> Iterator[RowNode]:
        """Every node below `start` (the whole tree without one), visible or not, parents before children."""
        return nodes_below(self.root if start is None else start)

    def problems_until(self, node: RowNode) -> int:
        """How many nodes with a problem are before `node` in reading order, folded or not."""
        count = 0
        for step in self._way_to(node):
            if step.branch is not None:
                count += step.branch.before(PROBLEMS, step)
            if step is not node:
                count += step.has_problem
        return count

    # Weights

    def _way_to(self, node: RowNode) -> list[RowNode]:
        """The nodes from the top down to `node`."""
        way = []
        step: RowNode | None = node
        while step is not None and step is not self.root:
            way.append(step)
            step = step.parent
        return way[::-1]

    def _reweigh(self, node: RowNode) -> None:
        if self._held is not None:
            self._held.add(node)
            return
        rows, lean = node.rows, node.lean
        weigh(node)
        rows, lean = node.rows - rows, node.lean - lean
        if node.branch is not None and node.parent is not None and (rows or lean):
            node.branch.add(rows, lean, 0)
            self._carry(node.parent, rows, lean, 0)

    def _carry(self, node: RowNode | None, rows: int, lean: int, problems: int) -> None:
        """The children of `node` changed by so much: change it and all above it, as far as it shows there."""
        if self._held is not None and node is not None:
            self._held.add(node)
            return
        while node is not None and node is not self.root and (rows or lean or problems):
            old_rows, old_lean = node.rows, node.lean
            weigh(node)
            rows, lean = node.rows - old_rows, node.lean - old_lean
            if node.branch is not None:
                node.branch.add(rows, lean, problems)
            node = node.parent
        if node is self.root:
            self._count_root()

    def _count_root(self) -> None:
        self.root.problems = self.root.children.problems if self.root.children is not None else 0

    def _count_shown(self, node: RowNode, change: int) -> None:
        """A child of `node` came to be shown, or ceased to be."""
        step: RowNode | None = node
        while step is not None:
            was_shown = step.is_shown
            step.shown_below += change
            if step is self.root or step.is_shown == was_shown:
                return
            self.shown_count += 1 if step.is_shown else -1
            self._reweigh(step)
            step = step.parent

    def _shown_in(self, node: RowNode) -> int:
        """How many nodes of a subtree the filter leaves."""
        return node.is_shown + (sum(below.is_shown for below in self.walk(node)) if node.children is not None else 0)


def _passes(node: RowNode, predicate: Predicate | None) -> bool:
    """Whether a filter leaves a row for its own sake; a run is there as long as one of its rows is."""
    return predicate is None or (not node.is_run and predicate(node.ref))
