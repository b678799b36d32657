"""Recordings to compare with, as entries of a list: those of the same folder first, the newest of them on top."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tui.schema.summary import BundleSummary
from tui.viewmodel.lists.picker import PickEntry
from tui.viewmodel.text.clean import clean
from tui.viewmodel.text.spans import Span

NAME_CELLS = 28


def neighbour_entries(found: Iterable[BundleSummary], path: str) -> list[PickEntry]:
    """Entries below a heading for each folder; the value of one is the path of its bundle. `path` is left out."""
    folder = path.rpartition("/")[0]
    others = [one for one in found if one.path != path]
    others.sort(key=lambda one: (_folder(one) != folder, _folder(one), -(one.started_at_unix_ms or 0), one.path))
    return list(_entries(others, folder))


def _folder(one: BundleSummary) -> str:
    return one.path.rpartition("/")[0]


def _entries(others: Iterable[BundleSummary], folder: str) -> Iterator[PickEntry]:
    heading = None
    for one in others:
        if _folder(one) != heading:
            heading = _folder(one)
            told = "in the same folder" if heading == folder else heading
            yield PickEntry((Span(f" {clean(told)}", "title"),))
        name = clean(one.path.rpartition("/")[2])
        title = one.problem or one.title
        line = (Span(f"   {name:<{NAME_CELLS}} "), Span(clean(title), "warning" if one.problem else "dim"))
        yield PickEntry(line, one.path, hidden=one.path)
