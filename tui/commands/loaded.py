"""A whole recording in memory, for commands that ask one question and end."""

from __future__ import annotations

import time

from tui.commands.garbage import without_garbage_collection
from tui.commands.moment import moment_in, remark_on_later
from tui.inputs import open_source
from tui.source.source import Source
from tui.store import TraceStore


def loaded_store(path: str, at: str | None = None) -> TraceStore:
    """Read and reduce the recording at `path` as it is now, or as it was at the moment `at`.

    Raises `OpeningError` if it cannot be opened, and `MomentError` for what names no moment.
    """
    return load(open_source(path), at)


def load(source: Source, at: str | None = None) -> TraceStore:
    """Read and reduce a recording as it is now, or as it was at a moment."""
    until = None if at is None else moment_in(source, at)
    store = TraceStore(source)
    with without_garbage_collection():
        store.load_all(until)
    if until is not None and not store.is_as_of_earlier:
        remark_on_later(until, str(at), store.event_log.newest_seq, store.event_log.newest_time_unix_ms)
    return store


def let_time_pass(store: TraceStore) -> None:
    """What is open in a recording that may go on lasts until now; as of an earlier moment, until then."""
    if store.recording.word in ("live", "waiting") and not store.is_as_of_earlier:
        store.index.tick(int(time.time() * 1000))
