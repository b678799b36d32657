"""Back and forward between places, as in a browser: a jump remembers where it left, a step does not."""

from __future__ import annotations

from tui.model.noderef import NodeRef
from tui.named_tuple import NamedTuple
from tui.viewmodel.frame.layout import Pane

MAX_PLACES = 500
"""Places remembered in either direction; the oldest are forgotten."""


class Place(NamedTuple):
    """Where a person is: the pane with the focus, what it is on, and how the timeline is folded and scrolled.

    `view` is the timeline's own record of its folding; it is only handed back.
    """

    pane: Pane
    node: NodeRef | None
    view: object = None


class History:
    """Two stacks of places around the current one, which the caller knows."""

    def __init__(self) -> None:
        self._back: list[Place] = []
        self._forward: list[Place] = []

    @property
    def newest(self) -> Place | None:
        """The place to which one would go back now, or None."""
        return self._back[-1] if self._back else None

    def leave(self, place: Place) -> None:
        """Remember `place`, from which a jump starts. What lay ahead is forgotten."""
        self._forward.clear()
        if not self._back or self._back[-1] != place:
            _push(self._back, place)

    def go_back(self, current: Place) -> Place | None:
        """The place before the last jump, or None; `current` becomes the way forward."""
        return _step(self._back, self._forward, current)

    def go_forward(self, current: Place) -> Place | None:
        """The place from which one went back last, or None; `current` becomes the way back."""
        return _step(self._forward, self._back, current)

    def clear(self) -> None:
        """Forget everything: the recording started again."""
        self._back.clear()
        self._forward.clear()


def _step(source: list[Place], other: list[Place], current: Place) -> Place | None:
    while source:
        place = source.pop()
        # A place one has walked to by hand in the meantime is not a step.
        if place[:2] != current[:2]:
            _push(other, current)
            return place
    return None


def _push(stack: list[Place], place: Place) -> None:
    stack.append(place)
    del stack[:-MAX_PLACES]
