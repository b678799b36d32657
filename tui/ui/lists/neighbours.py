"""The other recordings to compare with: those of the same folder first, then those of the folders beside it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

from tui.analysis.state.outcome_word import OutcomeWord
from tui.bundle.catalog.finder import Catalog
from tui.bundle.disk.folders import cache_path
from tui.fleet.remembered import FolderMemory, stamp_of
from tui.schema.summary import BundleSummary
from tui.ui.clock_time import minute_of
from tui.ui.lists.list_screen import ListTools
from tui.ui.lists.picker import PickerScreen
from tui.viewmodel.folder.row import row_of
from tui.viewmodel.lists.neighbours import neighbour_entries

SHOW_AFTER = 25
"""Bundles that are found before the list is made again."""


class NeighboursScreen(PickerScreen):
    """Ends with the path of a bundle, or None."""

    HINTS = (("activate", "compares"), ("search_here", "narrows"), ("cancel", "closes"))

    def __init__(self, path: str, tools: ListTools) -> None:
        """`path` is the bundle that is open."""
        title = "Compare with"
        super().__init__(title, [], tools, empty="looking for recordings …", opened_by="compare_recordings")
        self._path = Path(path).absolute()
        self._memories = [FolderMemory(str(folder), cache_path()) for folder in self._folders()]
        self._catalogs = [
            Catalog(folder, memory.summary) for folder, memory in zip(self._folders(), self._memories, strict=True)
        ]
        self._outcomes: dict[str, OutcomeWord] = {}
        """How sessions came out, as far as somebody has read them before."""
        self._found: dict[str, BundleSummary] = {}
        self._looking: asyncio.Task[None] | None = None

    def _folders(self) -> Iterator[Path]:
        """The folder of the bundle, and the one around it unless that is the root or somebody's home."""
        yield self._path.parent
        around = self._path.parent.parent
        if around not in (self._path.parent, Path.home(), Path(self._path.anchor)):
            yield around

    def opened(self) -> None:
        """Begin to look."""
        super().opened()
        self._looking = asyncio.create_task(self._look())

    async def on_unmount(self) -> None:  # type: ignore[override]  # Textual waits for it
        """Look no further."""
        super().on_unmount()
        for catalog in self._catalogs:
            catalog.is_stopped = True
        if self._looking is not None:
            await asyncio.gather(self._looking, return_exceptions=True)

    async def _look(self) -> None:
        loop = asyncio.get_running_loop()
        for catalog, memory in zip(self._catalogs, self._memories, strict=True):
            await asyncio.to_thread(self._look_in, catalog, memory, loop)
            if self.is_over:
                return
            self._show()
        self._empty = "there is no other recording nearby"
        self.refresh_entries()

    def _look_in(self, catalog: Catalog, memory: FolderMemory, loop: asyncio.AbstractEventLoop) -> None:
        """In a thread: see what there is, and say so now and then."""
        told = 0
        memory.open()
        for change in catalog.look():
            if self.is_over:
                break
            self._found.update((one.path, one) for one in change.changed)
            self._note_outcomes(memory)
            if len(self._found) >= told + SHOW_AFTER:
                told = len(self._found)
                loop.call_soon_threadsafe(self._show)

        memory.close()

    def _note_outcomes(self, memory: FolderMemory) -> None:
        """What is known of recordings whose log is still as it was when they were read."""
        for path, (stamp, facts) in memory.take_facts().items():
            summary = self._found.get(path)
            outcome = None if summary is None else row_of(summary, 0, facts).outcome
            if summary is not None and outcome is not None and stamp == stamp_of(summary):
                self._outcomes[path] = outcome

    def _show(self) -> None:
        if not self.is_over:
            found, outcomes = list(self._found.values()), dict(self._outcomes)
            self.replace_entries(neighbour_entries(found, str(self._path), minute_of, outcomes))
