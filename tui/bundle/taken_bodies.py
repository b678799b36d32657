"""Remembers which payload files the graph was made of, in a few bytes each, so that what changes later is noticed."""

from __future__ import annotations

import os
import sys
import threading
from array import array
from itertools import islice
from typing import Literal
from zlib import crc32

from tui.bundle.body_cache import FileStamp
from tui.bundle.confine import ConfinedDirectory, RefusedPathError

BodyChange = Literal["changed", "removed", "unreadable"]
"""What became of a payload file after it was read: other content, no such file, or one that cannot be read."""

LOOKED_AT_ONCE = 128
"""Files that one look goes through: a millisecond."""

_PIECE_BYTES = 1 << 20


class TakenBodies:
    """The files that were read into the graph, and which of them say something else now.

    Files are told apart by inode, size and time of change; only where these differ is the content compared, by its
    checksum: a file that was copied back is as it was. May be used by several threads.
    """

    def __init__(self, directory: ConfinedDirectory) -> None:
        self._directory = directory
        self._lock = threading.Lock()
        self.forget()

    def forget(self) -> None:
        """All of it is read again."""
        with self._lock:
            self._places: dict[str, int] = {}
            self._stamps = array("q")
            self._sizes = array("Q")
            self._checksums = array("I")
            self._suspects: dict[str, None] = {}
            self._changes: dict[str, BodyChange] = {}
            self._judged: dict[str, int] = {}  # by which stamp a file was found to have changed
            self._next = 0

    def add(self, path: str, stamp: FileStamp, body: bytes) -> None:
        """The file at `path` was read into the graph."""
        checksum = crc32(body)
        with self._lock:
            place = self._places.setdefault(path, len(self._stamps))
            if place == len(self._stamps):
                for column in (self._stamps, self._sizes, self._checksums):
                    column.append(0)
            self._stamps[place], self._sizes[place], self._checksums[place] = hash(stamp), len(body), checksum
            self._changes.pop(path, None)
            self._judged.pop(path, None)

    def changes(self) -> dict[str, BodyChange]:
        """The files that are not as they were read, by path, as far as was looked."""
        with self._lock:
            return dict(self._changes)

    def __contains__(self, path: str) -> bool:
        """Whether the file at `path` was read into the graph."""
        return path in self._places

    def is_as_read(self, path: str, body: bytes) -> bool:
        """Whether `body`, just read from the file at `path`, is what the graph was made of, or it was made without."""
        with self._lock:
            place = self._places.get(path)
            expected = None if place is None else (self._sizes[place], self._checksums[place])
        return expected is None or expected == (len(body), crc32(body))

    def note(self, path: str, stamp: FileStamp | None) -> None:
        """The file at `path` was met as `stamp` says, or not at all; the next look tells what that means."""
        with self._lock:
            place = self._places.get(path)
            if place is not None and (stamp is None or hash(stamp) != self._stamps[place]):
                self._suspects[path] = None

    def judge(self, path: str, most: int = sys.maxsize) -> BodyChange | None:
        """Look at one file now; what became of it since it was read. None for what was not read, too.

        The content of a file of more than `most` bytes is not compared: the next `look` does that.
        """
        if path not in self._places:
            return self._set(path, None)
        try:
            descriptor, status = self._directory.open_file(path)
        except RefusedPathError as refusal:
            return self._set(path, "removed" if refusal.code == "missing" else "unreadable")
        try:
            stamp = (status.st_ino, status.st_size, status.st_mtime_ns)
            if status.st_size > most:
                self.note(path, stamp)
                return self._changes.get(path)
            return self._set(path, self._compare(path, descriptor, stamp))
        except OSError:
            return self._set(path, "unreadable")
        finally:
            os.close(descriptor)

    def look(self, most: int = LOOKED_AT_ONCE) -> None:
        """Look at the files that are suspected or known to have changed, and at the next `most` of all, in turn."""
        for path in self._next_ones(most):
            self.judge(path)

    def look_at_all(self) -> None:
        """Look at every file."""
        self.look(len(self._places))

    def _next_ones(self, most: int) -> list[str]:
        with self._lock:
            suspects, self._suspects = self._suspects, {}
            found = {**suspects, **dict.fromkeys(islice(self._changes, LOOKED_AT_ONCE))}
            if self._next >= len(self._places):
                self._next = 0
            found.update(dict.fromkeys(islice(self._places, self._next, self._next + most)))
            self._next += most
        return list(found)

    def _compare(self, path: str, descriptor: int, stamp: FileStamp) -> BodyChange | None:
        """Compare an open file with what was read, which another thread may be about to forget."""
        now = hash(stamp)
        with self._lock:
            place = self._places.get(path)
            if place is None or self._stamps[place] == now:
                return None
            size, checksum = self._sizes[place], self._checksums[place]
            if self._judged.get(path) == now:
                return "changed"
        is_same = stamp[1] == size and _checksum(descriptor) == checksum
        with self._lock:
            if not is_same:
                self._judged[path] = now
            elif self._places.get(path) == place and self._checksums[place] == checksum:
                self._stamps[place] = now
        return None if is_same else "changed"

    def _set(self, path: str, change: BodyChange | None) -> BodyChange | None:
        with self._lock:
            if change is None:
                self._changes.pop(path, None)
            else:
                self._changes[path] = change
        return change


def _checksum(descriptor: int) -> int:
    checksum = 0
    while piece := os.read(descriptor, _PIECE_BYTES):
        checksum = crc32(piece, checksum)
    return checksum
