"""The line below everything: the mode, the place, the keys to press."""

from __future__ import annotations

from collections.abc import Sequence

from tui.named_tuple import NamedTuple
from tui.viewmodel.frame.line_edit import LineEdit
from tui.viewmodel.text.clean import Measure, clean, elide
from tui.viewmodel.text.spans import Line, Span

SEPARATOR = " › "
HINT_SEPARATOR = " · "

WHOLE = "all"
"""What is followed where no agent was chosen: the newest row of the recording."""

SHORTEST_REMARK = 8
"""Cells of a remark beside a typed text that are still worth showing when it is cut."""

WIDE_COLUMNS = 72
"""In a narrower line the place needs the room more than the hints: it is nowhere else on the screen."""


class Hint(NamedTuple):
    """A key as people write it, and a word for what it does."""

    key: str
    word: str


class FooterFacts(NamedTuple):
    """What the line says.

    `new_rows` came below while the newest is not followed. `followed` is the agent that both are about, else empty,
    as recorded. `crumbs` are names from the agent down to the focus.
    `pressed` are unfinished keys, and `hints` then say what may follow. `message` takes the place of the crumbs.
    """

    is_following: bool = False
    new_rows: int = 0
    followed: str = ""
    crumbs: Sequence[str] = ()
    hints: Sequence[Hint] = ()
    pressed: str = ""
    message: Span | None = None
    modes: Sequence[str] = ()


def footer_line(facts: FooterFacts, width: int, measure: Measure) -> Line:
    """The line at exactly `width` cells: mode, place, hints at the right as far as they fit."""
    left: list[Span] = [Span(" ")]
    left += _mode_spans(facts)
    if facts.pressed:
        left.append(Span(f"{facts.pressed}…  ", "chrome.key"))
    hints = _hint_spans(facts.hints, _hint_room(facts, width, _cells(left, measure)), measure)
    room = width - _cells(left, measure) - _cells(hints, measure) - 1
    left.append(_place(facts, room, measure))
    gap = max(0, width - _cells(left, measure) - _cells(hints, measure))
    return (*left, Span(" " * gap), *hints)


def fitting_hints(hints: Sequence[str], room: int, measure: Measure) -> str:
    """As many hints as there is room for, in one line; the last one, how to get out, always. Those before it go."""
    left = list(hints)
    while len(left) > 1 and measure(HINT_SEPARATOR.join(left)) > room:
        del left[-2]
    return HINT_SEPARATOR.join(left)


def prompt_line(label: str, edit: LineEdit, remark: str, width: int, measure: Measure) -> Line:
    """The line while text is typed into it; the cursor is a bar, long text shows its end.

    What is typed comes before the remark, which is cut, or left out where little of it would remain.
    """
    wanted = min(measure(clean(edit.text)), width - measure(label) - 5)
    rest = max(0, width - measure(label) - wanted - 5)
    if measure(remark) > rest:
        remark = elide(remark, rest, measure) if rest >= SHORTEST_REMARK else ""
    before, after = clean(edit.text[: edit.cursor]), clean(edit.text[edit.cursor :])
    room = max(1, width - measure(label) - measure(remark) - 5)
    before = _fitting_end(before, room, measure)
    after = elide(after, room - measure(before), measure)
    typed = f"{before}▏{after}"
    gap = max(1, width - measure(label) - measure(typed) - measure(remark) - 3)
    return (Span(f" {label} ", "chrome.key"), Span(typed), Span(" " * gap), Span(f"{remark} ", "dim"))


def _fitting_end(text: str, room: int, measure: Measure) -> str:
    """As much of the end of a text as fits; measures each character at most once."""
    start = len(text)
    while start and (room := room - measure(text[start - 1])) >= 0:
        start -= 1
    return text[start:]


def _mode_spans(facts: FooterFacts) -> list[Span]:
    spans = [Span(f"{mode}  ", "mark") for mode in facts.modes]
    agent = clean(facts.followed)
    if facts.is_following:
        spans.append(Span(f"FOLLOW {agent or WHOLE}  ", "chrome.live"))
    elif facts.new_rows:
        spans.append(Span(f"+{facts.new_rows:,} new{f' in {agent}' if agent else ''}  ", "new"))
    return spans


def _place(facts: FooterFacts, room: int, measure: Measure) -> Span:
    if facts.message is not None:
        return Span(elide(clean(facts.message.text), room, measure), facts.message.style)
    if facts.pressed:
        return Span("")
    crumbs = _fitting_crumbs(facts.crumbs, room, measure)
    return Span(elide(SEPARATOR.join(crumbs), room, measure), "path")


def _fitting_crumbs(crumbs: Sequence[str], room: int, measure: Measure) -> Sequence[str]:
    """All crumbs if they fit or are two, else `…` and as many of the last ones as fit, but at least one.

    The end of the path says where one is; its beginning goes first when there is no room.
    """
    if len(crumbs) <= 2 or _first_that_fits(crumbs, room, measure) == 0:
        return crumbs
    first = _first_that_fits(crumbs, room - measure("…" + SEPARATOR), measure)
    return ("…", *crumbs[max(2, min(first, len(crumbs) - 1)) :])


def _first_that_fits(crumbs: Sequence[str], room: int, measure: Measure) -> int:
    """Where the longest end of the path begins that fits; measures one crumb more than that, however long the path."""
    separator = measure(SEPARATOR)
    room += separator
    for place in range(len(crumbs) - 1, -1, -1):
        room -= measure(crumbs[place]) + separator
        if room < 0:
            return place + 1
    return 0


def _hint_room(facts: FooterFacts, width: int, taken: int) -> int:
    """Hints may have half of a wide line, less of a narrow one; what follows unfinished keys may have all of it."""
    if facts.pressed:
        return width - taken
    share = width // 2 if width >= WIDE_COLUMNS else width * 9 // 20
    return max(0, min(share, width - taken)) if facts.message is None else 0


def _hint_spans(hints: Sequence[Hint], room: int, measure: Measure) -> list[Span]:
    spans: list[Span] = []
    for key, word in hints:
        cells = measure(key) + measure(word) + 3
        if cells > room:
            break
        room -= cells
        spans += [Span(key, "chrome.key"), Span(f" {word}  ", "dim")]
    return spans


def _cells(spans: Sequence[Span], measure: Measure) -> int:
    return sum(measure(span.text) for span in spans)


def event_words(kind: str) -> str:
    """A kind of event in the words of the screen: the format's own are in the payload pane."""
    words = kind.replace("_", " ")
    for recorded, shown in (("inference", "request"), ("code cell", "script"), ("codex turn", "turn")):
        words = words.replace(recorded, shown)
    return words
