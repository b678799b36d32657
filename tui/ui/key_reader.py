"""One way for every key of a screen: to the typed line if there is one, else through the key map to a command."""

from __future__ import annotations

from collections.abc import Callable

from textual.message_pump import MessagePump
from textual.timer import Timer

from tui.ui.command import Command, Press, Scope
from tui.ui.footer import Footer
from tui.ui.keyboard import PAUSE_SECONDS, Keyboard, shown_keys
from tui.viewmodel.keys import KeyOutcome


class KeyReader:
    """Reads the keys of `host` and calls `run` with the commands that they mean."""

    def __init__(
        self,
        host: MessagePump,
        keyboard: Keyboard,
        footer: Footer,
        *,
        scope: Callable[[], Scope],
        run: Callable[[Command, Press], None],
    ) -> None:
        """`scope` says whose keys count at the moment."""
        self.is_touched = False
        """Whether a key was pressed."""
        self._host = host
        self._keyboard = keyboard
        self._footer = footer
        self._scope = scope
        self._run = run
        self._pause: Timer | None = None

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
        self._footer.refresh()

    def stop(self) -> None:
        """Wait for no more keys."""
        if self._pause is not None:
            self._pause.stop()
            self._pause = None

    def _pause_over(self) -> None:
        self._pause = None
        outcome = self._keyboard.pause()
        if outcome is not None:
            self._do(outcome, "")
            self._footer.refresh()

    def _do(self, outcome: KeyOutcome, key: str) -> None:
        if outcome.kind == "run":
            self._run(self._keyboard.commands[outcome.binding_id], Press(outcome.times, outcome.argument))
        elif outcome.kind == "unknown":
            self._footer.say(f"{shown_keys(key)} means nothing here; ? shows the keys", "dim")
