"""What a comparison of two recordings says: agent by agent, and all of them together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from tui.analysis.compare.heads import HeadFact
from tui.analysis.compare.partings import Parting, Setting
from tui.analysis.compare.stream import StreamItem
from tui.model.ids import ThreadId


class Numbers(NamedTuple):
    """What an agent did. Tokens are those of the requests whose usage is recorded.

    `wall_ms` is None where the clock of a recording could not measure it.
    """

    requests: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    failures: int = 0
    wall_ms: int | None = 0

    def minus(self, other: Numbers) -> Numbers:
        """By how much this is more."""
        is_measured = self.wall_ms is not None and other.wall_ms is not None
        return Numbers(
            self.requests - other.requests,
            self.input_tokens - other.input_tokens,
            self.output_tokens - other.output_tokens,
            self.failures - other.failures,
            (self.wall_ms or 0) - (other.wall_ms or 0) if is_measured else None,
        )


class AgentComparison(NamedTuple):
    """Two agents that belong together, or one without a partner. `is_guess`: paired by order, not by path.

    `pairs` are the places of equal items in `items_a` and `items_b`. `facts`: what they were sent before their items.
    `tokens_known`: false if one of them has requests, and of none the usage is recorded.
    `ignored`: how often each rule ignored a difference of equal items. `moved`: keys of items that both requests have,
    in another order. `reordered`: how many items of either recording the other one has elsewhere: a message came
    sooner in one of them, say. With `is_whole` false only the items up to the first parting have been compared, and
    there is no `delta` yet.
    """

    a: ThreadId | None
    b: ThreadId | None
    name: str
    is_guess: bool
    items_a: tuple[StreamItem, ...] = ()
    items_b: tuple[StreamItem, ...] = ()
    pairs: tuple[tuple[int, int], ...] = ()
    partings: tuple[Parting, ...] = ()
    facts: tuple[HeadFact, ...] = ()
    delta: Numbers = Numbers()
    tokens_known: bool = True
    ignored: Mapping[str, int] = {}
    moved: frozenset[bytes] = frozenset()
    reordered: int = 0
    is_whole: bool = True

    @property
    def is_in_both(self) -> bool:
        """Whether both recordings have the agent."""
        return self.a is not None and self.b is not None

    @property
    def first(self) -> Parting | None:
        """Where they part first."""
        return self.partings[0] if self.partings else None

    @property
    def lead(self) -> int | None:
        """The number of the first parting of their items; None if only what was sent before them differs."""
        return next((number for number, one in enumerate(self.partings) if not one.settings), None)

    @property
    def is_same(self) -> bool:
        """Whether both are there and nothing differs but time and what the rules ignore."""
        return not self.partings and self.is_in_both

    @property
    def only_a(self) -> int:
        """Items that B has not."""
        return len(self.items_a) - len(self.pairs)

    @property
    def only_b(self) -> int:
        """Items that A has not."""
        return len(self.items_b) - len(self.pairs)

    @property
    def is_only_order(self) -> bool:
        """Whether both have the same items, only not in the same order."""
        is_reordered = self.reordered == self.only_a == self.only_b > 0
        return is_reordered and not any(one.settings for one in self.partings)

    @property
    def mirrored(self) -> AgentComparison:
        """The same with the sides swapped."""
        return self._replace(
            a=self.b,
            b=self.a,
            items_a=self.items_b,
            items_b=self.items_a,
            pairs=tuple((right, left) for left, right in self.pairs),
            partings=tuple(one.mirrored for one in self.partings),
            facts=tuple(one.mirrored for one in self.facts),
            delta=Numbers().minus(self.delta),
        )


class Comparison(NamedTuple):
    """All agents, in the order of A's tree; then those of B alone."""

    agents: tuple[AgentComparison, ...]

    @property
    def settings(self) -> tuple[Setting, ...]:
        """What differs before any item, each once."""
        found = [setting for one in self.agents for parting in one.partings for setting in parting.settings]
        return tuple(dict.fromkeys(found))

    @property
    def ignored(self) -> dict[str, int]:
        """How often each rule ignored a difference."""
        counts: Counter[str] = Counter()
        for one in self.agents:
            counts.update(one.ignored)
        return dict(counts)

    @property
    def is_same(self) -> bool:
        """Whether nothing differs but time and what the rules ignore."""
        return all(one.is_same for one in self.agents)
