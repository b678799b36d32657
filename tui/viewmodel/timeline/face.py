"""What a row shows of its object."""

from __future__ import annotations

from tui.named_tuple import NamedTuple
from tui.viewmodel.text.spans import Line
from tui.viewmodel.timeline.row import Status


class Face(NamedTuple):
    """What a row shows of its object: status, the sign for it, and the label."""

    status: Status
    glyph: str
    label: Line
