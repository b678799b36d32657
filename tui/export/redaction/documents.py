"""Texts that came in pieces inside JSON: the same field of the elements of a list, or of documents in a row.

An answer that is streamed is a list of pieces, a line of JSON for each of them, or an event of a server for each.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

MOST_TRIES = 20
"""Places of one text at which a document is looked for in vain."""

MOST_DOCUMENTS = 20_000
"""Documents of one text."""

_BEGIN = re.compile(r'\[\s*[\[{"]|\{\s*"')
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]')
_decoder = json.JSONDecoder()

Place = tuple[int, int]
"""Start and end of the inside of a string."""

Streams = dict[tuple[str, ...], list[Place]]
"""The way to a field → the places of its values."""


def streams_in(text: str) -> Iterator[list[Place]]:
    """The places of the pieces of each text that came in pieces, in any document in `text`."""
    start = tries = 0
    everywhere: Streams = {}
    for _ in range(MOST_DOCUMENTS):
        found = _BEGIN.search(text, start)
        if found is None or tries >= MOST_TRIES:
            break
        try:
            _, end = _decoder.raw_decode(text, found.start())
        except (ValueError, RecursionError):
            start = found.start() + 1
            tries += 1
            continue
        yield from _streams(text, found.start(), end, everywhere)
        start = end
    yield from (places for places in everywhere.values() if len(places) > 1)


class _Container:
    """A list or an object while it is read. Pieces are collected by the way of fields from the last list on.

    `depth` counts the fields of `way` that lie before that list.
    """

    def __init__(self, way: tuple[str, ...], depth: int, streams: Streams | None, *, is_list: bool) -> None:
        self.way = way
        self.depth = depth
        self.is_list = is_list
        self.streams: Streams = {} if streams is None else streams
        self.field = ""
        self.is_value = is_list


def _streams(text: str, start: int, end: int, everywhere: Streams) -> Iterator[list[Place]]:
    """The streams of each list; what a way leads to in all lists and documents is added to `everywhere`."""
    stack: list[_Container] = []
    for token in _TOKEN.finditer(text, start, end):
        sign = token.group()[0]
        top = stack[-1] if stack else None
        if sign in "[{":
            way = () if top is None else _way(top)
            depth = len(way) if sign == "[" or top is None else top.depth
            streams = top.streams if top is not None and sign == "{" else None
            stack.append(_Container(way, depth, streams, is_list=sign == "["))
        elif sign in "]}":
            closed = stack.pop()
            if closed.is_list:
                yield from (places for places in closed.streams.values() if len(places) > 1)
        elif top is None:
            continue
        elif sign == ":":
            top.is_value = True
        elif sign == ",":
            top.is_value = top.is_list
        elif top.is_value:
            way, place = _way(top), (token.start() + 1, token.end() - 1)
            top.streams.setdefault(way[top.depth :], []).append(place)
            everywhere.setdefault(way, []).append(place)
        else:
            top.field = token.group()


def _way(container: _Container) -> tuple[str, ...]:
    """The fields from the document to a value in the container."""
    return container.way if container.is_list else (*container.way, container.field)
