"""Which columns of a folder fit into a width, and lines of them: the prompt and the name always stay readable."""

from __future__ import annotations

from typing import NamedTuple

from tui.viewmodel.folder.columns import (
    COLUMN_IDS,
    COLUMNS,
    ColumnId,
    Order,
    WhenText,
    cell,
    outcome_text,
)
from tui.viewmodel.folder.row import FolderRow
from tui.viewmodel.text.clean import Measure, elide
from tui.viewmodel.text.spans import Line, Span
from tui.viewmodel.timeline.outcome_words import OUTCOME_SIGNS, OUTCOME_STYLES

_GAP = 2
_LEAD = 3
"""Cells before the first column: the mark, the sign of the outcome, a blank."""

MARK = "A"
"""Before the row of the recording that is to be compared with another one: the comparison calls it so, too."""

_CELLS: dict[ColumnId, int] = {"when": 5, "took": 6, "agents": 6, "reqs": 5, "tokens": 7, "cached": 6, "problems": 4}
"""Cells of the columns of numbers."""

_WHEN_WITH_TIME = 11
"""Cells of the day and the time together, `11-27 00:15`: shown where no column goes for them."""

_LEAST_ASKED = 14
"""Cells of the prompt that remain beside the time: recordings of one day are told apart by it."""

_LEFT_OUT: tuple[ColumnId, ...] = ("cached", "reqs", "agents", "took", "problems", "tokens", "when")
"""Columns in the order in which they go where there is no room; the one by which rows are sorted goes last."""

_SIZES = (148, 108, 78)
"""Widths from which on outcome, name and prompt have ample room, enough, and little; below, they have just enough."""

_OUTCOME = (30, 18, 16, 11)
_NAME = (28, 20, 14, 12)
_ASKED = (30, 20, 20, 18)
"""Cells for each of these sizes. Of the prompt, these are the least."""


class FolderLayout(NamedTuple):
    """The columns that are shown, with their cells, and those that are left out."""

    columns: tuple[tuple[ColumnId, int], ...]
    hidden: tuple[ColumnId, ...]

    @property
    def has_times(self) -> bool:
        """Whether there is room for the time beside the day."""
        return ("when", _WHEN_WITH_TIME) in self.columns


def layout_for(width: int, order: Order, name_cells: int) -> FolderLayout:
    """The columns for `width` cells. `name_cells`: the longest name."""
    size = sum(width < least for least in _SIZES)
    cells = {**_CELLS, "outcome": _OUTCOME[size], "name": max(4, min(_NAME[size], name_cells)), "asked": _ASKED[size]}
    leaving = [column for column in _LEFT_OUT if column != order.column]
    shown = list(COLUMN_IDS)
    while leaving and _room(width, shown, cells) < 0:
        shown.remove(leaving.pop(0))
    spare = _room(width, shown, cells) + cells["asked"] - _LEAST_ASKED
    if "when" in shown and spare >= _WHEN_WITH_TIME - cells["when"]:
        cells["when"] = _WHEN_WITH_TIME
    cells["asked"] = max(1, cells["asked"] + _room(width, shown, cells))
    return FolderLayout(
        tuple((column, cells[column]) for column in shown),
        tuple(column for column in COLUMN_IDS if column not in shown),
    )


def _room(width: int, shown: list[ColumnId], cells: dict[ColumnId, int]) -> int:
    """What is left of a line beside these columns."""
    return width - _LEAD - sum(cells[column] + _GAP for column in shown) + _GAP


def heading(layout: FolderLayout, order: Order, measure: Measure) -> Line:
    """The names of the columns, the sign of the order beside one of them, and how many are left out."""
    parts = []
    for column, cells in layout.columns:
        head = COLUMNS[column].head + (order.sign if column == order.column else "")
        if column == "asked" and layout.hidden:
            head = f"{head} +{len(layout.hidden)} below"
        parts.append(_padded(head, column, cells, measure))
    return (Span(" " * (_LEAD - _GAP) + "".join(parts), "dim"),)


def row_line(
    row: FolderRow, layout: FolderLayout, now_unix_ms: int, when: WhenText, measure: Measure, *, is_marked: bool = False
) -> Line:
    """One recording. `is_marked`: it is the first of two that are to be compared."""
    mark = Span(MARK, "mark") if is_marked else Span(" ")
    spans = [mark, _sign(row), Span(" ")]
    for place, (column, cells) in enumerate(layout.columns):
        text = _padded(cell(row, column, now_unix_ms, when), column, cells, measure)
        spans.append(Span(text[_GAP:] if not place else text, _style(row, column)))
    return tuple(spans)


def hidden_text(row: FolderRow, layout: FolderLayout, now_unix_ms: int, when: WhenText) -> str:
    """What the columns that are left out say of a recording."""
    left_out = (column for column in layout.hidden if column != "when")  # its time is there in any case
    parts = [(COLUMNS[column].head, cell(row, column, now_unix_ms, when)) for column in left_out]
    return " · ".join(f"{head} {text}" for head, text in parts if text)


def _padded(text: str, column: ColumnId, cells: int, measure: Measure) -> str:
    """A cell with the gap before it. A heading may reach into the gap by the sign of the order."""
    if COLUMNS[column].is_number:
        text = elide(text, cells + 1, measure)
        return " " * (cells + _GAP - measure(text)) + text
    text = elide(text, cells, measure)
    return " " * _GAP + text + " " * (cells - measure(text))


def _sign(row: FolderRow) -> Span:
    if row.is_open:
        return Span("●", "chrome.live")
    if row.outcome is None:
        return Span("?" if row.trouble else "…", "dim")
    return Span(OUTCOME_SIGNS[row.outcome], OUTCOME_STYLES[row.outcome])


def _style(row: FolderRow, column: ColumnId) -> str:
    if column == "outcome":
        return "error" if row.outcome == "failed" else "dim" if row.outcome is None else ""
    if column == "asked":
        return "warning" if row.trouble else ""
    if column == "name":
        return "path" if row.prompt else ""
    return "warning" if column == "problems" else "number"


def outcome_sentence(row: FolderRow, room: int) -> str:
    """How the session came out and by what that is known, and what proves the state of the recording.

    Where `room` characters are too few, a recording that ended needs no proof: the session says how it did.
    """
    proof = "" if row.facts is None else row.facts.evidence
    told = f"{outcome_text(row)} · {proof}" if proof else outcome_text(row)
    recording = f"{told} · recording {row.state.word}"
    whole = f"{recording}: {row.state.evidence}"
    return recording if len(whole) > room and proof and row.state.word == "ended" else whole
