"""Says what a path is that somebody took for a recording, and what to open instead."""

from __future__ import annotations

import re
from itertools import islice
from pathlib import Path
from typing import Final

from tui.schema.manifest import MANIFEST_FILE_NAME, PAYLOADS_DIRECTORY_NAME

_SESSION_FILE = re.compile(r"rollout-.*\.jsonl(\.zst|\.gz)?")
"""The transcripts that Codex always writes, in `~/.codex/sessions`."""

_LOOKED_AT = 200
"""Entries of a folder that are looked at, and of folders in it."""

_HOW_TO_RECORD: Final = "set CODEX_ROLLOUT_TRACE_ROOT before you start codex to record bundles"

SESSIONS_HINT: Final = f"; it holds session files of Codex (transcripts): {_HOW_TO_RECORD}"
"""Behind what is said of a folder of transcripts."""

_DEPTH = 4
"""Transcripts lie in folders by year, month and day."""


def file_hint(path: Path) -> tuple[str, Path | None]:
    """Say what a file is that was given for a directory, and which bundle it belongs to, if any."""
    bundle = _bundle_around(path)
    if bundle is not None:
        return f"is a file of a bundle; open its directory, {bundle}", bundle
    if _SESSION_FILE.fullmatch(path.name):
        return f"is a session file of Codex (a transcript), not a recording; {_HOW_TO_RECORD}", None
    return "is not a directory; a bundle is the directory that holds manifest.json", None


def address_hint(path: Path) -> str:
    """Say what is wrong with an address where a path should be; empty for a path."""
    scheme, colon, rest = str(path).partition(":")
    if colon and scheme == "file":
        return f"; give the path without file:, as in /{rest.lstrip('/')}"
    if colon and scheme in ("http", "https"):
        return "; download the recording and give the path of its directory"
    return ""


def holds_session_files(folder: Path, depth: int = _DEPTH) -> bool:
    """Whether transcripts of Codex lie in a folder, or in folders by date below it."""
    try:
        entries = list(islice(folder.iterdir(), _LOOKED_AT))
    except OSError:
        return False
    if any(_SESSION_FILE.fullmatch(entry.name) for entry in entries):
        return True
    dated = [entry for entry in entries if entry.name.isdigit() or entry.name == "sessions"]
    return depth > 0 and any(holds_session_files(entry, depth - 1) for entry in dated[:1])


def _bundle_around(path: Path) -> Path | None:
    """The bundle that a file belongs to: the directory it lies in, or the one above the payloads."""
    parents = [path.parent]
    if path.parent.name == PAYLOADS_DIRECTORY_NAME:
        parents.append(path.parent.parent)
    return next((parent for parent in parents if (parent / MANIFEST_FILE_NAME).exists()), None)
