"""The folder of readings: $XDG_CACHE_HOME/rtrace-tui/readings, by default below ~/.cache. Private, and bounded."""

from __future__ import annotations

import os
import re
import tempfile
import time
import zlib
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Final

from tui.bundle.disk.folders import make_private

MOST_BYTES: Final = 512_000_000
"""All readings together; the one that was used longest ago goes first."""

LARGEST_BYTES: Final = 128 << 20
"""A reading that would be larger is not kept."""

ABANDONED_SECONDS: Final = 3_600
"""A file that somebody began to write so long ago was left by a program that died."""

_OUR_NAME: Final = re.compile(r"[0-9a-f]{16}\.reading")
_PART_NAME: Final = re.compile(r"\.[0-9a-z_]+\.part")


class ReadingFolder:
    """Files of readings by the place of their bundle. `OSError` is raised for what the disk refuses."""

    def __init__(self, cache: Path, *, most_bytes: int = MOST_BYTES) -> None:
        self._cache = cache
        self._folder = cache / "readings"
        self._most_bytes = most_bytes

    def path_of(self, place: str) -> Path:
        """The file for the bundle at `place`; should two ever share one, the file says whose it is."""
        name = place.encode("utf-8", "surrogateescape")
        return self._folder / f"{zlib.crc32(name):08x}{zlib.crc32(name[::-1]):08x}.reading"

    def holds(self, place: str) -> bool:
        """Whether there is a file for the bundle at `place`; whether it fits is for its reader to say."""
        return self.path_of(place).exists()

    def begin(self) -> tuple[BinaryIO, Path]:
        """A new file, readable by nobody else, to be handed to `keep` or `drop` later."""
        make_private(self._cache)
        make_private(self._folder)
        descriptor, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=self._folder)
        return os.fdopen(descriptor, "wb"), Path(name)

    def keep(self, part: Path, place: str) -> None:
        """The file is whole: it takes its name, and others go if there is no room for all."""
        part.replace(self.path_of(place))
        self._make_room()

    def note_use(self, path: Path) -> None:
        """The file was used: it goes later than others."""
        with suppress(OSError):
            os.utime(path)

    def clear(self) -> tuple[int, int]:
        """Remove all readings; how many files that were, and of how many bytes."""
        found = self._files()
        for _, _, path in found:
            path.unlink(missing_ok=True)
        return len(found), sum(size for _, size, _ in found)

    def _make_room(self) -> None:
        taken = 0
        for _, size, path in sorted(self._files(), reverse=True):
            taken += size
            if taken > self._most_bytes or _is_abandoned(path):
                path.unlink(missing_ok=True)

    def _files(self) -> list[tuple[int, int, Path]]:
        """Time of the last use, bytes and path of each file that is ours."""
        found = []
        with suppress(FileNotFoundError), os.scandir(self._folder) as entries:
            for entry in entries:
                is_ours = _OUR_NAME.fullmatch(entry.name) or _PART_NAME.fullmatch(entry.name)
                if is_ours and entry.is_file(follow_symlinks=False):
                    status = entry.stat(follow_symlinks=False)
                    found.append((status.st_mtime_ns, status.st_size, Path(entry.path)))
        return found


def _is_abandoned(path: Path) -> bool:
    try:
        age = time.time() - path.stat().st_mtime
    except OSError:
        return False
    return _PART_NAME.fullmatch(path.name) is not None and age > ABANDONED_SECONDS
