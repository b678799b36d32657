"""What is known of the recordings of one folder: from the index at first, then from those who read them."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from tui.analysis.recording.facts import SessionFacts
from tui.fleet.database import IndexUnavailableError
from tui.fleet.index import FleetIndex, KnownRow
from tui.schema.summary import BundleSummary


class Stamp(NamedTuple):
    """The state of a log of which something is known."""

    log_bytes: int | None
    log_modified_ns: int
    newest_seq: int | None


def stamp_of(summary: BundleSummary) -> Stamp:
    """The state of the log when it was looked at."""
    return Stamp(summary.log_bytes, summary.log_modified_ns, summary.newest_seq)


KnownFacts = dict[str, tuple[Stamp, SessionFacts]]
"""Path → of which state of the log something is known, and what it came to."""


class FolderMemory:
    """The index, asked by paths as the catalog of `root` writes them. One thread at a time asks."""

    def __init__(self, root: str, folder: Path | None) -> None:
        """`folder` is that of the index; without one, nothing is known."""
        self.trouble = ""
        """Why there is no index, in one line."""
        self.stamps: dict[str, Stamp] = {}
        """Path → of which state of the log a summary was given."""
        self._facts: KnownFacts = {}
        self.folder = folder
        self._root = root
        self._real_root = os.path.realpath(root)
        self._index: FleetIndex | None = None
        self._rows: dict[str, KnownRow] = {}

    def open(self) -> None:
        """Begin to ask."""
        if self.folder is None or self._index is not None:
            return
        try:
            self._index = FleetIndex(self.folder)
            self._rows = self._index.rows(self._real_root)
        except IndexUnavailableError as error:
            self.trouble = str(error)

    def close(self) -> None:
        """Ask no more."""
        index, self._index, self._rows = self._index, None, {}
        if index is not None:
            index.close()

    def real_path(self, path: str) -> str:
        """The absolute path by which the index knows a recording of this folder."""
        return self._real_root + path[len(self._root.rstrip("/")) :]

    def path_of(self, real_path: str) -> str:
        """The path as the catalog writes it."""
        return self._root.rstrip("/") + real_path[len(self._real_root) :]

    def path_of_reply(self, path: bytes) -> str:
        """The path as the catalog writes it, of one that the worker gave back."""
        return self.path_of(os.fsdecode(path))

    def summary(self, path: str) -> BundleSummary | None:
        """What a recording said when it was read; what it came to waits for `take_facts`."""
        row = self._rows.pop(self.real_path(path), None)
        known = None if row is None else row.known()
        if known is None:
            return None
        stamp = self.stamps[path] = stamp_of(known.summary)
        if known.facts is not None:
            self._facts[path] = (stamp, known.facts)
        return known.summary

    def take_facts(self) -> KnownFacts:
        """What recordings that were asked for since the last call came to, and in which state of their log."""
        facts, self._facts = self._facts, {}
        return facts

    def keep_glances(self, summaries: Iterable[BundleSummary]) -> None:
        """Remember what a look showed of recordings that were not known in this state."""
        new = [one for one in summaries if one.log_bytes is not None and self.stamps.get(one.path) != stamp_of(one)]
        if self._index is not None and new:
            self._index.put_glances((self.real_path(one.path), one) for one in new)

    def forget_all_but(self, there: set[str]) -> None:
        """Drop what is known of recordings that are not in the folder any more."""
        if self._index is not None:
            gone = {self.path_of(path) for path in self._index.paths(self._real_root)} - there
            if gone:
                self._index.forget(map(self.real_path, gone))
