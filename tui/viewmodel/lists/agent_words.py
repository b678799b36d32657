"""The state of an agent or of the rollout in words, for the list of agents and for the command line.

waiting on /root/alpha  3m12s  → /root/alpha waiting for a command 1m04s: $ pytest -q
cut off                 5.0s   while waiting for a command: $ sleep 60
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tui.analysis.agents.overview import AgentOverview, Parallelism, RolloutOverview
from tui.analysis.agents.tasks import Task
from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.kinds.naming import agent_name
from tui.analysis.kinds.plural import counted
from tui.analysis.state.agent import STATE_WORDS, AgentState, StateWord
from tui.analysis.state.waiting import ChainLink, WaitingChain
from tui.model.ids import ThreadId
from tui.model.trace import RolloutTrace
from tui.viewmodel.text.clean import Measure, clean, elide, format_bytes, format_duration
from tui.viewmodel.text.token_words import UNKNOWN, cached_part, of_requests, plain_number, tokens_cell
from tui.viewmodel.timeline.row import Status

SIGNS: dict[StateWord, Status] = {
    "working": "running",
    "waiting on the model": "running",
    "waiting on a terminal": "running",
    "waiting on an agent": "waiting",
    "idle": "waiting",
    "left open": "waiting",
    "cut off": "cancelled",
    "ended": "ok",
    "failed": "failed",
    "cancelled": "cancelled",
}
"""The sign of each state; the word is beside it."""

_NAMES: dict[StateWord, str] = {"waiting on a terminal": "waiting for a command"}
"""How people read a state that scripts know by another word."""

_WHILE = "while "

_ENDINGS: dict[StateWord, str] = {"ended": "ended", "failed": "failed", "cancelled": "was cancelled"}
"""How an agent that is over ended, behind its name."""

_JUST_BEGUN = " · it began with the last event"
"""In place of an age, behind what is open: the recording holds nothing after it."""

NAMED_AGENTS = 2
"""Agents that are named before the others are counted."""


def state_name(word: StateWord) -> str:
    """A state as people read it."""
    return _NAMES.get(word, word)


class StateText(NamedTuple):
    """A state in parts, harmless: the word, for how long (empty where that says nothing), and what is open.

    `is_just_begun`: the recording stops with the event that opened it.
    """

    word: str
    age: str
    what: str
    is_just_begun: bool = False

    @property
    def sentence(self) -> str:
        """All parts in one line; the time is that of what the agent did, not of its end."""
        age = f" for {self.age}" if self.age else ""
        if self.what.startswith(_WHILE):
            doing, colon, rest = self.what.partition(": ")
            return f"{self.word} {doing}{age}{colon}{rest}{_JUST_BEGUN if self.is_just_begun else ''}"
        return f"{self.word}{age}{': ' if self.what else ''}{self.what}"

    @property
    def what_in_row(self) -> str:
        """What is open, by name first: a row has little room, and the name tells more than the kind of waiting."""
        doing, _, rest = self.what.partition(": ") if self.what.startswith(_WHILE) else ("", "", self.what)
        return ", ".join(part for part in (rest, doing) if part)


def state_text(trace: RolloutTrace, index: TraceIndex, chain: WaitingChain) -> StateText:
    """The state of the first agent of a chain, and what it all comes down to."""
    first = chain.links[0]
    what = clean(first.state.what)
    if first.state.doing == "waiting on an agent":
        what = _rest(trace, index, chain)
    is_over = first.state.word != first.state.doing
    is_just_begun = False
    if is_over and first.state.doing != "idle":
        is_just_begun = not first.state.age_ms(index)
        doing = f"{_WHILE}{state_name(first.state.doing)}"
        what = f"{doing}: {what}" if what else doing
    return StateText(_word(trace, first), _age(index, first.state), what, is_just_begun)


def _word(trace: RolloutTrace, link: ChainLink) -> str:
    if link.state.word == "waiting on an agent" and link.awaits:
        return f"waiting on {names_of(trace, link.awaits)}"
    return state_name(link.state.word)


def names_of(trace: RolloutTrace, agents: Sequence[ThreadId]) -> str:
    """The first agents by name, the others by number."""
    named = [clean(agent_name(trace, name)) for name in agents[:NAMED_AGENTS]]
    more = len(agents) - len(named)
    return f"{', '.join(named)} and {more} more" if more else " and ".join(named)


def _age(index: TraceIndex, state: AgentState) -> str:
    """How long it has been so; for an agent that is over, that it is over says enough. Empty if nothing came after."""
    age_ms = state.age_ms(index)
    if state.until_unix_ms is not None and not age_ms:
        return ""
    return format_duration(age_ms) if state.is_open or state.doing == "idle" else ""


def _rest(trace: RolloutTrace, index: TraceIndex, chain: WaitingChain) -> str:
    """The agents behind the first one of a chain, each with its state."""
    if not chain.links[0].awaits:
        return "no agent below it has anything to do"
    parts = []
    for link in chain.links[1:]:
        age = _age(index, link.state)
        parts.append(
            f"→ {clean(agent_name(trace, link.thread_id))} {state_name(link.state.doing)}{f' {age}' if age else ''}"
        )
    if chain.is_ring:
        return f"{' '.join(parts)} → {names_of(trace, chain.last.awaits[:1])} again: they wait for each other"
    what = _awaited_by_all(chain)
    return f"{' '.join(parts)}{f': {what}' if what else ''}"


def rollout_title(
    trace: RolloutTrace, index: TraceIndex, overview: RolloutOverview, width: int, measure: Measure
) -> str:
    """The same for a title of `width` cells: what the details below it say again goes first."""
    sentence = rollout_sentence(trace, index, overview)
    if measure(sentence) > width:
        sentence = sentence.replace(_JUST_BEGUN, "", 1)
    return elide(sentence, width, measure)


def legend_text(overview: RolloutOverview, heads: Sequence[str], width: int, measure: Measure) -> str:
    """What the signs mean that are in the columns with these headings, as many as have room; empty without any."""
    agents = overview.agents
    signs = []
    if "Σ" in heads and any(agent.children for agent in agents):
        signs.append("Σ with the agents below")
    if "▲" in heads and any(problems_cell(agent) for agent in agents):
        signs.append("▲ problems")
    is_part = any(agent.tokens.is_part or ("Σ" in heads and agent.tokens_together.is_part) for agent in agents)
    if "tokens" in heads and is_part:
        signs.append("≥ some requests say no tokens")
    while signs and measure(" · ".join(signs)) > width:
        signs.pop()
    return " · ".join(signs)


def rollout_sentence(trace: RolloutTrace, index: TraceIndex, overview: RolloutOverview) -> str:
    """The state of the whole, in one line: what all waiting comes down to, and the agents on the way there."""
    state = overview.state
    if state.chain is None:
        return f"{state.word}: no agent has started"
    if state.word in ("ended", "failed", "cancelled"):
        what = clean(state.chain.links[0].state.what)
        return f"{state.word}{f': {what}' if what else ''}"
    last = state.chain.last.state
    word = (
        state_name(state.word) if state.word == last.doing else f"{state.word} {_doing_words(trace, state.chain.last)}"
    )
    age = _age(index, last)
    is_just_begun = last.until_unix_ms is not None and last.is_open and not age
    names = [clean(agent_name(trace, link.thread_id)) for link in state.chain.links]
    what = _awaited_by_all(state.chain)
    began = _JUST_BEGUN if is_just_begun else ""
    return f"{word}{f' {age}' if age else ''}{f': {what}' if what else ''}{began} · {' → '.join(names)}"


def _doing_words(trace: RolloutTrace, link: ChainLink) -> str:
    """What an agent did when the recording stopped, or how it had ended before."""
    ending = _ENDINGS.get(link.state.doing)
    return (
        f"{_WHILE}{state_name(link.state.doing)}"
        if ending is None
        else f"after {clean(agent_name(trace, link.thread_id))} {ending}"
    )


def _awaited_by_all(chain: WaitingChain) -> str:
    if chain.is_ring:
        return "agents wait for each other"
    last = chain.last.state
    return "no agent has anything to do" if last.doing == "waiting on an agent" else clean(last.what)


def counts_text(overview: RolloutOverview) -> str:
    """How many agents there are, and how many are in which state."""
    total = len(overview.agents)
    counts = overview.state.counts
    parts = [f"{counts[word]} {state_name(word)}" for word in STATE_WORDS if counts.get(word)]
    return f"{counted(total, 'agent')}: {', '.join(parts)}" if total else "no agents"


def _short_counts(overview: RolloutOverview) -> str:
    """The same without what is waited for."""
    groups: dict[str, int] = {}
    for word in STATE_WORDS:
        name = word.partition(" on ")[0]
        groups[name] = groups.get(name, 0) + overview.state.counts.get(word, 0)
    parts = [f"{count} {name}" for name, count in groups.items() if count]
    return f"{counts_text(overview).partition(':')[0]}: {', '.join(parts)}"


def tokens_text(overview: RolloutOverview) -> str:
    """The tokens of all agents."""
    tokens = overview.tokens
    rate = "" if tokens.hit_rate is None else f", {cached_part(tokens)} of the input cached"
    return f"{plain_number(tokens.total, tokens)} tokens{of_requests(tokens)}{rate}"


def requests_cell(agent: AgentOverview) -> str:
    """How many requests an agent sent."""
    return UNKNOWN if agent.inferences is None else str(agent.inferences)


def models_text(agent: AgentOverview) -> str:
    """Its models, each with how many requests went to it, as far as they are recorded."""
    return ", ".join(f"{clean(name)} × {count}" if count else clean(name) for name, count in agent.models.items())


def problems_cell(counted: AgentOverview | RolloutOverview) -> str:
    """How many problems there are, nothing for none; with a sign where it could not be read whether more failed."""
    if counted.unclear:
        return f"≥{counted.problems}" if counted.problems else "?"
    return str(counted.problems or "")


def parallel_text(parallelism: Parallelism) -> str:
    """Wall time against the time of all agents."""
    wall = format_duration(parallelism.known(parallelism.wall_ms))
    agents = format_duration(parallelism.known(parallelism.agents_ms))
    if parallelism.clock is None:
        return "? (times are missing, or all the same)"
    if parallelism.average is None:
        return f"{wall} of recording, no turn with a length"
    together = (
        "one agent at a time"
        if parallelism.most == 1
        else f"{parallelism.average:.1f} agents at a time on average, {parallelism.most} at most"
    )
    return f"{wall} of recording, {agents} of turns: {together}"


def big_picture(overview: RolloutOverview, width: int, measure: Measure) -> str:
    """How many agents stand how, what they cost, how far they worked at the same time; in short where room is short."""
    counts, parallelism = counts_text(overview), overview.parallelism
    whole = " · ".join((counts, tokens_text(overview), parallel_text(parallelism)))
    if measure(whole) <= width:
        return whole
    tokens = overview.tokens
    cached = "" if tokens.hit_rate is None else f", {cached_part(tokens)} cached"
    average = "" if parallelism.average is None else f", {parallelism.average:.1f} at a time"
    spent = f"{_short_counts(overview)} · {tokens_cell(tokens.total, tokens)} tok"
    wall = f" · {format_duration(parallelism.known(parallelism.wall_ms))}"
    forms = (f"{spent}{cached}{wall}{average}", f"{spent}{wall}{average}", f"{spent}{wall}", spent)
    return next((form for form in forms if measure(form) <= width), elide(spent, width, measure))


def task_text(task: Task | None) -> str:
    """What an agent was asked, in one line."""
    if task is None:
        return ""
    if not task.text:
        size = "" if task.size is None else f", {format_bytes(task.size)}"
        return f"(encrypted{size})" if task.encrypted else "(no text)"
    return clean(" ".join(task.text.split()))
