"""What is wrong with the recording: how much, and the whole list when somebody asks for it."""

from __future__ import annotations

from collections.abc import Iterator, Set
from typing import TYPE_CHECKING

from tui.analysis.kinds.plural import counted
from tui.analysis.problems.bundle_trouble import BundleTrouble, trouble_findings
from tui.analysis.state.agent import left_open
from tui.model.noderef import NodeRef
from tui.store import TraceStore
from tui.ui.widgets.timeline_view import TimelineView

if TYPE_CHECKING:
    from tui.analysis.problems.listed import DiagnosticTally, ListedProblem, ProblemGroups
    from tui.ui.evidence_scan import EvidenceScan


class ProblemTally:
    """What only the list needs is imported by it: the first picture does not wait for it."""

    def __init__(self, store: TraceStore, timeline: TimelineView) -> None:
        self._store = store
        self._timeline = timeline
        self._tally: DiagnosticTally | None = None
        self._tallied_generation = 0
        self._texts: dict[NodeRef, str] = {}

    def trouble(self) -> BundleTrouble:
        """What is wrong with the bundle now, outside of its events; an earlier moment does not know how a log ends."""
        store = self._store
        torn_tail = 0 if store.is_as_of_earlier else store.torn_tail
        return BundleTrouble(store.manifest, store.faults, store.fault, torn_tail, store.source.log_name)

    def count(self) -> int:
        """Problems of rows, and of the bundle itself."""
        findings = trouble_findings(self.trouble(), self._store.trace)
        return self._timeline.problem_count + sum(found.severity != "note" for found in findings)

    def stamp(self, scan: EvidenceScan) -> object:
        """Differs when the list does."""
        store = self._store
        counts = (len(store.diagnostics), self._timeline.problem_count, store.generation, scan.counts)
        return (*counts, self.trouble(), store.recording[:2], store.polling, store.awaited)

    def collect(self, scan: EvidenceScan) -> ProblemGroups:
        """All problems, with what `scan` has found so far."""
        from tui.analysis.problems.listed import ProblemGroups

        store, found = self._store, ProblemGroups()
        tally = self._tally_diagnostics()
        found.add_bundle(self.trouble(), store.trace)
        found.add_diagnostics(tally)
        found.add_story(store.trace, self._timeline.model.tree.troubled, self._texts)
        if store.polling is not None:
            found.add_note("watched-by-polling", store.polling, None)
        for text in store.awaited:
            found.add_note("payload-awaited", text, None)
        for node in left_open(store.trace, store.index, store.recording):
            found.add_note("left-open", "it had not ended", None, node)
        self._add_evidence(found, scan, tally.named)
        return found

    def _tally_diagnostics(self) -> DiagnosticTally:
        """What the reducer has reported so far; only for another graph the count starts again."""
        from tui.analysis.problems.listed import DiagnosticTally

        store = self._store
        if self._tally is None or self._tallied_generation != store.generation:
            self._tally, self._tallied_generation = DiagnosticTally(), store.generation
            self._texts.clear()
        self._tally.take(store.diagnostics)
        return self._tally

    def _add_evidence(self, found: ProblemGroups, scan: EvidenceScan, told: Set[str]) -> None:
        """What only a look at every line and payload shows, and the reducer has not told.

        Of an earlier moment that is what its lines and payloads show; how often is not known.
        """
        is_whole, known = not self._store.is_as_of_earlier, self._store.trace.raw_payloads
        for seen in scan.unknown_fields:
            if self._is_read(seen.first_line):
                times = f": {counted(seen.count, 'time')}" if is_whole else ""
                found.add_note("unknown-field", f"{seen.name}{times}, first here", seen.first_line)
        if scan.lacks_start:
            found.add_note("start-missing", "the log has events, but no start of the rollout", None)
        for odd in scan.findings:
            if self._is_read(odd.line):
                found.add_note(odd.code, odd.message, odd.line)
        for payload_id, fault in list(scan.faulty.items()):
            if payload_id not in told and payload_id in known:
                found.add_note(fault.code, fault.message, None, NodeRef("payload", payload_id))

    def _is_read(self, line: int | None) -> bool:
        """Whether a line is among those that are looked at."""
        return not self._store.is_as_of_earlier or line is None or line <= self._store.event_log.last_line

    def places(self, problem: ListedProblem) -> Iterator[NodeRef]:
        """Where a problem belongs, the best place first."""
        from tui.analysis.problems.listed import nearest_node, object_of

        node = problem.node
        if node is None:
            return
        if node.kind == "diagnostic":
            named = object_of(self._store.trace, self._store.diagnostics[int(node.id)])
            near = None if problem.seq is None else nearest_node(self._store.trace, problem.seq)
            yield from (place for place in (named, near) if place is not None)
        yield node
