"""What one line says of a whole session: how it came out, what it cost, what was asked. For lists of many recordings.

Every number here is the one that the viewer's status line and the commands show of the same recording.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from tui.analysis.agents.counts import AgentMeter, steps_of_whole
from tui.analysis.agents.tasks import task_of
from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.kinds.timing import whole_duration_ms
from tui.analysis.problems.bundle_trouble import BundleTrouble
from tui.analysis.problems.count import problems_of_recording
from tui.analysis.requests.tokens import Tokens, sum_of
from tui.analysis.state.agent import StateWord
from tui.analysis.state.outcome import OutcomeWord, outcome_of
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


class SessionFacts(msgspec.Struct, frozen=True, kw_only=True):
    """One session. Texts are as recorded, not yet cleaned; None is unknown, since the recording was read in part.

    `outcome`, `why`, `evidence`: see `Outcome`. `doing`: what a running session does or waits for. `took_ms`: from the
    start to the newest event, milliseconds. `problems`: of all agents, of the log and of the bundle. `prompt`: the
    beginning of what was asked first.
    """

    outcome: OutcomeWord
    why: str = ""
    evidence: str = ""
    doing: str = ""
    took_ms: int = 0
    agents: int | None = None
    requests: int | None = None
    tokens: Tokens = Tokens()
    problems: int = 0
    prompt: str = ""

    @property
    def total_tokens(self) -> int | None:
        """Input and output of all requests whose tokens are recorded; None if those of none are."""
        return None if self.requests is None or self.tokens.is_unknown else self.tokens.total

    @property
    def cached_percent(self) -> float | None:
        """How much of the input was cached, 0 to 100; None without input."""
        return None if self.tokens.hit_rate is None else 100 * self.tokens.hit_rate


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
        took_ms=whole_duration_ms(trace, index),
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
