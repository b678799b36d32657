"""The state of the whole rollout: what all waiting in it comes down to, or how it ended.

While it goes on, the chain of waiting is followed from the root agent; its last agent says what the rollout waits for.
If the root agent has nothing to do, the newest agent that has something speaks for all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.state.agent import IN_TURN, StateWord
from tui.analysis.state.recording import RecordingState
from tui.analysis.state.waiting import AgentStates, WaitingChain
from tui.model.ids import ThreadId
from tui.model.trace import RolloutTrace

_ENDINGS: dict[str, StateWord] = {"failed": "failed", "aborted": "cancelled"}


class RolloutState(NamedTuple):
    """The state of the rollout. `chain` is None while no agent has started. `counts`: agents by state.

    `chain` begins at the agent that speaks for all and ends at the object that says so.
    """

    word: StateWord
    chain: WaitingChain | None
    counts: Mapping[StateWord, int]
    recording: RecordingState


def state_of_rollout(
    trace: RolloutTrace, index: TraceIndex, recording: RecordingState, states: AgentStates | None = None
) -> RolloutState:
    """The state of the whole. `states` may be handed in if they are known already; they must be of this moment."""
    states = states or AgentStates(trace, index, recording)
    counts = Counter(states.of(thread_id).word for thread_id in trace.threads)
    speaker = _speaker(trace, states)
    chain = None if speaker is None else states.chain(speaker)
    return RolloutState(_word(trace, recording, chain, counts), chain, counts, recording)


def _speaker(trace: RolloutTrace, states: AgentStates) -> ThreadId | None:
    """The root agent, unless it has nothing to do while others have."""
    root = ThreadId(trace.root_thread_id)
    if root in trace.threads and states.of(root).doing in IN_TURN:
        return root
    at_work = [name for name in trace.threads if states.of(name).doing in IN_TURN]
    if at_work:
        return max(at_work, key=lambda name: states.of(name).since_unix_ms)
    return root if root in trace.threads else next(reversed(trace.threads), None)


def _word(
    trace: RolloutTrace, recording: RecordingState, chain: WaitingChain | None, counts: Mapping[StateWord, int]
) -> StateWord:
    if recording.word == "cut off":
        return "cut off"
    if chain is None:
        return "left open" if recording.word == "end unread" else "ended" if recording.word == "ended" else "idle"
    if recording.word == "ended":
        if counts.get("left open") and trace.status == "running":
            return "left open"
        root = ThreadId(trace.root_thread_id)
        ending = chain.links[0].state.word if chain.links[0].thread_id == root else "ended"
        return _ENDINGS.get(trace.status, ending if ending in ("failed", "cancelled") else "ended")
    return chain.last.state.word
