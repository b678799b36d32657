"""`rtrace-tui ls`: the bundles in a folder, the newest first."""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path
from typing import Any

from tui.bundle.catalog import Catalog, list_bundles
from tui.bundle.wrong_path import SESSIONS_HINT, address_hint, file_hint, holds_session_files
from tui.commands.arguments import add_json
from tui.commands.console import EXIT_OK, EXIT_UNUSABLE, complain, say
from tui.commands.json_output import print_json
from tui.commands.root import ROOT_VARIABLE, chosen_root
from tui.viewmodel.catalog import CatalogRow, in_order, row_of
from tui.viewmodel.text import clean, format_bytes

DESCRIPTION = "List the bundles in a folder and below it: first what is being written, then the newest."

_TITLE_LENGTH = 48


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """A folder, and whether to print JSON."""
    parser.add_argument("root", metavar="ROOT", nargs="?", help=f"folder with bundles; by default ${ROOT_VARIABLE}")
    add_json(parser)


def run(given: argparse.Namespace) -> int:
    """List the bundles of a folder."""
    root = chosen_root(given.root, os.environ)
    if root is None:
        complain(f"which folder? Name it, or set {ROOT_VARIABLE}; see rtrace-tui ls --help")
        return EXIT_UNUSABLE
    if not root:  # an unset variable of a script, which would otherwise mean the current directory
        complain("the path of the folder is empty")
        return EXIT_UNUSABLE
    catalog = list_bundles(root)
    if catalog.fault is not None:
        complain(f"{root}: {_refusal(Path(root), catalog.fault)}")
        return EXIT_UNUSABLE
    now = int(time.time() * 1000)
    rows = in_order(row_of(summary, now) for summary in catalog.bundles.values())
    if given.json:
        print_json("ls", {"root": root, "is_cut": catalog.is_cut, "bundles": [_as_json(row) for row in rows]})
    else:
        _print_table(rows)
        _complain_about(catalog)
    return EXIT_OK


def _refusal(root: Path, fault: str) -> str:
    if root.is_file():
        return file_hint(root)[0]
    return f"cannot be listed: {fault}{address_hint(root)}"


def _as_json(row: CatalogRow) -> dict[str, Any]:
    summary, manifest = row.summary, row.summary.manifest
    return {
        "path": summary.path,
        "name": summary.name,
        "state": row.state.word,
        "evidence": row.state.evidence,
        "schema_version": summary.schema_version,
        "trace_id": None if manifest is None else manifest.trace_id,
        "rollout_id": None if manifest is None else manifest.rollout_id,
        "started_at_unix_ms": summary.started_at_unix_ms,
        "newest_at_unix_ms": summary.newest_at_unix_ms,
        "newest_seq": summary.newest_seq,
        "log_bytes": summary.log_bytes,
        "first_request": summary.title or None,
        "problem": summary.problem or None,
    }


def _print_table(rows: list[CatalogRow]) -> None:
    """The name stands last and whole, so that it can be copied."""
    told = [clean(f"▲ {row.summary.problem}" if row.summary.problem else row.summary.title) for row in rows]
    told = [text if len(text) <= _TITLE_LENGTH else f"{text[: _TITLE_LENGTH - 1]}…" for text in told]
    cells = max(map(len, told), default=0)
    for row, text in zip(rows, told, strict=True):
        summary = row.summary
        started = "" if summary.started_at_unix_ms is None else local_time(summary.started_at_unix_ms)
        events = "" if summary.newest_seq is None else f"{summary.newest_seq:,}"
        size = "no log" if summary.log_bytes is None else format_bytes(summary.log_bytes)
        say(f"{row.state.word:<8}{started:<18}{events:>9}{size:>10}  {text:<{cells}}  {summary.name}")


def local_time(unix_ms: int) -> str:
    """Date and time where the person is; what no calendar holds as it was recorded."""
    try:
        return time.strftime("%Y-%m-%d %H:%M", time.localtime(unix_ms / 1000))
    except (OverflowError, OSError, ValueError):
        return f"{unix_ms} ms"


def _complain_about(catalog: Catalog) -> None:
    if catalog.is_cut:
        complain(f"{catalog.root}: there is more below it than is looked at")
    if not catalog.bundles:
        hint = SESSIONS_HINT if holds_session_files(Path(catalog.root)) else ""
        complain(f"{catalog.root}: there is no bundle in it{hint}")
