"""The list of problems and, for the one under the cursor, what it means and what can be done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from typing import NamedTuple

from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.kinds.naming import agent_name, name_of
from tui.analysis.kinds.plural import counted
from tui.analysis.kinds.thread_of import thread_of
from tui.analysis.kinds.timing import went_wrong_at
from tui.analysis.problems.listed import ListedProblem, ProblemGroup
from tui.analysis.problems.sorts import ProblemSort, sorts_of
from tui.analysis.state.agent import IN_TURN, state_of_agent
from tui.analysis.state.recording import RecordingState
from tui.model.ids import ThreadId
from tui.model.kinds import ByKind
from tui.model.trace import RolloutTrace
from tui.viewmodel.lists.agent_words import state_name
from tui.viewmodel.lists.picker import PickEntry
from tui.viewmodel.text.clean import Measure, break_points, clean, format_offset
from tui.viewmodel.text.spans import Line, Span
from tui.viewmodel.timeline.labels.words import NO_REASON

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

_LONGEST_SORT = 90
"""Characters of what the problems of a sort say before whose they are and when."""

_LONGEST_TEXT = 2_000
"""Characters of a message that are looked at: a line of the log may be long."""


def nothing_text(trace: RolloutTrace, index: TraceIndex, recording: RecordingState, agents_key: str) -> str:
    """What to say where there are no problems: an agent that waits, or waited to the end, is none of them."""
    if recording.word == "loading":
        return "none in what has been read so far"
    root = ThreadId(trace.root_thread_id)
    state = state_of_agent(trace, index, root, recording) if root in trace.threads else None
    if state is None or state.doing not in IN_TURN or state.word == "left open":
        return "no problems"
    how = "was cut off while" if state.word == "cut off" else "is"
    return f"no problems; {clean(agent_name(trace, root))} {how} {state_name(state.doing)}: {agents_key}"


SortKey = tuple[str, str]
"""Code and signature: what is open stays open under it while the recording grows."""

LISTED_OF_SORT = 200
"""Problems of one sort that are listed when it is open; the others are counted. Their rows are in the timeline."""


class ProblemChoice(NamedTuple):
    """What an entry represents. `place`: where it is, in full; empty if it is unknown.

    `sort` names its sort where there are several of it; `heads` says that the entry represents all of them.
    """

    group: ProblemGroup
    problem: ListedProblem
    place: str = ""
    sort: SortKey | None = None
    heads: bool = False


def problem_entries(
    groups: Sequence[ProblemGroup],
    trace: RolloutTrace,
    index: TraceIndex,
    opened: Set[SortKey] = frozenset(),
    *,
    all_open: bool = False,
) -> list[PickEntry]:
    """A heading for each kind of problem, and below it one entry for each sort, the worst first.

    Problems of a sort that is open are listed below its entry in order of time. One that is alone needs no entry for
    its sort: it says where it is and what it says.
    """
    entries = []
    for group in groups:
        entries.append(PickEntry(_heading(group)))
        sorts = sorts_of(group)
        for sort in sorts:
            key = (group.code, sort.signature)
            is_open = all_open or key in opened
            if sort.times == 1:
                entries.append(_entry(group, sort.problems[0], trace, index))
                continue
            moments = [_at_ms(problem, trace, index) for problem in sort.problems]
            entries.append(_sort_entry(group, sort, moments, trace, index, is_open=is_open))
            if is_open:
                order = sorted(range(len(moments)), key=lambda number: moments[number] or 0)
                listed = [sort.problems[number] for number in order]
                entries += [_entry(group, one, trace, index, key) for one in listed[:LISTED_OF_SORT]]
                rest = sort.times - len(listed[:LISTED_OF_SORT])
                entries += [PickEntry((Span(f"       … and {rest:,} more", "dim"),))] if rest else []
        unlisted = group.count - sum(sort.times for sort in sorts)
        if unlisted:
            entries.append(PickEntry((Span(f"     … and {unlisted:,} more", "dim"),)))
    return entries


def _sort_entry(
    group: ProblemGroup,
    sort: ProblemSort,
    moments: Sequence[int | None],
    trace: RolloutTrace,
    index: TraceIndex,
    *,
    is_open: bool,
) -> PickEntry:
    """How often, what all of them say, whose they are, and from when to when: `moments` is when each went wrong."""
    times, text = f"×{sort.times:,}", clean(sort.text[:_LONGEST_TEXT].removeprefix(f"{group.code}: "))
    where = [word for word in (_agents(sort.problems, trace), _stretch(sort.problems, moments)) if word]
    first = sort.problems[min(range(len(moments)), key=lambda number: moments[number] or 0)]
    line = (
        Span(f"   {'▾' if is_open else '▸'} ", "dim"),
        Span(f"{times}  ", "number"),
        Span(text[:_LONGEST_SORT]),
        Span("".join(f" · {word}" for word in where), "dim"),
    )
    place = f"{times}, first {_place(first, trace, index)}".removesuffix(", first ")
    return PickEntry(line, ProblemChoice(group, first, place, (group.code, sort.signature), heads=True))


def _agents(problems: Sequence[ListedProblem], trace: RolloutTrace) -> str:
    """Whose problems they are: one agent by name, several as a count, nothing where there is only one in all."""
    if len(trace.threads) < 2:
        return ""
    nodes = (problem.node for problem in problems if problem.line is None)
    agents = {thread_of(trace, node) for node in nodes if node is not None and node.kind != "diagnostic"} - {None}
    if not agents:
        return ""
    only = next(iter(agents)) if len(agents) == 1 else None
    return f"{len(agents):,} agents" if only is None else clean(agent_name(trace, only))


def _stretch(problems: Sequence[ListedProblem], moments: Sequence[int | None]) -> str:
    """From the first to the last of them: times, or lines of the log."""
    lines = [problem.line for problem in problems if problem.line is not None]
    known = [moment for moment in moments if moment is not None]
    ends = [f"{line:,}" for line in (min(lines), max(lines))] if lines else []
    if known and not lines:
        ends = [format_offset(moment).strip() for moment in (min(known), max(known))]
    stretch = "–".join(dict.fromkeys(ends))
    return f"line{'s' * (len(set(ends)) > 1)} {stretch}" if lines else stretch


def problems_title(problems: int, groups: Sequence[ProblemGroup], recording: str, *, may_be_more: bool = False) -> str:
    """How many there are, and the present of the recording; `may_be_more` if not all ends could be read."""
    notes = sum(group.count for group in groups if group.severity == "note")
    counts = [f"{'≥' if may_be_more else ''}{counted(problems, 'problem')}"]
    if notes:
        counts.append(counted(notes, "note"))
    if may_be_more:
        counts.append("not all ends could be read")
    return f"{', '.join(counts)} · {clean(recording)}"


def detail_lines(choice: ProblemChoice | None, width: int, measure: Measure) -> list[Line]:
    """`DETAIL_ROWS` lines on one problem: what happened, what it means for the reader, what one can do."""
    if choice is None:
        return [()] * DETAIL_ROWS
    group, problem, place = choice[:3]
    means = problem.consequence or group.meaning.meaning
    happened = _wrapped("what", f"{place}: {problem.text}" if place else problem.text, width, measure)
    means_lines = _wrapped("means", means, width, measure)
    advice = _wrapped("next", group.meaning.advice, width, measure)
    room = DETAIL_ROWS - min(2, len(means_lines)) - min(2, len(advice))
    lines = [*happened[:room], *means_lines[:2], *advice[:2]]
    return [*lines, *[()] * DETAIL_ROWS][:DETAIL_ROWS]


def _heading(group: ProblemGroup) -> Line:
    sign, style = _SIGNS[group.severity]
    count = f"{group.count:,}" if group.count > 1 else ""
    return (Span(f" {sign} ", style), Span(clean(group.meaning.title), "title"), Span(f"  {count} ", "number"))


def _entry(
    group: ProblemGroup, problem: ListedProblem, trace: RolloutTrace, index: TraceIndex, sort: SortKey | None = None
) -> PickEntry:
    """Where it is, then what it says; below the entry of its `sort`, a little further in."""
    place, when, agent = _place(problem, trace, index), _when(problem, trace, index), _agent(problem, trace)
    lead = "     " if sort is None else "       "
    short = place if len(place) <= _LONGEST_NAME else f"{place[: _LONGEST_NAME - 1]}…"
    line = (
        Span(f"{lead}{when}  " if when else lead, "dim"),
        Span(f"{clean(agent)}  " if agent else "", "path"),
        Span(f"{clean(short)}  " if short else "", "path"),
        Span(_said(problem)),
    )
    whole = f"{place} of {agent}" if agent else place
    return PickEntry(line, ProblemChoice(group, problem, f"{whole}, at {when.strip()}" if when else whole, sort))


def _said(problem: ListedProblem) -> str:
    """What a problem says, in the words of its row: a failure without a reason says that there is none."""
    return f"{problem.text}: {NO_REASON}" if problem.text == "failed" else clean(problem.text[:_LONGEST_TEXT])


def _place(problem: ListedProblem, trace: RolloutTrace, index: TraceIndex) -> str:
    if problem.line is not None:
        is_numbered = problem.seq is not None and problem.seq != problem.line
        return f"line {problem.line:,}{f', seq {problem.seq:,}' if is_numbered else ''}"
    if problem.node is not None and problem.node.kind != "diagnostic":
        return name_of(trace, index, problem.node)
    return ""


def _at_ms(problem: ListedProblem, trace: RolloutTrace, index: TraceIndex) -> int | None:
    """When it went wrong, as the summary says it; None for a line of the log: that has a number."""
    return None if problem.node is None or problem.line is not None else went_wrong_at(trace, index, problem.node)


def _when(problem: ListedProblem, trace: RolloutTrace, index: TraceIndex) -> str:
    at_ms = _at_ms(problem, trace, index)
    return "" if at_ms is None else f"{format_offset(at_ms):>7}"


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
