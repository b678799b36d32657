"""How exact the times of a recording are: what lasted less than its clock can tell has no length that is known.

Known recorders write milliseconds. Others may write whole seconds, or nothing that can be read; then every event is
at the start of the recording.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Final

from tui.model.execution import ExecutionWindow
from tui.model.objects import Executed
from tui.model.trace import RolloutTrace

SECOND_MS: Final = 1_000

_FIRST_USUAL_MS: Final = 10**12
"""September 2001: times before it are those of a test, or count from something else."""

_LOOKED_AT: Final = 40
_FEWEST: Final = 6
"""Moments that must speak for it before a clock counts as inexact."""


def clock_ms(trace: RolloutTrace) -> int | None:
    """The smallest time that the clock of a recording tells, in milliseconds; None if its times tell none.

    They do not if they are missing, which puts all events at the start, or if a recorder writes the start everywhere.
    """
    seen: set[int] = set()
    looked_at = 0
    for at in islice(_moments(trace), _LOOKED_AT):
        if at % SECOND_MS and at != trace.started_at_unix_ms:
            return 1
        seen.add(at)
        looked_at += 1
    if looked_at < _FEWEST or trace.started_at_unix_ms < _FIRST_USUAL_MS:
        return 1
    return None if seen == {trace.started_at_unix_ms} else SECOND_MS


def measured(milliseconds: int, clock: int | None) -> int | None:
    """A length of time if the clock could measure it; None for what is less than it tells."""
    return milliseconds if clock is not None and (clock == 1 or abs(milliseconds) >= clock) else None


def _moments(trace: RolloutTrace) -> Iterator[int]:
    """When requests, calls and turns began and ended."""
    runs: Iterable[Executed] = chain(
        trace.inference_calls.values(), trace.tool_calls.values(), trace.codex_turns.values()
    )
    for run in runs:
        yield from _ends(run.execution)


def _ends(window: ExecutionWindow) -> Iterator[int]:
    yield window.started_at_unix_ms
    if window.ended_at_unix_ms is not None:
        yield window.ended_at_unix_ms
