"""What happens on the screen when the graph gives way to another one: the views are built again."""

from __future__ import annotations

from tui.source.batch import RestartReason
from tui.store import TraceStore
from tui.ui.footer import Footer
from tui.ui.panes import Panes
from tui.ui.travel import Travel

REMARKS: dict[RestartReason | None, str] = {
    "changed": "the bundle changed: it was read again, and this is what it holds now",
    "corrected": "a payload came late: the bundle was read again, and the graph is corrected",
    "other manifest": "manifest.json was rewritten: the bundle was read again by what it says now",
    "cut short": "the log was rewritten: this is what it holds now",
    "replaced": "the log was replaced: this is what it holds now",
}
"""What is said when the same recording was read again; a manifest that only came late is not worth a word, and
neither is a reading from the cache."""


class Rebuild:
    """The same recording read again keeps the place, the folding, the marks and the ways back; another one does not.

    Ids stay the same however often a log is read, so what was remembered by them stays valid.
    """

    def __init__(self, store: TraceStore, panes: Panes, travel: Travel, footer: Footer) -> None:
        self._store = store
        self._panes = panes
        self._travel = travel
        self._footer = footer
        self._trace = store.trace

    def is_due(self) -> bool:
        """Whether the graph is another one than the last time this was asked."""
        before, self._trace = self._trace, self._store.trace
        return before is not self._trace

    def note_shown(self) -> None:
        """The views show the graph as it is now."""
        self._trace = self._store.trace

    def begin_again(self) -> None:
        """Build the views of the graph as it is now."""
        if self._store.is_same_recording:
            self._keep_place()
            remark = REMARKS.get(self._store.restart_reason)
            if remark is not None:
                self._footer.say(remark)
        else:
            self._forget_places()
            self._footer.say("the bundle now holds another recording", "warning")

    def _keep_place(self) -> None:
        timeline = self._panes.timeline
        place, was_following, filter_text = self._travel.here(), timeline.is_following, timeline.filter_text
        timeline.show_model(self._panes.new_model())
        if filter_text:
            timeline.set_filter(filter_text)
        self._panes.conversations.begin_again()
        self._travel.return_to(place)
        if was_following:
            timeline.follow()

    def _forget_places(self) -> None:
        self._travel.forget()
        self._panes.timeline.show_model(self._panes.new_model())
        self._panes.conversations.begin_again()
        self._panes.inspector.show(None)
