"""Which part of a recording is exported: all of it, one agent, or one turn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from tui.analysis.agents.counts import in_tree_order
from tui.analysis.kinds.node_names import UnknownNodeError, find_node
from tui.model.ids import CodexTurnId, InferenceCallId, ThreadId
from tui.model.kinds import NodeKind
from tui.model.objects import CodexTurn, Thread
from tui.model.trace import RolloutTrace
from tui.store import TraceStore


class Scope(msgspec.Struct, frozen=True):
    """A part of a recording. Without an agent and a turn it is the whole."""

    agent: ThreadId | None = None
    turn: CodexTurnId | None = None

    @property
    def is_whole(self) -> bool:
        """Whether nothing is left out."""
        return self.agent is None and self.turn is None

    def threads(self, trace: RolloutTrace, store: TraceStore) -> Sequence[Thread]:
        """The agents in it, parents first."""
        if self.turn is not None:
            return [trace.threads[trace.codex_turns[self.turn].thread_id]]
        if self.agent is not None:
            return [trace.threads[self.agent]]
        return [trace.threads[name] for name in in_tree_order(trace, store.index)]

    def turns(self, store: TraceStore, thread: Thread) -> Iterator[CodexTurn]:
        """The turns of an agent in it, in order of start."""
        for name in store.index.turns.of(thread.thread_id):
            if self.turn in (None, name):
                yield store.trace.codex_turns[name]

    def requests(self, store: TraceStore, turn: CodexTurn) -> Sequence[InferenceCallId]:
        """The requests of a turn, in order of start."""
        return store.index.inferences_of_turn.of(turn.codex_turn_id)


def scope_of(trace: RolloutTrace, agent: str | None, turn: str | None) -> Scope:
    """The part that an agent's path or id, and a turn's id name. Raises `UnknownNodeError` if there is none."""
    if turn is not None:
        found = CodexTurnId(_named(trace, "turn", turn))
        owner = trace.codex_turns[found].thread_id
        if agent is not None and _named(trace, "thread", agent) != owner:
            raise UnknownNodeError(f"turn {turn!r} is not a turn of the agent {agent!r}")
        return Scope(owner, found)
    return Scope() if agent is None else Scope(ThreadId(_named(trace, "thread", agent)))


def _named(trace: RolloutTrace, kind: NodeKind, name: str) -> str:
    prefix = "" if name.startswith(f"{kind}:") else f"{kind}:"
    return find_node(trace, f"{prefix}{name}").id
