"""Everything that is wrong with a recording, in groups: with the bundle, with its log, with what happened in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec

from tui.analysis.kinds.scripts import cell_run_by
from tui.analysis.problems.bundle_trouble import BundleTrouble, trouble_findings
from tui.analysis.problems.failure import failure_of_call, failure_of_cell
from tui.analysis.problems.meanings import Meaning, meaning_of
from tui.analysis.problems.of_object import NO_FAILURES, ObjectProblem, problem_of
from tui.model.diagnostic import COUNTED_CODES, Diagnostic, Severity
from tui.model.ids import CodeCellId, ToolCallId
from tui.model.kinds import KINDS, GraphKind, entries
from tui.model.noderef import NodeRef
from tui.model.objects import CodexTurn, InferenceCall, Thread, ToolCall
from tui.model.trace import RolloutTrace

KEPT_OF_GROUP = 200
"""Findings of one kind that are listed; the others are counted. Their rows stand in the timeline."""

_SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")


_SEVERITY_OF: dict[str, Severity] = dict.fromkeys(NO_FAILURES, "warning")
"""Severity of the problems of objects that are less than an error."""


def severity_of(code: str) -> Severity:
    """How bad the problem of an object is."""
    return _SEVERITY_OF.get(code, "error")


class ListedProblem(NamedTuple):
    """One problem. `node` is the row it belongs to, `line` the physical line of the log that brought it, from 1.

    `text` says what is wrong, `consequence` what follows; both as recorded, not yet cleaned.
    """

    text: str
    consequence: str = ""
    node: NodeRef | None = None
    line: int | None = None
    seq: int | None = None


class ProblemGroup(msgspec.Struct):
    """Problems of one kind: how many, and those that are kept, in the order of the log."""

    code: str
    severity: Severity
    meaning: Meaning
    count: int = 0
    problems: list[ListedProblem] = msgspec.field(default_factory=list)

    def add(self, problem: ListedProblem) -> None:
        """Count a problem, and keep it."""
        self.count += 1
        self.problems.append(problem)


class DiagnosticTally:
    """Counts diagnostics as they come: asked again and again, it looks only at those that are new."""

    def __init__(self) -> None:
        self.groups: dict[tuple[Severity, str], ProblemGroup] = {}
        """By severity and code, in the order in which kinds came."""
        self.named: set[str] = set()
        """The payload, or else the object, that each of them names."""
        self._taken = 0
        self._counted: list[tuple[ProblemGroup, int, Diagnostic]] = []
        """Listed findings whose counts may still grow, by group and place in it."""

    def take(self, diagnostics: Sequence[Diagnostic]) -> None:
        """Count what was added to `diagnostics`, the same list each time, since the last call."""
        for listing, place, counted in self._counted:
            listing.problems[place] = _listed(counted, listing.problems[place].node)
        start, self._taken = self._taken, len(diagnostics)
        for number, found in enumerate(diagnostics[start:], start):
            name = found.payload_id or found.object_id
            if name is not None:
                self.named.add(name)
            group = self.groups.get((found.severity, found.code))
            if group is None:
                group = ProblemGroup(found.code, found.severity, meaning_of(found.code))
                self.groups[found.severity, found.code] = group
            if group.count < KEPT_OF_GROUP:
                if found.code in COUNTED_CODES:
                    self._counted.append((group, len(group.problems), found))
                group.problems.append(_listed(found, NodeRef("diagnostic", str(number))))
            group.count += 1


class ProblemGroups:
    """Collects problems by severity and kind."""

    def __init__(self) -> None:
        self._groups: dict[tuple[Severity, str], ProblemGroup] = {}

    def in_order(self) -> list[ProblemGroup]:
        """Errors before warnings before notes, else in the order in which kinds came."""
        return sorted(self._groups.values(), key=lambda group: _SEVERITIES.index(group.severity))

    @property
    def count(self) -> int:
        """How many problems there are; notes are none."""
        return sum(group.count for group in self._groups.values() if group.severity != "note")

    def add_bundle(self, trouble: BundleTrouble, trace: RolloutTrace) -> None:
        """Add what belongs to no event."""
        for finding in trouble_findings(trouble, trace):
            self._add_finding(finding, None)

    def add_diagnostics(self, tally: DiagnosticTally) -> None:
        """Add what the reducer could not use. Costs what is listed, however much was counted."""
        for key, counted in tally.groups.items():
            group = self._group(*key)
            group.problems += counted.problems[: KEPT_OF_GROUP - len(group.problems)]
            group.count += counted.count

    def add_story(self, trace: RolloutTrace, nodes: Iterable[NodeRef], texts: dict[NodeRef, str] | None = None) -> None:
        """Add the problems of objects: what the session itself says went wrong.

        `texts` keeps what was worked out, for the next time.
        """
        known = {} if texts is None else texts
        for node in nodes:
            found = problem_of(trace, node)
            if found is None:
                continue
            text = known.get(node) or problem_text(trace, node, found)
            if text != found.text:  # the answer that says why may still come
                known[node] = text
            self._add(severity_of(found.code), found.code, ListedProblem(text, node=node))

    def add_note(self, code: str, text: str, line: int | None, node: NodeRef | None = None) -> None:
        """Add something that is worth knowing and no problem of the graph."""
        self._add("note", code, ListedProblem(text, node=node, line=line))

    def _add_finding(self, found: Diagnostic, node: NodeRef | None) -> None:
        self._add(found.severity, found.code, _listed(found, node))

    def _add(self, severity: Severity, code: str, problem: ListedProblem) -> None:
        self._group(severity, code).add(problem)

    def _group(self, severity: Severity, code: str) -> ProblemGroup:
        group = self._groups.get((severity, code))
        if group is None:
            group = self._groups[severity, code] = ProblemGroup(code, severity, meaning_of(code))
        return group


def _listed(found: Diagnostic, node: NodeRef | None) -> ListedProblem:
    return ListedProblem(found.text, found.consequence, node, found.line, found.seq)


def problem_text(trace: RolloutTrace, node: NodeRef, found: ObjectProblem) -> str:
    """What is wrong; of a call or a script that failed, also what the model saw of it."""
    tool = trace.tool_calls.get(ToolCallId(node.id)) if node.kind == "tool_call" else None
    cell = trace.code_cells.get(CodeCellId(node.id)) if tool is None else cell_run_by(trace, tool)
    answer = failure_of_call(trace, tool) if tool is not None and found.code == "failed" else ""
    if cell is not None and found.code in ("failed", "cell-failed"):
        answer = failure_of_cell(trace, cell) or answer
    return f"{found.text}: {answer}" if answer else found.text


def object_of(trace: RolloutTrace, found: Diagnostic) -> NodeRef | None:
    """The object that a diagnostic names, if the graph has it; else its payload."""
    for object_id in (found.object_id, found.payload_id):
        for kind, one in entries(KINDS):
            if object_id is not None and object_id in one.objects(trace):
                return NodeRef(kind, object_id)
    return None


_Landmark = Thread | CodexTurn | InferenceCall | ToolCall


def nearest_node(trace: RolloutTrace, seq: int) -> NodeRef | None:
    """What had begun last when event `seq` came: the place in the story for an event that belongs to no object."""
    begun = (
        _last_begun("thread", reversed(trace.threads.items()), seq),
        _last_begun("turn", reversed(trace.codex_turns.items()), seq),
        _last_begun("inference", reversed(trace.inference_calls.items()), seq),
        _last_begun("tool_call", reversed(trace.tool_calls.items()), seq),
    )
    best = max((one for one in begun if one is not None), default=None)
    return None if best is None else best[1]


def _last_begun(kind: GraphKind, newest_first: Iterable[tuple[str, _Landmark]], seq: int) -> tuple[int, NodeRef] | None:
    began = ((found.execution.started_seq, NodeRef(kind, name)) for name, found in newest_first)
    return next((one for one in began if one[0] <= seq), None)
