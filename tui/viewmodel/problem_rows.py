"""The list of problems and, for the one under the cursor, what it means and what can be done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tui.analysis.index import TraceIndex
from tui.analysis.naming import agent_name, name_of
from tui.analysis.problem_list import ListedProblem, ProblemGroup
from tui.analysis.thread_of import thread_of
from tui.analysis.timing import span_of
from tui.model.kinds import ByKind
from tui.model.trace import RolloutTrace
from tui.viewmodel.picker import PickEntry
from tui.viewmodel.spans import Line, Span
from tui.viewmodel.text import Measure, break_points, clean, format_offset

DETAIL_ROWS = 6
"""Lines of the explanation below the list."""

_SIGNS = {"error": ("▲", "error"), "warning": ("△", "warning"), "note": ("·", "dim")}
_LABEL_CELLS = 7
_LONGEST_NAME = 48
"""Characters of a name before what is wrong with it."""

_ADDS_AGENT: ByKind[bool] = {
    "tool_call": True,
    "code_cell": True,
    "compaction_request": True,
    "thread": False,  # the names of these hold the agent
    "turn": False,
    "inference": False,
    "compaction": False,
    "edge": False,
    "event": False,  # it may belong to no agent
    "payload": False,  # agents may share it
    "diagnostic": False,
    "terminal_operation": False,  # nothing goes wrong with these by themselves
    "terminal_session": False,
    "item": False,
}
"""Kinds of objects whose problems are listed with the agent, since their names do not hold it."""

_LONGEST_TEXT = 2_000
"""Characters of a message that are looked at: a line of the log may be long."""


class ProblemChoice(NamedTuple):
    """What an entry stands for. `place`: where it is, in full; empty where nothing tells."""

    group: ProblemGroup
    problem: ListedProblem
    place: str = ""


def problem_entries(groups: Sequence[ProblemGroup], trace: RolloutTrace, index: TraceIndex) -> list[PickEntry]:
    """A heading for each kind of problem, and below it, in order of time, where each of them is and what it says."""
    entries = []
    for group in groups:
        entries.append(PickEntry(_heading(group)))
        listed = sorted(group.problems, key=lambda problem: _start_ms(problem, trace, index) or 0)
        entries += [_entry(group, problem, trace, index) for problem in listed]
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
    group, problem, place = choice
    means = problem.consequence or group.meaning.meaning
    happened = _wrapped("what", f"{place}: {problem.text}" if place else problem.text, width, measure)
    means_lines = _wrapped("means", means, width, measure)
    advice = _wrapped("do", group.meaning.advice, width, measure)
    room = DETAIL_ROWS - min(2, len(means_lines)) - min(2, len(advice))
    lines = [*happened[:room], *means_lines[:2], *advice[:2]]
    return [*lines, *[()] * DETAIL_ROWS][:DETAIL_ROWS]


def _heading(group: ProblemGroup) -> Line:
    sign, style = _SIGNS[group.severity]
    count = f"{group.count:,}" if group.count > 1 else ""
    return (Span(f" {sign} ", style), Span(clean(group.meaning.title), "title"), Span(f"  {count} ", "number"))


def _entry(group: ProblemGroup, problem: ListedProblem, trace: RolloutTrace, index: TraceIndex) -> PickEntry:
    """Where it is, then what it says."""
    place, when, agent = _place(problem, trace, index), _when(problem, trace, index), _agent(problem, trace)
    short = place if len(place) <= _LONGEST_NAME else f"{place[: _LONGEST_NAME - 1]}…"
    line = (
        Span(f"     {when}  " if when else "     ", "dim"),
        Span(f"{clean(agent)}  " if agent else "", "path"),
        Span(f"{clean(short)}  " if short else "", "path"),
        Span(clean(problem.text[:_LONGEST_TEXT])),
    )
    whole = f"{place} of {agent}" if agent else place
    return PickEntry(line, ProblemChoice(group, problem, f"{whole}, at {when.strip()}" if when else whole))


def _place(problem: ListedProblem, trace: RolloutTrace, index: TraceIndex) -> str:
    if problem.line is not None:
        is_numbered = problem.seq is not None and problem.seq != problem.line
        return f"line {problem.line:,}{f', seq {problem.seq:,}' if is_numbered else ''}"
    if problem.node is not None and problem.node.kind != "diagnostic":
        return name_of(trace, index, problem.node)
    return ""


def _start_ms(problem: ListedProblem, trace: RolloutTrace, index: TraceIndex) -> int | None:
    """When the object began; None for a line of the log, which has a number and stands in its order."""
    span = None if problem.node is None or problem.line is not None else span_of(trace, index, problem.node)
    return None if span is None else span.start_ms


def _when(problem: ListedProblem, trace: RolloutTrace, index: TraceIndex) -> str:
    start_ms = _start_ms(problem, trace, index)
    return "" if start_ms is None else f"{format_offset(start_ms):>7}"


def _agent(problem: ListedProblem, trace: RolloutTrace) -> str:
    """Whose it is, where there are several agents and the name of the object does not tell."""
    node = problem.node
    if node is None or problem.line is not None or not _ADDS_AGENT[node.kind] or len(trace.threads) < 2:
        return ""
    thread_id = thread_of(trace, node)
    return "" if thread_id is None else agent_name(trace, thread_id)


def _wrapped(label: str, text: str, width: int, measure: Measure) -> list[Line]:
    return list(_pieces(label, clean(text[:_LONGEST_TEXT]), max(10, width - _LABEL_CELLS - 2), measure))


def _pieces(label: str, text: str, width: int, measure: Measure) -> Iterator[Line]:
    for start, end in break_points(text, width, measure):
        yield (Span(f" {label:<{_LABEL_CELLS}}", "dim"), Span(text[start:end]))
        label = ""
