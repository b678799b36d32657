"""Texts that came in pieces inside a JSON document: the same field of the elements of a list, or a list of texts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

MOST_TRIES = 20
"""Places of one text at which a document is looked for."""

_BEGIN = re.compile(r'\[\s*[\[{"]|\{\s*"')
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]')
_decoder = json.JSONDecoder()

Place = tuple[int, int]
"""Start and end of the inside of a string."""


def streams_in(text: str) -> Iterator[list[Place]]:
    """The places of the pieces of each text that came in pieces, in any document in `text`."""
    start = 0
    for _ in range(MOST_TRIES):
        found = _BEGIN.search(text, start)
        if found is None:
            return
        try:
            _, end = _decoder.raw_decode(text, found.start())
        except (ValueError, RecursionError):
            start = found.start() + 1
            continue
        yield from _streams(text, found.start(), end)
        start = end


class _Container:
    """A list or an object while it is read. Pieces are collected by the way of fields from the last list on."""

    def __init__(
        self, way: tuple[str, ...], streams: dict[tuple[str, ...], list[Place]] | None, *, is_list: bool
    ) -> None:
        self.way = way
        self.is_list = is_list
        self.streams: dict[tuple[str, ...], list[Place]] = {} if streams is None else streams
        self.field = ""
        self.is_value = is_list


def _streams(text: str, start: int, end: int) -> Iterator[list[Place]]:
    stack: list[_Container] = []
    for token in _TOKEN.finditer(text, start, end):
        sign = token.group()[0]
        top = stack[-1] if stack else None
        if sign in "[{":
            way = () if top is None or sign == "[" else _way(top)
            streams = top.streams if top is not None and sign == "{" else None
            stack.append(_Container(way, streams, is_list=sign == "["))
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
            top.streams.setdefault(_way(top), []).append((token.start() + 1, token.end() - 1))
        else:
            top.field = token.group()


def _way(container: _Container) -> tuple[str, ...]:
    """The fields from the last list to a value in the container."""
    return container.way if container.is_list else (*container.way, container.field)
