"""One recording of a folder as it is now: what a glance at it shows, and what reading it showed."""

from __future__ import annotations

from typing import NamedTuple

from tui.analysis.recording.facts import SessionFacts
from tui.analysis.state.outcome_word import OutcomeWord
from tui.analysis.state.recording import RecordingFacts, RecordingState, recording_state
from tui.schema.summary import BundleSummary
from tui.viewmodel.text.clean import clean

MAX_NAME_CELLS = 28

_RECORDER_PREFIX = "trace-"
_RECORDER_NAME = 14
"""Characters kept of a name that a recorder made of two long ids: the first of them is enough."""


class FolderRow(NamedTuple):
    """One recording. `facts` is None until it was read; `problem` says in one line why it could not be."""

    summary: BundleSummary
    state: RecordingState
    facts: SessionFacts | None = None
    problem: str = ""

    @property
    def path(self) -> str:
        """Where it is; what the cursor holds on to."""
        return self.summary.path

    @property
    def is_open(self) -> bool:
        """Whether it is written now, as far as anybody can tell."""
        return self.state.word == "live" or (self.state.word == "waiting" and self.summary.writer == "holds")

    @property
    def outcome(self) -> OutcomeWord | None:
        """How the session came out; None until it was read.

        Since it was read, the recording may have turned out to be over without a new event.
        """
        if self.facts is None:
            return None
        return "unknown" if self.facts.outcome == "running" and self.state.is_over else self.facts.outcome

    @property
    def why(self) -> str:
        """What is behind the outcome: the reason of a failure, or what a running session waits for.

        A recording that was cut off says so first, whatever its session did: these are counted above the rows.
        """
        if self.facts is None:
            return ""
        if self.state.word == "cut off":
            return "; ".join(filter(None, ("cut off", self.facts.why)))
        return self.facts.doing if self.outcome == "running" else self.facts.why

    @property
    def prompt(self) -> str:
        """What was asked first, in one line, cleaned; empty if that is not known."""
        text = self.summary.title or ("" if self.facts is None else self.facts.prompt)
        return clean(" ".join(text.split()))

    @property
    def trouble(self) -> str:
        """What keeps the recording from being read as it should, cleaned; empty if nothing does."""
        return clean(self.summary.problem or self.problem)


def recording_of(summary: BundleSummary, now_unix_ms: int) -> RecordingState:
    """The state of the recording, by a glance at the bundle."""
    newest = summary.newest_at_unix_ms
    return recording_state(
        RecordingFacts(
            is_caught_up=True,
            is_closed=summary.is_closed,
            quiet_ms=None if newest is None else max(0, now_unix_ms - newest),
            writer=summary.writer,
            writer_name=summary.writer_name,
            held_bytes=summary.torn_bytes,
            is_end_unread=summary.is_end_unread,
            fault=summary.problem if summary.log_bytes and newest is None and summary.problem else None,
            has_events=summary.newest_seq is not None,
            is_session_over=summary.is_session_over,
            have_agents_ended=summary.have_agents_ended,
            newest_unix_ms=newest,
            schema_version=summary.schema_version or 2,
        )
    )


def row_of(summary: BundleSummary, now_unix_ms: int, facts: SessionFacts | None = None, problem: str = "") -> FolderRow:
    """A recording as it is now."""
    return FolderRow(summary, recording_of(summary, now_unix_ms), facts, problem)


def short_name(summary: BundleSummary) -> str:
    """The name below the folder, shortened."""
    return shortened(summary.name)


def shortened(name: str) -> str:
    """The name of a recording, cleaned; of the long one that a recorder makes, its beginning."""
    name = clean(name)
    folder, slash, last = name.rpartition("/")
    if last.startswith(_RECORDER_PREFIX) and len(last) > MAX_NAME_CELLS:
        last = f"{last[:_RECORDER_NAME]}…"
    return f"{folder}{slash}{last}"


def row_text(row: FolderRow) -> str:
    """What plain words are compared with: state, outcome, name and prompt, in small letters."""
    outcome = "" if row.outcome is None else f"{row.outcome} {row.why}"
    return f"{row.state.word} {outcome} {row.summary.name} {row.prompt} {row.trouble}".casefold()
