"""The command that counts: statistics of the recording as it is when the key is pressed."""

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


class StatisticsCommands(WalkCommands):
    """What only the command needs is imported by the command: the first picture does not wait for it."""

    def action_show_statistics(self) -> None:
        """Count per tool, model and agent, in slices; Enter goes to the slowest call of a row."""
        from tui.ui.screens.statistics_screen import StatisticsScreen

        screen = StatisticsScreen(style_for=style_for, measure=self.measure)
        self.app.push_screen(screen, self._go_to_row)
        self.run_worker(self._count_statistics(screen), group="statistics", exclusive=True)

    async def _count_statistics(self, screen: StatisticsScreen) -> None:
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
        tables = statistics_tables(trace, count.statistics())
        screen.show_tables(tables, f"Statistics · up to event {seq} · Enter: its slowest call, or the agent")

    def _go_to_row(self, choice: object) -> None:
        if isinstance(choice, NodeRef):
            self.jump_to(choice)
