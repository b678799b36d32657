"""The recordings in a folder without a terminal: rows in an order, filtered, totals, and a cursor that stays.

 /traces   348 runs  ● 4 live  ✗ 31 failed  ⊘ 6 cut off  41.2M tok  sort: tokens ▼  / outcome:failed
   outcome                  when    took  agents   reqs   tokens  cached     ▲  name            asked
 ● waits: $ pytest -q        now  14m02s       5    212     3.1M     81%     2  refactor-auth   Split the parser …

The cursor is a recording, not a number.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import suppress
from typing import NamedTuple

from tui.analysis.kinds.plural import counted
from tui.analysis.recording.facts import SessionFacts
from tui.schema.summary import BundleSummary
from tui.viewmodel.folder.columns import COLUMN_IDS, COLUMNS, ColumnId, Order, WhenText, in_order
from tui.viewmodel.folder.filter import FolderFilter, parse_folder_filter
from tui.viewmodel.folder.layout import MARK, FolderLayout, heading, hidden_text, layout_for, outcome_sentence, row_line
from tui.viewmodel.folder.row import MAX_NAME_CELLS, FolderRow, recording_of, row_of, row_text, short_name
from tui.viewmodel.text.clean import Measure, clean, elide_start, format_tokens
from tui.viewmodel.text.spans import Line, Span, line_text
from tui.viewmodel.text.token_words import UNKNOWN
from tui.viewmodel.timeline.filter_words import FilterError


class Totals(NamedTuple):
    """What the rows that are shown come to. `unread`: recordings that have not been read yet, hidden ones too."""

    runs: int = 0
    live: int = 0
    failed: int = 0
    cut_off: int = 0
    tokens: int | None = None
    """None where the tokens of no run are known."""
    is_part: bool = False
    """Whether tokens are missing from the sum."""
    unread: int = 0


class FolderBoard:
    """Rows, order, filter and cursor."""

    def __init__(self, root: str) -> None:
        self.root = root
        self.rows: list[FolderRow] = []
        """What matches, in order."""
        self.cursor = 0
        self.words = ""
        """The filter as it was typed."""
        self._before_words = ""
        """The recording that the cursor was on before there were words; empty if nobody had moved it."""
        self.marked = ""
        """The path of the recording that is to be compared with another one."""
        self.order = Order()
        self.now_unix_ms = 0
        self._filter = FolderFilter()
        self._known: dict[str, FolderRow] = {}
        self._texts: dict[str, str] = {}
        """Path → what plain words are compared with, as far as somebody typed some."""
        self._ordered: list[FolderRow] = []
        self._restless: set[str] = set()
        """Recordings whose state may change by itself."""
        self._name_cells = 0
        self._is_touched = False
        self._totals: Totals | None = None

    @property
    def count(self) -> int:
        """How many recordings there are, hidden ones too."""
        return len(self._known)

    @property
    def chosen(self) -> FolderRow | None:
        """The row under the cursor."""
        return self.rows[self.cursor] if self.rows else None

    def row(self, path: str) -> FolderRow | None:
        """What is known of a recording."""
        return self._known.get(path)

    # What comes in

    def take(
        self,
        changed: Sequence[BundleSummary],
        gone: Sequence[str],
        now_unix_ms: int,
        read: Sequence[tuple[str, SessionFacts | None, str]] = (),
    ) -> None:
        """Recordings are new, different, gone, or were `read`: path, facts, or why they could not be.

        The cursor stays on its recording once a person has moved it.
        """
        self.now_unix_ms = now_unix_ms
        for path in gone:
            self._known.pop(path, None)
            self._texts.pop(path, None)
            self._restless.discard(path)
            if path == self.marked:
                self.marked = ""
        for summary in changed:
            before = self._known.get(summary.path)
            facts, problem = (None, "") if before is None else (before.facts, before.problem)
            self._put(row_of(summary, now_unix_ms, facts, problem))
        for path, facts, problem in read:
            row = self._known.get(path)
            if row is not None:
                self._put(row._replace(facts=facts or row.facts, problem=problem))
        self._order()

    def tick(self, now_unix_ms: int) -> None:
        """It is so late now: what was live may have become quiet."""
        self.now_unix_ms = now_unix_ms
        before = {path: self._known[path] for path in self._restless}
        for row in before.values():
            self._put(row_of(row.summary, now_unix_ms, row.facts, row.problem))
        if any(self._known[path].state.word != row.state.word for path, row in before.items()):
            self._order()
        elif self._filter.asks_for_age:
            self._show_matching()

    def _text_of(self, row: FolderRow) -> str:
        text = self._texts.get(row.path)
        if text is None:
            text = self._texts[row.path] = row_text(row)
        return text

    def _put(self, row: FolderRow) -> None:
        self._known[row.path] = row
        self._texts.pop(row.path, None)
        if row.state.word in ("live", "waiting"):
            self._restless.add(row.path)
        else:
            self._restless.discard(row.path)
        self._name_cells = max(self._name_cells, min(MAX_NAME_CELLS, len(short_name(row.summary))))

    # Order and filter

    def narrow(self, words: str) -> str:
        """Show only what the filter leaves; return why the text is not a filter.

        Then what is before its last word counts: that may still be typed.
        """
        if words and not self.words:
            self._before_words = self.chosen.path if self.chosen is not None and self._is_touched else ""
        self.words, trouble = words, ""
        try:
            self._filter = parse_folder_filter(words, self._text_of)
        except FilterError as error:
            trouble = str(error)
            with suppress(FilterError):
                self._filter = parse_folder_filter(words.rpartition(" ")[0], self._text_of)
        self._show_matching()
        return trouble

    def show_all(self) -> None:
        """Take the words back; the cursor returns to where it was before them."""
        self.narrow("")
        if not (self._before_words and self.stand_on(self._before_words)):
            self._is_touched = False
            self.cursor = 0
        self._before_words = ""

    def sort_by(self, column: ColumnId) -> None:
        """Sort by a column; the other way round if that is so already."""
        self.order = Order(column, not self.order.is_reversed) if column == self.order.column else Order(column)
        self._order()

    def sort_by_next(self) -> None:
        """Sort by the next column."""
        place = COLUMN_IDS.index(self.order.column)
        self.sort_by(COLUMN_IDS[(place + 1) % len(COLUMN_IDS)])

    def reverse(self) -> None:
        """Sort the other way round."""
        self.sort_by(self.order.column)

    def _order(self) -> None:
        self._ordered = in_order(self._known.values(), self.order)
        self._show_matching()

    def _show_matching(self) -> None:
        chosen = self.chosen if self._is_touched else None
        leaves, now = self._filter.leaves, self.now_unix_ms
        self.rows = [row for row in self._ordered if leaves(row, now)] if self._filter.conditions else self._ordered
        self._totals = None
        at = self.cursor if self._is_touched else 0
        self.cursor = min(at, max(0, len(self.rows) - 1))
        if chosen is not None:
            self.cursor = next((n for n, row in enumerate(self.rows) if row.path == chosen.path), self.cursor)

    # The cursor

    def move(self, rows: int) -> None:
        """Move the cursor, stopping at the ends."""
        self.move_to(self.cursor + rows)

    def move_to(self, row: int) -> None:
        """Put the cursor on a row number, clamped."""
        self.cursor = max(0, min(row, len(self.rows) - 1))
        self._is_touched = True

    def stand_on(self, path: str) -> bool:
        """Put the cursor on a recording; whether it is listed."""
        for number, row in enumerate(self.rows):
            if row.path == path:
                self.move_to(number)
                return True
        return False

    # Lines

    def layout(self, width: int) -> FolderLayout:
        """The columns that fit."""
        return layout_for(width, self.order, self._name_cells)

    def line(self, number: int, width: int, measure: Measure, when: WhenText) -> Line:
        """One row, laid out for `width` cells; the caller crops the rest."""
        row = self.rows[number]
        is_marked = row.path == self.marked
        return row_line(row, self.layout(width), self.now_unix_ms, when, measure, is_marked=is_marked)

    def heading(self, width: int, measure: Measure) -> Line:
        """What the columns hold."""
        return heading(self.layout(width), self.order, measure)

    def totals(self) -> Totals:
        """What the rows that are shown come to."""
        if self._totals is None:
            self._totals = totals_of(self.rows)._replace(unread=_unread(self._known.values()))
        return self._totals

    def status(
        self, fault: str | None, width: int, measure: Measure, *, is_looking: bool, is_cut: bool, private: int = 0
    ) -> Line:
        """The line above: where, how many, how they came out, what they cost; the path gives way to the numbers.

        `private`: folders below that may not be read.
        """
        parts = [*totals_spans(self.totals(), is_narrowed=bool(self._filter.conditions), count=self.count)]
        if self.order != Order():
            parts.append(Span(f"  sort: {COLUMNS[self.order.column].head} {self.order.sign}", "chrome.key"))
        if self.words:
            parts.append(Span(f"  / {clean(self.words)}", "match"))
        marked = self._known.get(self.marked)
        if marked is not None:
            parts.append(Span(f"  {MARK} {clean(short_name(marked.summary))}", "mark"))
        if is_looking:
            parts.append(Span("  looking …", "dim"))
        if is_cut:
            parts.append(Span("  there is more below than is looked at", "warning"))
        if private:
            parts.append(Span(f"  {counted(private, 'folder')} may not be read", "warning"))
        if fault is not None:
            parts.append(Span(f"  {clean(fault)}", "error" if self.count else "warning"))
        room = max(12, width - measure(line_text(parts)) - 2)
        return (Span(" "), Span(elide_start(clean(self.root), room, measure), "title"), *parts)

    def evidence(self, width: int, when: WhenText, rows: int = 1) -> Line:
        """What the columns do not say of the chosen recording: when it began, what proves its state, where it is.

        There are `rows` rows of `width` cells for it.
        """
        row = self.chosen
        if row is None:
            return ()
        row = row._replace(state=recording_of(row.summary, self.now_unix_ms))
        hidden = hidden_text(row, self.layout(width), self.now_unix_ms, when)
        spans = [Span(f" {hidden}"), Span("  ·")] if hidden else []
        started = row.summary.started_at_unix_ms
        if started is not None:
            spans.append(Span(f" {when(started, self.now_unix_ms)} ·"))
        room = rows * width - len(line_text(spans)) - 2
        return (*spans, Span(f" {clean(outcome_sentence(row, room))}  "), Span(clean(row.path), "dim"))

    def nothing(self, fault: str | None, *, is_looking: bool) -> str:
        """Why there is no row."""
        if self.words and self.count:
            unread = self.totals().unread if self._filter.needs_reading else 0
            later = f" {unread:,} have not been read yet." if unread else ""
            return f"No recording matches; Esc shows all.{later}"
        if is_looking:
            return "Looking for recordings …"
        why = f" ({clean(fault)})" if fault is not None else ""
        return f"No recording yet; waiting in {clean(self.root)}{why}."


def totals_of(rows: Sequence[FolderRow]) -> Totals:
    """Sums over rows; `unread` is of these."""
    failed = cut_off = live = missing = 0
    tokens: int | None = None
    for row in rows:
        live += row.is_open
        failed += row.outcome == "failed"
        cut_off += row.state.word == "cut off"
        total = None if row.facts is None else row.facts.total_tokens
        if total is not None:
            tokens = total + (tokens or 0)
        missing += total is None or (row.facts is not None and row.facts.tokens.is_part)
    return Totals(len(rows), live, failed, cut_off, tokens, is_part=missing > 0, unread=_unread(rows))


def _unread(rows: Collection[FolderRow]) -> int:
    return sum(row.facts is None and not row.trouble for row in rows)


def totals_spans(totals: Totals, *, is_narrowed: bool, count: int) -> list[Span]:
    """Totals as pieces of a line."""
    of = f" of {count:,}" if is_narrowed else ""
    parts = [Span(f"  {totals.runs:,}{of} run{'s' * (count != 1)}")]
    for number, sign, word, style in (
        (totals.live, "●", "live", "chrome.live"),
        (totals.failed, "✗", "failed", "error"),
        (totals.cut_off, "⊘", "cut off", "glyph.cancelled"),
    ):
        if number:
            parts.append(Span(f"  {sign} {number:,} {word}", style))
    if totals.runs:
        parts.append(Span(f"  {_tokens_text(totals)} tok"))
    if totals.unread:
        parts.append(Span(f"  … {totals.unread:,} to read", "dim"))
    return parts


def _tokens_text(totals: Totals) -> str:
    if totals.tokens is None:
        return UNKNOWN
    return f"{'≥' * totals.is_part}{format_tokens(totals.tokens)}"
