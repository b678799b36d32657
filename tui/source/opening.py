"""Why something cannot be opened as a recording, whatever kind of input was meant."""

from __future__ import annotations

from pathlib import Path


class OpeningError(Exception):
    """A path that cannot be opened as a recording. `str()` is one line for a person, with the path.

    `bundles` holds the recordings found in the directory that was given instead of one of them, newest first.
    """

    def __init__(self, message: str, path: Path, bundles: tuple[Path, ...] = ()) -> None:
        super().__init__(message)
        self.path = path
        self.bundles = bundles
