"""A comparison in the app: the two viewers behind it, its screen, and the ways between them.

From the folder, both sides are opened for the comparison, and each of them is laid over it when one goes there:

    list ─▶ comparison ─▶ A or B ─back or q─▶ comparison

From a viewer, its recording is A and lies under the comparison, which is closed on the way to it and opened again on
the way back, where nothing was lost:

    A ─▶ comparison ─▶ A ─back─▶ comparison        A ─▶ comparison ─▶ B ─back or q─▶ comparison
"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Protocol

from textual.app import App

from tui.model.noderef import NodeRef
from tui.ui.compared import ComparedRecordings, compared_sides
from tui.ui.lists.compare import CompareScreen
from tui.ui.lists.list_screen import ListTools
from tui.ui.viewer import Viewer
from tui.viewmodel.compare.model import CompareModel

ARRIVAL_SECONDS = 10.0
"""How long the rows of a recording are waited for before one arrives where there are any."""

LOOK_SECONDS = 0.02


class ComparingApp(Protocol):
    """What the app does for a comparison."""

    def enter(self, viewer: Viewer) -> None:
        """Lay a viewer over the comparison."""

    async def return_to_comparison(self) -> None:
        """Take the viewer that lies over the comparison away; it stays open."""

    async def end_comparison(self) -> None:
        """The person is done with the comparison."""


class Comparing:
    """Two recordings that are compared. `lent` is the viewer that lies under the comparison; it is not closed here."""

    def __init__(
        self,
        host: App[int],
        app: ComparingApp,
        viewers: tuple[Viewer, Viewer],
        tools: ListTools,
        *,
        lent: Viewer | None,
    ) -> None:
        """`host` and `app` are one: what Textual offers, and what this program's app does."""
        self.lent = lent
        self.viewers = a, b = viewers
        self._host = host
        self._app = app
        self._tools = tools
        self._work = ComparedRecordings(a.store, b.store)
        self._model = CompareModel(*compared_sides(a.store, b.store, partial(self._visit, a), partial(self._visit, b)))
        self._screen: CompareScreen | None = None
        self._is_visiting = False
        self._arrival: asyncio.Task[None] | None = None

    def owns(self, viewer: Viewer) -> bool:
        """Whether a viewer was opened for the comparison."""
        return viewer in self.viewers and viewer is not self.lent

    def start(self) -> None:
        """Begin to read what is not read already. Nothing of it need be drawn before the rest is read."""
        for number, viewer in enumerate(self.viewers):
            if self.owns(viewer):
                self._host.install_screen(viewer.main, f"compared-{number}")
                viewer.feed.start()
                viewer.feed.note_picture()

    def show(self) -> None:
        """Lay the comparison over what is there."""
        self._is_visiting = False
        self._screen = CompareScreen(self._model, self._work, self._tools)
        self._host.push_screen(self._screen, self._closed)

    async def _closed(self, _result: None) -> None:
        """The screen was closed: for good, or on the way to an object under it."""
        if not self._is_visiting:
            await self._app.end_comparison()

    def note_key(self) -> None:
        """A key was pressed: reading lets it pass."""
        for viewer in self.viewers:
            viewer.feed.note_key()

    async def close(self) -> None:
        """Give back what was opened for the comparison. No screen of it may be shown any more."""
        self._work.stop()
        if self._arrival is not None:
            self._arrival.cancel()
        for viewer in self.viewers:
            if self.owns(viewer):
                self._host.uninstall_screen(viewer.main)
                if viewer.main.is_attached:
                    await viewer.main.remove()
                await viewer.close()

    def _visit(self, viewer: Viewer, node: NodeRef) -> None:
        """Go to an object in its own recording."""
        if viewer is self.lent and self._screen is not None:
            self._is_visiting = True
            self._screen.close()
        else:
            self._app.enter(viewer)
        self._arrival = asyncio.create_task(self._arrive(viewer, node))

    async def _arrive(self, viewer: Viewer, node: NodeRef) -> None:
        """Stand on the object as soon as its recording has rows."""
        main, clock = viewer.main, asyncio.get_running_loop().time
        deadline = clock() + ARRIVAL_SECONDS
        while clock() < deadline and not (main.is_current and main.growth.is_settled and not main.timeline.is_behind):
            await asyncio.sleep(LOOK_SECONDS)
        if not main.is_current:
            return
        travel = main.work.travel
        left = travel.here()
        travel.jump_to(node)
        if travel.history.newest == left:
            main.work.live.way_back.remember(left, partial(self._come_back, viewer))

    def _come_back(self, viewer: Viewer) -> None:
        """Back from an object to the comparison."""
        if viewer is self.lent:
            self.show()
        else:
            self._host.run_worker(self._app.return_to_comparison())
