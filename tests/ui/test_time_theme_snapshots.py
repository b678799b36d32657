"""Pictures of time in every size and theme: lanes with the path, waiting, and the program as of an earlier event.

A reviewer must see: without colour, and on a light screen, model, tools, waiting and silence still differ by texture;
at 60 columns nothing is cut in the middle of a word that matters, and the moment is named in the status line; at
200×60 the width is used by the lanes.
"""

from __future__ import annotations

import pytest

from tests.ui.driving import DEMO_BUNDLES
from tests.ui.pictures import app_on
from tests.ui.test_time_snapshots import SnapCompare, as_of, in_time

LOOKS = pytest.mark.parametrize(
    ("theme", "size"),
    [
        ("dark", (60, 20)),
        ("dark", (200, 60)),
        ("light", (80, 24)),
        ("light", (120, 40)),
        ("mono", (80, 24)),
        ("mono", (120, 40)),
    ],
    ids=lambda value: value if isinstance(value, str) else "x".join(map(str, value)),
)


@LOOKS
def test_path_in_every_look(theme: str, size: tuple[int, int], snap_compare: SnapCompare) -> None:
    """Lanes and the path, with the cursor on a piece of it."""
    app = app_on(DEMO_BUNDLES / "agents", theme)
    assert snap_compare(app, terminal_size=size, run_before=in_time("tab tab tab"))


@LOOKS
def test_waiting_in_every_look(theme: str, size: tuple[int, int], snap_compare: SnapCompare) -> None:
    """The cursor is where the root waits: the lowest line says for whom."""
    app = app_on(DEMO_BUNDLES / "agents", theme)
    assert snap_compare(app, terminal_size=size, run_before=in_time("9 l 3 l"))


@LOOKS
def test_event_in_every_look(theme: str, size: tuple[int, int], snap_compare: SnapCompare) -> None:
    """Everything as it was behind event 60, and nothing of what came later."""
    app = app_on(DEMO_BUNDLES / "agents", theme)
    assert snap_compare(app, terminal_size=size, run_before=as_of("60"))
