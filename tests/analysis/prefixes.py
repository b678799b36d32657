"""A recording as it stood after each of its events: what a person saw who looked at that moment."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from tests.conftest import DEMO_BUNDLES
from tui.analysis.index.trace_index import TraceIndex
from tui.bundle.open import open_bundle
from tui.commands.replay_log import LogReplay
from tui.model.delta import TraceDelta
from tui.model.trace import RolloutTrace
from tui.schema.payloads import RawPayloadRef
from tui.source.lines import decode_raw_line


def moments(
    bundle: str | Path, on_delta: Callable[[TraceDelta], object] | None = None
) -> Iterator[tuple[int, RolloutTrace, TraceIndex]]:
    """Line number, graph and index after each line of a demo bundle (by name) or a bundle (by path).

    Graph and index are the same objects all along: look at them before going on. `on_delta` gets what changed.
    """
    replay = LogReplay(open_bundle(DEMO_BUNDLES / bundle if isinstance(bundle, str) else bundle))
    trace = replay.reducer.trace
    index = TraceIndex(trace)
    for raw in replay.lines():
        line = decode_raw_line(raw)
        if line is not None:
            replay.reducer.apply(line, {ref.raw_payload_id: replay.payloads.read(ref) for ref in _needs(replay, line)})
            delta = replay.reducer.take_delta()
            index.update(delta)
            if on_delta is not None:
                on_delta(delta)
            yield raw.number, trace, index


def _needs(replay: LogReplay, line: Any) -> Sequence[RawPayloadRef]:
    return replay.reducer.needs(line)


def moment(bundle: str | Path, last_line: int) -> tuple[RolloutTrace, TraceIndex]:
    """Graph and index after line `last_line`."""
    for number, trace, index in moments(bundle):
        if number >= last_line:
            return trace, index
    raise AssertionError(f"{bundle} has no line {last_line}")
