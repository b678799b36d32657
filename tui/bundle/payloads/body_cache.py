"""Keeps the bodies that were read last, as many bytes as it may."""

from __future__ import annotations

import threading
from collections import OrderedDict

FileStamp = tuple[int, int, int]
"""Inode, bytes and modification time in nanoseconds: a body is only valid for the file it was read from."""


class BodyCache:
    """Least recently used bodies are dropped first. May be used by several threads."""

    def __init__(self, capacity: int) -> None:
        self.bytes_held = 0
        """Bytes of all bodies held; never more than the capacity."""
        self._capacity = capacity
        self._bodies: OrderedDict[str, tuple[FileStamp, bytes]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, payload_id: str, of: FileStamp) -> bytes | None:
        """The body kept for a payload, unless the file has changed since."""
        with self._lock:
            entry = self._bodies.get(payload_id)
            if entry is None or entry[0] != of:
                return None
            self._bodies.move_to_end(payload_id)
            return entry[1]

    def put(self, payload_id: str, of: FileStamp, body: bytes) -> None:
        """Keep a body, at the cost of the oldest ones. One larger than a quarter of the capacity is not kept."""
        if len(body) > self._capacity // 4:
            return
        with self._lock:
            self._drop(payload_id)
            self._bodies[payload_id] = (of, body)
            self.bytes_held += len(body)
            while self.bytes_held > self._capacity:
                self._drop(next(iter(self._bodies)))

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._bodies.clear()
            self.bytes_held = 0

    def _drop(self, payload_id: str) -> None:
        entry = self._bodies.pop(payload_id, None)
        if entry is not None:
            self.bytes_held -= len(entry[1])
