"""Commands that hide what does not match a filter."""

from __future__ import annotations

from tui.ui.screens.walk import WalkCommands


class FilterCommands(WalkCommands):
    """`f` shows only the rows of the timeline that match, and what they hang below; Esc takes the filter away."""

    def action_filter_rows(self) -> None:
        """Show only the rows of the timeline that match, and what they hang below."""
        before = self.timeline.filter_text

        def changed(text: str) -> str:
            self.filter_rows(text)
            return f"{self.timeline.row_count():,} rows" if text else ""

        def done(text: str | None) -> None:
            self.filter_rows(before if text is None else text)

        self.ask("filter", before, changed, done)

    def filter_rows(self, text: str) -> None:
        """Let the timeline show only rows with `text`; all rows if it is empty."""
        self.timeline.set_filter(text)
        if text:
            self.modes.enter("filter")
        else:
            self.modes.leave("filter")

    def filter_words(self) -> str:
        """The filter, for the footer."""
        return f"filter {self.timeline.filter_text}"
