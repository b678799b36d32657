"""The panel below the ladder: everything about the row under the cursor."""

from __future__ import annotations

from tui.analysis.messages.edges import EdgeView
from tui.analysis.messages.twin import PlainTwin, plain_twin, sent_bytes
from tui.model.trace import RolloutTrace
from tui.viewmodel.ladder.model import LadderModel
from tui.viewmodel.text.clean import Measure, break_points, clean, clean_lines, format_duration
from tui.viewmodel.text.edge_words import ENCRYPTED_SIGN, KIND_WORDS, agent_word, delivery_words, size_word
from tui.viewmodel.text.spans import Line, Span

TEXT_LINES = 200
"""Lines of a text that are looked at: the panel is never higher."""

TEXT_CHARACTERS = 20_000

_GRAVE = ("warning", "cut")


def detail_lines(model: LadderModel, width: int, height: int, measure: Measure) -> list[Line]:
    """What is below the ladder: who to whom, delivery, the fields around the text, the text itself."""
    row = model.current
    if row is None:
        return []
    if row.edge is None:
        return [(Span(f" Nothing went between agents for {format_duration(row.gap_ms)}.", "dim"),)]
    edge = row.edge
    facts = fact_lines(model.trace, edge)
    lines = [piece for line in facts for piece in _wrapped(line, width, measure)]
    return _with_text(lines, shown_text(model.trace, edge), width, height, measure)


def fact_lines(trace: RolloutTrace, edge: EdgeView) -> list[Line]:
    """Everything but the text, one fact a line."""
    source = agent_word(trace, edge.source_agent)
    target = agent_word(trace, edge.target_agent, edge.named)
    style = "warning" if edge.delivery != "delivered" else "dim"
    size = size_word(edge)
    lines: list[Line] = [
        (
            Span(f" {source}", "path"),
            Span(f" {KIND_WORDS[edge.deed]} → ", "kind.message"),
            Span(target, "path"),
            Span(f"  {delivery_words(edge)}", style),
            Span(f"  {size}" if size and not edge.encrypted else "", "dim"),
        )
    ]
    if edge.encrypted:
        lines.append(_encryption_line(trace, edge))
    if edge.passed.envelope:
        fields = " · ".join(f"{clean(name)}: {clean(value)}" for name, value in edge.passed.envelope)
        lines.append((Span(f" {fields}", "dim"),))
    return lines


def _encryption_line(trace: RolloutTrace, edge: EdgeView) -> Line:
    twin = plain_twin(trace, edge)
    same = sent_bytes(trace, edge)
    told = twin.statement if twin is not None else "no plain text of it is in this recording"
    words = [f"{ENCRYPTED_SIGN} encrypted {size_word(edge)}", told, *([same] if same else [])]
    return (Span(f" {' · '.join(words)}", "cut"),)


def shown_text(trace: RolloutTrace, edge: EdgeView) -> str:
    """The text to read: as it went over, or the plain text that belongs to it; empty if there is none."""
    twin: PlainTwin | None = plain_twin(trace, edge)
    if twin is not None:
        return twin.text
    return edge.passed.text if edge.passed.is_readable else ""


def _wrapped(line: Line, width: int, measure: Measure) -> list[Line]:
    """A line of several styles on as many lines as it needs; where it needs more than one, the gravest style counts."""
    text = "".join(span.text for span in line)
    if measure(text) <= width:
        return [line]
    style = next((span.style for span in line if span.style in _GRAVE), "dim")
    text = text.strip()
    return [(Span(f" {text[start:end]}", style),) for start, end in break_points(text, max(10, width - 1), measure)]


def _with_text(lines: list[Line], text: str, width: int, height: int, measure: Measure) -> list[Line]:
    pieces = []
    for line in clean_lines(text[:TEXT_CHARACTERS])[:TEXT_LINES]:
        pieces += [f" {line[start:end]}" for start, end in break_points(line, max(10, width - 2), measure)]
    room = height - len(lines)
    shown = pieces if len(pieces) <= room else pieces[: max(0, room - 1)]
    lines = [*lines, *((Span(piece),) for piece in shown)]
    if len(shown) < len(pieces) and room > 0:
        lines.append((Span(f" … {len(pieces) - len(shown):,} more lines; Enter goes to it", "dim"),))
    return lines[:height]
