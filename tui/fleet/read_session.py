"""Reads a whole recording and sums it up: facts for a line in a list, texts to find it by."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from tui.analysis.problems.bundle_trouble import BundleTrouble
from tui.analysis.recording.facts import SessionFacts
from tui.analysis.recording.session_facts import session_facts
from tui.analysis.recording.session_texts import SessionText, session_texts
from tui.inputs import open_source
from tui.store import TraceStore

SLICE_SECONDS = 0.03
"""How long a step of reading takes."""


class ReadSession(NamedTuple):
    """What was read of a recording."""

    facts: SessionFacts
    texts: tuple[SessionText, ...]


class SessionReader:
    """Reads one recording, and on when it has grown. Raises `OpeningError` where there is none."""

    def __init__(self, path: str) -> None:
        self.store = TraceStore(open_source(path))
        self._reader = self.store.source.open_reader(self.store.payloads)

    def steps(self) -> Iterator[None]:
        """Read what is there and was not read yet; between two steps the caller may do other things."""
        while batch := self._reader.next():
            self.store.enqueue(batch)
            yield from self._reduce()
        while batch := self._reader.finish():
            self.store.enqueue(batch)
            yield from self._reduce()
        if not self._reader.complete:
            import time

            self.store.note_writer(self.store.source.writer(), time.time_ns())

    def _reduce(self) -> Iterator[None]:
        while self.store.has_pending:
            self.store.advance(SLICE_SECONDS)
            yield

    def result(self) -> ReadSession:
        """Sum up what was read."""
        store = self.store
        trouble = BundleTrouble(store.manifest, store.faults, store.fault, store.torn_tail, store.source.log_name)
        is_partial = store.reading.is_partial
        facts = session_facts(
            store.trace, store.index, store.recording, store.diagnostics, trouble, is_partial=is_partial
        )
        return ReadSession(facts, tuple(session_texts(store.trace)))

    def close(self) -> None:
        """Let go of the log."""
        self._reader.close()


def read_session(path: str) -> ReadSession:
    """Read the recording at `path` whole. Raises `OpeningError` where there is none."""
    reader = SessionReader(path)
    try:
        for _ in reader.steps():
            pass
        return reader.result()
    finally:
        reader.close()
