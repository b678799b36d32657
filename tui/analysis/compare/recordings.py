"""Where two recordings part: agent by agent, item by item, each difference with what caused it.

Never by `seq` or by time across recordings: parallel agents interleave in another way in every run. In order of blame:
instructions, tools, settings; input (what the person or the program put in); the model (the same before, another
answer); the environment (the same call, another answer); the same call in other words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import zip_longest

from tui.analysis.agents.counts import in_tree_order
from tui.analysis.compare.ahead import ReadsAhead
from tui.analysis.compare.align import align_in_steps
from tui.analysis.compare.comparison import AgentComparison, Comparison, Numbers
from tui.analysis.compare.head_reader import HeadReader, calls_of, compared_numbers
from tui.analysis.compare.heads import HeadsCompared, compare_agent_heads
from tui.analysis.compare.items import ItemReader, UnreadItem, same_items
from tui.analysis.compare.normal import ORDER, ignored
from tui.analysis.compare.partings import Parting, partings_between
from tui.analysis.compare.repeats import without_repeats, without_resent, without_unsent
from tui.analysis.compare.stream import (
    Bringer,
    Side,
    StreamItem,
    as_first_sent,
    brought_by,
    in_canonical_order,
    items_by_agent,
)
from tui.analysis.kinds.clock import clock_ms, measured
from tui.analysis.kinds.naming import agent_name
from tui.analysis.problems.of_object import BAD_ENDS, problem_of_tool
from tui.model.conversation import ConversationItem
from tui.model.ids import ItemId, ThreadId
from tui.model.objects import InferenceCall

ITEMS_PER_STEP = 20
"""Items read between two key presses: some milliseconds, where their payloads are read."""

NODES_PER_STEP = 500
"""Tool calls asked for problems between two key presses."""


def compare(a: Side, b: Side, *, exact: bool = False, agent: str | None = None) -> Comparison:
    """Compare two recordings, or one agent of them by its path. `exact`: ignore nothing but the ids of items."""
    return Comparer(a, b, exact=exact).comparison(agent)


class Comparer:
    """Compares two recordings, once or again while they grow: what was read of an item is kept."""

    def __init__(self, a: Side, b: Side, *, exact: bool = False) -> None:
        self.sides = (a, b)
        reader = ItemReader(a, exact=exact)
        self.readers = (reader, ItemReader(b, exact=exact, other=reader))
        self._heads = (HeadReader(a), HeadReader(b))
        self._exact = exact

    def read_along(self, side: int) -> Callable[[Mapping[str, object]], None]:
        """What reads items and heads of a side line by line, while the bodies are at hand that a line needed.

        Later their shards would have to be decompressed once more.
        """
        items, heads, trace = self.readers[side], self._heads[side], self.sides[side].trace

        def read_new(bodies: Mapping[str, object]) -> None:
            if len(trace.conversation_items) > items.seen:
                items.read_new(bodies)
            if len(trace.inference_calls) > heads.seen:
                heads.read_new(bodies)

        return read_new

    def comparison(self, agent: str | None = None) -> Comparison:
        """Compare all agents, or those of one path, at once."""
        return Comparison(tuple(one for one in self.steps(agent) if one is not None and one.is_whole))

    def steps(self, agent: str | None = None) -> Iterator[AgentComparison | None]:
        """Compare one pair of agents after the other, in short steps; None while at work.

        Where a pair parts, what is known by then comes first, not whole; then all of it.
        """
        items: list[Mapping[ThreadId, list[ConversationItem]]] = [{}, {}]
        for number, side in enumerate(self.sides):
            for items[number] in items_by_agent(side.trace):
                yield None
        agents = [one for one in self._paired() if agent in (None, one.name)]
        ahead = self._ahead(agents)
        for found in agents:
            ours, theirs = found.a, found.b
            lists = (items[0].get(ours, []) if ours else [], items[1].get(theirs, []) if theirs else [])
            yield from self._agents(found, lists, ahead)

    def _paired(self) -> Iterator[AgentComparison]:
        for ours, theirs, is_guess in _paired(*self.sides):
            name = _name(self.sides[0], ours) if ours is not None else _name(self.sides[1], theirs)
            yield AgentComparison(ours, theirs, name, is_guess)

    def _ahead(self, agents: Sequence[AgentComparison]) -> tuple[ReadsAhead, ReadsAhead]:
        def calls(side: int) -> Iterator[InferenceCall]:
            for one in agents:
                if one.a is not None and one.b is not None:
                    both = (calls_of(self.sides[0], one.a), calls_of(self.sides[1], one.b))
                    yield from (both[side][number] for number in compared_numbers(self.sides, both))

        ours, theirs = (
            ReadsAhead(self.sides[side], self.readers[side], self._heads[side], partial(calls, side)) for side in (0, 1)
        )
        return ours, theirs

    def _agents(
        self,
        found: AgentComparison,
        lists: tuple[list[ConversationItem], list[ConversationItem]],
        ahead: tuple[ReadsAhead, ReadsAhead],
    ) -> Iterator[AgentComparison | None]:
        streams: tuple[list[StreamItem], list[StreamItem]] = ([], [])
        moved: tuple[set[ItemId], set[ItemId]] = (set(), set())
        is_told = found.a is None or found.b is None
        left_out: Counter[str] = Counter()
        readings = [
            self._reading(number, of, moved[number], left_out, ahead[number]) for number, of in enumerate(lists)
        ]
        for start in range(0, max(map(len, lists)), ITEMS_PER_STEP):
            fresh: tuple[list[StreamItem | UnreadItem], list[StreamItem | UnreadItem]] = ([], [])
            for reading, read in zip(readings, fresh, strict=True):
                yield from _take(reading, read)
            for stream, settled in zip(streams, self._settled(*fresh, start, is_same=not is_told), strict=True):
                stream += settled
            yield None
            place = None if is_told else _first_difference(streams, start)
            if place is not None:
                is_told = True
                pairs = tuple((one, one) for one in range(place))
                upto = (tuple(streams[0][: place + 1]), tuple(streams[1][: place + 1]))
                parts = [one for one in partings_between(*upto, pairs, self.readers) if one is not None]
                yield found._replace(
                    items_a=upto[0], items_b=upto[1], pairs=pairs, partings=tuple(parts), is_whole=False
                )
        found = found._replace(items_a=tuple(streams[0]), items_b=tuple(streams[1]), ignored=left_out)
        yield from self._whole(found, moved, ahead)

    def _settled(
        self,
        ours: Sequence[StreamItem | UnreadItem],
        theirs: Sequence[StreamItem | UnreadItem],
        start: int,
        *,
        is_same: bool,
    ) -> tuple[list[StreamItem], list[StreamItem]]:
        """What is compared of the items from place `start` on. `is_same`: both lists are the same before.

        As long as they are, only items that say something else are looked at closely: that takes most of the time.
        """
        found: tuple[list[StreamItem], list[StreamItem]] = ([], [])
        for place, (left, right) in enumerate(zip_longest(ours, theirs), start):
            if is_same and isinstance(left, UnreadItem) and isinstance(right, UnreadItem):
                both = same_items(place, left, right)
                if both is not None:
                    for known, one in zip(found, both, strict=True):
                        known.append(one)
                    continue
            for reader, known, of in zip(self.readers, found, (left, right), strict=True):
                if of is not None:
                    known.append(reader.item(of.item, of.by) if isinstance(of, UnreadItem) else of)
            is_same = is_same and left is not None and right is not None and found[0][-1].key == found[1][-1].key
        return found

    def _reading(
        self, side: int, items: list[ConversationItem], moved: set[ItemId], left_out: Counter[str], ahead: ReadsAhead
    ) -> Iterator[StreamItem | UnreadItem | None]:
        """The items of an agent of one side in the order in which they are compared; None while a shard is read.

        Notes in `moved` which came later, in `left_out` how many are left out. Exactly compared, all keep the order in
        which they came.
        """
        reader = self.readers[side]
        own = without_repeats(as_first_sent(self.sides[side], items), reader)
        ordered: Iterator[tuple[ConversationItem, Bringer, bool]]
        if self._exact:
            ordered = ((item, brought_by(reader.side.index, item), False) for item in own)
        else:
            sent = without_unsent(own, self.sides[side], self.sides[1 - side], left_out)
            known = without_resent(sent, reader, self.sides[1 - side], left_out)
            ordered = in_canonical_order(self.sides[side], known)
        for item, by, is_moved in ordered:
            if is_moved:
                moved.add(item.item_id)
            ready = reader.unread(item, by) or reader.ready(item, by)
            if ready is None:
                yield from ahead.bring(reader.missing(item))
                ready = reader.item(item, by)
            yield ready

    def _whole(
        self,
        found: AgentComparison,
        moved: tuple[set[ItemId], set[ItemId]],
        ahead: tuple[ReadsAhead, ReadsAhead],
    ) -> Iterator[AgentComparison | None]:
        """All that is to be said of two agents whose items have been read; `moved`: which came in another order."""
        pairs = yield from align_in_steps([one.key for one in found.items_a], [one.key for one in found.items_b])
        found = found._replace(pairs=tuple(pairs), reordered=_reordered(found.items_a, found.items_b, pairs))
        numbers: list[tuple[Numbers, bool]] = []
        for side, thread in zip(self.sides, (found.a, found.b), strict=True):
            for one in _numbers(side, thread):
                if one is None:
                    yield None
                else:
                    numbers.append(one)
        (ours, is_ours_known), (theirs, is_theirs_known) = numbers
        found = found._replace(delta=theirs.minus(ours), tokens_known=is_ours_known and is_theirs_known)
        counts = Counter(found.ignored)
        if found.a is not None and found.b is not None:
            heads = HeadsCompared((), ())
            for step in self._compared_heads(found, (found.a, found.b), ahead):
                heads = step or heads
                yield None
            partings: list[Parting] = list(heads.partings)
            for parting in partings_between(found.items_a, found.items_b, pairs, self.readers):
                if parting is None:
                    yield None
                else:
                    partings.append(parting)
            partings.sort(key=lambda one: (one.place + one.other_place, not one.settings))
            found = found._replace(partings=tuple(partings), facts=heads.facts)
            counts.update(heads.ignored)
        for number, (left, right) in enumerate(pairs):
            taken = found.items_a[left].taken, found.items_b[right].taken
            if taken[0] != taken[1]:
                counts.update(ignored(*taken))
            if (found.items_a[left].item_id in moved[0]) != (found.items_b[right].item_id in moved[1]):
                counts[ORDER] += 1
            if number % NODES_PER_STEP == 0:
                yield None
        yield found._replace(ignored=dict(counts))

    def _compared_heads(
        self, found: AgentComparison, agents: tuple[ThreadId, ThreadId], ahead: tuple[ReadsAhead, ReadsAhead]
    ) -> Iterator[HeadsCompared | None]:
        places = (
            {one.item_id: place for place, one in enumerate(found.items_a)},
            {one.item_id: place for place, one in enumerate(found.items_b)},
        )
        return compare_agent_heads(self.sides, self._heads, agents, found.name, places, ahead, exact=self._exact)


def _take(reading: Iterator[StreamItem | UnreadItem | None], stream: list[StreamItem | UnreadItem]) -> Iterator[None]:
    """Read on by as many items as are one step; None whenever a key press can be answered."""
    most = len(stream) + ITEMS_PER_STEP
    for one in reading:
        if one is None:
            yield
            continue
        stream.append(one)
        if len(stream) == most:
            return


def _first_difference(streams: tuple[list[StreamItem], list[StreamItem]], start: int) -> int | None:
    """The first place from `start` on where the items read so far differ; None if there is none."""
    ours, theirs = streams
    most = min(len(ours), len(theirs))
    place = next((one for one in range(start, most) if ours[one].key != theirs[one].key), most)
    return place if place < max(len(ours), len(theirs)) else None


def _reordered(ours: Sequence[StreamItem], theirs: Sequence[StreamItem], pairs: Sequence[tuple[int, int]]) -> int:
    """How many items without a partner the other side has elsewhere."""
    paired = [frozenset(pair[number] for pair in pairs) for number in (0, 1)]
    left, right = (
        Counter(one.key for place, one in enumerate(items) if place not in known)
        for items, known in zip((ours, theirs), paired, strict=True)
    )
    return (left & right).total()


# Agents


def _name(side: Side, agent: ThreadId | None) -> str:
    return "" if agent is None else agent_name(side.trace, agent)


def _paired(a: Side, b: Side) -> Iterator[tuple[ThreadId | None, ThreadId | None, bool]]:
    """Agents that belong together: by path where that is unique on both sides, else by order below their parents."""
    ours, theirs = in_tree_order(a.trace, a.index), in_tree_order(b.trace, b.index)
    names, other_names = Counter(_name(a, one) for one in ours), Counter(_name(b, one) for one in theirs)
    by_name = {_name(b, one): one for one in theirs if other_names[_name(b, one)] == 1}
    certain = {one: by_name[_name(a, one)] for one in ours if names[_name(a, one)] == 1 and _name(a, one) in by_name}
    taken = set(certain.values())
    rest = iter([one for one in theirs if one not in taken])
    guessed: dict[ThreadId, ThreadId] = {}
    for one in ours:
        if one not in certain and (other := next(rest, None)) is not None:
            guessed[one] = other
    for one in ours:
        partner = certain.get(one) or guessed.get(one)
        yield one, partner, one in guessed
    used = taken | set(guessed.values())
    for other in theirs:
        if other not in used:
            yield None, other, False


def _numbers(side: Side, agent: ThreadId | None) -> Iterator[tuple[Numbers, bool] | None]:
    """None while at work, at last the numbers, and whether anything is known of the tokens."""
    if agent is None:
        yield Numbers(), True
        return
    trace, index = side.trace, side.index
    calls = [trace.inference_calls[name] for name in index.inferences_of_thread.of(agent)]
    usages = [usage for call in calls if (usage := call.known_usage) is not None]
    failures = sum(call.execution.status in BAD_ENDS for call in calls)
    names = (name for turn in index.turns.of(agent) for name in index.tools_of_turn.of(turn))
    for number, name in enumerate(names):
        tool = trace.tool_calls.get(name)
        failures += tool is not None and problem_of_tool(trace, tool) is not None
        if number % NODES_PER_STEP == 0:
            yield None
    window = trace.threads[agent].execution
    end = index.newest_unix_ms if window.ended_at_unix_ms is None else window.ended_at_unix_ms
    found = Numbers(
        len(calls),
        sum(usage.input_tokens for usage in usages),
        sum(usage.output_tokens for usage in usages),
        failures,
        measured(max(0, end - window.started_at_unix_ms), clock_ms(trace)),
    )
    yield found, bool(usages) or not calls
