"""Objects by the numbers that the timeline shows: `/root#4`, `turn 2 of /root/alpha`, `request 3`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.kinds.naming import agent_name
from tui.analysis.kinds.node_names import UnknownNodeError
from tui.analysis.kinds.plural import counted
from tui.model.ids import ThreadId
from tui.model.kinds import NodeKind
from tui.model.noderef import NodeRef
from tui.model.trace import RolloutTrace

_BY_AGENT: Final = re.compile(r"(?P<agent>/\S*|[^\s#]+)#(?P<number>\d{1,9})")
_BY_WORD: Final = re.compile(
    r"(?P<word>request|inference|turn|compaction)[ :]+(?P<number>\d{1,9})(?: of (?P<agent>\S.*))?", re.IGNORECASE
)

_KIND_OF_WORD: Final[dict[str, NodeKind]] = {
    "request": "inference",
    "inference": "inference",
    "turn": "turn",
    "compaction": "compaction",
}


def numbered_node(trace: RolloutTrace, index: TraceIndex, name: str) -> NodeRef | None:
    """Return the object that a name with a number means, or None if `name` has no such form.

    `AGENT#N` is request N of the agent; `turn N` and the like mean the root unless `of AGENT` follows. Raises
    `UnknownNodeError` if there is no such agent, or no object with that number.
    """
    found = _BY_AGENT.fullmatch(name) or _BY_WORD.fullmatch(name)
    if found is None or (found.re is _BY_AGENT and not _may_be_agent(trace, found["agent"])):
        return None
    groups = found.groupdict()
    kind = _KIND_OF_WORD[(groups.get("word") or "request").lower()]
    thread_id = _agent(trace, groups["agent"])
    number = int(groups["number"])
    names = _names(index, kind, thread_id)
    if not 1 <= number <= len(names):
        word = "request" if kind == "inference" else kind
        raise UnknownNodeError(
            f"{agent_name(trace, thread_id)} has {counted(len(names), word)}, so there is no {name!r}"
        )
    return NodeRef(kind, names[number - 1])


def _may_be_agent(trace: RolloutTrace, name: str) -> bool:
    """Whether what is before `#` means an agent; the ids of other objects may hold that sign, too."""
    return name.startswith("/") or any(agent_name(trace, thread_id) == name for thread_id in trace.threads)


def _agent(trace: RolloutTrace, name: str | None) -> ThreadId:
    if name is None:
        return ThreadId(trace.root_thread_id)
    found = [thread_id for thread_id in trace.threads if name in (agent_name(trace, thread_id), thread_id)]
    if len(found) != 1:
        known = ", ".join(agent_name(trace, thread_id) for thread_id in list(trace.threads)[:4])
        raise UnknownNodeError(f"there is no agent {name!r}; the agents are {known}")
    return found[0]


def _names(index: TraceIndex, kind: NodeKind, thread_id: ThreadId) -> Sequence[str]:
    """The objects of a kind, in the order of their numbers."""
    if kind == "inference":
        return index.inferences_of_thread.of(thread_id)
    return index.turns.of(thread_id) if kind == "turn" else index.compactions_of_thread.of(thread_id)
