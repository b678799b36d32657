"""The kinds of recordings that can be opened: commands and viewer ask here, and know none of them.

Another kind is a file with a class that has the protocol `Source` of `tui.source.source`, and an entry in `INPUTS`.
What needs the files of a bundle, and not just a recording, asks `open_files`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tui.bundle.open import Bundle, open_bundle, shown
from tui.named_tuple import NamedTuple
from tui.source.opening import OpeningError
from tui.source.source import Source


class Input(NamedTuple):
    """A kind of recording.

    `accepts` says by a glance at a path whether it is meant for this kind, and never raises. `open` raises
    `OpeningError` for what is none after all.
    """

    accepts: Callable[[str | Path], bool]
    open: Callable[[str | Path], Source]


BUNDLE = Input(lambda _path: True, open_bundle)
"""The directory that a recorder writes. It takes what no other kind wants, and says why it cannot be opened."""

INPUTS: tuple[Input, ...] = (BUNDLE,)
"""All kinds; the first that accepts a path opens it."""


def open_source(path: str | Path) -> Source:
    """The recording at `path`. Raises `OpeningError` if there is none."""
    return next(kind for kind in INPUTS if kind.accepts(path)).open(path)


def open_files(path: str | Path) -> Bundle:
    """The recording at `path` for what reads its files: raises `OpeningError` also for one that is not a bundle."""
    found = open_source(path)
    if isinstance(found, Bundle):
        return found
    raise OpeningError(f"{shown(Path(path))}: only a bundle has the files that this looks at", Path(path))
