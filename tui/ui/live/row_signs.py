"""Puts the signs of marks and notes on the rows that they belong to."""

from __future__ import annotations

from tui.ui.live.notes import Notes
from tui.ui.panes import Panes
from tui.ui.travel import Travel
from tui.viewmodel.rows.signs import RowSigns


class Signs:
    """Knows where marks and notes are; rows show them in their first cells."""

    def __init__(self, panes: Panes, travel: Travel, notes: Notes) -> None:
        self._panes = panes
        self._travel = travel
        self._notes = notes

    def refresh(self) -> None:
        """Show the signs as marks and notes are now; costs nothing while there are none and were none."""
        signs = {node: RowSigns(has_note=True) for node in self._notes.nodes()}
        for letter, place in self._travel.marks.items():
            if place.node is not None:
                signs[place.node] = signs.get(place.node, RowSigns())._replace(letter=letter)
        self._panes.timeline.show_signs(signs)
        for view in self._panes.conversations:
            view.show_signs({node.id: one for node, one in signs.items() if node.kind == "item"})
