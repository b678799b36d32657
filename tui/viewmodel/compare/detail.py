"""The panel below a comparison: both sides of the row under the cursor in full, word by word."""

from __future__ import annotations

from collections.abc import Sequence

from tui.analysis.compare.partings import HEAD_CLASSES, Setting
from tui.analysis.kinds.plural import counted
from tui.viewmodel.compare.heading import facts_line
from tui.viewmodel.compare.ignored_words import ignored_words
from tui.viewmodel.compare.item_counts import item_counts
from tui.viewmodel.compare.lines import (
    SIDE_STYLES,
    delta_words,
    meaning_words,
    parting_words,
    row_line,
    row_pieces,
    where_words,
)
from tui.viewmodel.compare.model import CompareModel, Which
from tui.viewmodel.compare.other_json import other_json_words, shows_json
from tui.viewmodel.compare.rows import CompareRow
from tui.viewmodel.compare.word_diff import Piece, word_diff
from tui.viewmodel.text.clean import Measure, clean
from tui.viewmodel.text.spans import Line, Span, line_text
from tui.viewmodel.text.styled_lines import wrap_line

MOST_CHARACTERS = 40_000
"""How much of an item the panel looks at."""

LINES_BEFORE = 2
"""Lines before the first difference that are shown, where there is room."""

FEWEST_LINES = 4
"""Lines of a side in which only the difference has room, below its head and above what says that there is more."""

NARROW = 90
"""Below this width the sides are above each other."""


def detail_lines(model: CompareModel, width: int, height: int, measure: Measure) -> list[Line]:
    """What the panel shows of the row under the cursor."""
    row = model.current
    if row is None or height < 1 or width < 10:
        return []
    setting = _setting_of(model, row)
    if setting is not None:
        found = word_diff(setting.a[:MOST_CHARACTERS], setting.b[:MOST_CHARACTERS])
        heads = tuple((Span(f"{name} {clean(setting.what)}", style),) for name, style in (("A", "gone"), ("B", "new")))
        return _both(heads[0], heads[1], found, width, height, measure)
    if row.kind == "agent":
        return _agent_lines(model, row, width, measure)
    above = _json_lines(model, row, width, measure) or _cut_line(model, row, width, measure)
    if row.a is None and row.b is None:
        return above
    pieces = (_pieces(model, row, "a"), _pieces(model, row, "b"))
    both = _both(_head(model, row, "a"), _head(model, row, "b"), pieces, width, height - len(above), measure)
    meaning = _meaning_lines(model, row, width, measure)
    return [*above, *both, *(meaning if len(above) + len(both) + len(meaning) <= height else ())]


def _json_lines(model: CompareModel, row: CompareRow, width: int, measure: Measure) -> list[Line]:
    """In full what differs between items that say the same, and what that does not prove."""
    if row.kind != "parting" or row.a is None or row.b is None or not shows_json(model, row):
        return []
    words = other_json_words(model.sides, row.a, row.b)
    unknown = "whether that breaks the provider's cache is not recorded"
    lines = wrap_line((Span(words, "cut"), Span(f" · {unknown}", "dim")), width - 1, measure)
    return [(Span(" "), *line) for line in lines]


def _meaning_lines(model: CompareModel, row: CompareRow, width: int, measure: Measure) -> list[Line]:
    """What the class of a parting means, if its row has no room for that."""
    words = meaning_words(model, row) if row.kind == "parting" else ""
    if not words or words in line_text(row_line(model, row, width, measure)):
        return []
    return _wrapped(Span(words, "dim"), width, measure)


def _setting_of(model: CompareModel, row: CompareRow) -> Setting | None:
    """What a row is about that is not an item; of a parting the first of it."""
    if row.kind != "parting":
        return row.setting
    settings = model.agents[row.agent].partings[row.parting].settings
    return settings[0] if settings else None


def _cut_line(model: CompareModel, row: CompareRow, width: int, measure: Measure) -> list[Line]:
    """In full what the row says of a parting, or of what follows one, if the row is too narrow for it."""
    if row.kind not in ("parting", "follow"):
        return []
    said = line_text(row_line(model, row, width, measure))
    if measure(said) <= width:
        return []
    if row.kind == "follow":
        return _wrapped(Span(said.strip(" ▸▾"), "dim"), width, measure)
    agent = model.agents[row.agent]
    parting = agent.partings[row.parting]
    where = "" if parting.kind in HEAD_CLASSES else f" · {where_words(model, parting)}"
    words = f"at item {row.place:,}: {parting_words(model, agent, parting)}{where}"
    return _wrapped(Span(words, "cut"), width, measure)


def _agent_lines(model: CompareModel, row: CompareRow, width: int, measure: Measure) -> list[Line]:
    agent = model.agents[row.agent]
    spans = [Span(clean(agent.name or "items"), "path")]
    if agent.is_guess:
        spans.append(Span("≈ paired by the order of spawning: no agent of the other side has this path", "warning"))
    if agent.a is None or agent.b is None:
        side, items = ("B", agent.items_b) if agent.a is None else ("A", agent.items_a)
        spans.append(Span(f"only in {side}: {counted(len(items), 'item')}", "cut"))
    elif agent.is_whole:
        spans.append(Span(item_counts(agent), "dim"))
    if agent.first is not None:
        spans.append(Span(f"at item {agent.first.place:,}: {parting_words(model, agent, agent.first)}", "cut"))
    more = "" if model.is_one_recording or not agent.is_whole else delta_words(agent)
    if more and None not in (agent.a, agent.b):
        spans.append(Span(more, "dim"))
    if agent.facts:
        spans.append(Span(line_text(facts_line(agent.facts, agent.partings)).strip(), "dim"))
    if agent.ignored:
        spans.append(Span(f"differences that are ignored: {ignored_words(agent.ignored)}", "dim"))
    return [line for span in spans for line in _wrapped(span, width, measure)]


def _wrapped(span: Span, width: int, measure: Measure) -> list[Line]:
    return [(Span(" "), *line) for line in wrap_line((span,), width - 1, measure)]


def _head(model: CompareModel, row: CompareRow, which: Which) -> Line:
    item, place = (row.a, row.place) if which == "a" else (row.b, row.other_place)
    style = SIDE_STYLES[which]
    if item is None:
        return (Span(which.upper(), style), Span("  nothing here", "dim"))
    side = model.sides[0 if which == "a" else 1]
    seq = side.seq_of(item.item_id) if item.item_id else None
    text = model.text_of(which, item)
    facts = f"  item {place:,} · seq {'?' if seq is None else f'{seq:,}'} · {len(text.text):,} characters"
    if shows_json(model, row):
        facts += " · the same text; its JSON:"
    return (Span(f"{which.upper()} ", style), Span(clean(text.label), text.style), Span(facts, "dim"))


def _pieces(model: CompareModel, row: CompareRow, which: Which) -> list[Piece]:
    item, other = (row.a, row.b) if which == "a" else (row.b, row.a)
    if item is None:
        return []
    if other is None:
        return [Piece(model.text_of(which, item).text[:MOST_CHARACTERS], differs=False)]
    return row_pieces(model, row, which, MOST_CHARACTERS)


def _both(
    head_a: Line,
    head_b: Line,
    pieces: tuple[Sequence[Piece], Sequence[Piece]],
    width: int,
    height: int,
    measure: Measure,
) -> list[Line]:
    """Side by side, or where that is too narrow above each other."""
    if width < NARROW:
        lower = _side(head_b, pieces[1], SIDE_STYLES["b"], width - 1, (height + 1) // 2, measure)
        upper = _side(head_a, pieces[0], SIDE_STYLES["a"], width - 1, height - len(lower), measure)
        lower = _side(head_b, pieces[1], SIDE_STYLES["b"], width - 1, height - len(upper), measure)
        return [(Span(" "), *line) for line in (*upper, *lower)]
    column = (width - 5) // 2
    left = _side(head_a, pieces[0], SIDE_STYLES["a"], column, height, measure)
    right = _side(head_b, pieces[1], SIDE_STYLES["b"], column, height, measure)
    lines: list[Line] = []
    for number in range(max(len(left), len(right))):
        mine, theirs = (side[number] if number < len(side) else () for side in (left, right))
        gap = " " * max(0, column - measure(line_text(mine)))
        lines.append((Span(" "), *mine, Span(f"{gap} "), Span("│", "dim"), Span(" "), *theirs))
    return lines


def _side(head: Line, pieces: Sequence[Piece], style: str, width: int, height: int, measure: Measure) -> list[Line]:
    """One side: its head, then its text from shortly before the first difference."""
    lines, first = _lines(pieces, style)
    before = min(LINES_BEFORE, max(0, (height - FEWEST_LINES) // 2))
    skipped = max(0, first - before)
    found: list[Line] = wrap_line(head, width, measure)[:1]
    if skipped:
        found.append((Span(f"… {counted(skipped, 'line')} before", "dim"),))
    for number, line in enumerate(lines[skipped:], start=skipped):
        if len(found) > height:
            break
        wrapped = wrap_line(line, width, measure)
        if number == first:
            wrapped = _from_difference(wrapped, style, before)
        found += wrapped
    if len(found) > height:
        found = [*found[: height - 1], (Span("… more; Enter goes to it", "dim"),)]
    return found


def _from_difference(lines: list[Line], style: str, before: int) -> list[Line]:
    """The pieces of a long line from shortly before the first difference in it."""
    place = next((number for number, line in enumerate(lines) if any(span.style == style for span in line)), 0)
    skipped = place - before
    return [(Span("…", "dim"),), *lines[skipped:]] if skipped > 0 else lines


def _lines(pieces: Sequence[Piece], style: str) -> tuple[list[Line], int]:
    """The lines of a text in pieces, and which of them is the first with a difference; 0 without one."""
    lines: list[list[Span]] = [[]]
    first: int | None = None
    for piece in pieces:
        if piece.differs and first is None:
            first = len(lines) - 1
        for number, text in enumerate(piece.text.split("\n")):
            if number:
                lines.append([])
            if text:
                lines[-1].append(Span(clean(text), style if piece.differs else ""))
    return [tuple(line) for line in lines], first or 0
