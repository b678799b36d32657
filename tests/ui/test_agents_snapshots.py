"""Pictures of the list of agents, on a normal and a small terminal."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.ui.driving import DEMO_BUNDLES
from tests.ui.pictures import app_on, loaded_then
from tui.bundle.open import open_bundle
from tui.store import TraceStore
from tui.ui.app import TraceApp

SnapCompare = Callable[..., bool]

SIZES = {"120x40": (120, 40), "80x24": (80, 24)}


@pytest.mark.parametrize("size", SIZES)
def test_list_of_agents(size: str, snap_compare: SnapCompare) -> None:
    """State of the whole, big picture, headings, one line per agent, five lines about the one under the cursor.

    Numbers stand below each other; nothing is cut in the middle of a number. Smaller: fewer columns, the same lines.
    """
    app = app_on(DEMO_BUNDLES / "agents")
    assert snap_compare(app, terminal_size=SIZES[size], run_before=loaded_then("a"))


@pytest.mark.parametrize("size", SIZES)
def test_agents_that_wait_for_each_other(size: str, tmp_path: Path, snap_compare: SnapCompare) -> None:
    """In the middle of a recording: the root waits on alpha, alpha on deep, deep on a command; each line says so."""
    copy = shutil.copytree(DEMO_BUNDLES / "agents", tmp_path / "agents")
    lines = (copy / "trace.jsonl").read_bytes().splitlines(keepends=True)[:180]
    (copy / "trace.jsonl").write_bytes(b"".join(lines))
    an_hour_later = json.loads(lines[-1])["wall_time_unix_ms"] / 1000 + 3600
    app = TraceApp(TraceStore(open_bundle(copy), wall_clock=lambda: an_hour_later), follow=False)
    assert snap_compare(app, terminal_size=SIZES[size], run_before=loaded_then("g g a"))
