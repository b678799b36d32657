"""Kills recorders at random moments: `python -m tests.benchmarks.bench_kills [--kills 100]`.

For each, the state that the viewer tells must be CUT OFF or WAITING, with evidence, and its graph that of a fresh read.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from collections import Counter
from pathlib import Path

from tests.bundle.killed_writer import Outcome, kill_once


def is_right(outcome: Outcome) -> bool:
    """Whether the viewer says what is so."""
    return outcome.state.word in ("cut off", "waiting") and bool(outcome.state.evidence) and outcome.is_equal


def main() -> int:
    """Kill, and print what was said; 1 if anything of it is wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=100)
    given = parser.parse_args()
    words: Counter[str] = Counter()
    torn = wrong = 0
    for seed in range(given.kills):
        with tempfile.TemporaryDirectory(prefix="rtrace-kill-") as folder:
            outcome = asyncio.run(kill_once(Path(folder) / "bundle", seed))
        words[outcome.state.word] += 1
        torn += "torn" in outcome.state.evidence
        if not is_right(outcome):
            wrong += 1
            print(f"seed {seed}: {outcome}")
    told = ", ".join(f"{word} {count}" for word, count in words.items())
    print(f"{given.kills} kills: {told}; {torn} with a torn last line; {wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
