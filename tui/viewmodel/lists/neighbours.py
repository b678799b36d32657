"""Recordings to compare with, as entries of a list: those of the same folder first, the newest of them on top."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from tui.analysis.state.outcome_word import OutcomeWord
from tui.schema.summary import BundleSummary
from tui.viewmodel.lists.picker import PickEntry
from tui.viewmodel.text.clean import clean
from tui.viewmodel.text.spans import Span
from tui.viewmodel.text.token_words import UNKNOWN
from tui.viewmodel.timeline.outcome_words import OUTCOME_STYLES, outcome_name

NAME_CELLS = 28

OUTCOME_CELLS = len("✓ succeeded")

DAY_CELLS = len("2026-11-22 06:53")
"""Cells of when a recording began."""


def neighbour_entries(
    found: Iterable[BundleSummary], path: str, day: Callable[[int], str], outcomes: Mapping[str, OutcomeWord]
) -> list[PickEntry]:
    """Entries below a heading for each folder; the value of one is the path of its bundle. `path` is left out.

    `day` writes when a recording began, given in milliseconds since the Unix epoch. `outcomes` are those that are
    known, by path.
    """
    folder = path.rpartition("/")[0]
    others = [one for one in found if one.path != path]
    others.sort(key=lambda one: (_folder(one) != folder, _folder(one), -(one.started_at_unix_ms or 0), one.path))
    return list(_entries(others, folder, day, outcomes))


def _folder(one: BundleSummary) -> str:
    return one.path.rpartition("/")[0]


def _entries(
    others: Iterable[BundleSummary], folder: str, day: Callable[[int], str], outcomes: Mapping[str, OutcomeWord]
) -> Iterator[PickEntry]:
    heading = None
    for one in others:
        if _folder(one) != heading:
            heading = _folder(one)
            told = "in the same folder" if heading == folder else heading
            yield PickEntry((Span(f" {clean(told)}", "title"),))
        name = clean(one.path.rpartition("/")[2])
        title = clean(one.problem or one.title) or UNKNOWN
        began = UNKNOWN if one.started_at_unix_ms is None else day(one.started_at_unix_ms)
        outcome = outcomes.get(one.path, "unknown")
        known = outcome_name(outcome) if one.path in outcomes else UNKNOWN
        line = (
            Span(f"   {name:<{NAME_CELLS}} "),
            Span(f"{known:<{OUTCOME_CELLS}}  ", OUTCOME_STYLES[outcome] if one.path in outcomes else "dim"),
            Span(f"{began:<{DAY_CELLS}}  ", "dim"),
            Span(title, "warning" if one.problem else "dim"),
        )
        yield PickEntry(line, one.path, hidden=one.path)
