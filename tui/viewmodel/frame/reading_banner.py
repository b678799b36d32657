"""The line below the status line that says what of the recording could not be read."""

from __future__ import annotations

from tui.analysis.recording.reading import Reading
from tui.viewmodel.text.clean import clean
from tui.viewmodel.text.spans import Line, Span


def reading_banner(reading: Reading) -> Line | None:
    """The line; None while nothing that matters is missing. Single findings are in the list of problems."""
    if not reading.is_much or reading.note is None:
        return None
    return (Span(" △ ", "warning"), Span(clean(reading.note), "warning"), Span(" · ! lists it", "dim"))
