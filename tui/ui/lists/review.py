"""The review before a text leaves: each secret that the rules found, in its context, to keep hidden or to let out."""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set

from rich.cells import cell_len
from textual.containers import Vertical
from textual.widget import Widget

from tui.ui.lists.list_screen import ListTools
from tui.ui.lists.picker import PickerScreen
from tui.ui.theme import style_for
from tui.ui.widgets.line_bar import LineBar
from tui.viewmodel.lists.picker import PickEntry
from tui.viewmodel.lists.review import DETAIL_ROWS, Reviewed, review_detail, review_entries
from tui.viewmodel.rows.moves import Move
from tui.viewmodel.text.spans import Line, Span

_FRAME_ROWS = 5
_MARGIN_ROWS = 2
_WIDEST = 140
_TOGGLES = (Move.TOGGLE_FOLD, Move.TOGGLE_OR_PAGE, Move.STEP_IN)

NOTHING = object()
"""The value of the one line of a review that found nothing."""


class ReviewScreen(PickerScreen):
    """Ends with None, whether or not something was written.

    `on_go` is called with the secrets that shall leave when the person wants to write.
    """

    SAYS_WHOLE = False
    HINTS = (
        ("activate", "writes it"),
        ("toggle_or_page", "hides it or lets it out"),
        ("search_here", "narrows"),
        ("cancel", "closes"),
    )

    def __init__(self, tools: ListTools, words: str, on_go: Callable[[Set[str]], None]) -> None:
        super().__init__(
            f"{words}: looking for secrets", (), tools, empty="nothing is written yet", opened_by="export_part"
        )
        self._words = words
        self._on_go = on_go
        self._found: Sequence[Reviewed] = ()
        self._let_out: set[str] = set()
        self._is_ready = False
        self.details = [LineBar(style_for=style_for) for _ in range(DETAIL_ROWS)]
        self.detail = Vertical(*self.details, id="review-detail")

    def parts(self) -> Sequence[Widget]:
        """The secrets, and the context of the one under the cursor."""
        return (*super().parts(), self.detail)

    def show_found(self, found: Sequence[Reviewed], size: str) -> None:
        """Everything was looked at."""
        self._found, self._is_ready = found, True
        secrets = f"{len(found):,} {'secret' if len(found) == 1 else 'secrets'}"
        self.title_text = f"{self._words}: {secrets} in {size}, nothing is written yet"
        self._list()

    def say(self, text: str) -> None:
        """A line until the next key."""
        self.footer.say(text, "warning")

    def _list(self) -> None:
        nothing = PickEntry((Span(" the rules found nothing; they cannot know every secret"),), NOTHING)
        self.replace_entries(review_entries(self._found, self._let_out) or [nothing], self.title_text)

    def activate(self) -> None:
        """Write, if everything was looked at."""
        if self._is_ready:
            self._on_go(frozenset(self._let_out))
        else:
            self.say("still looking; nothing is written before that")

    def choose(self, entry: PickEntry | None) -> None:
        """A click changes what happens to a secret."""
        self._toggle(None if entry is None else entry.value)

    def move(self, move: Move, count: int | None) -> bool:
        """Hide a secret or let it out; else move as in every list."""
        chosen = self.picker.chosen
        if move in _TOGGLES and chosen is not None:
            self._toggle(chosen.value)
            return True
        return super().move(move, count)

    def _toggle(self, value: object) -> None:
        if isinstance(value, str):
            self._let_out ^= {value}
            self._list()

    def refresh_entries(self) -> None:
        """Show the list, and the context of the secret under its cursor."""
        super().refresh_entries()
        chosen = self.picker.chosen
        secret = None if chosen is None else chosen.value
        one = next((one for one in self._found if one.secret == secret), None)
        for bar, line in zip(self.details, self._detail(one), strict=True):
            bar.show(line)

    def _detail(self, one: Reviewed | None) -> Sequence[Line]:
        return review_detail(one, self._box_width() - 2, cell_len)

    def resized(self) -> None:
        """Keep the box inside the screen, and the context inside the box."""
        super().resized()
        self.refresh_entries()

    def _box_width(self) -> int:
        return self.box_width(_WIDEST)

    def fit(self) -> None:
        """As wide as the screen, since a context needs room."""
        rows = len(self.picker.shown) + DETAIL_ROWS + _FRAME_ROWS
        self.box.styles.width = self._box_width()
        self.box.styles.height = min(max(rows, 8), max(8, self.size.height - _MARGIN_ROWS))
