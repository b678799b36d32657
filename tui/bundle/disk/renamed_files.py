"""Finds payload files under other names than recorders give them: another folder, other words around the number."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

from tui.schema.manifest import MANIFEST_FILE_NAME, PAYLOADS_DIRECTORY_NAME
from tui.schema.payloads import body_path, shard_path

MOST_FILES: Final = 100_000
"""Files that are looked at."""

_DEEPEST: Final = 3
_BODY: Final = re.compile(r"\D*(\d{1,18})\D*\.json(?:\.(?:gz|zst|xz|bz2))?")
_SHARD: Final = re.compile(r"\D*(\d{1,18})\D*")
_PACKED: Final = (".zst", ".gz", ".xz", ".bz2")
_LOG: Final = re.compile(r".*\.(?:jsonl|ndjson|log)(?:[.\d]*)(?:\.(?:gz|zst|xz|bz2))?")


class RenamedPayloads(NamedTuple):
    """Usual path of a payload file → where it is; and the folder of the first of them, empty for the bundle itself."""

    paths: dict[str, str]
    folder: str


def renamed_payloads(bundle: Path) -> RenamedPayloads:
    """The payload files of a bundle that has none where they should be.

    A file is known by its number, or by its name in another folder; a number that two files have says nothing.
    """
    place = bundle / PAYLOADS_DIRECTORY_NAME
    start = PAYLOADS_DIRECTORY_NAME if place.is_dir() else ""
    found: dict[str, str] = {}
    doubtful: set[str] = set()
    folder = ""
    nameless: list[str] = []
    for path in islice(_files(bundle, start, 0), MOST_FILES):
        usual = _usual_path(path.rpartition("/")[2])
        if usual is None and start and path.endswith(_PACKED):
            nameless.append(path)
        if usual is None or _LOG.fullmatch(path) or path == MANIFEST_FILE_NAME:
            continue
        if usual in found:
            doubtful.add(usual)
        folder = folder if found else path.rpartition("/")[0]
        found[usual] = path
    if nameless and not found:  # called after agents, for instance: any order will do, as bodies are found by their ids
        found = {shard_path(number): path for number, path in enumerate(nameless, 1)}
        folder = nameless[0].rpartition("/")[0]
    return RenamedPayloads({usual: path for usual, path in found.items() if usual not in doubtful}, folder)


def _usual_path(name: str) -> str | None:
    body = _BODY.fullmatch(name)
    if body is not None:
        return body_path(body[1].lstrip("0") or "0")
    shard = _SHARD.fullmatch(name)
    return None if shard is None else shard_path(int(shard[1]))


def _files(bundle: Path, folder: str, depth: int) -> Iterator[str]:
    """Paths of the files below a folder, relative to the bundle, in the order of their names; no link is followed."""
    try:
        with os.scandir(bundle / folder) as entries:
            found = sorted((entry.name, entry.is_dir(follow_symlinks=False)) for entry in islice(entries, MOST_FILES))
    except OSError:
        return
    for name, is_folder in found:
        path = f"{folder}/{name}" if folder else name
        if not is_folder:
            yield path
        elif depth < _DEEPEST:
            yield from _files(bundle, path, depth + 1)
