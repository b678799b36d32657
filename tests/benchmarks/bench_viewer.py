"""What a person feels in the viewer: first rows, keys, memory, and what an SSH link carries.

Run with `python -m tests.benchmarks.bench_viewer [BUNDLE …] [--schema 3]`; without a bundle, one of 100,000 events is
written to a temporary directory. Linux only (`/proc`). Each line is a number, its limit, and their ratio; below 1 is
good.

The first rows are compared with an empty Textual app that is started in turn with the viewer. Everything runs from
compiled modules, as an installed program does. Machines are noisy: read medians and ratios, not single numbers.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks.screen_program import ScreenProgram
from tests.benchmarks.synthetic import SyntheticSession
from tui.bundle.write.writer import SCHEMA_VERSION
from tui.schema.manifest import EVENT_LOG_FILE_NAME

EVENTS = 100_000
STARTS = 7
PAGES = 20
HELD_KEYS = 150
IDLE_SECONDS = 10.0
LOADING_SECONDS = 120.0
"""A load that takes longer is not waited for."""

EMPTY_APP = """
from textual.app import App
from textual.widgets import Static

class Empty(App):
    def compose(self):
        yield Static("nothing to see")

Empty().run()
"""
VIEWER = "import sys; from tui.cli import main; sys.exit(main())"
FIRST_ROWS = r"turn 1"
LOADED = r"ENDED|LIVE|WAITING|CUT OFF"
DOWN, PAGE_DOWN, PAGE_UP = "\x1b[B", "\x1b[6~", "\x1b[5~"


class Figure(NamedTuple):
    """One measured number and what it may be at most; a limit of None is told without one."""

    name: str
    value: float
    limit: float | None = None
    remark: str = ""


class Bench:
    """Starts programs with one environment, and tells what it is doing."""

    def __init__(self, cache: Path) -> None:
        unwanted = {"PYTHONDONTWRITEBYTECODE", "NO_COLOR", "TMUX", "STY"}
        self._environment = {name: value for name, value in os.environ.items() if name not in unwanted} | {
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            "PYTHONPYCACHEPREFIX": str(cache),
            "XDG_CONFIG_HOME": str(cache / "no-configuration"),
        }

    def empty_app(self) -> ScreenProgram:
        return ScreenProgram([sys.executable, "-c", EMPTY_APP], self._environment)

    def viewer(self, bundle: Path) -> ScreenProgram:
        return ScreenProgram([sys.executable, "-c", VIEWER, str(bundle)], self._environment)

    @contextmanager
    def loaded(self, bundle: Path) -> Iterator[ScreenProgram]:
        """The viewer with the bundle read to its end, at rest."""
        with self.viewer(bundle) as program:
            program.wait_for(LOADED, LOADING_SECONDS)
            program.settle(1.0)
            yield program


def first_rows(bench: Bench, bundle: Path) -> list[Figure]:
    """Start the viewer and the empty app in turn; the first start of each only fills the cache."""
    seconds: dict[str, list[float]] = {"empty": [], "viewer": []}
    starts: dict[str, tuple[Callable[[], ScreenProgram], str]] = {
        "empty": (bench.empty_app, "nothing to see"),
        "viewer": (lambda: bench.viewer(bundle), FIRST_ROWS),
    }
    for number in range(STARTS + 1):
        for name, (start, text) in starts.items():
            with start() as program:
                seen = program.wait_for(text, 30)
            if number > 0:
                seconds[name].append(float("nan") if seen is None else seen)
    empty, viewer = (statistics.median(seconds[name]) * 1000 for name in ("empty", "viewer"))
    least = min(seconds["viewer"]) / min(seconds["empty"])
    remark = f"median of {STARTS}; empty Textual app {empty:.0f} ms; ratio of the fastest {least:.2f}"
    return [Figure("first rows, ms", viewer, 2 * empty, remark)]


def while_loading(bench: Bench, bundle: Path) -> list[Figure]:
    """Set marks while the log is read: for each, the footer asks for a word."""
    with bench.viewer(bundle) as program:
        program.wait_for(FIRST_ROWS, 30)
        answers = _answers_until_loaded(program)
        begun = program.wait_for(LOADED, LOADING_SECONDS)
    figures = [Figure("whole log read, ms", float("nan") if begun is None else begun * 1000, None, "keys pressed")]
    if not answers:
        return [
            *figures,
            Figure("key while loading, ms", float("nan"), 100, "it was read before a key could be pressed"),
        ]
    remark = f"worst of {len(answers)}; median {statistics.median(answers):.0f}"
    return [*figures, Figure("key while loading, ms", max(answers), 100, remark)]


def _answers_until_loaded(program: ScreenProgram) -> list[float]:
    answers: list[float] = []
    for number in range(40):
        letter = chr(ord("a") + number % 26)
        answer = program.answer_ms(f"m{letter}", f"mark {letter},|{LOADED}", 5)
        if answer is None:
            break
        answers.append(answer)
        program.send("\r")
        if program.wait_for(LOADED, 0.1) is not None:
            break
    return answers[:-1]


def keys(bench: Bench, bundle: Path) -> list[Figure]:
    """Pages, ends, and a held key, on the loaded bundle with everything unfolded."""
    with bench.loaded(bundle) as program:
        program.press("zR")
        program.press("gg")
        held = program.hold(DOWN, HELD_KEYS)
        pages = [program.press(PAGE_DOWN) for _ in range(PAGES)] + [program.press(PAGE_UP) for _ in range(PAGES)]
        ends = [program.press(key) for _ in range(5) for key in ("G", "gg")]
        peak = program.peak_megabytes()
    page_ms = sorted(redraw.ms for redraw in pages)
    return [
        Figure("down held at 30/s, bytes a key", held.bytes_per_key, 800),
        Figure("down held at 30/s, CPU ms a key", held.cpu_ms_per_key, 10),
        Figure("then at rest, ms", held.rest_ms, 250),
        Figure("then at rest, bytes", held.rest_bytes, 16_000),
        Figure("page, ms", statistics.median(page_ms), 60, f"median of {len(pages)}, all panes"),
        Figure("page, p95 ms", page_ms[int(len(page_ms) * 0.95)], 60),
        Figure("page, bytes", statistics.median(redraw.size for redraw in pages), None),
        Figure("G and gg, ms", statistics.median(redraw.ms for redraw in ends), 100, f"worst {max(ends).ms:.0f}"),
        Figure("peak memory, MB", peak, 450),
    ]


def idle(bench: Bench, bundle: Path, what: str) -> list[Figure]:
    """Watch a viewer that nobody touches."""
    with bench.loaded(bundle) as program:
        program.watch(2.0)
        size, share = program.watch(IDLE_SECONDS)
    return [
        Figure(f"idle, {what}, bytes", size, 0),
        Figure(f"idle, {what}, CPU %", share * 100, 0.5, f"over {IDLE_SECONDS:.0f} s"),
    ]


def unfinished(directory: Path, schema: int) -> Path:
    """A bundle whose recorder was killed: it may go on at any time, so the viewer keeps watching it."""
    path = directory / "unfinished"
    SyntheticSession(path, 2_000, schema=schema).write()
    log = path / EVENT_LOG_FILE_NAME
    log.write_bytes(b"".join(log.read_bytes().splitlines(keepends=True)[:-3]))
    hour_ago = time.time() - 3600
    os.utime(log, (hour_ago, hour_ago))
    return path


def shown(figure: Figure) -> str:
    """One line of the table."""
    limit = "" if figure.limit is None else f"{figure.limit:,.1f}"
    ratio = f"{figure.value / figure.limit:.2f}" if figure.limit else ""
    return f"{figure.name:<36}{figure.value:>12,.1f}{limit:>12}{ratio:>8}  {figure.remark}".rstrip()


def measure(bench: Bench, bundle: Path) -> Iterator[Figure]:
    """All numbers of one bundle, each as soon as it is known."""
    for part in (first_rows, while_loading, keys):
        sys.stderr.write(f"… {part.__name__.replace('_', ' ')}\n")
        yield from part(bench, bundle)
    sys.stderr.write("… idle\n")
    yield from idle(bench, bundle, "as given")


def main() -> None:
    """Measure each bundle and print a table of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bundles", nargs="*", type=Path)
    parser.add_argument("--schema", type=int, default=SCHEMA_VERSION, help="of the synthetic bundles")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-viewer-") as name:
        directory = Path(name)
        bundles = list(given.bundles)
        if not bundles:
            sys.stderr.write(f"… writing a bundle of {EVENTS:,} events\n")
            bundles = [directory / "synthetic"]
            SyntheticSession(bundles[0], EVENTS, schema=given.schema).write()
        bench = Bench(directory / "compiled")
        for bundle in bundles:
            print(f"{bundle.name:<36}{'measured':>12}{'limit':>12}{'ratio':>8}")
            for figure in measure(bench, bundle):
                print(shown(figure), flush=True)
        for figure in idle(bench, unfinished(directory, given.schema), "unfinished"):
            print(shown(figure), flush=True)


if __name__ == "__main__":
    main()
