"""The rows of a comparison: an agent, below it where it parts, and folded under that what follows."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Literal, NamedTuple

from tui.analysis.compare.comparison import AgentComparison
from tui.analysis.compare.partings import Parting, Setting
from tui.analysis.compare.stream import StreamItem

RowKind = Literal["agent", "parting", "setting", "a", "b", "same", "follow"]


class CompareRow(NamedTuple):
    """One row. `agent`: the number of its agents, `parting`: of its parting among theirs, −1 for none.

    `a` and `b` are the items that the row is about, `place` and `other_place` where these are.
    """

    kind: RowKind
    agent: int
    parting: int = -1
    a: StreamItem | None = None
    b: StreamItem | None = None
    place: int = 0
    other_place: int = 0
    setting: Setting | None = None


def compare_rows(agents: list[AgentComparison], unfolded: Collection[int], *, shows_same: bool) -> list[CompareRow]:
    """All rows. `unfolded` are the numbers of the agents whose items behind their first parting are shown, too."""
    found: list[CompareRow] = []
    for number, agent in enumerate(agents):
        found.append(CompareRow("agent", number))
        if agent.a is not None and agent.b is not None:
            found += _agent_rows(number, agent, is_unfolded=number in unfolded, shows_same=shows_same)
    return found


def _agent_rows(number: int, agent: AgentComparison, *, is_unfolded: bool, shows_same: bool) -> Iterator[CompareRow]:
    pairs = iter(agent.pairs if shows_same else ())
    pair = next(pairs, None)
    for which, parting in enumerate(agent.partings):
        while pair is not None and pair[0] < parting.place:
            yield _same_row(number, agent, pair)
            pair = next(pairs, None)
        yield CompareRow("parting", number, which, parting.a, parting.b, parting.place, parting.other_place)
        yield from (CompareRow("setting", number, which, setting=one) for one in parting.settings)
        count = max(parting.only_a, parting.only_b)
        yield from _side_rows(number, which, agent, parting, range(min(1, count)))
        if which == agent.lead and (len(agent.partings) > which + 1 or count > 1):
            yield CompareRow("follow", number, which)
            if not is_unfolded:
                return
        yield from _side_rows(number, which, agent, parting, range(1, count))
    while pair is not None:
        yield _same_row(number, agent, pair)
        pair = next(pairs, None)


def _same_row(number: int, agent: AgentComparison, pair: tuple[int, int]) -> CompareRow:
    left, right = pair
    return CompareRow("same", number, -1, agent.items_a[left], agent.items_b[right], left, right)


def _side_rows(number: int, which: int, agent: AgentComparison, parting: Parting, steps: range) -> Iterator[CompareRow]:
    """The items of both sides that are this many steps behind the parting, A's above B's."""
    for step in steps:
        left, right = parting.place + step, parting.other_place + step
        a = agent.items_a[left] if step < parting.only_a else None
        b = agent.items_b[right] if step < parting.only_b else None
        if a is not None or step == 0:
            yield CompareRow("a", number, which, a, b, left, right)
        if b is not None or step == 0:
            yield CompareRow("b", number, which, a, b, left, right)
