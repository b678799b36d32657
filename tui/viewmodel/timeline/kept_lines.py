"""Lines of the timeline, each made once for a row that stays the same in a pane that stays the same."""

from __future__ import annotations

from tui.model.noderef import NodeRef
from tui.named_tuple import NamedTuple
from tui.viewmodel.text.clean import Measure
from tui.viewmodel.text.spans import Line
from tui.viewmodel.timeline.columns import timeline_line
from tui.viewmodel.timeline.kept_rows import MOST_KEPT
from tui.viewmodel.timeline.row import TimelineRow
from tui.viewmodel.timeline.row_times import RowTimes


class Layout(NamedTuple):
    """What lines depend on beside their rows: the width in cells, whether a bar is wanted, times, what bars show."""

    width: int
    wants_bar: bool | None
    times: RowTimes
    axis_start: float
    axis_end: float


class KeptLines:
    """Lines by their objects, each with the row that it shows. `begin` is to be called before `line`."""

    def __init__(self, measure: Measure) -> None:
        self._measure = measure
        self._layout: Layout | None = None
        self._lines: dict[NodeRef, tuple[TimelineRow, Line]] = {}

    def begin(self, layout: Layout) -> None:
        """The lines that are asked for next are to be laid out so."""
        if layout != self._layout:
            self._layout = layout
            self._lines.clear()

    def line(self, row: TimelineRow, above: TimelineRow | None) -> Line:
        """The line of a row below `above`; a row that is the same object as before keeps its line."""
        layout = self._layout
        if layout is None:
            return ()
        known_row, line = self._lines.get(row.node, (None, ()))
        if known_row is not row or layout.times.mode == "above":
            start_above = None if above is None else above.start_ms
            line = timeline_line(row, layout.width, self._measure, layout.wants_bar, layout.times, start_above)
            if len(self._lines) >= MOST_KEPT:
                self._lines.clear()
            self._lines[row.node] = (row, line)
        return line
