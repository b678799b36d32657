"""What the manifest and the two ends of its log tell about a bundle, without the rest of it being read."""

from __future__ import annotations

from typing import Literal

import msgspec

from tui.schema.manifest import Manifest


class BundleSummary(msgspec.Struct, frozen=True, kw_only=True):
    """One bundle of a folder. Times are milliseconds since the Unix epoch unless the name says otherwise.

    `name` is the path below the folder. `problem` says in one line what keeps the bundle from being read as it should;
    it is empty for a sound one. What could not be found out cheaply, or is not there, is None.
    """

    path: str
    name: str
    manifest: Manifest | None = None
    problem: str = ""
    started_at_unix_ms: int | None = None
    log_bytes: int | None = None
    log_modified_ns: int = 0
    newest_seq: int | None = None
    """The number of the last event: how many there are."""
    newest_at_unix_ms: int | None = None
    torn_bytes: int = 0
    """A last line without its newline."""
    is_end_unread: bool = False
    """The last whole line is not an event of a known kind."""
    is_closed: bool = False
    """The log itself says that nothing follows."""
    is_session_over: bool = False
    have_agents_ended: bool = False
    """Every agent that started has ended; looked up only where the session is over and the log is not closed."""
    writer: Literal["holds", "gone", "unknown"] = "unknown"
    """Whether a process has the log open for writing; asked only while the log is not closed."""
    writer_name: str = ""
    title: str = ""
    """The beginning of what was asked first; untrusted text, not yet cleaned."""

    @property
    def schema_version(self) -> int | None:
        """The generation of the format, by the manifest."""
        return None if self.manifest is None else self.manifest.schema_version
