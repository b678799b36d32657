"""Reads a whole recording once."""

from __future__ import annotations

from collections.abc import Iterator

from tui.source.batch import BatchLimits, TraceBatch
from tui.source.source import Payloads, Source


def read_batches(source: Source, payloads: Payloads, limits: BatchLimits | None = None) -> Iterator[TraceBatch]:
    """Read a recording as it is now, from beginning to end, and stop: for scripts and tests."""
    reader = source.open_reader(payloads, limits)
    try:
        while batch := reader.next():
            yield batch
        while batch := reader.finish():
            yield batch
    finally:
        reader.close()
