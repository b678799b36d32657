"""The lines over a comparison: its title, and what the agents were sent before their items."""

from __future__ import annotations

from collections.abc import Sequence

from tui.analysis.compare.heads import TOOL, HeadFact
from tui.analysis.compare.normal import TOOLS_ORDER
from tui.analysis.compare.partings import Parting, Setting
from tui.analysis.kinds.plural import counted
from tui.viewmodel.compare.lines import SIDE_STYLES
from tui.viewmodel.compare.model import CompareModel
from tui.viewmodel.text.clean import Measure, clean, elide, elide_start
from tui.viewmodel.text.spans import Line, Span, line_text

LONGEST_VALUE = 40
"""Characters of a setting in the line of settings."""

LEAST_NAME = 8
"""Cells that the name of a side has at least."""

WANTED_NAME = 16
"""A name of up to this many cells is shown whole before times, tokens and models are."""


def title_line(model: CompareModel, width: int, measure: Measure) -> Line:
    """Both sides, how they came out, and which of the partings the cursor is at. Names give way to what is behind.

    Where even the shortest names leave too little room, times and tokens are left out. A name with a folder keeps its
    beginning, which is where the two differ.
    """
    place = Span(_place_words(model), "mark")
    names = [clean(side.name) for side in model.sides]
    headlines = [side.headline() for side in model.sides]
    if _room(width, place, headlines, measure) < min(WANTED_NAME, max(map(measure, names))):
        headlines = [headline[:1] for headline in headlines]
    room = max(LEAST_NAME, _room(width, place, headlines, measure))
    spans: list[Span] = []
    for name, style, text, headline in zip(("A", "B"), SIDE_STYLES.values(), names, headlines, strict=True):
        spans.append(Span(f" {name} ", style))
        shown = elide(text, room, measure) if "/" in text else elide_start(text, room, measure)
        spans += [Span(shown, "title"), Span(" "), *headline, Span("  ")]
    return (*spans, place)


def _room(width: int, place: Span, headlines: Sequence[Line], measure: Measure) -> int:
    """The cells that are left for each of both names."""
    rest = measure(place.text) + sum(6 + measure(line_text(headline)) for headline in headlines)
    return (width - rest) // 2


def _place_words(model: CompareModel) -> str:
    count = model.parting_count
    so_far = "" if model.is_complete else " so far"
    if not count:
        if model.is_complete and not any(one.is_in_both for one in model.agents):
            return "no agent in common"
        if all(one.is_same for one in model.agents):
            return "the same" if model.is_complete else "comparing…"
        return f"no parting{so_far}"
    number = model.parting_number
    return f"parting {number} of {count}{so_far}" if number else f"{counted(count, 'parting')}{so_far}"


def settings_line(model: CompareModel, width: int, measure: Measure) -> Line:
    """What is to be said of the whole; then what the agent of the cursor was sent before its items, on both sides.

    Where that does not fit, what differs comes first, then what is unknown, then what is the same if there is
    room; the panel of the agent's row has it all.
    """
    row = model.current
    whose = "A: " * (model.is_one_recording and model.is_swapped)
    remark = (Span(f"  {clean(whose + model.remark)}"),) if model.remark else _recorders(model)
    if row is None:
        return remark
    agent = model.agents[row.agent]
    whole = (*remark, *facts_line(agent.facts, agent.partings))
    if measure(line_text(whole)) <= width:
        return whole
    facts = [one for state in ("differs", "unknown") for one in agent.facts if one.state == state]
    same = [one.what for one in agent.facts if one.state == "same"]
    first = (*remark, *facts_line(facts, agent.partings))
    fits = (f"  = {words}" for words in (" ".join(same), "the rest") if same)
    last = next((words for words in fits if measure(line_text(first) + words) <= width), "")
    return (*first, Span(last, "dim")) if last else first


def _recorders(model: CompareModel) -> Line:
    """That releases of Codex that record in different ways made the two: much else may differ for it."""
    a, b = (side.recorder() for side in model.sides)
    return (Span("  Codex ", "dim"), Span(f"{a} → {b}", "cut")) if a and b and a != b else ()


def note_text(model: CompareModel) -> str:
    """What the comparison leaves unexplained, or rests on although it could not be read; empty if there is nothing."""
    unread = [(name, side.unread()) for name, side in zip(("A", "B"), model.sides, strict=True)]
    return model.note or " · ".join(f"{name}: {clean(words)}" for name, words in unread if words)


def facts_line(facts: Sequence[HeadFact], partings: Sequence[Parting]) -> Line:
    """What was sent before the items, fact by fact."""
    return tuple(span for fact in facts for span in _fact_spans(fact, partings))


def _fact_spans(fact: HeadFact, partings: Sequence[Parting]) -> list[Span]:
    if fact.state == "same":
        return [Span(f"  {fact.what} =", "dim")]
    if fact.state == "unknown" and fact.a == fact.b:
        return [Span(f"  {fact.what} ?", "dim")]
    a, b = (elide_text(value) for value in (fact.a, fact.b))
    words = f"{a} → {b}"
    if fact.what == "tools":
        words = _tool_words(partings[0].settings if partings else ()) or words
    return [Span(f"  {fact.what} ", "dim"), Span(words, "dim" if fact.state == "unknown" else "cut")]


def _tool_words(settings: Sequence[Setting]) -> str:
    """Which tools only one side has, and which both define in different ways."""
    lists = [(one.a, one.b) for one in settings if one.what == "tools"]
    gone, new = ([name for both in lists for name in both[side].split(", ") if name] for side in (0, 1))
    changed = [one.what.removeprefix(TOOL) for one in settings if one.what.startswith(TOOL)]
    parts = ((f"−{len(gone)}", gone), (f"+{len(new)}", new), (f"{len(changed)} changed", changed))
    words = [f"{count} ({elide_text(', '.join(names))})" for count, names in parts if names]
    return " ".join(words) or "in another order" * any(one.what == TOOLS_ORDER for one in settings)


def elide_text(text: str) -> str:
    """The beginning of a value."""
    text = clean(text[: LONGEST_VALUE + 1])
    return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 1]}…"
