"""The list of what a search found, in words: its title, the objects, and the places in them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from tui.analysis.kinds.plural import counted
from tui.analysis.search.excerpt import Excerpt
from tui.viewmodel.text.clean import Measure, clean, elide
from tui.viewmodel.text.excerpts import excerpt_line
from tui.viewmodel.text.percent import percent_done
from tui.viewmodel.text.spans import Line, Span

NAME_CHARACTERS = 48
"""Characters of a name; the text around the match says more."""

WHERE_CHARACTERS = 14
"""The column that says in which field, or at which byte, a place is."""


LEAST_PATTERN = 12
"""Cells of the pattern in the title, however little room there is."""


class FoundFacts(NamedTuple):
    """The state of a search, from `progress` 0 to 1.

    `groups` are the objects and `payloads` that hold `matches`; `in_payloads` of the matches are in payloads.
    `places` are what one walks through, if they are not as many as the matches: a field may hold several; else 0.

    `searched_to_seq` is set while the recording may go on. `unreadable` payloads and `slow` texts were left out.
    """

    pattern: str
    matches: int = 0
    groups: int = 0
    is_running: bool = False
    is_stopped: bool = False
    is_loading: bool = False
    progress: float = 0.0
    searched_to_seq: int | None = None
    unreadable: int = 0
    slow: int = 0
    places: int = 0
    payloads: int = 0
    in_payloads: int = 0


def title_line(facts: FoundFacts, width: int, measure: Measure) -> Line:
    """Pattern, counts, how far the search is, and what was left out; the counts, then the pattern, give way."""
    state, left_out = f" · {_state(facts)}", _left_out(facts)
    left_out = f" · {left_out}" if left_out else ""
    pattern = clean(facts.pattern)
    counts = list(_counts(facts))
    room = width - len("   ") - measure(state + left_out)
    said = next((form for form in counts if measure(pattern + form) <= room), counts[-1])
    pattern = elide(pattern, max(LEAST_PATTERN, room - measure(said)), measure)
    parts = [Span(f" {pattern} ", "title"), Span(f" {said}"), Span(state, "dim")]
    return (*parts, Span(left_out, "warning")) if left_out else tuple(parts)


def _counts(facts: FoundFacts) -> Iterator[str]:
    """How much was found, in ever shorter forms."""
    matches = counted(facts.matches, "match", "matches")
    if facts.places not in (0, facts.matches):
        yield f"{matches} at {counted(facts.places, 'place')}{_holders(facts)}"
    yield f"{matches}{_holders(facts)}"
    yield matches


def _holders(facts: FoundFacts) -> str:
    """What the matches are in: a text of an object is in a payload, too, and counts there once more."""
    objects, payloads = facts.groups - facts.payloads, counted(facts.payloads, "payload")
    if not facts.payloads:
        return f" in {counted(objects, 'object')}"
    if not objects:
        return f" in {payloads}"
    in_objects = facts.matches - facts.in_payloads
    return f": {in_objects:,} in {counted(objects, 'object')}, {facts.in_payloads:,} in {payloads}"


def heading_line(name: str, matches: int) -> Line:
    """An object that holds several places."""
    return (Span(f" {_short(name)}", "title"), Span(f"  {counted(matches, 'match', 'matches')}", "dim"))


def place_line(where: str, found: Excerpt, name: str = "", matches: int = 1) -> Line:
    """One place: below its heading, or with the name of what it is in; and how many matches are there."""
    lead = Span(f" {_short(name)}  ", "title") if name else Span("   ")
    count = f" ×{matches:,}" if matches > 1 else ""
    place = f"{clean(where)}{count}".ljust(0 if name else WHERE_CHARACTERS)
    return (lead, Span(f"{place}  ", "dim"), *excerpt_line(found))


def _state(facts: FoundFacts) -> str:
    if facts.is_running and not facts.is_stopped:
        return f"{percent_done(facts.progress)} · Esc stops"
    if facts.is_stopped:
        return f"stopped at {percent_done(facts.progress)}"
    if facts.is_loading:
        return "so far, still being read"
    if facts.searched_to_seq is not None:
        return f"all until seq {facts.searched_to_seq:,}"
    return "all was searched"


def _left_out(facts: FoundFacts) -> str:
    unreadable = f"{counted(facts.unreadable, 'payload')} cannot be read" if facts.unreadable else ""
    slow = f"the expression takes too long on {counted(facts.slow, 'text')}" if facts.slow else ""
    return " · ".join(filter(None, (unreadable, slow)))


def _short(name: str) -> str:
    name = clean(name)
    return name if len(name) <= NAME_CHARACTERS else f"{name[: NAME_CHARACTERS - 1]}…"
