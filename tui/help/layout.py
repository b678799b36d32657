"""Lay a page of the help out for a terminal: paragraphs are filled, tables become entries."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator
from itertools import groupby

_SEPARATOR = re.compile(r"\|[\s:|-]+\|")
"""The line between the head of a table and its rows."""

_BULLET = re.compile(r"(?:[*-]|\d+\.) ")

_MARKED = re.compile(r"`[^`]+`|\*\*[^*]+\*\*")
_UNBROKEN = "\u00a0"
"""A blank at which no line is broken."""


def laid_out(text: str, width: int) -> list[str]:
    """Return the lines of a page, none of prose wider than `width` columns.

    Blocks of code keep their lines: they are to be copied. A row of a table becomes its first cell on a line of its
    own, with the others below it, since tables as wide as their words do not fit a terminal.
    """
    lines: list[str] = []
    for kind, block in groupby(_with_kinds(text.splitlines()), key=lambda marked: marked[0]):
        content = [line for _, line in block]
        if kind == "table":
            lines.extend(_table(content, width))
        elif kind.startswith("prose"):
            lines.extend(_filled(content, width))
        else:
            lines.extend(content)
    return lines


def _with_kinds(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Each line with the kind of its block; each paragraph and each point of a list is a kind of its own."""
    is_code = False
    paragraph = 0
    for line in lines:
        is_fence = line.startswith("```")
        is_code = is_code != is_fence
        if is_code or is_fence or line.startswith(("    ", "#")) or not line:
            paragraph += 1
            yield "kept", line
        elif line.startswith("|"):
            yield "table", line
        else:
            paragraph += _BULLET.match(line) is not None
            yield f"prose {paragraph}", line


def _table(rows: list[str], width: int) -> Iterator[str]:
    body = rows[2:] if len(rows) > 1 and _SEPARATOR.fullmatch(rows[1]) else rows
    for row in body:
        first, *others = (cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", row.strip("|")))
        yield from _indented(first, 2, width)
        for other in others:
            yield from _indented(other, 6, width)


def _indented(text: str, columns: int, width: int) -> list[str]:
    indent = " " * columns
    return _wrapped(text, width, indent, indent)


def _filled(lines: list[str], width: int) -> list[str]:
    bullet = _BULLET.match(lines[0])
    hanging = " " * (bullet.end() if bullet else 0)
    text = " ".join(line.strip() for line in lines)
    return _wrapped(text, width, "", hanging)


def _wrapped(text: str, width: int, first: str, others: str) -> list[str]:
    """Fill lines. Code and emphasised words stay on one line: their marks count in pairs, line by line."""
    room = width - len(others)
    kept = _MARKED.sub(lambda found: _joined(found[0]) if len(found[0]) <= room else found[0], text)
    lines = textwrap.wrap(
        kept, width, initial_indent=first, subsequent_indent=others, break_long_words=False, break_on_hyphens=False
    )
    return [line.replace(_UNBROKEN, " ") for line in lines]


def _joined(text: str) -> str:
    return text.replace(" ", _UNBROKEN)
