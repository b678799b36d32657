"""A payload as the changes of files that it reports: a diff with line numbers before and after."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import takewhile

from tui.analysis.requests.patch_changes import ChangedLine, FileChange
from tui.viewmodel.payload.source import Pages
from tui.viewmodel.text.clean import clean
from tui.viewmodel.text.spans import Line, Span

_KIND_WORDS = {"add": "added", "update": "changed", "delete": "deleted"}
_STYLES = {"+": "new", "-": "gone", " ": "", "@": "dim"}


class ChangesView:
    """The changed files below each other; a row is one line."""

    def __init__(self, pages: Pages, changes: Sequence[FileChange]) -> None:
        self.pages = pages
        self.cursor = 0
        self._rows = list(_rows(changes))

    @property
    def row_count(self) -> int:
        """Number of rows."""
        return len(self._rows)

    @property
    def offset(self) -> int:
        """Rows of a diff have no place of their own in the recorded bytes."""
        return 0

    def stand_on(self, row: int) -> None:
        """Move the cursor to a row."""
        self.cursor = max(0, min(row, len(self._rows) - 1))

    def go_to(self, _offset: int) -> None:
        """Nothing here has a byte offset."""

    def line(self, row: int) -> Line:
        """The line of a row."""
        return self._rows[row]

    def measure_around(self, _row: int, _rows: int) -> bool:
        """Rows are one line each."""
        return False

    def set_width(self, _width: int) -> bool:
        """A line that is too long is cut where it is drawn."""
        return False


def _rows(changes: Sequence[FileChange]) -> Iterator[Line]:
    for number, change in enumerate(changes):
        if number:
            yield ()
        yield _heading(change)
        cells = len(str(max((line.before or line.after or 0 for line in change.lines), default=0)))
        for line in change.lines:
            yield _changed_line(line, cells)


def _heading(change: FileChange) -> Line:
    path = clean(_renamed(change.path, change.moved_to) if change.moved_to else change.path)
    word = _KIND_WORDS.get(change.kind, clean(change.kind))
    name = (Span(f"{word} ", "dim"), Span(path, "title"))
    if not change.has_diff:
        why = "what is recorded is not a diff:" if change.lines else "diff not recorded"
        return (*name, Span(f"  {why}", "warning"))
    return (*name, Span(f"  +{change.count('+')}", "new"), Span(f" −{change.count('-')}", "gone"))


def _renamed(before: str, after: str) -> str:
    """Both paths, the folders that they share once: `/src/{old.py → new.py}`."""
    olds, news = before.split("/"), after.split("/")
    shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(olds[:-1], news[:-1], strict=False)))
    if not "".join(olds[:shared]):
        return f"{before} → {after}"
    return f"{'/'.join(olds[:shared])}/{{{'/'.join(olds[shared:])} → {'/'.join(news[shared:])}}}"


def _changed_line(line: ChangedLine, cells: int) -> Line:
    before, after = ("" if number is None else str(number) for number in (line.before, line.after))
    text = clean(line.text)
    if line.sign == "@":
        return (Span(f"{'':>{2 * cells + 1}}  {text}", "dim"),)
    return (Span(f"{before:>{cells}} {after:>{cells}} ", "dim"), Span(f"{line.sign}{text}", _STYLES[line.sign]))
