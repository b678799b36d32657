"""Reads recordings beside the screen and keeps the index of a folder; `client` starts it.

A process of its own, with the lowest priority: the screen never waits for it. Several recordings are read in turns, so
that a long one holds up no short one. One that still grows stays open, and only what is new in it is read when it is
asked for again. It ends when its standard input does.
"""

from __future__ import annotations

import gc
import os
import queue
import signal
import sys
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from tui.fleet.database import IndexUnavailableError
from tui.fleet.index import FleetIndex, IndexEntry, Known
from tui.fleet.protocol import Reply, Request, line_of, request_of
from tui.fleet.read_session import SessionReader
from tui.source.opening import OpeningError

MOST_OPEN = 8
"""Recordings that grow and are kept open."""

LARGEST_KEPT_LOG = 32 << 20
"""A longer log is not kept open: its graph takes much memory."""

COMMIT_SECONDS = 0.25
"""How often what was read is written to the index."""

COLLECT_AFTER = 100
"""Recordings between two looks for garbage; looking all the time takes a third of the time."""

_NICE = 10


class Worker:
    """Takes requests, gives replies."""

    def __init__(self, index: FleetIndex | None, replies: BinaryIO) -> None:
        self._index = index
        self._replies = replies
        self._jobs: deque[Iterator[IndexEntry | None]] = deque()
        self._open: OrderedDict[str, SessionReader] = OrderedDict()
        self._unwritten: list[IndexEntry] = []
        self._written_at = time.monotonic()
        self._read = 0

    @property
    def is_busy(self) -> bool:
        """Whether something is still to be read."""
        return bool(self._jobs)

    def take(self, request: Request) -> None:
        """Read a recording when its turn comes."""
        self._jobs.append(self._job(request))

    def work(self) -> None:
        """Take the next step."""
        job = self._jobs.popleft()
        for entry in job:
            if entry is None:
                self._jobs.append(job)
            else:
                self._unwritten.append(entry)
            break
        if not self._jobs or time.monotonic() - self._written_at > COMMIT_SECONDS:
            self.write()

    def write(self) -> None:
        """Write what was read to the index."""
        if self._index is not None and self._unwritten:
            self._index.put(self._unwritten)
        self._unwritten.clear()
        self._written_at = time.monotonic()

    def _job(self, request: Request) -> Iterator[IndexEntry | None]:
        """Steps, and at last what is to be kept; the reply is given before."""
        path = os.fsdecode(request.path)
        try:
            reader = self._reader(path)
            for _ in reader.steps():
                yield None
            found = reader.result()
        except (OpeningError, OSError) as error:
            self._reply(Reply(request.path, request.summary, problem=str(error)))
            return
        except Exception as error:  # one recording must not end the reading of all others
            self._reply(Reply(request.path, request.summary, problem=f"{type(error).__name__}: {error}"))
            return
        self._keep(path, reader, request)
        self._reply(Reply(request.path, request.summary, found.facts))
        yield IndexEntry(path, Known(request.summary, found.facts), found.texts)

    def _reader(self, path: str) -> SessionReader:
        kept = self._open.pop(path, None)
        return SessionReader(path) if kept is None else kept

    def _keep(self, path: str, reader: SessionReader, request: Request) -> None:
        """Leave a recording that may grow open; one that is over is not looked at again."""
        if request.summary.is_closed or (request.summary.log_bytes or 0) > LARGEST_KEPT_LOG:
            reader.close()
        else:
            self._open[path] = reader
        while len(self._open) > MOST_OPEN:
            self._open.popitem(last=False)[1].close()
        self._read += 1
        if self._read % COLLECT_AFTER == 0:
            gc.collect()

    def _reply(self, reply: Reply) -> None:
        with suppress(UnicodeEncodeError):
            self._replies.write(line_of(reply))
        self._replies.flush()


def main() -> int:
    """Work until standard input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it is meant for the program that has the terminal
    with suppress(OSError):
        os.nice(_NICE)
    gc.disable()
    index: FleetIndex | None = None
    with suppress(IndexUnavailableError, IndexError):
        index = FleetIndex(Path(sys.argv[1]))
    worker = Worker(index, sys.stdout.buffer)
    requests: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(sys.stdin.buffer, requests), daemon=True).start()
    with suppress(BrokenPipeError):
        _serve(worker, requests)
    worker.write()
    if index is not None:
        index.close()
    return 0


def _listen(stream: BinaryIO, requests: queue.SimpleQueue[bytes]) -> None:
    for line in stream:
        requests.put(line)
    requests.put(b"")


def _serve(worker: Worker, requests: queue.SimpleQueue[bytes]) -> None:
    while True:
        try:
            line = requests.get(block=not worker.is_busy)
        except queue.Empty:
            worker.work()
            continue
        if not line:
            return
        worker.take(request_of(line))
