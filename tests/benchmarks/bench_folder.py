"""What a folder of many recordings costs: its first rows, the index, the words in it.

Run with `python -m tests.benchmarks.bench_folder [COUNT]`; by default of 10,000 small recordings, which it makes.

    open     opens and reads the manifest and the log of each recording: what must be read in any case
    ls       the list without an index, again with what the first one left in it, and with one that knows everything,
             as CPU time beside it
    index    CPU milliseconds to read one recording and keep it
    again    recordings that are read when the index is asked once more, and once more after ten logs grew
    find     wall milliseconds until the recordings that hold a word are known
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.conftest import DEMO_BUNDLES
from tui.fleet.index import FleetIndex
from tui.fleet.listing import FolderListing

COUNT = 10_000
MOST_TIMES_OPEN = 3.0
INDEX_MS = 5.0
FIND_MS = 200.0
WORDS = ("say", "hello", "the", "mock model", "zzqqxnone")
SMALL = ("answer", "answer-schema2", "failures", "failures-schema2", "killed", "terminal-schema1")

_PROGRAM = "import sys; from tui.cli import main; sys.exit(main(sys.argv[1:]))"


def make(root: Path, count: int) -> None:
    """Copies of small demos; their payloads are links, since nobody writes into them."""
    demos = [DEMO_BUNDLES / name for name in SMALL]
    for number in range(count):
        demo, bundle = demos[number % len(demos)], root / f"day{number // 500:02}" / f"trace-{number:05}"
        shutil.copytree(demo, bundle, copy_function=os.link)
        log = bundle / "trace.jsonl"
        data = log.read_bytes()
        log.unlink()
        log.write_bytes(data)


def opened(root: Path) -> float:
    """CPU seconds to open and read the manifests and the logs."""
    started = time.process_time()
    for folder, below, names in os.walk(root):
        if "manifest.json" in names:
            below.clear()
            for name in ("manifest.json", "trace.jsonl"):
                Path(folder, name).read_bytes()
    return time.process_time() - started


def listed(root: Path, cache: Path, *options: str) -> float:
    """CPU seconds of `rtrace-tui ls`."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-c", _PROGRAM, "ls", str(root), *options]
    subprocess.run(command, env={**os.environ, "XDG_CACHE_HOME": str(cache)}, stdout=subprocess.DEVNULL, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def unread(root: Path, index: Path) -> int:
    """How many recordings would be read now."""
    return len(FolderListing(str(root), index).unread)


def verdict(value: float, limit: float) -> str:
    return "" if value <= limit else f"  MISSED, at most {limit:g}"


def main() -> None:
    """Measure and print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else COUNT
    with tempfile.TemporaryDirectory() as place:
        root, cache = Path(place, "traces"), Path(place, "cache")
        make(root, count)
        index = cache / "rtrace-tui"
        plain = min(opened(root) for _ in range(3))
        bare = min(listed(root, Path(place, name)) for name in ("none", "none either"))
        glanced = min(listed(root, Path(place, "none")) for _ in range(2))
        reading = listed(root, cache, "--read")
        known = min(listed(root, cache) for _ in range(2))
        each = (reading - bare) / count * 1000
        print(f"{count:,} recordings: open {plain:.2f} s CPU")
        print(f"ls without index {bare:.2f} s, {bare / plain:.1f} × open{verdict(bare / plain, MOST_TIMES_OPEN)}")
        print(
            f"ls again         {glanced:.2f} s, {glanced / plain:.1f} × open{verdict(glanced / plain, MOST_TIMES_OPEN)}"
        )
        print(f"ls with index    {known:.2f} s, {known / plain:.1f} × open{verdict(known / plain, MOST_TIMES_OPEN)}")
        print(f"index            {each:.1f} ms each{verdict(each, INDEX_MS)}")
        again = unread(root, index)
        for log in sorted(root.glob("*/*/trace.jsonl"))[:10]:
            with log.open("ab") as file:
                file.write(b"\n")
        print(f"again            {again} of {count:,} are read; {unread(root, index)} after ten logs grew")
        for words in WORDS:
            started = time.monotonic()
            found = FleetIndex(index).find(words, str(root))
            took = (time.monotonic() - started) * 1000
            print(f"find {words:<11} {took:6.1f} ms, in {len(found):,} recordings{verdict(took, FIND_MS)}")


if __name__ == "__main__":
    main()
