"""Texts of a list cut to its width so that different ones look different.

request of worker number 1…     request of …ker number 11
request of worker number 1…     request of …ker number 12
"""

from __future__ import annotations

from collections.abc import Sequence

from tui.viewmodel.text.clean import Measure, elide, elide_start

COMPARED_CHARACTERS = 400
"""Characters of a text in which the difference is looked for; a row is hardly wider."""

BEFORE_DIFFERENCE = 4
"""Characters before the difference that are shown with it, where there is room."""

LEAST_CELLS = 12
"""In a narrower column there is no room for a beginning and an end."""


SERVER_CELLS = 5
"""What remains of the name of a server at least, its ellipsis included."""


def elide_name(name: str, cells: int, measure: Measure) -> str:
    """The name of a tool in at most `cells`: `server.tool` loses the end of its server first, a tool its middle."""
    if measure(name) <= cells:
        return name
    server, dot, tool = name.partition(".")
    if dot and cells >= LEAST_CELLS:
        begun = elide(server, max(SERVER_CELLS, cells - measure(tool) - 1), measure) + dot
        return begun + _ends(tool, cells - measure(begun), measure)
    return _ends(name, cells, measure) if cells >= LEAST_CELLS else elide(name, cells, measure)


def _ends(text: str, cells: int, measure: Measure) -> str:
    """Beginning and end of a text, half of the room for each."""
    if measure(text) <= cells:
        return text
    head = elide(text, (cells + 1) // 2, measure)
    return head + elide_start(text, cells - measure(head) + 2, measure).removeprefix("…")


def elided_apart(texts: Sequence[str], cells: int, measure: Measure) -> list[str]:
    """Each text in at most `cells`. Different ones that would be cut to the same show the place where they differ."""
    short = [elide(text, cells, measure) for text in texts]
    groups: dict[str, list[int]] = {}
    for place, text in enumerate(short):
        if text != texts[place]:
            groups.setdefault(text, []).append(place)
    for places in groups.values():
        wholes = {texts[place][:COMPARED_CHARACTERS] for place in places}
        if len(wholes) > 1 and cells >= LEAST_CELLS:
            common = _shared_beginning(min(wholes), max(wholes))
            for place in places:
                short[place] = _around(texts[place][:COMPARED_CHARACTERS], common, cells, measure)
    return short


def _shared_beginning(first: str, last: str) -> int:
    """How many characters all of some texts begin with, given the first and the last of them in order."""
    pairs = zip(first, last, strict=False)
    return next((place for place, (one, other) in enumerate(pairs) if one != other), min(len(first), len(last)))


def _around(text: str, place: int, cells: int, measure: Measure) -> str:
    """The beginning of a text and, behind an ellipsis, what is at and after `place`."""
    head = elide(text, max(2, cells // 2), measure)
    room = cells - measure(head)
    start = max(place - BEFORE_DIFFERENCE, len(head) - 1)
    while start < place and measure(text[start:place]) > room // 2:
        start += 1
    return head + elide(text[start:], room, measure)
