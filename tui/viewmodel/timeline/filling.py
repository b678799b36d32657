"""The rows of a graph that is there as a whole, made in parts: all at once would hold a key up for a second."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Final

from tui.analysis.index.trace_index import TraceIndex
from tui.model.delta import TraceDelta
from tui.model.diagnostic import Diagnostic
from tui.model.kinds import KINDS
from tui.model.lookup import find_object
from tui.model.noderef import NodeRef
from tui.model.objects import CodexTurn
from tui.model.trace import RolloutTrace
from tui.viewmodel.timeline.folding import SMALL
from tui.viewmodel.timeline.model import TimelineModel

ROWS_AT_ONCE = 100
"""Rows that are made in one step: some milliseconds."""

FEW_ROWS = 2 * SMALL
"""This many rows are made at once; of more it is certain that the recording is a large one, also before they are."""

_HAVE_ROWS: Final = (
    "threads",
    "codex_turns",
    "inference_calls",
    "code_cells",
    "tool_calls",
    "compactions",
    "compaction_requests",
    "interaction_edges",
    "protocol_events",
)
"""Sets of a delta: each object in them may have a row, and all rows but those of findings are of such an object."""


def begun_model(
    trace: RolloutTrace, index: TraceIndex, diagnostics: Sequence[Diagnostic], first: Iterable[NodeRef] = ()
) -> TimelineModel:
    """A timeline with the rows of the root agent and of `first` alone if there are many, else with all of them."""
    if sum(len(getattr(trace, name)) for name in _HAVE_ROWS) <= FEW_ROWS:
        return TimelineModel(trace, index, diagnostics)
    begin = TraceDelta(trace=True, diagnostics=len(diagnostics))
    for ref in (NodeRef("thread", trace.root_thread_id), *first):
        if find_object(trace, ref) is not None and ref.kind != "diagnostic":
            KINDS[ref.kind].touched(begin).add(ref.id)
    return TimelineModel(trace, index, diagnostics, first=begin)


def fill_model(model: TimelineModel) -> Iterator[float]:
    """Make the rows that a model of `begun_model` lacks, in steps of some milliseconds; yield the part that is made.

    Agents, and what was under way, come first.
    """
    if not model.tree.is_partial:
        return
    for part, made in _parts_of(model):
        model.fill(part)
        yield made
    model.end_filling()


def _parts_of(model: TimelineModel) -> Iterator[tuple[TraceDelta, float]]:
    rows = model.tree.nodes
    maps: dict[str, dict[Any, Any]] = {name: getattr(model.trace, name) for name in _HAVE_ROWS}
    total, made = sum(map(len, maps.values())), 0
    for name, objects in maps.items():
        ahead = iter([*objects])
        while names := list(islice(ahead, ROWS_AT_ONCE)):
            made += len(names)
            if name == "tool_calls":  # some got their rows with the turns that are under way
                names = [tool for tool in names if NodeRef("tool_call", tool) not in rows]
            part = TraceDelta()
            getattr(part, name).update(names)
            yield part, made / total
        if name == "codex_turns":
            for turn in objects.values():
                if turn.execution.is_open:
                    for part in _below(model.index, turn):
                        yield part, made / total


def _below(index: TraceIndex, turn: CodexTurn) -> Iterator[TraceDelta]:
    """The work of a turn, in parts."""
    name = turn.codex_turn_id
    work: dict[str, Sequence[Any]] = {
        "inference_calls": index.inferences_of_turn.of(name),
        "tool_calls": index.tools_of_turn.of(name),
        "compactions": index.compactions_of_turn.of(name),
        "compaction_requests": index.attempts_of_turn.of(name),
        "code_cells": index.cells_of_turn.of(name),
    }
    for kind, names in work.items():
        ahead = iter([*names])
        while some := list(islice(ahead, ROWS_AT_ONCE)):
            part = TraceDelta()
            getattr(part, kind).update(some)
            yield part
