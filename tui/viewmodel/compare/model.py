"""What a comparison shows: its agents as they become known, the cursor, what is folded, which side is which."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal, NamedTuple

from tui.analysis.compare.comparison import AgentComparison
from tui.analysis.compare.partings import HEAD_CLASSES, Parting
from tui.analysis.compare.stream import StreamItem
from tui.analysis.requests.compared import RequestDifference
from tui.model.ids import ItemId, ThreadId
from tui.model.noderef import NodeRef
from tui.viewmodel.compare.item_text import ItemText, item_text
from tui.viewmodel.compare.rows import CompareRow, compare_rows
from tui.viewmodel.text.spans import Line

Which = Literal["a", "b"]


class ComparedSide(NamedTuple):
    """One of the two: the words for it, and how its items are read.

    `headline`: how it came out, for the title. `may_grow`: whether more of it may come. `visit`: goes to an object.
    `request_of`: the number of the request that an item of the model answered. `raw`: the JSON of an item as it was
    sent, empty if only its fields are known. `unread`: what of it could not be read, None if all could. `recorder`: the
    releases of Codex that record like this, empty if that is not known.
    """

    name: str
    fields: Callable[[StreamItem], Mapping[str, Any]]
    seq_of: Callable[[ItemId], int | None]
    headline: Callable[[], Line]
    may_grow: Callable[[], bool]
    visit: Callable[[NodeRef], None]
    request_of: Callable[[ItemId], int | None] = lambda _: None
    raw: Callable[[StreamItem], bytes] = lambda _: b""
    unread: Callable[[], str | None] = lambda: None
    recorder: Callable[[], str] = lambda: ""


class CompareModel:
    """Two sides and what is known of their differences. `is_one_recording`: they are two requests of one."""

    def __init__(self, a: ComparedSide, b: ComparedSide, *, is_one_recording: bool = False, remark: str = "") -> None:
        """`remark` is said of the whole, under the title."""
        self.sides: tuple[ComparedSide, ComparedSide] = (a, b)
        self.is_one_recording = is_one_recording
        self.remark = remark
        self.cause = ""
        """What both part by as a whole, above everything else; empty if that is not known."""
        self.difference: RequestDifference | None = None
        """Of two requests, what is gone and new by the rules of the conversation."""
        self.note = ""
        """What the whole leaves unexplained, on a line of its own."""
        self.is_swapped = False
        self.shows_same = False
        self.is_complete = False
        """Whether everything that was read has been compared."""
        self.agents: list[AgentComparison] = []
        self.rows: list[CompareRow] = []
        self.cursor = 0
        self._places: dict[tuple[ThreadId | None, ThreadId | None], int] = {}
        self._unfolded: set[int] = set()
        self._texts: dict[tuple[int, ItemId | bytes], ItemText] = {}
        self._is_touched = False

    # What becomes known

    def take(self, *found: AgentComparison) -> None:
        """Pairs of agents were compared, or compared again."""
        for one in found:
            self._take_one(one.mirrored if self.is_swapped else one)
        self.renew()

    def _take_one(self, found: AgentComparison) -> None:
        """What is not whole gives way to what is, never the reverse."""
        key = (found.a, found.b)
        place = self._places.get(key)
        if place is None:
            self._places[key] = len(self.agents)
            self.agents.append(found)
        elif found.is_whole or not self.agents[place].is_whole:
            self.agents[place] = found

    def renew(self) -> None:
        """Make the rows again; the cursor stays on its row, and on the first parting while nobody has moved it."""
        current = self.current
        self.rows = compare_rows(self.agents, self._unfolded, shows_same=self.shows_same)
        if not self._is_touched:
            self.cursor = self._first_parting()
        elif current is not None:
            self.cursor = self._row_like(current)

    def _first_parting(self) -> int:
        """The row of the first parting; rather of one at which both sides have come to what is different."""
        found = [(number, row) for number, row in enumerate(self.rows) if row.kind == "parting"]
        real = (number for number, row in found if not self._is_behind(row))
        return next(real, found[0][0] if found else 0)

    def _is_behind(self, row: CompareRow) -> bool:
        """Whether a side has not come any further yet: what the other one has there may still come."""
        agent = self.agents[row.agent]
        ended = self.ended_side(agent, agent.partings[row.parting])
        return ended is not None and self.sides[0 if ended == "a" else 1].may_grow()

    def ended_side(self, agent: AgentComparison, parting: Parting) -> Which | None:
        """The side of two recordings that has no more items at a parting, None if both or neither have."""
        if parting.kind in HEAD_CLASSES or not agent.is_whole or self.is_one_recording:
            return None
        if parting.a is None and parting.place == len(agent.items_a):
            return "a"
        return "b" if parting.b is None and parting.other_place == len(agent.items_b) else None

    def waits_at(self, agent: AgentComparison, parting: Parting) -> bool:
        """Whether the side that ends at a parting grows: what it lacks has perhaps not happened yet."""
        ended = self.ended_side(agent, parting)
        return ended is not None and self.sides[0 if ended == "a" else 1].may_grow()

    def _row_like(self, before: CompareRow) -> int:
        """Where the row is now; if it is gone, that of its agent."""
        best = 0
        for number, row in enumerate(self.rows):
            if row.agent == before.agent:
                if row[:3] == before[:3] and (row.place, row.other_place) == (before.place, before.other_place):
                    return number
                if row.kind == "agent":
                    best = number
        return best

    # The cursor

    @property
    def current(self) -> CompareRow | None:
        """The row under the cursor."""
        return self.rows[self.cursor] if self.cursor < len(self.rows) else None

    def move_to(self, row: int) -> None:
        """Stand on another row."""
        if row != self.cursor:
            self._is_touched = True
        self.cursor = row

    @property
    def parting_count(self) -> int:
        """How many partings there are, in all agents."""
        return sum(len(one.partings) for one in self.agents)

    @property
    def parting_number(self) -> int:
        """The number, from 1, of the parting that the cursor is at or behind; 0 before the first one."""
        row = self.current
        if row is None:
            return 0
        before = sum(len(one.partings) for one in self.agents[: row.agent])
        if row.parting >= 0:
            return before + row.parting + 1
        if row.kind == "same":
            return before + sum(one.place <= row.place for one in self.agents[row.agent].partings)
        return before

    def go_parting(self, step: int) -> bool:
        """Go some partings on, or back with a negative number; whether there are any there. Unfolds what hides it."""
        targets = [(agent, number) for agent, one in enumerate(self.agents) for number in range(len(one.partings))]
        row, here = self.current, self.parting_number - 1
        if row is None or not targets:
            return False
        is_at_start = row.kind == "parting"
        if step < 0 and not is_at_start:
            step += 1  # to the start of the one that the cursor is in
        wanted = max(0, min(here + step, len(targets) - 1))
        if wanted == here and (is_at_start or step > 0):
            return False
        agent, number = targets[wanted]
        lead = self.agents[agent].lead
        if lead is not None and number > lead:
            self._unfolded.add(agent)
        self._is_touched = True
        self.rows = compare_rows(self.agents, self._unfolded, shows_same=self.shows_same)
        self.cursor = next(place for place, one in enumerate(self.rows) if one[:3] == ("parting", agent, number))
        return True

    # Folding, the same rows, the sides

    def toggle_fold(self, *, unfold: bool | None = None) -> bool:
        """Fold or unfold what follows the first parting of this agent; whether anything changed."""
        row = self.current
        if row is None or self.agents[row.agent].lead is None:
            return False
        is_unfolded = row.agent in self._unfolded
        wanted = not is_unfolded if unfold is None else unfold
        if wanted == is_unfolded:
            return False
        self._is_touched = True
        (self._unfolded.add if wanted else self._unfolded.discard)(row.agent)
        self.renew()
        return True

    def fold_all(self, *, unfold: bool) -> None:
        """Fold or unfold everything."""
        self._is_touched = True
        self._unfolded = set(range(len(self.agents))) if unfold else set()
        self.renew()

    def toggle_same(self) -> None:
        """Show what is the same, or only what differs."""
        self.shows_same = not self.shows_same
        self._is_touched = True
        self.renew()

    def swap(self) -> None:
        """What was A is B now."""
        self.is_swapped = not self.is_swapped
        self.sides = (self.sides[1], self.sides[0])
        current = self.current
        self.agents = [one.mirrored for one in self.agents]
        self._places = {(b, a): place for (a, b), place in self._places.items()}
        self._texts = {(1 - side, name): text for (side, name), text in self._texts.items()}
        self.rows = compare_rows(self.agents, self._unfolded, shows_same=self.shows_same)
        if current is not None:
            turned = current._replace(a=current.b, b=current.a, place=current.other_place, other_place=current.place)
            self.cursor = self._row_like(turned)

    # What rows are about

    def text_of(self, which: Which, item: StreamItem) -> ItemText:
        """What an item says."""
        side = 0 if which == "a" else 1
        key = (side, item.item_id or item.key)
        if key not in self._texts:
            self._texts[key] = item_text(self.sides[side].fields(item))
        return self._texts[key]

    def is_unfolded(self, agent: int) -> bool:
        """Whether what follows the first parting is shown."""
        return agent in self._unfolded

    def target(self, which: Which | None = None) -> tuple[Which, NodeRef] | None:
        """The object that the row under the cursor is about, and on which side: `which` if it is there, else A."""
        row = self.current
        if row is None:
            return None
        asked: tuple[Which, ...] = ("b", "a") if (which or row.kind) == "b" else ("a", "b")
        agent = self.agents[row.agent]
        for side in asked:
            item, thread = (row.a, agent.a) if side == "a" else (row.b, agent.b)
            if item is not None and item.item_id:
                return side, NodeRef("item", item.item_id)
            if thread is not None and row.a is None and row.b is None:
                return side, NodeRef("thread", thread)
        return None
