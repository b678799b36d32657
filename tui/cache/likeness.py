"""What must be the same for a reading to be used: the bundle's files and the program that read them."""

from __future__ import annotations

import os
import stat
import zlib
from pathlib import Path
from typing import Final

import msgspec

from tui import __version__
from tui.bundle.disk.regular import open_regular
from tui.bundle.open import Bundle
from tui.schema.manifest import MANIFEST_FILE_NAME, PAYLOADS_DIRECTORY_NAME
from tui.source.source import Source

END_BYTES: Final = 64 << 10
"""How much of the beginning and of the end of a log is looked at."""

_MOST_SHARDS: Final = 10_000
_ROOMS: Final = ("schema", "model", "reducer", "analysis", "source", "bundle", "readings", "cache")
"""What a reading depends on: who changes the program must not be shown what it read before."""

Stamp = tuple[int, int, int]
"""Inode, bytes (0 for a folder) and time of the last change, in nanoseconds."""


class Likeness(msgspec.Struct, frozen=True):
    """A bundle and a program, as far as a reading depends on them.

    `files` are the stamps of the log, the manifest, the folder of payloads and of each shard, by name; `ends` is a
    checksum of the beginning and the end of the log.
    """

    path: str
    files: dict[str, Stamp | None]
    ends: int
    schema_version: int
    program: str


def likeness_of(source: Source) -> Likeness | None:
    """How a bundle and the program are now; None for one that is damaged or whose log is not one file.

    None, too, for a recording that is not a bundle.
    """
    if not isinstance(source, Bundle) or source.joined is not None or source.faults:
        return None
    bundle = source
    try:
        files = dict(_stamps(bundle))
        return Likeness(
            path=os.path.realpath(bundle.path),
            files=files,
            ends=_ends_of(bundle.log_path),
            schema_version=bundle.manifest.schema_version,
            program=program_version(),
        )
    except OSError:
        return None


def has_same_files(source: Source, likeness: Likeness) -> bool:
    """Whether the files of a bundle are still as they were: asked every few seconds, so nothing is read.

    Nor is the folder of payloads listed, which may hold thousands of files: a file that comes or goes gives the folder
    itself another stamp.
    """
    if not isinstance(source, Bundle):
        return False
    named = _named(source)
    try:
        return all(_stamp(named.get(name, named["payloads"] / name)) == stamp for name, stamp in likeness.files.items())
    except OSError:
        return False


def program_version(package: Path = Path(__file__).parents[1]) -> str:
    """The version, and a checksum over the sources that a reading depends on as they are installed."""
    checksum = 0
    for room in _ROOMS:
        for folder, _, names in sorted(os.walk(package / room)):
            for name in sorted(names):
                if name.endswith(".py"):
                    status = Path(folder, name).stat()
                    checksum = zlib.crc32(f"{room}/{name} {status.st_size} {status.st_mtime_ns}".encode(), checksum)
    return f"{__version__} {checksum:08x}"


def _stamps(bundle: Bundle) -> list[tuple[str, Stamp | None]]:
    named = _named(bundle)
    found = [(name, _stamp(path)) for name, path in named.items()]
    return found + [(path.name, _stamp(path)) for path in sorted(named["payloads"].glob("*.zst"))[:_MOST_SHARDS]]


def _named(bundle: Bundle) -> dict[str, Path]:
    """What every bundle has, by the name that its stamp gets."""
    payloads = bundle.path / PAYLOADS_DIRECTORY_NAME
    return {"log": bundle.log_path, "manifest": bundle.path / MANIFEST_FILE_NAME, "payloads": payloads}


def _stamp(path: Path) -> Stamp | None:
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_ino, 0 if stat.S_ISDIR(status.st_mode) else status.st_size, status.st_mtime_ns


def _ends_of(log: Path) -> int:
    descriptor, status = open_regular(log)
    try:
        head = os.pread(descriptor, END_BYTES, 0)
        return zlib.crc32(os.pread(descriptor, END_BYTES, max(0, status.st_size - END_BYTES)), zlib.crc32(head))
    finally:
        os.close(descriptor)
