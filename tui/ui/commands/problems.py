"""Problems: from one to the next, and the list of all with what each of them means."""

from __future__ import annotations

import asyncio
from collections.abc import Set
from typing import TYPE_CHECKING

from tui.analysis.kinds.naming import name_of
from tui.analysis.kinds.plural import counted
from tui.analysis.problems.failure_story import healed_by
from tui.ui.command import CommandGroup, Press
from tui.ui.commands.in_lists import tools_of
from tui.ui.workspace import Workspace
from tui.viewmodel.rows.moves import Move

if TYPE_CHECKING:
    from tui.analysis.problems.listed import ProblemGroup
    from tui.model.ids import RawPayloadId
    from tui.schema.payloads import RawPayloadRef
    from tui.ui.evidence_scan import EvidenceScan
    from tui.ui.lists.problems import ProblemsScreen
    from tui.viewmodel.lists.picker import PickEntry
    from tui.viewmodel.lists.problems import SortKey

PROBLEMS_SECONDS = 0.5
"""How often the list is made again while it is shown and something changes."""

MANY_PROBLEMS = 1_000
"""Problems from which the list is made when its picture is out: a key may not wait for all of them."""

_SAID_CHARACTERS = 300
"""Characters of a problem's text that are said; the footer cuts them to its width."""

commands = CommandGroup[Workspace]("Walk")


@commands.add("e", "Next problem of another kind")
def next_problem(work: Workspace, press: Press) -> None:
    """The first row of the next kind of problem: the same again is counted, not visited."""
    _go_problem(work, Move.NEXT_PROBLEM, press)


@commands.add("E", "Previous problem of another kind")
def previous_problem(work: Workspace, press: Press) -> None:
    """The first row of the kind of problem before."""
    _go_problem(work, Move.PREVIOUS_PROBLEM, press)


def _go_problem(work: Workspace, move: Move, press: Press) -> None:
    timeline = work.panes.timeline
    left, before = work.travel.here(), timeline.model.focused
    timeline.perform(move, press.times)
    if timeline.model.focused == before:
        work.footer.say("no other problem" if timeline.problem_count else _nothing_to_visit(work))
    else:
        work.travel.history.leave(left)
        work.panes.focus("timeline")
        _say_which(work)


def _nothing_to_visit(work: Workspace) -> str:
    """What is said where no row has a problem: the list may have some of the bundle itself, and notes."""
    from tui.ui.evidence_scan import EvidenceScan

    scan = EvidenceScan(work.store)
    groups = work.live.problems.collect(scan).in_order()
    scan.close()
    notes = sum(group.count for group in groups if group.severity == "note")
    others = sum(group.count for group in groups) - notes
    said = "no row has a problem" if others else "no problem in this recording"
    more = [counted(number, word) for number, word in ((others, "problem"), (notes, "note")) if number]
    return f"{said}; {' and '.join(more)}: {work.keyboard.first_key('list_problems')} lists them" if more else said


def _say_which(work: Workspace) -> None:
    """What the problem under the cursor is, and how many there are of its kind: the rows show only this one."""
    stops = work.panes.timeline.model.problem_stops.all()
    for number, stop in enumerate(stops, 1):
        if stop.row is work.panes.timeline.model.focus:
            times = f", {stop.times:,} times" if stop.times > 1 else ""
            # Not the number of problems: the status line counts each of those.
            place = f"problem kind {number:,} of {len(stops):,}"
            healed = healed_by(work.store.trace, work.store.index, stop.row.ref)
            mended = "" if healed is None else f"; {name_of(work.store.trace, work.store.index, healed)} then worked"
            work.footer.say(f"{place}{times}{mended} · {stop.text[:_SAID_CHARACTERS]}")


@commands.add("!", "All problems, what they mean, and where")
def list_problems(work: Workspace, _press: Press) -> None:
    """Choose among all problems, with what each of them means."""
    from tui.ui.evidence_scan import EvidenceScan
    from tui.ui.lists.problems import ProblemsScreen
    from tui.viewmodel.lists.problems import nothing_text, problem_entries, problems_title

    scan, store = EvidenceScan(work.store), work.store
    groups: list[ProblemGroup] = []

    def entries(opened: Set[SortKey], /, *, all_open: bool) -> list[PickEntry]:
        return problem_entries(groups, store.trace, store.index, opened, all_open=all_open)

    def show() -> None:
        if screen.is_over:
            return
        found = work.live.problems.collect(scan)
        groups[:] = found.in_order()
        recording = store.recording
        present, may_be_more = f"{recording.word}: {recording.evidence}", store.reading.may_hide_problems
        screen.show_problems(problems_title(found.count, groups, present, may_be_more=may_be_more))

    def say_nothing() -> None:
        """What an agent does changes without a problem."""
        if not groups:
            key = work.keyboard.first_key("pick_agent")
            screen.say_when_empty(nothing_text(store.trace, store.index, store.recording, key))

    screen = ProblemsScreen(tools_of(work), entries)
    work.host.app.push_screen(screen, lambda choice: _go_to_problem(work, choice))
    if work.panes.timeline.problem_count < MANY_PROBLEMS:
        show()
        say_nothing()
    else:
        screen.show_waiting()
        screen.first_paint.then(show)
    shown = [work.live.problems.stamp(scan)]

    def refresh() -> None:
        stamp = work.live.problems.stamp(scan)
        if shown[0] != stamp:
            shown[0] = stamp
            show()
        say_nothing()

    screen.set_interval(PROBLEMS_SECONDS, refresh)
    work.host.run_worker(_scan_evidence(work, screen, scan), group="evidence-scan", exclusive=True, exit_on_error=False)


async def _scan_evidence(work: Workspace, screen: ProblemsScreen, scan: EvidenceScan) -> None:
    """Look through the log behind the list; go on while it grows, until the list is closed."""
    listed: dict[RawPayloadId, RawPayloadRef] = {}
    refs: list[RawPayloadRef] = []
    try:
        while not screen.is_over:
            payloads = work.store.trace.raw_payloads
            if payloads is not listed or len(payloads) != len(refs):  # not at each of many thousands of steps
                listed, refs = payloads, list(payloads.values())
            goes_on = await asyncio.to_thread(scan.step, refs)
            await asyncio.sleep(0 if goes_on else PROBLEMS_SECONDS)
    finally:
        scan.close()


def _go_to_problem(work: Workspace, choice: object) -> None:
    from tui.viewmodel.lists.problems import ProblemChoice

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
