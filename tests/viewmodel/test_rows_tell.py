"""Every row of every demo tells its part of the story: none says what its neighbour says, none fails without a why."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import pytest
from rich.cells import cell_len

from tests.conftest import DEMO_BUNDLES
from tui.bundle.open import open_bundle
from tui.store import TraceStore
from tui.viewmodel.rows.moves import Move
from tui.viewmodel.text.spans import Span, line_text
from tui.viewmodel.timeline.columns import columns_for, timeline_line
from tui.viewmodel.timeline.labels.requests import NO_ANSWER
from tui.viewmodel.timeline.labels.words import REASON
from tui.viewmodel.timeline.model import TimelineModel
from tui.viewmodel.timeline.row import GLYPHS, TimelineRow

DEMOS = sorted(path.parent.name for path in DEMO_BUNDLES.glob("*/trace.jsonl"))


@cache
def rows_of(name: str, *, opened: bool = False) -> list[TimelineRow]:
    store = TraceStore(open_bundle(DEMO_BUNDLES / name))
    store.load_all()
    model = TimelineModel(store.trace, store.index, store.diagnostics)
    model.labels.recording = store.recording
    if opened:
        model.perform(Move.UNFOLD_ALL)
    return model.rows(0, model.row_count)


@pytest.mark.parametrize("name", DEMOS)
def test_no_row_says_what_the_row_before_says(name: str) -> None:
    labels = [line_text(row.label) for row in rows_of(name)]
    assert [label for before, label in pairwise(labels) if before == label] == []


@pytest.mark.parametrize("width", [60, 61, 80, 104, 120])
@pytest.mark.parametrize("name", DEMOS)
def test_neighbours_differ_at_every_width(name: str, width: int) -> None:
    """The panes of screens of 60, 120, 80 and 200 columns, and a zoomed one."""
    cells = columns_for(width).label
    lines = [line_text(timeline_line(row, width, cell_len))[:cells].strip(" ▾▸") for row in rows_of(name)]
    assert [line for before, line in pairwise(lines) if before == line] == []


@pytest.mark.parametrize(
    ("path", "width", "shown"),
    [("/root/alpha", 60, "/root/alpha"), ("/root/a_long_name/and_another_one", 32, "…ame/and_another_one")],
)
def test_cut_path_of_an_agent_keeps_its_end(path: str, width: int, shown: str) -> None:
    row = rows_of("answer")[0]._replace(label=(Span(path, "agent.1"),))
    assert line_text(timeline_line(row, width, cell_len)).split()[1] == shown


@pytest.mark.parametrize("name", DEMOS)
def test_every_request_shows_what_it_answered(name: str) -> None:
    for row in rows_of(name, opened=True):
        if row.node.kind != "inference" or row.status == "running":
            continue
        told = line_text(span for span in row.label[1:] if span.style != "dim" or NO_ANSWER in span.text)
        is_open = row.span is not None and row.span.is_open
        assert told.strip() or is_open, line_text(row.label)


@pytest.mark.parametrize("name", DEMOS)
def test_every_failed_row_says_why(name: str) -> None:
    for row in rows_of(name, opened=True):
        if row.status != "failed":
            continue
        has_exit_code = row.glyph.rstrip("✂…") not in GLYPHS.values()
        has_reason = any(span.style == REASON for span in row.label) or "✗ failed" in line_text(row.label)
        assert has_exit_code or has_reason, line_text(row.label)
