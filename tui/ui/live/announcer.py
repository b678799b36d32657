"""Says in the footer, once, what happens to the recording and to its files."""

from __future__ import annotations

from tui.analysis.state.recording import RecordingWord
from tui.schema.damage import Damage
from tui.store import TraceStore
from tui.ui.footer import Footer
from tui.viewmodel.frame.notice import notice_text
from tui.viewmodel.frame.status import STATE_NAMES
from tui.viewmodel.text.clean import clean

NOTICE_LIMIT = 64 << 10
"""Bytes of a session message that are read for the footer."""

LOSSES = (
    "payloads-removed",
    "manifest-changed",
    "manifest-removed",
)
"""Faults of a bundle that are said when they happen; the last of these wins where there is room for one."""


class Announcer:
    """Says what is new since it looked the last time; what was so when the recording was opened is not news."""

    def __init__(self, store: TraceStore, footer: Footer) -> None:
        self._store = store
        self._footer = footer
        self._is_opened = False
        self._told_notices = 0
        self._told: dict[str, str | None] = {}
        self._told_word: RecordingWord = "loading"

    def note_opened(self) -> None:
        """The recording was read as far as it went: what comes now is news."""
        self._is_opened = True

    def begin_again(self) -> None:
        """The recording was read again: its warnings are known."""
        self._told_notices = len(self._store.event_log.notices)

    def tell(self) -> None:
        """Say what is new; nothing while an earlier moment is looked at."""
        if self._store.is_as_of_earlier:
            return
        self._tell_notices()
        self.tell_state()
        self._tell_trouble()

    def _tell_notices(self) -> None:
        """Say the newest warning or error of the session, once it arrives; those of the past stand in the log."""
        notices = self._store.event_log.notices
        is_new, self._told_notices = len(notices) > self._told_notices, len(notices)
        if is_new and self._is_opened and notices[-1].event_type != "shutdown_complete":
            body = self._store.payloads.read(notices[-1].payload, NOTICE_LIMIT)
            text = notice_text(body) if isinstance(body, bytes) else ""
            self._footer.say(f"{notices[-1].event_type} of the session: {text or notices[-1].payload.label}", "warning")

    def tell_state(self) -> None:
        """Say it when the recording turns from one state to another, with the evidence."""
        if self._store.is_as_of_earlier:
            return
        word, evidence = self._store.recording
        before, self._told_word = self._told_word, word
        if self._is_opened and before != word and "loading" not in (before, word):
            style = "warning" if word in ("waiting", "cut off", "end unread") else ""
            self._footer.say(f"{STATE_NAMES[word]} · {clean(evidence)}", style)

    def _tell_trouble(self) -> None:
        """Say once what keeps the log from being read or watched; the status line keeps saying so."""
        store = self._store
        for topic, text in (
            ("polling", store.polling),
            ("aside", store.aside),
            ("fault", store.fault),
            *self._losses(),
        ):
            if text is not None and text != self._told.get(topic):
                self._footer.say(clean(text), "error" if topic == "fault" else "warning")
            self._told[topic] = text

    def _losses(self) -> list[tuple[str, str | None]]:
        """What was lost while somebody looked; what was wrong from the beginning is a problem like others."""
        found: dict[str, list[Damage]] = {code: [] for code in LOSSES}
        for fault in self._store.faults:
            if fault.code in found:
                found[fault.code].append(fault)
        return [(code, _told_at_once(faults)) for code, faults in found.items()]


def _told_at_once(faults: list[Damage]) -> str | None:
    """Faults of one kind in one line."""
    if len(faults) < 2:
        return str(faults[0]) if faults else None
    return f"{faults[0].message}, and {len(faults) - 1:,} more; {faults[0].consequence}"
