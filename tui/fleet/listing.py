"""The recordings of a folder for a command that ends: what is known of them at once, and the rest read when wanted."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from pathlib import Path

from tui.analysis.recording.facts import SessionFacts
from tui.bundle.catalog.finder import Catalog
from tui.fleet.database import IndexUnavailableError
from tui.fleet.index import FleetIndex, IndexEntry, Known
from tui.fleet.remembered import FolderMemory, stamp_of
from tui.schema.summary import BundleSummary

COMMIT_SECONDS = 1.0
"""How often what was read is written to the index."""


class FolderListing:
    """What is in a folder now. `facts` and `problems` are by path; what is in neither has not been read."""

    def __init__(self, root: str, index_folder: Path | None) -> None:
        """Look at the folder. Nothing is read that the index knows, and what is read of a bundle is kept there."""
        self._memory = FolderMemory(root, index_folder)
        self._memory.open()
        self.catalog = Catalog(root, self._memory.summary)
        for _ in self.catalog.look():
            pass
        known = self._memory.take_facts()
        self._memory.keep_glances(self.catalog.bundles.values())
        self._memory.close()
        self.facts: dict[str, SessionFacts] = {}
        self.problems: dict[str, str] = {}
        for path, (stamp, facts) in known.items():
            summary = self.catalog.bundles.get(path)
            if summary is not None and stamp == stamp_of(summary):
                self.facts[path] = facts

    @property
    def unread(self) -> list[BundleSummary]:
        """Recordings with a log of which it is not known what they came to."""
        return [
            summary
            for path, summary in self.catalog.bundles.items()
            if path not in self.facts and path not in self.problems and summary.log_bytes is not None
        ]

    def read(self, summaries: Iterable[BundleSummary], on_progress: Callable[[int], None]) -> None:
        """Read recordings whole, and keep in the index what they came to; `on_progress` gets how many are done."""
        index = self._index()
        entries: list[IndexEntry] = []
        written_at = time.monotonic()
        try:
            for number, summary in enumerate(summaries, 1):
                self._read_one(summary, entries)
                on_progress(number)
                if time.monotonic() - written_at > COMMIT_SECONDS and index is not None:
                    index.put(entries)
                    entries.clear()
                    written_at = time.monotonic()
        finally:
            if index is not None:
                index.put(entries)
                index.close()

    def _index(self) -> FleetIndex | None:
        try:
            return None if self._memory.folder is None else FleetIndex(self._memory.folder)
        except IndexUnavailableError:
            return None

    def _read_one(self, summary: BundleSummary, entries: list[IndexEntry]) -> None:
        from tui.fleet.read_session import read_session
        from tui.source.opening import OpeningError  # what reading takes is loaded with the first one

        path = summary.path
        try:
            found = read_session(path)
        except (OpeningError, OSError) as error:
            self.problems[path] = str(error)
            return
        self.facts[path] = found.facts
        known = Known(summary, found.facts)
        entries.append(IndexEntry(self._memory.real_path(path), known, found.texts))
