"""The columns of a folder: what each says of a recording, and how recordings are sorted by it.

What is not known is `?`, what has not been read yet `…`; neither is ever 0, and both come last in every order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal, NamedTuple, get_args

from tui.analysis.state.outcome_word import OUTCOME_WORDS
from tui.viewmodel.folder.row import FolderRow, short_name
from tui.viewmodel.text.clean import clean, format_duration
from tui.viewmodel.text.token_words import UNKNOWN, cached_part, tokens_cell

ColumnId = Literal["outcome", "when", "took", "agents", "reqs", "tokens", "cached", "problems", "name", "asked"]
COLUMN_IDS: tuple[ColumnId, ...] = get_args(ColumnId)
"""All columns, from left to right."""

NOT_READ = "…"

WhenText = Callable[[int, int], str]
"""Milliseconds since the Unix epoch, and now → the local time for people."""

Rank = float | str | None
"""What a row is sorted by; None comes last."""


class FolderColumn(NamedTuple):
    """One column. `is_number`: to the right, and the largest first."""

    id: ColumnId
    head: str
    rank: Callable[[FolderRow], Rank]
    is_number: bool = True


def _took(row: FolderRow) -> int | None:
    return None if row.facts is None else row.facts.took_ms


def _outcome_rank(row: FolderRow) -> int | None:
    return None if row.outcome is None else OUTCOME_WORDS.index(row.outcome)


COLUMNS: dict[ColumnId, FolderColumn] = {
    column.id: column
    for column in (
        FolderColumn("outcome", "outcome", _outcome_rank, is_number=False),
        FolderColumn("when", "when", lambda row: row.summary.started_at_unix_ms),
        FolderColumn("took", "took", _took),
        FolderColumn("agents", "agents", lambda row: None if row.facts is None else row.facts.agents),
        FolderColumn("reqs", "reqs", lambda row: None if row.facts is None else row.facts.requests),
        FolderColumn("tokens", "tokens", lambda row: None if row.facts is None else row.facts.total_tokens),
        FolderColumn("cached", "cached", lambda row: None if row.facts is None else row.facts.cached_percent),
        FolderColumn("problems", "▲", lambda row: None if row.facts is None else row.facts.problems),
        FolderColumn("name", "name", lambda row: row.summary.name.casefold(), is_number=False),
        FolderColumn("asked", "asked", lambda row: row.prompt.casefold() or None, is_number=False),
    )
}

NEEDS_READING: frozenset[ColumnId] = frozenset(COLUMN_IDS) - {"when", "name", "asked"}
"""Columns that only reading a recording fills."""


class Order(NamedTuple):
    """By which column, and whether the other way round: the smallest numbers first, or Z before A."""

    column: ColumnId = "when"
    is_reversed: bool = False

    @property
    def sign(self) -> str:
        """Which way values go from the top down."""
        return "▼" if COLUMNS[self.column].is_number != self.is_reversed else "▲"


def in_order(rows: Iterable[FolderRow], order: Order | None = None) -> list[FolderRow]:
    """Rows as they are listed. The newest first unless an order is chosen, what is being written before them."""
    order = order or Order()
    found = sorted(rows, key=_age)
    if order == Order():
        return sorted(found, key=lambda row: not row.is_open)
    rank = COLUMNS[order.column].rank
    ranked = [(rank(row), row) for row in found]
    known = [pair for pair in ranked if pair[0] is not None]
    known.sort(key=lambda pair: pair[0], reverse=COLUMNS[order.column].is_number != order.is_reversed)  # type: ignore[arg-type,return-value]  # one column has one type
    return [row for _, row in known] + [row for value, row in ranked if value is None]


def _age(row: FolderRow) -> tuple[int, str]:
    """The newest first, without a start last, then by name."""
    return (-(row.summary.started_at_unix_ms or 0), row.summary.name)


def outcome_text(row: FolderRow) -> str:
    """The word for the session, and why in one line, cleaned; `…` until the recording was read."""
    if row.outcome is None:
        return UNKNOWN if row.trouble else NOT_READ
    if row.outcome == "running" and row.facts is not None and row.facts.doing:
        return clean(row.facts.doing)
    why = clean(" ".join(row.why.split()))
    return f"{row.outcome}: {why}" if why else row.outcome


def cell(row: FolderRow, column: ColumnId, now_unix_ms: int, when: WhenText) -> str:
    """What a column says of a recording, cleaned. Without a `now`, one that is written has its start, too."""
    if column == "outcome":
        return outcome_text(row)
    if column == "when":
        if row.is_open and now_unix_ms:
            return "now"
        started = row.summary.started_at_unix_ms
        return UNKNOWN if started is None else when(started, now_unix_ms)
    if column == "name":
        return short_name(row.summary)
    if column == "asked":
        is_unknown = row.facts is not None and row.facts.requests is None
        return f"▲ {row.trouble}" if row.trouble else row.prompt or (UNKNOWN if is_unknown else "")
    if row.facts is None:
        return UNKNOWN if row.trouble else NOT_READ
    return _number(row, column)


def _number(row: FolderRow, column: ColumnId) -> str:
    facts = row.facts
    assert facts is not None  # noqa: S101  # asked by `cell` alone
    if column == "took":
        return format_duration(facts.took_ms)
    if column == "tokens":
        return UNKNOWN if facts.requests is None else tokens_cell(facts.tokens.total, facts.tokens)
    if column == "cached":
        if facts.requests is None or facts.tokens.is_unknown:
            return UNKNOWN
        return cached_part(facts.tokens)
    if column == "problems":
        return str(facts.problems or "")
    number = facts.agents if column == "agents" else facts.requests
    return UNKNOWN if number is None else f"{number:,}"
