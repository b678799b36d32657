"""All agents for people: the big picture, a table, and below it for each agent its state and what it was asked."""

from __future__ import annotations

from collections.abc import Iterator

from tui.analysis.agents.overview import AgentOverview, RolloutOverview
from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.kinds.plural import counted
from tui.analysis.state.outcome import outcome_of
from tui.commands.text_table import table_lines
from tui.model.trace import RolloutTrace
from tui.viewmodel.lists.agent_words import (
    SIGNS,
    counts_text,
    models_text,
    parallel_text,
    problems_cell,
    requests_cell,
    rollout_sentence,
    state_text,
    task_text,
    tokens_text,
)
from tui.viewmodel.text.clean import clean, format_duration, format_offset
from tui.viewmodel.text.token_words import cached_part, tokens_cell
from tui.viewmodel.timeline.outcome_words import outcome_sentence
from tui.viewmodel.timeline.row import GLYPHS

TASK_CHARACTERS = 300
"""How much of a task is written; the JSON has more."""

_HEADS = ("#", "agent", "turns", "requests", "calls", "tokens", "Σ", "cached", "start", "span", "busy", "problems")


def overview_lines(
    trace: RolloutTrace, index: TraceIndex, overview: RolloutOverview, of_recording: int
) -> Iterator[str]:
    """Line by line; `of_recording`: problems of the log and the bundle."""
    recording = overview.state.recording
    yield f"rollout    {trace.rollout_id}"
    yield f"session    {outcome_sentence(outcome_of(trace, index, recording))}"
    yield f"recording  {recording.word}: {recording.evidence}"
    if trace.threads:
        yield f"state      {rollout_sentence(trace, index, overview)}"
        yield f"agents     {counts_text(overview)}"
        yield f"tokens     {tokens_text(overview)}"
        yield f"time       {parallel_text(overview.parallelism)}"
    else:
        yield "agents     ? (none was read)"
    if overview.problems or overview.unclear or of_recording:
        yield f"problems   {_problems(overview, of_recording)}"
    if not overview.agents:
        return
    yield ""
    yield from table_lines(_HEADS, [_row(agent) for agent in overview.agents], left=2)
    for agent in overview.agents:
        yield ""
        yield from _details(trace, index, agent)


def _problems(overview: RolloutOverview, of_recording: int) -> str:
    least = "≥" if overview.unclear else ""
    both = f": {problems_cell(overview) or 0} of agents, {of_recording} of the recording" if of_recording else ""
    unclear = f"; how {counted(overview.unclear, 'object')} ended could not be read" if overview.unclear else ""
    return f"{least}{overview.problems + of_recording}{both}{unclear}"


def _row(agent: AgentOverview) -> list[str]:
    together = agent.tokens_together
    return [
        str(agent.slot),
        "  " * agent.depth + clean(agent.path),
        str(agent.turns),
        requests_cell(agent),
        str(agent.tool_calls),
        tokens_cell(agent.tokens.total, agent.tokens),
        tokens_cell(together.total, together) if agent.children else "",
        cached_part(agent.tokens),
        "?" if agent.span.clock is None else format_offset(agent.span.start_ms),
        format_duration(agent.span.known_ms),
        format_duration(agent.known_busy_ms),
        problems_cell(agent),
    ]


def _details(trace: RolloutTrace, index: TraceIndex, agent: AgentOverview) -> Iterator[str]:
    text = state_text(trace, index, agent.chain)
    state = agent.chain.links[0].state
    nickname = f" ({clean(agent.nickname)})" if agent.nickname else ""
    yield f"{agent.slot} {clean(agent.path)}{nickname}"
    yield f"  {GLYPHS[SIGNS[state.word]]} {text.sentence}"
    yield f"  says so   {state.node.kind}:{state.node.id}"
    if agent.models:
        yield f"  model     {models_text(agent)}"
    if agent.task is not None:
        yield f"  asked     {task_text(agent.task)[:TASK_CHARACTERS]}"
