"""The list of problems and, for the one under the cursor, what it means and what can be done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tui.analysis.index import TraceIndex
from tui.analysis.naming import name_of
from tui.analysis.problem_list import ListedProblem, ProblemGroup
from tui.model.trace import RolloutTrace
from tui.viewmodel.picker import PickEntry
from tui.viewmodel.spans import Line, Span
from tui.viewmodel.text import Measure, break_points, clean

DETAIL_ROWS = 6
"""Lines of the explanation below the list."""

_SIGNS = {"error": ("▲", "error"), "warning": ("△", "warning"), "note": ("·", "dim")}
_LABEL_CELLS = 7
_LONGEST_NAME = 60
"""Characters of a name before what is wrong with it."""

_LONGEST_TEXT = 2_000
"""Characters of a message that are looked at: a line of the log may be long."""


class ProblemChoice(NamedTuple):
    """What an entry stands for."""

    group: ProblemGroup
    problem: ListedProblem


def problem_entries(groups: Sequence[ProblemGroup], trace: RolloutTrace, index: TraceIndex) -> list[PickEntry]:
    """A heading for each kind of problem, and below it where each of them is and what it says."""
    entries = []
    for group in groups:
        entries.append(PickEntry(_heading(group)))
        entries += [
            PickEntry(_problem_line(problem, trace, index), ProblemChoice(group, problem)) for problem in group.problems
        ]
        if group.count > len(group.problems):
            entries.append(PickEntry((Span(f"     … and {group.count - len(group.problems):,} more", "dim"),)))
    return entries


def problems_title(problems: int, groups: Sequence[ProblemGroup], recording: str) -> str:
    """How many there are, and where the recording stands."""
    notes = sum(group.count for group in groups if group.severity == "note")
    counts = [f"{problems:,} problem{'' if problems == 1 else 's'}"]
    if notes:
        counts.append(f"{notes:,} note{'' if notes == 1 else 's'}")
    return f"{', '.join(counts)} · {clean(recording)}"


def detail_lines(choice: ProblemChoice | None, width: int, measure: Measure) -> list[Line]:
    """`DETAIL_ROWS` lines on one problem: what happened, what it means for the reader, what one can do."""
    if choice is None:
        return [()] * DETAIL_ROWS
    group, problem = choice
    means = problem.consequence or group.meaning.meaning
    happened = _wrapped("what", problem.text, width, measure)
    means_lines = _wrapped("means", means, width, measure)
    advice = _wrapped("do", group.meaning.advice, width, measure)
    room = DETAIL_ROWS - min(2, len(means_lines)) - min(2, len(advice))
    lines = [*happened[:room], *means_lines[:2], *advice[:2]]
    return [*lines, *[()] * DETAIL_ROWS][:DETAIL_ROWS]


def _heading(group: ProblemGroup) -> Line:
    sign, style = _SIGNS[group.severity]
    count = f"{group.count:,}" if group.count > 1 else ""
    return (Span(f" {sign} ", style), Span(clean(group.meaning.title), "title"), Span(f"  {count} ", "number"))


def _problem_line(problem: ListedProblem, trace: RolloutTrace, index: TraceIndex) -> Line:
    """Where it is, then what it says."""
    place = clean(_place(problem, trace, index))
    text = Span(clean(problem.text[:_LONGEST_TEXT]))
    return (Span("     "), Span(f"{place}  ", "path"), text) if place else (Span("     "), text)


def _place(problem: ListedProblem, trace: RolloutTrace, index: TraceIndex) -> str:
    if problem.line is not None:
        is_numbered = problem.seq is not None and problem.seq != problem.line
        return f"line {problem.line:,}{f', seq {problem.seq:,}' if is_numbered else ''}"
    if problem.node is not None and problem.node.kind != "diagnostic":
        name = name_of(trace, index, problem.node)
        return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"
    return ""


def _wrapped(label: str, text: str, width: int, measure: Measure) -> list[Line]:
    return list(_pieces(label, clean(text[:_LONGEST_TEXT]), max(10, width - _LABEL_CELLS - 2), measure))


def _pieces(label: str, text: str, width: int, measure: Measure) -> Iterator[Line]:
    for start, end in break_points(text, width, measure):
        yield (Span(f" {label:<{_LABEL_CELLS}}", "dim"), Span(text[start:end]))
        label = ""
