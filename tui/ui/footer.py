"""The line below the rows: where one is, what is said until the next key, or what is being typed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tui.ui.prompt import Prompt
from tui.ui.theme import style_for
from tui.ui.widgets.line_bar import LineBar
from tui.viewmodel.frame.footer import prompt_line
from tui.viewmodel.text.clean import Measure
from tui.viewmodel.text.spans import Line, Span


class Footer:
    """Owns the bar, the message and the typed line of one screen."""

    def __init__(self, draw: Callable[[Span | None, int], Line], measure: Measure, *, name: str = "footer") -> None:
        """`draw` makes the line while nothing is typed, of the message or None and a width; `name` is the bar's id."""
        self.bar = LineBar(style_for=style_for, id=name)
        self._draw = draw
        self._measure = measure
        self.bar.when_resized = self.refresh
        self._message: Span | None = None
        self._prompt: Prompt | None = None
        self.show_whole: Callable[[str], None] = lambda _text: None
        """Shows a text over the panes until the next key, with as many lines as it needs."""

    # The message

    def say(self, text: str, style: str = "", *, whole: str = "") -> None:
        """Show one line until the next key. `whole` is what must be read to its end, however narrow the line is."""
        self._message = Span(text, style) if text else None
        self.refresh()
        if whole and (whole not in text or self._measure(text) > self.room):
            self.show_whole(whole)

    @property
    def room(self) -> int:
        """Cells of a message that are shown while there is nothing beside it: a blank is left at either end."""
        return max(0, self.bar.size.width - 2)

    def forget_message(self) -> None:
        """A key was pressed: what was said has been read."""
        self._message = None

    def unsay(self, text: str) -> None:
        """What was said is so no longer; another message stays."""
        if self._message is not None and self._message.text == text:
            self._message = None
            self.refresh()

    # The typed line

    def ask(
        self,
        label: str,
        text: str,
        on_change: Callable[[str], str],
        on_done: Callable[[str | None], None],
        **extras: Any,
    ) -> None:
        """Type a line. The arguments are those of `Prompt`."""
        self._prompt = Prompt(label, text, on_change, on_done, **extras)
        self.refresh()

    def remark(self, text: str) -> None:
        """Say something about the text that is being typed, if there is one."""
        if self._prompt is not None:
            self._prompt.remark = text
            self.refresh()

    @property
    def is_typing(self) -> bool:
        """Whether a line is being typed."""
        return self._prompt is not None

    def stop_typing(self) -> None:
        """Take the typed line away."""
        self._prompt = None
        self.refresh()

    def press(self, key: str) -> bool:
        """Hand a key to the typed line; whether there is one."""
        prompt = self._prompt
        if prompt is None:
            return False
        if prompt.press(key) and self._prompt is prompt:
            self._prompt = None
        self.refresh()
        return True

    def paste(self, text: str) -> None:
        """Pasted text goes into the typed line; commands are not pasted."""
        if self._prompt is not None:
            self._prompt.paste(text)
            self.refresh()

    # On the screen

    def refresh(self) -> None:
        """Show the line as things are when it is painted next."""
        if self.bar.is_mounted:
            self.bar.show_made(self._line)

    def _line(self, width: int) -> Line:
        prompt = self._prompt
        if prompt is not None:
            return prompt_line(prompt.label, prompt.edit, prompt.remark, width, self._measure)
        return self._draw(self._message, width)
