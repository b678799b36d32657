"""Loads what the first press of a key needs before somebody presses it.

The first rows wait for no list and no search. Once the recording is read, nobody waits for anything: what `w` needs
then takes a few milliseconds that its first press does not have to take.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Final

NEEDED_BY_KEYS: Final = (
    "tui.viewmodel.timeline.search",
    "tui.ui.lists.why",
    "tui.ui.lists.agents",
    "tui.ui.lists.problems",
    "tui.ui.evidence_scan",
    "tui.ui.lists.ladder",
    "tui.ui.lists.statistics",
    "tui.viewmodel.lists.statistics_tables",
    "tui.analysis.statistics.counts",
    "tui.ui.lists.lanes",
)
"""The modules of keys that show much at once; each of them loads a dozen others. The most frequent keys come first."""


def load_ahead() -> Iterator[None]:
    """Load them, one with each step."""
    for name in NEEDED_BY_KEYS:
        import_module(name)
        yield
