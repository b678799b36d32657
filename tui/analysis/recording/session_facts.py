"""What one line says of a whole session: how it came out, what it cost, what was asked. For lists of many recordings.

Every number here is the one that the viewer's status line and the commands show of the same recording.
"""

from __future__ import annotations

from collections.abc import Sequence

from tui.analysis.agents.counts import AgentMeter, steps_of_whole
from tui.analysis.agents.tasks import task_of
from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.kinds.timing import known_whole_ms
from tui.analysis.problems.bundle_trouble import BundleTrouble
from tui.analysis.problems.count import problems_of_recording
from tui.analysis.recording.facts import SessionFacts
from tui.analysis.requests.tokens import sum_of
from tui.analysis.state.agent import StateWord
from tui.analysis.state.outcome import outcome_of
from tui.analysis.state.recording import RecordingState
from tui.analysis.state.rollout import state_of_rollout
from tui.model.diagnostic import Diagnostic
from tui.model.ids import ThreadId
from tui.model.trace import RolloutTrace

_DOING: dict[StateWord, str] = {
    "waiting on the model": "waits: the model",
    "waiting on a terminal": "waits",
    "waiting on an agent": "waits",
    "working": "works",
    "idle": "idle",
}
"""What a session does now, in short."""


def session_facts(
    trace: RolloutTrace,
    index: TraceIndex,
    recording: RecordingState,
    diagnostics: Sequence[Diagnostic],
    trouble: BundleTrouble,
    *,
    is_partial: bool,
) -> SessionFacts:
    """Sum a graph up. `is_partial`: some of the recording could not be read, so that 0 may be wrong."""
    meter = AgentMeter(trace, index)
    for step in steps_of_whole(trace):
        meter.apply(step, is_step_of_whole=True)
    counts = [meter.of(thread_id) for thread_id in trace.threads]
    outcome = outcome_of(trace, index, recording)
    return SessionFacts(
        outcome=outcome.word,
        why=outcome.why,
        evidence=outcome.evidence,
        doing=_doing(trace, index, recording) if outcome.word == "running" else "",
        took_ms=known_whole_ms(trace, index),
        agents=_known(len(trace.threads), is_partial),
        requests=_known(len(trace.inference_calls), is_partial),
        tokens=sum_of(count.tokens for count in counts),
        problems=sum(count.problems for count in counts) + problems_of_recording(trace, diagnostics, trouble),
        prompt=_prompt(trace, index),
    )


def _known(count: int, is_partial: bool) -> int | None:
    """A count; none of what was read in part is not known to be none."""
    return None if is_partial and not count else count


def _doing(trace: RolloutTrace, index: TraceIndex, recording: RecordingState) -> str:
    state = state_of_rollout(trace, index, recording)
    if state.chain is None:
        return ""
    last = state.chain.last.state
    word = _DOING.get(last.doing, last.doing)
    return word if not last.what or last.doing in ("idle", "waiting on the model") else f"{word}: {last.what}"


def _prompt(trace: RolloutTrace, index: TraceIndex) -> str:
    root = ThreadId(trace.root_thread_id)
    task = task_of(trace, index, root) if root in trace.threads else None
    return "" if task is None else task.text
