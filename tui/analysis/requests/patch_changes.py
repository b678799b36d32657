"""What a patch changed, as the runtime reports it: `changes` of the payloads of `apply_patch`, file by file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final, Literal, NamedTuple

import msgspec

LARGEST_BODY: Final = 1 << 20
"""Bytes of a payload up to which its changes are shown."""

_NAME: Final = b'"changes"'
_HUNK: Final = re.compile(r"@@ -(\d{1,9})(?:,\d+)? \+(\d{1,9})(?:,\d+)? @@.*")

Sign = Literal["+", "-", " ", "@"]
"""Added, removed, unchanged; `@` is where the diff leaves lines of the file out, or says something else."""


class ChangedLine(NamedTuple):
    """A line of a diff, with its number in the file before and after; None where it is not in that one, or unknown."""

    sign: Sign
    before: int | None
    after: int | None
    text: str


class FileChange(NamedTuple):
    """One file: `kind` is the recorder's word (`add`, `update`, `delete`), paths are as recorded.

    `has_diff`: whether the payload holds what changed; without it the counts of lines are unknown and not 0.
    """

    kind: str
    path: str
    moved_to: str | None
    lines: tuple[ChangedLine, ...]
    has_diff: bool = True

    def count(self, sign: Sign) -> int:
        """How many lines have a sign."""
        return sum(line.sign == sign for line in self.lines)


def changes_in(body: bytes) -> list[FileChange]:
    """Return the changes that a payload reports, in its order; empty for a payload that reports none."""
    if len(body) > LARGEST_BODY or _NAME not in body:
        return []
    try:
        value = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return []
    changes = value.get("changes") if isinstance(value, dict) else None
    if not isinstance(changes, dict):
        return []
    return [_change(path, change) for path, change in changes.items() if isinstance(change, dict)]


def _change(path: str, change: dict[str, Any]) -> FileChange:
    kind, moved_to = change.get("type"), change.get("move_path")
    diff, content = change.get("unified_diff"), change.get("content")
    lines: tuple[ChangedLine, ...] = ()
    has_diff = False
    if isinstance(diff, str):
        lines = tuple(diff_lines(diff))
        has_diff = not lines or any(line.sign != "@" for line in lines)
    elif isinstance(content, str):
        lines = tuple(_whole_file(content, is_added=kind != "delete"))
        has_diff = True
    return FileChange(
        kind if isinstance(kind, str) else "?", path, moved_to if isinstance(moved_to, str) else None, lines, has_diff
    )


def diff_lines(diff: str) -> Iterator[ChangedLine]:
    """Return the lines of a unified diff with their numbers; what is not a diff is given as it is, without numbers."""
    before: int | None = None
    after: int | None = None
    for text in _split(diff):
        hunk = _HUNK.fullmatch(text)
        if hunk is not None:
            before, after = int(hunk[1]), int(hunk[2])
            yield ChangedLine("@", None, None, text)
        elif before is None or after is None or text[:1] not in ("+", "-", " ", ""):
            yield ChangedLine("@", None, None, text)
        elif text.startswith("+"):
            yield ChangedLine("+", None, after, text[1:])
            after += 1
        elif text.startswith("-"):
            yield ChangedLine("-", before, None, text[1:])
            before += 1
        else:
            yield ChangedLine(" ", before, after, text[1:])
            before, after = before + 1, after + 1


def _whole_file(content: str, *, is_added: bool) -> Iterator[ChangedLine]:
    for number, text in enumerate(_split(content), 1):
        yield ChangedLine("+", None, number, text) if is_added else ChangedLine("-", number, None, text)


def _split(text: str) -> list[str]:
    return text.removesuffix("\n").split("\n") if text else []
