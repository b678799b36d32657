"""Whether a part of the screen is behind others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textual.geometry import Region


def is_covered(region: Region, by: Iterable[Region]) -> bool:
    """Whether other regions together leave nothing of one."""
    left = [region]
    for front in by:
        if front.overlaps(region):  # most do not, and are passed over in a fifth of the time
            left = [part for one in left for part in _beside(one, front)]
            if not left:
                return True
    return False


def _beside(region: Region, front: Region) -> Sequence[Region]:
    """The parts of a region that are not behind another one: above, below, left and right of it."""
    hidden = region.intersection(front)
    if not hidden:
        return (region,)
    x, y, width, _height = region
    parts = (
        Region(x, y, width, hidden.y - y),
        Region(x, hidden.bottom, width, region.bottom - hidden.bottom),
        Region(x, hidden.y, hidden.x - x, hidden.height),
        Region(hidden.right, hidden.y, region.right - hidden.right, hidden.height),
    )
    return [part for part in parts if part]
