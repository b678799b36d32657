"""A line typed into the footer."""

from __future__ import annotations

from collections.abc import Callable

from tui.named_tuple import NamedTuple
from tui.viewmodel.frame.line_edit import LineEdit


class Completion(NamedTuple):
    """The whole text with the word at the cursor completed as far as it is certain, and where the cursor is then."""

    text: str
    cursor: int


def _no_complaint(_text: str) -> str:
    return ""


class Prompt:
    """The typed text, a remark on it, and whom to tell."""

    def __init__(
        self,
        label: str,
        text: str,
        on_change: Callable[[str], str],
        on_done: Callable[[str | None], None],
        *,
        check: Callable[[str], str] = _no_complaint,
        complete: Callable[[str, int], Completion] | None = None,
        passes: Callable[[str], bool] | None = None,
    ) -> None:
        """`on_change` gets the text after each edit and returns a remark; `on_done` the final text, or None for Esc.

        `check` says in one line what is wrong with a text; Enter does not take such a text. `complete` gets the text
        and the place of the cursor when Tab is pressed. `passes` is asked first about each key: one that it takes, an
        arrow in a list, does not belong to the text.
        """
        self.label = label
        self.edit = LineEdit(text)
        self.remark = ""
        self._on_change = on_change
        self._on_done = on_done
        self._check = check
        self._complete = complete
        self._passes = passes

    def press(self, key: str) -> bool:
        """Take a key; whether the prompt is over."""
        if self._passes is not None and self._passes(key):
            return False
        if key in ("escape", "ctrl+c") or (key == "backspace" and not self.edit.text):
            self._on_done(None)
            return True
        if key == "enter":
            self.remark = wrong = self._check(self.edit.text)
            if not wrong:
                self._on_done(self.edit.text)
            return not wrong
        if key == "tab" and self._complete is not None:
            self.edit.text, self.edit.cursor = self._complete(self.edit.text, self.edit.cursor)
            self._changed()
        elif self.edit.press(key):
            self._changed()
        return False

    def paste(self, text: str) -> None:
        """Take pasted text."""
        self.edit.insert(text)
        self._changed()

    def _changed(self) -> None:
        self.remark = self._on_change(self.edit.text)
