"""How many differences each rule of a comparison ignored, in words."""

from __future__ import annotations

from collections.abc import Mapping

from tui.analysis.compare.normal import ORDER, RESENT, TOOLS_ORDER, UNSENT
from tui.analysis.kinds.plural import counted

_SINGULAR = {
    "uuids": "uuid",
    "item ids": "item id",
    "encrypted bodies": "encrypted body",
    "wall times": "wall time",
    "chunk ids": "chunk id",
    "process and session ids": "process or session id",
    "dates and times": "date or time",
    UNSENT: "output never sent",
    RESENT: "item sent again",
    ORDER: f"in {ORDER}",
    TOOLS_ORDER: f"in {TOOLS_ORDER}",
}
"""Rules by the name under which they are counted; an order has no plural."""


def ignored_words(counts: Mapping[str, int]) -> str:
    """`1 uuid, 2 wall times, 1 in order of tools`."""
    found = []
    for rule, count in sorted(counts.items()):
        one = _SINGULAR[rule]
        found.append(counted(count, one, one if one.startswith("in ") else rule))
    return ", ".join(found)
