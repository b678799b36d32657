"""`agents --json`: who worked, who waits for whom, what it cost."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from tui.analysis.agents.counts import origin_is_known
from tui.analysis.agents.overview import AgentOverview, RolloutOverview
from tui.analysis.agents.tasks import Task
from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.requests.tokens import Tokens
from tui.analysis.state.agent import AgentState
from tui.analysis.state.outcome import outcome_of
from tui.analysis.state.outcome_word import Outcome
from tui.analysis.state.waiting import ChainLink
from tui.commands.answers.objects import NodeAnswer, node_answer, node_or_null
from tui.commands.answers.reading import RecordingAnswer, recording_answer
from tui.store import TraceStore


class OutcomeAnswer(msgspec.Struct, frozen=True):
    """How a session came out; `says_so` is the object that proves it, null where the recording as a whole does."""

    word: str
    why: str | None
    evidence: str
    says_so: NodeAnswer | None


class StateAnswer(msgspec.Struct, frozen=True):
    """A state: `open` and `age_ms` are null where nothing is open; `says_so` is the object that proves the word."""

    word: str
    doing: str
    says_so: NodeAnswer
    open: NodeAnswer | None
    age_ms: int | None
    what: str
    via: list[NodeAnswer]
    process: NodeAnswer | None
    evidence: str | None


class WaitingAnswer(msgspec.Struct, frozen=True):
    """One agent of a chain of who waits for whom."""

    thread_id: str
    state: StateAnswer


class TokensAnswer(msgspec.Struct, frozen=True):
    """Sums of tokens, null where they are recorded of no request; `hit_rate` is the part of the input that was cached.

    `requests_without_usage` of the `requests` are missing from the sums; `open_requests` of these have not ended.
    """

    input: int | None
    cached_input: int | None
    output: int | None
    reasoning: int | None
    total: int | None
    cache_write_input: int | None
    hit_rate: float | None
    requests: int | None
    requests_without_usage: int
    open_requests: int


class TaskAnswer(msgspec.Struct, frozen=True, rename={"from_": "from"}):
    """What an agent was asked to do; `bytes` is the size of the text, `from_` the object that brought it."""

    text: str | None
    encrypted: bool
    bytes: int | None
    from_: NodeAnswer


class AgentAnswer(msgspec.Struct, frozen=True):
    """One agent. Times are milliseconds, `start_ms` since the start of the recording."""

    slot: int
    thread_id: str
    agent_path: str
    name: str
    nickname: str | None
    role: str | None
    parent_thread_id: str | None
    depth: int | None
    state: StateAnswer
    waits_on: list[str]
    chain: list[WaitingAnswer]
    is_ring: bool
    task: TaskAnswer | None
    models: dict[str, int]
    turns: int
    inferences: int | None
    tool_calls: int
    children: int | None
    problems: int | None
    unclear: int
    tokens: TokensAnswer
    tokens_with_below: TokensAnswer
    largest_input_tokens: int | None
    start_ms: int | None
    span_ms: int | None
    busy_ms: int | None
    is_open: bool


class AgentsAnswer(msgspec.Struct, frozen=True):
    """The document. Text is as recorded.

    `problems` are those of the agents, null where there may be more: of `unclear` objects it could not be read whether
    they failed. `problems_of_recording` are those of the log and the bundle.
    """

    rollout_id: str
    recording: RecordingAnswer
    outcome: OutcomeAnswer
    state: str
    chain: list[WaitingAnswer]
    counts: dict[str, int]
    tokens: TokensAnswer
    problems: int | None
    unclear: int
    problems_of_recording: int
    wall_ms: int | None
    active_ms: int | None
    agents_ms: int | None
    parallel_average: float | None
    parallel_most: int | None
    agents: list[AgentAnswer]


def agents_answer(store: TraceStore, overview: RolloutOverview, problems_of_recording: int) -> AgentsAnswer:
    """The document on a recording."""
    index, parallelism, state = store.index, overview.parallelism, overview.state
    was_read = bool(store.trace.threads)
    return AgentsAnswer(
        rollout_id=store.trace.rollout_id,
        recording=recording_answer(state.recording),
        outcome=_outcome(outcome_of(store.trace, index, state.recording)),
        state=state.word if was_read else "unknown",
        chain=[] if state.chain is None else _chain(index, state.chain.links),
        counts=dict(sorted(state.counts.items())),
        tokens=tokens_answer(overview.tokens, was_read=was_read),
        problems=None if overview.unclear else overview.problems,
        unclear=overview.unclear,
        problems_of_recording=problems_of_recording,
        wall_ms=parallelism.known(parallelism.wall_ms) if was_read else None,
        active_ms=parallelism.known(parallelism.active_ms) if was_read else None,
        agents_ms=parallelism.known(parallelism.agents_ms) if was_read else None,
        parallel_average=_rounded(parallelism.average),
        parallel_most=None if parallelism.clock is None else parallelism.most,
        agents=_agents(store, overview),
    )


def _outcome(outcome: Outcome) -> OutcomeAnswer:
    return OutcomeAnswer(outcome.word, outcome.why or None, outcome.evidence, node_or_null(outcome.node))


def _agents(store: TraceStore, overview: RolloutOverview) -> list[AgentAnswer]:
    """All agents. Where the origin of some is not known, any one may have more children."""
    answers = [_agent(store.index, agent) for agent in overview.agents]
    strays = {agent.thread_id for agent in overview.agents if not origin_is_known(store.trace, agent.thread_id)}
    if not strays:
        return answers
    return [
        msgspec.structs.replace(
            answer,
            depth=None if answer.thread_id in strays else answer.depth,
            children=None,
            tokens_with_below=tokens_answer(agent.tokens_together, was_read=False),
        )
        for answer, agent in zip(answers, overview.agents, strict=True)
    ]


def _agent(index: TraceIndex, agent: AgentOverview) -> AgentAnswer:
    first = agent.chain.links[0]
    return AgentAnswer(
        slot=agent.slot,
        thread_id=agent.thread_id,
        agent_path=agent.path,
        name=agent.name,
        nickname=agent.nickname or None,
        role=agent.role or None,
        parent_thread_id=agent.parent,
        depth=agent.depth,
        state=_state(index, first.state),
        waits_on=list(first.awaits),
        chain=_chain(index, agent.chain.links[1:]),
        is_ring=agent.chain.is_ring,
        task=_task(agent.task),
        models=dict(agent.models),
        turns=agent.turns,
        inferences=agent.inferences,
        tool_calls=agent.tool_calls,
        children=agent.children,
        problems=agent.known_problems,
        unclear=agent.unclear,
        tokens=tokens_answer(agent.tokens),
        tokens_with_below=tokens_answer(agent.tokens_together),
        largest_input_tokens=None if agent.tokens.is_unknown else agent.largest_input,
        start_ms=None if agent.span.clock is None else agent.span.start_ms,
        span_ms=agent.span.known_ms,
        busy_ms=agent.known_busy_ms,
        is_open=agent.span.is_open,
    )


def _state(index: TraceIndex, state: AgentState) -> StateAnswer:
    return StateAnswer(
        word=state.word,
        doing=state.doing,
        says_so=node_answer(state.node),
        open=node_answer(state.node) if state.is_open else None,
        age_ms=state.age_ms(index) if state.is_open else None,
        what=state.what,
        via=[node_answer(node) for node in state.via],
        process=node_or_null(state.process),
        evidence=state.evidence or None,
    )


def _chain(index: TraceIndex, links: Sequence[ChainLink]) -> list[WaitingAnswer]:
    """Who waits for whom, down to what is really awaited."""
    return [WaitingAnswer(link.thread_id, _state(index, link.state)) for link in links]


def _task(task: Task | None) -> TaskAnswer | None:
    if task is None:
        return None
    return TaskAnswer(task.text or None, task.encrypted, task.size, node_answer(task.node))


def tokens_answer(tokens: Tokens, *, was_read: bool = True) -> TokensAnswer:
    """Sums of tokens; `was_read`: whether there is anything that they could be of."""
    is_unknown = tokens.is_unknown or not was_read
    return TokensAnswer(
        input=None if is_unknown else tokens.input,
        cached_input=None if is_unknown else tokens.known_cached,
        output=None if is_unknown else tokens.output,
        reasoning=None if is_unknown else tokens.known_reasoning,
        total=None if is_unknown else tokens.total,
        cache_write_input=None if is_unknown else tokens.cache_write_input,
        hit_rate=_rounded(tokens.hit_rate) if was_read else None,
        requests=tokens.known_requests if was_read else None,
        requests_without_usage=tokens.without_usage,
        open_requests=tokens.open,
    )


def _rounded(part: float | None) -> float | None:
    return None if part is None else round(part, 4)
