"""The application: one screen, one feed, one way for keys. What people see and do is in `screens`."""

from __future__ import annotations

import asyncio
import signal
from functools import partial
from pathlib import Path

from textual import events
from textual.app import App
from textual.theme import BUILTIN_THEMES
from textual.theme import Theme as TextualTheme

from tui.bundle.open import open_bundle
from tui.model.delta import TraceDelta
from tui.store import TraceStore
from tui.ui.bindings import remapped
from tui.ui.config import Config, config_path, load_config
from tui.ui.feed import Feed
from tui.ui.keyboard import Keyboard
from tui.ui.screens.main import MainScreen
from tui.ui.theme import THEMES, choose_theme, use_theme


class TraceApp(App[int], inherit_bindings=False):
    """Shows one bundle, finished or growing."""

    CSS_PATH = "app.tcss"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS = []  # noqa: RUF012  (one way for every key: `MainScreen.press`)
    TITLE = "rtrace-tui"

    def __init__(self, store: TraceStore, *, follow: bool = True, config: Config | None = None) -> None:
        super().__init__(ansi_color=True)
        config = config or Config()
        self.animation_level = "full" if config.animation else "none"
        self.store = store
        self.feed = Feed(store, self._advanced, follow=follow)
        self.main = MainScreen(store, Keyboard(remapped(config.keys)), config.problems)
        for theme in THEMES.values():
            self.register_theme(_textual_theme(theme.name))
        self.theme = f"rtrace-{use_theme(choose_theme(config.theme)).name}"

    def get_default_screen(self) -> MainScreen:
        """The three panes."""
        return self.main

    def on_load(self) -> None:
        """Begin to read before anything is drawn: the first rows then come with the first picture."""
        self.feed.start()

    def on_mount(self) -> None:
        """Draw everything again when the shell gives the terminal back."""
        self.app_resume_signal.subscribe(self, lambda _app: self.screen.refresh(layout=True), immediate=True)

    def end_on_signals(self) -> None:
        """Leave the terminal as it was when the program is told to end. Call it in the loop of the app."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, partial(self.exit, return_code=128 + number))

    async def on_unmount(self) -> None:
        """Let go of the bundle."""
        await self.feed.stop()

    async def on_event(self, event: events.Event) -> None:
        """Lead keys to the main screen, unless something is laid over it."""
        if isinstance(event, events.Key) and not event.is_forwarded:
            self.feed.note_key()
            if self.screen is self.main:
                self.main.press(event)
                return
        await super().on_event(event)

    def on_growth_display_first_pictured(self) -> None:
        """Read on: the first rows have been drawn."""
        self.feed.note_picture()

    def _advanced(self, delta: TraceDelta) -> None:
        self.main.take_delta(delta)


def _textual_theme(name: str) -> TextualTheme:
    theme = THEMES[name]
    border = "ansi_bright_black" if name != "mono" else "ansi_default"
    return TextualTheme(
        name=f"rtrace-{name}",
        primary=theme.foreground if name == "mono" else "ansi_cyan",
        foreground=theme.foreground,
        background=theme.background,
        surface=theme.background,
        panel=theme.background,
        ansi=True,
        dark=theme.is_dark,
        variables={**BUILTIN_THEMES["ansi-dark"].variables, "border": border},
    )


async def _run(app: TraceApp, *, mouse: bool) -> None:
    app.end_on_signals()
    await app.run_async(mouse=mouse)


def run_viewer(bundle_path: Path, *, follow: bool = True, theme: str | None = None, mouse: bool = True) -> int:
    """Show the bundle at `bundle_path` until the person quits; return the exit code.

    Raises `BundleError` if there is no bundle. `theme` comes before the configuration file; the mouse is on if both
    want it.
    """
    store = TraceStore(open_bundle(bundle_path))
    config = load_config(config_path())
    if theme is not None:
        config = config._replace(theme=theme)
    app = TraceApp(store, follow=follow, config=config)
    asyncio.run(_run(app, mouse=config.mouse and mouse))
    return app.return_code or 0
