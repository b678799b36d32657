"""Whom an agent waits for, whom that one waits for, and so on: the chain to what really is awaited.

    /root waits on /root/alpha, which waits on /root/alpha/deep, which waits on a terminal: $ pytest -q

An agent that waits without a name waits for any message. Then it waits on the agents that it started and that have an
open turn; if none of those has, on the agents that these started.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.state.agent import IN_TURN, AgentState, state_of_agent
from tui.analysis.state.recording import RecordingState
from tui.model.ids import ThreadId
from tui.model.objects import ToolCall
from tui.model.trace import RolloutTrace
from tui.schema.events import GenericSummary, WaitAgentSummary

_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')


class ChainLink(NamedTuple):
    """One agent of a chain and its state. `awaits`: the agents that it waits on; the chain goes on with one."""

    thread_id: ThreadId
    state: AgentState
    awaits: tuple[ThreadId, ...] = ()


class WaitingChain(NamedTuple):
    """From an agent to the last one that can be told. `is_ring`: the last one waits on an agent of the chain."""

    links: tuple[ChainLink, ...]
    is_ring: bool = False

    @property
    def last(self) -> ChainLink:
        """Where the chain ends: an agent that waits on no other, or on one before it."""
        return self.links[-1]


class AgentStates:
    """The states of all agents; each is found out once, when it is asked for, and again after `forget`."""

    def __init__(self, trace: RolloutTrace, index: TraceIndex, recording: RecordingState) -> None:
        self.recording = recording
        self._trace = trace
        self._index = index
        self._states: dict[ThreadId, AgentState] = {}

    def of(self, thread_id: ThreadId) -> AgentState:
        """The state of one agent. KeyError for an unknown one."""
        state = self._states.get(thread_id)
        if state is None:
            state = state_of_agent(self._trace, self._index, thread_id, self.recording)
            self._states[thread_id] = state
        return state

    def forget(self, touched: Iterable[ThreadId], recording: RecordingState) -> None:
        """Time went on: the objects of some agents changed, perhaps the recording.

        How much of an answer has arrived changes no object, so who waits for one is computed again each time.
        """
        before, self.recording = self.recording, recording
        if recording.word != before.word or (recording.is_over and recording != before):
            self._states.clear()
        listening = [name for name, state in self._states.items() if state.doing == "waiting on the model"]
        for thread_id in (*touched, *listening):
            self._states.pop(thread_id, None)

    def awaited(self, thread_id: ThreadId) -> tuple[ThreadId, ...]:
        """The agents that a waiting agent waits on: those that its call names, else those at work below it.

        Empty if it does not wait, and where it is unknown who could end the waiting.
        """
        state = self.of(thread_id)
        if state.doing != "waiting on an agent":
            return ()
        tool = self._trace.tool_calls[state.node.id]  # type: ignore[index]  # the id of a node is one of its kind
        return tuple(self._named(thread_id, tool)) or self._at_work_below(thread_id)

    def chain(self, thread_id: ThreadId) -> WaitingChain:
        """Follow whom an agent waits for; of several, the first one that has something to do."""
        links: list[ChainLink] = []
        met: set[ThreadId] = set()
        at = thread_id
        while at not in met:
            met.add(at)
            awaits = self.awaited(at)
            links.append(ChainLink(at, self.of(at), awaits))
            if not awaits:
                return WaitingChain(tuple(links))
            at = next((name for name in awaits if self.of(name).doing in IN_TURN), awaits[0])
        return WaitingChain(tuple(links), is_ring=True)

    def _at_work_below(self, thread_id: ThreadId) -> tuple[ThreadId, ...]:
        """The nearest agents below that have something to do, those of one depth together."""
        met = {thread_id}
        level = [thread_id]
        while level:
            level = [child for parent in level for child in self._index.child_threads.of(parent) if child not in met]
            met.update(level)
            found = tuple(name for name in level if name in self._trace.threads and self._may_answer(name))
            if found:
                return found
        return ()

    def _may_answer(self, thread_id: ThreadId) -> bool:
        """Whether an agent has an open turn, or has only just been started."""
        return self.of(thread_id).doing in IN_TURN or self._index.turns.count(thread_id) == 0

    def _named(self, thread_id: ThreadId, tool: ToolCall) -> Iterator[ThreadId]:
        """The agents whose id or path is in the call, as far as the recorder kept its arguments."""
        own_path = self._trace.threads[thread_id].agent_path
        for name in dict.fromkeys(_names_in(tool)):
            for path in (name, f"{own_path}/{name}"):
                found = ThreadId(path) if path in self._trace.threads else self._index.thread_at_path(path)
                if found is not None and found != thread_id:
                    yield found
                    break


def _names_in(tool: ToolCall) -> list[str]:
    summary = tool.summary
    if isinstance(summary, WaitAgentSummary):
        return [summary.target_agent_path] if summary.target_agent_path else []
    preview = summary.input_preview if isinstance(summary, GenericSummary) else None
    return _QUOTED.findall(preview or "")
