"""Whose recording a bundle is when its manifest does not say: what the first events of the log tell."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tui.bundle.disk.confine import read_inside
from tui.bundle.disk.packed import unpacked
from tui.bundle.disk.stream import StreamDamageError
from tui.bundle.log.framing import first_lines
from tui.schema.decode import EventLine
from tui.schema.events import RawTraceEvent, RolloutStarted
from tui.schema.manifest import Manifest
from tui.schema.rules import SUPPORTED_SCHEMA_VERSIONS
from tui.source.lines import decode_raw_line

UNKNOWN = "unknown"
"""Represents an id that is not known yet."""

_LOOKED_AT_BYTES = 1 << 20
"""How much of the log is read for its first events."""

_LOOKED_AT_EVENTS = 32
"""The start of the rollout is looked for among this many events; in every sound log it is the first."""


def inferred_manifest(log: Path) -> Manifest | None:
    """What a manifest would say, taken from the first events of the log; None if no line of its beginning is an event.

    Raises `OSError` if the log cannot be read.
    """
    first: RawTraceEvent | None = None
    for event in _first_events(_text_of(read_inside(log, _LOOKED_AT_BYTES))):
        first = first or event
        if isinstance(event.payload, RolloutStarted):
            return _manifest(first, event.payload.trace_id, event.payload.root_thread_id)
    # The rollout and its root thread have the same id in every recording (bundle format §2.1).
    return None if first is None else _manifest(first, UNKNOWN, first.rollout_id or UNKNOWN)


def nameless_manifest() -> Manifest:
    """What takes the place of a manifest while it is unknown whose recording it is."""
    return Manifest(
        schema_version=max(SUPPORTED_SCHEMA_VERSIONS),
        trace_id=UNKNOWN,
        rollout_id=UNKNOWN,
        root_thread_id=UNKNOWN,
        started_at_unix_ms=0,
    )


def is_nameless(manifest: Manifest) -> bool:
    """Whether the manifest replaces one that is not known."""
    return manifest.trace_id == manifest.rollout_id == manifest.root_thread_id == UNKNOWN


def _text_of(data: bytes) -> bytes:
    """The beginning of a log, unpacked if it is packed."""
    try:
        return unpacked(data, _LOOKED_AT_BYTES)
    except StreamDamageError:
        return b""


def _first_events(data: bytes) -> Iterator[RawTraceEvent]:
    found = 0
    for raw in first_lines(data):
        line = decode_raw_line(raw)
        if isinstance(line, EventLine):
            yield line.event
            found += 1
            if found == _LOOKED_AT_EVENTS:
                return


def _manifest(first: RawTraceEvent, trace_id: str, root_thread_id: str) -> Manifest:
    return Manifest(
        schema_version=max(SUPPORTED_SCHEMA_VERSIONS) if first.schema_version is None else first.schema_version,
        trace_id=trace_id,
        rollout_id=first.rollout_id or UNKNOWN,
        root_thread_id=root_thread_id,
        started_at_unix_ms=first.wall_time_unix_ms or 0,
    )
