"""`LadderModel`: who sent what to whom, agents side by side, time downwards; rows, a cursor, and what keys do to them.

      seq  1 /root       2 alpha      3 beta
       17  ╞══ spawn▒ ══▶│                        “[alpha] read the parser”
       25  ╞══════════ spawn▒ ═══════▶│           “[beta] read the retry helper”
                        ┊ 12s without a message
      159  │◀━━ result ━━━━━━━━━━━━━━━┥            “beta-done: retry sleeps linearly”

The cursor is an edge, not a number: it stays on its row while others come. What has no edge of its own in the graph
has a row, too (`tui.analysis.messages.edges`).
"""

from __future__ import annotations

import re
from collections import Counter
from typing import NamedTuple

from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.messages.edges import EdgeBook, EdgeView
from tui.analysis.messages.view import Deed
from tui.model.delta import TraceDelta
from tui.model.ids import ThreadId
from tui.model.trace import RolloutTrace
from tui.viewmodel.text.edge_words import DELIVERY_WORDS, KIND_WORDS, agent_word

GAP_MS = 10_000
"""A silence of this length or more has a row of its own, which says how long it was."""


class LadderRow(NamedTuple):
    """One row: something that went between agents, or, without `edge`, a silence of `gap_ms`.

    `offset_ms` counts from the start of the recording.
    """

    edge: EdgeView | None
    offset_ms: int
    gap_ms: int = 0


PIN_FROM = 3
"""From this many visible columns on, the root agent's is always one: most messages begin or end there."""


class LadderModel:
    """State of the ladder. `visible_columns` is set by the code that shows it."""

    def __init__(self, trace: RolloutTrace, index: TraceIndex) -> None:
        self.trace = trace
        self.rows: list[LadderRow] = []
        self.agents: list[ThreadId] = []
        """The columns: agents in the order in which they appeared; of a pair, only those two."""
        self.cursor = 0
        self.column = 0
        """The agent whose rows are gone through."""
        self.is_known = False
        """Whether it was worked out what went between agents."""
        self.pair: frozenset[ThreadId] | None = None
        """The two agents (or the one) whose edges alone are shown."""
        self.is_following = False
        self.hidden = 0
        """Edges that the pair leaves out."""
        self.new_rows = 0
        """Rows that came since following stopped."""
        self.first_column = 0
        """The first of the columns that are scrolled through."""
        self.visible_columns = 1
        self._book = EdgeBook(trace, index)
        self._views: list[EdgeView] = []
        self.counts: Counter[Deed] = Counter()
        """How many are shown of each kind of what went between agents."""
        self._slots: dict[ThreadId, int] = {}
        self._columns: dict[ThreadId, int] = {}

    # Growing

    def take(self, delta: TraceDelta) -> None:
        """Note what changed; `refresh` shows it."""
        self._book.update(delta)

    def prepare(self, most: int | None = None) -> bool:
        """Look at a part of what changed, of `most` objects of a kind; whether nothing is left to look at."""
        return self._book.prepare(most)

    def refresh(self, *, is_over: bool) -> bool:
        """Make the rows again; whether any is different. The cursor stays on its edge, or follows the newest."""
        self.is_known = True
        views = self._book.views(is_over)
        if views == self._views and len(self._slots) == len(self.trace.threads):
            return False
        came = max(0, len(views) - len(self._views)) if self._views else 0
        self._views = views
        self._slots = {name: slot for slot, name in enumerate(self.trace.threads)}
        self._arrange()
        self.new_rows = 0 if self.is_following else self.new_rows + came
        return True

    def _arrange(self) -> None:
        """Rows from the views that the pair lets through."""
        key, row, agent = self._key_at(self.cursor), self.cursor, self.agent
        self.agents = [name for name in self._slots if self.pair is None or name in self.pair]
        self._columns = {name: place for place, name in enumerate(self.agents)}
        self.column = self._columns.get(agent, 0) if agent is not None else self.column
        shown = self._views if self.pair is None else [view for view in self._views if self._lets_through(view)]
        self.hidden = len(self._views) - len(shown)
        self.counts = Counter(view.deed for view in shown)
        self.rows = list(_with_gaps(shown, self.trace.started_at_unix_ms))
        places = {_key(one.edge): place for place, one in enumerate(self.rows) if one.edge is not None}
        self.cursor = places.get(key, row) if key else row
        if self.is_following:
            self.cursor = len(self.rows) - 1
        self.move_to(self.cursor)

    def _lets_through(self, view: EdgeView) -> bool:
        return self.pair is None or {view.source_agent, view.target_agent} == set(self.pair)

    def _key_at(self, row: int) -> str:
        edge = self.rows[row].edge if 0 <= row < len(self.rows) else None
        return "" if edge is None else _key(edge)

    # What is where

    @property
    def current(self) -> LadderRow | None:
        """The row under the cursor."""
        return self.rows[self.cursor] if self.rows else None

    @property
    def agent(self) -> ThreadId | None:
        """The agent of the current column."""
        return self.agents[self.column] if self.column < len(self.agents) else None

    @property
    def shown_columns(self) -> list[int]:
        """Numbers of the columns on the screen, from left to right."""
        pinned, first, size = self._scrolled()
        return [*range(pinned), *range(first, first + size)]

    def _scrolled(self) -> tuple[int, int, int]:
        """How many columns are pinned at the left, and the first and the number of those that are scrolled through."""
        count = max(1, min(self.visible_columns, len(self.agents)))
        pinned = 1 if PIN_FROM <= count < len(self.agents) else 0
        size = min(count - pinned, len(self.agents))
        return pinned, max(pinned, min(self.first_column, len(self.agents) - size)), size

    @property
    def agent_count(self) -> int:
        """All agents, shown or not."""
        return len(self._slots)

    def slot_of(self, thread_id: ThreadId) -> int:
        """How many agents appeared before this one: its number, from 0, and what gives it its colour."""
        return self._slots.get(thread_id, 0)

    def column_of(self, thread_id: ThreadId | None) -> int | None:
        """The number of an agent's column, from 0; None for an agent that is not known."""
        return None if thread_id is None else self._columns.get(thread_id)

    # Moving

    def move_to(self, row: int) -> None:
        """Put the cursor on a row, clamped, and bring the columns of its ends onto the screen."""
        self.cursor = max(0, min(row, len(self.rows) - 1))
        edge = None if self.current is None else self.current.edge
        ends = () if edge is None else (self.column_of(edge.source_agent), self.column_of(edge.target_agent))
        self._reveal([column for column in ends if column is not None])

    def move_column(self, steps: int) -> None:
        """Make another agent the current one."""
        self.column = max(0, min(self.column + steps, len(self.agents) - 1))
        self._reveal([self.column])

    def row_of_agent(self, steps: int) -> int | None:
        """The row that is this many rows of the current agent further (negative: back); None if there are no more."""
        own = [row for row, one in enumerate(self.rows) if one.edge is not None and self._touches(one.edge)]
        ahead = [row for row in own if (row > self.cursor if steps > 0 else row < self.cursor)]
        if not ahead:
            return None
        return ahead[min(steps, len(ahead)) - 1] if steps > 0 else ahead[max(steps, -len(ahead))]

    def find(self, pattern: re.Pattern[str], start: int, step: int) -> int | None:
        """The next row from `start` on, around the end, whose agents, kind or text match; None if there is none."""
        count = len(self.rows)
        for distance in range(count):
            row = (start + step * distance) % count
            edge = self.rows[row].edge
            if edge is not None and pattern.search(self.row_text(edge)):
                return row
        return None

    def find_all(self, pattern: re.Pattern[str]) -> list[int]:
        """All rows that match."""
        edges = ((number, row.edge) for number, row in enumerate(self.rows))
        return [number for number, edge in edges if edge is not None and pattern.search(self.row_text(edge))]

    def row_text(self, edge: EdgeView) -> str:
        """What a search looks at: the agents, the kind, the delivery and the readable text."""
        source = agent_word(self.trace, edge.source_agent)
        target = agent_word(self.trace, edge.target_agent, edge.named)
        marks = f"{DELIVERY_WORDS[edge.delivery]}{' encrypted' if edge.encrypted else ''}"
        text = edge.passed.text if edge.passed.is_readable else ""
        return f"{source} {KIND_WORDS[edge.deed]} {target} {marks} {text}"

    # Narrowing

    def toggle_pair(self) -> bool:
        """Show only what the two agents of this row passed each other, or all again; whether anything changed."""
        edge = None if self.current is None else self.current.edge
        if self.pair is not None:
            self.pair = None
        elif edge is not None and edge.source_agent is not None and edge.target_agent is not None:
            self.pair = frozenset((edge.source_agent, edge.target_agent))
        else:
            return False
        self._arrange()
        return True

    def _touches(self, edge: EdgeView) -> bool:
        return self.agent is not None and self.agent in (edge.source_agent, edge.target_agent)

    def _reveal(self, columns: list[int]) -> None:
        """Scroll the columns as little as needed; what is too wide is shown from its first column on."""
        pinned, first, size = self._scrolled()
        wanted = [column for column in columns if column >= pinned]
        if not wanted:
            return
        low, high = min(wanted), max(wanted)
        first = wanted[0] if high - low >= size else min(low, max(first, high - size + 1))
        self.first_column = max(pinned, min(first, len(self.agents) - size))


def _key(edge: EdgeView) -> str:
    """What stays the same when a message that was under way becomes an edge of the graph."""
    return edge.source.id if edge.source.kind == "tool_call" else edge.id


def _with_gaps(views: list[EdgeView], start_unix_ms: int) -> list[LadderRow]:
    rows: list[LadderRow] = []
    before: int | None = None
    for view in views:
        offset = view.started_at_unix_ms - start_unix_ms
        if before is not None and offset - before >= GAP_MS:
            rows.append(LadderRow(None, before, offset - before))
        rows.append(LadderRow(view, offset))
        before = offset
    return rows
