"""Lanes: a row an agent, in tree order; those that have ended in one lane if that is wanted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from tui.analysis.agents.counts import in_tree_order, parent_of
from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.kinds.naming import agent_name
from tui.analysis.time.waiting_table import Life
from tui.model.ids import ThreadId
from tui.model.trace import RolloutTrace
from tui.viewmodel.lanes.ended import ended_agents, life_together
from tui.viewmodel.text.clean import clean


class Lane(NamedTuple):
    """One row: an agent with the lines of the tree before its name, its life, and the ends of its stretches.

    `folded` are agents that have ended, shown together; `agent` is then the first of them.
    """

    agent: ThreadId
    name: str
    life: Life
    ends: tuple[int, ...]
    folded: tuple[ThreadId, ...] = ()

    @property
    def agents(self) -> tuple[ThreadId, ...]:
        """Whose lane it is."""
        return self.folded or (self.agent,)


def lanes_of(
    trace: RolloutTrace, index: TraceIndex, lives: Mapping[ThreadId, Life], *, folds_ended: bool
) -> list[Lane]:
    """The lanes of the agents whose lives are known."""
    order = [agent for agent in in_tree_order(trace, index) if agent in lives]
    ended = ended_agents(trace, order) if folds_ended else []
    together = frozenset(ended)
    names = _tree_names(trace, [agent for agent in order if agent not in together])
    lanes = [_lane(agent, name, lives[agent]) for agent, name in names.items()]
    if ended:
        life = life_together(lives[agent] for agent in ended)
        lanes.append(_lane(ended[0], f"{len(ended)} ended", life, tuple(ended)))
    return lanes


def _lane(agent: ThreadId, name: str, life: Life, folded: tuple[ThreadId, ...] = ()) -> Lane:
    return Lane(agent, name, life, tuple(one.end_ms for one in life.stretches), folded)


def _tree_names(trace: RolloutTrace, order: Sequence[ThreadId]) -> dict[ThreadId, str]:
    """Every agent with the lines of the tree before its last name, in tree order."""
    last_child = {parent_of(trace, agent): agent for agent in order}
    before: dict[ThreadId | None, str | None] = {None: None}
    """What stands before the names of the children of an agent; None for those of nobody."""
    names: dict[ThreadId, str] = {}
    for agent in order:
        parent = parent_of(trace, agent)
        name, lines = clean(agent_name(trace, agent)), before.get(parent)
        if lines is None:
            names[agent], before[agent] = name, ""
            continue
        is_last = last_child[parent] == agent
        names[agent] = f"{lines}{'└' if is_last else '├'} {name.rpartition('/')[2] or name}"
        before[agent] = f"{lines}{'  ' if is_last else '│ '}"
    return names
