"""A line typed into the footer."""

from __future__ import annotations

from collections.abc import Callable

from tui.viewmodel.line_edit import LineEdit


class Prompt:
    """The typed text, a remark on it, and whom to tell."""

    def __init__(
        self, label: str, text: str, on_change: Callable[[str], str], on_done: Callable[[str | None], None]
    ) -> None:
        """`on_change` gets the text after each edit and returns a remark; `on_done` the final text, or None for Esc."""
        self.label = label
        self.edit = LineEdit(text)
        self.remark = ""
        self._on_change = on_change
        self._on_done = on_done

    def press(self, key: str) -> bool:
        """Take a key; whether the prompt is over."""
        if key in ("escape", "ctrl+c"):
            self._on_done(None)
            return True
        if key == "enter":
            self._on_done(self.edit.text)
            return True
        if key == "backspace" and not self.edit.text:
            self._on_done(None)
            return True
        if self.edit.press(key):
            self.remark = self._on_change(self.edit.text)
        return False

    def paste(self, text: str) -> None:
        """Take pasted text."""
        self.edit.insert(text)
        self.remark = self._on_change(self.edit.text)
