"""The tables of the statistics: their shape, where rows lead, the picture of a context."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from tui.analysis.lookup import find_object
from tui.analysis.statistics import statistics_of
from tui.bundle.open import open_bundle
from tui.store import TraceStore
from tui.viewmodel.statistics_tables import context_curve, statistics_tables


def test_tables_are_rectangular_harmless_and_lead_to_objects(demo_bundle: Path) -> None:
    store = TraceStore(open_bundle(demo_bundle))
    store.load_all()
    tables = statistics_tables(store.trace, statistics_of(store.trace, store.index))
    assert "Agents" in [table.title for table in tables]
    for table in tables:
        for row in table.rows:
            assert len(row.cells) == len(table.heads)
            assert all(cell.isprintable() for cell in row.cells)
            assert row.node is None or find_object(store.trace, row.node) is not None


@pytest.mark.parametrize(
    ("sizes", "cells", "curve"),
    [
        ([], 8, ""),
        ([0, 0], 8, ""),
        ([5], 8, "▇"),
        ([100, 50, 0], 8, "█▄▁"),
        ([1, 2, 3, 400, 5, 6, 7, 8], 4, "▁█▁▁"),
        ([1000] * 40, 16, "█" * 16),
    ],
)
def test_a_context_over_time(sizes: Sequence[int], cells: int, curve: str) -> None:
    assert context_curve(sizes, cells) == curve
