"""The problems of a recording, over the panes: a list to choose from, and what the chosen one means."""

from __future__ import annotations

from collections.abc import Sequence, Set
from typing import Protocol

from rich.cells import cell_len
from textual.containers import Vertical
from textual.widget import Widget

from tui.model.noderef import NodeRef
from tui.ui.lists.list_screen import ListTools
from tui.ui.lists.picker import PickerScreen
from tui.ui.theme import style_for
from tui.ui.widgets.line_bar import LineBar
from tui.viewmodel.lists.picker import PickEntry
from tui.viewmodel.lists.problems import DETAIL_ROWS, ProblemChoice, SortKey, detail_lines
from tui.viewmodel.rows.moves import Move
from tui.viewmodel.text.spans import Span

_FRAME_ROWS = 5
"""Rows of the box that are neither entries nor explanation: borders, title, a line between them, typed line."""

_MARGIN_ROWS = 2
_WIDEST = 140


class ListEntries(Protocol):
    """Makes the lines of the list."""

    def __call__(self, opened: Set[SortKey], /, *, all_open: bool) -> list[PickEntry]:
        """The sorts in `opened`, or all, with their problems below them."""


class ProblemsScreen(PickerScreen):
    """Ends with the `ProblemChoice` under the cursor, or None. `l` opens a row of several, `h` folds it."""

    SAYS_WHOLE = False
    HINTS = (
        ("activate", "goes there"),
        ("step_in", "opens the group"),
        ("search_here", "narrows"),
        ("cancel", "closes"),
    )

    def __init__(self, tools: ListTools, list_entries: ListEntries) -> None:
        """`list_entries` makes the lines: of the sorts that are open, or of all."""
        super().__init__("", (), tools, empty="no problems")
        self._list_entries = list_entries
        self._opened: set[SortKey] = set()
        self.details = [LineBar(style_for=style_for) for _ in range(DETAIL_ROWS)]
        self.detail = Vertical(*self.details, id="problem-detail")

    def parts(self) -> Sequence[Widget]:
        """The list, and the explanation."""
        return (*super().parts(), self.detail)

    def node_of(self, value: object) -> NodeRef | None:
        """Where the problem is."""
        return value.problem.node if isinstance(value, ProblemChoice) else None

    def show_problems(self, title: str) -> None:
        """Make the lines, and write a title."""
        self.replace_entries(self._entries(self.narrowed_to), title)

    def show_waiting(self) -> None:
        """Say that the problems are on their way."""
        self.replace_entries((PickEntry((Span(" collecting the problems …", "dim"),)),), "problems")

    def _entries(self, words: str) -> list[PickEntry]:
        """Words are looked for in all problems, those of folded sorts too."""
        return self._list_entries(self._opened, all_open=bool(words))

    def narrow(self, words: str) -> None:
        """Show the problems that have all the words."""
        self.picker.replace(self._entries(words))
        super().narrow(words)

    def move(self, move: Move, count: int | None) -> bool:
        """Open or fold the problems of one sort; else move as in every list."""
        choice = self._choice
        if choice is None or choice.sort is None or self.narrowed_to:
            return super().move(move, count)
        is_open = choice.sort in self._opened
        toggles = move in (Move.TOGGLE_FOLD, Move.TOGGLE_OR_PAGE) or (move is Move.STEP_IN and not is_open)
        if move is Move.STEP_OUT and is_open:
            self._fold(choice.sort, is_open=False)
        elif choice.heads and toggles:
            self._fold(choice.sort, is_open=not is_open)
        else:
            return super().move(move, count)
        return True

    def _fold(self, sort: SortKey, *, is_open: bool) -> None:
        """List the problems of a sort, or its one line alone; the cursor is on that line."""
        (self._opened.add if is_open else self._opened.discard)(sort)
        self.replace_entries(self._entries(""))
        values = (entry.value for entry in self.picker.shown)
        head = next((one for one in values if isinstance(one, ProblemChoice) and one.heads and one.sort == sort), None)
        self.picker.stand_on(head)
        self.refresh_entries()

    @property
    def _choice(self) -> ProblemChoice | None:
        chosen = self.picker.chosen
        return chosen.value if chosen is not None and isinstance(chosen.value, ProblemChoice) else None

    def refresh_entries(self) -> None:
        """Show the list, and explain what its cursor is on."""
        super().refresh_entries()
        for bar, line in zip(self.details, detail_lines(self._choice, self._box_width() - 2, cell_len), strict=True):
            bar.show(line)

    def resized(self) -> None:
        """Keep the box inside the screen, and the explanation inside the box."""
        super().resized()
        self.refresh_entries()

    def _box_width(self) -> int:
        return self.box_width(_WIDEST)

    def fit(self) -> None:
        """As wide as the screen, since an explanation needs room; as high as the list was at its longest."""
        self._most = max(self._most, len(self.picker.shown))
        self.detail.display = self._most > 0
        rows = self._most + DETAIL_ROWS + _FRAME_ROWS if self._most else _FRAME_ROWS
        self.box.styles.width = self._box_width()
        self.box.styles.height = min(rows, max(8, self.size.height - _MARGIN_ROWS))
