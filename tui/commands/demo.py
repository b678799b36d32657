"""`rtrace-tui demo`: a recorded session happens again, and the viewer follows it."""

from __future__ import annotations

import argparse
import math
import shutil
import tempfile
import textwrap
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from tui.bundle.catalog.demos import DEFAULT_DEMO, REPLAY_PREFIX, demo_bundles, demo_descriptions
from tui.bundle.disk.regular import error_text
from tui.bundle.open import open_bundle
from tui.bundle.write.replay import BundleReplay
from tui.commands.arguments import add_view_options
from tui.commands.console import EXIT_OK, EXIT_UNUSABLE, complain, say
from tui.commands.terminal import missing_terminal
from tui.commands.view import Target, ViewOptions, options_of, show

DESCRIPTION = "Record a demo session again into a temporary directory, and watch it in the viewer."

DEFAULT_SPEED = 0.1
"""The demo sessions ran against a scripted model and took a second or two: too short to find a key meanwhile."""

_PATIENCE_SECONDS = 5.0
"""How long the recorder may take to notice that it shall stop."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which demo, how fast, and how to show it."""
    parser.add_argument("name", metavar="NAME", nargs="?", help="which one; --list shows their names")
    parser.add_argument("--list", action="store_true", help="list the demo sessions and exit")
    parser.add_argument(
        "--speed",
        metavar="X",
        type=_speed,
        default=DEFAULT_SPEED,
        help=f"1 is the pace of the recording, {DEFAULT_SPEED} (the default) slower, 0 everything at once",
    )
    add_view_options(parser)


def run(given: argparse.Namespace) -> int:
    """List the demos, or show one."""
    return list_demos() if given.list else run_demo(given.name, given.speed, options_of(given))


def _speed(text: str) -> float:
    try:
        speed = float(text)
    except ValueError:
        speed = math.nan
    if not math.isfinite(speed) or speed < 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 0 up")
    return speed


class NotRecordedError(Exception):
    """A demo could not be written."""


def list_demos() -> int:
    """Print the names of the demo bundles, what there is to see beside each; in a pipe a line each."""
    descriptions = demo_descriptions()
    width = max(_NAME_CELLS + 20, shutil.get_terminal_size(fallback=(_NO_TERMINAL, 0)).columns)
    for name in demo_bundles():
        lines = textwrap.wrap(
            f"{name:<{_NAME_CELLS}}{descriptions.get(name, '')}",
            width,
            subsequent_indent=" " * _NAME_CELLS,
            break_long_words=False,
            break_on_hyphens=False,
        )
        for line in lines:
            say(line)
    return EXIT_OK


_NAME_CELLS = 18
_NO_TERMINAL = 10_000


def run_demo(name: str | None, speed: float, options: ViewOptions) -> int:
    """Replay the demo bundle `name` into a temporary directory and show it while it grows."""
    bundles = demo_bundles()
    if not bundles:
        complain("the demo bundles are missing from this installation; give the path of a bundle instead")
        return EXIT_UNUSABLE
    source = bundles.get(name or DEFAULT_DEMO)
    if source is None:
        complain(f"there is no demo {name}; the demos are {', '.join(bundles)}")
        return EXIT_UNUSABLE
    trouble = missing_terminal()
    if trouble is not None:
        complain(trouble)
        return EXIT_UNUSABLE
    try:
        with recording_again(source, speed) as path:
            return show(Target(path=str(path)), msgspec.structs.replace(options, restore=False))
    except NotRecordedError as error:
        complain(f"the demo could not be recorded in {tempfile.gettempdir()}: {error}")
        return EXIT_UNUSABLE


@contextmanager
def recording_again(source: Path, speed: float) -> Iterator[Path]:
    """Give a temporary bundle into which `source` is being replayed; it is gone afterwards.

    Raises `NotRecordedError` at the end if it could not be written while it was shown.
    """
    with tempfile.TemporaryDirectory(prefix=REPLAY_PREFIX, ignore_cleanup_errors=True) as directory:
        replay = BundleReplay(open_bundle(source), Path(directory) / source.name, speed=speed)
        faults: list[OSError] = []
        recorder = threading.Thread(target=_record, args=(replay, faults), name="demo recorder", daemon=True)
        recorder.start()
        try:
            yield replay.path
        finally:
            replay.stop()
            recorder.join(_PATIENCE_SECONDS)
        if faults:
            raise NotRecordedError(error_text(faults[0]))


def _record(replay: BundleReplay, faults: list[OSError]) -> None:
    """Replay, and keep what stopped it: a thread has nobody to tell."""
    try:
        replay.run()
    except OSError as error:
        faults.append(error)
