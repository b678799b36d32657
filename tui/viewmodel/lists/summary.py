"""The summary of a session as lines of a pane.

asked         Review the project with helpers.
outcome       ✓ succeeded
              the session ended as completed; its last turn completed
failed first  request 2 of /root/gamma at 0.812s: stream disconnected
last words    All agents have reported.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

import msgspec

from tui.analysis.agents.summary import CALLS_LOOKED_AT, Lost, Summary
from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.kinds.naming import agent_name
from tui.analysis.kinds.plural import counted, enumerated
from tui.analysis.kinds.timing import went_wrong_at
from tui.model.ids import InferenceCallId, ThreadId
from tui.model.noderef import NodeRef
from tui.model.trace import RolloutTrace
from tui.schema.rules import SUPPORTED_SCHEMA_VERSIONS, rules_for
from tui.viewmodel.text.clean import Measure, break_points, clean, format_duration, format_offset, format_tokens
from tui.viewmodel.text.edge_words import deed_counts
from tui.viewmodel.text.spans import Line, Span
from tui.viewmodel.text.token_words import cached_part, of_requests, plain_number
from tui.viewmodel.text.unmarked import without_marks
from tui.viewmodel.timeline.labels.faces import Labels
from tui.viewmodel.timeline.labels.words import REASON, own_text
from tui.viewmodel.timeline.outcome_words import OUTCOME_STYLES, outcome_name

NAME_CELLS = 12
"""Width of the column of names."""

LONGEST_TEXT = 1_200
"""Characters of a text that are shown."""

MOST_LINES = 6
"""Lines of one text."""

UNKNOWN = "not recorded"

KEYS = "a agents · T time · L messages · S statistics · ! problems · w why · Tab conversation"


def summary_lines(
    summary: Summary, trace: RolloutTrace, index: TraceIndex, labels: Labels, width: int, measure: Measure
) -> list[Line]:
    """The whole page at `width` cells."""
    lines: list[Line] = []
    for name, style, text in _facts(summary, trace, index, labels):
        lines += _paragraph(name, text, style, width, measure)
    return [*lines, (), *_paragraph("keys", KEYS, "dim", width, measure)]


def _facts(summary: Summary, trace: RolloutTrace, index: TraceIndex, labels: Labels) -> Iterator[tuple[str, str, str]]:
    """Name, style and text of each fact, in order: last words may be long, what went wrong comes before them."""
    outcome = summary.outcome
    yield "asked", "title", summary.asked or UNKNOWN
    why = f": {outcome.why}" if outcome.why else ""
    yield "outcome", OUTCOME_STYLES[outcome.word], outcome_name(outcome.word) + why
    yield "", "dim", outcome.evidence
    yield "recording", "", f"{summary.recording.word}: {summary.recording.evidence}"
    if summary.left_open:
        yield "left open", "warning", _left_open(summary.left_open, trace, index, labels)
    yield from _bad_ends(summary, trace, index, labels)
    problems = counted(summary.problems, "problem") if summary.problems else "none"
    yield "problems", "warning" if summary.problems else "", f"{problems} in agents and their work"
    yield "lost", "", _lost(summary.lost)
    if summary.answered:
        yield "last words", "", without_marks(summary.answered[: 2 * LONGEST_TEXT])
    yield "tokens", "", _tokens(summary)
    agents, requests = _number(summary.agents, "agent"), _number(summary.requests, "request")
    yield "took", "", f"{format_duration(summary.took_ms)}, {agents}, {requests}"
    for number, call in enumerate(summary.longest):
        name = _name(call.node, trace, labels)
        yield "" if number else "longest", "", f"{format_duration(call.duration_ms):>7}  {name}"
    if summary.open_calls and summary.longest:
        yield "", "dim", f"of the calls that ended; {summary.open_calls:,} did not"
    yield from _settings(summary)


def _left_open(left: Sequence[NodeRef], trace: RolloutTrace, index: TraceIndex, labels: Labels) -> str:
    """What stopped with the recording, and where the rest is listed."""
    more = f", and work of {counted(len(left) - 1, 'other agent')}" if len(left) > 1 else ""
    return f"{_at(left[0], trace, index, labels)}{more} · a shows what each agent was doing"


def _bad_ends(
    summary: Summary, trace: RolloutTrace, index: TraceIndex, labels: Labels
) -> Iterator[tuple[str, str, str]]:
    """What ended the session badly, and what did before all else: what failed, else what was stopped or left."""
    outcome, ends = summary.outcome, summary.bad_ends
    if ends.first is None:
        return
    ended_by = outcome.node if outcome.word in ("failed", "cancelled") else None
    if ended_by is not None and ended_by != ends.first.node:
        yield "ended by", "error", _at(ended_by, trace, index, labels)
    count, noun = (ends.failures, " failures") if ends.failures else (ends.others, "")
    of = f"(first of {count:,}{noun}) · " if count > 1 else "· "
    lead = f"{format_offset(ends.first.at_ms).strip()} {of}{_name(ends.first.node, trace, labels)}"
    text = f"{lead}: {ends.first.text.removeprefix('failed: ')}"
    yield "failed first" if ends.failures else "went wrong", "error", text


def _at(node: NodeRef, trace: RolloutTrace, index: TraceIndex, labels: Labels) -> str:
    """When something went wrong, which is when it ended, or began if that was left open; then what it was."""
    at_ms = went_wrong_at(trace, index, node)
    lead = "" if at_ms is None else f"{format_offset(at_ms).strip()} · "
    return f"{lead}{_name(node, trace, labels)}"


def _number(count: int | None, noun: str) -> str:
    return f"? {noun}s" if count is None else counted(count, noun)


def _name(node: NodeRef, trace: RolloutTrace, labels: Labels) -> str:
    """What the row of an object says, and whose it is."""
    label = labels.face(node).label
    named = label[:1] if node.kind == "inference" else tuple(span for span in label if span.style != REASON)
    text = own_text(named)
    found = trace.inference_calls.get(InferenceCallId(node.id)) if node.kind == "inference" else None
    thread_id = getattr(found or trace.tool_calls.get(node.id), "thread_id", None)  # type: ignore[call-overload]
    return text[:120] if thread_id is None else f"{text[:120]} of {agent_name(trace, ThreadId(thread_id))}"


def _lost(lost: Lost) -> str:
    """What did not get through; where nothing is known to be lost, what that rests on."""
    of = f" (of the first {lost.looked_at:,} calls)" if lost.looked_at >= CALLS_LOOKED_AT else ""
    parts = []
    if lost.cut:
        parts.append(f"{counted(lost.cut, 'output')} that the model saw a part of{of}")
    if lost.unseen:
        parts.append(f"{counted(lost.unseen, 'output')} that the model saw nothing of{of}")
    if lost.compactions:
        parts.append(f"{counted(lost.dropped, 'item')} dropped by {counted(lost.compactions, 'compaction')}")
    if lost.shortened:
        parts.append(f"{counted(lost.shortened, 'time')} a shorter history was sent, no compaction recorded")
    if lost.undelivered:
        parts.append(f"{deed_counts(lost.undelivered)} that did not arrive")
    messages = "messages not looked at" if lost.undelivered is None else "no message known to be lost"
    if parts:
        return "; ".join(parts if lost.undelivered is not None else [*parts, messages])
    return f"no output known to be cut{of}, no compaction recorded, {messages}"


def _tokens(summary: Summary) -> str:
    tokens = summary.tokens
    if not tokens.requests:
        return UNKNOWN if summary.requests is None else "no request recorded"
    if tokens.is_unknown:
        return UNKNOWN
    rate = "" if tokens.hit_rate is None else f", {cached_part(tokens)} of the input cached"
    total = f"{plain_number(tokens.total, tokens)}{of_requests(tokens)}"
    return f"{total}: {format_tokens(tokens.input)} in, {format_tokens(tokens.output)} out{rate}"


def _settings(summary: Summary) -> Iterator[tuple[str, str, str]]:
    facts = summary.settings
    sizes = enumerated([format_tokens(window) for window in summary.context_windows] or [""])
    window = f", context of {sizes}" if sizes else ""
    yield "model", "", f"{', '.join(summary.models) or UNKNOWN}{window}"
    yield "codex", "", _release(summary.schema_version)
    if facts is None:
        yield "settings", "", UNKNOWN
        return
    for name, value in (
        ("effort", facts.reasoning_effort),
        ("cwd", facts.cwd),
        ("permissions", facts.permissions) if facts.permissions and not facts.sandbox else ("sandbox", facts.sandbox),
        ("approval", facts.approval_policy),
    ):
        yield name, "", _in_words(value) if value else UNKNOWN


def _in_words(setting: str) -> str:
    """A setting without the signs of JSON, `workspace-write network=true`; one that is nested as recorded."""
    try:
        fields = msgspec.json.decode(setting, type=dict[str, str | int | float | bool | None])
    except (msgspec.DecodeError, UnicodeEncodeError):
        return setting
    kind = fields.pop("type", None)
    others = (f"{name}={value if isinstance(value, str) else json.dumps(value)}" for name, value in fields.items())
    return " ".join([*([str(kind)] if kind else []), *others]) or setting


def _release(schema_version: int) -> str:
    """Which Codex recorded the session: no recording says more than its schema does."""
    if schema_version not in SUPPORTED_SCHEMA_VERSIONS:
        return f"release {UNKNOWN}; schema {schema_version}"
    return f"{rules_for(schema_version).codex_releases}, by schema {schema_version}"


def _paragraph(name: str, text: str, style: str, width: int, measure: Measure) -> Iterator[Line]:
    """A fact, wrapped beside its name."""
    room = max(10, width - NAME_CELLS - 3)
    plain = clean(" ".join(text[:LONGEST_TEXT].split()) if not text.startswith(" ") else text[:LONGEST_TEXT])
    pieces = list(break_points(plain, room, measure))
    shown = pieces[:MOST_LINES]
    for number, (start, end) in enumerate(shown):
        is_cut = number == MOST_LINES - 1 and len(pieces) > MOST_LINES
        head = f" {name if not number else '':<{NAME_CELLS}} "
        yield (Span(head, "dim"), Span(plain[start:end] + ("…" if is_cut else ""), style))
