"""The list of problems: what is wrong with the recording, and the way to each place."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Set
from typing import TYPE_CHECKING

from tui.analysis.bundle_trouble import BundleTrouble, trouble_findings
from tui.model.noderef import NodeRef
from tui.ui.screens.walk import WalkCommands

if TYPE_CHECKING:
    from tui.analysis.problem_list import DiagnosticTally, ListedProblem, ProblemGroups
    from tui.ui.evidence_scan import EvidenceScan
    from tui.ui.screens.problems_screen import ProblemsScreen

PROBLEMS_SECONDS = 0.5
"""How often the list is made anew while it is shown and something changes."""


class ProblemCommands(WalkCommands):
    """What only the command needs is imported by the command: the first picture does not wait for it."""

    _tally: DiagnosticTally | None = None
    _tallied_generation = 0

    def bundle_trouble(self) -> BundleTrouble:
        """What is wrong with the bundle now, outside of its events."""
        store = self.store
        return BundleTrouble(store.manifest, store.faults, store.fault, store.torn_tail, store.bundle.log_name)

    def problem_count(self) -> int:
        """Problems of rows, and of the bundle itself."""
        findings = trouble_findings(self.bundle_trouble(), self.store.trace)
        return self.timeline.problem_count + sum(found.severity != "note" for found in findings)

    def action_list_problems(self) -> None:
        """Choose among all problems, with what each of them means."""
        from tui.ui.evidence_scan import EvidenceScan
        from tui.ui.screens.problems_screen import ProblemsScreen
        from tui.ui.theme import style_for

        screen = ProblemsScreen("", (), style_for=style_for)
        scan = EvidenceScan(self.store)
        self.app.push_screen(screen, self._go_to_problem)
        self._show_problems(screen, scan)
        shown = [self._problem_stamp(scan)]

        def refresh() -> None:
            if shown[0] != self._problem_stamp(scan):
                shown[0] = self._problem_stamp(scan)
                self._show_problems(screen, scan)

        screen.set_interval(PROBLEMS_SECONDS, refresh)
        self.run_worker(self._scan_evidence(screen, scan), group="evidence-scan", exclusive=True, exit_on_error=False)

    def _problem_stamp(self, scan: EvidenceScan) -> object:
        """Differs when the list does."""
        store = self.store
        counts = (len(store.diagnostics), self.timeline.problem_count, store.generation, scan.counts)
        return (*counts, self.bundle_trouble(), store.recording[:2], store.polling, store.awaited)

    def _show_problems(self, screen: ProblemsScreen, scan: EvidenceScan) -> None:
        from tui.viewmodel.problem_rows import problem_entries, problems_title

        found = self._collect_problems(scan)
        groups = found.in_order()
        recording = self.store.recording
        title = problems_title(found.count, groups, f"{recording.word}: {recording.evidence}")
        screen.replace_entries(problem_entries(groups, self.store.trace, self.store.index), title)

    def _collect_problems(self, scan: EvidenceScan) -> ProblemGroups:
        from tui.analysis.problem_list import ProblemGroups

        store, found = self.store, ProblemGroups()
        found.add_bundle(self.bundle_trouble(), store.trace)
        tally = self._tally_diagnostics()
        found.add_diagnostics(tally)
        found.add_story(store.trace, self.timeline.model.tree.troubled)
        if store.polling is not None:
            found.add_note("watched-by-polling", store.polling, None)
        for text in store.awaited:
            found.add_note("payload-awaited", text, None)
        self._add_evidence(found, scan, tally.named)
        return found

    def _tally_diagnostics(self) -> DiagnosticTally:
        """What the reducer has told so far; only what it tells of another graph is counted from the start."""
        from tui.analysis.problem_list import DiagnosticTally

        store = self.store
        if self._tally is None or self._tallied_generation != store.generation:
            self._tally, self._tallied_generation = DiagnosticTally(), store.generation
        self._tally.take(store.diagnostics)
        return self._tally

    def _add_evidence(self, found: ProblemGroups, scan: EvidenceScan, told: Set[str]) -> None:
        """What only a look at every line and payload shows, and the reducer has not told."""
        for seen in scan.unknown_fields:
            times = f"{seen.count:,} time{'s' * (seen.count != 1)}"
            found.add_note("unknown-field", f"{seen.name}: {times}, first here", seen.first_line)
        if scan.lacks_start:
            found.add_note("start-missing", "the log has events, but no start of the rollout", None)
        for odd in scan.findings:
            found.add_note(odd.code, odd.message, odd.line)
        for payload_id, fault in list(scan.faulty.items()):
            if payload_id not in told:
                found.add_note(fault.code, fault.message, None, NodeRef("payload", payload_id))

    async def _scan_evidence(self, screen: ProblemsScreen, scan: EvidenceScan) -> None:
        """Look through the log behind the list; go on while it grows, until the list is closed."""
        try:
            while not screen.is_over:
                refs = list(self.store.trace.raw_payloads.values())
                goes_on = await asyncio.to_thread(scan.step, refs)
                await asyncio.sleep(0 if goes_on else PROBLEMS_SECONDS)
        finally:
            scan.close()

    # Going there

    def _go_to_problem(self, choice: object) -> None:
        from tui.viewmodel.problem_rows import ProblemChoice

        if not isinstance(choice, ProblemChoice):
            return
        problem, left = choice.problem, self.here()
        arrived = next((node for node in self._places(problem) if self.arrive(node)), None)
        if arrived is not None:
            self.history.leave(left)
        row = None if problem.line is None else self.store.event_log.row_of_line(problem.line)
        if row is not None and (arrived is None or arrived.kind != "payload"):
            self.show_line(row)
        elif arrived is None:
            self.say(problem.text, "warning")

    def _places(self, problem: ListedProblem) -> Iterator[NodeRef]:
        """Where a problem belongs, the best place first."""
        from tui.analysis.problem_list import nearest_node, object_of

        node = problem.node
        if node is None:
            return
        if node.kind == "diagnostic":
            named = object_of(self.store.trace, self.store.diagnostics[int(node.id)])
            near = None if problem.seq is None else nearest_node(self.store.trace, problem.seq)
            yield from (place for place in (named, near) if place is not None)
        yield node
