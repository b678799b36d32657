"""What happens on the screen when the graph gives way to another one: the views are built anew."""

from __future__ import annotations

from tui.bundle.batch import RestartReason
from tui.ui.screens.walk import WalkCommands
from tui.viewmodel.timeline import TimelineModel

REMARKS: dict[RestartReason | None, str] = {
    "corrected": "a payload came late: the bundle was read again, and the graph is corrected",
    "other manifest": "manifest.json was rewritten: the bundle was read again by what it says now",
    "cut short": "the log was rewritten: this is what stands in it now",
    "replaced": "the log was replaced: this is what stands in it now",
}
"""What is said when the same recording was read again; a manifest that only came late is not worth a word."""


class RebuildViews(WalkCommands):
    """The same recording read again keeps the place, the folding, the marks and the ways back; another one does not.

    Ids stay the same however often a log is read, so what was remembered by them stays valid.
    """

    def begin_again(self) -> None:
        """The graph is another one now."""
        if self.store.is_same_recording:
            self._keep_place()
            self.say(REMARKS.get(self.store.restart_reason, ""))
        else:
            self._forget_places()
            self.say("another recording stands in the bundle now", "warning")

    def _keep_place(self) -> None:
        place, was_following, filter_text = self.here(), self.timeline.is_following, self.timeline.filter_text
        self.timeline.show_model(self._new_model())
        if filter_text:
            self.timeline.set_filter(filter_text)
        self.conversation.begin_again()
        self._return_to(place, "")
        if was_following:
            self.timeline.follow()

    def _forget_places(self) -> None:
        self.history.clear()
        self.marks.clear()
        self.timeline.show_model(self._new_model())
        self.conversation.begin_again()
        self.inspector.show(None)

    def _new_model(self) -> TimelineModel:
        return TimelineModel(self.store.trace, self.store.index, self.store.diagnostics)
