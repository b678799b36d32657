"""Begins where the person ended last time, and tells what to remember for the next time."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from tui.ui.screens.walk import WalkCommands

if TYPE_CHECKING:
    from tui.model.noderef import NodeRef
    from tui.viewmodel.navigation import Place
    from tui.viewmodel.remembered import Identity, Remembered


class RecallPlace(WalkCommands):
    """Marks, filter and zoom are back at once, the place as soon as the recording has come to it.

    Whoever presses a key before that is somewhere else already, and stays there.
    """

    is_touched: bool
    _recalled: Remembered | None = None
    _has_modes = False
    _stands = False

    def recall(self, place: Remembered) -> None:
        """Take up this place."""
        self._recalled = place

    @property
    def has_place_to_take_up(self) -> bool:
        """Whether there is a place to return to, and the person has not gone elsewhere."""
        return self._recalled is not None and not self.is_touched

    def take_up_place(self) -> None:
        """Return to the remembered place as far as the recording has been read."""
        recalled = self._recalled
        if recalled is None:
            return
        self._take_up_modes(recalled)
        if self.is_touched:
            self._recalled = None
        elif self.store.state == "loading":
            self._stand_early(recalled)
        else:
            self._recalled = None
            self.marks.update(self._marks_in(recalled))
            if recalled.follows and self.store.state in ("live", "waiting"):
                self.timeline.follow()
                self.show_selection()
            else:
                self._return_to(recalled.place_of(recalled.place, self._folded()), "")

    def _take_up_modes(self, recalled: Remembered) -> None:
        """What does not depend on how much has been read."""
        if self._has_modes:
            return
        self._has_modes = True
        self.marks.update({letter: recalled.place_of(saved) for letter, saved in recalled.marks.items()})
        if recalled.is_zoomed:
            self.modes.enter("zoom")
            self.focus_pane(recalled.place.pane)
        if recalled.filter:
            self.filter_rows(recalled.filter)

    def _marks_in(self, recalled: Remembered) -> dict[str, Place]:
        folded = self._folded()
        return {letter: recalled.place_of(saved, folded) for letter, saved in recalled.marks.items()}

    def _folded(self) -> list[NodeRef]:
        return [ref for ref, node in self.timeline.model.tree.nodes.items() if node.folded]

    def _stand_early(self, recalled: Remembered) -> None:
        """While a long recording is read, stand on the row as soon as it is there; its folding comes at the end."""
        place = recalled.place_of(recalled.place, self._folded())
        row = recalled.place.row
        if not self._stands and row is not None and row in self.timeline.model.tree.nodes:
            self._stands = True
            self.timeline.restore(place.view)

    def remember(self, identity: Identity) -> Remembered | None:
        """What to remember of this recording; None while nobody has done anything that could be lost."""
        from tui.viewmodel.remembered import remembered

        if not self.is_touched or self._recalled is not None:  # left before the place of last time was there
            return None
        return remembered(
            identity,
            self.here(),
            self.marks,
            follows=self.timeline.is_following,
            unfolded_turns=[
                ref.id for ref, node in self.timeline.model.tree.nodes.items() if ref.kind == "turn" and not node.folded
            ],
            filter_text=self.timeline.filter_text,
            is_zoomed="zoom" in self.modes,
        )

    def identity(self) -> Identity:
        """Which recording this is."""
        from tui.viewmodel.remembered import Identity

        trace = self.store.trace
        return Identity(trace.trace_id, trace.rollout_id, os.path.realpath(self.store.bundle.path))
