"""The list of agents: number key, state by evidence, tokens, children.

1 ● /root               12.4k tok  Σ 423.5k  3 agents  waiting  1.2s  for /root/alpha, /root/beta
2 ● /root/alpha  Kepler 201.8k tok                     working  410ms  $ pytest -q
"""

from __future__ import annotations

from typing import NamedTuple

from tui.analysis.agent_state import AgentState, AgentTokens, StateWord, state_of_agent, tokens_by_agent
from tui.analysis.index import TraceIndex
from tui.model.ids import ThreadId
from tui.model.noderef import NodeRef
from tui.model.trace import RolloutTrace
from tui.viewmodel.picker import PickEntry
from tui.viewmodel.spans import Line, Span
from tui.viewmodel.text import Measure, clean, elide, format_duration, format_tokens
from tui.viewmodel.timeline_row import Status, glyph_span

LAST_SLOT = 9
"""Agents with a number key."""

MAX_NAME_CELLS = 36

_SIGNS: dict[StateWord, Status] = {
    "working": "running",
    "waiting": "waiting",
    "quiet": "waiting",
    "idle": "waiting",
    "done": "ok",
    "failed": "failed",
    "cancelled": "cancelled",
}

_WORDS: dict[StateWord, str] = {"quiet": "between calls"}
"""Words for people where the name of the state says too little."""

_IN_TURN = ("working", "waiting", "quiet")


class _Column(NamedTuple):
    """What stands in a column, one text for each agent."""

    texts: list[str]
    to_right: bool = False


def agents_by_slot(trace: RolloutTrace) -> list[ThreadId]:
    """Agents in the order in which they appeared: the first nine keep their number keys for ever."""
    return list(trace.threads)


def agent_entries(trace: RolloutTrace, index: TraceIndex, *, is_over: bool, measure: Measure) -> list[PickEntry]:
    """One line per agent. `is_over`: nothing more will be recorded, so that what is open was left open."""
    agents = agents_by_slot(trace)
    states = [state_of_agent(trace, index, name) for name in agents]
    tokens = tokens_by_agent(trace, index)
    names = _aligned(_Column([_name(trace, name) for name in agents]), measure)
    numbers = _numbers(index, [tokens[name] for name in agents], agents, measure)
    entries = []
    for slot, (thread_id, state) in enumerate(zip(agents, states, strict=True), 1):
        key = str(slot) if slot <= LAST_SLOT else ""
        line: Line = (
            Span(f" {key:1} ", "chrome.key"),
            glyph_span(_SIGNS[state.word]),
            Span(f" {names[slot - 1]}", f"agent.{(slot - 1) % 8}"),
            Span(numbers[slot - 1], "dim"),
            *_state_spans(state, index.now_unix_ms, is_over=is_over),
        )
        entries.append(PickEntry(line, NodeRef("thread", thread_id), key))
    return entries


def _name(trace: RolloutTrace, thread_id: ThreadId) -> str:
    thread = trace.threads[thread_id]
    nickname = f"  {clean(thread.nickname)}" if thread.nickname else ""
    return f"{clean(thread.agent_path)}{nickname}"


def _numbers(index: TraceIndex, tokens: list[AgentTokens], agents: list[ThreadId], measure: Measure) -> list[str]:
    """Own tokens, tokens with those of the agents below, how many agents it started; aligned."""
    children = [index.child_threads.count(name) for name in agents]
    pairs = zip(tokens, children, strict=True)
    columns = [
        _Column([f"  {format_tokens(each.own)} tok" for each in tokens], to_right=True),
        _Column([f"  Σ {format_tokens(each.rolled_up)}" if count else "" for each, count in pairs], to_right=True),
        _Column([f"  {count} agent{'s' * (count > 1)}" if count else "" for count in children]),
    ]
    rows = zip(*(_aligned(column, measure) for column in columns), strict=True)
    return ["".join(row) for row in rows]


def _aligned(column: _Column, measure: Measure) -> list[str]:
    texts = [elide(text, MAX_NAME_CELLS, measure) for text in column.texts]
    cells = max(map(measure, texts), default=0)
    blanks = [" " * (cells - measure(text)) for text in texts]
    return [
        f"{blank}{text}" if column.to_right else f"{text}{blank}" for text, blank in zip(texts, blanks, strict=True)
    ]


def _state_spans(state: AgentState, now_unix_ms: int, *, is_over: bool) -> Line:
    """The word, for how long (of what is still open), and what it is that is open."""
    is_open = state.word in _IN_TURN
    word = "left open" if is_over and is_open else _WORDS.get(state.word, state.word)
    lasted = (
        f"  {format_duration(max(0, now_unix_ms - state.since_unix_ms))}" if is_open or state.word == "idle" else ""
    )
    style = "error" if state.word == "failed" else ""
    return (Span(f"  {word}", style), Span(f"{lasted}  {clean(state.what)}" if state.what else lasted, "dim"))
