"""Problems: from one to the next, and the list of all with what each of them means."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tui.ui.command import CommandGroup, Press
from tui.ui.commands.in_lists import tools_of
from tui.ui.workspace import Workspace
from tui.viewmodel.moves import Move

if TYPE_CHECKING:
    from tui.ui.evidence_scan import EvidenceScan
    from tui.ui.lists.problems import ProblemsScreen

PROBLEMS_SECONDS = 0.5
"""How often the list is made again while it is shown and something changes."""

commands = CommandGroup[Workspace]("Walk")


@commands.add("e", "Next problem")
def next_problem(work: Workspace, _press: Press) -> None:
    """The next row that something is wrong with."""
    _go_problem(work, Move.NEXT_PROBLEM)


@commands.add("E", "Previous problem")
def previous_problem(work: Workspace, _press: Press) -> None:
    """The row before that something is wrong with."""
    _go_problem(work, Move.PREVIOUS_PROBLEM)


def _go_problem(work: Workspace, move: Move) -> None:
    timeline = work.panes.timeline
    left, before = work.travel.here(), timeline.model.focused
    timeline.perform(move)
    if timeline.model.focused == before:
        work.footer.say("no other problem" if timeline.problem_count else "no problem in this recording")
    else:
        work.travel.history.leave(left)
        work.panes.focus("timeline")


@commands.add("!", "All problems, what they mean, and where")
def list_problems(work: Workspace, _press: Press) -> None:
    """Choose among all problems, with what each of them means."""
    from tui.ui.evidence_scan import EvidenceScan
    from tui.ui.lists.problems import ProblemsScreen

    screen = ProblemsScreen("", (), tools_of(work))
    scan = EvidenceScan(work.store)
    work.host.app.push_screen(screen, lambda choice: _go_to_problem(work, choice))
    _show(work, screen, scan)
    shown = [work.live.problems.stamp(scan)]

    def refresh() -> None:
        stamp = work.live.problems.stamp(scan)
        if shown[0] != stamp:
            shown[0] = stamp
            _show(work, screen, scan)

    screen.set_interval(PROBLEMS_SECONDS, refresh)
    work.host.run_worker(_scan_evidence(work, screen, scan), group="evidence-scan", exclusive=True, exit_on_error=False)


def _show(work: Workspace, screen: ProblemsScreen, scan: EvidenceScan) -> None:
    from tui.viewmodel.problem_rows import problem_entries, problems_title

    found = work.live.problems.collect(scan)
    groups = found.in_order()
    recording = work.store.recording
    title = problems_title(found.count, groups, f"{recording.word}: {recording.evidence}")
    screen.replace_entries(problem_entries(groups, work.store.trace, work.store.index), title)


async def _scan_evidence(work: Workspace, screen: ProblemsScreen, scan: EvidenceScan) -> None:
    """Look through the log behind the list; go on while it grows, until the list is closed."""
    try:
        while not screen.is_over:
            refs = list(work.store.trace.raw_payloads.values())
            goes_on = await asyncio.to_thread(scan.step, refs)
            await asyncio.sleep(0 if goes_on else PROBLEMS_SECONDS)
    finally:
        scan.close()


def _go_to_problem(work: Workspace, choice: object) -> None:
    from tui.viewmodel.problem_rows import ProblemChoice

    if not isinstance(choice, ProblemChoice):
        return
    problem, left = choice.problem, work.travel.here()
    arrived = next((node for node in work.live.problems.places(problem) if work.travel.arrive(node)), None)
    if arrived is not None:
        work.travel.history.leave(left)
    row = None if problem.line is None else work.store.event_log.row_of_line(problem.line)
    if row is not None and (arrived is None or arrived.kind != "payload"):
        work.live.selection.show_line(row)
    elif arrived is None:
        work.footer.say(problem.text, "warning")
