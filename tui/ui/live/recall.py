"""Begins where the person ended last time, and says what to remember for the next time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.store import TraceStore
from tui.ui.footer import Footer
from tui.ui.key_reader import KeyReader
from tui.ui.live.filter_run import FilterRun
from tui.ui.panes import Panes
from tui.ui.selection import Selection
from tui.ui.travel import Travel

if TYPE_CHECKING:
    from tui.model.noderef import NodeRef
    from tui.viewmodel.frame.navigation import Place
    from tui.viewmodel.frame.remembered import Identity, Remembered


class Recall:
    """Marks and filter are back at once, the place as soon as the recording has come to it.

    If you press a key before that, you are somewhere else already, and stay there.
    """

    def __init__(
        self,
        store: TraceStore,
        panes: Panes,
        travel: Travel,
        selection: Selection,
        filtering: FilterRun,
        keys: KeyReader,
        footer: Footer,
    ) -> None:
        self._store = store
        self._panes = panes
        self._travel = travel
        self._selection = selection
        self._filtering = filtering
        self._keys = keys
        self._footer = footer
        self.says_where = True
        """Whether it says where one is when one is back; not on the way to a place that the person named."""
        self._recalled: Remembered | None = None
        self._has_modes = False
        self._is_early = False

    def recall(self, place: Remembered) -> None:
        """Take up this place."""
        self._recalled = place

    @property
    def has_place(self) -> bool:
        """Whether there is a place to return to, and the person has not gone elsewhere."""
        return self._recalled is not None and not self._keys.is_touched

    def take_up(self) -> None:
        """Return to the remembered place as far as the recording has been read."""
        recalled = self._recalled
        if recalled is None:
            return
        self._take_up_modes(recalled)
        if self._keys.is_touched:
            self._recalled = None
        elif self._store.state == "loading" or self._panes.timeline.is_behind:
            self._stand_early(recalled)
        else:
            self._recalled = None
            self._travel.marks.update(self._marks_in(recalled))
            if recalled.follows and self._store.state in ("live", "waiting"):
                self._panes.timeline.follow()
                self._selection.show()
            else:
                self._travel.return_to(recalled.place_of(recalled.place, self._folded()))
                self._say_where()

    def _take_up_modes(self, recalled: Remembered) -> None:
        """What does not depend on how much has been read."""
        if self._has_modes:
            return
        self._has_modes = True
        self._travel.mark_words.update(recalled.mark_words)
        self._travel.marks.update({letter: recalled.place_of(saved) for letter, saved in recalled.marks.items()})
        self._panes.split.change(recalled.split)
        if recalled.filter:
            self._filtering.filter_rows(recalled.filter)

    def _say_where(self) -> None:
        """Say that this is not the start of the recording, and how to get there."""
        if not self.says_where:
            return
        pane, start = self._panes.pane, self._keys.first_key("go_first")
        if pane != "timeline":
            self._footer.say(f"back where you were, in the {pane}; {start} goes to its start", "dim")
        elif self._panes.timeline.cursor:
            self._footer.say(f"back where you were; {start} goes to the start", "dim")

    def _marks_in(self, recalled: Remembered) -> dict[str, Place]:
        folded = self._folded()
        return {letter: recalled.place_of(saved, folded) for letter, saved in recalled.marks.items()}

    def _folded(self) -> list[NodeRef]:
        return [ref for ref, node in self._panes.timeline.model.tree.nodes.items() if node.folded]

    def _stand_early(self, recalled: Remembered) -> None:
        """While a long recording is read, stand on the row as soon as it is there; its folding comes at the end."""
        place = recalled.place_of(recalled.place, self._folded())
        row = recalled.place.row
        if not self._is_early and row is not None and row in self._panes.timeline.model.tree.nodes:
            self._is_early = True
            self._panes.timeline.restore(place.view)

    def remember(self, identity: Identity) -> Remembered | None:
        """What to remember of this recording; None while nobody has done anything that could be lost."""
        from tui.viewmodel.frame.remembered import remembered

        if not self._keys.is_touched or self._recalled is not None:  # left before the place of last time was there
            return None
        timeline = self._panes.timeline
        rows = timeline.model.tree.nodes.items()
        return remembered(
            identity,
            self._travel.here(),
            self._travel.marks,
            self._travel.mark_words,
            follows=timeline.is_following,
            unfolded_turns=[ref.id for ref, node in rows if ref.kind == "turn" and not node.folded],
            filter_text=timeline.filter_text,
            split=self._panes.split.percent,
        )
