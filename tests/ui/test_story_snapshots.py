"""Pictures of rows that tell the story, of bars that show work, and of the summary, on the two usual sizes.

Rows: every request says what it answered, every failure why, equal rows are one with their number. Bars: the model (▓),
tools (▒), waiting (░) and failure (✗) differ without colour, idle time is blank, and the axis in the title names round
moments over them. Summary: what was asked, how it came out and by what that is known, the first failure, what was lost.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.ui.driving import DEMO_BUNDLES
from tests.ui.pictures import NORMAL, app_on, loaded_then

SnapCompare = Callable[..., bool]

SMALL = (80, 24)

STATES: dict[str, tuple[str, tuple[str, ...]]] = {
    "summary": ("failures-schema2", ()),
    "rows": ("agents", ("j",)),
    "scripts": ("code-mode", ("1 2 j",)),
    "bars": ("agents", ("j t",)),
}
"""State → demo bundle, and the keys that lead there, stage by stage."""


@pytest.mark.parametrize("size", [SMALL, NORMAL], ids=["80x24", "120x40"])
@pytest.mark.parametrize("state", STATES)
def test_story(state: str, size: tuple[int, int], snap_compare: SnapCompare) -> None:
    """What the docstring of this file says."""
    bundle, stages = STATES[state]
    assert snap_compare(app_on(DEMO_BUNDLES / bundle), terminal_size=size, run_before=loaded_then(*stages))
