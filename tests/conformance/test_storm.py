"""A short storm in some screens; `python -m tests.conformance.storm` is a long one in all of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conformance.storm import SCREENS, pieces, run_one

pytest.importorskip("pyte", reason="a terminal emulator looks at the screen")


@pytest.mark.parametrize("name", ["panes", "agents", "everywhere"])
def test_a_storm_leaves_the_viewer_and_the_terminal_whole(name: str, tmp_path: Path) -> None:
    """Among the slowest tests: a real terminal takes 2,000 bytes of keys, and the whole program draws what they do."""
    assert run_one(SCREENS[name], 1, 2_000, tmp_path) is None


def test_a_storm_can_be_made_again() -> None:
    assert list(pieces(7, 3_000)) == list(pieces(7, 3_000)) != list(pieces(8, 3_000))
