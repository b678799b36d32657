"""Runs the application from the command line to its end, however it ends: the terminal is given back as it was."""

from __future__ import annotations

import asyncio
import sys
import threading
from pathlib import Path

from tui.bundle.disk.folders import cache_path
from tui.bundle.disk.notes import NoteBook
from tui.inputs import open_source
from tui.store import TraceStore
from tui.ui.app import TraceApp
from tui.ui.config import config_path, load_config
from tui.ui.remembered import PlaceMemory, state_path
from tui.ui.terminal.crash import EXIT_CRASHED, TerminalState, crash_line, write_report
from tui.viewmodel.text.clean import clean


async def _run(app: TraceApp, *, mouse: bool) -> None:
    loop = asyncio.get_running_loop()
    app.end_on_signals()
    loop.set_exception_handler(app.on_loop_error)
    threading.excepthook = lambda failed: _tell_from_thread(app, loop, failed.exc_value)
    try:
        await app.run_async(mouse=mouse)
    finally:
        threading.excepthook = threading.__excepthook__


def _tell_from_thread(app: TraceApp, loop: asyncio.AbstractEventLoop, error: BaseException | None) -> None:
    """A thread failed; where the loop has ended, nobody needs it any more."""
    if isinstance(error, Exception) and loop.is_running():
        loop.call_soon_threadsafe(app.on_error, error)


def run_viewer(
    path: str | Path,
    *,
    is_root: bool = False,
    waits: bool = False,
    follow: bool = True,
    theme: str | None = None,
    mouse: bool = True,
    restore: bool = True,
    against: str | None = None,
    at: str = "",
    cache: bool = True,
) -> int:
    """Show the bundle at `path`, or the list of the bundles below it, until the person quits; return the exit code.

    Raises `OpeningError` if there is no bundle. `theme` comes before the configuration file; the mouse is on if both
    want it, and so are places restored. `waits` is for a root that may become a bundle, `against` the path of another
    bundle to compare with at once, `at` the name of the place to begin at. With `cache`, readings of finished
    recordings are kept and used.
    """
    config = load_config(config_path())
    if theme is not None:
        config = config._replace(theme=theme)
    state = state_path()
    memory = PlaceMemory(state) if state is not None and config.restore and restore else None
    kept, notes = cache_path() if cache else None, None if state is None else NoteBook(state)
    if is_root:
        app = TraceApp(
            root=str(path), waits=waits, follow=follow, config=config, memory=memory, cache=kept, notes=notes
        )
    else:
        app = TraceApp(
            TraceStore(open_source(path), keeps_history=True),
            follow=follow,
            config=config,
            memory=memory,
            cache=kept,
            against=None if against is None else TraceStore(open_source(against), keeps_history=True),
            at=at,
            notes=notes,
        )
    return _run_to_the_end(app, mouse=config.mouse and mouse)


def _run_to_the_end(app: TraceApp, *, mouse: bool) -> int:
    """Run `app`; however it ends, the terminal is as it was. Return the exit code."""
    terminal = TerminalState()
    try:
        asyncio.run(_run(app, mouse=mouse))
    except Exception as error:
        app.crash = app.crash or error
    if app.crash is not None:
        terminal.give_back()
        _say(crash_line(app.crash, write_report(app.crash, state_path())))
        return EXIT_CRASHED
    if app.places.trouble:
        _say(app.places.trouble)
    return app.return_code or 0


def _say(line: str) -> None:
    print(f"rtrace-tui: {clean(line)}", file=sys.stderr)  # noqa: T201  # the screen is gone
