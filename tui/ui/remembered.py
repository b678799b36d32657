"""The folder in which places are remembered: $XDG_STATE_HOME/rtrace-tui, by default ~/.local/state/rtrace-tui.

One small file for each recording, private to the user, replaced as a whole. What is wrong with a file is said and the
file left aside; a folder that cannot be written costs one line.
"""

from __future__ import annotations

import os
import re
import zlib
from collections.abc import Mapping
from pathlib import Path

import msgspec

from tui.bundle.disk.folders import make_private, program_folder, read_private, write_private
from tui.viewmodel.frame.remembered import Identity, Remembered, is_of

MOST_FILES = 500
"""Recordings of which the place is remembered; the one saved longest ago is forgotten first."""

_SUFFIX = ".json"
_OUR_NAME = re.compile(rf"[0-9a-f]{{24}}{re.escape(_SUFFIX)}")
_decoder = msgspec.json.Decoder(Remembered)


def state_path(environment: Mapping[str, str] | None = None) -> Path | None:
    """Where places are remembered, whether the folder exists or not; None if the user has no home."""
    return program_folder("XDG_STATE_HOME", ".local/state", os.environ if environment is None else environment)


class PlaceMemory:
    """Reads and writes places. Nothing here raises for what it finds on disk."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._written: dict[str, bytes] = {}

    def load(self, identity: Identity) -> tuple[Remembered | None, str]:
        """What is remembered of a recording, or None; and one line if a file had to be left aside."""
        name = _file_name(identity)
        try:
            data = read_private(self.folder / name)
            found = None if data is None else _decoder.decode(data)
        except OSError as error:
            return None, self._not_restored(name, error.strerror or str(error))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            return None, self._not_restored(name, str(error))
        if found is None or data is None:
            return None, ""
        if not is_of(found, identity):
            return None, self._not_restored(name, "what is remembered is of another recording")
        self._written[name] = data
        return found, ""

    def save(self, place: Remembered) -> str:
        """Write a place down, unless that has been done; one line if it cannot be written, else empty."""
        name = _file_name(Identity(place.trace_id, place.rollout_id, place.path))
        data = msgspec.json.encode(place)
        if self._written.get(name) == data:
            return ""
        try:
            make_private(self.folder)
            is_new = not (self.folder / name).exists()
            write_private(self.folder / name, data)
            if is_new:
                self._forget_the_oldest()
        except OSError as error:
            return f"your place cannot be remembered: {error.strerror or error} ({self.folder})"
        self._written[name] = data
        return ""

    def _not_restored(self, name: str, reason: str) -> str:
        return f"the place you left is not restored: {reason} ({self.folder / name})"

    def _forget_the_oldest(self) -> None:
        with os.scandir(self.folder) as entries:
            files = [
                (entry.stat(follow_symlinks=False).st_mtime_ns, entry.path) for entry in entries if _is_ours(entry)
            ]
        for _, path in sorted(files)[:-MOST_FILES]:
            Path(path).unlink(missing_ok=True)


def _is_ours(entry: os.DirEntry[str]) -> bool:
    return _OUR_NAME.fullmatch(entry.name) is not None and entry.is_file(follow_symlinks=False)


def _file_name(identity: Identity) -> str:
    """A name for each identity. Should two ever share one, the identity in the file says whose it is."""
    text = "\0".join((identity.trace_id, identity.rollout_id, identity.path)).encode("utf-8", "backslashreplace")
    # Not a cryptographic hash: importing one would delay the first picture by 15 ms.
    return f"{zlib.crc32(text):08x}{zlib.crc32(text[::-1]):08x}{zlib.adler32(text):08x}{_SUFFIX}"
