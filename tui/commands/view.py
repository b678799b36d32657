"""`rtrace-tui BUNDLE`: the viewer."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from pathlib import Path

import msgspec

from tui.bundle.open import BundleError, open_bundle
from tui.commands.arguments import add_bundle, add_view_options
from tui.commands.console import EXIT_UNUSABLE, complain
from tui.commands.terminal import missing_terminal

DESCRIPTION = "Explore the rollout trace of an AI agent session in the terminal, finished or while it runs."

THREAD_TURN_SECONDS = 0.0005
"""How long the reading thread waits for its turn after each file, and a key while that thread decodes; Python's own
choice is ten times as long."""


PICTURES_PER_SECOND = "120"
"""How soon after a key its change is drawn: Textual draws at the next beat, and has 60 of them unless told otherwise.
Nothing is drawn without a change, so more beats cost nothing. A page needs two: the timeline, then the other panes."""


class ViewOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What the command line says about the viewer. A theme of None leaves the choice to the configuration."""

    theme: str | None = None
    mouse: bool = True
    follow: bool = True


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """A bundle, and how to show it."""
    add_bundle(parser)
    add_view_options(parser)


def run(given: argparse.Namespace) -> int:
    """Show what the command line names."""
    return run_view(given.bundle, options_of(given))


def options_of(given: argparse.Namespace) -> ViewOptions:
    """What the command line says about the viewer."""
    return ViewOptions(theme=given.theme, mouse=not given.no_mouse, follow=not given.no_follow)


def run_view(path: str, options: ViewOptions) -> int:
    """Show the bundle at `path` until the person quits. Refuses before the terminal is touched."""
    try:
        bundle = open_bundle(path)
    except BundleError as error:
        complain(str(error))
        return EXIT_UNUSABLE
    trouble = missing_terminal()
    if trouble is not None:
        complain(trouble)
        return EXIT_UNUSABLE
    return show(bundle.path, options)


def show(path: Path, options: ViewOptions) -> int:
    """Start the screen on a bundle that can be opened, on a terminal that is one."""
    # Importing makes much and drops nothing; looking for garbage meanwhile delays the first picture. The feed ends it.
    gc.disable()
    os.environ.setdefault("TEXTUAL_FPS", PICTURES_PER_SECOND)
    sys.setswitchinterval(THREAD_TURN_SECONDS)
    from tui.ui.app import run_viewer
    from tui.ui.theme import THEMES

    if options.theme is not None and options.theme not in THEMES:
        complain(f"there is no theme {options.theme}; there are: {', '.join(THEMES)}")
        return EXIT_UNUSABLE
    return run_viewer(path, theme=options.theme, mouse=options.mouse, follow=options.follow)
