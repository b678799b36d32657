"""The rows of a conversation: built for the items near the screen, kept for the next request that repeats them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence, Set

from tui.model.conversation import CALL_KINDS, OUTPUT_KINDS, ConversationItem
from tui.model.ids import ItemId
from tui.model.trace import RolloutTrace
from tui.viewmodel.conversation.body import item_body
from tui.viewmodel.conversation.entry_list import Entry
from tui.viewmodel.conversation.head import HeadEntry
from tui.viewmodel.conversation.rows import ROWS_OF_OPEN_ITEM, SHORT_ROWS, BlockRow, Fold, Page, item_rows
from tui.viewmodel.rows.heights import EntryLine, HeightIndex
from tui.viewmodel.text.clean import Measure
from tui.viewmodel.text.spans import Line, Span, line_text
from tui.viewmodel.text.styled_lines import elide_line, slice_line, wrap_line

CHUNK = 16
"""Items measured together."""

ITEMS_KEPT = 4_096
"""Items whose rows are kept."""

RULE_END = " ──"
"""How the text of a rule ends."""

MARK_CELLS = 2
_NO_MARK = Span("  ")
_MARKS = {"": _NO_MARK, "new": Span("+ ", "new"), "gone": Span("- ", "gone")}


class ConversationLayout:
    """Rows of a list of entries in a pane of some width, and how far each item is unfolded."""

    def __init__(self, trace: RolloutTrace, measure: Measure) -> None:
        self._trace = trace
        self._measure = measure
        self._width = 80
        self._entries: Sequence[Entry] = ()
        self._heights = HeightIndex(0, chunk_size=CHUNK)
        self._rows: OrderedDict[tuple[ItemId, Fold], tuple[BlockRow, ...]] = OrderedDict()
        self._folds: dict[str, Fold] = {}
        self._default_fold = Fold.SHORT
        self.shows_source = False
        """Whether Markdown is shown as it was written."""
        self._raw: dict[ItemId, bytes] = {}
        self._wanting_raw: dict[ItemId, None] = {}

    def lay_out(self, entries: Sequence[Entry]) -> None:
        """Show other entries; rows of items known from before are used again."""
        self._entries = entries
        self._heights = HeightIndex(len(entries), chunk_size=CHUNK)

    def set_width(self, width: int) -> bool:
        """The pane is `width` cells wide; whether that is news."""
        if width == self._width:
            return False
        self._width = width
        self._rows.clear()
        self.lay_out(self._entries)
        return True

    @property
    def _page(self) -> Page:
        return Page(self._width - MARK_CELLS, self._measure, self.shows_source)

    def switch_source(self) -> None:
        """Show Markdown and colours as they were written, or what they mean."""
        self.shows_source = not self.shows_source
        self._rows.clear()
        self.lay_out(self._entries)

    @property
    def row_count(self) -> int:
        """Number of rows; an estimate where nothing is measured yet."""
        return self._heights.total

    def place_of(self, row: int) -> EntryLine:
        """Entry and line at a row (clamped)."""
        return self._heights.place_of(max(0, min(row, self.row_count - 1))) if self._entries else EntryLine(0, 0)

    def row_of(self, place: EntryLine) -> int:
        """The row of a place."""
        return self._heights.row_of(place) if self._entries else 0

    def measure_around(self, row: int, rows: int) -> bool:
        """Make the row numbers from `row` on, for this many rows, exact; whether any row number changed."""
        changed = False
        while (chunk := self._unmeasured(row, rows)) is not None:
            self._heights.measure(chunk, [len(self.rows_of(number)) for number in self._heights.entries_of(chunk)])
            changed = True
        return changed

    def _unmeasured(self, row: int, rows: int) -> int | None:
        """The first chunk with rows in the range that nobody has measured."""
        if not self._entries:
            return None
        first = self._heights.chunk_of(self.place_of(row).entry)
        last = self._heights.chunk_of(self.place_of(row + rows).entry)
        return next((chunk for chunk in range(first, last + 1) if not self._heights.is_measured(chunk)), None)

    def line(self, row: int) -> Line:
        """A row with the column that says what is new."""
        place = self.place_of(row)
        rows = self.rows_of(place.entry)
        line = rows[min(place.line, len(rows) - 1)].line
        return (_MARKS[self._entries[place.entry].novelty] if place.line == 0 else _NO_MARK, *line)

    def goes_on(self, row: int) -> bool:
        """Whether the entry of a row has further rows below it."""
        place = self.place_of(row)
        return bool(self._entries) and place.line + 1 < len(self.rows_of(place.entry))

    def rows_of(self, number: int) -> tuple[BlockRow, ...]:
        """The rows of an entry, without that column."""
        entry = self._entries[number]
        item = self.item_at(number)
        if entry.head is not None:
            fold = self.fold_of_entry(entry)
            if fold is Fold.HEADER and entry.head.name != "instructions":  # the other headers say it all
                return self._head_rows(entry.head)
            return item_rows(entry.head.body, fold, ROWS_OF_OPEN_ITEM, self._page)
        if item is None:
            line = entry.line if entry.item_id is None else (Span(f"{entry.item_id}: not in the recording", "error"),)
            return tuple(BlockRow(piece, "divider") for piece in self._facts(line))
        key = (item.item_id, self.fold_of(item.item_id))
        rows = self._rows.get(key)
        if rows is None:
            rows = self._rows[key] = self._build_rows(item, key[1])
            if len(self._rows) > ITEMS_KEPT:
                self._rows.popitem(last=False)
        return rows

    def _head_rows(self, head: HeadEntry) -> tuple[BlockRow, ...]:
        """A row or a few of what a request sent before its items; as many as are needed to say what changed."""
        header = head.body.header
        if head.enumerated:
            return tuple(BlockRow(line, "header") for line in head.folded_rows(self._page.width, self._measure))
        has_changed = any(span.style == "cut" for span in header)
        lines = self._facts(header) if has_changed else [elide_line(header, self._page.width, self._measure)]
        return tuple(BlockRow(line, "header") for line in lines)

    def _facts(self, line: Line) -> list[Line]:
        """Facts with dots between them in as many rows as they need; no row ends with a dot.

        A rule that is too wide loses its right end first.
        """
        if self._measure(line_text(line)) > self._page.width and line and line[-1].text.endswith(RULE_END):
            line = (*line[:-1], line[-1]._replace(text=line[-1].text.removesuffix(RULE_END)))
        rows = wrap_line(line, self._page.width, self._measure)
        return [slice_line(row, 0, len(line_text(row).rstrip().removesuffix(" ·"))) for row in rows]

    def item_at(self, number: int) -> ConversationItem | None:
        """The item of an entry; None for dividers and items that the graph lacks."""
        item_id = self._entries[number].item_id
        return self._trace.conversation_items.get(item_id) if item_id is not None else None

    def _build_rows(self, item: ConversationItem, fold: Fold) -> tuple[BlockRow, ...]:
        body = item_body(self._trace, item, self._raw.get(item.item_id))
        if body.needs_raw:
            self._wanting_raw[item.item_id] = None
        return item_rows(body, fold, short_rows(item), self._page)

    # Folding

    def fold_of(self, item_id: ItemId) -> Fold:
        """How much of an item is shown."""
        return self._folds.get(item_id, self._default_fold)

    def fold_of_entry(self, entry: Entry) -> Fold:
        """How much of an entry is shown. What a request sends before its items is folded until somebody opens it."""
        default = self._default_fold if entry.head is None else Fold.HEADER
        return default if entry.key is None else self._folds.get(entry.key, default)

    def set_fold(self, number: int, fold: Fold) -> None:
        """Show more or less of an entry."""
        key = self._entries[number].key
        if key is not None:
            self._folds[key] = fold
            self._heights.forget(number)

    def set_all_folds(self, fold: Fold) -> None:
        """Show all items alike."""
        self._default_fold = fold
        self._folds.clear()
        self.lay_out(self._entries)

    # Bodies that the graph abridges

    def take_wanted(self) -> list[ItemId]:
        """Items that were shown abridged since the last call; with `supply` they show more."""
        wanted = list(self._wanting_raw)
        self._wanting_raw.clear()
        return wanted

    def supply(self, item_id: ItemId, raw: bytes) -> None:
        """Here is the whole JSON of an item; call `forget` afterwards."""
        self._raw[item_id] = raw

    def forget_all(self, item_ids: Set[ItemId]) -> None:
        """Items look different now, listed or not."""
        if len(item_ids) < len(self._rows):
            for item_id in item_ids:
                self.forget(item_id, None)
        else:
            for key in [key for key in self._rows if key[0] in item_ids]:
                del self._rows[key]

    def forget_everything(self) -> None:
        """The graph is that of another moment: every item may look different."""
        self._rows.clear()
        self._raw.clear()
        self._wanting_raw.clear()
        self.lay_out(self._entries)

    def forget(self, item_id: ItemId, number: int | None) -> None:
        """An item looks different now; `number` is its entry, if it is listed."""
        for fold in Fold:
            self._rows.pop((item_id, fold), None)
        if number is not None:
            self._heights.forget(number)


def short_rows(item: ConversationItem) -> int:
    """Rows that an item's body gets before it is folded."""
    if item.kind in CALL_KINDS:
        return SHORT_ROWS["call"]
    if item.kind in OUTPUT_KINDS:
        return SHORT_ROWS["output"]
    if item.kind == "message" and item.role == "assistant" and item.channel == "final":
        return SHORT_ROWS["answer"]
    return SHORT_ROWS["reasoning" if item.kind == "reasoning" else "message"]
