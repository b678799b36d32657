"""A recorder with the habits that make following hard, as a program of its own.

It pauses at random, writes lines and payload records in pieces, and once cuts its log short and writes the lost lines
again. Its standard input says how far the viewer is, one number a line: it runs no more than a window ahead of that,
and so writes at the highest rate the viewer takes. A file of doubles holds, by `seq`, when each event was written.
"""

from __future__ import annotations

import argparse
import mmap
import os
import random
import struct
import sys
import threading
import time
from collections import deque
from pathlib import Path
from typing import Any

from tests.benchmarks.synthetic import SyntheticSession
from tui.bundle.write.shard_writer import write_all
from tui.bundle.write.writer import BundleWriter
from tui.schema.events import RecordingCompleted

TORN_SHARE = 0.01
PAUSE_SHARE = 0.0005
LONGEST_PAUSE = 0.3
TORN_SECONDS = 0.002
CUT_LINES = 2_000
"""Lines that are lost when the log is cut, with half a line more."""

CUT_SECONDS = 3.0
"""How long the log stays short: the viewer shall see it."""

ROOM_SECONDS = 0.25


class EnoughError(Exception):
    """The time is up."""


class LiveRecorder(BundleWriter):
    """Writes at the pace of a reader, or at a fixed rate, and badly."""

    def __init__(self, given: argparse.Namespace, times: mmap.mmap) -> None:
        super().__init__(given.bundle, root_thread_id="root", schema_version=given.schema, write=self._tear)
        self._random = random.Random(given.events)
        self._times = times
        self._window, self._rate, self._ahead = given.window, given.rate, given.ahead
        self._cut_at = given.events // 2 if given.cut else 0
        self._end = time.monotonic() + given.minutes * 60
        self._lately: deque[bytes] = deque(maxlen=CUT_LINES)
        self._room = threading.Condition()
        self._seen = given.ahead
        self._started = 0.0

    def listen(self) -> None:
        """Take in how far the viewer is, until nobody tells any more."""
        for line in sys.stdin:
            with self._room:
                self._seen = int(line)
                self._room.notify()

    def append(self, payload: Any, **context: Any) -> int:
        """Write one event when its time has come."""
        seq = self.next_seq
        if seq > self._ahead:
            self._wait_for_room(seq)
        super().append(payload, **context)
        struct.pack_into("d", self._times, seq * 8, time.monotonic())
        if seq == self._cut_at:
            self._cut()
        return seq

    def complete(self) -> None:
        """End the recording now."""
        super().append(RecordingCompleted())
        self.close()

    def _tear(self, descriptor: int, data: bytes) -> None:
        """Write a line or a record, sometimes in two pieces."""
        if self.next_seq > self._ahead and len(data) > 1 and self._random.random() < TORN_SHARE:
            cut = self._random.randrange(1, len(data))
            write_all(descriptor, data[:cut])
            time.sleep(self._random.random() * TORN_SECONDS)
            write_all(descriptor, data[cut:])
        else:
            write_all(descriptor, data)
        if descriptor == self._log:
            self._lately.append(data)

    def _wait_for_room(self, seq: int) -> None:
        self._started = self._started or time.monotonic()
        if time.monotonic() > self._end:
            raise EnoughError
        if self._rate:
            time.sleep(max(0.0, self._started + (seq - self._ahead) / self._rate - time.monotonic()))
            return
        if self._random.random() < PAUSE_SHARE:
            time.sleep(self._random.random() * LONGEST_PAUSE)
        with self._room:
            while seq > self._seen + self._window:
                if time.monotonic() > self._end:
                    raise EnoughError
                self._room.wait(ROOM_SECONDS)

    def _cut(self) -> None:
        """Lose the last lines and half of the one before them, and write them again after a while."""
        lost = list(self._lately)
        log = self.path / "trace.jsonl"
        size = log.stat().st_size - sum(map(len, lost))
        os.truncate(log, size + len(lost[0]) // 2)
        time.sleep(CUT_SECONDS)
        os.truncate(log, size)
        for line in lost:
            write_all(self._log, line)


def main() -> None:
    """Record one session."""
    given = _arguments().parse_args()
    with Path(given.times).open("r+b") as file, mmap.mmap(file.fileno(), 0) as times:
        recorder = LiveRecorder(given, times)
        threading.Thread(target=recorder.listen, daemon=True).start()
        try:
            SyntheticSession(given.bundle, given.events, writer=recorder).write()
        except EnoughError:
            recorder.complete()
        print(recorder.next_seq - 1, flush=True)


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bundle", type=Path)
    parser.add_argument("times", type=Path)
    parser.add_argument("--schema", type=int, required=True)
    parser.add_argument("--events", type=int, required=True)
    parser.add_argument("--ahead", type=int, required=True, help="events written at once, before the viewer is opened")
    parser.add_argument("--rate", type=float, required=True, help="events a second; 0: as fast as the viewer takes")
    parser.add_argument("--window", type=int, required=True, help="events to be ahead of the viewer at most")
    parser.add_argument("--minutes", type=float, required=True)
    parser.add_argument("--cut", action="store_true")
    return parser


if __name__ == "__main__":
    main()
