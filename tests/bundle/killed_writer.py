"""Kills a recorder while a store follows it, and tells what the store says then."""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys
import time
from contextlib import aclosing
from pathlib import Path
from typing import NamedTuple

from tui.analysis.state.recording import RecordingState
from tui.bundle.log.writers import writer_of
from tui.bundle.open import Bundle, open_bundle
from tui.bundle.tail import tail
from tui.model.encode import encode_trace
from tui.store import TraceStore

PROJECT = Path(__file__).parents[2]
PATIENCE = 30.0
LONGEST_LOG = 60_000
"""Bytes of the log at which a recorder is killed at the latest."""


class Outcome(NamedTuple):
    """What a store says of a killed recorder. `while_alive` is the state before the kill."""

    events: int
    while_alive: str
    state: RecordingState
    is_equal: bool
    """Whether its graph is the one that a fresh read gives."""


async def kill_once(path: Path, seed: int) -> Outcome:
    """Let a recorder write into `path`, kill it at a moment that `seed` decides, and follow to the end."""
    recorder = subprocess.Popen(
        [sys.executable, "-m", "tests.bundle.dying_recorder", str(path), str(seed)], cwd=PROJECT
    )
    try:
        async with asyncio.timeout(PATIENCE):
            return await _follow(path, recorder, random.Random(seed).randrange(1, LONGEST_LOG))
    finally:
        recorder.kill()
        recorder.wait()


async def _follow(path: Path, recorder: subprocess.Popen[bytes], kill_at: int) -> Outcome:
    log = path / "trace.jsonl"
    while not log.exists():
        await asyncio.sleep(0.005)
    bundle = open_bundle(path)
    store = TraceStore(bundle)
    following = asyncio.create_task(_keep_reading(store, bundle))
    while store.bytes_total < kill_at:
        await asyncio.sleep(0.001)
    while_alive = store.state
    recorder.kill()
    recorder.wait()
    fresh = TraceStore(open_bundle(path))
    fresh.load_all()
    while len(store.event_log) < len(fresh.event_log) or store.bytes_total != log.stat().st_size:
        await asyncio.sleep(0.005)
    store.note_writer(writer_of(log), time.time_ns())
    following.cancel()
    return Outcome(len(store.event_log), while_alive, store.recording, _graph(store) == _graph(fresh))


async def _keep_reading(store: TraceStore, bundle: Bundle) -> None:
    async with aclosing(tail(bundle, payloads=store.payloads, tick_seconds=0.05)) as batches:
        async for batch in batches:
            store.enqueue(batch)
            while store.has_pending:
                store.advance()


def _graph(store: TraceStore) -> bytes:
    return b"".join(encode_trace(store.trace))
