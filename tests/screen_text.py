"""The letters on a terminal: a program may send only the cells that differ, so its bytes alone hold no words."""

from __future__ import annotations

import codecs
import re

COLUMNS, LINES = 120, 40

_ESCAPES = re.compile(r"\x1b(?:\[[0-9;?<>=$]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
_CHANGE = re.compile(r"\x1b\[(\d*)(?:;(\d*))?([ABCDGHKPX@])")
"""Moves of the cursor, and letters that are removed, blanked or pushed aside: one, or as many as the number says."""
_CLEARING = {"\x1b[?1049h", "\x1b[?1049l", "\x1b[2J"}
"""Sequences after which nothing is left of what was on the screen: another screen, or a cleared one."""

_LONGEST_ESCAPE = 4096


class ScreenText:
    """A screen of 120 by 40 cells, one letter a cell; styles are left out, and what lies outside is dropped."""

    def __init__(self) -> None:
        self._lines: list[list[str]] = []
        self._x = self._y = 0
        self._clear()
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._torn = ""

    def feed(self, data: bytes) -> None:
        """Take what the program sent next; a sequence that is torn between two reads waits for its rest."""
        text = self._torn + self._decoder.decode(data)
        cut = text.rfind("\x1b")
        cut = len(text) if cut < 0 or _ESCAPES.match(text, cut) else cut
        self._torn = text[cut:][:_LONGEST_ESCAPE]
        self._take(text[:cut])

    @property
    def text(self) -> str:
        """All lines."""
        return "\n".join(map("".join, self._lines))

    def _take(self, text: str) -> None:
        end = 0
        for escape in _ESCAPES.finditer(text):
            self._write(text[end : escape.start()])
            end = escape.end()
            if escape[0] in _CLEARING:
                self._clear()
            elif escape[0] == "\x1bM":
                self._y -= 1
            elif change := _CHANGE.fullmatch(escape[0]):
                self._change(change[3], int(change[1] or 1), int(change[2] or 1))
        self._write(text[end:])

    def _change(self, letter: str, count: int, column: int) -> None:
        if letter == "H":
            self._x, self._y = column - 1, count - 1
        elif letter in "AB":
            self._y += count if letter == "B" else -count
        elif letter in "CD":
            self._x += count if letter == "C" else -count
        elif letter == "G":
            self._x = count - 1
        elif self._y < LINES:
            line, at = self._lines[self._y], self._x
            behind = {"K": COLUMNS, "X": at + count, "P": at + count, "@": at}[letter]
            blanks = [" "] * (0 if letter in "KP" else count)
            self._lines[self._y] = [*line[:at], *blanks, *line[behind:], *[" "] * COLUMNS][:COLUMNS]

    def _clear(self) -> None:
        self._lines = [[" "] * COLUMNS for _ in range(LINES)]

    def _write(self, letters: str) -> None:
        for letter in letters:
            if letter in "\v\b\r":
                self._y += letter == "\v"
                self._x -= {"\v": 0, "\b": 1, "\r": self._x}[letter]
                continue
            if self._y < LINES and self._x < COLUMNS and letter >= " ":
                self._lines[self._y][self._x] = letter
            self._x += 1
