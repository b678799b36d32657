"""Keeps the rows of a folder current: looks at it, has recordings read, and reports to the screen that shows them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from tui.analysis.recording.facts import SessionFacts
from tui.bundle.catalog.finder import Catalog, CatalogChange
from tui.bundle.disk.folders import cache_path
from tui.bundle.watch import WakeUp, watch_directory
from tui.fleet.protocol import Reply
from tui.fleet.remembered import FolderMemory, KnownFacts
from tui.ui.folder.reading import FolderReading
from tui.ui.time_share import TimeShare
from tui.viewmodel.folder.board import FolderBoard

TICK_SECONDS = 1.0
"""How often the folder is looked at although nothing was reported."""

MERGE_SECONDS = 0.1
"""How long bundles that are found are collected before they are shown."""

MERGE_PARTS = 5
"""Showing them may take at most one part in this many of the time."""

LOOK_PART = 50
"""So may looking at the folder, however many bundles are in it."""

LONGEST_REST = 2.0
"""Seconds that a folder is left alone after it was looked at, however slow that was."""


class FolderWatch:
    """Owns the catalog of a folder and what is remembered of it. For the event loop."""

    def __init__(self, board: FolderBoard, on_change: Callable[[], None]) -> None:
        """`on_change` is called when the board has other rows, and once a second while it is looked at."""
        self.memory = FolderMemory(board.root, cache_path())
        self.catalog = Catalog(board.root, self.memory.summary)
        self.is_looking = True
        """Whether the folder has not been looked through yet."""
        self._board = board
        self._on_change = on_change
        self._reading = FolderReading(self.memory, self._from_worker, self._worker_ended)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._watching: asyncio.Task[None] | None = None
        self._shown = asyncio.Event()
        self._changes: list[tuple[CatalogChange, KnownFacts]] = []
        self._replies: list[Reply] = []
        self._in_view: list[str] = []
        self._merge_timer: asyncio.TimerHandle | None = None
        self._merge_share = TimeShare(MERGE_PARTS)

    @property
    def fault(self) -> str | None:
        """Why the folder cannot be listed."""
        return self.catalog.fault

    @property
    def trouble(self) -> str | None:
        """What is wrong with the folder, or with what is kept of it, in one line."""
        return self.catalog.fault or self._reading.trouble or self.memory.trouble or None

    @property
    def is_bundle(self) -> bool:
        """Whether the folder is a recording itself."""
        return self.catalog.root in self.catalog.bundles

    def start(self) -> None:
        """Begin to look."""
        self._loop = asyncio.get_running_loop()
        self._shown.set()
        self._watching = asyncio.create_task(self._watch())

    def rest(self) -> None:
        """Nobody looks: leave the folder alone, and read nothing more."""
        self._shown.clear()

    def go_on(self) -> None:
        """Somebody looks again."""
        self._shown.set()

    async def stop(self) -> None:
        """Look and read no more."""
        self.catalog.is_stopped = True
        self._reading.close()
        if self._merge_timer is not None:
            self._merge_timer.cancel()
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)
        self.memory.close()

    def read_in_view(self, paths: list[str]) -> None:
        """Have recordings read, those on the screen first."""
        self._in_view = paths
        if self._shown.is_set():
            self._reading.go_on(paths)

    async def _watch(self) -> None:
        """Look, wait for news or the next tick, look again; not while a bundle lies over the list."""
        waker = WakeUp(Path(self._board.root), watch_directory, tick_seconds=TICK_SECONDS, poll_seconds=TICK_SECONDS)
        try:
            while True:
                await self._shown.wait()
                started = time.monotonic()
                await asyncio.to_thread(self._look)
                self._looked()
                await asyncio.sleep(min(LONGEST_REST, (time.monotonic() - started) * LOOK_PART))
                await waker.start()
                await waker.wait()
        finally:
            await waker.stop()

    def _look(self) -> None:
        """In a thread: see what there is, and what is known of it."""
        self.memory.open()
        for change in self.catalog.look():
            self._tell(self._arrived, change, self.memory.take_facts())
        if self.is_looking and self.catalog.is_whole:
            self.memory.forget_all_but(set(self.catalog.bundles))

    def _tell(self, call: Callable[..., None], *arguments: object) -> None:
        """From a thread to the loop; once that has ended, nobody needs it any more."""
        if self._loop is not None:
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(call, *arguments)

    def _from_worker(self, reply: Reply) -> None:
        self._tell(self._read, reply)

    def _worker_ended(self) -> None:
        self._tell(self._reading.ask_again)

    def _arrived(self, change: CatalogChange, known: KnownFacts) -> None:
        self._changes.append((change, known))
        if self._board.count:
            self._merge_soon()
        else:
            self._merge()  # the first screen

    def _read(self, reply: Reply) -> None:
        self._reading.take(reply)
        self._replies.append(reply)
        if self._shown.is_set():
            self._reading.go_on(self._in_view)
        self._merge_soon()

    def _merge_soon(self) -> None:
        if self._merge_timer is None and self._loop is not None and not self.catalog.is_stopped:
            self._merge_timer = self._loop.call_later(max(MERGE_SECONDS, self._merge_share.rest_seconds), self._merge)

    def _looked(self) -> None:
        self.is_looking = False
        if self._changes or self._replies:
            self._merge()
        else:
            self._board.tick(_now())
            self._on_change()

    def _merge(self) -> None:
        if self._merge_timer is not None:
            self._merge_timer.cancel()
            self._merge_timer = None
        self._merge_share.begin()
        changes, self._changes = self._changes, []
        replies, self._replies = self._replies, []
        changed = [summary for change, _ in changes for summary in change.changed]
        gone = [path for change, _ in changes for path in change.gone]
        known = {path: found for _, facts in changes for path, found in facts.items()}
        read: list[tuple[str, SessionFacts | None, str]] = [(path, facts, "") for path, (_, facts) in known.items()]
        read += [(self.memory.path_of_reply(reply.path), reply.facts, reply.problem) for reply in replies]
        self._board.take(changed, gone, _now(), read)
        self._reading.note(changed, gone, {path: stamp for path, (stamp, _) in known.items()})
        self._on_change()
        self._merge_share.end()


def _now() -> int:
    return int(time.time() * 1000)
