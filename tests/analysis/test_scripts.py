"""A script is one work with its own time and outcome, whether or not a call that dispatched it is recorded."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.reducer.recording import Recording, script, script_output, user
from tui.analysis.agents.overview import overview_of
from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.problems.bundle_trouble import BundleTrouble
from tui.analysis.problems.count import problems_of_recording
from tui.analysis.state.recording import RecordingState
from tui.analysis.statistics.counts import statistics_of
from tui.analysis.statistics.figures import Statistics
from tui.bundle.open import open_bundle
from tui.model.trace import RolloutTrace
from tui.schema.events import ProtocolEventObserved
from tui.store import TraceStore
from tui.viewmodel.text.spans import line_text
from tui.viewmodel.timeline.model import TimelineModel
from tui.viewmodel.timeline.row import TimelineRow

ENDED = RecordingState("ended", "")


def recording(status: str, *, dispatched: bool, yields: bool = True) -> Recording:
    """A script that begins 10 ms after its dispatch, answers 10 ms later, and ends 30 ms after that."""
    made = Recording(2 if dispatched else 1)
    made.request("i1", [user("go")])
    made.done("i1", [script("c", "work()")])
    if dispatched:
        made.tool("c", "other", call="c", other_name="exec")
    made.cell("1", "c")
    made.cell_response("1", "yielded" if yields else status)
    if dispatched:
        made.tool_end("c")
    while len(made.lines) < (10 if dispatched else 9):
        made.event(ProtocolEventObserved(event_type="warning", event_payload=made.payload("protocol_event", {})))
    made.cell_end("1", status)
    made.request("i2", [user("go"), script("c", "work()"), script_output("c", "half"), script_output("c", "whole")])
    made.done("i2", [])
    made.end_turn()
    return made


def statistics(trace: RolloutTrace) -> Statistics:
    return statistics_of(trace, TraceIndex(trace))


def script_row(trace: RolloutTrace) -> TimelineRow:
    model = TimelineModel(trace, TraceIndex(trace))
    (row,) = (row for row in model.rows(0, 99) if line_text(row.label).startswith("script"))
    return row


@pytest.mark.parametrize("dispatched", [True, False])
def test_script_shows_its_own_duration(*, dispatched: bool) -> None:
    trace = recording("completed", dispatched=dispatched).reduce().trace
    row = script_row(trace)
    assert row.node.kind == ("tool_call" if dispatched else "code_cell")
    assert (row.duration_ms, row.glyph, line_text(row.label)) == (40, "✓»", "script  yielded at 10ms  text(1)")
    (tool,) = statistics(trace).tools
    assert dispatched or tool.name == "exec"
    assert (tool.calls.count, tool.calls.max_ms) == (1, 40)
    assert tool.output.seen == len("half") + len("whole")


def test_script_without_yield_has_no_first_answer() -> None:
    row = script_row(recording("completed", dispatched=True, yields=False).reduce().trace)
    assert (row.glyph, line_text(row.label)) == ("✓", "script  text(1)")


@pytest.mark.parametrize("dispatched", [True, False])
@pytest.mark.parametrize(
    ("status", "failed", "cancelled"), [("completed", 0, 0), ("failed", 1, 0), ("terminated", 0, 1)]
)
def test_script_has_one_problem_in_every_schema(status: str, failed: int, cancelled: int, *, dispatched: bool) -> None:
    trace = recording(status, dispatched=dispatched).reduce().trace
    index = TraceIndex(trace)
    overview, calls = overview_of(trace, index, ENDED), statistics(trace).calls
    assert (calls.failed, calls.cancelled) == (failed, cancelled)
    assert overview.problems == TimelineModel(trace, index).problem_count == failed + cancelled
    assert overview.agents[0].tool_calls == calls.count == 1


def test_all_counts_of_problems_agree(demo_bundle: Path) -> None:
    store = TraceStore(open_bundle(demo_bundle))
    store.load_all()
    overview = overview_of(store.trace, store.index, store.recording)
    of_recording = problems_of_recording(store.trace, store.diagnostics, BundleTrouble(store.manifest, store.faults))
    shown = TimelineModel(store.trace, store.index, store.diagnostics).problem_count
    assert overview.problems + of_recording == shown
    assert sum(agent.tool_calls for agent in overview.agents) == statistics_of(store.trace, store.index).calls.count
