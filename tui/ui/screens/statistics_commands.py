"""The command that counts: statistics of the recording, counted again while it grows."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from tui.model.noderef import NodeRef
from tui.store import SLICE_SECONDS
from tui.ui.screens.walk import WalkCommands
from tui.ui.theme import style_for

if TYPE_CHECKING:
    from tui.ui.screens.statistics_screen import StatisticsScreen

REST_SECONDS = 1.0
"""Between two counts, so that the numbers can be read."""

COST_FACTOR = 10
"""A rest lasts so many times as long as the count before it: very large recordings are counted more rarely."""


class StatisticsCommands(WalkCommands):
    """What only the command needs is imported by the command: the first picture does not wait for it."""

    def action_show_statistics(self) -> None:
        """Count per tool, model and agent, in slices; Enter goes to the slowest call of a row."""
        from tui.ui.screens.statistics_screen import StatisticsScreen

        screen = StatisticsScreen(style_for=style_for, measure=self.measure)
        self.app.push_screen(screen, self._go_to_row)
        self.run_worker(self._count_statistics(screen), group="statistics", exclusive=True)

    async def _count_statistics(self, screen: StatisticsScreen) -> None:
        """Count, and again when the recording has grown, as long as somebody looks."""
        counted: tuple[int, int] | None = None
        while not screen.is_over:
            cost, now = 0.0, (self.store.generation, len(self.store.event_log))
            if counted != now:
                started = time.monotonic()
                await self._count_once(screen)
                counted, cost = now, time.monotonic() - started
            await asyncio.sleep(max(REST_SECONDS, cost * COST_FACTOR))

    async def _count_once(self, screen: StatisticsScreen) -> None:
        from tui.analysis.statistics import StatisticsCount
        from tui.viewmodel.statistics_tables import statistics_tables

        trace, seq = self.store.trace, self.store.event_log.newest_seq
        count = StatisticsCount(trace, self.store.index)
        deadline = time.monotonic() + SLICE_SECONDS
        for _ in count.steps():
            if time.monotonic() > deadline:
                await asyncio.sleep(0.001)
                deadline = time.monotonic() + SLICE_SECONDS
            if screen.is_over:
                return
        statistics = count.statistics()
        await asyncio.sleep(0)
        tables = statistics_tables(trace, statistics)
        await asyncio.sleep(0)
        if not screen.is_over:
            screen.show_tables(tables, f"Statistics · up to event {seq} · Enter: its slowest call, or the agent")

    def _go_to_row(self, choice: object) -> None:
        if isinstance(choice, NodeRef):
            self.jump_to(choice)
