"""Whether a recording lives, waits, has ended or was cut off: a word, and the evidence for it.

No verdict is by time alone (viewer notes §8): a log that does not grow may go on as long as somebody can write it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal

from tui.named_tuple import NamedTuple
from tui.schema.rules import rules_for

RecordingWord = Literal["loading", "live", "waiting", "ended", "cut off", "end unread", "earlier"]
"""`loading`: the log has not been read to its end. `live`: it grew lately. `waiting`: it may go on. `ended`: it says
itself that nothing follows. `cut off`: it has no end, and there is evidence that nobody writes it any more.
`end unread`: nobody writes it any more, and its last line, which may be the end, was not understood. `earlier`: not
the present but an earlier moment is looked at, which says nothing about whether the recording goes on now."""

WriterEvidence = Literal["holds", "gone", "unknown"]
"""Who can write the log: a process has it open for that, no process has, or it cannot be told."""

LIVE_MS = 20_000
"""Milliseconds for which a log counts as live after it grew."""

_SECOND, _MINUTE, _HOUR, _DAY = 1_000, 60_000, 3_600_000, 86_400_000
_FEW_SECONDS = 10
_LAST_MS = 253_402_300_799_000
"""The end of the year 9999: damaged logs may say anything."""


class RecordingState(NamedTuple):
    """The state of a recording; `evidence` is one line, without a full stop, that proves the word."""

    word: RecordingWord
    evidence: str

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come, so that what is open now stays open. False while that is not known."""
        return self.word in ("ended", "cut off", "end unread")


class RecordingFacts(NamedTuple):
    """What is known of a log and its writer.

    `is_caught_up`: everything that is there was read. `is_closed`: the log says that nothing follows. `quiet_ms`:
    milliseconds since it grew, None if it is unknown. `writer` was looked for after the log grew last, else it is
    "unknown". `writer_name`: which process, for people, or why it cannot be told. `held_bytes`: a last line without its
    newline. `is_end_unread`: the last whole line is not an event of a known kind. `awaited`: payloads that events name
    and that are still being written. `fault`: why the log cannot be read at present. `is_session_over`: the session
    ended, which is not the end of its recording. `have_agents_ended`: every agent that started has ended.
    `newest_unix_ms`: when the newest event happened.
    """

    is_caught_up: bool
    is_closed: bool = False
    quiet_ms: int | None = None
    writer: WriterEvidence = "unknown"
    writer_name: str = ""
    held_bytes: int = 0
    is_end_unread: bool = False
    awaited: tuple[str, ...] = ()
    fault: str | None = None
    has_events: bool = True
    is_session_over: bool = False
    have_agents_ended: bool = False
    newest_unix_ms: int | None = None
    schema_version: int = 2


def recording_state(facts: RecordingFacts) -> RecordingState:
    """The word for a recording, and its evidence."""
    return RecordingState(*_verdict(facts))


def _verdict(facts: RecordingFacts) -> tuple[RecordingWord, str]:
    if not facts.is_caught_up:
        return "loading", "the log has not been read to its end yet"
    if facts.is_closed:
        return "ended", _end(facts)
    if facts.fault is not None:
        return "waiting", facts.fault
    if facts.awaited:
        return "waiting", _awaited(facts.awaited)
    is_quiet = facts.quiet_ms is None or facts.quiet_ms >= LIVE_MS
    if _may_end_without_a_word(facts) and (facts.writer == "gone" or (facts.writer == "unknown" and is_quiet)):
        return "ended", _end(facts)
    if facts.writer == "gone" and facts.has_events:
        is_unread = facts.is_end_unread and not facts.held_bytes
        return ("end unread", _end_unread(facts)) if is_unread else ("cut off", _cut_off(facts))
    if not is_quiet:
        return "live", f"the log grew within the last {LIVE_MS // _SECOND} seconds"
    return "waiting", _waiting(facts)


def coarse_age(milliseconds: int) -> str:
    """A duration in one unit, rounded down: `<10s`, `20s`, `3m`, `2h`, `5d`.

    It changes rarely, and so does the screen that shows it.
    """
    if milliseconds < _MINUTE:
        seconds = max(0, milliseconds) // _SECOND // _FEW_SECONDS * _FEW_SECONDS
        return f"{seconds}s" if seconds else f"<{_FEW_SECONDS}s"
    if milliseconds < _HOUR:
        return f"{milliseconds // _MINUTE}m"
    return f"{milliseconds // _HOUR}h" if milliseconds < _DAY else f"{milliseconds // _DAY}d"


def milliseconds_to_next_age(milliseconds: int) -> int:
    """How long `coarse_age` stays as it is."""
    for unit, limit in ((_FEW_SECONDS * _SECOND, _MINUTE), (_MINUTE, _HOUR), (_HOUR, _DAY)):
        if milliseconds < limit:
            return unit - max(0, milliseconds) % unit
    return _DAY - milliseconds % _DAY


def _may_end_without_a_word(facts: RecordingFacts) -> bool:
    """Whether the session and all agents ended in a schema that has recorders without `recording_completed`.

    Schema 1 has no such event; of schema 2, the first two releases write none (schema 1 notes).
    """
    is_over = facts.is_session_over and facts.have_agents_ended and not facts.held_bytes
    return is_over and rules_for(facts.schema_version).may_end_silently


def _end(facts: RecordingFacts) -> str:
    is_told = facts.is_closed and rules_for(facts.schema_version).closing_field is not None
    told = "recording_completed was written" if is_told else "the session and all its agents ended"
    return told if facts.fault is None else f"{told}; {facts.fault}"


def _awaited(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - 1} more are" if len(names) > 1 else " is"
    return f"{names[0]}{more} still being written"


def _cut_off(facts: RecordingFacts) -> str:
    end = "the session ended, its recording did not" if facts.is_session_over else "no end"
    torn = f", the last line is torn after {facts.held_bytes:,} bytes" if facts.held_bytes else ""
    return f"{end}{torn}, {facts.writer_name or 'nobody has the log open'}{_last_event(facts)}"


def _end_unread(facts: RecordingFacts) -> str:
    line = "its last line, which may be the end, is not understood"
    return f"{line}, {facts.writer_name or 'nobody has the log open'}{_last_event(facts)}"


def _last_event(facts: RecordingFacts) -> str:
    """How long ago the last event was; of old ones, on which day."""
    if facts.quiet_ms is None:
        return ""
    if facts.quiet_ms < _DAY or facts.newest_unix_ms is None:
        return f", last event {coarse_age(facts.quiet_ms)} ago"
    day = datetime.fromtimestamp(max(0, min(facts.newest_unix_ms, _LAST_MS)) / 1000, UTC).date()
    return f", last event on {day.isoformat()}"


def _waiting(facts: RecordingFacts) -> str:
    if not facts.has_events:
        what = "no event yet"
    else:
        quiet = facts.quiet_ms is not None and facts.quiet_ms < _DAY
        what = f"quiet {coarse_age(facts.quiet_ms or 0)}" if quiet else f"quiet{_last_event(facts)}"
    torn = f", an unfinished line of {facts.held_bytes:,} bytes" if facts.held_bytes else ""
    return f"{_writer(facts)}, {what}{torn}"


def _writer(facts: RecordingFacts) -> str:
    if facts.writer == "holds":
        return f"{facts.writer_name or 'a process'} holds the log"
    if facts.writer == "gone":
        return "nobody has the log open"
    return facts.writer_name or "it is unknown who writes"
