"""`Diagnostic`: one thing that was wrong with a recording, where, and what follows from it."""

from __future__ import annotations

from typing import Literal

from tui.model.recorded import Recorded

Severity = Literal["error", "warning", "note"]
"""`error`: the graph lacks or doubts something. `warning`: odd, the graph is whole. `note`: worth knowing."""


COUNTED_CODES = frozenset(
    {
        "byte-order-mark",
        "context-inferred",
        "field-missing",
        "field-moved",
        "field-renamed",
        "field-retyped",
        "field-unreadable",
        "item-call-unread",
        "item-content-unread",
        "item-renamed",
        "item-wrapped",
        "line-framing",
        "malformed-line",
        "other-rollout",
        "other-schema",
        "reference-without-place",
        "role-inferred",
        "unknown-event",
        "unknown-payload-kind",
        "usage-unreadable",
        "word-unknown",
    }
)
"""What a recorder may do in every line: a finding of these counts all lines that have it."""


class Diagnostic(Recorded, gc=False, kw_only=True):
    """A finding. `code` is stable and short (`call-id-reused`); the rest is for people.

    `line` is the physical line in the event log (from 1), `seq` the event's number, `object_id` the graph object
    concerned, `payload_id` the payload concerned; None where it does not apply. `message` says what was wrong,
    `consequence` what is therefore missing or uncertain. `count` is how often the same was found, this time included:
    it alone may still grow, and the other fields speak of the first time.
    """

    code: str
    severity: Severity
    message: str
    consequence: str = ""
    line: int | None = None
    seq: int | None = None
    object_id: str | None = None
    payload_id: str | None = None
    count: int = 1

    @property
    def text(self) -> str:
        """The message, and how often the same was found if that was more than once."""
        return self.message if self.count == 1 else f"{self.message} ({self.count:,} times, first here)"
