"""`rtrace-tui cache`: what is kept so that finished recordings open at once, and how to be rid of it."""

from __future__ import annotations

import argparse

from tui.analysis.kinds.plural import counted
from tui.bundle.disk.folders import cache_path
from tui.cache.folder import MOST_BYTES, ReadingFolder
from tui.commands.console import EXIT_OK, EXIT_UNUSABLE, complain, say
from tui.fleet.database import remove_indexes
from tui.viewmodel.text.clean import format_bytes

DESCRIPTION = f"""\
The viewer keeps what it read of a finished recording if that took more than half a second: the next time it opens in a
fraction of the time. The files are in the user's cache folder ($XDG_CACHE_HOME/rtrace-tui/readings, by default below
~/.cache), readable by nobody else, never in a recording. They take at most {format_bytes(MOST_BYTES)}; what was used
longest ago goes first. A file is used only if it is undamaged and neither the recording nor the program has changed.
The viewer's --no-cache uses and keeps none. Beside them is the index by which the list of a folder, ls and its search
know recordings without reading them again."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do with it."""
    parser.add_argument("action", metavar="clear", choices=["clear"], help="remove all that is kept")


def run(_given: argparse.Namespace) -> int:
    """Remove all readings and indexes, and say how many there were."""
    folder = cache_path()
    if folder is None:
        complain("there is no cache folder: the account has no home, and $XDG_CACHE_HOME is not set")
        return EXIT_UNUSABLE
    try:
        files, size = ReadingFolder(folder).clear()
        indexes, index_size = remove_indexes(folder)
    except OSError as error:
        complain(f"{folder}: cannot be cleared: {error.strerror or error}")
        return EXIT_UNUSABLE
    files += indexes
    say(f"{counted(files, 'file')} removed, {format_bytes(size + index_size)}")
    return EXIT_OK
