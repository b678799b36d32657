"""The payload pane: the raw evidence behind a selection, as a tree, as text, as it is, or as bytes.

| mode | shows | any size |
|---|---|---|
| tree | the JSON, opened where somebody looks | scanned in slices |
| text | the value under the cursor with its escapes decoded | page by page; up to 4 MB laid out first |
| raw | the file as it is | page by page |
| hex | the bytes | page by page |
| changes | the files that a patch changed, with line numbers | up to 1 MB |
| parts | what it is made of, and what it is a part of (schema 3) | bodies read near the screen only |

Work that may take long is handed out as jobs (`next_job`); code with a thread runs them.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import partial
from typing import Literal

import msgspec

from tui.analysis.requests.patch_changes import LARGEST_BODY, changes_in
from tui.analysis.search.byte_pattern import BytePattern
from tui.analysis.search.pattern import Pattern
from tui.source.pages import MemoryPages
from tui.viewmodel.payload.changes import ChangesView
from tui.viewmodel.payload.json_scan import KEY_BYTES
from tui.viewmodel.payload.json_tree import JsonNode, JsonTree, decoded_string, path_step, path_text
from tui.viewmodel.payload.moves import TREE_MOVES
from tui.viewmodel.payload.parts import PartsView
from tui.viewmodel.payload.search import ByteSearch
from tui.viewmodel.payload.source import Job, PageRange, Pages
from tui.viewmodel.payload.subject import PayloadSubject, lines_instead, subject_title
from tui.viewmodel.payload.text import PagedText
from tui.viewmodel.payload.views import HexView, PayloadView, TextView, TreeView
from tui.viewmodel.rows.moves import Move
from tui.viewmodel.text.clean import Measure, clean
from tui.viewmodel.text.spans import Line, Span
from tui.viewmodel.text.styled_lines import highlight

Mode = Literal["changes", "tree", "text", "raw", "hex", "parts"]

_REPORTS_PATCHES = frozenset({"tool_runtime_event", "protocol_event"})
"""Kinds of payloads in which the runtime says what a patch changed."""

_WITHOUT_BYTES: frozenset[Mode] = frozenset({"changes", "parts"})
"""Modes whose rows have no place in the bytes."""

FORMATTED_BYTES = 4 << 20
"""JSON up to this size is laid out for the text mode; larger JSON is shown in the lines it has."""

SEARCHED_AT_ONCE = 4 << 20
"""A payload up to this size is searched without a job."""

COPIED_BYTES = 1 << 20
"""A larger value is not copied."""


class PayloadModel:
    """What the pane shows of one payload, and in which mode."""

    def __init__(self, measure: Measure) -> None:
        self._measure = measure
        self._width = 80
        self.subject: PayloadSubject | None = None
        self.mode: Mode = "tree"
        self._modes: tuple[Mode, ...] = ()
        self._views: dict[Mode, PayloadView] = {}
        self._text_of: JsonNode | None = None
        self._missing: tuple[int, int] | None = None
        self._search: ByteSearch | None = None
        self._sought: int | None = None
        self._bytes: BytePattern | None = None
        self.has_wrapped = False
        """Whether the last match lies beyond the end at which the search turned over."""
        self.pattern: Pattern | None = None
        self._marked: Pattern | None = None
        self.message = ""

    # What is shown

    def show(self, subject: PayloadSubject | None) -> None:
        """Show a payload, or none."""
        self.subject = subject
        self._views, self._modes = {}, ()
        self._text_of, self._search, self._sought, self.message = None, None, None, ""
        if subject is None or subject.pages is None:
            return
        tree = JsonTree(subject.pages)
        is_text = _is_text(subject.pages.read(0, 65_536))
        self._views = {"raw": TextView(PagedText(subject.pages, self._measure)), "hex": HexView(subject.pages)}
        if tree.fault is None and is_text:
            self._views["tree"] = TreeView(subject.pages, tree, self._measure)
            self._modes, self.mode = ("tree", "text", "raw", "hex"), "tree"
        else:
            self._modes, self.mode = (("raw", "hex"), "raw") if is_text else (("hex", "raw"), "hex")
        self._add_changes(subject)
        if subject.parts is not None:
            self._views["parts"] = PartsView(subject.pages, subject.parts)
            self._modes = (*self._modes, "parts")
        for view in self._views.values():
            view.set_width(self._width)
        self._mark_matches()
        self._missing = subject.missing
        if subject.path:
            self.seek(subject.path)

    def _add_changes(self, subject: PayloadSubject) -> None:
        """A payload that reports a patch is shown as that, unless one of its values is meant."""
        pages = subject.pages
        if pages is None or subject.ref.kind.type not in _REPORTS_PATCHES or pages.size > LARGEST_BODY:
            return
        changes = changes_in(pages.read(0, pages.size))
        if not changes:
            return
        self._views["changes"] = ChangesView(pages, changes)
        self._modes = ("changes", *self._modes)
        if not subject.path and subject.missing is None:
            self.mode = "changes"

    def seek(self, path: tuple[str, ...]) -> None:
        """Go to the value at keys and indices from the root, at once or when jobs have found it."""
        if self._tree_view is not None:
            self._tree_view.tree.seek(path)
            self._arrive()

    @property
    def view(self) -> PayloadView | None:
        """The current way to look; None while there is nothing to see."""
        return self._views.get(self.mode)

    @property
    def _tree_view(self) -> TreeView | None:
        view = self._views.get("tree")
        return view if isinstance(view, TreeView) else None

    @property
    def parts_view(self) -> PartsView | None:
        """What the payload is made of, if that is what is looked at."""
        view = self.view
        return view if isinstance(view, PartsView) else None

    @property
    def node(self) -> JsonNode | None:
        """The value under the cursor of the tree."""
        return self._tree_view.node if self._tree_view is not None else None

    def title(self) -> Line:
        """What is shown: kind, path in the bundle, size, the event behind it, the mode."""
        return subject_title(self.subject, self.mode if self._modes else "")

    def status(self) -> Line:
        """Where the cursor is and what is under way."""
        if self.message:
            return (Span(self.message, "warning"),)
        if self._search is not None:
            return (Span(f"searching {self._search.progress:.0%} · Esc stops", "dim"),)
        tree = self._tree_view
        if self.parts_view is not None:
            return (Span("Enter shows the payload of the row · h goes back", "dim"),)
        if self.mode == "changes":
            return (Span("v shows what was recorded", "dim"),)
        if tree is None or self.mode in ("raw", "hex"):
            return (Span(f"byte {self.view.offset:,}", "dim"),) if self.view is not None else ()
        path = clean(path_text(tree.node)) if tree.node is not None else ""
        line: Line = (Span(path or "(root)", "path"),)
        reading = tree.tree.progress
        return line if reading is None else (*line, Span(f" · reading {reading:.0%} · Esc stops", "dim"))

    @property
    def row_count(self) -> int:
        """Number of rows, maybe an estimate."""
        return self.view.row_count if self.view is not None else len(lines_instead(self.subject))

    @property
    def cursor(self) -> int:
        """The row of the cursor."""
        return self.view.cursor if self.view is not None else 0

    def stand_on(self, row: int) -> None:
        """Move the cursor to a row."""
        if self.view is not None:
            self.view.stand_on(row)

    def row(self, number: int) -> Line:
        """The line of a row, with the matches of the search."""
        line = self.view.line(number) if self.view is not None else lines_instead(self.subject)[number]
        marked = self.shown_pattern
        return line if marked is None or self.mode == "hex" else highlight(line, marked.shown)

    def measure_around(self, row: int, rows: int) -> bool:
        """Make this many row numbers from `row` on exact; whether any changed."""
        return self.view is not None and self.view.measure_around(row, rows)

    def set_width(self, width: int) -> bool:
        """The pane is `width` cells wide; whether rows changed."""
        changed = width != self._width
        self._width = width
        for view in self._views.values():
            changed = view.set_width(width) or changed
        return changed

    # Work

    def next_job(self) -> Job | None:
        """The next piece of work; None if nothing is to be done."""
        if self._search is not None:
            search = self._search
            return Job(search.advance, lambda _result: self._take_search(search), needs_limit=self._is_regex)
        if self.parts_view is not None:
            return self.parts_view.next_job()
        if self.mode == "text" and "text" not in self._views and self.subject is not None:
            return self._text_job()
        tree = self._tree_view
        job = tree.tree.next_job() if tree is not None else None
        return None if job is None else Job(job.run, partial(self._accept_scan, job))

    def _accept_scan(self, job: Job, found: object) -> None:
        job.accept(found)
        self._arrive()

    def stop(self) -> bool:
        """Stop what is under way; whether there was anything."""
        busy = self.next_job() is not None
        self._search = None
        self._missing = None
        if self._tree_view is not None:
            self._tree_view.tree.stop()
        return busy

    def _arrive(self) -> None:
        """The tree may have found what it was sent for: the value that the subject means, or a match."""
        tree = self._tree_view
        if tree is None or not tree.take_found():
            return
        if self._missing is None:
            self._go_along(tree)
        elif tree.tree.found_all:
            self.set_mode("text")
        else:
            self._missing = None
            self.message = "the missing bytes are not in this payload"

    def _go_along(self, tree: TreeView) -> None:
        """The tree is on another value: and so is the mode that is shown."""
        if self.mode == "text":
            self.set_mode("text")
        elif self.view is not None and self.view is not tree and self.mode in ("raw", "hex"):
            self.view.go_to(tree.offset)

    # Modes

    def set_mode(self, mode: Mode) -> None:
        """Look in another way, at the same place where that can be told."""
        if mode not in self._modes:
            return
        before, self.mode = self.view, mode
        self.message = ""
        if mode == "text":
            if self._text_of is not self.node or "text" not in self._views:
                self._views.pop("text", None)
                self._text_of = self.node
        elif before is not None and self._is_elsewhere(before, mode):
            self._views[mode].go_to(before.offset)

    def _is_elsewhere(self, before: PayloadView, mode: Mode) -> bool:
        """Whether the cursor of another mode is on another byte of the payload; parts have no bytes."""
        if mode in _WITHOUT_BYTES or isinstance(before, (ChangesView, PartsView)) or before.pages is not self._pages:
            return False
        return before.offset != self._views[mode].offset

    @property
    def _pages(self) -> Pages | None:
        return self.subject.pages if self.subject is not None else None

    def _text_job(self) -> Job | None:
        pages, node, missing = self._pages, self._text_of, self._missing
        if pages is None or node is None:
            return None
        source = node.source or pages
        return Job(partial(_text_source, source, node), partial(self._take_text, node, missing))

    def _take_text(self, node: JsonNode, missing: tuple[int, int] | None, source: tuple[Pages, bool]) -> None:
        if self._text_of is not node:
            return
        pages, escaped = source
        view = TextView(PagedText(pages, self._measure, escaped=escaped, marked=missing))
        view.set_width(self._width)
        self._views["text"] = view
        self._mark_matches()
        if missing is not None:
            self._missing = None
            view.go_to(missing[0])
            self.message = f"bytes {missing[0]:,}–{missing[1]:,} did not reach the model"
        elif self.pattern is not None:
            self.search(self.pattern)

    # Actions

    def perform(self, move: Move, count: int | None = None) -> None:
        """Do a move: the next mode, or one of `TREE_MOVES`, which mean nothing in the other modes."""
        if move is Move.NEXT_VIEW_MODE:
            if self._modes:
                self.set_mode(self._modes[(self._modes.index(self.mode) + (count or 1)) % len(self._modes)])
        elif self.mode == "tree" and self._tree_view is not None and self._tree_view.tree.rows:
            self.message = ""
            TREE_MOVES[move](self._tree_view, count or 1)

    def activate(self) -> None:
        """Enter: open what folds; show the text of a long string."""
        node = self.node
        if self.mode != "tree" or node is None:
            return
        if node.can_expand or node.kind == "more":
            self.perform(Move.TOGGLE_FOLD)
        elif node.kind in ("string", "fault", "line"):
            self.set_mode("text")

    # Search

    def search(self, pattern: Pattern | None, *, forward: bool = True) -> bool:
        """Look for the next match from the cursor on; None clears. Whether there is one, as far as is known yet.

        In a small payload the answer is there at once; in a large one jobs look and `status` reports. Raises
        `PatternError` for what cannot be looked for in bytes.
        """
        self.message, self._search = "", None
        if pattern is None or pattern != self.pattern:
            self._sought = None
            self._bytes = None if pattern is None else BytePattern(pattern)
        self.pattern = pattern
        self._mark_matches()
        if self._bytes is None or self.view is None:
            return False
        start = self._search_start(self.view, forward=forward)
        self._search = ByteSearch(self.view.pages, self._bytes, start, forward=forward)
        if self.view.pages.size <= min(SEARCHED_AT_ONCE, 4 * self._bytes.window):
            self._search_to_end()
        return self.message == ""

    def show_match(self, pattern: Pattern, start: int) -> None:
        """Stand on a match that begins at a byte of the file, with all matches marked."""
        self.message, self._search = "", None
        self.pattern, self._bytes = pattern, BytePattern(pattern)
        self._mark_matches()
        if self._pages is None:
            return
        self._sought = start
        # The tree shows only the beginning of a long text; raw mode shows the match itself.
        self.set_mode("raw")
        if self.view is not None:
            self.view.go_to(start)

    def mark(self, pattern: Pattern | None) -> None:
        """Mark what another pane is searched for; None marks nothing any more."""
        self._marked = pattern
        self._mark_matches()

    @property
    def shown_pattern(self) -> Pattern | None:
        """What is marked: what this pane is searched for, else what another one is."""
        return self.pattern or self._marked

    def first_match(self, pattern: Pattern) -> int | None:
        """The byte at which the first match begins; None without one, and where looking would take long."""
        pages, wanted = self._pages, BytePattern(pattern)
        if pages is None or pages.size > wanted.window or wanted.is_regex:
            return None
        return next((start for start, _ in wanted.spans(pages.read(0, pages.size))), None)

    def place_of_match(self) -> tuple[int, int] | None:
        """Which match one is on, from 1, and how many there are; None where counting would take long."""
        view = self.view
        if self._bytes is None or self._sought is None or view is None or view.pages.size > self._bytes.window:
            return None
        starts = [start for start, _ in self._bytes.spans(view.pages.read(0, view.pages.size))]
        return bisect_right(starts, self._sought), len(starts)

    def give_up_search(self) -> None:
        """The expression takes too long on this payload."""
        self._search = self.pattern = self._marked = None
        self.message = "the expression takes too long here; a simpler one may do"

    @property
    def _is_regex(self) -> bool:
        return self._bytes is not None and self._bytes.is_regex

    def _mark_matches(self) -> None:
        # An expression is run row by row only: nobody knows how long it takes on more.
        marked = self.shown_pattern
        shown = None if marked is None or marked.is_regex else marked.shown
        for view in self._views.values():
            if isinstance(view, TextView):
                view.mark(shown)

    def _search_to_end(self) -> None:
        while self._search is not None:
            search = self._search
            search.advance()
            self._take_search(search)

    def _search_start(self, view: PayloadView, *, forward: bool) -> int:
        """The byte to search from: the cursor, or behind the last match if the cursor is still there."""
        if self._sought is None or not self._still_at(self._sought, view):
            return view.offset
        if not isinstance(view, TreeView) or view.node is None:
            return self._sought + (1 if forward else 0)
        # In the tree, the row of a value that is not open represents all matches in it.
        if not forward:
            return min(self._sought, view.node.start)
        return self._sought + 1 if view.node.expanded else max(self._sought + 1, view.node.end)

    def _still_at(self, sought: int, view: PayloadView) -> bool:
        """Whether the cursor has not been moved since the last match."""
        if isinstance(view, TreeView):
            node = view.node
            # The match may be in the key, which is before the value.
            return node is not None and node.start - 2 * KEY_BYTES <= sought < node.end
        if isinstance(view, HexView):
            return view.offset == sought
        return abs(view.offset - sought) < 4096

    def _take_search(self, search: ByteSearch) -> None:
        if self._search is not search or not search.done:
            return
        self._search = None
        if search.found is None or self.view is None:
            self.message = "no match"
            return
        self._sought = search.found
        self.has_wrapped = search.has_wrapped
        self.view.go_to(search.found)

    # Copying

    def copied_path(self) -> str:
        """The path of the value under the cursor in the JSON; empty at its root and where there is no JSON."""
        if self.mode in ("tree", "text") and self.node is not None and path_text(self.node):
            return path_text(self.node)
        return ""

    def path_steps(self) -> tuple[str, ...]:
        """The same as keys and indices from the root; of JSON inside a string, those of the string."""
        at = self.node if self.mode in ("tree", "text") else None
        while at is not None and at.source is not None and at.source is not self._pages:
            at = at.parent
        steps: list[str] = []
        while at is not None:
            if at.key is not None:
                steps.append(path_step(at))
            at = at.parent
        return tuple(reversed(steps))

    def copied_value(self) -> str | None:
        """The value under the cursor: a string decoded, anything else as JSON. None if it is too large."""
        node, pages = self.node, self._pages
        if node is None or pages is None or node.end - node.start > COPIED_BYTES:
            return None
        source = node.source or pages
        if node.kind == "string":
            return decoded_string(source, node)
        if node.kind in ("line", "fault", "more"):
            return node.preview.decode(errors="replace")
        return source.read(node.start, node.end - node.start).decode(errors="replace").rstrip()


def _is_text(head: bytes) -> bool:
    """Whether bytes look like UTF-8 text; a character cut at the end is not a fault."""
    if b"\x00" in head:
        return False
    try:
        head.decode()
    except UnicodeDecodeError as error:
        return error.start >= len(head) - 3
    return True


def _text_source(pages: Pages, node: JsonNode) -> tuple[Pages, bool]:
    """The text of a value as bytes, and whether JSON escapes are left in it."""
    if node.kind == "string":
        text = decoded_string(pages, node)
        if text is not None:
            return MemoryPages(text.encode(errors="backslashreplace")), False
        return PageRange(pages, node.start + 1, node.end - 1), True
    if node.kind in ("line", "fault", "more") and node.parent is not None:
        return _text_source(pages, node.parent)
    if node.end - node.start <= FORMATTED_BYTES:
        try:
            return MemoryPages(msgspec.json.format(pages.read(node.start, node.end - node.start), indent=2)), True
        except (msgspec.DecodeError, ValueError, RecursionError):
            pass
    return PageRange(pages, node.start, node.end), True
