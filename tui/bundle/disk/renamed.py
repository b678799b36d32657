"""Finds payload files under other names than recorders give them: another folder, other words around the number."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

from tui.bundle.disk.confine import ConfinedDirectory, RefusedPathError
from tui.schema.manifest import MANIFEST_FILE_NAME, PAYLOADS_DIRECTORY_NAME
from tui.schema.payloads import body_path, shard_path

MOST_FILES: Final = 100_000
"""Files that are looked at."""

_DEEPEST: Final = 3
_GLANCED_AT: Final = 3
_USUAL: Final = re.compile(r"(?:\d+\.json|\d{6,}\.zst)(?:\.gz|\.zst)?")
_BODY: Final = re.compile(r"\D*(\d{1,18})\D*\.json(?:\.gz|\.zst)?")
_SHARD: Final = re.compile(r"\D*(\d{1,18})\D*")
_LOG: Final = re.compile(r".*\.(?:jsonl|ndjson|log)(?:[.\d]*)(?:\.gz|\.zst)?")


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
    for path in islice(_files(bundle, start, 0), MOST_FILES):
        usual = _usual_path(path.rpartition("/")[2])
        if usual is None or _LOG.fullmatch(path) or path == MANIFEST_FILE_NAME:
            continue
        if usual in found:
            doubtful.add(usual)
        folder = folder if found else path.rpartition("/")[0]
        found[usual] = path
    return RenamedPayloads({usual: path for usual, path in found.items() if usual not in doubtful}, folder)


def are_renamed(bundle: Path) -> bool:
    """Whether the payload folder is missing, or begins with files that no recorder names so."""
    try:
        with os.scandir(bundle / PAYLOADS_DIRECTORY_NAME) as entries:
            first = list(islice(entries, _GLANCED_AT))
    except OSError:
        return True
    return bool(first) and not any(_USUAL.fullmatch(entry.name) for entry in first)


class PayloadDirectory(ConfinedDirectory):
    """The files below a bundle, payload files also where another recorder has put them."""

    def __init__(self, path: str | Path) -> None:
        super().__init__(path)
        self._bundle = Path(path)
        self._renamed: dict[str, str] = {}
        self._stamps: tuple[int, ...] | None = None
        """When the folders had been changed that were looked through for payloads."""

    def open_file(self, relative: str) -> tuple[int, os.stat_result]:
        """Open the file as its base does; a payload that is not there may be elsewhere."""
        try:
            return super().open_file(relative)
        except RefusedPathError as refusal:
            if refusal.code != "missing":
                raise
            other = self._other_path(relative)
            if other is None:
                raise
        return super().open_file(other)

    def status_of(self, relative: str) -> os.stat_result | None:
        """The status of what is at `relative`, or at the path that was found instead."""
        return super().status_of(self._renamed.get(relative, relative))

    def forget(self) -> None:
        """Drop what is kept, because the bundle on disk was replaced."""
        super().forget()
        self._stamps = None

    def _other_path(self, relative: str) -> str | None:
        if not relative.startswith(f"{PAYLOADS_DIRECTORY_NAME}/"):
            return None
        stamps = _stamps(self._bundle)
        if stamps != self._stamps:
            self._stamps = stamps
            self._renamed = renamed_payloads(self._bundle).paths if are_renamed(self._bundle) else {}
        return self._renamed.get(relative)


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


def _stamps(bundle: Path) -> tuple[int, ...]:
    """What changes when the files do that lie in the bundle, or in a folder of it."""
    try:
        with os.scandir(bundle) as entries:
            folders = sorted(Path(entry.path) for entry in entries if entry.is_dir(follow_symlinks=False))
        return tuple(folder.stat().st_mtime_ns for folder in (bundle, *folders))
    except OSError:
        return ()
