"""A slice from the choice of its events to the folder that holds it, in steps."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Set
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from tui.bundle.disk.folders import bundle_around
from tui.bundle.open import Bundle
from tui.bundle.payloads.store import PayloadStore
from tui.export.disclosing import disclosure_of
from tui.export.slice.bodies import SliceBodies
from tui.export.slice.choice import SliceChoice, Wanted
from tui.export.slice.masking import Masker
from tui.outbox.slice_writing import SliceWriter
from tui.outbox.whole_file import OutputError
from tui.schema.decode import EventLine, decode_line
from tui.schema.events import RawTraceEvent
from tui.schema.parts import PartLists
from tui.schema.payloads import RawPayloadRef
from tui.store import TraceStore


class SliceJob:
    """One slice. First `choose`, then `look`, `write`, or both."""

    def __init__(
        self, bundle: Bundle, store: TraceStore, wanted: Wanted, *, with_content: bool, kept: Set[str] = frozenset()
    ) -> None:
        """`kept` are secrets that leave as they are."""
        self._payloads = PayloadStore(bundle.path)
        self._bundle = bundle
        self._store = store
        looked_at = SliceBodies(self._payloads, Masker(disclosure_of(store, with_content=with_content, kept=kept)))
        self.choice = SliceChoice(store, _events(bundle), looked_at.whole, wanted)
        self.show = disclosure_of(store, with_content=with_content, kept=kept)
        """What choosing looked at is not counted in it."""
        self.payloads = 0
        """Payloads written."""

    def choose(self) -> Iterator[None]:
        """Choose the events."""
        yield from self.choice.steps()

    def look(self) -> Iterator[None]:
        """Pass all that the slice would hold through the disclosure, and write nothing."""
        masker = Masker(self.show)
        bodies, seen = SliceBodies(self._payloads, masker), set[str]()
        for event in self.choice.events:
            payload: Any = event.payload
            for name in payload.__struct_fields__:
                value = getattr(payload, name)
                if not isinstance(value, RawPayloadRef):
                    masker.value(msgspec.to_builtins(value), name)
            for ref in payload.payload_refs():
                if ref.raw_payload_id not in seen:
                    seen.add(ref.raw_payload_id)
                    bodies.whole(ref)
            yield

    def write(self, output: Path) -> Iterator[None]:
        """Write the slice into a new folder. Raises `OSError`; then, or if nobody goes on, nothing of it is left."""
        masker = Masker(self.show)
        with _nothing_half_written(output):
            writer = SliceWriter(output, self._store.manifest, SliceBodies(self._payloads, masker), masker)
            for _ in writer.steps(self.choice.events):
                self.payloads = writer.payloads
                yield


@contextmanager
def _nothing_half_written(output: Path) -> Iterator[None]:
    """Remove what was written of a slice that was not finished; the folder was empty, or is ours."""
    was_there = output.exists()
    try:
        yield
    except BaseException:
        for path in output.iterdir() if output.is_dir() else ():
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
        if not was_there and output.is_dir():
            output.rmdir()
        raise


def checked_folder(output: Path) -> Path:
    """A folder for a slice: new or empty, and in no bundle. Raises `OutputError`."""
    around = bundle_around(output)
    if around is not None:
        raise OutputError(f"{output}: is inside the bundle {around}, and bundles are never written to")
    if output.exists() and (not output.is_dir() or any(output.iterdir())):
        raise OutputError(f"{output}: already exists; a slice needs a folder of its own")
    return output


def _events(bundle: Bundle) -> list[RawTraceEvent]:
    """The events of the log; lines that hold none are left out."""
    log, parts, events = bundle.open_log(), PartLists(), []
    log.look()
    while log.fill():
        while (raw := log.next_line()) is not None:
            line = decode_line(raw.data, raw.number, parts)
            if isinstance(line, EventLine):
                events.append(line.event)
    log.close()
    return events
