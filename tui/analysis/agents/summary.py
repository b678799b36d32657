"""A session on one page: what was asked, how it came out, what went wrong first, what was lost, what took longest.

For who opens a recording that is over. What cannot be known is None, never 0.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Iterable, Iterator, Sequence
from heapq import nsmallest
from itertools import islice
from typing import NamedTuple

from tui.analysis.agents.slow import Slow, calls_with_windows, slow_call
from tui.analysis.agents.tasks import task_of
from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.kinds.timing import known_whole_ms, span_of
from tui.analysis.messages.answer_text import answer_text
from tui.analysis.messages.edges import EdgeBook, EdgeView
from tui.analysis.problems.listed import problem_text
from tui.analysis.problems.of_object import NO_FAILURES, output_cut
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
    `dropped`: inputs of compactions that they did not say again. `undelivered`: messages that reached no agent.
    """

    cut: int
    unseen: int
    looked_at: int
    dropped: int
    compactions: int
    undelivered: int


class Summary(NamedTuple):
    """One session. Texts are as recorded, not yet cleaned.

    `failure`: the first object that failed by itself, and why; `failures`: how many there are. `left_open`: what agents
    were doing when the recording stopped. `settings`: None if they are unknown; `models` in order of first use;
    `context_window` in tokens.
    """

    asked: str
    answered: str
    outcome: Outcome
    recording: RecordingState
    failure: tuple[NodeRef, str] | None
    failures: int
    left_open: tuple[NodeRef, ...]
    problems: int
    lost: Lost
    tokens: Tokens
    requests: int
    agents: int
    took_ms: int | None
    longest: tuple[Slow, ...]
    models: tuple[str, ...]
    settings: ThreadSession | None
    context_window: int | None
    schema_version: int


def summary_steps(
    trace: RolloutTrace, index: TraceIndex, recording: RecordingState, troubled: Iterable[NodeRef]
) -> Iterator[Summary | None]:
    """Sum a session up in steps of some milliseconds: None until the last one, which is the summary.

    `troubled`: objects with a problem of their own, those of the log first.
    """
    views = yield from _view_steps(trace, index, recording)
    longest = yield from _longest_steps(trace, index)
    troubles = list(troubled)
    failures = yield from _failures(trace, index, troubles)
    lost = yield from _lost(trace, index, views)
    yield _summed(trace, index, recording, longest, lost, (len(troubles), *failures))


def _summed(
    trace: RolloutTrace,
    index: TraceIndex,
    recording: RecordingState,
    longest: tuple[Slow, ...],
    lost: Lost,
    problems: tuple[int, int, tuple[NodeRef, str] | None],
) -> Summary:
    """`problems` are how many there are, how many of them are failures, and what failed first."""
    root = ThreadId(trace.root_thread_id)
    task = task_of(trace, index, root) if root in trace.threads else None
    calls = trace.inference_calls.values()
    facts = [fact.model_context_window for fact in trace.evidence.turn_facts.values()]
    return Summary(
        asked="" if task is None else words_written(task.text),
        answered=_last_words(trace, index, root),
        outcome=outcome_of(trace, index, recording),
        recording=recording,
        failure=problems[2],
        failures=problems[1],
        left_open=tuple(left_open(trace, index, recording)),
        problems=problems[0],
        lost=lost,
        tokens=sum_of(map(tokens_of_request, calls)),
        requests=len(trace.inference_calls),
        agents=len(trace.threads),
        took_ms=known_whole_ms(trace, index),
        longest=longest,
        models=tuple(dict.fromkeys(call.model for call in calls)),
        settings=trace.evidence.session_facts.get(root),
        schema_version=trace.schema_version,
        context_window=next((window for window in facts if window is not None), None),
    )


def _last_words(trace: RolloutTrace, index: TraceIndex, root: ThreadId) -> str:
    """What the root agent said last."""
    items = trace.conversation_items
    for name in islice(index.inferences_of_thread.newest_first(root), LONGEST):
        text = answer_text(items[item] for item in trace.inference_calls[name].response_item_ids if item in items)
        if text:
            return text
    return ""


def _failures(
    trace: RolloutTrace, index: TraceIndex, troubles: list[NodeRef]
) -> Generator[None, None, tuple[int, tuple[NodeRef, str] | None]]:
    """How much ended badly, and what did before all else; a warning or a question taken back fails nothing."""
    count = 0
    first: tuple[int, NodeRef, str] | None = None
    for number, node in enumerate(troubles):
        if number % TROUBLED_PER_STEP == TROUBLED_PER_STEP - 1:
            yield
        problem, span = own_problem_of(trace, index, node), span_of(trace, index, node)
        if problem is None or problem.code in NO_FAILURES or span is None:
            continue
        count += 1
        if first is None or span.start_ms < first[0]:
            first = (span.start_ms, node, problem_text(trace, node, problem))
    return count, None if first is None else first[1:]


def _view_steps(
    trace: RolloutTrace, index: TraceIndex, recording: RecordingState
) -> Generator[None, None, Sequence[EdgeView]]:
    """What went between agents, unless that is very much."""
    if len(trace.interaction_edges) > CALLS_LOOKED_AT:
        return ()
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


def _lost(trace: RolloutTrace, index: TraceIndex, views: Sequence[EdgeView]) -> Generator[None, None, Lost]:
    looked_at, cuts = list(islice(trace.tool_calls.values(), CALLS_LOOKED_AT)), Counter[str]()
    for number, tool in enumerate(looked_at):
        cut = output_cut(trace, tool)
        cuts.update([] if cut is None else [cut.certainty])
        if number % TROUBLED_PER_STEP == TROUBLED_PER_STEP - 1:
            yield
    dropped = yield from _dropped(trace, index)
    return Lost(
        cut=cuts["compared"],
        unseen=cuts["unseen"],
        looked_at=len(looked_at),
        dropped=dropped,
        compactions=len(trace.compactions),
        undelivered=sum(view.delivery in ("undelivered", "failed") for view in views),
    )


def _longest_steps(trace: RolloutTrace, index: TraceIndex) -> Generator[None, None, tuple[Slow, ...]]:
    """The longest calls, by the rule of the statistics."""
    calls: list[Slow] = []
    for number, (node, thread_id, window) in enumerate(list(calls_with_windows(trace, index)), 1):
        call = slow_call(node, thread_id, window)
        if call is not None:
            calls.append(call)
        if number % OBJECTS_PER_STEP == 0:
            yield
    return tuple(nsmallest(LONGEST, calls))
