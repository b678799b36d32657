"""The words for how a session came out, and one of them with its proof."""

from __future__ import annotations

from typing import Literal

from tui.model.noderef import NodeRef
from tui.named_tuple import NamedTuple

OutcomeWord = Literal["succeeded", "failed", "cancelled", "running", "unknown"]

OUTCOME_WORDS: tuple[OutcomeWord, ...] = ("running", "failed", "cancelled", "unknown", "succeeded")
"""All outcomes, those that ask for a look first."""


class Outcome(NamedTuple):
    """How the session came out. `node` is the object that proves it, None where the recording as a whole does.

    `why`: the reason as recorded, not yet cleaned, empty where none is. `evidence`: by what it is known, one line
    without a full stop.
    """

    word: OutcomeWord
    evidence: str
    why: str = ""
    node: NodeRef | None = None

    @property
    def text(self) -> str:
        """Word and reason in one line: `failed: stream disconnected`."""
        return f"{self.word}: {self.why}" if self.why else self.word
