"""Says what a path is that somebody took for a recording, and what to open instead."""

from __future__ import annotations

import re
from itertools import islice
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from tui.schema.manifest import MANIFEST_FILE_NAME, PAYLOADS_DIRECTORY_NAME

_SESSION_FILE = re.compile(r"rollout-.*\.jsonl(\.zst|\.gz)?")
"""The transcripts that Codex always writes, in `~/.codex/sessions`."""

_SESSION_BEGINNING: Final = re.compile(rb'\s*\{[^{}]*"type"\s*:\s*"session_meta"')
"""How a transcript begins, whatever its name is now."""

_BEGINNING_BYTES: Final = 512

_PACKED = re.compile(
    r".*\.(zip|tar|tgz|tbz2?|txz|tzst|7z|rar|cpio|(tar\.)?(gz|bz2|xz|zst|lz|lz4|lzma|z|br))", re.IGNORECASE
)
"""Names of archives and of compressed files."""

_PACKED_BEGINNING: Final = re.compile(
    rb"PK\x03\x04|\x1f[\x8b\x9d]|BZh[1-9]|\xfd7zXZ\0|\x28\xb5\x2f\xfd|7z\xbc\xaf\x27\x1c|Rar!|LZIP|\x04\x22\x4d\x18"
    rb"|(?s:.{257})ustar"
)
"""How they begin, whatever their names are."""

_LOOKED_AT = 200
"""Entries of a folder that are looked at, and of folders in it."""

_HOW_TO_RECORD: Final = "set CODEX_ROLLOUT_TRACE_ROOT before you start codex to record bundles"

_SESSIONS_HINT: Final = f"; it holds session files of Codex (transcripts): {_HOW_TO_RECORD}"
_DEPTH = 4
"""Transcripts lie in folders by year, month and day."""


def file_hint(path: Path) -> tuple[str, Path | None]:
    """Say what a file is that was given for a directory, and which bundle it belongs to, if any."""
    bundle = _bundle_around(path)
    if bundle is not None:
        return f"is a file of a bundle; open its directory, {bundle}", bundle
    beginning = _beginning(path)
    if _SESSION_FILE.fullmatch(path.name) or _SESSION_BEGINNING.match(beginning) is not None:
        return f"is a session file of Codex (a transcript), not a recording; {_HOW_TO_RECORD}", None
    if _PACKED.fullmatch(path.name) or _PACKED_BEGINNING.match(beginning) is not None:
        return f"is a packed file; unpack it and open the directory that holds {MANIFEST_FILE_NAME}", None
    return "is not a directory; a bundle is the directory that holds manifest.json", None


def folder_hint(path: Path) -> str:
    """Say what a folder without a recording is; empty if nothing is known of it."""
    if path.name == PAYLOADS_DIRECTORY_NAME and (path.parent / MANIFEST_FILE_NAME).exists():
        return f"; it is the payloads of a bundle: open {path.parent}"
    return _SESSIONS_HINT if _holds_session_files(path) else ""


def as_given(path: Path) -> str:
    """A path as it was given: an address keeps both slashes of its scheme."""
    scheme, colon, rest = str(path).partition(":/")
    if colon and scheme in ("file", "http", "https"):
        return f"{scheme}://{'/' if scheme == 'file' and not rest.startswith('localhost/') else ''}{rest}"
    return str(path)


def address_hint(path: Path) -> str:
    """Say what is wrong with an address where a path should be, or with a path that a shell did not expand."""
    scheme, colon, rest = str(path).partition(":")
    if colon and scheme == "file":
        place = unquote(rest.lstrip("/").removeprefix("localhost/"))
        return f"; give the path without file:, as in /{place}"
    if colon and scheme in ("http", "https"):
        return "; download the recording and give the path of its directory"
    if str(path).startswith(("~/", "$")):
        return f"; the shell did not replace {path.parts[0]}: leave out the quotes"
    return ""


def _beginning(path: Path) -> bytes:
    try:
        if not path.is_file():  # opening a pipe would wait
            return b""
        with path.open("rb") as file:
            return file.read(_BEGINNING_BYTES)
    except OSError:
        return b""


def _holds_session_files(folder: Path, depth: int = _DEPTH) -> bool:
    """Whether transcripts of Codex lie in a folder, or in folders by date below it."""
    try:
        entries = list(islice(folder.iterdir(), _LOOKED_AT))
    except OSError:
        return False
    if any(_SESSION_FILE.fullmatch(entry.name) for entry in entries):
        return True
    dated = [entry for entry in entries if entry.name.isdigit() or entry.name == "sessions"]
    return depth > 0 and any(_holds_session_files(entry, depth - 1) for entry in dated[:1])


def _bundle_around(path: Path) -> Path | None:
    """The bundle that a file belongs to: the directory it lies in, or the one above the payloads."""
    parents = [path.parent]
    if path.parent.name == PAYLOADS_DIRECTORY_NAME:
        parents.append(path.parent.parent)
    return next((parent for parent in parents if (parent / MANIFEST_FILE_NAME).exists()), None)
