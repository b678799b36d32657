"""Opens payload files also where they have other names than recorders give them."""

from __future__ import annotations

import os
import time
from itertools import islice
from pathlib import Path
from typing import Final

from tui.bundle.disk.confine import ConfinedDirectory, RefusedPathError
from tui.schema.manifest import PAYLOADS_DIRECTORY_NAME

_GLANCED_AT: Final = 3
"""Files by whose names the others are judged."""

_LOOKED_AT_SECONDS: Final = 0.25
"""How often to see whether folders have changed, while payloads are missing."""

_SUFFIXES: Final = (".json", ".json.gz", ".json.zst", ".zst", ".zst.gz")
_DIGITS_OF_SHARD: Final = 6
_SHARD_SUFFIX: Final = ".zst"
_OTHER_SUFFIXES: Final = (".gz", ".xz", ".bz2", ".bin")


def are_renamed(bundle: Path) -> bool:
    """Whether the payload folder is missing, or begins with files that no recorder names so."""
    try:
        with os.scandir(bundle / PAYLOADS_DIRECTORY_NAME) as entries:
            first = list(islice(entries, _GLANCED_AT))
    except OSError:
        return True
    return bool(first) and not any(_is_usual(entry.name) for entry in first)


def _is_usual(name: str) -> bool:
    """Whether it is the name of a body (`12.json`), or of a shard (`000001.zst`), packed or not."""
    number, _, suffix = name.partition(".")
    has_length = len(number) >= _DIGITS_OF_SHARD or suffix.startswith("json")
    return number.isdigit() and has_length and f".{suffix}" in _SUFFIXES


class PayloadDirectory(ConfinedDirectory):
    """The files below a bundle, payload files also where another recorder has put them."""

    def __init__(self, path: str | Path) -> None:
        super().__init__(path)
        self._bundle = Path(path)
        self._renamed: dict[str, str] = {}
        self._looked_at = -_LOOKED_AT_SECONDS
        self._stamps: tuple[int, ...] | None = None
        """When the folders had been changed that were looked through for payloads."""

    def _open_slowly(self, relative: str) -> tuple[int, os.stat_result]:
        """Open the file as its base does; a payload that is not there may be elsewhere."""
        try:
            return super()._open_slowly(relative)
        except RefusedPathError as refusal:
            if refusal.code != "missing":
                raise
            other = self._otherwise_packed(relative) or self._other_path(relative)
            if other is None:
                raise
        return super().open_file(other)

    def status_of(self, relative: str) -> os.stat_result | None:
        """The status of what is at `relative`, or at the path that was found instead."""
        return super().status_of(self._renamed.get(relative, relative))

    def forget(self) -> None:
        """Drop what is kept, because the bundle on disk was replaced."""
        super().forget()
        self._looked_at, self._stamps = -_LOOKED_AT_SECONDS, None

    def _otherwise_packed(self, relative: str) -> str | None:
        """The shard of this number that is packed by something else than zstd."""
        folder, _, name = relative.rpartition("/")
        number = name.removesuffix(_SHARD_SUFFIX)
        if folder != PAYLOADS_DIRECTORY_NAME or not number.isdigit():
            return None
        paths = (f"{folder}/{number}{suffix}" for suffix in _OTHER_SUFFIXES)
        other = next((path for path in paths if os.path.lexists(self._bundle / path)), None)
        if other is not None:
            self._renamed[relative] = other
        return other

    def _other_path(self, relative: str) -> str | None:
        if not relative.startswith(f"{PAYLOADS_DIRECTORY_NAME}/"):
            return None
        now = time.monotonic()
        if now - self._looked_at < _LOOKED_AT_SECONDS:
            return self._renamed.get(relative)
        self._looked_at = now
        stamps = _stamps(self._bundle)
        if stamps != self._stamps:
            from tui.bundle.disk.renamed_files import renamed_payloads

            self._stamps = stamps
            self._renamed = renamed_payloads(self._bundle).paths if are_renamed(self._bundle) else {}
        return self._renamed.get(relative)


def _stamps(bundle: Path) -> tuple[int, ...]:
    """What changes when the files do that lie in the bundle, or in a folder of it."""
    try:
        with os.scandir(bundle) as entries:
            folders = sorted(Path(entry.path) for entry in entries if entry.is_dir(follow_symlinks=False))
        return tuple(folder.stat().st_mtime_ns for folder in (bundle, *folders))
    except OSError:
        return ()
