"""What differs between two items of one recording that say the same: ids, fields, their order, how JSON writes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from tui.analysis.compare.stream import StreamItem
from tui.viewmodel.compare.model import ComparedSide, CompareModel
from tui.viewmodel.compare.rows import CompareRow
from tui.viewmodel.text.clean import clean

MOST_FIELDS = 3
"""Fields that are named; there are rarely more that differ."""


def shows_json(model: CompareModel, row: CompareRow) -> bool:
    """Whether both items of a row say the same, so that only their JSON can show the difference."""
    if not model.is_one_recording or row.parting < 0 or row.a is None or row.b is None:
        return False
    return model.agents[row.agent].partings[row.parting].kind == "words"


def sent_text(side: ComparedSide, item: StreamItem) -> str:
    """The JSON of an item as it was sent."""
    return side.raw(item).decode(errors="replace")


def other_fields(sides: tuple[ComparedSide, ComparedSide], a: StreamItem, b: StreamItem) -> tuple[str, str]:
    """Only the fields that differ, as JSON writes them; empty texts if none does, or the bytes are not known."""
    ours, theirs = sides[0].fields(a), sides[1].fields(b)
    both = (ours, theirs) if ours and theirs else ({}, {})
    names = [name for name in {**both[0], **both[1]} if both[0].get(name) != both[1].get(name)]
    texts = (
        "  ".join(f"{name}: {msgspec.json.encode(side[name]).decode()}" for name in names if name in side)
        for side in both
    )
    return next(texts), next(texts)


def other_json_words(sides: tuple[ComparedSide, ComparedSide], a: StreamItem, b: StreamItem) -> str:
    """What differs, in words: ``only `id` differs``; empty if the bytes are not known."""
    ours, theirs = sides[0].fields(a), sides[1].fields(b)
    if not (ours and theirs):
        return ""
    names = list({**ours, **theirs})
    differing = [f"`{clean(name)}`" for name in names if name in ours and name in theirs and ours[name] != theirs[name]]
    found = [words for name in names if (words := _field_words(name, ours, theirs))]
    if [name for name in ours if name in theirs] != [name for name in theirs if name in ours]:
        found.append("its fields are in another order")
    if differing:
        found.insert(0, f"{'' if found else 'only '}{_several(differing)} differ{'s' * (len(differing) == 1)}")
    return _several(found, "; ", "; ") or "JSON writes the same values in another way"


def _several(words: Sequence[str], between: str = ", ", last: str = " and ") -> str:
    """The first words, and how many more there are."""
    more = len(words) - MOST_FIELDS
    *most, end = [*words[:MOST_FIELDS], *([f"{more} more"] if more > 0 else ())] or [""]
    return f"{between.join(most)}{last if most else ''}{end}"


def _field_words(name: str, ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> str:
    """How one field differs beside its value; empty if it does not."""
    said = f"`{clean(name)}`"
    if name not in ours or name not in theirs:
        return f"{said} is only in {'A' if name in ours else 'B'}"
    if ours[name] != theirs[name]:
        return ""
    is_ordered_alike = msgspec.json.encode(ours[name]) == msgspec.json.encode(theirs[name])
    return "" if is_ordered_alike else f"the fields within {said} are in another order"
