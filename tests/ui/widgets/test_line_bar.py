"""A line that several changes of one frame alter is made once, of how things are then."""

from __future__ import annotations

from tui.ui.theme import style_for
from tui.ui.widgets.line_bar import LineBar
from tui.viewmodel.text.spans import Line, Span


def test_line_is_made_once_when_asked() -> None:
    bar, told, made = LineBar(style_for=style_for), "", []

    def make(width: int) -> Line:
        made.append(told)
        return (Span(f"{told} {width}"),)

    for told in ("first", "second", "third"):  # noqa: B007  (what `make` tells)
        bar.show_made(make)
    assert made == []
    assert [bar.line, bar.line] == [(Span("third 0"),)] * 2
    assert made == ["third"]


def test_other_line_takes_its_place() -> None:
    bar = LineBar(style_for=style_for)
    bar.show_made(lambda _width: (Span("made"),))
    bar.show((Span("given"),))
    assert bar.line == (Span("given"),)
