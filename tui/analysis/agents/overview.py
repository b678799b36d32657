"""All agents of a rollout on one page, and the big picture above them. What the list and the command `agents` tell."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from typing import NamedTuple

from tui.analysis.agents.counts import (
    AgentMeter,
    depth_of,
    in_tree_order,
    parent_of,
    steps_of_whole,
    threads_touched,
)
from tui.analysis.agents.tasks import Task, task_of
from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.kinds.clock import clock_ms, measured
from tui.analysis.kinds.naming import agent_name
from tui.analysis.kinds.timing import TimeSpan, span_of_window, whole_duration_ms
from tui.analysis.requests.tokens import Tokens, sum_of
from tui.analysis.state.recording import RecordingState
from tui.analysis.state.rollout import RolloutState, state_of_rollout
from tui.analysis.state.waiting import AgentStates, WaitingChain
from tui.model.delta import TraceDelta
from tui.model.ids import ThreadId
from tui.model.trace import RolloutTrace

AGENTS_PER_STEP = 20
"""Agents whose state is found out between two rests when all are looked at for the first time."""

AGENTS_PER_LOOK = 200
"""The same once they are known."""


class AgentOverview(NamedTuple):
    """One agent. `slot` counts agents in the order in which they appeared, from 1; the first nine have number keys.

    `chain` begins with its state. `tokens_below` are those of the agents below it. `busy_ms` is the time in turns.
    `inferences`: requests, None where none is recorded. `models`: requests by model, in order of first use; without
    requests the agent's own model, 0 times.
    """

    thread_id: ThreadId
    slot: int
    depth: int
    parent: ThreadId | None
    path: str
    name: str
    nickname: str
    role: str
    chain: WaitingChain
    task: Task | None
    models: Mapping[str, int]
    turns: int
    inferences: int | None
    tool_calls: int
    children: int
    tokens: Tokens
    tokens_below: Tokens
    largest_input: int
    span: TimeSpan
    busy_ms: int
    problems: int
    unclear: int = 0
    """Objects of it that are over, and nothing says whether they failed."""

    @property
    def known_problems(self) -> int | None:
        """How many there are; None where there may be more."""
        return None if self.unclear else self.problems

    @property
    def known_busy_ms(self) -> int | None:
        """The time in turns, if the clock of the recording could measure it; an agent without a turn was in none."""
        return measured(self.busy_ms, self.span.clock) if self.turns else 0

    @property
    def tokens_together(self) -> Tokens:
        """Its tokens and those of the agents below."""
        return self.tokens.plus(self.tokens_below)


class Parallelism(NamedTuple):
    """How many agents were in a turn at once. Milliseconds.

    `wall_ms`: length of the recording. `active_ms`: how long at least one agent was in a turn. `agents_ms`: that
    of all agents added up. `most`: the highest number at once.
    """

    wall_ms: int
    active_ms: int
    agents_ms: int
    most: int
    clock: int | None = 1
    """What the clock of the recording tells at least."""

    def known(self, milliseconds: int) -> int | None:
        """One of these lengths of time, if the clock could measure it."""
        return measured(milliseconds, self.clock)

    @property
    def average(self) -> float | None:
        """Agents at once while there was one at all; None while there was none."""
        return self.agents_ms / self.active_ms if self.active_ms else None


class RolloutOverview(NamedTuple):
    """The whole. `agents` are in the order of the tree: each behind its parent."""

    state: RolloutState
    agents: tuple[AgentOverview, ...]
    tokens: Tokens
    problems: int
    parallelism: Parallelism
    unclear: int = 0
    """As each agent has it, of all."""


class AgentWatch:
    """Keeps the overview of a growing graph current. A look costs the agents, and the calls of those that changed."""

    def __init__(self, trace: RolloutTrace, index: TraceIndex) -> None:
        self.meter = AgentMeter(trace, index)
        self._trace = trace
        self._index = index
        self._states = AgentStates(trace, index, RecordingState("loading", ""))
        self._known: dict[ThreadId, AgentOverview] = {}
        self._touched: set[ThreadId] = set()
        self._depths: dict[ThreadId, int] = {}

    def is_of(self, trace: RolloutTrace) -> bool:
        """Whether it watches this graph, not one that was there before the recording started again."""
        return self._trace is trace

    def apply(self, delta: TraceDelta) -> None:
        """Take in what changed; the index must have it already."""
        self.meter.apply(delta)
        self._touched |= threads_touched(self._trace, delta)

    def take_whole(self, recording: RecordingState) -> Iterator[None]:
        """Take in all that is in the graph, in steps; between them the caller may rest, and apply deltas."""
        for step in steps_of_whole(self._trace):
            self.meter.apply(step, is_step_of_whole=True)
            self._touched |= threads_touched(self._trace, step)
            yield
        self._begin(recording)
        for number, thread_id in enumerate(list(self._trace.threads), 1):
            self._states.of(thread_id)
            self._known[thread_id] = _agent(self._trace, self._index, self.meter, number, thread_id, self._depths)
            if number % AGENTS_PER_STEP == 0:
                yield

    def look(self, recording: RecordingState) -> RolloutOverview:
        """How all agents stand now."""
        return next(found for found in self.looking(recording) if found is not None)

    def looking(self, recording: RecordingState) -> Iterator[RolloutOverview | None]:
        """The same in steps, the last of which gives it; between them the caller may rest, and apply deltas."""
        self._begin(recording)
        agents = yield from self._agents()
        state = state_of_rollout(self._trace, self._index, recording, self._states)
        yield None
        yield RolloutOverview(
            state=state,
            agents=agents,
            tokens=sum_of(agent.tokens for agent in agents),
            problems=sum(agent.problems for agent in agents),
            parallelism=parallelism_of(self._trace, self._index),
            unclear=sum(agent.unclear for agent in agents),
        )

    def _begin(self, recording: RecordingState) -> None:
        """Forget what is out of date."""
        self._depths.clear()
        self._states.forget(self._touched, recording)
        for thread_id in self._touched:
            self._known.pop(thread_id, None)
        self._touched.clear()

    def _agents(self) -> Generator[None, None, tuple[AgentOverview, ...]]:
        trace, index = self._trace, self._index
        order = in_tree_order(trace, index)
        yield
        slots = {thread_id: slot for slot, thread_id in enumerate(trace.threads, 1)}
        below = yield from _tokens_below(trace, self.meter, order)
        found = []
        for thread_id in order:
            known = self._known.get(thread_id)
            if known is None or known.task is None:
                known = self._known[thread_id] = _agent(
                    trace, index, self.meter, slots[thread_id], thread_id, self._depths
                )
            current = known._replace(
                chain=self._states.chain(thread_id),
                children=index.child_threads.count(thread_id),
                tokens_below=below[thread_id],
                span=span_of_window(trace, index, trace.threads[thread_id].execution),
                busy_ms=self.meter.busy_ms(thread_id),
            )
            found.append(current)
            if len(found) % AGENTS_PER_LOOK == 0:
                yield
        return tuple(found)


def overview_of(trace: RolloutTrace, index: TraceIndex, recording: RecordingState) -> RolloutOverview:
    """How all agents of a graph stand, for those who look once."""
    watch = AgentWatch(trace, index)
    for _ in watch.take_whole(recording):
        pass
    return watch.look(recording)


def parallelism_of(trace: RolloutTrace, index: TraceIndex) -> Parallelism:
    """Agents in turns laid over each other; turns that are open last until now.

    Turns of one agent may run at once: a review has one of its own in the agent that asked for it.
    """
    now = index.now_unix_ms
    changes: list[tuple[int, int, ThreadId]] = []
    for turn in trace.codex_turns.values():
        start, end = turn.execution.started_at_unix_ms, turn.execution.ended_at_unix_ms
        changes += [(start, 1, turn.thread_id), (max(start, now if end is None else end), -1, turn.thread_id)]
    turns_in: dict[ThreadId, int] = {}
    most = active = total = before = 0
    # At one moment ends come first: a turn that follows another is not beside it.
    for at, step, thread_id in sorted(changes):
        level = len(turns_in)
        active += (at - before) * (level > 0)
        total += (at - before) * level
        turns = turns_in.pop(thread_id, 0) + step
        if turns:
            turns_in[thread_id] = turns
        most = max(most, len(turns_in))
        before = at
    return Parallelism(whole_duration_ms(trace, index), active, total, most, clock_ms(trace))


def _agent(
    trace: RolloutTrace,
    index: TraceIndex,
    meter: AgentMeter,
    slot: int,
    thread_id: ThreadId,
    depths: dict[ThreadId, int],
) -> AgentOverview:
    """What of an agent changes only with its own objects; the rest is of this moment and comes later."""
    thread, counts = trace.threads[thread_id], meter.of(thread_id)
    unused = {thread.default_model: 0} if thread.default_model else {}
    return AgentOverview(
        thread_id=thread_id,
        slot=slot,
        depth=depth_of(trace, thread_id, depths),
        parent=parent_of(trace, thread_id),
        path=thread.agent_path,
        name=agent_name(trace, thread_id),
        nickname=thread.nickname or "",
        role=getattr(thread.origin, "agent_role", ""),
        chain=WaitingChain(()),
        task=task_of(trace, index, thread_id),
        models=dict(counts.models) or unused,
        turns=index.turns.count(thread_id),
        inferences=counts.known_tokens.known_requests,
        tool_calls=counts.tool_calls,
        children=0,
        tokens=counts.known_tokens,
        tokens_below=Tokens(),
        largest_input=counts.largest_input,
        span=TimeSpan(0),
        busy_ms=0,
        problems=counts.problems,
        unclear=counts.unclear,
    )


def _tokens_below(
    trace: RolloutTrace, meter: AgentMeter, order: list[ThreadId]
) -> Generator[None, None, dict[ThreadId, Tokens]]:
    """Each agent hands what it has together on to its parent, the deepest first."""
    below = dict.fromkeys(order, Tokens())
    for number, thread_id in enumerate(reversed(order), 1):
        parent = parent_of(trace, thread_id)
        if parent is not None:
            below[parent] = below[parent].plus(meter.of(thread_id).known_tokens).plus(below[thread_id])
        if number % AGENTS_PER_LOOK == 0:
            yield
    return below
