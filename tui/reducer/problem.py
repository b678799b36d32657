"""`Problem`: how a reduction step says that an event does not fit the graph."""

from __future__ import annotations


class Problem(Exception):  # noqa: N818 - it never leaves the reducer, which turns it into a Diagnostic
    """Something in the recording that the step could not use. `code` is stable, the texts are for people."""

    def __init__(self, code: str, message: str, consequence: str, object_id: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.consequence = consequence
        self.object_id = object_id
