"""Signs that a person put on rows: the letter of a mark, and the sign of a note."""

from __future__ import annotations

from tui.named_tuple import NamedTuple
from tui.viewmodel.text.spans import Line, Span

NOTE_SIGN = "✎"
SIGN_STYLE = "mark"

_GUTTER_CELLS = 2


class RowSigns(NamedTuple):
    """What is on one row: the letter of a mark, empty without one, and whether there is a note."""

    letter: str = ""
    has_note: bool = False

    @property
    def text(self) -> str:
        """Both signs, the letter first."""
        return f"{self.letter}{NOTE_SIGN if self.has_note else ''}"


def in_gutter(line: Line, signs: RowSigns) -> Line:
    """A line with its signs in its first cells, as far as these are blank: the fold mark stays where it is."""
    lead = line[0] if line else Span("")
    blanks = [place for place, character in enumerate(lead.text[:_GUTTER_CELLS]) if character == " "]
    spans: list[Span] = []
    at = 0
    for place, sign in zip(blanks, signs.text, strict=False):
        spans += [Span(lead.text[at:place], lead.style), Span(sign, SIGN_STYLE)]
        at = place + 1
    spans.append(Span(lead.text[at:], lead.style))
    return (*(span for span in spans if span.text), *line[1:])
