"""The application: the list of bundles, the viewer of one, and one way for keys. What people do is in `screens`."""

from __future__ import annotations

import asyncio
import signal
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import RenderableType
from textual import events
from textual.driver import Driver
from textual.screen import Screen
from textual.timer import Timer

from tui.inputs import open_source
from tui.source.opening import OpeningError
from tui.store import TraceStore
from tui.ui.config import Config
from tui.ui.feed import Feed
from tui.ui.first_paint import FirstPaint
from tui.ui.key_map import KeyMap
from tui.ui.keyboard import Keyboard
from tui.ui.left_memory import LeftMemory
from tui.ui.place_keeper import PlaceKeeper
from tui.ui.remembered import PlaceMemory
from tui.ui.scheduler import IN_USE
from tui.ui.screens.main import MainScreen
from tui.ui.terminal.crash import EXIT_CRASHED
from tui.ui.terminal.textual_private import EndingApp, draw_whole
from tui.ui.textual_theme import textual_theme
from tui.ui.theme import THEMES, active_theme, choose_theme, use_theme
from tui.ui.viewer import Viewer, identity_of
from tui.viewmodel.frame.remembered import place_at

if TYPE_CHECKING:
    from tui.bundle.disk.notes import NoteBook
    from tui.model.noderef import NodeRef
    from tui.ui.commands.comparing import ComparisonWanted
    from tui.ui.comparing import Comparing
    from tui.ui.lists.catalog import CatalogScreen


ANSWER_SECONDS = 1.0
"""How long what is drawn counts as the answer to a key."""

SETTLED_SECONDS = 0.1
"""How long after the last change of its size the whole screen is drawn."""


class TraceApp(EndingApp[int], inherit_bindings=False):
    """Shows one bundle, finished or growing, or the list of those in a folder, from which one is opened.

    BUNDLE:  viewer ──g l──▶ list ──Enter──▶ viewer ──q──▶ list ──q──▶ viewer ──q──▶ end
    ROOT:    list ──Enter──▶ viewer ──q──▶ list ──q──▶ end

    A comparison lies over the list or over the viewer from which it was opened (see `comparing`).
    """

    CSS_PATH = "app.tcss"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS = []  # noqa: RUF012  (one way for every key: `press` of the screen)
    TITLE = "rtrace-tui"

    _has_theme = False

    def __init__(
        self,
        store: TraceStore | None = None,
        *,
        root: str = "",
        waits: bool = False,
        follow: bool = True,
        config: Config | None = None,
        memory: PlaceMemory | None = None,
        against: TraceStore | None = None,
        at: str = "",
        cache: Path | None = None,
        notes: NoteBook | None = None,
    ) -> None:
        """Begin with the bundle of `store`, or with the list of the bundles in `root`.

        With `against`, the comparison of both stores is laid over the first one. With `waits`, a root that becomes a
        bundle is opened as such. `memory` keeps the places of former times, `notes` the notes of all recordings. `at`
        names the place to begin at. `cache` is the folder that keeps readings of finished recordings.
        """
        super().__init__(ansi_color=True)
        self.config = config or Config()
        self.animation_level = "full" if self.config.animation else "none"
        self._follow = follow
        self._cache = cache
        self._notes = notes
        self._size_timer: Timer | None = None
        self.left_memory = LeftMemory()
        self._input_at = 0.0
        self.crash: Exception | None = None
        """The first error in this program itself, if there was one."""
        self._key_map = KeyMap(self.config.keys)
        self._viewers: list[Viewer] = []
        self.places = PlaceKeeper(memory, self._viewers, self.set_timer)
        self._catalog: CatalogScreen | None = None
        self._was_awaited = False
        """Whether the list only said what was waited for, so that there is nothing to go back to."""
        self._comparing: Comparing | None = None
        self._against = against
        if store is not None:
            self._add_viewer(store)
            self.main.work.live.arrival.aim(at)
            self.main.recall.says_where = not at
        else:
            self._catalog = self._new_catalog(root, waits=waits, notice="  ".join(self.config.problems))
        for theme in THEMES.values():
            self.register_theme(textual_theme(theme.name))
        self.theme = f"rtrace-{use_theme(choose_theme(self.config.theme)).name}"
        self._has_theme = True
        self.stylesheet.set_variables(self.get_css_variables())

    def get_css_variables(self) -> dict[str, str]:
        """The colours of the theme; none before there is one, instead of those of Textual's own."""
        return super().get_css_variables() if self._has_theme else {}

    def refresh_css(self, animate: bool = True) -> None:
        """Style everything again. Textual wants that for the first theme, too, with nothing there to be styled."""
        if self.screen_stack:
            super().refresh_css(animate)

    def get_driver_class(self) -> type[Driver]:
        """The platform's driver; of the usual one, the kind that notices when the terminal goes away."""
        usual = super().get_driver_class()
        if usual.__name__ != "LinuxDriver":
            return usual
        from tui.ui.terminal.driver import TerminalDriver

        return TerminalDriver

    # The bundle that is looked at

    @property
    def viewer(self) -> Viewer:
        """The bundle opened last. Raises IndexError while there is only the list."""
        return self._viewers[-1]

    @property
    def store(self) -> TraceStore:
        """What was read of it."""
        return self.viewer.store

    @property
    def feed(self) -> Feed:
        """Who reads it."""
        return self.viewer.feed

    @property
    def main(self) -> MainScreen:
        """Its panes."""
        return self.viewer.main

    def get_default_screen(self) -> Screen[None]:
        """The three panes, or the list."""
        return self._catalog or self.main

    def on_load(self) -> None:
        """Begin to read before anything is drawn: the first rows then come with the first picture."""
        if self._viewers:
            self.feed.start()

    def on_mount(self) -> None:
        """Draw everything again when the shell gives the terminal back."""
        self.app_resume_signal.subscribe(self, lambda _app: draw_whole(self.screen), immediate=True)
        self.app_suspend_signal.subscribe(self, lambda _app: self.places.save(), immediate=True)
        if self._against is not None:
            self._compare(self.viewer, self._new_viewer(self._against), lent=self.viewer)

    def end_on_signals(self) -> None:
        """Leave the terminal as it was when the program has to end. Call it in the loop of the app."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, partial(self.end_by_signal, number))

    def end_by_signal(self, number: int) -> None:
        """End as a program that a signal ended, but in order."""
        self.exit(return_code=128 + number)

    def on_terminal_lost(self) -> None:
        """Nobody is there any more: end as if the line had been hung up."""
        self.end_by_signal(signal.SIGHUP)

    def exit(self, result: int | None = None, return_code: int = 0, message: RenderableType | None = None) -> None:
        """Remember where the person is, then end."""
        self.places.save()
        super().exit(result, return_code, message)

    def on_continued(self) -> None:
        """The process was stopped and goes on: what was drawn since may have been drawn over."""
        draw_whole(self.screen)

    def on_size_signal(self) -> None:
        """Draw everything once the size has settled: a terminal that was small for a moment has lost what it showed."""
        if self._size_timer is not None:
            self._size_timer.stop()
        self._size_timer = self.set_timer(SETTLED_SECONDS, self.on_continued)

    def on_error(self, error: Exception) -> None:
        """End; the terminal is given back first. Once the end has begun, a screen in the making may lack its parts."""
        if self.is_ending:
            return
        if self.is_headless:  # a test wants to see it
            super().on_error(error)
            return
        self.crash = self.crash or error
        self.end_at_once(EXIT_CRASHED)

    @property
    def is_awaited(self) -> bool:
        """Whether a key was pressed, or the mouse used, a moment ago. What a recording brings by itself is not."""
        return time.monotonic() - self._input_at < ANSWER_SECONDS

    def on_loop_error(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """A callback of the loop failed: the same end."""
        error = context.get("exception")
        if isinstance(error, Exception):
            self.on_error(error)
        else:
            loop.default_exception_handler(context)

    def may_paint(self, screen: Screen[Any]) -> bool:
        """Keep a screen that is being built unseen."""
        first: FirstPaint | None = getattr(screen, "first_paint", None)
        return first is None or first.is_over

    async def on_unmount(self) -> None:
        """Let go of the bundles."""
        compared = self._comparing.viewers if self._comparing is not None else ()
        for viewer in dict.fromkeys((*self._viewers, *compared)):
            await viewer.close()

    async def on_event(self, event: events.Event) -> None:
        """Lead keys to the screen, unless something is laid over it."""
        if isinstance(event, events.InputEvent):
            self._input_at = time.monotonic()
        if isinstance(event, events.Key) and not event.is_forwarded:
            if self._comparing is not None:
                self._comparing.note_key()
            IN_USE.begin()
            if self._viewers:
                self.feed.note_key()
                self.places.save_soon()
            screen = self.screen
            if isinstance(screen, MainScreen) or (self._catalog is not None and screen is self._catalog):
                screen.press(event)
                return
        await super().on_event(event)

    def on_main_screen_first_pictured(self) -> None:
        """Read on: the first rows have been drawn. The bundle may have been left meanwhile."""
        for viewer in self._viewers:
            viewer.feed.note_picture()

    # From the list to a bundle and back

    async def on_catalog_screen_bundle_chosen(self, event: CatalogScreen.BundleChosen) -> None:
        """Open a bundle of the list, or go back to it where it is open already."""
        if self._catalog is None or self.screen is not self._catalog:
            return
        if self._viewers and self.viewer.path == event.path:
            await self._leave_catalog()
            if event.node is not None:
                self.main.work.travel.jump_to(event.node)
            return
        try:
            store = TraceStore(open_source(event.path), keeps_history=True)
        except OpeningError as error:
            self._catalog.say(str(error), "error")
            return
        self.left_memory.give_back()
        self._add_viewer(store, event.node)
        self._was_awaited = event.was_awaited
        await self.push_screen(self.main)
        self.feed.start()

    async def on_catalog_screen_left(self) -> None:
        """Back to the viewer that the list lies over; the list of a folder that was given is the root: quit."""
        if self._catalog is None or self.screen is not self._catalog:
            return
        if self._viewers:
            await self._leave_catalog()
        else:
            self.exit(0)

    async def on_recording_left(self) -> None:
        """Back to the list from which the bundle was opened; without one, quit."""
        if self.screen is not self.main:
            return
        if self._is_over_comparison:
            await self.return_to_comparison()
        elif len(self.screen_stack) == 1 or self._was_awaited:
            self.exit(0)
        else:
            await self._leave_viewer()

    async def on_bundles_wanted(self) -> None:
        """Show the list: the one from which the bundle was opened, else that of the bundle's neighbours."""
        if self.screen is not self.main:
            return
        if self._is_over_comparison:
            await self.return_to_comparison()
            return
        if self._catalog is not None:
            await self._leave_viewer()
            return
        path = Path(self.viewer.path).absolute()
        self._catalog = self._new_catalog(str(path.parent), cursor=str(path))
        await self.push_screen(self._catalog)

    async def _leave_viewer(self) -> None:
        self.places.save()
        viewer = self._viewers.pop()
        await self.pop_screen()
        if self._comparing is not None:
            await self.end_comparison()
        await viewer.close()
        self._forget_later()

    def _forget_later(self) -> None:
        self.left_memory.give_back_soon()
        if self._viewers:
            self.main.panes.wear_theme(active_theme().name)

    # Comparisons

    async def on_comparison_wanted(self, event: ComparisonWanted) -> None:
        """Compare the recording that is looked at with another one."""
        if self.screen is not self.main:
            return
        if self._is_over_comparison:
            self.main.say("this is a side of a comparison already; go back to it first", "warning")
            return
        if self._comparing is not None:
            await self.end_comparison()
        try:
            store = TraceStore(open_source(event.path), keeps_history=True)
        except OpeningError as error:
            self.main.say(str(error), "error")
            return
        self._compare(self.viewer, self._new_viewer(store), lent=self.viewer)

    async def on_catalog_screen_bundles_compared(self, event: CatalogScreen.BundlesCompared) -> None:
        """Compare two recordings of the list."""
        if self._catalog is None or self.screen is not self._catalog:
            return
        try:
            stores = [TraceStore(open_source(path), keeps_history=True) for path in (event.a, event.b)]
        except OpeningError as error:
            self._catalog.say(str(error), "error")
            return
        if self._comparing is not None:
            await self.end_comparison()
        self._compare(self._new_viewer(stores[0]), self._new_viewer(stores[1]), lent=None)

    def _compare(self, a: Viewer, b: Viewer, *, lent: Viewer | None) -> None:
        from tui.ui.comparing import Comparing
        from tui.ui.lists.list_screen import ListTools

        self.left_memory.give_back()
        self._comparing = Comparing(self, self, (a, b), ListTools(Keyboard(self._key_map)), lent=lent)
        self._comparing.start()
        self._comparing.show()

    @property
    def _is_over_comparison(self) -> bool:
        """Whether the viewer that is looked at was opened for a comparison, and lies over it."""
        return self._comparing is not None and bool(self._viewers) and self._comparing.owns(self.viewer)

    def enter(self, viewer: Viewer) -> None:
        """Lay a side of a comparison over it."""
        self._viewers.append(viewer)
        self.push_screen(viewer.main)

    async def return_to_comparison(self) -> None:
        """Take the side that lies over the comparison away; it stays open."""
        if self._is_over_comparison and self.screen is self.main:
            self.places.save()
            self._viewers.pop()
            await self.pop_screen()

    async def end_comparison(self) -> None:
        """The person is done with the comparison: give its recordings back."""
        comparing, self._comparing = self._comparing, None
        if comparing is not None:
            await comparing.close()
            self._forget_later()

    async def _leave_catalog(self) -> None:
        self._catalog = None
        await self.pop_screen()

    def _add_viewer(self, store: TraceStore, node: NodeRef | None = None) -> None:
        """Make the panes of a bundle and look at them."""
        self._viewers.append(self._new_viewer(store, node))

    def _new_viewer(self, store: TraceStore, node: NodeRef | None = None) -> Viewer:
        """The panes of a bundle; they begin at `node`, else where the person was."""
        notices = () if self._catalog is not None else self.config.problems
        place, problem = self.places.of(store)
        if node is not None:
            place = place_at(identity_of(store), node)
        notices = (*notices, problem) if problem else notices
        viewer = Viewer(store, self._key_map, notices, follow=self._follow, place=place, cache=self._cache)
        viewer.main.recall.says_where = node is None
        if self._notes is not None:
            viewer.main.work.live.notes.keep_in(self._notes)
        return viewer

    def _new_catalog(self, root: str, *, cursor: str = "", waits: bool = False, notice: str = "") -> CatalogScreen:
        from tui.ui.lists.catalog import CatalogScreen  # who opens a bundle needs no list

        return CatalogScreen(root, self._key_map, cursor=cursor, waits=waits, notice=notice)
