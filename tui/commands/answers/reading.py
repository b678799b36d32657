"""How much of a recording an answer rests on: a field of every document."""

from __future__ import annotations

import msgspec

from tui.analysis.recording.reading import Reading
from tui.analysis.state.recording import RecordingState


class ReadingAnswer(msgspec.Struct, frozen=True):
    """How much of the log was understood, and in one line what was not; `note` is null where nothing is missing."""

    understood: int
    events: int
    note: str | None


def reading_answer(reading: Reading) -> ReadingAnswer:
    """The answer to how much was read."""
    return ReadingAnswer(reading.understood, reading.events, reading.note)


class RecordingAnswer(msgspec.Struct, frozen=True):
    """Whether a recording goes on, and what says so."""

    state: str
    evidence: str


def recording_answer(recording: RecordingState) -> RecordingAnswer:
    """The answer to how a recording stands."""
    return RecordingAnswer(recording.word, recording.evidence)
