"""A session on one page: what was asked, how it came out, what went wrong first, what was lost, what took longest.

For who opens a recording that is over. What cannot be known is None, never 0.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from heapq import nsmallest
from itertools import islice, pairwise
from typing import NamedTuple

from tui.analysis.agents.slow import Slow, calls_with_windows, slow_call
from tui.analysis.agents.tasks import task_of
from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.kinds.timing import known_whole_ms, went_wrong_at
from tui.analysis.messages.answer_text import answer_text
from tui.analysis.messages.edges import EdgeBook, EdgeView
from tui.analysis.messages.view import Deed
from tui.analysis.problems.listed import problem_text
from tui.analysis.problems.of_object import NO_FAILURES, STOPPED, output_cut
from tui.analysis.problems.own import own_problem_of
from tui.analysis.requests.compared import change_of_compaction
from tui.analysis.requests.tokens import Tokens, sum_of, tokens_of_request
from tui.analysis.state.agent import left_open
from tui.analysis.state.outcome import outcome_of
from tui.analysis.state.outcome_word import Outcome
from tui.analysis.state.recording import RecordingState
from tui.model.ids import ThreadId
from tui.model.noderef import NodeRef
from tui.model.protocol import ThreadSession
from tui.model.trace import RolloutTrace
from tui.schema.prompt_text import words_written

CALLS_LOOKED_AT = 2_000
"""Tool calls whose output is compared with what the model saw of it: texts may be long."""

OBJECTS_PER_STEP = 500
"""Objects that are looked at in one step: some milliseconds."""

TROUBLED_PER_STEP = 100
"""The same of objects whose payloads or texts are compared."""

LONGEST = 3
"""Calls that are named as the longest: the first of those that the statistics name as the slowest."""


class Lost(NamedTuple):
    """What did not get through.

    `cut`, `unseen`: outputs of which the model saw only a part, or nothing, among the first `looked_at` calls.
    `dropped`: inputs of compactions that they did not say again. `shortened`: requests that sent fewer items than the
    one before, and no compaction between them is recorded. `undelivered`: what reached no agent, by kind; None where
    that is so much that it was not looked at.
    """

    cut: int
    unseen: int
    looked_at: int
    dropped: int
    compactions: int
    shortened: int
    undelivered: Mapping[Deed, int] | None


class BadEnd(NamedTuple):
    """One thing that ended badly: when it did, counted from the start, what it was, and why. Ordered by time."""

    at_ms: int
    node: NodeRef
    text: str


class BadEnds(NamedTuple):
    """What ended badly by itself: how much failed, and how much was cancelled, stopped or left running.

    `first` is the first that failed, or, where nothing did, the first of the others.
    """

    failures: int = 0
    others: int = 0
    first: BadEnd | None = None


class Summary(NamedTuple):
    """One session. Texts are as recorded, not yet cleaned.

    `left_open`: what agents were doing when the recording stopped. `requests`, `agents`: None where they could not be
    read. `longest` are calls that have ended, `open_calls` have not. `settings`: None if they are unknown; `models` in
    order of first use; `context_windows` in tokens, each once, in the order of turns.
    """

    asked: str
    answered: str
    outcome: Outcome
    recording: RecordingState
    bad_ends: BadEnds
    left_open: tuple[NodeRef, ...]
    problems: int
    lost: Lost
    tokens: Tokens
    requests: int | None
    agents: int | None
    took_ms: int | None
    longest: tuple[Slow, ...]
    open_calls: int
    models: tuple[str, ...]
    settings: ThreadSession | None
    context_windows: tuple[int, ...]
    schema_version: int


def summary_steps(
    trace: RolloutTrace,
    index: TraceIndex,
    recording: RecordingState,
    troubled: Iterable[NodeRef],
    *,
    is_partial: bool = False,
) -> Iterator[Summary | None]:
    """Sum a session up in steps of some milliseconds: None until the last one, which is the summary.

    `troubled`: objects with a problem of their own, those of the log first. `is_partial`: some of the recording could
    not be read, so that none may only mean that none was read.
    """
    views = yield from _view_steps(trace, index, recording)
    calls = yield from _call_steps(trace, index)
    troubles = list(troubled)
    bad_ends = yield from _bad_ends(trace, index, troubles)
    lost = yield from _lost(trace, index, views)
    summary = _summed(trace, index, recording, calls, lost, len(troubles), bad_ends)
    yield _without_false_zeros(summary) if is_partial else summary


def _without_false_zeros(summary: Summary) -> Summary:
    """The summary of what was read in part: of what none was read, nobody knows how many there are."""
    return summary._replace(requests=summary.requests or None, agents=summary.agents or None)


def _summed(
    trace: RolloutTrace,
    index: TraceIndex,
    recording: RecordingState,
    calls: tuple[tuple[Slow, ...], int],
    lost: Lost,
    problems: int,
    bad_ends: BadEnds,
) -> Summary:
    """`calls` are the longest of those that have ended, and how many have not."""
    root = ThreadId(trace.root_thread_id)
    task = task_of(trace, index, root) if root in trace.threads else None
    requests = trace.inference_calls.values()
    windows = (fact.model_context_window for fact in trace.evidence.turn_facts.values())
    return Summary(
        asked="" if task is None else words_written(task.text),
        answered=_last_words(trace, index, root),
        outcome=outcome_of(trace, index, recording),
        recording=recording,
        bad_ends=bad_ends,
        left_open=tuple(left_open(trace, index, recording)),
        problems=problems,
        lost=lost,
        tokens=sum_of(map(tokens_of_request, requests)),
        requests=len(requests),
        agents=len(trace.threads),
        took_ms=known_whole_ms(trace, index),
        longest=calls[0],
        open_calls=calls[1],
        models=tuple(dict.fromkeys(request.model for request in requests)),
        settings=trace.evidence.session_facts.get(root),
        schema_version=trace.schema_version,
        context_windows=tuple(dict.fromkeys(window for window in windows if window is not None)),
    )


def _last_words(trace: RolloutTrace, index: TraceIndex, root: ThreadId) -> str:
    """What the root agent said last."""
    items = trace.conversation_items
    for name in islice(index.inferences_of_thread.newest_first(root), LONGEST):
        text = answer_text(items[item] for item in trace.inference_calls[name].response_item_ids if item in items)
        if text:
            return text
    return ""


def _bad_ends(trace: RolloutTrace, index: TraceIndex, troubles: list[NodeRef]) -> Generator[None, None, BadEnds]:
    """How much ended badly, and what did before all else; a warning or a question taken back fails nothing."""
    counts = Counter[bool]()
    firsts: dict[bool, BadEnd] = {}
    for number, node in enumerate(troubles):
        if number % TROUBLED_PER_STEP == TROUBLED_PER_STEP - 1:
            yield
        problem = own_problem_of(trace, index, node)
        at_ms = None if problem is None else went_wrong_at(trace, index, node)
        if problem is None or problem.code in NO_FAILURES or at_ms is None:
            continue
        is_failure = problem.code not in STOPPED
        counts[is_failure] += 1
        if is_failure not in firsts or at_ms < firsts[is_failure].at_ms:
            firsts[is_failure] = BadEnd(at_ms, node, problem_text(trace, node, problem))
    return BadEnds(counts[True], counts[False], firsts.get(True, firsts.get(False)))


def _view_steps(
    trace: RolloutTrace, index: TraceIndex, recording: RecordingState
) -> Generator[None, None, Sequence[EdgeView] | None]:
    """What went between agents; None where that is very much."""
    if len(trace.interaction_edges) > CALLS_LOOKED_AT:
        return None
    book = EdgeBook(trace, index)
    while not book.prepare(OBJECTS_PER_STEP):
        yield
    views: list[EdgeView] = []
    yield from book.find_views(views, recording.is_over)
    return views


def _dropped(trace: RolloutTrace, index: TraceIndex) -> Generator[None, None, int]:
    """Items that compactions took from the history."""
    count = 0
    for one in list(trace.compactions.values()):
        requests = [trace.inference_calls[name] for name in index.inferences_of_thread.of(one.thread_id)]
        count += len(change_of_compaction(trace, requests, one).dropped)
        yield
    return count


def _shortened(trace: RolloutTrace, index: TraceIndex) -> Generator[None, None, int]:
    """Requests that sent fewer items than the agent's request before, without a recorded compaction between the two.

    Codex also compacts by an ordinary request of its own, of which nothing is recorded (bundle notes §4.6). A request
    of which no item, or not its beginning, could be read says nothing of what was sent.
    """
    count, unknown = 0, trace.evidence.unrecorded_beginnings
    for thread_id in list(trace.threads):
        installed = [trace.compactions[name].installed_at_unix_ms for name in index.compactions_of_thread.of(thread_id)]
        requests = [trace.inference_calls[name] for name in index.inferences_of_thread.of(thread_id)]
        known = (one for one in requests if len(one.request_item_ids) and one.inference_call_id not in unknown)
        for before, after in pairwise(known):
            if len(after.request_item_ids) < len(before.request_item_ids):
                start, end = before.execution.started_at_unix_ms, after.execution.started_at_unix_ms
                count += not any(start <= at <= end for at in installed)
        yield
    return count


def _lost(trace: RolloutTrace, index: TraceIndex, views: Sequence[EdgeView] | None) -> Generator[None, None, Lost]:
    looked_at, cuts = list(islice(trace.tool_calls.values(), CALLS_LOOKED_AT)), Counter[str]()
    for number, tool in enumerate(looked_at):
        cut = output_cut(trace, tool)
        cuts.update([] if cut is None else [cut.certainty])
        if number % TROUBLED_PER_STEP == TROUBLED_PER_STEP - 1:
            yield
    dropped = yield from _dropped(trace, index)
    shortened = yield from _shortened(trace, index)
    missing = (
        None if views is None else Counter(view.deed for view in views if view.delivery in ("undelivered", "failed"))
    )
    return Lost(
        cut=cuts["compared"],
        unseen=cuts["unseen"],
        looked_at=len(looked_at),
        dropped=dropped,
        compactions=len(trace.compactions),
        shortened=shortened,
        undelivered=missing,
    )


def _call_steps(trace: RolloutTrace, index: TraceIndex) -> Generator[None, None, tuple[tuple[Slow, ...], int]]:
    """The longest calls, by the rule of the statistics, and how many have not ended."""
    calls: list[Slow] = []
    count = 0
    for count, (node, thread_id, window) in enumerate(list(calls_with_windows(trace, index)), 1):
        call = slow_call(node, thread_id, window)
        if call is not None:
            calls.append(call)
        if count % OBJECTS_PER_STEP == 0:
            yield
    return tuple(nsmallest(LONGEST, calls)), count - len(calls)
