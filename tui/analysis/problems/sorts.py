"""Problems that are the same but for when and where they happened: one row for all of them, the worst first."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from tui.analysis.problems.listed import ListedProblem, ProblemGroup
from tui.model.kinds import ByKind
from tui.model.noderef import NodeRef

_VARYING = re.compile(
    r"\b0x[0-9a-f]+\b|\b[0-9a-f]{4,}(?:-[0-9a-f]{2,})+\b|\b(?=[a-f]*\d)[0-9a-f]{8,}\b|\d+(?:[.,:]\d+)*"
)
"""What differs between two tellings of one problem: addresses, ids, numbers."""

_SIGNED_CHARACTERS = 300
"""Characters of a text that decide what is the same."""

_ENDS_A_TURN: ByKind[bool] = {
    "inference": True,
    "turn": True,
    "thread": True,
    "event": True,
    "compaction_request": True,
    "tool_call": False,
    "code_cell": False,
    "terminal_operation": False,
    "terminal_session": False,
    "compaction": False,
    "edge": False,
    "item": False,
    "payload": False,
    "diagnostic": False,
}
"""Kinds of objects whose failure may end a turn: these come before calls, which the model learns of and may mend."""


class ProblemSort(NamedTuple):
    """Problems of one signature, in the order in which they came; `times` includes those that were not kept."""

    signature: str
    problems: list[ListedProblem]
    times: int

    @property
    def text(self) -> str:
        """What all of them say: their common text, or the signature where numbers differ."""
        first = self.problems[0].text
        return first if all(problem.text == first for problem in self.problems) else self.signature


def signature_of(code: str, text: str) -> str:
    """What of a problem's text is the same for all of its sort. Of exit codes the number is what counts."""
    told = text[:_SIGNED_CHARACTERS].removeprefix(f"{code}: ")
    return told if code == "exit-code" else _VARYING.sub("…", told)


def sorts_of(group: ProblemGroup) -> list[ProblemSort]:
    """The problems of a group by their signatures: what may end a turn first, then what happened most often."""
    found: dict[str, list[ListedProblem]] = {}
    for problem in group.problems:
        found.setdefault(signature_of(group.code, problem.text), []).append(problem)
    unlisted = group.count - len(group.problems)
    sorts = [
        ProblemSort(signature, problems, len(problems) + (unlisted if len(found) == 1 else 0))
        for signature, problems in found.items()
    ]
    return sorted(sorts, key=lambda sort: (not _may_end_a_turn(sort.problems), -sort.times))


def _may_end_a_turn(problems: Iterable[ListedProblem]) -> bool:
    nodes: Iterable[NodeRef | None] = (problem.node for problem in problems)
    return any(node is not None and _ENDS_A_TURN[node.kind] for node in nodes)
