"""One way for every key of a screen: to the typed line if there is one, else through the key map to a command."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rich.cells import cell_len
from textual.message_pump import MessagePump
from textual.timer import Timer

from tui.ui.command import Command, Press, Scope
from tui.ui.footer import Footer
from tui.ui.keyboard import PAUSE_SECONDS, Keyboard, shown_keys
from tui.ui.widgets.line_block import LineBlock
from tui.viewmodel.frame.keys import KeyOutcome
from tui.viewmodel.text.spans import Line, Span, line_text

BOX_SECONDS = 0.15
"""How long keys must be unfinished before a box lists what may follow: `gg` typed quickly needs no box."""

_FRAME_CELLS = 2
"""Cells of the frame around the box."""


class KeyReader:
    """Reads the keys of `host` and calls `run` with the commands that they mean.

    `box` belongs to the host's widgets: while keys are unfinished it lists what may follow, and it shows messages that
    are too long for the footer.
    """

    def __init__(
        self,
        host: MessagePump,
        keyboard: Keyboard,
        footer: Footer,
        *,
        scope: Callable[[], Scope],
        run: Callable[[Command, Press], None],
        marks: Callable[[], Sequence[tuple[str, str]]] = tuple,
    ) -> None:
        """`scope` says whose keys count at the moment, `marks` which letters are marks, and of what."""
        self.is_touched = False
        """Whether a key was pressed."""
        self._host = host
        self._keyboard = keyboard
        self._footer = footer
        self._scope = scope
        self._run = run
        self._marks = marks
        self.box = LineBlock()
        footer.show_whole = self._show_whole
        self._pause: Timer | None = None
        self._box_timer: Timer | None = None

    def press(self, key: str) -> None:
        """Do what a key means."""
        self.is_touched = True
        if self._footer.press(key):
            return
        self.stop()
        self._footer.forget_message()
        for outcome in self._keyboard.press(self._scope(), key):
            self._do(outcome, key)
        if self._keyboard.pressed:
            self._pause = self._host.set_timer(PAUSE_SECONDS, self._pause_over)
            self._box_timer = self._host.set_timer(BOX_SECONDS, self._show_box)
        self._footer.refresh()

    def first_key(self, command_id: str) -> str:
        """The first key of a command as people write it; empty if it has none."""
        return self._keyboard.first_key(command_id)

    def stop(self) -> None:
        """Wait for no more keys."""
        for timer in (self._pause, self._box_timer):
            if timer is not None:
                timer.stop()
        self._pause = self._box_timer = None
        self.box.show([], 0)

    def _show_box(self) -> None:
        self._box_timer = None
        pairs = self._keyboard.continuations()
        if self._keyboard.awaits_letter("go_to_mark"):
            pairs = [*self._marks(), *pairs]
        keys = max((cell_len(key) for key, _ in pairs), default=0)
        lines: list[Line] = [(Span(f" {key:<{keys}}  ", "chrome.key"), Span(f"{word} ")) for key, word in pairs]
        self.box.show(lines, max((cell_len(line_text(line)) for line in lines), default=0))

    def _show_whole(self, text: str) -> None:
        """Show a text in the box until the next key; what lies over the panes has room for one line alone."""
        from tui.viewmodel.text.styled_lines import wrap_line

        if self.box.is_mounted:
            lines = wrap_line((Span(text),), max(8, self.box.app.size.width - _FRAME_CELLS), cell_len)
            self.box.show(lines, max(cell_len(line_text(line)) for line in lines))

    def _pause_over(self) -> None:
        self._pause = None
        outcome = self._keyboard.pause()
        if outcome is not None:
            self.stop()
            self._do(outcome, "")
            self._footer.refresh()

    def _do(self, outcome: KeyOutcome, key: str) -> None:
        if outcome.kind == "run":
            self._run(self._keyboard.commands[outcome.binding_id], Press(outcome.times, outcome.argument))
        elif outcome.kind == "unknown":
            tried = outcome.argument or key
            panes = " and the ".join(self._keyboard.panes_with(tried))
            narrows = f"{self.first_key('search_here')} narrows the list, " if self._scope() == "list" else ""
            nothing = f"means nothing here; {narrows}? shows the keys"
            where = f"works in the {panes}; Tab leads there" if panes and not narrows else nothing
            self._footer.say(f"{shown_keys(tried)} {where}", "dim")
