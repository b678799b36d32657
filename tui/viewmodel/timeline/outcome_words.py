"""The outcome of the session as it is written everywhere: a sign, the word, and why.

✗ failed: stream disconnected before completion
"""

from __future__ import annotations

from tui.analysis.state.outcome_word import Outcome, OutcomeWord
from tui.viewmodel.text.clean import clean
from tui.viewmodel.timeline.row import Status

OUTCOME_STATUS: dict[OutcomeWord, Status] = {
    "succeeded": "ok",
    "failed": "failed",
    "cancelled": "cancelled",
    "running": "running",
    "unknown": "unknown",
}
"""The status whose sign and style an outcome has."""

OUTCOME_SIGNS: dict[OutcomeWord, str] = {
    "succeeded": "✓",
    "failed": "✗",
    "cancelled": "⊘",
    "running": "●",
    "unknown": "?",
}

OUTCOME_STYLES: dict[OutcomeWord, str] = {
    "succeeded": "glyph.ok",
    "failed": "glyph.failed",
    "cancelled": "glyph.cancelled",
    "running": "glyph.running",
    "unknown": "warning",
}


def outcome_name(word: OutcomeWord) -> str:
    """Sign and word: `✗ failed`."""
    return f"{OUTCOME_SIGNS[word]} {word}"


def outcome_sentence(outcome: Outcome) -> str:
    """Word, reason and evidence in one harmless line: `failed: stream disconnected (its last request failed)`."""
    return clean(f"{outcome.text} ({outcome.evidence})")
