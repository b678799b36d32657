"""What a search of every payload costs, beside `grep -r` on the same files in the same run.

Run with `python -m tests.benchmarks.bench_search [BUNDLE]`. Without a bundle it writes a smaller one itself.

    ours     the first match, all matches, and how many, by the engine of `g/` and `rtrace-tui grep`
    grep -r  with -F for text and -E for expressions, -i where the pattern ignores case; best of the same repeats
    grep -o  the same work as ours: every match by itself, not every line; its count must be ours

Text is also looked for as JSON escapes it, so grep gets all those forms, too.
The files are in the page cache. All patterns are searched once without being measured.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks.synthetic import SyntheticSession
from tui.analysis.search.byte_pattern import BytePattern
from tui.analysis.search.pattern import json_forms, make_pattern
from tui.bundle.open import open_bundle
from tui.bundle.payloads.body_search import count_in_bodies
from tui.bundle.payloads.store import PayloadStore
from tui.schema.payloads import PayloadKind, RawPayloadRef

REPEATS = 5
FIRST_HIT_MS = 200
MOST_TIMES_GREP = 2
EVENTS = 6_000

TEXTS = ("zzqqxnone", "pytest", "the", "e", "function_call_output", '"role": "user"', "größe")
EXPRESSIONS = (r"exit code [1-9]", r"[a-z]+_call_output", r"call_[0-9a-f]{8}", r"\w+Error", r'"type": "[a-z_]+"')


class Result(NamedTuple):
    """One pattern, times in milliseconds."""

    name: str
    first: float
    ours: float
    grep: float
    grep_o: float
    found: int
    found_by_grep: int

    @property
    def ratio(self) -> float:
        """How many times as long as `grep -r`."""
        return self.ours / self.grep


class PayloadSearch:
    """The payload files of a bundle, searched by us and by grep."""

    def __init__(self, bundle: Path) -> None:
        self.directory = bundle / "payloads"
        self._store = PayloadStore(open_bundle(bundle).path)
        names = sorted(path.name for path in self.directory.iterdir())
        self._refs = [RawPayloadRef(name, PayloadKind(""), f"payloads/{name}") for name in names]
        self.size = sum((self.directory / name).stat().st_size for name in names)

    def __len__(self) -> int:
        return len(self._refs)

    def ours(self, finder: BytePattern) -> tuple[float, float, int]:
        """Milliseconds to the first match and to the last, and how many there are."""
        begun = time.perf_counter()
        first, found = 0.0, 0
        for part in count_in_bodies(self._store, self._refs, finder):
            found += part.found
            if found and not first:
                first = time.perf_counter() - begun
        return first * 1000, (time.perf_counter() - begun) * 1000, found

    def grep(self, *arguments: str) -> tuple[float, int]:
        """Milliseconds that grep takes, and the lines that it prints."""
        begun = time.perf_counter()
        done = subprocess.run(["grep", *arguments, str(self.directory)], stdout=subprocess.PIPE, check=False)
        return (time.perf_counter() - begun) * 1000, done.stdout.count(b"\n")


def measure(search: PayloadSearch, source: str, *, is_regex: bool, ignores_case: bool) -> Result:
    """The best of several runs, ours and grep's in turn, so that both meet the same noise."""
    finder = BytePattern(make_pattern(source, is_regex=is_regex, ignores_case=ignores_case))
    options = f"-r{'i' if ignores_case else ''}{'E' if is_regex else 'F'}"
    forms = [source] if is_regex else json_forms(source)
    wanted = [word for form in forms for word in ("-e", form)]
    ours, grep, grep_o = [], [], []
    for _ in range(REPEATS):
        ours.append(search.ours(finder))
        grep.append(search.grep(options, *wanted))
        grep_o.append(search.grep(f"{options}oh", *wanted))
    return Result(
        name=f"{'re:' if is_regex else ''}{source}{' (any case)' if ignores_case else ''}",
        first=min(first for first, _, _ in ours),
        ours=min(whole for _, whole, _ in ours),
        grep=min(taken for taken, _ in grep),
        grep_o=min(taken for taken, _ in grep_o),
        found=ours[0][2],
        found_by_grep=grep_o[0][1],
    )


def say(line: str) -> None:
    """One line of the result."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def report(search: PayloadSearch) -> bool:
    """Print the table; whether every pattern keeps within the limits."""
    say(f"{len(search):,} payloads, {search.size / 1e6:.1f} MB, LC_ALL={os.environ.get('LC_ALL', '')}")
    say(f"{'milliseconds':<38}{'first':>7}{'ours':>7}{'grep -r':>9}{'ratio':>7}{'grep -o':>9}{'found':>11}")
    worst = first = 0.0
    cases = [(text, False) for text in TEXTS] + [(expression, True) for expression in EXPRESSIONS]
    for source, is_regex in cases:
        for ignores_case in (False, True):
            result = measure(search, source, is_regex=is_regex, ignores_case=ignores_case)
            differs = "" if result.found == result.found_by_grep else f"  grep -o: {result.found_by_grep:,}"
            say(
                f"{result.name:<38}{result.first:>7.1f}{result.ours:>7.0f}{result.grep:>9.0f}{result.ratio:>7.2f}"
                f"{result.grep_o:>9.0f}{result.found:>11,}{differs}"
            )
            worst, first = max(worst, result.ratio), max(first, result.first)
    say(f"worst ratio {worst:.2f} of {MOST_TIMES_GREP} allowed; first match within {first:.1f} ms of {FIRST_HIT_MS}")
    return worst <= MOST_TIMES_GREP and first <= FIRST_HIT_MS


def with_bundle(work: Callable[[Path], bool]) -> bool:
    """Do it with the bundle of the command line, or with one made for it; grep needs payloads in files (schema 2)."""
    if len(sys.argv) > 1:
        return work(Path(sys.argv[1]))
    directory = Path(tempfile.mkdtemp())
    try:
        SyntheticSession(directory / "bundle", EVENTS, schema=2, transport="full").write()
        return work(directory / "bundle")
    finally:
        shutil.rmtree(directory)


def main() -> int:
    """Measure and print; exit code 1 if a limit is not kept."""
    return 0 if with_bundle(lambda bundle: report(PayloadSearch(bundle))) else 1


if __name__ == "__main__":
    sys.exit(main())
