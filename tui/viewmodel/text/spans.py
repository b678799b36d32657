"""Text with meaning: the unit in which view-models hand lines to widgets."""

from __future__ import annotations

from collections.abc import Iterable

from tui.named_tuple import NamedTuple


class Span(NamedTuple):
    """A run of text and the name of its meaning (`role.user`, `status.failed`, `json.key`); the theme gives colour.

    `text` has passed `clean`: it holds no control characters and nothing that drives a terminal.
    """

    text: str
    style: str = ""


Line = tuple[Span, ...]
"""One line of a pane, unpadded."""


def line_of_cells(cells: Iterable[tuple[str, str]]) -> Line:
    """Cells, each a text and its style, as few spans."""
    spans: list[Span] = []
    for text, style in cells:
        if spans and spans[-1].style == style:
            spans[-1] = Span(spans[-1].text + text, style)
        else:
            spans.append(Span(text, style))
    return tuple(spans)


def line_text(line: Iterable[Span]) -> str:
    """The characters of a line, or of a part of it."""
    return "".join(span.text for span in line)
