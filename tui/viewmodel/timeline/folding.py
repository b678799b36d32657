"""`TimelineFolding`: which rows are folded: by a person, in a large recording, or as at a remembered place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from tui.model.ids import CodexTurnId
from tui.model.noderef import NodeRef
from tui.model.trace import RolloutTrace
from tui.viewmodel.rows.branch import RowNode
from tui.viewmodel.timeline.tree import TimelineTree

SMALL = 300
"""A recording of at most this many rows is shown unfolded; in a larger one, turns that are over are folded."""


class Stance(NamedTuple):
    """How a timeline stood: to be handed back to `restore`. `screen_line` is where on the screen the cursor was.

    `opened`: runs that were open, by their first objects; the others were folded. `bare`: of the folded agents those
    below which the agents stayed in sight.
    """

    folded: frozenset[NodeRef]
    focused: NodeRef | None
    screen_line: int
    opened: frozenset[NodeRef] = frozenset()
    bare: frozenset[NodeRef] = frozenset()


class TimelineFolding:
    """Folds and unfolds rows of `tree`; `is_partial` says whether rows are still to come for what is known already."""

    def __init__(self, trace: RolloutTrace, tree: TimelineTree, *, is_partial: bool) -> None:
        self.by_hand: set[NodeRef] = set()
        """Rows whose folding a person chose; it is left alone."""
        self._trace = trace
        self._tree = tree
        self._is_large = is_partial
        self._folds_agents = False
        self._restored: Stance | None = None
        """How rows are folded that are still to come, while the tree is partial."""
        self._folded: frozenset[NodeRef] | None = None
        """What is folded, None until somebody asks."""

    def fold(self, node: RowNode, *, folded: bool) -> None:
        """Fold or unfold a row for a person: it stays as it is until a person changes it again."""
        if node.folded != folded or node.keeps_frames:
            self._folded = None
            self.by_hand.add(node.ref)
            self._tree.rows.set_folded(node, folded)
            self._tree.rows.keep_frames(node, keeps=False)

    def fold_everything(self, *, folded: bool) -> None:
        """Fold all, so that only the agents are left, also those that are still to come; or unfold all."""
        self._folded = None
        self._folds_agents = folded
        self._tree.rows.set_all_folded(folded)
        self.by_hand.update(self._tree.nodes)

    def unfold_way(self, node: RowNode) -> None:
        """Unfold for a person whatever hides a row."""
        step = node.parent
        with self._tree.rows.held():  # each row above is weighed once, however deep the way is
            while step is not None and step is not self._tree.rows.root:
                self.fold(step, folded=False)
                step = step.parent

    def stance(self, focused: NodeRef | None, screen_line: int) -> Stance:
        """What is folded now, with the cursor on `focused` in that line of the screen."""
        if self._folded is None:
            self._folded = frozenset(ref for ref, node in self._tree.nodes.items() if node.folded)
        opened = frozenset(ref for ref, run in self._tree.runs.nodes.items() if not run.folded)
        bare = frozenset(ref for ref in self._folded if ref.kind == "thread" and self._tree.nodes[ref].keeps_frames)
        return Stance(self._folded, focused, screen_line, opened, bare)

    def restore(self, stance: Stance) -> None:
        """Fold as it was when `stance` was taken; rows that came since keep their folding."""
        self._restored = stance if self._tree.is_partial else None
        now = self.stance(None, 0)
        rows, nodes, runs = self._tree.rows, self._tree.nodes, self._tree.runs.nodes
        with rows.held():
            for ref in stance.folded ^ now.folded:
                if ref in nodes:
                    rows.set_folded(nodes[ref], ref in stance.folded)
                    self._folded = None
            for ref in stance.bare ^ now.bare:
                if ref in nodes:
                    rows.keep_frames(nodes[ref], ref in stance.bare)
            for ref in stance.opened ^ now.opened:
                if ref in runs:
                    rows.set_folded(runs[ref], ref not in stance.opened)

    def forget(self) -> None:
        """Rows came, went or were filtered: what is folded is to be asked of them again."""
        self._folded = None

    def take_in(self, new: Sequence[RowNode]) -> None:
        """Fold rows that came: as all agents are after everything was folded, and as they were when it was restored."""
        if not new:
            return
        self._folded = None
        restored, rows = self._restored, self._tree.rows
        with rows.held():  # each row above them is weighed once: agents may be hundreds deep
            for node in new if self._folds_agents else ():
                if node.is_frame:
                    rows.set_folded(node, folded=True)
                    rows.keep_frames(node, keeps=True)
            if restored is not None:
                for node in new:
                    rows.set_folded(node, node.ref in restored.folded)
                    rows.keep_frames(node, node.ref in restored.bare)

    def end_filling(self) -> None:
        """All rows were made: those that come from now on are new."""
        self._restored = None

    def settle(self, turns: Iterable[str], kept: Callable[[], set[RowNode]]) -> None:
        """Fold turns that are over, once the recording is large, unless a person chose otherwise or they are `kept`."""
        if not self._is_large:
            if len(self._tree.nodes) <= SMALL:
                return
            self._is_large = True
            turns = self._trace.codex_turns
        left = kept()
        with self._tree.rows.held():
            for name in turns:
                node = self._tree.nodes.get(NodeRef("turn", name))
                turn = self._trace.codex_turns.get(CodexTurnId(name))
                if node is None or turn is None or turn.execution.is_open or node.ref in self.by_hand or node in left:
                    continue
                self._folded = None
                self._tree.rows.set_folded(node, folded=True)
