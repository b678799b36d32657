"""The list of the bundles in a folder without a terminal: rows in order, narrowed by words, and a cursor that stays.

    ● LIVE      11-23 18:57   3m      312  139.8 kB  trace-21cc3d58…  Review the project with helpers.
    ■ ENDED     11-23 16:12   2h    2,149  974.5 kB  0.169.0/long     Work on part 0.

What is being written stands on top, then the newest comes first. The cursor is a bundle, not a number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from tui.analysis.recording_state import RecordingFacts, RecordingState, RecordingWord, coarse_age, recording_state
from tui.schema.summary import BundleSummary
from tui.viewmodel.spans import Line, Span
from tui.viewmodel.text import Measure, clean, elide, format_bytes

LocalTime = Callable[[int], str]
"""Milliseconds since the Unix epoch → the local date and time for people, `11-23 18:57`."""

MAX_NAME_CELLS = 28
NARROW = 100
"""Below so many columns the folder's name gives way to the title."""

_WORD_CELLS = 10
_TIME_CELLS = 11
_RECORDER_PREFIX = "trace-"
_RECORDER_NAME = 14
"""Characters kept of a name that a recorder made of two long ids: the first of them is enough."""

_GLYPHS: dict[RecordingWord, tuple[str, str]] = {
    "loading": ("◔", "glyph.running"),
    "live": ("●", "chrome.live"),
    "waiting": ("◌", "warning"),
    "ended": ("✓", "glyph.ok"),
    "cut off": ("✗", "error"),
}


class CatalogRow(NamedTuple):
    """One bundle as it stands now."""

    summary: BundleSummary
    state: RecordingState

    @property
    def path(self) -> str:
        """Where it is; what the cursor holds on to."""
        return self.summary.path

    @property
    def is_open(self) -> bool:
        """Whether it is written now, as far as anybody can tell."""
        return self.state.word == "live" or (self.state.word == "waiting" and self.summary.writer == "holds")


def recording_of(summary: BundleSummary, now_unix_ms: int) -> RecordingState:
    """Where the recording stands, by what a glance at the bundle told."""
    newest = summary.newest_at_unix_ms
    return recording_state(
        RecordingFacts(
            is_caught_up=True,
            is_closed=summary.is_closed,
            quiet_ms=None if newest is None else max(0, now_unix_ms - newest),
            writer=summary.writer,
            writer_name=summary.writer_name,
            held_bytes=summary.torn_bytes,
            has_events=summary.newest_seq is not None,
            is_session_over=summary.is_session_over,
            have_agents_ended=summary.have_agents_ended,
            schema_version=summary.schema_version or 2,
        )
    )


def row_of(summary: BundleSummary, now_unix_ms: int) -> CatalogRow:
    """A bundle as it stands now."""
    return CatalogRow(summary, recording_of(summary, now_unix_ms))


def in_order(rows: Iterable[CatalogRow]) -> list[CatalogRow]:
    """Rows as they are listed: what is being written, then the newest first; without a start last."""
    return sorted(rows, key=_order_of)


def _order_of(row: CatalogRow) -> tuple[bool, int, str]:
    return (not row.is_open, -(row.summary.started_at_unix_ms or 0), row.summary.name)


class CatalogModel:
    """Rows, the typed words, and the cursor."""

    def __init__(self, root: str) -> None:
        self.root = root
        self.rows: list[CatalogRow] = []
        """What matches, in order."""
        self.cursor = 0
        self.words = ""
        self.now_unix_ms = 0
        self._known: dict[str, CatalogRow] = {}
        self._ordered: list[CatalogRow] = []
        self._restless: set[str] = set()
        """Bundles whose state may change by itself."""
        self._name_cells = 0
        self._is_touched = False

    @property
    def count(self) -> int:
        """How many bundles there are, hidden ones too."""
        return len(self._known)

    @property
    def open_count(self) -> int:
        """How many of them are being written; these stand on top."""
        return sum(self._known[path].is_open for path in self._restless)

    @property
    def chosen(self) -> CatalogRow | None:
        """The row under the cursor."""
        return self.rows[self.cursor] if self.rows else None

    def take(self, changed: Sequence[BundleSummary], gone: Sequence[str], now_unix_ms: int) -> None:
        """Bundles are new, different or gone. The cursor stays on its bundle once a person has moved it."""
        self.now_unix_ms = now_unix_ms
        for path in gone:
            self._known.pop(path, None)
            self._restless.discard(path)
        for summary in changed:
            self._put(row_of(summary, now_unix_ms))
        self._order()

    def tick(self, now_unix_ms: int) -> None:
        """It is so late now: what was live may have become quiet."""
        self.now_unix_ms = now_unix_ms
        before = {path: self._known[path] for path in self._restless}
        for row in before.values():
            self._put(row_of(row.summary, now_unix_ms))
        if any(self._known[path].state.word != row.state.word for path, row in before.items()):
            self._order()

    def narrow(self, words: str) -> None:
        """Show only bundles whose line has all the words, in any case."""
        self.words = words
        self._show_matching()

    def move(self, rows: int) -> None:
        """Move the cursor, stopping at the ends."""
        self.move_to(self.cursor + rows)

    def move_to(self, row: int) -> None:
        """Put the cursor on a row number, clamped."""
        self.cursor = max(0, min(row, len(self.rows) - 1))
        self._is_touched = True

    def stand_on(self, path: str) -> bool:
        """Put the cursor on a bundle; whether it is listed."""
        for number, row in enumerate(self.rows):
            if row.path == path:
                self.move_to(number)
                return True
        return False

    def _put(self, row: CatalogRow) -> None:
        self._known[row.path] = row
        if row.state.word in ("live", "waiting"):
            self._restless.add(row.path)
        else:
            self._restless.discard(row.path)
        self._name_cells = max(self._name_cells, min(MAX_NAME_CELLS, len(short_name(row.summary))))

    def _order(self) -> None:
        self._ordered = in_order(self._known.values())
        self._show_matching()

    def _show_matching(self) -> None:
        chosen = self.chosen if self._is_touched else None
        words = self.words.casefold().split()
        self.rows = [row for row in self._ordered if _matches(row, words)] if words else self._ordered
        at = self.cursor if self._is_touched else 0
        self.cursor = min(at, max(0, len(self.rows) - 1))
        if chosen is not None:
            self.cursor = next((n for n, row in enumerate(self.rows) if row.path == chosen.path), self.cursor)

    def line(self, number: int, width: int, measure: Measure, local_time: LocalTime) -> Line:
        """One row, laid out for `width` cells; the caller crops the rest."""
        row = self.rows[number]
        summary = row.summary
        cells = 0 if width < NARROW and summary.title else self._name_cells
        name = elide(short_name(summary), cells, measure)
        return (
            Span(" "),
            *_state_spans(row.state.word),
            Span(f"{_started(summary, local_time):<{_TIME_CELLS}} "),
            Span(f"{self._age(summary):>4} ", "dim"),
            Span(f"{_count(summary.newest_seq):>9} {_size(summary.log_bytes):>9}  ", "number"),
            Span(name + " " * (cells - measure(name)) + ("  " if cells else ""), "path" if summary.title else ""),
            *_title(summary),
        )

    def heading(self, width: int) -> Line:
        """What the columns hold."""
        name = "" if width < NARROW else f"{'name':<{self._name_cells}}  "
        text = f" {'state':<{_WORD_CELLS}} {'started':<{_TIME_CELLS}} {'age':>4} {'events':>9} {'log':>9}  {name}"
        return (Span(f"{text}first request", "dim"),)

    def status(self, fault: str | None, *, is_looking: bool, is_cut: bool) -> Line:
        """The line above: where, how many, how many live."""
        parts = [Span(" "), Span(clean(self.root), "title"), Span(f"  {_plural(self.count, 'bundle')}")]
        if self.open_count:
            parts.append(Span(f"  ● {self.open_count:,} being written", "chrome.live"))
        if self.words:
            parts.append(Span(f"  {len(self.rows):,} shown", "match"))
        if is_looking:
            parts.append(Span("  looking …", "dim"))
        if is_cut:
            parts.append(Span("  there is more below than is looked at", "warning"))
        if fault is not None:
            parts.append(Span(f"  {clean(fault)}", "error" if self.count else "warning"))
        return tuple(parts)

    def evidence(self) -> Line:
        """What proves the state of the chosen bundle, and where the bundle is."""
        row = self.chosen
        if row is None:
            return ()
        state = recording_of(row.summary, self.now_unix_ms)
        return (Span(f" {clean(state.evidence)}  "), Span(clean(row.path), "dim"))

    def nothing(self, fault: str | None, *, is_looking: bool) -> str:
        """Why there is no row."""
        if self.words and self.count:
            return "No bundle matches; Esc shows all."
        if is_looking:
            return "Looking for bundles …"
        why = f" ({clean(fault)})" if fault is not None else ""
        return f"No bundle yet; waiting in {clean(self.root)}{why}."

    def _age(self, summary: BundleSummary) -> str:
        started = summary.started_at_unix_ms
        return "" if started is None else coarse_age(max(0, self.now_unix_ms - started))


def short_name(summary: BundleSummary) -> str:
    """The name below the folder, cleaned; of the long one that a recorder makes, its beginning."""
    name = clean(summary.name)
    folder, slash, last = name.rpartition("/")
    if last.startswith(_RECORDER_PREFIX) and len(last) > MAX_NAME_CELLS:
        last = f"{last[:_RECORDER_NAME]}…"
    return f"{folder}{slash}{last}"


def key_hints(keys: Sequence[tuple[str, str]]) -> Line:
    """What one can press: keys as people write them, each with a word."""
    spans = [(Span(f" {key}", "chrome.key"), Span(f" {word} ", "dim")) for key, word in keys]
    return tuple(span for pair in spans for span in pair)


def row_text(row: CatalogRow) -> str:
    """What typing is compared with: state, name and title."""
    return f"{row.state.word} {row.summary.name} {row.summary.title} {row.summary.problem}"


def _matches(row: CatalogRow, words: Sequence[str]) -> bool:
    text = row_text(row).casefold()
    return all(word in text for word in words)


def _state_spans(word: RecordingWord) -> Line:
    glyph, style = _GLYPHS[word]
    return (Span(f"{glyph} {word.upper()}", style), Span(" " * (_WORD_CELLS - len(word) - 1)))


def _started(summary: BundleSummary, local_time: LocalTime) -> str:
    return "" if summary.started_at_unix_ms is None else local_time(summary.started_at_unix_ms)


def _title(summary: BundleSummary) -> Line:
    if summary.problem:
        return (Span(f"▲ {clean(summary.problem)}", "warning"),)
    return (Span(clean(summary.title)),)


def _count(number: int | None) -> str:
    return "" if number is None else f"{number:,}"


def _size(log_bytes: int | None) -> str:
    return "no log" if log_bytes is None else format_bytes(log_bytes)


def _plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
