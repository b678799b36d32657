"""What two requests of one recording have alone, counted in words that count as those of the conversation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tui.analysis.compare.comparison import AgentComparison
from tui.analysis.compare.partings import Parting
from tui.analysis.compare.stream import StreamItem
from tui.viewmodel.compare.model import CompareModel


def change_words(model: CompareModel, agent: AgentComparison, partings: Iterable[Parting]) -> str:
    """How many items of these partings are not sent again, how many come from the answer before, how many are new.

    New is what neither the request before nor the answer to it held, as in the conversation: what says the same in
    other bytes is not new. Not sent again is only what the request before sent, without the answer to it.
    """
    both = [stretches(agent, one) for one in partings]
    before, now = ([item for sides in both for item in sides[side]] for side in (0, 1))
    if model.is_swapped:
        before, now = now, before
    away, here = ([one for one in side if one.key in agent.moved] for side in (before, now))
    gone, again = _split(before, agent, None if model.difference is None else model.difference.gone)
    new, known = _split(now, agent, None if model.difference is None else model.difference.new)
    previous = None if model.difference is None else model.difference.previous
    answer = frozenset(() if previous is None else previous.response_item_ids)
    answered = [one for one in known if one.item_id in answer]
    counts = (
        (gone, "not sent again"),
        (answered, f"from the answer to {model.sides[model.is_swapped].name}"),
        ([one for one in known if one.item_id not in answer], "said before in other JSON"),
        (new, "new"),
        (away, "moved away"),
        (here, "moved here"),
    )
    words = [f"{len(items):,} {word}" for items, word in counts if items]
    *most, last = words or [f"{len(again):,} said at another place in other JSON"]
    return f"{', '.join(most)} and {last}" if most else last


def _split(
    items: Iterable[StreamItem], agent: AgentComparison, wanted: Iterable[str] | None
) -> tuple[list[StreamItem], list[StreamItem]]:
    """The items that are wanted, or of which the graph knows nothing, and the others; none that only moved."""
    alone = [one for one in items if one.key not in agent.moved]
    if wanted is None:
        return alone, []
    ids = frozenset(wanted)
    is_wanted = [not one.item_id or one.item_id in ids for one in alone]
    taken = [one for one, said in zip(alone, is_wanted, strict=True) if said]
    return taken, [one for one, said in zip(alone, is_wanted, strict=True) if not said]


def stretches(agent: AgentComparison, parting: Parting) -> tuple[Sequence[StreamItem], Sequence[StreamItem]]:
    """The items of both sides that a parting is about."""
    return (
        agent.items_a[parting.place : parting.place + parting.only_a],
        agent.items_b[parting.other_place : parting.other_place + parting.only_b],
    )
