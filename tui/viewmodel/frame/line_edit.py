"""A line that a person types: the text of a search or a filter, edited as in a shell."""

from __future__ import annotations

MAX_LENGTH = 500
"""Characters a line may have; a paste beyond it is cut."""


class LineEdit:
    """Text and the place of the cursor in it, counted in characters."""

    def __init__(self, text: str = "") -> None:
        self.text = text
        self.cursor = len(text)

    def press(self, key: str) -> bool:
        """Edit by one key; whether it was an editing key at all."""
        edit = _EDITS.get(key)
        if edit is not None:
            edit(self)
            return True
        if key == "space":
            key = " "
        if len(key) != 1 or not key.isprintable():
            return False
        self.insert(key)
        return True

    def insert(self, text: str) -> None:
        """Put text at the cursor as it is, control characters too: what was recorded can be looked for by pasting it.

        A line break at its end is not meant: it comes with a line that was copied. Code that shows the line cleans it.
        """
        kept = text.rstrip("\r\n")[: MAX_LENGTH - len(self.text)]
        self.text = self.text[: self.cursor] + kept + self.text[self.cursor :]
        self.cursor += len(kept)

    def _delete(self, start: int, end: int) -> None:
        self.text = self.text[:start] + self.text[end:]
        self.cursor = start

    def _backspace(self) -> None:
        self._delete(max(0, self.cursor - 1), self.cursor)

    def _delete_forward(self) -> None:
        self._delete(self.cursor, self.cursor + 1)

    def _delete_word(self) -> None:
        self._delete(self.text.rstrip().rfind(" ", 0, len(self.text[: self.cursor].rstrip())) + 1, self.cursor)

    def _delete_to_start(self) -> None:
        self._delete(0, self.cursor)

    def _left(self) -> None:
        self.cursor = max(0, self.cursor - 1)

    def _right(self) -> None:
        self.cursor = min(len(self.text), self.cursor + 1)

    def _home(self) -> None:
        self.cursor = 0

    def _end(self) -> None:
        self.cursor = len(self.text)


_EDITS = {
    "backspace": LineEdit._backspace,
    "ctrl+h": LineEdit._backspace,
    "delete": LineEdit._delete_forward,
    "ctrl+w": LineEdit._delete_word,
    "ctrl+u": LineEdit._delete_to_start,
    "left": LineEdit._left,
    "right": LineEdit._right,
    "home": LineEdit._home,
    "end": LineEdit._end,
    "ctrl+e": LineEdit._end,
}
