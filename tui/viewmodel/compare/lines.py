"""The rows of a comparison."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from tui.analysis.compare.comparison import AgentComparison
from tui.analysis.compare.partings import HEAD_CLASSES, DifferenceClass, Parting
from tui.analysis.compare.stream import StreamItem
from tui.analysis.kinds.plural import counted
from tui.viewmodel.compare.change_words import change_words
from tui.viewmodel.compare.item_text import ItemText
from tui.viewmodel.compare.model import CompareModel, Which
from tui.viewmodel.compare.other_json import other_fields, other_json_words, sent_text, shows_json
from tui.viewmodel.compare.rows import CompareRow
from tui.viewmodel.compare.word_diff import Piece, word_diff
from tui.viewmodel.text.clean import Measure, clean, elide, format_duration, format_tokens
from tui.viewmodel.text.spans import Line, Span, line_text

PARTING_WORDS: dict[DifferenceClass, str] = {
    "instructions": "the INSTRUCTIONS differ",
    "tools": "the TOOLS differ",
    "settings": "the SETTINGS differ",
    "input": "the INPUT differs",
    "model": "the MODEL decided differently",
    "environment": "the ENVIRONMENT answered differently",
    "words": "the same call in other words",
}
"""What is said of each class of difference."""

WHOSE: dict[DifferenceClass, str] = {
    "instructions": "in the instructions",
    "tools": "in the tools",
    "settings": "in the settings",
    "input": "in the input",
    "model": "by the model",
    "environment": "by the environment",
    "words": "in words alone",
}
"""Where partings are, or who made them, where several are counted."""

ONE_SIDED_WORDS: dict[DifferenceClass, str] = {
    "input": "INPUT",
    "model": "a decision of the MODEL",
    "environment": "an answer of the ENVIRONMENT",
}
"""What an item is that only one side has."""

BROUGHT_BY: dict[DifferenceClass, str] = {
    "input": "INPUT: from the user, the harness or an agent",
    "model": "MODEL: what it answered",
    "environment": "ENVIRONMENT: what a tool or a server answered",
}
"""What the classes mean, at the first parting of the cursor's agent and where the cursor is, if there is room."""

TEXT_CHARACTERS = 4_000
"""How much of an item is looked at for its row."""

LEAD = 16
"""Characters before the first difference that a row shows."""

SIDE_STYLES: dict[Which, str] = {"a": "gone", "b": "new"}


def row_line(model: CompareModel, row: CompareRow, width: int, measure: Measure) -> Line:
    """One row."""
    agent = model.agents[row.agent]
    match row.kind:
        case "agent":
            return _agent_line(model, agent)
        case "parting":
            line = _parting_line(model, agent, agent.partings[row.parting])
            return _with_meaning(line, model, row, width, measure)
        case "setting":
            return _setting_line(row, width)
        case "follow":
            return _follow_line(model, row, agent)
        case "same":
            return _same_line(model, row, width, measure)
        case "a" | "b":
            return _side_line(model, row, width, measure)


def _agent_line(model: CompareModel, agent: AgentComparison) -> Line:
    name = "≈ " * agent.is_guess + clean(agent.name or "items")
    spans = [Span(f" {name:<18} ", "path")]
    if agent.a is None or agent.b is None:
        return (*spans, Span(f"only in {'B' if agent.a is None else 'A'}", "cut"))
    sign, style = ("=", "dim") if agent.is_same else ("≠", "cut")
    if not agent.is_whole:
        return (*spans, Span("  …", "dim"), Span(" ≠ ", "cut"), Span("…   comparing", "dim"))
    spans.append(Span(f"{len(agent.items_a):>4,} {sign} {len(agent.items_b):<4,}", style))
    if agent.first is not None:
        spans.append(Span(f"  at item {agent.first.place:,}", "cut"))
    if agent.is_only_order:
        spans.append(Span("  only the order differs", "cut"))
    if not model.is_one_recording:
        spans.append(Span(f"   {delta_words(agent)}", "dim"))
    return tuple(spans)


def delta_words(agent: AgentComparison) -> str:
    """By how much B did more than A; what is equal is left out."""
    delta = agent.delta
    tokens = (("tok in", delta.input_tokens), ("tok out", delta.output_tokens))
    counts = (("failure", delta.failures), ("request", delta.requests))
    words = [f"{_signed(count)} {what}{'s' * (abs(count) != 1)}" for what, count in counts if count]
    if agent.tokens_known:
        words += [f"{_sign(count)}{format_tokens(abs(count))} {what}" for what, count in tokens if count]
    else:
        words.append("? tok")
    if delta.wall_ms is None:
        words.append("? time")
    elif delta.wall_ms:
        words.append(f"{_sign(delta.wall_ms)}{format_duration(abs(delta.wall_ms))}")
    return "B: " + " · ".join(words) if words else ""


def _sign(count: int) -> str:
    return "−" if count < 0 else "+"


def _signed(count: int) -> str:
    return f"{_sign(count)}{abs(count):,}"


def _parting_line(model: CompareModel, agent: AgentComparison, parting: Parting) -> Line:
    is_lead = agent.lead is not None and parting == agent.partings[agent.lead]
    is_marked = _is_marked(model, agent, parting)
    place = (
        f"{parting.place:,}" if parting.place == parting.other_place else f"{parting.place:,}|{parting.other_place:,}"
    )
    spans = [Span(f" {'▶' if is_marked else ' '} {place:<5} ", "mark" if is_marked else "dim")]
    if is_lead:
        before = f"same {counted(parting.place, 'item')} before, then " if parting.place else "from the first item on: "
        spans.append(Span(before, "dim"))
    spans.append(Span(parting_words(model, agent, parting), "cut"))
    if parting.kind not in HEAD_CLASSES:
        spans.append(Span(f"   {where_words(model, parting)}", "dim"))
    return tuple(spans)


def _with_meaning(line: Line, model: CompareModel, row: CompareRow, width: int, measure: Measure) -> Line:
    """The line of a parting, with what its class means if the cursor is near and there is room."""
    current, agent = model.current, model.agents[row.agent]
    is_near = current is not None and current.agent == row.agent and row.parting in (current.parting, agent.lead)
    whole = (*line, Span(f"   {meaning_words(model, row)}", "dim")) if is_near else line
    return whole if measure(line_text(whole)) <= width else line


def meaning_words(model: CompareModel, row: CompareRow) -> str:
    """What the class of a parting means; empty where nothing is said of a class."""
    agent = model.agents[row.agent]
    parting = agent.partings[row.parting]
    if model.is_one_recording or model.ended_side(agent, parting) is not None:
        return ""
    return BROUGHT_BY.get(parting.kind, "")


def _is_marked(model: CompareModel, agent: AgentComparison, parting: Parting) -> bool:
    """Whether it is the parting that the cursor is in; of an agent in none of whose partings it is, the first."""
    row = model.current
    if row is not None and row.parting >= 0 and model.agents[row.agent] is agent:
        return parting is agent.partings[row.parting]
    return parting == agent.first or (agent.lead is not None and parting == agent.partings[agent.lead])


def parting_words(model: CompareModel, agent: AgentComparison, parting: Parting) -> str:
    """What happened at a parting. That a side has no more items is nobody's decision."""
    ended = model.ended_side(agent, parting)
    if ended is not None:
        return f"{ended.upper()} {'has no more items so far' if model.waits_at(agent, parting) else 'ends here'}"
    if model.is_one_recording and parting.kind not in (*HEAD_CLASSES, "words"):
        return change_words(model, agent, (parting,))
    if model.is_one_recording and parting.kind == "words":
        return _other_json(model, parting)
    return difference_words(parting)


def _other_json(model: CompareModel, parting: Parting) -> str:
    """What is other in the JSON of the first of the items."""
    if parting.a is None or parting.b is None:
        return "same text, other JSON"
    words = other_json_words(model.sides, parting.a, parting.b)
    which = f" of {counted(parting.only_a, 'item')}" * (parting.only_a > 1)
    return f"same text{which}, other JSON{': ' * bool(words)}{words}"


def difference_words(parting: Parting) -> str:
    """Who is to blame; of what only one side has, what it is."""
    if parting.kind in HEAD_CLASSES:
        return PARTING_WORDS[parting.kind]
    if parting.a is None:
        return f"only in B: {ONE_SIDED_WORDS.get(parting.kind, 'an item')}{_moved('A', 'it', parting.later_a)}"
    if parting.b is None:
        return f"only in A: {ONE_SIDED_WORDS.get(parting.kind, 'an item')}{_moved('B', 'it', parting.later_b)}"
    moves = _moved("A", "the item of B", parting.later_a) + _moved("B", "the item of A", parting.later_b)
    return PARTING_WORDS[parting.kind] + moves


def _moved(name: str, what: str, later: int | None) -> str:
    if not later:
        return ""
    return f"; {name} has {what} {counted(abs(later), 'item')} {'later' if later > 0 else 'earlier'}"


def where_words(model: CompareModel, parting: Parting) -> str:
    """The events that brought the items, behind the requests that the model answered with them."""
    items = list(zip(model.sides, (parting.a, parting.b), strict=True))
    seqs = [None if item is None else side.seq_of(item.item_id) for side, item in items]
    requests = [None if item is None else side.request_of(item.item_id) for side, item in items]
    told = {number for (_, item), number in zip(items, requests, strict=True) if item is not None}
    same = next(iter(told)) if len(told) == 1 else None
    words = "" if told == {None} else f"request {same or _both(items, requests)} · "
    return f"{words}seq {_both(items, seqs)}"


def _both(items: Sequence[tuple[object, StreamItem | None]], numbers: Sequence[int | None]) -> str:
    """A number of each side: none where that has no item, unknown where nothing says it."""
    return " | ".join(
        "–" if item is None else "?" if number is None else f"{number:,}"
        for (_, item), number in zip(items, numbers, strict=True)
    )


def _setting_line(row: CompareRow, width: int) -> Line:
    setting = row.setting
    if setting is None:
        return ()
    most = max(10, (width - 24) // 2)
    pieces = word_diff(setting.a[:TEXT_CHARACTERS], setting.b[:TEXT_CHARACTERS])
    a, b = (window(one, most, style) for one, style in zip(pieces, SIDE_STYLES.values(), strict=True))
    none = (Span("none", "dim"),)
    return (Span(f"       {clean(setting.what)}: ", "label"), *(a or none), Span(" → ", "dim"), *(b or none))


def _follow_line(model: CompareModel, row: CompareRow, agent: AgentComparison) -> Line:
    """What is folded: the rest of the first parting, then the partings behind it. Nothing is counted twice."""
    mark = "▾" if model.is_unfolded(row.agent) else "▸"
    lead, rest = agent.partings[row.parting], agent.partings[row.parting + 1 :]
    sides = [(name, count - 1) for name, count in (("A", lead.only_a), ("B", lead.only_b)) if count > 1]
    here = [
        f"{counted(count, 'more item') if not number else count} of {name}"
        for number, (name, count) in enumerate(sides)
    ]
    words = [" and ".join(here)] if here else []
    if rest:
        words.append(_rest_words(model, agent, rest))
    return (Span(f"     {mark} what follows: {', then '.join(words)}", "dim"),)


def _rest_words(model: CompareModel, agent: AgentComparison, rest: Sequence[Parting]) -> str:
    """What the partings behind the first one are: a single one as its own row says it, several by their classes.

    Of two requests nobody decided anything: what they changed is counted, of all these partings together.
    """
    more = counted(len(rest), "more parting")
    if model.is_one_recording:
        is_words = len(rest) == 1 and rest[0].kind == "words"
        return f"{more}: {parting_words(model, agent, rest[0]) if is_words else change_words(model, agent, rest)}"
    alone = [(name, sum(counts)) for name, counts in (("A", [p.only_a for p in rest]), ("B", [p.only_b for p in rest]))]
    only = [(name, count) for name, count in alone if count]
    said_once = [f"{counted(count, 'item') if not n else count} only in {name}" for n, (name, count) in enumerate(only)]
    sizes = f" ({', '.join(said_once)})" if only else ""
    if len(rest) == 1:
        return f"{more}: {parting_words(model, agent, rest[0])}{sizes}"
    counts = Counter(one.kind for one in rest)
    kinds = [kind for kind in PARTING_WORDS if counts[kind]]
    said = (WHOSE[kind] if len(kinds) == 1 else f"{counts[kind]} {WHOSE[kind]}" for kind in kinds)
    return f"{more}: {', '.join(said)}{sizes}"


def _same_line(model: CompareModel, row: CompareRow, width: int, measure: Measure) -> Line:
    if row.a is None:
        return ()
    text = model.text_of("a", row.a)
    place = f"{row.place:,}" if row.place == row.other_place else f"{row.place:,}|{row.other_place:,}"
    said = elide(clean(text.text[:TEXT_CHARACTERS]), max(8, width - 30), measure)
    return (Span(f"   {place:<5}   = ", "dim"), Span(f"{clean(text.label)} ", text.style), Span(said, "dim"))


def _side_line(model: CompareModel, row: CompareRow, width: int, measure: Measure) -> Line:
    which: Which = "a" if row.kind == "a" else "b"
    style = SIDE_STYLES[which]
    lead = Span(f"       {which.upper()}  ", style)
    item, other = (row.a, row.b) if which == "a" else (row.b, row.a)
    if item is None:
        return (lead, Span("nothing here", "dim"))
    text = model.text_of(which, item)
    moved = "moved: " * (item.key in model.agents[row.agent].moved)
    head = Span(f"{moved}{clean(text.label)} ", text.style)
    room = max(8, width - 12 - measure(head.text))
    if other is None:
        return (lead, head, Span(elide(clean(text.text[:TEXT_CHARACTERS]), room, measure)))
    fields = _field_pieces(model, row, which)
    if fields:
        return (lead, head, *window(fields, room, style, lead=room // 2))
    return (lead, head, *window(row_pieces(model, row, which), room, style))


def _field_pieces(model: CompareModel, row: CompareRow, which: Which) -> list[Piece]:
    """Of items that say the same, the fields that differ; empty if none does, or the row is about something else."""
    if row.a is None or row.b is None or not shows_json(model, row):
        return []
    ours, theirs = other_fields(model.sides, row.a, row.b)
    pieces = word_diff(ours[:TEXT_CHARACTERS], theirs[:TEXT_CHARACTERS], exact=True)
    return pieces[0 if which == "a" else 1] if ours or theirs else []


def row_pieces(model: CompareModel, row: CompareRow, which: Which, most: int = TEXT_CHARACTERS) -> list[Piece]:
    """What a side says in a row in which both have an item; where both say the same, the JSON that was sent."""
    if row.a is None or row.b is None:
        return []
    if shows_json(model, row):
        sent = [sent_text(side, item)[:most] for side, item in zip(model.sides, (row.a, row.b), strict=True)]
        return word_diff(sent[0], sent[1], exact=True)[0 if which == "a" else 1]
    texts = model.text_of("a", row.a), model.text_of("b", row.b)
    mine, theirs = texts if which == "a" else reversed(texts)
    return side_pieces(mine, theirs, which, most)


def side_pieces(text: ItemText, other: ItemText, which: Which, most: int = TEXT_CHARACTERS) -> list[Piece]:
    """A side's text in pieces, each of which says whether the other side has something else there.

    Items of different kinds are not compared word by word.
    """
    if text.label != other.label:
        return [Piece(text.text[:most], differs=False)]
    mine, theirs = text.text[:most], other.text[:most]
    return word_diff(mine, theirs)[0] if which == "a" else word_diff(theirs, mine)[1]


def window(pieces: Sequence[Piece], room: int, style: str, lead: int = LEAD) -> Line:
    """One line of a text around its first difference, with at most `lead` characters before that."""
    before = 0
    for piece in pieces:
        if piece.differs:
            break
        before += len(piece.text)
    is_cut = any(one.differs for one in pieces) and sum(len(one.text) for one in pieces) > room
    skip = max(0, before - lead) if is_cut else 0
    spans = [Span("…", "dim")] if skip else []
    is_cut_behind = sum(len(one.text) for one in pieces) - skip > room
    left = room - is_cut_behind
    for piece in pieces:
        text, skip = piece.text[skip:], max(0, skip - len(piece.text))
        if text and left > 0:
            spans.append(Span(clean(text[:left]), style if piece.differs else ""))
            left -= len(text)
    return (*spans, Span("…", "dim")) if is_cut_behind else tuple(spans)
