"""A row and its children: a balanced tree of small lists that know how much they hold.

A row may have a hundred thousand children. With sums over lists of at most 64 entries, finding the child at a place,
the place of a child, inserting and removing all cost a few dozen steps:

    row ── branch ─┬─ branch ── child child child     each branch: sums of `rows`, `lean`, `problems` below it
                   └─ branch ── child child
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Union

from tui.model.noderef import NodeRef

MAX_ENTRIES = 64
"""Entries of a branch before it is split in two."""

Entry = Union["Branch", "RowNode"]
Weight = Callable[[Entry], int]


class RowNode:
    """One row with the rows below it. Only the tree that it is in changes it."""

    __slots__ = (
        "branch",
        "children",
        "folded",
        "has_problem",
        "is_frame",
        "is_run",
        "keeps_frames",
        "key",
        "lean",
        "matches",
        "parent",
        "problems",
        "ref",
        "rows",
        "shown_below",
    )

    def __init__(
        self, ref: NodeRef, key: int, *, is_frame: bool = False, folded: bool = False, is_run: bool = False
    ) -> None:
        """`is_run`: it represents equal rows beside each other, its children (`tui.viewmodel.timeline.runs`)."""
        self.ref = ref
        self.is_run = is_run
        self.key = key
        self.is_frame = is_frame
        self.folded = folded
        self.keeps_frames = False
        """Of a folded frame: whether the frames below it stay in sight."""
        self.parent: RowNode | None = None
        self.branch: Branch | None = None
        self.children: Branch | None = None
        self.rows = 0
        self.lean = 0
        self.has_problem = False
        self.problems = 0
        self.matches = True
        self.shown_below = 0

    @property
    def is_shown(self) -> bool:
        """Whether the filter leaves the node: it matches, or something below it does."""
        return self.matches or self.shown_below > 0

    @property
    def hides_all(self) -> bool:
        """Whether nothing below it is visible."""
        return self.is_frame and self.folded and not self.keeps_frames

    @property
    def home(self) -> RowNode | None:
        """The row that it belongs below, whether or not a run is between the two."""
        return self.parent.parent if self.parent is not None and self.parent.is_run else self.parent

    def all_children(self) -> Iterator[RowNode]:
        """The rows that belong below it, those in runs like the others."""
        for child in self.children.children() if self.children is not None else ():
            yield from child.all_members()

    def all_members(self) -> Iterator[RowNode]:
        """The rows of a run; of another row itself."""
        if not self.is_run:
            yield self
        elif self.children is not None:
            yield from self.children.children()

    @property
    def is_foldable(self) -> bool:
        """Whether unfolding can show anything."""
        return self.children is not None and self.children.rows > 0

    def __repr__(self) -> str:
        return f"RowNode({self.ref.kind} {self.ref.id})"


class Branch:
    """A list of children or of further branches, ordered by the children's keys, with the sums of their weights."""

    __slots__ = ("entries", "is_leaf", "lean", "problems", "rows", "up")

    def __init__(self, up: Branch | None, *, is_leaf: bool) -> None:
        self.up = up
        self.is_leaf = is_leaf
        self.entries: list[Entry] = []
        self.rows = 0
        self.lean = 0
        self.problems = 0

    @property
    def key(self) -> int:
        """The key of the first child."""
        return self.entries[0].key

    def add(self, rows: int, lean: int, problems: int) -> None:
        """Change the sums here and in all branches above."""
        branch: Branch | None = self
        while branch is not None:
            branch.rows += rows
            branch.lean += lean
            branch.problems += problems
            branch = branch.up

    def insert(self, node: RowNode) -> None:
        """Put `node` behind the children whose keys are not greater. Sums count what the node weighs now."""
        leaf = self
        while not leaf.is_leaf:
            leaf = leaf.entries[_last_not_above(leaf.entries, node.key)]  # type: ignore[assignment]  # what is not a leaf holds branches
        leaf.entries.insert(_last_not_above(leaf.entries, node.key) + 1 if leaf.entries else 0, node)
        node.branch = leaf
        leaf.add(node.rows, node.lean, node.problems)
        leaf._split_if_full()

    def remove(self, node: RowNode) -> None:
        """Take `node` out of this leaf, and the leaf out of the tree if nothing is left in it."""
        self.entries.remove(node)
        self.add(-node.rows, -node.lean, -node.problems)
        branch = self
        while not branch.entries and branch.up is not None:
            branch.up.entries.remove(branch)
            branch = branch.up
        if not branch.entries:
            branch.is_leaf = True

    def replace(self, node: RowNode, other: RowNode) -> None:
        """Put `other` in the place of a child of this leaf."""
        self.entries[self.entries.index(node)] = other
        other.branch, node.branch = self, None
        self.add(other.rows - node.rows, other.lean - node.lean, other.problems - node.problems)

    def beside(self, entry: Entry, step: int) -> RowNode | None:
        """The child before (`step` −1) or behind (1) an entry of this branch; None at the ends."""
        branch: Branch | None = self
        while branch is not None:
            place = branch.entries.index(entry) + step
            if 0 <= place < len(branch.entries):
                return _outermost(branch.entries[place], -1 if step < 0 else 0)
            entry, branch = branch, branch.up
        return None

    def ends(self) -> tuple[RowNode, RowNode]:
        """The first and the last child. Not to be asked of an empty branch."""
        return _outermost(self, 0), _outermost(self, -1)

    def last_until(self, key: int) -> RowNode | None:
        """The last child whose key is not greater than `key`."""
        entry: Entry = self
        while isinstance(entry, Branch):
            if not entry.entries:
                return None
            entry = entry.entries[max(0, _last_not_above(entry.entries, key))]
        return entry if entry.key <= key else None

    def children(self) -> Iterator[RowNode]:
        """All children in order."""
        waiting = [self]
        while waiting:
            branch = waiting.pop()
            if branch.is_leaf:
                yield from branch.entries  # type: ignore[misc]  # a leaf holds nodes
            else:
                waiting.extend(reversed(branch.entries))  # type: ignore[arg-type]  # what is not a leaf holds branches

    def weighing(self, weight: Weight) -> Iterator[RowNode]:
        """The children that weigh anything, in order; branches that weigh nothing are passed over as a whole."""
        waiting: list[Entry] = [self]
        while waiting:
            entry = waiting.pop()
            if weight(entry) == 0:
                continue
            if isinstance(entry, Branch):
                waiting.extend(reversed(entry.entries))
            else:
                yield entry

    def weighing_behind(self, weight: Weight, entry: Entry) -> Iterator[RowNode]:
        """The children behind `entry` of this branch that weigh anything, those of the branches behind it included."""
        branch: Branch | None = self
        while branch is not None:
            for other in branch.entries[branch.entries.index(entry) + 1 :]:
                if isinstance(other, Branch):
                    yield from other.weighing(weight)
                elif weight(other):
                    yield other
            entry, branch = branch, branch.up

    def before(self, weight: Weight, entry: Entry) -> int:
        """The weight of everything in the tree before `entry` of this branch."""
        total = 0
        branch: Branch | None = self
        while branch is not None:
            for other in branch.entries:
                if other is entry:
                    break
                total += weight(other)
            entry, branch = branch, branch.up
        return total

    def at(self, weight: Weight, place: int) -> tuple[RowNode, int] | None:
        """The child within whose weight `place` falls, and how far into it; None beyond the end."""
        branch = self
        while True:
            for entry in branch.entries:
                size = weight(entry)
                if place < size:
                    break
                place -= size
            else:
                return None
            if not isinstance(entry, Branch):
                return entry, place
            branch = entry

    def _split_if_full(self) -> None:
        branch: Branch | None = self
        while branch is not None and len(branch.entries) > MAX_ENTRIES:
            if branch.up is None:
                branch._push_down()
                return
            branch._split()
            branch = branch.up

    def _push_down(self) -> None:
        """The top branch stays the top: its entries move into a new one below, which is then split."""
        below = Branch(self, is_leaf=self.is_leaf)
        below.entries, self.entries, self.is_leaf = self.entries, [below], False
        below._adopt()
        below._split()

    def _split(self) -> None:
        """Move the second half of the entries into a new branch behind this one."""
        up = self.up
        if up is None:
            return
        # Rows mostly land at the end: leave full branches behind rather than half empty ones.
        at_end = up.entries[-1] is self
        cut = MAX_ENTRIES if at_end else len(self.entries) // 2
        right = Branch(up, is_leaf=self.is_leaf)
        right.entries, self.entries = self.entries[cut:], self.entries[:cut]
        up.entries.insert(up.entries.index(self) + 1, right)
        self._adopt()
        right._adopt()

    def _adopt(self) -> None:
        """Take the entries as one's own and count them again."""
        self.rows = self.lean = self.problems = 0
        for entry in self.entries:
            if isinstance(entry, Branch):
                entry.up = self
            else:
                entry.branch = self
            self.rows += entry.rows
            self.lean += entry.lean
            self.problems += entry.problems


def _outermost(entry: Entry, place: int) -> RowNode:
    """The first (0) or last (−1) child in an entry."""
    while isinstance(entry, Branch):
        entry = entry.entries[place]
    return entry


def _last_not_above(entries: list[Entry], key: int) -> int:
    """The last entry whose first key is not greater than `key`; if there is none, the first (in a leaf −1)."""
    for place in range(len(entries) - 1, -1, -1):
        if entries[place].key <= key:
            return place
    return 0 if isinstance(entries[0], Branch) else -1
