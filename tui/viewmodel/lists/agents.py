"""The list of agents: number key, state by evidence, what it costs; as many columns as fit, the most telling first.

     agent              state                                            tokens       Σ  ▲   busy  cached
 1 ◌ /root              waiting on /root/alpha 1.2s  → /root/alpha …      12.4k  423.5k     3.4s     61%
 2 ●   alpha Kepler     waiting for a command 410ms  $ pytest -q         201.8k          1  3.1s     60%

Below the list is what is known of the agent under the cursor, where the columns had no room for it.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from typing import Literal, NamedTuple, TypeVar, get_args

from tui.analysis.agents.overview import AgentOverview, RolloutOverview
from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.kinds.naming import agent_name
from tui.analysis.state.agent import STATE_WORDS, StateWord
from tui.model.ids import ThreadId
from tui.model.noderef import NodeRef
from tui.model.trace import RolloutTrace
from tui.viewmodel.lists.agent_words import SIGNS, StateText, problems_cell, requests_cell, state_text, task_text
from tui.viewmodel.lists.picker import PickEntry
from tui.viewmodel.text.apart import elided_apart
from tui.viewmodel.text.clean import Measure, clean, elide, format_duration, format_offset
from tui.viewmodel.text.spans import Line, Span
from tui.viewmodel.text.token_words import UNKNOWN, cached_part, tokens_cell
from tui.viewmodel.timeline.row import glyph_span

LAST_SLOT = 9
"""Agents with a number key."""

NAME_CELLS = (12, 30)
"""The narrowest and the widest column of names."""

LEAST_STATE_CELLS = 32
"""Columns are left out before the state gets less room than this."""

LEAST_STATE_BESIDE_TOKENS = 16
"""What an agent cost is told however little room its state has left."""

LEAST_ENDED_CELLS = 24
"""The same for the telling columns once all is over: most agents have no more to say than the sign of their state."""

TELLING_COLUMNS = 5
"""Columns that tell more than the end of a long state; the others are left out before it gets less than ample room."""

AMPLE_STATE_CELLS = 48

TASK_CELLS = (24, 48)
"""The least and the most room for the task."""

LEAST_SPARE_TASK = 12
"""Less of a task than this, in room that the states of ended agents leave, tells nothing."""

MAX_INDENT = 12
"""Deeper agents are not indented any further."""

ENDINGS: frozenset[str] = frozenset({"ended", "failed", "cancelled"})
"""Words for a rollout whose agents' states change no more, and mostly say nothing beside the sign."""

ROWS_PER_STEP = 200
"""Rows of which one part is written between two rests: a millisecond or two."""

Item = TypeVar("Item")
Made = TypeVar("Made")

AgentOrder = Literal["tree", "state", "tokens", "busy", "problems"]
ORDERS: tuple[AgentOrder, ...] = get_args(AgentOrder)
"""The orders of the list. Those by number begin with the largest; equal agents stand in the order of the tree."""


class _Column(NamedTuple):
    head: str
    text: Callable[[AgentOverview], str]


_COLUMNS: tuple[_Column, ...] = (
    _Column("tokens", lambda agent: tokens_cell(agent.tokens.total, agent.tokens)),
    _Column("Σ", lambda agent: tokens_together(agent) if agent.children else ""),
    _Column("▲", problems_cell),
    _Column("busy", lambda agent: format_duration(agent.known_busy_ms)),
    _Column("cached", lambda agent: cached_part(agent.tokens)),
    _Column("requests", lambda agent: requests_cell(agent)),
    _Column("calls", lambda agent: str(agent.tool_calls)),
    _Column("turns", lambda agent: str(agent.turns)),
    _Column("start", lambda agent: start_cell(agent)),
    _Column("span", lambda agent: format_duration(agent.span.known_ms)),
    _Column("model", lambda agent: clean(next(iter(agent.models), ""))),
)
"""Numbers beside the state, the most telling first: the last ones go first where there is no room."""


_SORTED_BY: dict[AgentOrder, str] = {"tokens": "tokens", "busy": "busy", "problems": "▲"}
"""The heading of the column by which an order sorts; the state has its place before all columns."""

_WENT_WRONG: tuple[StateWord, ...] = ("failed", "cut off")
_WORDS_BY_URGENCY = (*_WENT_WRONG, *(word for word in STATE_WORDS if word not in _WENT_WRONG))
"""States in the order of the list that is sorted by them: what went wrong, then those at work, then what is over."""


def start_cell(agent: AgentOverview) -> str:
    """When the agent began, if any time could be read."""
    return UNKNOWN if agent.span.clock is None else format_offset(agent.span.start_ms)


def tokens_together(agent: AgentOverview) -> str:
    """The tokens of an agent and of those below it."""
    together = agent.tokens_together
    return tokens_cell(together.total, together)


class AgentList(NamedTuple):
    """The lines of the list: one of headings, and one per agent; and the headings of the numbers that have room."""

    head: Line
    entries: list[PickEntry]
    heads: tuple[str, ...] = ()


def agents_by_slot(trace: RolloutTrace) -> list[ThreadId]:
    """Agents in the order in which they appeared: the first nine keep their number keys for ever."""
    return list(trace.threads)


def next_order(order: AgentOrder) -> AgentOrder:
    """The order behind `order`."""
    return ORDERS[(ORDERS.index(order) + 1) % len(ORDERS)]


def plain_entries(trace: RolloutTrace) -> list[PickEntry]:
    """Names and number keys alone: what can be shown before anything has been counted."""
    return [
        PickEntry(
            (Span(f" {_key(slot):1}   ", "chrome.key"), Span(clean(agent_name(trace, name)), agent_colour(slot))),
            NodeRef("thread", name),
            _key(slot),
        )
        for slot, name in enumerate(agents_by_slot(trace), 1)
    ]


def agent_list(
    trace: RolloutTrace, index: TraceIndex, overview: RolloutOverview, width: int, order: AgentOrder, measure: Measure
) -> AgentList:
    """All agents in `order`, for `width` cells."""
    steps = agent_list_steps(trace, index, overview, width, order, measure)
    return next(found for found in steps if found is not None)


def agent_list_steps(
    trace: RolloutTrace,
    index: TraceIndex,
    overview: RolloutOverview,
    width: int,
    order: AgentOrder,
    measure: Measure,
    *,
    is_reversed: bool = False,
) -> Iterator[AgentList | None]:
    """The same in steps, the last of which gives it."""
    agents = _ordered(overview.agents, order, is_reversed=is_reversed)
    names = yield from _each(agents, _name_in_tree)
    narrow, wide = NAME_CELLS
    name_cells = max(narrow, min(wide, max(map(measure, names), default=0), width // 3))
    yield None
    if order != "tree":
        names = yield from _each(agents, lambda agent: _name_alone(agent, name_cells, measure))
    names = elided_apart(names, name_cells, measure)
    room = width - _LEAD_CELLS - name_cells - 2
    columns = yield from _columns(agents, room, order)
    states = yield from _each(agents, lambda agent: state_text(trace, index, agent.chain))
    tasks = yield from _each(agents, lambda agent: task_text(agent.task))
    cells = yield from _each(columns, lambda texts: max(map(measure, texts)) + len(COLUMN_GAP), per_step=1)
    task_cells = _task_cells(room - sum(cells[:TELLING_COLUMNS]), max(map(measure, tasks), default=0) + 2)
    is_over = overview.state.word in ENDINGS
    fitting = _fitting(cells, room - task_cells, LEAST_ENDED_CELLS if is_over else LEAST_STATE_CELLS)
    state_cells = room - sum(width for _, width in fitting)
    yield None
    if is_over:
        spare = state_cells - _ended_cells(agents, states, measure)
        task_cells = max(task_cells, spare if spare >= LEAST_SPARE_TASK else 0)

    def numbers(row: int) -> str:
        return "".join(_right(columns[place][row], cells, measure) for place, cells in fitting)

    def entry(row: int) -> PickEntry:
        agent, text = agents[row], states[row]
        line = (
            *_lead(agent),
            Span(f"{_left(names[row], name_cells, measure)}  ", agent_colour(agent.slot)),
            *_state_spans(agent, text, state_cells - task_cells, measure),
            Span(_left(tasks[row], task_cells, measure)),
            Span(numbers(row + 1), "dim"),
        )
        return PickEntry(line, NodeRef("thread", agent.thread_id), _key(agent.slot), _hidden(agent, text))

    head = f"{' ' * _LEAD_CELLS}{_left('agent', name_cells, measure)}  "
    head += _left("state", state_cells - task_cells, measure) + _left(
        "asked" if task_cells else "", task_cells, measure
    )
    entries = yield from _each(range(len(agents)), entry)
    yield AgentList((Span(head, "dim"), Span(numbers(0), "dim")), entries, tuple(columns[n][0] for n, _ in fitting))


def _each(
    items: Iterable[Item], make: Callable[[Item], Made], *, per_step: int = ROWS_PER_STEP
) -> Generator[None, None, list[Made]]:
    """What `make` makes of each, in steps."""
    found: list[Made] = []
    for item in items:
        found.append(make(item))
        if len(found) % per_step == 0:
            yield
    return found


def _columns(agents: Sequence[AgentOverview], room: int, order: AgentOrder) -> Generator[None, None, list[list[str]]]:
    """Headings and numbers of the columns for which there may be room: what will be left out is not even written.

    The column by which the agents are sorted comes first, so that there is always room for it.
    """
    columns: list[list[str]] = []
    for column in sorted(_COLUMNS, key=lambda column: column.head != _SORTED_BY.get(order)):
        texts = yield from _each(agents, column.text)
        columns.append([column.head, *texts])
        room -= max(map(len, columns[-1])) + len(COLUMN_GAP)
        if room < 0 and len(columns) >= TELLING_COLUMNS:
            break
    return columns


COLUMN_GAP = "  "

_LEAD_CELLS = 5


def _lead(agent: AgentOverview) -> Line:
    """The number key and the sign of the state."""
    sign = glyph_span(SIGNS[_word(agent)])
    return (Span(f" {_key(agent.slot):1} ", "chrome.key"), sign, Span(" "))


def _word(agent: AgentOverview) -> StateWord:
    return agent.chain.links[0].state.word


def _key(slot: int) -> str:
    return str(slot) if slot <= LAST_SLOT else ""


def agent_colour(slot: int) -> str:
    """The style of an agent's name, by its number."""
    return f"agent.{(slot - 1) % 8}"


def _name_in_tree(agent: AgentOverview) -> str:
    """In the tree the parents are above: the last part of the path is enough."""
    path = clean(agent.path)
    if agent.depth:
        path = " " * min(MAX_INDENT, 2 * agent.depth) + path.rpartition("/")[2]
    return _with_nickname(path, agent)


def _name_alone(agent: AgentOverview, cells: int, measure: Measure) -> str:
    """In other orders the whole path, or its last part where the column, as wide as in the tree, has no room for it."""
    path = clean(agent.path)
    whole = _with_nickname(path, agent)
    if measure(whole) <= cells or not agent.depth:
        return whole
    return _with_nickname(f"…/{path.rpartition('/')[2]}", agent)


def _with_nickname(name: str, agent: AgentOverview) -> str:
    return f"{name} {clean(agent.nickname)}" if agent.nickname else name


def _hidden(agent: AgentOverview, text: StateText) -> str:
    """What typing finds although the line may have no room for it."""
    words = (agent.path, agent.nickname, agent.role, *agent.models)
    return clean(" ".join(words)) + f" {text.sentence} {task_text(agent.task)}"


def _ordered(agents: Sequence[AgentOverview], order: AgentOrder, *, is_reversed: bool) -> list[AgentOverview]:
    ranks: dict[AgentOrder, Callable[[AgentOverview], int]] = {
        "state": lambda agent: _WORDS_BY_URGENCY.index(_word(agent)),
        "tokens": lambda agent: -agent.tokens.total,
        "busy": lambda agent: -agent.busy_ms,
        "problems": lambda agent: -agent.problems,
    }
    return sorted(agents, key=ranks[order], reverse=is_reversed) if order in ranks else list(agents)


def _task_cells(room: int, task: int) -> int:
    """What of the room beside the most telling columns goes to the task.

    It does not depend on the states: those change all the time, and the columns should not move.
    """
    least, most = TASK_CELLS
    spare = room - LEAST_STATE_CELLS
    return min(most, task, max(least, spare // 2)) if spare >= least and task > 2 else 0


def _fitting(cells: Sequence[int], room: int, least_state: int) -> list[tuple[int, int]]:
    """Place and width of the first columns that fit beside the state; the telling ones leave it `least_state`."""
    found = []
    for place, width in enumerate(cells):
        least = least_state if place < TELLING_COLUMNS else AMPLE_STATE_CELLS
        if width > room - (least if place else LEAST_STATE_BESIDE_TOKENS):
            break
        found.append((place, width))
        room -= width
    return found


def _state_spans(agent: AgentOverview, text: StateText, cells: int, measure: Measure) -> Line:
    """The word, for how long, and what is open, in exactly `cells`; the last one is blank: another column follows."""
    state = agent.chain.links[0].state
    style = "error" if state.word in ("failed", "cut off") else "dim" if state.word == "ended" else ""
    word = elide(text.word, cells - 1, measure)
    age = f" {text.age}" if text.age else ""
    age = age if measure(word + age) < cells else ""
    left = cells - measure(word + age)
    what = elide(f"  {text.what_in_row}", left - 1, measure) if text.what and left > 4 else ""
    return (Span(word, style), Span(age), Span(what, "dim"), Span(" " * (left - measure(what))))


def _ended_cells(agents: Sequence[AgentOverview], states: Sequence[StateText], measure: Measure) -> int:
    """What the states of agents need that are over: they change no more, and most of them are one short word."""
    said = (
        f"{text.word}  {text.what_in_row}"
        for agent, text in zip(agents, states, strict=True)
        if _word(agent) != "ended"
    )
    return max((measure(text) for text in said), default=len("state")) + len(COLUMN_GAP)


def _left(text: str, cells: int, measure: Measure) -> str:
    text = elide(text, cells, measure)
    return text + " " * (cells - measure(text))


def _right(text: str, cells: int, measure: Measure) -> str:
    return " " * (cells - measure(text)) + text
