"""Finds the members of one JSON container in bytes of any size, a bounded piece of work at a time.

    {"model": "m", "input": [ … 200 MB … ], "stream": true}
     ^ member       ^ member: start and end, nothing inside is kept   ^ member

Values inside are skipped by looking at quotes and brackets only. It is meant for showing evidence: what it cannot read
ends the scan with a fault at a byte offset, and everything found before stays.
"""

from __future__ import annotations

import re
from collections.abc import Generator
from typing import Literal, NamedTuple

from tui.viewmodel.payload.source import Pages

ValueKind = Literal["object", "array", "string", "number", "bool", "null"]

WINDOW_BYTES = 1 << 20
"""Bytes looked at together."""

KEY_BYTES = 400
"""Bytes of a key that are kept."""

PREVIEW_BYTES = 400
"""Bytes of a value that are kept to show it without another read."""

_SPACE = re.compile(rb"[ \t\r\n]*+")
_SCALAR = re.compile(rb"[^\s,\]}\"\[{]++")
_STRING_REST = re.compile(rb'(?:[^"\\]++|\\.)*+', re.DOTALL)
_SKIPPED = re.compile(rb'[\[\]{}]|"(?:[^"\\]++|\\.)*+(")?+', re.DOTALL)
_KINDS: dict[int, ValueKind] = {
    ord("{"): "object",
    ord("["): "array",
    ord('"'): "string",
    ord("t"): "bool",
    ord("f"): "bool",
    ord("n"): "null",
}
_NUMBER_STARTS = frozenset(b"-0123456789")
_LONGEST_SCALAR = 4096


class Member(NamedTuple):
    """A value in a container: its key (raw, without quotes) or index, and the bytes `start` to `end` it takes."""

    key: bytes | int
    kind: ValueKind
    start: int
    end: int
    preview: bytes


class ScanFault(Exception):  # noqa: N818  # it ends a scan, and is shown as a row
    """The bytes are not the JSON that they seemed to be; `offset` says where."""

    def __init__(self, offset: int, reason: str) -> None:
        super().__init__(f"{reason} at byte {offset:,}")
        self.offset = offset


class ContainerScan:
    """The members of the container that begins at `start`, found as `advance` is called.

    `position` is how far it has looked, `end` where the container ends (None before that is known), `fault` why it
    stopped early.
    """

    def __init__(self, pages: Pages, start: int) -> None:
        self.position = start
        self.end: int | None = None
        self.fault: ScanFault | None = None
        self._window = _Window(pages)
        self._steps = self._scan(start)

    @property
    def done(self) -> bool:
        """Whether all members are found, or it stopped early."""
        return self.end is not None or self.fault is not None

    def advance(self, byte_budget: int, most_members: int) -> list[Member]:
        """Look at about `byte_budget` more bytes; the members found, at most `most_members`."""
        found: list[Member] = []
        stop = self.position + byte_budget
        try:
            while len(found) < most_members and self.position < stop:
                member = next(self._steps, None)
                if self.done:
                    break
                if member is not None:
                    found.append(member)
        except ScanFault as fault:
            self.fault = fault
        return found

    def _scan(self, start: int) -> Generator[Member | None]:
        opening = self._window.byte(start)
        position = self._space(start + 1)
        index = 0
        if self._window.byte(position) == _closing(opening):
            self.end = position + 1
            return
        while True:
            key: bytes | int = index
            if opening == ord("{"):
                key, position = yield from self._key(position)
            kind = self._kind_at(position)
            end = yield from self._skip(position, kind)
            yield Member(key, kind, position, end, self._window.read(position, min(end - position, PREVIEW_BYTES)))
            index += 1
            position = self._space(end)
            mark = self._window.byte(position)
            if mark == _closing(opening):
                self.end = self.position = position + 1
                return
            if mark != ord(","):
                raise ScanFault(position, _unexpected(mark, "a comma or the end"))
            position = self._space(position + 1)
            self.position = position

    def _space(self, position: int) -> int:
        return self._window.skip(_SPACE, position)

    def _key(self, position: int) -> Generator[None, None, tuple[bytes, int]]:
        if self._window.byte(position) != ord('"'):
            raise ScanFault(position, _unexpected(self._window.byte(position), "a key"))
        end = yield from self._string_end(position)
        key = self._window.read(position + 1, min(end - position - 2, KEY_BYTES))
        position = self._space(end)
        if self._window.byte(position) != ord(":"):
            raise ScanFault(position, _unexpected(self._window.byte(position), "a colon"))
        return key, self._space(position + 1)

    def _kind_at(self, position: int) -> ValueKind:
        return kind_of(self._window.byte(position), position)

    def _skip(self, position: int, kind: ValueKind) -> Generator[None, None, int]:
        if kind == "string":
            return (yield from self._string_end(position))
        if kind in ("object", "array"):
            return (yield from self._container_end(position))
        end = self._window.skip(_SCALAR, position, _LONGEST_SCALAR)
        self.position = end
        return end

    def _string_end(self, position: int) -> Generator[None, None, int]:
        """The offset behind the quote that ends the string which begins at `position`."""
        position += 1
        while True:
            data, inside = self._window.from_offset(position)
            match = _STRING_REST.match(data, inside)
            stop = inside if match is None else match.end()
            if stop < len(data) and data[stop] == ord('"'):
                self.position = position + stop - inside + 1
                return self.position
            position = self._next_window(position, position + stop - inside, "a string")
            yield None

    def _container_end(self, position: int) -> Generator[None, None, int]:
        depth = 0
        while True:
            data, inside = self._window.from_offset(position)
            for match in _SKIPPED.finditer(data, inside):
                mark = data[match.start()]
                if mark == ord('"'):
                    if match.lastindex is None:
                        # The string goes on behind the window.
                        position = yield from self._string_end(position + match.start() - inside)
                        break
                elif mark in b"[{":
                    depth += 1
                else:
                    depth -= 1
                    if depth == 0:
                        self.position = position + match.end() - inside
                        return self.position
            else:
                position = self._next_window(position, position + len(data) - inside, "a value")
            yield None

    def _next_window(self, position: int, reached: int, what: str) -> int:
        if self._window.ends_at_or_before(position):
            raise ScanFault(self._window.size, f"the file ends inside {what}")
        if reached == position and self._window.begins_at(position):
            raise ScanFault(position, f"the file became shorter inside {what}")
        self.position = max(self.position, reached)
        return reached


class _Window:
    """A piece of the bytes, moved along as it is asked for."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._base = 0
        self._data = b""
        self.size = pages.size

    def from_offset(self, position: int) -> tuple[bytes, int]:
        """Bytes that hold `position`, and the index of it; from there to the end of the window if it is near."""
        if not self._base <= position < self._base + len(self._data) or self._is_at_end_of_window(position):
            self._base = position
            self._data = self._pages.read(position, WINDOW_BYTES)
        return self._data, position - self._base

    def _is_at_end_of_window(self, position: int) -> bool:
        end = self._base + len(self._data)
        return end < self.size and end - position < _LONGEST_SCALAR

    def ends_at_or_before(self, position: int) -> bool:
        """Whether a window that begins at `position` reached the end of the file."""
        return self._base + len(self._data) >= self.size or position >= self.size

    def begins_at(self, position: int) -> bool:
        """Whether the window could not be moved any further to show what is at `position`."""
        return self._base == position

    def byte(self, position: int) -> int | None:
        """The byte at an offset; None behind the end."""
        data, inside = self.from_offset(position)
        return data[inside] if inside < len(data) else None

    def skip(self, pattern: re.Pattern[bytes], position: int, longest: int | None = None) -> int:
        """The offset behind what `pattern` matches at an offset, across windows."""
        start = position
        while True:
            data, inside = self.from_offset(position)
            match = pattern.match(data, inside)
            end = position if match is None else position + match.end() - inside
            if end < self._base + len(data) or end >= self.size or end == position:
                return end
            if longest is not None and end - start > longest:
                raise ScanFault(start, "neither a number nor a word")
            position = end

    def read(self, offset: int, length: int) -> bytes:
        """Bytes from the window if it holds them, else from the file."""
        inside = offset - self._base
        if inside >= 0 and inside + length <= len(self._data):
            return self._data[inside : inside + length]
        return self._pages.read(offset, length)


def kind_of(first: int | None, offset: int) -> ValueKind:
    """The kind of the value whose first byte is `first`."""
    kind = _KINDS.get(first) if first is not None else None
    if kind is not None:
        return kind
    if first in _NUMBER_STARTS:
        return "number"
    raise ScanFault(offset, _unexpected(first, "a value"))


def _closing(opening: int | None) -> int:
    return ord("}") if opening == ord("{") else ord("]")


def _unexpected(found: int | None, wanted: str) -> str:
    if found is None:
        return f"the file ends where {wanted} should be"
    return f"not JSON: {wanted} should be"
