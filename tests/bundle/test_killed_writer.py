"""A recorder that is killed in the middle of whatever it does. Many more kills: `tests.benchmarks.bench_kills`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bundle.killed_writer import kill_once


@pytest.mark.parametrize("seed", range(3))
async def test_a_killed_recorder_is_found_out_and_nothing_it_wrote_is_lost(tmp_path: Path, seed: int) -> None:
    outcome = await kill_once(tmp_path / "bundle", seed)
    assert outcome.while_alive in ("loading", "live")
    assert outcome.state.word == "cut off"
    assert "no end" in outcome.state.evidence
    assert "nobody has the log open" in outcome.state.evidence
    assert outcome.is_equal
