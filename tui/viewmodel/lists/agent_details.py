"""What is known of the agent under the cursor of the list of agents, where its columns had no room for it."""

from __future__ import annotations

from tui.analysis.agents.overview import AgentOverview
from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.kinds.naming import name_of
from tui.analysis.kinds.plural import counted
from tui.analysis.state.agent import AgentState
from tui.model.lookup import find_object, window_of
from tui.model.trace import RolloutTrace
from tui.viewmodel.lists.agent_words import SIGNS, models_text, state_text, task_text
from tui.viewmodel.lists.agents import agent_colour, start_cell, tokens_together
from tui.viewmodel.text.clean import Measure, clean, format_duration, format_tokens
from tui.viewmodel.text.spans import Line, Span
from tui.viewmodel.text.styled_lines import wrap_within
from tui.viewmodel.text.token_words import UNKNOWN, cached_part, of_requests, plain_number
from tui.viewmodel.timeline.row import glyph_span

DETAIL_LINES = 5

_CONTINUED = "   "
"""Before what goes on in another line of the details."""


def agent_details(
    trace: RolloutTrace, index: TraceIndex, agent: AgentOverview, width: int, measure: Measure, spare: int = 0
) -> list[Line]:
    """All that is known of one agent, in `DETAIL_LINES` lines of at most `width` cells, and up to `spare` more."""
    text = state_text(trace, index, agent.chain)
    state = agent.chain.links[0].state
    names = ", ".join(clean(word) for word in (agent.nickname, agent.role) if word)
    models = models_text(agent)
    title: Line = (
        Span(f" {clean(agent.path)}", agent_colour(agent.slot)),
        Span(f" ({names})" if names else ""),
        Span(f"  {models}", "dim"),
    )
    proof = Span(_proof(trace, index, state), "dim")
    how: Line = (Span(" "), glyph_span(SIGNS[state.word]), Span(f" {text.sentence}"), proof)
    asked: Line = (Span(" asked ", "dim"), Span(task_text(agent.task) or "nothing that is recorded"))
    tokens, work = Span(f" {_tokens(agent)}", "dim"), Span(f" {_work(agent)}", "dim")
    found: list[Line] = []
    for line in (title, how, asked, (tokens,), (work,)):
        wrapped = wrap_within(line, width, 1 + spare, measure, _CONTINUED)
        spare -= len(wrapped) - 1
        found += wrapped
    return found


def _proof(trace: RolloutTrace, index: TraceIndex, state: AgentState) -> str:
    """What says so: since which event it is open, or which event ended it, and why the recording is over."""
    window = window_of(find_object(trace, state.node))
    if window is None:
        told = f"by {name_of(trace, index, state.node)}"
    elif window.ended_seq is None:
        whose = f"{name_of(trace, index, state.node)} " if state.node.kind in ("turn", "thread") else ""
        told = f"{whose}open since event {window.started_seq}"
    elif state.node.kind == "thread":
        told = f"its end is event {window.ended_seq}"
    else:
        told = f"by {name_of(trace, index, state.node)}, which ended with event {window.ended_seq}"
    return f"  {clean(told)}{f' · {clean(state.evidence)}' if state.evidence else ''}"


def _tokens(agent: AgentOverview) -> str:
    tokens = agent.tokens
    cached = "" if tokens.hit_rate is None else f" ({cached_part(tokens)} cached)"
    below = f" · {tokens_together(agent)} with those below" if agent.children else ""
    return (
        f"tokens in {plain_number(tokens.input, tokens)}{cached}, out {plain_number(tokens.output, tokens)}, "
        f"reasoning {plain_number(tokens.known_reasoning, tokens)}{of_requests(tokens)}{below}"
    )


def _work(agent: AgentOverview) -> str:
    largest = f" (largest {format_tokens(agent.largest_input)})" if agent.largest_input else ""
    requests = f"{UNKNOWN} requests" if agent.inferences is None else counted(agent.inferences, "request")
    return (
        f"{counted(agent.turns, 'turn')}, {requests}{largest}, "
        f"{counted(agent.tool_calls, 'call')} · at {start_cell(agent)} for "
        f"{format_duration(agent.span.known_ms)}, busy {format_duration(agent.known_busy_ms)}"
    )
