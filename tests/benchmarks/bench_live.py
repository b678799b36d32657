"""Following a recording for hours, in minutes: what is on the screen how late, what it costs, and whether it is right.

Run with `python -m tests.benchmarks.bench_live`. A recorder writes a session in a process of its own, the viewer
follows it on a pseudo-terminal, and what its status line says is compared with when each event was written. By default
the recorder is as fast as the viewer takes, pauses at random, tears lines and cuts its log short in the middle; with
`--rate` it keeps to a rate and does none of that. In the end the graph of the viewer is compared, byte for byte, with
that of `rtrace-tui reduce`. `--events 1000000` is the whole soak. Linux only.
"""

from __future__ import annotations

import argparse
import mmap
import os
import re
import struct
import subprocess
import sys
import tempfile
import time
from array import array
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks.screen_program import ScreenProgram
from tui.bundle.write.writer import SCHEMA_VERSION

EVENTS = 50_000
WINDOW = 2_000
CHECKPOINTS = 10
ENDING_SECONDS = 600.0
WARMING_SECONDS = 5.0
"""What is written in the first seconds waits for the program to be loaded, and says nothing about following."""

REDUCE = "import sys; from tui.cli import main; sys.exit(main())"

_NEWEST = re.compile(r"seq (\d+)|([\d,]+) events")
"""Where the status line says how far it is; events are numbered from 1 without a gap. Narrow lines say only one."""


class Checkpoint(NamedTuple):
    """What had been reached when: events on the screen, seconds since the start, bytes of memory."""

    events: int
    seconds: float
    memory: int


class Soak:
    """One recording, one viewer, and the lag of every event between them."""

    def __init__(self, given: argparse.Namespace, folder: Path) -> None:
        self._given = given
        self._bundle, self._graph, times = folder / "bundle", folder / "graph.json", folder / "times"
        times.write_bytes(bytes(8 * (given.events + 1_000)))
        with times.open("r+b") as file:
            self._times = mmap.mmap(file.fileno(), 0)
        self._recorder = subprocess.Popen(
            [sys.executable, "-m", "tests.benchmarks.live_recorder", self._bundle, times, *self._options()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self.lags = array("f")
        self.checkpoints: list[Checkpoint] = []
        self._seen = given.ahead
        self._opened = 0.0
        self._started = time.monotonic()

    def run(self) -> bool:
        """Follow to the end; whether the viewer's graph is that of a fresh read."""
        self._await_log()
        command = [sys.executable, "-m", "tests.benchmarks.live_viewer", str(self._bundle), str(self._graph)]
        with ScreenProgram(command, {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"}) as viewer:
            self._follow(viewer)
            viewer.send("q")
            while not viewer.is_over:
                viewer.read(1.0)
        self._recorder.wait()
        return self._is_right()

    def _options(self) -> list[str]:
        given = self._given
        names = ("schema", "events", "ahead", "rate", "window", "minutes")
        options = [f"--{name}={getattr(given, name)}" for name in names]
        return options if given.rate else [*options, "--cut"]

    def _await_log(self) -> None:
        """The first events, written at once, are there before the viewer is opened."""
        if self._given.ahead:
            while not self._written_at(self._given.ahead):
                time.sleep(0.1)
        while not (self._bundle / "manifest.json").exists():
            time.sleep(0.01)

    def _written_at(self, seq: int) -> float:
        return float(struct.unpack_from("d", self._times, seq * 8)[0])

    def _follow(self, viewer: ScreenProgram) -> None:
        silence_since = time.monotonic()
        text = ""
        while time.monotonic() - silence_since < ENDING_SECONDS and not viewer.is_over:
            text = text[-40:] + viewer.read(0.2)
            newest = max((int("".join(found).replace(",", "") or 0) for found in _NEWEST.findall(text)), default=0)
            if newest > self._seen:
                silence_since = time.monotonic()
                self._note(newest, viewer)
            if "ENDED" in text:
                return
        raise SystemExit("the viewer has shown no new event for too long")

    def _note(self, newest: int, viewer: ScreenProgram) -> None:
        now = time.monotonic()
        written = struct.unpack_from(f"{newest - self._seen}d", self._times, (self._seen + 1) * 8)
        self._opened = self._opened or now + WARMING_SECONDS
        self.lags.extend(now - at for at in written if at >= self._opened)
        self._seen = newest
        self._tell_recorder(newest)
        step = max(1, (self._given.events - self._given.ahead) // CHECKPOINTS)
        if (newest - self._given.ahead) // step > len(self.checkpoints):
            self.checkpoints.append(Checkpoint(newest, now - self._started, viewer.memory_bytes()))
            print(_progress(self.checkpoints[-1]), flush=True)

    def _tell_recorder(self, seq: int) -> None:
        assert self._recorder.stdin is not None
        try:
            self._recorder.stdin.write(b"%d\n" % seq)
            self._recorder.stdin.flush()
        except BrokenPipeError:
            pass  # it has written everything

    def _is_right(self) -> bool:
        fresh = self._graph.with_name("fresh.json")
        command = [sys.executable, "-c", REDUCE, "reduce", str(self._bundle), "-o", str(fresh)]
        subprocess.run(command, check=False, stdout=subprocess.DEVNULL)
        return self._graph.read_bytes() == fresh.read_bytes()


def _progress(at: Checkpoint) -> str:
    each = at.memory / max(1, at.events)
    return f"{at.events:>9,} events  {at.seconds:7.1f} s  {at.memory / 2**20:8,.0f} MB  {each:6,.0f} bytes an event"


def report(soak: Soak, given: argparse.Namespace, *, is_right: bool) -> None:
    """Print the figures."""
    lags = sorted(soak.lags)
    first, last = soak.checkpoints[0], soak.checkpoints[-1]
    seconds = last.seconds - first.seconds
    print(f"rate            {(last.events - first.events) / max(0.001, seconds):,.0f} events a second")
    for name, share in (("lag p50", 0.5), ("lag p95", 0.95), ("lag max", 1.0)):
        print(f"{name:<16}{lags[min(len(lags) - 1, int(len(lags) * share))] * 1000:,.0f} ms on the screen")
    slopes = [
        (after.memory - before.memory) / (after.events - before.events)
        for before, after in zip(soak.checkpoints, soak.checkpoints[1:], strict=False)
    ]
    print(f"memory          {_rounded(slopes)} bytes more an event, from checkpoint to checkpoint")
    print(f"graph           {'equal to' if is_right else 'NOT EQUAL TO'} a fresh reduce of {given.events:,} events")


def _rounded(numbers: list[float]) -> str:
    return " ".join(f"{number:,.0f}" for number in numbers)


def main() -> int:
    """Run one soak and print its figures; 1 if the graph is not right."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=EVENTS)
    parser.add_argument("--schema", type=int, default=SCHEMA_VERSION)
    parser.add_argument("--ahead", type=int, default=0, help="so many events are there before the viewer is opened")
    parser.add_argument("--rate", type=float, default=0.0, help="events a second; 0: as fast as the viewer takes")
    parser.add_argument("--window", type=int, default=WINDOW, help="events that the recorder may be ahead")
    parser.add_argument("--minutes", type=float, default=30.0, help="the recording ends after that, finished or not")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="rtrace-soak-") as folder:
        soak = Soak(given, Path(folder))
        is_right = soak.run()
        report(soak, given, is_right=is_right)
    return 0 if is_right else 1


if __name__ == "__main__":
    sys.exit(main())
