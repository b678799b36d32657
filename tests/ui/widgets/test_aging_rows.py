"""Time alone writes again only rows that it changes, and these as if all had been written."""

from __future__ import annotations

import pytest

from tests.ui.driving import running
from tui.ui.widgets.timeline_view import TimelineView


@pytest.mark.parametrize("bundle", ["agents", "shell", "code-mode"])
async def test_a_tick_writes_only_rows_that_time_changes(bundle: str, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[int] = []
    row_line = TimelineView.row_line

    def noting(view: TimelineView, index: int, width: int) -> object:
        written.append(index)
        return row_line(view, index, width)

    async with running(bundle) as driver:
        timeline = driver.main.timeline
        await driver.press("z R")
        await driver.at_rest()
        monkeypatch.setattr(TimelineView, "row_line", noting)
        newest = driver.app.store.event_log.newest_time_unix_ms
        assert newest is not None
        timeline.tick(newest + 2_500)
        width = timeline.scrollable_content_region.width
        assert len(written) < min(timeline.page_height, timeline.row_count())
        assert timeline._lines == {index: row_line(timeline, index, width) for index in timeline._lines}
