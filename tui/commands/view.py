"""`rtrace-tui BUNDLE`: the viewer. `rtrace-tui ROOT`: the list of the bundles in a folder, and the viewer of each."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from tui.bundle.open import shown
from tui.commands.console import EXIT_UNUSABLE, complain
from tui.commands.root import ROOT_VARIABLE
from tui.commands.terminal import missing_terminal
from tui.inputs import open_source
from tui.source.opening import OpeningError

if TYPE_CHECKING:
    import argparse

THREAD_TURN_SECONDS = 0.0005
"""How long the reading thread waits for its turn after each file, and a key while that thread decodes; Python's own
choice is ten times as long."""


_OWN_SWITCHES = frozenset({"TEXTUAL_FPS", "TEXTUAL_DISABLE_KITTY_KEY"})
"""Switches of Textual that make sense for this program: how often it paints, and which reports of keys it asks for."""

PICTURES_PER_SECOND = "120"
"""How soon after a key its change is drawn: Textual draws at the next beat, and has 60 of them by default.
Nothing is drawn without a change, so more beats cost nothing. A page needs two: the timeline, then the other panes."""


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """What the command line says, by the names of its parser. The defaults are those of its options."""

    bundle: str | None = None
    against: str | None = None
    at: str | None = None
    wait: bool = False
    theme: str | None = None
    no_mouse: bool = False
    no_follow: bool = False
    no_restore: bool = False
    no_cache: bool = False


class ViewOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What the command line says about the viewer. A theme of None leaves the choice to the configuration."""

    theme: str | None = None
    mouse: bool = True
    follow: bool = True
    restore: bool = True
    cache: bool = True


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """What to show: the bundle at `path`, or with `is_root` the bundles below it.

    With `waits` nothing need be there yet: the list says what is waited for, and a root that becomes a bundle is
    opened as one. `against`: the bundle to compare with at once. `at`: the name of the place to begin at.
    """

    path: str
    is_root: bool = False
    waits: bool = False
    against: str | None = None
    at: str = ""


def given_by(parsed: argparse.Namespace) -> Given:
    """What a parser found."""
    return Given(**{name: getattr(parsed, name) for name in Given.__struct_fields__})


def run(given: Given) -> int:
    """Show what the command line names."""
    try:
        target = chosen_target(given.bundle, os.environ, waits=given.wait)
        if target is not None and given.against is not None:
            target = compared_target(target, given.against)
        if target is not None and given.at:
            target = target_at(target, given.at)
    except OpeningError as error:
        complain(str(error))
        return EXIT_UNUSABLE
    if target is None:
        complain(
            f"which recording? Name a bundle or a folder of bundles, or set {ROOT_VARIABLE}; "
            "to look around, run rtrace-tui demo; see rtrace-tui --help"
        )
        return EXIT_UNUSABLE
    trouble = missing_terminal()
    if trouble is not None:
        complain(trouble)
        return EXIT_UNUSABLE
    return show(
        target, msgspec.structs.replace(options_of(given), restore=not given.no_restore, cache=not given.no_cache)
    )


def options_of(given: Given | argparse.Namespace) -> ViewOptions:
    """What the command line says about the viewer."""
    return ViewOptions(theme=given.theme, mouse=not given.no_mouse, follow=not given.no_follow)


def chosen_target(given: str | None, environment: Mapping[str, str], *, waits: bool = False) -> Target | None:
    """What to show; None if nobody says. The recorder's own folder may still be empty, or not be there.

    Raises `OpeningError` for a path that is neither a bundle nor a folder with bundles, unless it is waited for.
    """
    if given is None:
        root = environment.get(ROOT_VARIABLE)
        return _recorders_root(root, waits=waits) if root else None
    try:
        open_source(given)
    except OpeningError as error:
        if given and _holds_bundles(error.path):
            return Target(path=given, is_root=True)
        if waits and _may_become_bundle(given):
            return Target(path=given, is_root=True, waits=True)
        raise
    return Target(path=given)


def compared_target(target: Target, against: str) -> Target:
    """The comparison of a bundle with another one. Raises `OpeningError` if either of them is none."""
    if target.is_root:
        raise OpeningError(
            f"{shown(Path(target.path))}: --against compares a recording, not a folder", Path(target.path)
        )
    open_source(against)
    return msgspec.structs.replace(target, against=against)


def target_at(target: Target, place: str) -> Target:
    """A place in a bundle. Raises `OpeningError` for a folder of bundles: the place may be in any of them."""
    if target.is_root:
        raise OpeningError(
            f"{shown(Path(target.path))}: --at names a place in one recording; expected a bundle, not a folder",
            Path(target.path),
        )
    return msgspec.structs.replace(target, at=place)


def _recorders_root(root: str, *, waits: bool) -> Target:
    """The folder into which sessions are recorded: it is made with the first one, so it is waited for in any case."""
    if not _may_become_bundle(root):
        raise OpeningError(f"{shown(Path(root))}: {ROOT_VARIABLE} names it, but it is not a directory", Path(root))
    return Target(path=root, is_root=True, waits=waits)


def _may_become_bundle(path: str) -> bool:
    """Whether there is nothing at the path yet, or a directory."""
    return bool(path) and "\0" not in path and (Path(path).is_dir() or not os.path.lexists(path))


def _holds_bundles(path: Path) -> bool:
    from tui.bundle.catalog.finder import holds_bundles  # who opens a bundle needs no list

    return holds_bundles(path)


def show(target: Target, options: ViewOptions) -> int:
    """Start the screen on something that can be shown, on a terminal that is one."""
    from tui.ui.terminal.line_before import LINE_BEFORE

    LINE_BEFORE.make_quiet()
    try:
        return _show(target, options)
    finally:
        LINE_BEFORE.give_back()


def leave_out_switches(environment: MutableMapping[str, str]) -> None:
    """Take out what developers of other Textual programs set for these: it may end this one, or press keys in it."""
    for name in [name for name in environment if name.startswith("TEXTUAL") and name not in _OWN_SWITCHES]:
        del environment[name]


def _show(target: Target, options: ViewOptions) -> int:
    gc.disable()  # as when the viewer is started without a command: the feed ends it
    leave_out_switches(os.environ)
    os.environ.setdefault("TEXTUAL_FPS", PICTURES_PER_SECOND)
    sys.setswitchinterval(THREAD_TURN_SECONDS)
    from tui.quick_import import quick_import

    with quick_import():
        from tui.ui.lean_textual import import_textual

        import_textual()
        from tui.ui.run import run_viewer
        from tui.ui.theme import THEMES

    if options.theme is not None and options.theme not in THEMES:
        complain(f"there is no theme {options.theme}; the themes are {', '.join(THEMES)}")
        return EXIT_UNUSABLE
    return run_viewer(
        target.path,
        is_root=target.is_root,
        waits=target.waits,
        against=target.against,
        theme=options.theme,
        mouse=options.mouse,
        follow=options.follow,
        restore=options.restore,
        at=target.at,
        cache=options.cache,
    )
