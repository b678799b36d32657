"""What the lanes of a large session say, worked out between keys before it is drawn: a model remembers it."""

from __future__ import annotations

from collections.abc import Iterator

from tui.viewmodel.lanes.model import LanesModel


def prepare_lines(model: LanesModel, width: int, rows: range) -> Iterator[None]:
    """Make the lines of `width` cells that take longest, one in a step: the path, and the lanes `rows`."""
    model.path_line(width)
    yield
    for row in rows:
        model.line(row, width)
        yield
    model.gain_line(width)
