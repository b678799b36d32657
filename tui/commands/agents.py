"""`rtrace-tui agents`: who worked, who waits for whom, what it cost."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from tui.analysis.agents.overview import AgentOverview, RolloutOverview, overview_of
from tui.analysis.agents.tasks import Task
from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.problems.bundle_trouble import BundleTrouble
from tui.analysis.problems.count import problems_of_recording
from tui.analysis.requests.tokens import Tokens
from tui.analysis.state.agent import AgentState
from tui.analysis.state.outcome import outcome_of
from tui.analysis.state.outcome_word import Outcome
from tui.analysis.state.waiting import ChainLink
from tui.commands.agents_text import overview_lines
from tui.commands.answer import answer
from tui.commands.arguments import add_bundle, add_json
from tui.commands.folder_totals import count, count_tokens
from tui.commands.loaded import let_time_pass
from tui.commands.moment import add_at
from tui.commands.object_json import node_json
from tui.store import TraceStore

DESCRIPTION = "List the agents: state and the open object that says so, task, tokens, time, whom each waits for."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """A bundle, and how to print."""
    add_bundle(parser)
    add_json(parser)
    add_at(parser)


def run(given: argparse.Namespace) -> int:
    """Print all agents of the bundle."""
    return answer(
        "agents",
        given,
        lambda store, _given: (store, _overview(store)),
        lambda asked: agents_json(*asked),
        lambda asked: overview_lines(asked[0].trace, asked[0].index, asked[1], _of_recording(asked[0])),
    )


def _overview(store: TraceStore) -> RolloutOverview:
    """What is open in a recording that may go on lasts until now."""
    let_time_pass(store)
    overview = overview_of(store.trace, store.index, store.recording)
    count(agents=len(overview.agents))
    count_tokens(overview.tokens)
    count(problems=overview.problems + _of_recording(store))
    return overview


def _of_recording(store: TraceStore) -> int:
    trouble = BundleTrouble(store.manifest, store.faults, store.fault, store.torn_tail, store.source.log_name)
    return problems_of_recording(store.trace, store.diagnostics, trouble)


def agents_json(store: TraceStore, overview: RolloutOverview) -> dict[str, Any]:
    """The whole as JSON, text as recorded. Times are milliseconds, starts counted from the start of the recording.

    `problems` are those of the agents, `problems_of_recording` those of the log and the bundle.
    """
    index, parallelism = store.index, overview.parallelism
    state = overview.state
    return {
        "rollout_id": store.trace.rollout_id,
        "recording": {"state": state.recording.word, "evidence": state.recording.evidence},
        "outcome": outcome_json(outcome_of(store.trace, index, state.recording)),
        "state": state.word,
        "chain": [] if state.chain is None else chain_json(index, state.chain.links),
        "counts": dict(sorted(state.counts.items())),
        "tokens": tokens_json(overview.tokens),
        "problems": overview.problems,
        "problems_of_recording": _of_recording(store),
        "wall_ms": parallelism.wall_ms,
        "active_ms": parallelism.active_ms,
        "agents_ms": parallelism.agents_ms,
        "parallel_average": _rounded(parallelism.average),
        "parallel_most": parallelism.most,
        "agents": [_agent_json(index, agent) for agent in overview.agents],
    }


def outcome_json(outcome: Outcome) -> dict[str, Any]:
    """How the session came out; `says_so` is the object that proves it, null where the recording as a whole does."""
    return {
        "word": outcome.word,
        "why": outcome.why or None,
        "evidence": outcome.evidence,
        "says_so": None if outcome.node is None else node_json(outcome.node),
    }


def _agent_json(index: TraceIndex, agent: AgentOverview) -> dict[str, Any]:
    first = agent.chain.links[0]
    return {
        "slot": agent.slot,
        "thread_id": agent.thread_id,
        "agent_path": agent.path,
        "name": agent.name,
        "nickname": agent.nickname or None,
        "role": agent.role or None,
        "parent_thread_id": agent.parent,
        "depth": agent.depth,
        "state": state_json(index, first.state),
        "waits_on": list(first.awaits),
        "chain": chain_json(index, agent.chain.links[1:]),
        "is_ring": agent.chain.is_ring,
        "task": _task_json(agent.task),
        "models": dict(agent.models),
        "turns": agent.turns,
        "inferences": agent.inferences,
        "tool_calls": agent.tool_calls,
        "children": agent.children,
        "problems": agent.problems,
        "tokens": tokens_json(agent.tokens),
        "tokens_with_below": tokens_json(agent.tokens_together),
        "largest_input_tokens": None if agent.tokens.is_unknown else agent.largest_input,
        "start_ms": agent.span.start_ms,
        "span_ms": agent.span.duration_ms,
        "busy_ms": agent.busy_ms,
        "is_open": agent.span.is_open,
    }


def state_json(index: TraceIndex, state: AgentState) -> dict[str, Any]:
    """A state: `open` and `age_ms` are null where nothing is open; `says_so` is the object that proves the word."""
    return {
        "word": state.word,
        "doing": state.doing,
        "says_so": node_json(state.node),
        "open": node_json(state.node) if state.is_open else None,
        "age_ms": state.age_ms(index) if state.is_open else None,
        "what": state.what,
        "via": [node_json(node) for node in state.via],
        "process": None if state.process is None else node_json(state.process),
        "evidence": state.evidence or None,
    }


def chain_json(index: TraceIndex, links: Sequence[ChainLink]) -> list[dict[str, Any]]:
    """Who waits for whom, down to what is really awaited."""
    return [{"thread_id": link.thread_id, "state": state_json(index, link.state)} for link in links]


def tokens_json(tokens: Tokens) -> dict[str, Any]:
    """Sums of tokens, null where they are recorded of no request; `hit_rate` is the part of the input that was cached.

    `requests_without_usage` of the `requests` are missing from the sums; `open_requests` of these have not ended.
    """
    sums = {
        "input": tokens.input,
        "cached_input": tokens.cached_input,
        "output": tokens.output,
        "reasoning": tokens.reasoning,
        "total": tokens.total,
        "cache_write_input": tokens.cache_write_input,
    }
    return {
        **{name: None if tokens.is_unknown else number for name, number in sums.items()},
        "hit_rate": _rounded(tokens.hit_rate),
        "requests": tokens.requests,
        "requests_without_usage": tokens.without_usage,
        "open_requests": tokens.open,
    }


def _task_json(task: Task | None) -> dict[str, Any] | None:
    if task is None:
        return None
    return {
        "text": task.text or None,
        "encrypted": task.encrypted,
        "bytes": task.size,
        "from": node_json(task.node),
    }


def _rounded(part: float | None) -> float | None:
    return None if part is None else round(part, 4)
