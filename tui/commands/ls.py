"""`rtrace-tui ls`: the recordings in a folder, how they came out and what they cost."""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import cast

from tui.analysis.kinds.plural import counted
from tui.bundle.disk.folders import cache_path
from tui.bundle.disk.wrong_path import address_hint, file_hint, folder_hint
from tui.commands.answers.ls import list_answer
from tui.commands.arguments import add_json
from tui.commands.console import EXIT_OK, EXIT_UNUSABLE, complain, say
from tui.commands.json_output import print_json
from tui.commands.progress import Progress
from tui.commands.root import ROOT_VARIABLE, chosen_root
from tui.fleet.listing import FolderListing
from tui.viewmodel.folder.board import totals_of, totals_spans
from tui.viewmodel.folder.columns import COLUMN_IDS, COLUMNS, NEEDS_READING, ColumnId, Order, cell, in_order
from tui.viewmodel.folder.filter import FolderFilter, parse_folder_filter
from tui.viewmodel.folder.row import FolderRow, row_of
from tui.viewmodel.text.clean import clean
from tui.viewmodel.text.spans import line_text
from tui.viewmodel.timeline.filter_words import FilterError

DESCRIPTION = """\
List the recordings in a folder and below it: how each session came out, when, how long, agents, requests, tokens,
cached input, problems, what was asked, and the name. First what is being written, then the newest, unless --sort.

What a recording came to, and how it looked, is kept in an index in your cache folder ($XDG_CACHE_HOME/rtrace-tui):
listing again looks only into what changed. A recording that is not in it yet is read if it is little, or if --sort,
--filter or --read need it; else the columns say … and JSON says null.
"""

EXAMPLES = """\
examples:
  rtrace-tui ls /traces --filter 'outcome:failed age<1d' --sort tokens
  rtrace-tui ls /traces --read --json | jq -r '.bundles[] | select(.problems > 10) | .path'

filter:
  outcome:failed,cancelled   recording:live,waiting,ended,cut   name:WORD   asked:WORD   WORD   "SOME WORDS"
  tokens>1m   problems>10   agents>3   requests>50   cached<50   took>10m   age<1d   problem
  all of them must hold; - before one turns it around; what is not known of a recording leaves it out
"""

LITTLE_BYTES = 4 << 20
"""Logs up to this size together are read without being asked to."""

LITTLE_COUNT = 64

_TITLE_LENGTH = 48

_LISTED: tuple[ColumnId, ...] = ("took", "agents", "reqs", "tokens", "cached", "problems")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """A folder, an order, a filter, and whether to print JSON."""
    parser.add_argument("root", metavar="ROOT", nargs="?", help=f"folder with bundles; by default ${ROOT_VARIABLE}")
    parser.add_argument("--sort", metavar="COLUMN", choices=COLUMN_IDS, help=f"sort by one of {' '.join(COLUMN_IDS)}")
    parser.add_argument("--reverse", action="store_true", help="sort the other way round")
    parser.add_argument(
        "--filter", default="", metavar="FILTER", help="only what the viewer's filter leaves; see below"
    )
    parser.add_argument("--read", action="store_true", help="read all that is not in the index yet")
    add_json(parser)
    parser.epilog = f"{EXAMPLES}\n{parser.epilog or ''}"


def run(given: argparse.Namespace) -> int:
    """List the recordings of a folder."""
    root = chosen_root(given.root, os.environ)
    if root is None:
        complain(f"which folder? Name it, or set {ROOT_VARIABLE}; see rtrace-tui ls --help")
        return EXIT_UNUSABLE
    if not root:  # an unset variable of a script, which would otherwise mean the current directory
        complain("the path of the folder is empty")
        return EXIT_UNUSABLE
    try:
        chosen = parse_folder_filter(given.filter)
    except FilterError as error:
        complain(str(error))
        return EXIT_UNUSABLE
    listing = FolderListing(root, cache_path())
    if listing.catalog.fault is not None:
        complain(f"{root}: {_refusal(Path(root), listing.catalog.fault)}")
        return EXIT_UNUSABLE
    _read(listing, is_needed=given.read or chosen.needs_reading or given.sort in NEEDS_READING)
    rows = _rows(listing, chosen, Order(cast("ColumnId", given.sort or "when"), given.reverse))
    if given.json:
        print_json("ls", list_answer(root, rows, is_cut=listing.catalog.is_cut))
    else:
        _print_table(rows)
    _complain_about(listing, chosen)
    return EXIT_OK


def _refusal(root: Path, fault: str) -> str:
    if root.is_file():
        return file_hint(root)[0]
    return f"cannot be listed: {fault}{address_hint(root)}"


def _read(listing: FolderListing, *, is_needed: bool) -> None:
    """Read what is not known yet, if it is needed or little."""
    unread = listing.unread
    size = sum(summary.log_bytes or 0 for summary in unread)
    if unread and (is_needed or (size <= LITTLE_BYTES and len(unread) <= LITTLE_COUNT)):
        progress = Progress("recordings read", len(unread))
        try:
            listing.read(unread, progress.note)
        finally:
            progress.end()


def _rows(listing: FolderListing, chosen: FolderFilter, order: Order) -> list[FolderRow]:
    now = int(time.time() * 1000)
    rows = (
        row_of(summary, now, listing.facts.get(path), listing.problems.get(path, ""))
        for path, summary in listing.catalog.bundles.items()
    )
    return in_order((row for row in rows if chosen.leaves(row, now)), order)


def _print_table(rows: Sequence[FolderRow]) -> None:
    """The name comes last and whole, so that it can be copied."""
    if not rows:
        return
    heads = ["recording", "outcome", "when", *(COLUMNS[column].head for column in _LISTED), "asked", "name"]
    lines = [heads, *map(_cells, rows)]
    widths = [max(len(line[place]) for line in lines) for place in range(len(heads) - 1)]
    for cells in lines:
        padded = [
            text.rjust(width) if 3 <= place < 3 + len(_LISTED) else text.ljust(width)
            for place, (text, width) in enumerate(zip(cells, widths, strict=False))
        ]
        say("  ".join([*padded, cells[-1]]))
    if len(rows) > 1:
        spans = totals_spans(totals_of(rows), is_narrowed=False, count=len(rows))
        say(f"total{line_text(spans)}")


def _cells(row: FolderRow) -> list[str]:
    now = 0
    outcome, asked = _short(cell(row, "outcome", now, _when), 32), _short(cell(row, "asked", now, _when), _TITLE_LENGTH)
    numbers = [cell(row, column, now, _when) for column in _LISTED]
    return [row.state.word, outcome, cell(row, "when", now, _when), *numbers, asked, clean(row.summary.name)]


def _short(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"


def _when(unix_ms: int, _now: int) -> str:
    return local_time(unix_ms)


def local_time(unix_ms: int) -> str:
    """Date and time where the person is; what no calendar holds as it was recorded."""
    try:
        return time.strftime("%Y-%m-%d %H:%M", time.localtime(unix_ms / 1000))
    except (OverflowError, OSError, ValueError):
        return f"{unix_ms} ms"


def _complain_about(listing: FolderListing, chosen: FolderFilter) -> None:
    catalog = listing.catalog
    if catalog.is_cut:
        complain(f"{catalog.root}: there is more below it than is looked at")
    if catalog.private:
        complain(f"{catalog.root}: {counted(len(catalog.private), 'folder')} in it may not be read")
    if not catalog.bundles:
        complain(f"{catalog.root}: it holds no bundle{folder_hint(Path(catalog.root))}")
    unread = len(listing.unread)
    if unread and not chosen.needs_reading:
        complain(
            f"{unread:,} of {len(catalog.bundles):,} recordings have not been read yet: their columns say …; --read"
        )
