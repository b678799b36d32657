"""Which rows a filter leaves: `pytest`, `kind:tool status:failed agent:alpha`, `problem`."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from tui.analysis.lookup import find_object
from tui.analysis.naming import agent_name
from tui.analysis.problems import problem_of
from tui.model.ids import ThreadId
from tui.model.noderef import NodeRef
from tui.model.trace import RolloutTrace
from tui.viewmodel.spans import line_text
from tui.viewmodel.timeline_labels import Face

_KIND_WORDS = {
    "agent": "thread",
    "thread": "thread",
    "turn": "turn",
    "inference": "inference",
    "request": "inference",
    "tool": "tool_call",
    "command": "tool_call",
    "cell": "code_cell",
    "compaction": "compaction",
    "message": "edge",
    "edge": "edge",
    "diagnostic": "diagnostic",
}
"""What people call a kind of row → the kind."""

_STATUS_WORDS = {"error": "failed", "open": "running", "completed": "ok", "aborted": "cancelled", "done": "ok"}


class TimelineFilter(NamedTuple):
    """All conditions must hold; an empty one holds for every row. Words are looked for in the label, in any case."""

    words: tuple[str, ...] = ()
    kinds: frozenset[str] = frozenset()
    statuses: frozenset[str] = frozenset()
    agents: tuple[str, ...] = ()
    only_problems: bool = False

    def __bool__(self) -> bool:
        return any((self.words, self.kinds, self.statuses, self.agents, self.only_problems))


def parse_filter(text: str) -> TimelineFilter:
    """The filter that a person typed. `kind:`, `status:` and `agent:` take words; the rest is text."""
    words: list[str] = []
    kinds: set[str] = set()
    statuses: set[str] = set()
    agents: list[str] = []
    only_problems = False
    for word in text.split():
        key, colon, value = word.partition(":")
        if key == "kind" and colon and value in _KIND_WORDS:
            kinds.add(_KIND_WORDS[value])
        elif key == "status" and colon and value:
            statuses.add(_STATUS_WORDS.get(value, value))
        elif key == "agent" and colon and value:
            agents.append(value)
        elif word in ("problem", "problems"):
            only_problems = True
        else:
            words.append(word.lower())
    return TimelineFilter(tuple(words), frozenset(kinds), frozenset(statuses), tuple(agents), only_problems)


def matcher(chosen: TimelineFilter, trace: RolloutTrace, face: Callable[[NodeRef], Face]) -> Callable[[NodeRef], bool]:
    """A predicate over rows. Cheap conditions are asked first: a label is made only where all others hold."""

    def matches(node: NodeRef) -> bool:
        if chosen.kinds and node.kind not in chosen.kinds:
            return False
        if chosen.only_problems and problem_of(trace, node) is None and node.kind != "diagnostic":
            return False
        if chosen.agents and not _is_of_agent(trace, node, chosen.agents):
            return False
        if not chosen.statuses and not chosen.words:
            return True
        shown = face(node)
        if chosen.statuses and shown.status not in chosen.statuses:
            return False
        text = line_text(shown.label).lower()
        return all(word in text for word in chosen.words)

    return matches


def _is_of_agent(trace: RolloutTrace, node: NodeRef, agents: tuple[str, ...]) -> bool:
    thread_id = getattr(find_object(trace, node), "thread_id", None)
    if thread_id is None:
        return False
    path = agent_name(trace, ThreadId(thread_id))
    return any(agent in path for agent in agents)
