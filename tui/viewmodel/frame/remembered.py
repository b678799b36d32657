"""What is remembered of a person's place in a recording, as plain data that can be written down and read back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated

import msgspec

from tui.model.kinds import NodeKind
from tui.model.noderef import NodeRef
from tui.viewmodel.frame.layout import DEFAULT_SPLIT, Pane
from tui.viewmodel.frame.navigation import Place
from tui.viewmodel.timeline.folding import Stance

FORMAT = 1
"""Version of what is written; a file of another one is not read."""

MOST_FOLDED = 50_000
"""Folded rows that are written down; of more, the folding is not remembered."""

_Text = Annotated[str, msgspec.Meta(max_length=500)]
_Letter = Annotated[str, msgspec.Meta(min_length=1, max_length=1)]
_Node = tuple[NodeKind, str]


class SavedPlace(msgspec.Struct, frozen=True, omit_defaults=True):
    """A place. `row` is what the timeline was on; the others are numbers of sets in `Remembered.foldings`.

    `folding`: what was folded; `opened`: the runs that were open; `bare`: folded agents with the agents below in sight.
    """

    pane: Pane = "timeline"
    node: _Node | None = None
    row: _Node | None = None
    screen_line: int = 0
    folding: int | None = None
    opened: int | None = None
    bare: int | None = None


class Remembered(msgspec.Struct, frozen=True, omit_defaults=True):
    """A person's place in the recording with these ids at this path, the marks and the filter.

    `split`: the share of the timeline, in percent.

    `unfolded_turns` were seen unfolded. A turn that is neither among them nor among the folded ones came later, and is
    left as it is.
    """

    format: int
    trace_id: str
    rollout_id: str
    path: str
    place: SavedPlace
    follows: bool = False
    marks: dict[_Letter, SavedPlace] = {}
    mark_words: dict[_Letter, _Text] = {}
    foldings: list[dict[NodeKind, list[str]]] = []
    unfolded_turns: list[str] = []
    filter: _Text = ""
    split: int = DEFAULT_SPLIT

    def place_of(self, saved: SavedPlace, folded_now: Iterable[NodeRef] = ()) -> Place:
        """The place that was saved, to be returned to; `folded_now` are the rows that are folded without it."""
        folded = self._nodes(saved.folding)
        if folded is not None:
            known = set(self.unfolded_turns)
            folded |= {ref for ref in folded_now if ref.kind == "turn" and ref.id not in known}
        row = None if saved.row is None else NodeRef(*saved.row)
        opened, bare = (self._nodes(number) or frozenset() for number in (saved.opened, saved.bare))
        view = (
            Stance(folded or frozenset(), row, saved.screen_line, opened, bare) if saved.folding is not None else None
        )
        return Place(saved.pane, None if saved.node is None else NodeRef(*saved.node), view)

    def _nodes(self, number: int | None) -> frozenset[NodeRef] | None:
        """The set with a number; None without one."""
        if number is None or not 0 <= number < len(self.foldings):
            return None
        return frozenset(NodeRef(kind, name) for kind, names in self.foldings[number].items() for name in names)


class Identity(msgspec.Struct, frozen=True):
    """Which recording, and where: a different one at the same path has a different identity."""

    trace_id: str
    rollout_id: str
    path: str


def remembered(
    identity: Identity,
    place: Place,
    marks: Mapping[str, Place],
    mark_words: Mapping[str, str],
    *,
    follows: bool,
    unfolded_turns: Iterable[str],
    filter_text: str,
    split: int = DEFAULT_SPLIT,
) -> Remembered:
    """What is to be remembered of a person's place."""
    foldings: dict[frozenset[NodeRef], int] = {}
    return Remembered(
        FORMAT,
        identity.trace_id,
        identity.rollout_id,
        identity.path,
        _saved(place, foldings),
        follows,
        {letter: _saved(marked, foldings) for letter, marked in sorted(marks.items())},
        {letter: word for letter, word in sorted(mark_words.items()) if word and letter in marks},
        [_by_kind(folded) for folded in foldings],
        sorted(unfolded_turns),
        filter_text,
        split,
    )


def place_at(identity: Identity, node: NodeRef) -> Remembered:
    """A place to begin at: an object of the recording, with all rows as they are."""
    return Remembered(
        FORMAT, identity.trace_id, identity.rollout_id, identity.path, SavedPlace(node=(node.kind, node.id))
    )


def is_of(found: Remembered, identity: Identity) -> bool:
    """Whether what was found is of that recording, and in a form that is understood."""
    same = (found.trace_id, found.rollout_id, found.path) == (identity.trace_id, identity.rollout_id, identity.path)
    return same and found.format == FORMAT


def _saved(place: Place, foldings: dict[frozenset[NodeRef], int]) -> SavedPlace:
    """The place without its folding, which goes into `foldings`: marks mostly share theirs."""
    view = place.view
    if not isinstance(view, Stance):
        return SavedPlace(place.pane, place.node)
    folding = foldings.setdefault(view.folded, len(foldings)) if len(view.folded) <= MOST_FOLDED else None
    opened, bare = (
        foldings.setdefault(nodes, len(foldings)) if nodes and len(nodes) <= MOST_FOLDED else None
        for nodes in (view.opened, view.bare)
    )
    return SavedPlace(place.pane, place.node, view.focused, view.screen_line, folding, opened, bare)


def _by_kind(folded: frozenset[NodeRef]) -> dict[NodeKind, list[str]]:
    kinds: dict[NodeKind, list[str]] = {}
    for kind, name in folded:
        kinds.setdefault(kind, []).append(name)
    return {kind: sorted(kinds[kind]) for kind in sorted(kinds)}  # the same place gives the same bytes
