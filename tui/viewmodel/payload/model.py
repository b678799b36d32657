"""The payload pane: the raw evidence behind a selection, as a tree, as text, as it is, or as bytes.

| mode | shows | any size |
|---|---|---|
| tree | the JSON, opened where somebody looks | scanned in slices |
| text | the value under the cursor with its escapes decoded | page by page; up to 4 MB laid out first |
| raw | the file as it is | page by page |
| hex | the bytes | page by page |
| changes | the files that a patch changed, with line numbers | up to 1 MB |
| parts | what it is made of, and what it is a part of (schema 3) | bodies read near the screen only |

`shown` has the ways to look, `finder` searches. Work that may take long is handed out as jobs (`next_job`); code with a
thread runs them.
"""

from __future__ import annotations

from functools import partial

from tui.viewmodel.payload.copying import path_steps, value_text
from tui.viewmodel.payload.finding import PayloadFinder
from tui.viewmodel.payload.json_tree import JsonNode, path_text
from tui.viewmodel.payload.moves import TREE_MOVES
from tui.viewmodel.payload.parts import PartsView
from tui.viewmodel.payload.shown import Mode, ShownPayload
from tui.viewmodel.payload.source import Job, Pages
from tui.viewmodel.payload.subject import PayloadSubject, lines_instead, subject_title
from tui.viewmodel.payload.text import PagedText
from tui.viewmodel.payload.value_text import text_source
from tui.viewmodel.payload.views import PayloadView, TextView, TreeView
from tui.viewmodel.rows.moves import Move
from tui.viewmodel.text.clean import Measure, clean
from tui.viewmodel.text.percent import percent_done
from tui.viewmodel.text.spans import Line, Span
from tui.viewmodel.text.styled_lines import highlight


class PayloadModel:
    """What the pane shows of one payload, and the work that it takes."""

    def __init__(self, measure: Measure) -> None:
        self.shown = ShownPayload(measure)
        self.finder = PayloadFinder(self.shown)
        self._missing: tuple[int, int] | None = None
        """Bytes of a text that one was sent to, until they are on the screen."""

    # What is shown

    @property
    def subject(self) -> PayloadSubject | None:
        """The payload that is shown, and what is meant in it."""
        return self.shown.subject

    @property
    def mode(self) -> Mode:
        """How it is looked at."""
        return self.shown.mode

    @property
    def view(self) -> PayloadView | None:
        """The current way to look; None while there is nothing to see."""
        return self.shown.view

    @property
    def parts_view(self) -> PartsView | None:
        """What the payload is made of, if that is what is looked at."""
        return self.shown.parts_view

    @property
    def node(self) -> JsonNode | None:
        """The value under the cursor of the tree."""
        return self.shown.node

    def show(self, subject: PayloadSubject | None) -> None:
        """Show a payload, or none."""
        self.shown.open(subject)
        self.finder.begin_again()
        if subject is None or subject.pages is None:
            return
        self._missing = subject.missing
        if subject.path:
            self.seek(subject.path)

    def seek(self, path: tuple[str, ...]) -> None:
        """Go to the value at keys and indices from the root, at once or when jobs have found it."""
        if self.shown.tree_view is not None:
            self.shown.tree_view.tree.seek(path)
            self._arrive()

    def title(self) -> Line:
        """What is shown: kind, path in the bundle, size, the event behind it, the mode."""
        return subject_title(self.subject, self.mode if self.shown.modes else "")

    def status(self) -> Line:
        """Where the cursor is and what is under way."""
        if self.shown.message:
            return (Span(self.shown.message, "warning"),)
        searched = self.finder.progress
        if searched is not None:
            return (Span(f"searching {percent_done(searched)} · Esc stops", "dim"),)
        if self.parts_view is not None:
            return (Span("Enter shows the payload of the row · h goes back", "dim"),)
        if self.mode == "changes":
            return (Span("v shows what was recorded", "dim"),)
        tree = self.shown.tree_view
        if tree is None or self.mode in ("raw", "hex"):
            return (Span(f"byte {self.view.offset:,}", "dim"),) if self.view is not None else ()
        path = clean(path_text(tree.node)) if tree.node is not None else ""
        line: Line = (Span(path or "(root)", "path"),)
        reading = tree.tree.progress
        return line if reading is None else (*line, Span(f" · reading {percent_done(reading)} · Esc stops", "dim"))

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
        marked = self.finder.marked
        return line if marked is None or self.mode == "hex" else highlight(line, marked.shown)

    def measure_around(self, row: int, rows: int) -> bool:
        """Make this many row numbers from `row` on exact; whether any changed."""
        return self.view is not None and self.view.measure_around(row, rows)

    # Work

    def next_job(self) -> Job | None:
        """The next piece of work; None if nothing is to be done."""
        job = self.finder.next_job()
        if job is not None:
            return job
        if self.parts_view is not None:
            return self.parts_view.next_job()
        if self.shown.wants_text:
            return self._text_job()
        tree = self.shown.tree_view
        scan = tree.tree.next_job() if tree is not None else None
        return None if scan is None else Job(scan.run, partial(self._accept_scan, scan))

    def _accept_scan(self, job: Job, found: object) -> None:
        job.accept(found)
        self._arrive()

    def stop(self) -> bool:
        """Stop what is under way; whether there was anything."""
        busy = self.next_job() is not None
        self.finder.stop()
        self._missing = None
        if self.shown.tree_view is not None:
            self.shown.tree_view.tree.stop()
        return busy

    def _arrive(self) -> None:
        """The tree may have found what it was sent for: the value that the subject means, or a match."""
        tree = self.shown.tree_view
        if tree is None or not tree.take_found():
            return
        if self._missing is None:
            self._go_along(tree)
        elif tree.tree.found_all:
            self.set_mode("text")
        else:
            self._missing = None
            self.shown.message = "the missing bytes are not in this payload"

    def _go_along(self, tree: TreeView) -> None:
        """The tree is on another value: and so is the mode that is shown."""
        if self.mode == "text":
            self.set_mode("text")
        elif self.view is not None and self.view is not tree and self.mode in ("raw", "hex"):
            self.view.go_to(tree.offset)

    def _text_job(self) -> Job | None:
        pages, node, missing = self.shown.pages, self.shown.text_of, self._missing
        if pages is None or node is None:
            return None
        source = node.source or pages
        return Job(partial(text_source, source, node), partial(self._take_text, node, missing))

    def _take_text(self, node: JsonNode, missing: tuple[int, int] | None, source: tuple[Pages, bool]) -> None:
        if self.shown.text_of is not node:
            return
        pages, escaped = source
        view = TextView(PagedText(pages, self.shown.measure, escaped=escaped, marked=missing))
        view.set_width(self.shown.width)
        self.shown.views["text"] = view
        self.finder.mark_rows()
        if missing is not None:
            self._missing = None
            view.go_to(missing[0])
            self.shown.message = f"bytes {missing[0]:,}–{missing[1]:,} did not reach the model"
        elif self.finder.pattern is not None:
            self.finder.search(self.finder.pattern)

    # Actions

    def set_mode(self, mode: Mode) -> None:
        """Look in another way, at the same place where that can be told."""
        self.shown.set_mode(mode)

    def perform(self, move: Move, count: int | None = None) -> None:
        """Do a move: the next mode, or one of `TREE_MOVES`, which mean nothing in the other modes."""
        modes, tree = self.shown.modes, self.shown.tree_view
        if move is Move.NEXT_VIEW_MODE:
            if modes:
                self.set_mode(modes[(modes.index(self.mode) + (count or 1)) % len(modes)])
        elif self.mode == "tree" and tree is not None and tree.tree.rows:
            self.shown.message = ""
            TREE_MOVES[move](tree, count or 1)

    def activate(self) -> None:
        """Enter: open what folds; show the text of a long string."""
        node = self.node
        if self.mode != "tree" or node is None:
            return
        if node.can_expand or node.kind == "more":
            self.perform(Move.TOGGLE_FOLD)
        elif node.kind in ("string", "fault", "line"):
            self.set_mode("text")

    # Copying

    def copied_path(self) -> str:
        """The path of the value under the cursor in the JSON; empty at its root and where there is no JSON."""
        return path_text(self._copied_node) if self._copied_node is not None else ""

    def path_steps(self) -> tuple[str, ...]:
        """The same as keys and indices from the root."""
        return path_steps(self._copied_node, self.shown.pages)

    def copied_value(self) -> str | None:
        """The value under the cursor: a string decoded, anything else as JSON. None if it is too large."""
        return value_text(self.node, self.shown.pages)

    @property
    def _copied_node(self) -> JsonNode | None:
        return self.node if self.mode in ("tree", "text") else None
