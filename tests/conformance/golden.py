"""Bundles with the reference's graph beside them: those of the project, and those of a folder next to it if any."""

from __future__ import annotations

import os
from pathlib import Path

from tui.bundle.open import open_bundle
from tui.bundle.payloads.store import PayloadStore
from tui.reducer.reducer import TraceReducer
from tui.schema.decode import TraceLine
from tui.schema.manifest import MANIFEST_FILE_NAME
from tui.source.fault import PayloadFault
from tui.source.reading import read_batches

PROJECT = Path(__file__).parent.parent.parent
GOLDEN_FILE_NAME = "state.json"


def bundles() -> list[Path]:
    """Every bundle below `demo_bundles/`, `$RTRACE_GOLDEN_BUNDLES` and `../shared/bundles`, in order of path."""
    folders = [PROJECT / "demo_bundles", PROJECT.parent / "shared" / "bundles"]
    if named := os.environ.get("RTRACE_GOLDEN_BUNDLES"):
        folders.append(Path(named))
    return sorted(path.parent for folder in folders for path in folder.glob(f"**/{MANIFEST_FILE_NAME}"))


def golden_bundles() -> list[Path]:
    """Those that the reference accepts."""
    return [path for path in bundles() if (path / GOLDEN_FILE_NAME).exists()]


def refused_bundles() -> list[Path]:
    """Those that the reference refuses."""
    return [path for path in bundles() if not (path / GOLDEN_FILE_NAME).exists()]


class Replay:
    """One bundle, read whole and replayed line by line."""

    def __init__(self, path: Path) -> None:
        self._bundle = open_bundle(path)
        self._payloads = PayloadStore(path)
        self.reducer = TraceReducer(self._bundle.manifest)
        self.lines: list[TraceLine] = [
            line for batch in read_batches(self._bundle, self._payloads) for line in batch.lines
        ]

    def step(self, line: TraceLine) -> None:
        """Apply one line with just the payloads that the reducer asks for."""
        bodies: dict[str, bytes | PayloadFault] = {
            ref.raw_payload_id: self._payloads.read(ref) for ref in self.reducer.needs(line)
        }
        self.reducer.apply(line, bodies)

    def run(self) -> TraceReducer:
        """Apply everything."""
        for line in self.lines:
            self.step(line)
        return self.reducer


def name_of(path: Path) -> str:
    """A short name for a test's parameter."""
    return "/".join(path.parts[-2:])
