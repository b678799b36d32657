"""The secrets that were found in what is about to leave, each in its context, to keep hidden or to let out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from tui.analysis.kinds.plural import counted
from tui.viewmodel.lists.picker import PickEntry
from tui.viewmodel.text.clean import Measure, clean, elide
from tui.viewmodel.text.spans import Line, Span

_BLANKS = re.compile(r"\s+")

DETAIL_ROWS = 4
"""Lines below the list that show the chosen secret with more of its context."""

ROW_CONTEXT = 24
"""Characters before a secret that its row shows."""


class Reviewed(NamedTuple):
    """One secret: the rule that found it, its mark, what is around it where it was first, and how often it is there."""

    rule: str
    mark: str
    secret: str
    before: str
    after: str
    times: int


def review_entries(found: Sequence[Reviewed], let_out: Iterable[str]) -> list[PickEntry]:
    """A line for each secret. `let_out` are those that leave as they are."""
    free = set(let_out)
    widest = max((len(one.rule) for one in found), default=0)
    return [
        PickEntry(
            (
                Span(" leaves " if one.secret in free else " hidden ", "warning" if one.secret in free else "dim"),
                Span(f" {one.rule:<{widest}} ", "tool"),
                Span(f"×{one.times:<4} ", "dim"),
                Span(_one_line(one.before)[-ROW_CONTEXT:].rjust(ROW_CONTEXT), "dim"),
                Span(_one_line(one.secret), "error"),
                Span(_one_line(one.after), "dim"),
            ),
            one.secret,
            hidden=one.mark,
        )
        for one in found
    ]


def review_detail(one: Reviewed | None, width: int, measure: Measure) -> list[Line]:
    """The context of a secret over some lines, and what stands in its place."""
    if one is None:
        return [()] * DETAIL_ROWS
    rows = DETAIL_ROWS - 1
    room = max(20, width - 2)
    secret = elide(_one_line(one.secret), room, measure)
    before = _one_line(one.before)[-max(0, room * rows // 2 - len(secret)) :]
    text = [*((sign, "dim") for sign in before), *((sign, "error") for sign in secret)]
    text += [(sign, "dim") for sign in _one_line(one.after)]
    lines: list[Line] = [(Span(f" {counted(one.times, 'time')}; becomes {one.mark}", "title"),)]
    for start in range(0, rows * room, room):
        part = text[start : start + room]
        lines.append((Span(" "), *(Span(sign, style) for sign, style in part)))
    return lines[:DETAIL_ROWS]


def _one_line(text: str) -> str:
    """The text on one line, cleaned; blanks at its ends stay, since the secret is beside them."""
    return clean(_BLANKS.sub(" ", text))
