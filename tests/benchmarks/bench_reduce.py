"""Time and memory of `rtrace-tui reduce`, beside the format's reference where that is installed.

    python -m tests.benchmarks.bench_reduce [BUNDLE ...] [--events 10000 100000] [--schema 3]

Each BUNDLE, and a synthetic bundle for each size, transport and schema, is reduced by a whole process of ours and, if
`--reference` names its program (once per schema: `1=PATH`, `2=PATH`, `3=PATH`), by one of the reference's right after
it. The two outputs are compared byte for byte. Machines are noisy: read the ratios. Bounded by `--seconds` per process.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import msgspec

from tests.benchmarks.synthetic import SyntheticSession, Transport
from tui.bundle.open import open_bundle


class Run(msgspec.Struct):
    """One process: wall-clock seconds, peak resident memory in MB, exit code."""

    seconds: float
    megabytes: float
    code: int


def measure(command: list[str], environment: dict[str, str], limit: float) -> Run:
    """Run a command to its end, or kill it at the limit."""
    began = time.perf_counter()
    process = subprocess.Popen(
        command, env={**os.environ, **environment}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    while True:
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        if pid:
            break
        if time.perf_counter() - began > limit:
            process.kill()
        time.sleep(0.002)
    process.returncode = os.waitstatus_to_exitcode(status)
    return Run(time.perf_counter() - began, usage.ru_maxrss / 1024, process.returncode)


class Bench:
    """Compares on one bundle after the other and prints a row for each."""

    def __init__(self, references: dict[int, str], limit: float, folder: Path) -> None:
        self._references = references
        self._limit = limit
        self._folder = folder
        self.per_event: dict[tuple[str, int], float] = {}

    def header(self) -> None:
        """Print the column names."""
        print(
            f"{'bundle':<34}{'events':>8}{'ours s':>9}{'MB':>7}{'µs/event':>10}{'ref s':>9}{'MB':>7}{'ratio':>7}  same"
        )

    def row(self, name: str, path: Path) -> None:
        """Reduce a bundle with both programs and print what they took."""
        events = (path / "trace.jsonl").read_bytes().count(b"\n")
        ours_json, reference_json = self._folder / "ours.json", self._folder / "reference.json"
        reduce = [sys.executable, "-c", "from tui.cli import main; raise SystemExit(main())", "reduce", str(path)]
        ours = measure([*reduce, "-o", str(ours_json)], {}, self._limit)
        micros = ours.seconds / max(events, 1) * 1e6
        self.per_event[(name.partition(",")[2], events)] = micros
        text = f"{name:<34}{events:>8}{ours.seconds:>9.2f}{ours.megabytes:>7.0f}{micros:>10.1f}"
        program = self._references.get(open_bundle(path).manifest.schema_version)
        if program is not None:
            command = [program, "debug", "trace-reduce", str(path), "-o", str(reference_json)]
            theirs = measure(command, {"CODEX_HOME": str(self._folder)}, self._limit)
            text += f"{theirs.seconds:>9.2f}{theirs.megabytes:>7.0f}{ours.seconds / theirs.seconds:>7.3f}"
            if theirs.code:
                text += "  reference refuses" if theirs.code > 0 else "  reference stopped at the limit"
            else:
                text += "  yes" if ours_json.read_bytes() == reference_json.read_bytes() else "  NO"
        print(text, flush=True)


def main() -> int:
    """Parse the command line and run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bundles", nargs="*", type=Path)
    parser.add_argument("--events", nargs="*", type=int, default=[10_000, 100_000])
    parser.add_argument("--schema", nargs="*", type=int, default=[1, 2, 3], help="of the synthetic bundles")
    parser.add_argument("--reference", nargs="*", default=[], metavar="SCHEMA=PATH")
    parser.add_argument("--seconds", type=float, default=600)
    arguments = parser.parse_args()
    references = {int(schema): path for schema, _, path in (text.partition("=") for text in arguments.reference)}
    with tempfile.TemporaryDirectory() as name:
        bench = Bench(references, arguments.seconds, Path(name))
        bench.header()
        for path in arguments.bundles:
            bench.row("/".join(path.resolve().parts[-2:]), path)
        transports: tuple[Transport, ...] = ("full", "increments")
        for schema in arguments.schema:
            for transport in transports:
                for events in arguments.events:
                    path = Path(name) / f"{schema}-{transport}-{events}"
                    SyntheticSession(path, events, schema=schema, transport=transport).write()
                    bench.row(f"synthetic, schema {schema}, {transport}", path)
        _print_growth(bench, arguments.events)
    return 0


def _print_growth(bench: Bench, sizes: list[int]) -> None:
    """Time per event at the largest size against that at the smallest."""
    for kind in sorted({kind for kind, _ in bench.per_event if kind}):
        times = [
            micros for (of, _), micros in sorted(bench.per_event.items(), key=lambda entry: entry[0][1]) if of == kind
        ]
        if len(times) == len(sizes) > 1:
            print(f"time per event, largest against smallest,{kind}: {times[-1] / times[0]:.2f}")


if __name__ == "__main__":
    sys.exit(main())
