"""The lines below the lanes: what is under the cursor, what would gain most, and what the sums beside the lanes mean.

They get three rows, and more where the lanes leave some empty: then nothing in them is cut.
"""

from __future__ import annotations

from tui.viewmodel.lanes.bars import FAILED, PATH_TEXTURES, TEXTURES
from tui.viewmodel.lanes.model import LanesModel
from tui.viewmodel.lanes.sent import RECEIVED, SENT
from tui.viewmodel.text.clean import Measure
from tui.viewmodel.text.spans import Line, Span
from tui.viewmodel.text.styled_lines import wrap_within

LEAST_ROWS = 3
MOST_ROWS = 8

_CONTINUED = "  "
"""Before what goes on in another row."""

MEANINGS = {
    "path": "path: its part of the path below",
    "slack": "slack: its work could have come that much later",
    "idle": "idle: nothing to do",
}
"""What the sums beside the lanes mean, by the word that they begin with."""


SIGNS: tuple[tuple[tuple[str, str], str], ...] = (
    (TEXTURES["model"], "model"),
    (TEXTURES["tool"], "tool"),
    (TEXTURES["waiting"], "waiting"),
    (TEXTURES["runtime"], "runtime"),
    (PATH_TEXTURES["delivery"], "delivery"),
    (FAILED, "failed"),
    (SENT, "sends"),
    (RECEIVED, "receives"),
)
"""What a cell of a lane or of the path means, with its style."""


def rows_below(height: int, lanes: int) -> int:
    """Rows for these lines on a screen that has `height` of them for the lanes and these lines."""
    return max(LEAST_ROWS, min(MOST_ROWS, height - lanes))


def below_lines(model: LanesModel, width: int, rows: int, measure: Measure) -> list[Line]:
    """What is said in `rows` rows of `width` cells; the piece of the path and the detail go on first."""
    piece, detail, gains = model.piece_line(), model.detail(), model.gain_line(width)
    spare = rows - LEAST_ROWS
    pieces = wrap_within(piece, width, 1 + spare, measure, _CONTINUED)
    spare -= len(pieces) - 1
    details = wrap_within(detail, width, 1 + spare, measure, _CONTINUED)
    spare -= len(details) - 1
    signs = wrap_within(_signs(), width, spare, measure, _CONTINUED) if model.lanes and spare else []
    spare -= len(signs)
    legend = _legend(model, width)
    legends = wrap_within(legend, width, spare, measure, _CONTINUED) if legend and spare else []
    lines = [*details, *pieces, gains, *signs, *legends]
    return [*lines, *[()] * rows][:rows]


def _signs() -> Line:
    """What the cells of the lanes mean."""
    parts = [(Span(sign, style), Span(f" {meaning}  ", "dim")) for (sign, style), meaning in SIGNS]
    return tuple(span for part in parts for span in part)


def _legend(model: LanesModel, width: int) -> Line:
    """All kinds of work on the path where the title has no room for them, and what the words beside the lanes mean."""
    said = model.sums_in_view(width)
    words = [meaning for word, meaning in MEANINGS.items() if any(word in one for one in said)]
    left_out = model.left_out_of_title
    parts = [f"also on the path: {', '.join(left_out)}", *words] if left_out else words
    return (Span(" · ".join(parts), "dim"),) if parts else ()
