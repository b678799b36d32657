"""The command that counts: statistics of the recording, counted again while it grows."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from tui.ui.command import CommandGroup, Press
from tui.ui.commands.in_lists import tools_of
from tui.ui.scheduler import sliced
from tui.ui.time_share import TimeShare
from tui.ui.workspace import Workspace

if TYPE_CHECKING:
    from tui.ui.lists.statistics import StatisticsScreen

REST_SECONDS = 1.0
"""Between two counts, so that the numbers can be read."""

COUNT_PARTS = 10
"""Counting takes at most one part in this many of the time: very large recordings are counted more rarely."""

commands = CommandGroup[Workspace]("Agents")


@commands.add("S", "Statistics: per tool, model and agent")
def show_statistics(work: Workspace, press: Press) -> None:
    """Count per tool, model and agent, in slices; Enter goes to the slowest call of a row."""
    from tui.ui.lists.statistics import StatisticsScreen

    screen = StatisticsScreen(tools_of(work), measure=work.panes.measure, at=press.about)
    work.host.app.push_screen(screen, work.travel.jump_to_choice)
    work.host.run_worker(_count_statistics(work, screen), group="statistics", exclusive=True)


async def _count_statistics(work: Workspace, screen: StatisticsScreen) -> None:
    """Count, and again when the recording has grown, as long as somebody looks."""
    counted: tuple[int, int] | None = None
    share = TimeShare(COUNT_PARTS)
    while not screen.is_over:
        now = (work.store.generation, len(work.store.event_log))
        if counted != now:
            share.begin()
            await _count_once(work, screen)
            share.end()
            counted = now
            await asyncio.sleep(share.rest_seconds)
        await asyncio.sleep(REST_SECONDS)


async def _count_once(work: Workspace, screen: StatisticsScreen) -> None:
    from tui.analysis.statistics.counts import StatisticsCount
    from tui.viewmodel.lists.statistics_tables import tables_in_steps

    trace, seq = work.store.trace, work.store.event_log.newest_seq
    count = StatisticsCount(trace, work.store.index)
    async for _ in sliced(count.steps()):
        if screen.is_over:
            return
    statistics = count.statistics()
    await asyncio.sleep(0)
    if not screen.is_over:
        about = "nothing recorded yet" if seq is None else f"up to event {seq}"
        screen.show_tables(partial(tables_in_steps, trace, statistics), about)
