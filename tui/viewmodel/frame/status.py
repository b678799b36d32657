"""The line above everything: which recording, how its session came out, whether it lives, how much there is.

agents  ✗ failed: stream disconnected · ■ ENDED  5 agents  448k tok  “Review the project …”  322 events  ▲ 2 problems
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from tui.analysis.kinds.plural import counted
from tui.analysis.requests.tokens import Spent, Tokens, spent_by, tokens_of_all, tokens_spent
from tui.analysis.state.outcome_word import Outcome
from tui.analysis.state.recording import RecordingState, RecordingWord
from tui.model.delta import TraceDelta
from tui.model.ids import InferenceCallId
from tui.model.trace import RolloutTrace
from tui.named_tuple import NamedTuple
from tui.viewmodel.text.clean import Measure, clean, elide, format_bytes, format_duration, format_moment
from tui.viewmodel.text.percent import percent_done
from tui.viewmodel.text.spans import Line, Span
from tui.viewmodel.text.token_words import tokens_cell
from tui.viewmodel.timeline.outcome_words import OUTCOME_STYLES, outcome_name

NAME_CELLS = 24
"""Longest name of a bundle; of a longer one the end stays, too: those of one month begin alike."""

_END_OF_NAME = 10

REASON_CELLS = 40
"""Why a session failed gets at most this much of the line, and no more than a third of it."""

REQUESTS_PER_STEP = 400
"""Requests whose tokens are counted between two looks at the clock: less than a millisecond."""

LEAST_REASON = 8
"""A shorter beginning of why says nothing."""

PROMPT_CELLS = (16, 60)
"""What was asked is left out where there is less room, and gets no more."""


class StatusFacts(NamedTuple):
    """What the line says. Counts are of the graph and the log; `lag_ms` None when the log is not live.

    `name` is that of the bundle, `prompt` what was asked first, as recorded; `outcome` None while it is not known yet.

    `progress` is the part of the log that has been read, 0 to 1. `held_bytes` are bytes of a line that is not finished.
    `waiting_lines` stand in the log during a pause. `is_unreadable`: the log cannot be read any more, so that the
    counts are what they were. `is_polling`: changes are not reported, the log is looked at all the time.
    `is_reading_again`: the log is read from its start once more, and the counts are those from before.
    `as_of` names the earlier moment that is looked at. `problems` is None while they are not counted yet.
    """

    name: str
    recording: RecordingState
    outcome: Outcome | None = None
    prompt: str = ""
    progress: float = 1.0
    agents: int = 0
    events: int = 0
    seq: int | None = None
    lag_ms: int | None = None
    tokens: Tokens = Tokens()
    problems: int | None = 0
    held_bytes: int = 0
    is_paused: bool = False
    waiting_lines: int = 0
    is_unreadable: bool = False
    is_polling: bool = False
    is_reading_again: bool = False
    as_of: str = ""
    may_hide_problems: bool = False
    """Whether there may be more problems: it could not be read how all things ended."""


def status_line(facts: StatusFacts, width: int, measure: Measure) -> Line:
    """The line at exactly `width` cells: identity at the left, problems at the right, the rest as far as it fits."""
    name = [Span(f" {short_name(facts.name)}", "title"), Span("  ")]
    right = _problem_spans(facts.problems, may_be_more=facts.may_hide_problems)
    left = [*name, *_state_spans(facts, min(REASON_CELLS, width // 3), measure)]
    if _cells(left, measure) + _cells(right, measure) >= width:  # the reason gives way, then the word for the number
        free = width - 1 - _cells([*name, *_state_spans(facts, 0, measure)], measure)
        if free < _cells(right, measure):
            right = _problem_spans(facts.problems, may_be_more=facts.may_hide_problems, is_short=True)
        reason = free - _cells(right, measure) - len(": ")
        left = [*name, *_state_spans(facts, reason if reason >= LEAST_REASON else 0, measure)]
    room = width - _cells(left, measure) - _cells(right, measure) - 1
    evidence = _evidence(facts)
    fitting = [text for text in (evidence, evidence.partition(";")[0]) if measure(text) <= room]
    for text in _fitting([*fitting[:1], *_counts(facts)], room, measure):
        left.append(Span(text))
        room -= measure(text)
    prompt = _prompt(facts.prompt, room, measure)
    left.append(Span(prompt, "dim"))
    left += [Span(text) for text in _fitting(_further_counts(facts), room - measure(prompt), measure)]
    gap = max(1, width - _cells(left, measure) - _cells(right, measure))
    return (*left, Span(" " * gap), *right)


def _fitting(pieces: list[str], room: int, measure: Measure) -> Iterator[str]:
    """The first pieces, as many as the room holds."""
    for piece in pieces:
        room -= measure(piece)
        if room < 0:
            return
        yield piece


def short_name(name: str) -> str:
    """The name of a bundle; of a long one, such as a recorder gives, its two ends: `trace-01a21a5a…7c283703d`."""
    text = clean(name)
    if len(text) <= NAME_CELLS:
        return text
    return f"{text[: NAME_CELLS - _END_OF_NAME - 1]}…{text[-_END_OF_NAME:]}"


def as_of_words(seq: int | None, offset_ms: int | None) -> str:
    """An earlier moment as people read it: `as of 0.512s · seq 171`."""
    after = "" if offset_ms is None else format_moment(offset_ms)
    return " · ".join(["as of " + after] * bool(after) + [f"seq {seq}"] * (seq is not None)) or "as of the start"


def _prompt(prompt: str, room: int, measure: Measure) -> str:
    """What was asked, in as much of the room as it may have."""
    least, most = PROMPT_CELLS
    if not prompt or room < least:
        return ""
    return f"  “{elide(clean(prompt), min(room - 4, most), measure)}”"


def nothing_yet(state: RecordingWord, fault: str | None) -> str:
    """Why there is no row at all, and what happens next."""
    if fault is not None:
        return f"Nothing to show: {clean(fault)}"
    if state == "loading":
        return "Reading the log …"
    if state == "ended":
        return "The recording ended without an agent."
    if state == "cut off":
        return "The recording was cut off before its first event."
    if state == "end unread":
        return "No line of the recording is understood."
    if state == "earlier":
        return "No agent had started by this moment."
    return "Waiting for the first event of the log."


STATE_NAMES: dict[RecordingWord, str] = {
    "loading": "◔ loading",
    "live": "● LIVE",
    "waiting": "◌ WAITING",
    "ended": "■ ENDED",
    "cut off": "⊘ CUT OFF",
    "end unread": "? END NOT READ",
    "earlier": "◷ EARLIER",
}
"""How each state of a recording is written everywhere. That it ended says nothing about its session."""

_STATE_STYLES: dict[RecordingWord, str] = {
    "loading": "glyph.running",
    "live": "chrome.live",
    "waiting": "warning",
    "ended": "dim",
    "cut off": "error",
    "end unread": "warning",
    "earlier": "mark",
}


def _state_spans(facts: StatusFacts, reason_cells: int, measure: Measure) -> list[Span]:
    """The outcome with its reason, cut to a number of cells, and the state of the recording, each with its sign."""
    word = facts.recording.word
    if facts.as_of:
        return [Span(facts.as_of, "warning")]
    if facts.is_paused:
        return [Span("‖ PAUSED", "warning")]
    if facts.is_unreadable:
        return [Span("✗ log unreadable", "error")]
    percent = f" {percent_done(facts.progress)}" if word == "loading" else ""
    name = "◔ reading again" if facts.is_reading_again else STATE_NAMES[word]
    recording = Span(name + percent, _STATE_STYLES[word])
    if facts.outcome is None or word == "loading" or facts.is_reading_again:
        return [recording]
    why = facts.outcome.why if reason_cells else ""
    why = f": {elide(clean(why), reason_cells, measure)}" if why else ""
    outcome = Span(outcome_name(facts.outcome.word) + why, OUTCOME_STYLES[facts.outcome.word])
    return [outcome, Span(" · ", "dim"), recording]


def _evidence(facts: StatusFacts) -> str:
    """What proves the state, and what a pause keeps back; before the counts, if there is room for its first clause."""
    if facts.is_paused:
        return f"  +{counted(facts.waiting_lines, 'new line')} waiting" if facts.waiting_lines else ""
    if facts.is_reading_again:
        return " · what is shown is from before"
    is_telling = facts.recording.word in ("waiting", "cut off", "end unread") and not facts.is_unreadable
    return f" · {clean(facts.recording.evidence)}" if is_telling else ""


def _counts(facts: StatusFacts) -> list[str]:
    """Pieces in the order in which they are given up, last first."""
    pieces = [f"  {counted(facts.agents, 'agent')}"]
    if facts.is_polling:
        pieces.append("  polling")
    if facts.tokens.requests > facts.tokens.open:
        pieces.append(f"  {tokens_cell(facts.tokens.total, facts.tokens)} tok")
    if facts.lag_ms is not None:
        pieces.append(f"  lag {format_duration(facts.lag_ms)}")
    return pieces


def _further_counts(facts: StatusFacts) -> list[str]:
    """The pieces behind what was asked."""
    pieces = [f"  {counted(facts.events, 'event')}"]
    if facts.seq is not None and facts.seq != facts.events:
        pieces.append(f"  seq {facts.seq}")
    if facts.held_bytes and facts.recording.word == "live":
        pieces.append(f"  unfinished line of {format_bytes(facts.held_bytes)}")
    return pieces


def _problem_spans(count: int | None, *, may_be_more: bool, is_short: bool = False) -> list[Span]:
    if count is None:
        return [Span("▲ … " if is_short else "▲ counting problems ", "dim")]
    least = "≥" if may_be_more else ""
    number = f"{count:,}" if is_short else counted(count, "problem")
    return [Span(f"▲ {least}{number} ", "error")] if count else []


def _cells(spans: list[Span], measure: Measure) -> int:
    return sum(measure(span.text) for span in spans)


class TokenMeter:
    """Sum of the tokens of all requests, kept current from deltas. Cached input counts as input."""

    def __init__(self) -> None:
        self.total = Tokens()
        self.is_counting = False
        """Whether `count` was begun and is not over."""
        self._by_call: dict[InferenceCallId, Spent] = {}

    def count(self, trace: RolloutTrace) -> Iterator[None]:
        """Count all requests that a graph has now, in steps; there is no total before the last of them."""
        self.is_counting = True
        calls, spent = trace.inference_calls, dict[InferenceCallId, Spent]()
        ahead = iter([*calls])
        while part := list(islice(ahead, REQUESTS_PER_STEP)):
            if spent:
                yield
            spent.update((name, spent_by(calls[name])) for name in part)
        self._by_call, self.total = spent, tokens_of_all(spent.values())
        self.is_counting = False

    def apply(self, trace: RolloutTrace, delta: TraceDelta) -> None:
        """Count the requests that changed."""
        calls = trace.inference_calls
        if not self._by_call:  # all at once, as when a recording is loaded
            self._by_call = {name: spent_by(calls[name]) for name in delta.inference_calls if name in calls}
            self.total = tokens_of_all(self._by_call.values())
            return
        for call_id in delta.inference_calls:
            before, call = self._by_call.pop(call_id, None), calls.get(call_id)
            if before is not None:
                self.total = self.total.minus(tokens_spent(before))
            if call is not None:
                now = self._by_call[call_id] = spent_by(call)
                self.total = self.total.plus(tokens_spent(now))
