"""Records a finished bundle again, event by event, as if the session ran now."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from tui.bundle.disk.confine import ConfinedDirectory
from tui.bundle.open import Bundle
from tui.bundle.payloads.shards.shards import PayloadShards
from tui.bundle.payloads.store import PayloadStore
from tui.bundle.write.record_copy import RecordCopy
from tui.bundle.write.writer import BundleWriter, unix_ms
from tui.schema.decode import EventLine, decode_line
from tui.schema.events import RawTraceEvent
from tui.schema.parts import PartLists
from tui.schema.payloads import RawPayloadRef

LONGEST_PAUSE_SECONDS = 3.0
"""A longer silence in the recording is cut to this."""

_RECORDED_PATH = re.compile(r"payloads/[0-9]+\.json")
"""The only paths that recorders give to payloads, and so the only ones that are copied."""


class BundleReplay:
    """Writes the events of `source` into the new bundle `directory`, with the pauses between them.

    `speed` 1 keeps the original pace, 0.5 takes twice as long, 0 does not pause at all. Events get the time at which
    they are written, except at speed 0, which copies times as well. The manifest is there once the object exists;
    `run` does the rest and may be called in a thread; `stop` makes it return soon.
    """

    def __init__(
        self,
        source: Bundle,
        directory: Path,
        *,
        speed: float = 1.0,
        wait: Callable[[float], bool] | None = None,
    ) -> None:
        """`wait` sleeps for some seconds and returns whether to stop; for tests."""
        self.path = directory
        self._stopped = threading.Event()
        self._source = source
        self._speed = speed
        self._wait = wait or self._stopped.wait
        self._payloads = PayloadStore(source.path)
        self._copied: set[str] = set()
        manifest = source.manifest
        self._writer = BundleWriter(
            directory,
            root_thread_id=manifest.root_thread_id,
            rollout_id=manifest.rollout_id,
            trace_id=manifest.trace_id,
            schema_version=manifest.schema_version,
            clock=unix_ms if speed else lambda: manifest.started_at_unix_ms,
        )
        self._records = RecordCopy(PayloadShards(ConfinedDirectory(source.path)), self._writer)

    def stop(self) -> None:
        """Ask `run` to return."""
        self._stopped.set()

    def run(self) -> None:
        """Write everything, pauses included."""
        before: int | None = None
        with self._writer:
            for event in _events(self._source):
                if self._pause(before, event.wall_time_unix_ms) or self._stopped.is_set():
                    return
                before = before if event.wall_time_unix_ms is None else event.wall_time_unix_ms
                self._write(event)

    def _pause(self, before: int | None, now: int | None) -> bool:
        """Wait as long as the recording did; return whether to stop."""
        if before is None or now is None or not self._speed or now <= before:
            return False
        return self._wait(min((now - before) / 1000 / self._speed, LONGEST_PAUSE_SECONDS))

    def _write(self, event: RawTraceEvent) -> None:
        refs = event.payload.payload_refs()
        self._records.copy(refs)
        for ref in refs:
            self._copy_file(ref)
        self._writer.append(
            event.payload,
            thread_id=event.thread_id,
            codex_turn_id=event.codex_turn_id,
            at_unix_ms=None if self._speed else event.wall_time_unix_ms,
        )

    def _copy_file(self, ref: RawPayloadRef) -> None:
        """Put a payload file in place before the event that names it; one that cannot be read stays missing."""
        if ref.path is None or ref.path in self._copied or _RECORDED_PATH.fullmatch(ref.path) is None:
            return
        self._copied.add(ref.path)
        body = self._payloads.read_once(ref)
        if isinstance(body, bytes):
            self._writer.write_payload_raw(ref.path, body)


def _events(bundle: Bundle) -> Iterator[RawTraceEvent]:
    """The events of a log that grows no more; lines that hold none are left out."""
    log, parts = bundle.open_log(), PartLists()
    log.look()
    while log.fill():
        while (raw := log.next_line()) is not None:
            line = decode_line(raw.data, raw.number, parts)
            if isinstance(line, EventLine):
                yield line.event
    log.close()
