"""Where two lists of items part, and what caused it: what went in, the model, or the environment."""

from __future__ import annotations

import shlex
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from typing import Any, Literal, NamedTuple

import msgspec

from tui.analysis.compare.items import ItemReader
from tui.analysis.compare.normal import normal_text
from tui.analysis.compare.stream import StreamItem

DifferenceClass = Literal["instructions", "tools", "settings", "input", "model", "environment", "words"]

HEAD_CLASSES: frozenset[DifferenceClass] = frozenset({"instructions", "tools", "settings"})
"""Differences of what a request sends before its items: they have no items of their own."""


class Setting(NamedTuple):
    """What differs before any item: what it is, of which agent, and its words on both sides."""

    what: str
    agent: str
    a: str
    b: str


class Parting(NamedTuple):
    """A place where two agents part: `place` in the items of A, `other_place` in those of B.

    `a`, `b`: the first item of each side there, None if a side has none. `only_a`, `only_b`: how many items each side
    has before both are the same again. `settings`: what differs, where that is not an item. `later_a`, `later_b`: how
    many items later this side has the first item of the other side (earlier, if negative); None if it does not.
    """

    place: int
    other_place: int
    kind: DifferenceClass
    a: StreamItem | None = None
    b: StreamItem | None = None
    only_a: int = 0
    only_b: int = 0
    settings: tuple[Setting, ...] = ()
    later_a: int | None = None
    later_b: int | None = None

    @property
    def mirrored(self) -> Parting:
        """The same with the sides swapped."""
        return Parting(
            self.other_place,
            self.place,
            self.kind,
            self.b,
            self.a,
            self.only_b,
            self.only_a,
            tuple(one._replace(a=one.b, b=one.a) for one in self.settings),
            self.later_b,
            self.later_a,
        )


def partings_between(
    items_a: Sequence[StreamItem],
    items_b: Sequence[StreamItem],
    pairs: Sequence[tuple[int, int]],
    readers: tuple[ItemReader, ItemReader],
) -> Iterator[Parting | None]:
    """Every place where the items that are not in `pairs` begin, in order; None after a stretch without one."""
    alone = (_unpaired(items_a, {pair[0] for pair in pairs}), _unpaired(items_b, {pair[1] for pair in pairs}))
    left = right = 0
    for next_left, next_right in [*pairs, (len(items_a), len(items_b))]:
        if (next_left, next_right) != (left, right):
            ours = items_a[left] if next_left > left else None
            theirs = items_b[right] if next_right > right else None
            later = (_later(theirs, left, alone[0]), _later(ours, right, alone[1]))
            kind = kind_of(ours, theirs, readers)
            yield Parting(left, right, kind, ours, theirs, next_left - left, next_right - right, (), *later)
        elif left % STRETCH == 0:
            yield None
        left, right = next_left + 1, next_right + 1


def _unpaired(items: Sequence[StreamItem], paired: Set[int]) -> dict[bytes, list[int]]:
    """The places of the items that have no partner, by their keys."""
    found: defaultdict[bytes, list[int]] = defaultdict(list)
    for place, item in enumerate(items):
        if place not in paired:
            found[item.key].append(place)
    return found


def _later(item: StreamItem | None, place: int, unpaired: Mapping[bytes, Sequence[int]]) -> int | None:
    """How far from `place` on the other side the same item is; of several the nearest, and of two as near the later."""
    places = () if item is None else unpaired.get(item.key, ())
    return min((one - place for one in places), key=lambda far: (abs(far), -far), default=None)


STRETCH = 1_000
"""Equal items that are passed between two key presses."""


def kind_of(
    ours: StreamItem | None, theirs: StreamItem | None, readers: tuple[ItemReader, ItemReader]
) -> DifferenceClass:
    """Who is to blame for a parting that begins with these items."""
    by = {one.by for one in (ours, theirs) if one is not None}
    if "input" in by:
        return "input"
    if "environment" in by:
        return "environment"
    if ours is not None and theirs is not None:
        fields = (readers[0].fields(ours.item_id), readers[1].fields(theirs.item_id))
        if _is_same_call(*fields):
            return "words"
    return "model"


_NAMES_OF_TOOL = ("type", "name", "namespace")
"""The fields of a call that say which tool it is of."""


def _is_same_call(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> bool:
    """Whether two calls ask for the same and only write it in another way: blanks, quotes, the order of fields."""
    if any(ours.get(name) != theirs.get(name) for name in _NAMES_OF_TOOL):
        return False
    left, right = (fields.get("arguments", fields.get("input")) for fields in (ours, theirs))
    return left is not None and right is not None and _words(left) == _words(right)


def _words(value: Any) -> Any:
    if isinstance(value, str):
        try:
            decoded = msgspec.json.decode(value)
        except (msgspec.MsgspecError, ValueError, RecursionError):
            return _shell_words(normal_text(value).text)
        return _words(decoded) if isinstance(decoded, (dict, list)) else value
    if isinstance(value, dict):
        return {name: _words(inner) if _holds_text(inner) else _number(name, inner) for name, inner in value.items()}
    return [_words(inner) for inner in value] if isinstance(value, list) else value


def _holds_text(value: Any) -> bool:
    return isinstance(value, (str, dict, list))


def _number(name: str, value: Any) -> str:
    """A value without text, with what the rules cover taken out, which they know by the name of its field."""
    return normal_text(msgspec.json.encode({name: value}).decode()).text


def _shell_words(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError:  # a quotation mark without its partner
        return text.split()
