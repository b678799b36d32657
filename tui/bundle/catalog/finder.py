"""Finds the bundles in a folder and keeps knowing them, while recorders write, add and remove some.

Recorders write ROOT/<bundle>; people also point at a folder of such folders. So what lies below is looked through,
down to a depth, and to a number of folders and entries. A link to a folder elsewhere is followed, each place once, so
that links in a circle end. Bundles themselves are not descended into.

A directory with a log is a bundle, so that its place is known before it is read: bundles that are met for the first
time are read in the order in which their logs changed, the newest first, wherever they lie.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import msgspec

from tui.bundle.catalog.summary import read_summary
from tui.bundle.disk.regular import error_text
from tui.bundle.log.writers import still_holds, writer_of
from tui.schema.manifest import EVENT_LOG_FILE_NAME, MANIFEST_FILE_NAME
from tui.schema.summary import BundleSummary
from tui.source.writer import LogWriter

DEPTH = 6
"""How many folders may lie between the root and a bundle, the bundle itself counted."""

MOST_ENTRIES = 100_000
"""Entries of one folder that are looked at."""

MOST_FOLDERS = 5_000
"""Folders without a bundle that are looked into."""

FIRST_BATCH, BATCH = 50, 200
"""Bundles read before the first report, about a screen of them, and between two later ones."""

_SETTLED_NS = 2_000_000_000
"""A folder that changed less than so long ago may change again without its time telling."""

_UNKNOWN_AGAIN_SECONDS = 10.0
"""How often to look again for the writer, where it was unknown."""


class CatalogChange(NamedTuple):
    """Bundles that are new or look different, and paths of those that are gone."""

    changed: tuple[BundleSummary, ...] = ()
    gone: tuple[str, ...] = ()


class _NewBundle(NamedTuple):
    """A directory with a log that was not known before."""

    modified_ns: int
    path: str
    log: os.stat_result


class _Folder(msgspec.Struct):
    """A directory that is not a bundle: its time when listed, when that was, and the names of its directories."""

    depth: int
    modified_ns: int = 0
    listed_ns: int = 0
    names: frozenset[str] = frozenset()


class Catalog:
    """The bundles below `root`. One thread at a time calls `look`; nothing here raises for what it finds on disk."""

    def __init__(
        self, root: str | Path, remembered: Callable[[str], BundleSummary | None] = lambda _path: None
    ) -> None:
        """`remembered` gives what a bundle said at a former time; it is asked once, before the bundle is read."""
        self.root = os.fspath(root)
        self._remembered = remembered
        self.bundles: dict[str, BundleSummary] = {}
        """Path → what is known of the bundle."""
        self.fault: str | None = None
        """Why the root cannot be listed, in one line."""
        self.is_cut = False
        """Whether there is more below the root than is looked at."""
        self.private: set[str] = set()
        """Folders that this user may not read: whether there are bundles in them is unknown."""
        self.is_stopped = False
        """Set by another thread to end a look early."""
        self._folders: dict[str, _Folder] = {self.root: _Folder(0)}
        self._too_deep: set[str] = set()
        """Folders at the lowest depth that have further folders in them."""
        self._linked: dict[str, str] = {}
        """Place that a link leads to → the link that is followed there."""
        self._writers: dict[str, tuple[LogWriter, float]] = {}
        self._in_passing: set[str] = set()
        """Bundles whose log grew after nobody had it open."""
        self._doubted: set[str] = set()
        """Bundles whose folder changed: another one may have taken the name."""

    @property
    def is_whole(self) -> bool:
        """Whether the last look saw everything."""
        return not (self.is_stopped or self.is_cut or self.fault)

    def look(self) -> Iterator[CatalogChange]:
        """See what there is now; yield what changed since the last look, as it is found."""
        self.fault = None
        self.is_cut = len(self._folders) > MOST_FOLDERS or bool(self._too_deep)
        gone: list[str] = []
        changed: list[BundleSummary] = []
        most = FIRST_BATCH
        for summary in self._walk(gone):
            changed.append(summary)
            if len(changed) >= most:
                yield CatalogChange(tuple(changed))
                changed = []
                most = BATCH
        if changed or gone:
            yield CatalogChange(tuple(changed), tuple(gone))

    def holds_any(self) -> bool:
        """Whether there is a bundle at all; to be asked instead of `look`."""
        return next(self._discover([]), None) is not None

    def _walk(self, gone: list[str]) -> Iterator[BundleSummary]:
        """The bundles that are new or look different."""
        new: list[_NewBundle] = []
        for found in self._discover(gone):
            if isinstance(found, _NewBundle):
                new.append(found)
            else:
                yield found
        for bundle in sorted(new, reverse=True):
            if self.is_stopped:
                return
            summary = self._read(bundle.path, bundle.log)
            if summary is not None:
                yield summary

    def _discover(self, gone: list[str]) -> Iterator[BundleSummary | _NewBundle]:
        waiting = [self.root]
        for path in waiting:  # grows meanwhile: the nearest folders come first
            if self.is_stopped:
                return
            if path in self.bundles:
                yield from self._look_at_bundle(path, gone)
                continue
            yield from self._list_if_changed(path, gone)
            folder = self._folders.get(path)
            if folder is not None:
                children = (f"{path.rstrip('/')}/{name}" for name in folder.names)
                waiting += [child for child in children if child in self.bundles or child in self._folders]

    # Folders

    def _list_if_changed(self, path: str, gone: list[str]) -> Iterator[BundleSummary | _NewBundle]:
        folder = self._folders[path]
        try:
            modified_ns = Path(path).stat().st_mtime_ns
            if folder.modified_ns == modified_ns and folder.listed_ns - modified_ns > _SETTLED_NS:
                return
            listed_ns = time.time_ns()
            listed = _listed(path)
        except (OSError, ValueError) as error:
            self._lose_folder(path, gone)
            if isinstance(error, PermissionError) and path != self.root:
                self.private.add(path)
            if path == self.root:
                self._folders[path] = _Folder(0)
                self.fault = error_text(error) if isinstance(error, OSError) else "this cannot be a path"
            return
        names = listed.names
        self.is_cut = self.is_cut or len(names) + len(listed.others) >= MOST_ENTRIES
        if listed.others & {MANIFEST_FILE_NAME, EVENT_LOG_FILE_NAME} and (summary := self._read(path)) is not None:
            for name in folder.names:
                self._lose(f"{path.rstrip('/')}/{name}", gone)
            del self._folders[path]
            yield summary
            return
        for name in folder.names - names:
            self._lose(f"{path.rstrip('/')}/{name}", gone)
        self._folders[path] = _Folder(folder.depth, modified_ns, listed_ns, names)
        self._doubted.update(f"{path.rstrip('/')}/{name}" for name in names & folder.names)
        yield from self._meet(path, names - folder.names, listed.links, folder.depth + 1)

    def _meet(
        self, parent: str, names: frozenset[str], links: frozenset[str], depth: int
    ) -> Iterator[BundleSummary | _NewBundle]:
        """See what directories that were not there before are."""
        for name in sorted(names, reverse=True):
            if self.is_stopped:
                return
            path = f"{parent.rstrip('/')}/{name}"
            if name in links and self._is_met_elsewhere(path):
                continue
            log = _log_status(path)
            if log is not None:
                yield _NewBundle(log.st_mtime_ns, path, log)
                continue
            summary = self._read(path)
            if summary is not None:
                yield summary
            elif depth < DEPTH:
                if len(self._folders) > MOST_FOLDERS:
                    self.is_cut = True
                    return
                self._folders[path] = _Folder(depth)
            elif _has_folders(path):
                self._too_deep.add(path)
                self.is_cut = True

    def _is_met_elsewhere(self, path: str) -> bool:
        """Whether a link leads to a place that is looked at under another name."""
        try:
            place, root = os.path.realpath(path), os.path.realpath(self.root)
        except (OSError, ValueError):
            return True
        is_inside = f"{place}/".startswith(f"{root.rstrip('/')}/")
        holds_root = f"{root}/".startswith(f"{place.rstrip('/')}/")
        return is_inside or holds_root or self._linked.setdefault(place, path) != path

    def _lose(self, path: str, gone: list[str]) -> None:
        if self.bundles.pop(path, None) is not None:
            self._writers.pop(path, None)
            self._in_passing.discard(path)
            gone.append(path)
        self._too_deep.discard(path)
        self.private.discard(path)
        for place in [place for place, link in self._linked.items() if link == path]:
            del self._linked[place]
        self._lose_folder(path, gone)

    def _lose_folder(self, path: str, gone: list[str]) -> None:
        folder = self._folders.pop(path, None)
        for name in folder.names if folder is not None else ():
            self._lose(f"{path.rstrip('/')}/{name}", gone)

    # Bundles

    def _read(self, path: str, log: os.stat_result | None = None) -> BundleSummary | None:
        """What a bundle says, by its `log` where somebody looked at that; None if it is not a bundle."""
        name = path.removeprefix(self.root).strip("/") or Path(path).resolve().name
        known = self.bundles.get(path)
        summary = self._as_remembered(path, name, log) if known is None else None
        if summary is None:
            summary = read_summary(path, name, "" if known is None else known.title)
        if summary is not None:
            summary = self.bundles[path] = self._with_writer(summary)
        return summary

    def _as_remembered(self, path: str, name: str, log: os.stat_result | None) -> BundleSummary | None:
        """What the bundle said at a former time, if its log is still the same and nothing was wrong with it."""
        known = self._remembered(path)
        if known is None or known.log_bytes is None or known.problem:
            return None
        status = _log_status(path) if log is None else log
        if status is None or (status.st_size, status.st_mtime_ns) != (known.log_bytes, known.log_modified_ns):
            return None
        return msgspec.structs.replace(known, path=path, name=name)

    def _look_at_bundle(self, path: str, gone: list[str]) -> Iterator[BundleSummary]:
        """Read a bundle again if its log or its writer changed; a closed one stays as it is."""
        known = self.bundles[path]
        is_doubted = path in self._doubted
        self._doubted.discard(path)
        if known.is_closed and not known.problem and not is_doubted:
            if path == self.root and not Path(path).is_dir():
                self._begin_again_at_root(gone)
            return
        try:
            status = Path(path, EVENT_LOG_FILE_NAME).stat()
            same = (status.st_size, status.st_mtime_ns) == (known.log_bytes, known.log_modified_ns)
        except OSError:
            same = known.log_bytes is None and Path(path).is_dir() and not known.problem
        if not same:
            summary = self._read(path)
            if summary is None:
                self._forget(path, gone)
                return
        else:
            summary = self.bundles[path] = self._with_writer(known)
        if summary != known:
            yield summary

    def _forget(self, path: str, gone: list[str]) -> None:
        """It is not a bundle any more; what it is instead is seen when its folder is listed next."""
        self._lose(path, gone)
        parent, _, name = path.rpartition("/")
        if path == self.root:
            self._begin_again_at_root(gone)
        elif parent in self._folders:
            folder = self._folders[parent]
            self._folders[parent] = _Folder(folder.depth, names=folder.names - {name})

    def _begin_again_at_root(self, gone: list[str]) -> None:
        self._lose(self.root, gone)
        self._folders = {self.root: _Folder(0)}

    def _with_writer(self, summary: BundleSummary) -> BundleSummary:
        if summary.is_closed or summary.log_bytes is None:
            return summary
        before, asked_at = self._writers.get(summary.path, (None, 0.0))
        known = self.bundles.get(summary.path)
        grew = known is not None and known.log_modified_ns != summary.log_modified_ns
        if before is not None and before.evidence == "gone" and grew:
            self._in_passing.add(summary.path)
        writer = self._writer(Path(summary.path) / EVENT_LOG_FILE_NAME, before, asked_at, grew)
        if writer is not before:
            self._writers[summary.path] = (writer, time.monotonic())
        if writer.evidence == "gone" and summary.path in self._in_passing:
            writer = LogWriter("unknown", "the log is opened for each event")
        if (summary.writer, summary.writer_name) == (writer.evidence, writer.name):
            return summary
        return msgspec.structs.replace(summary, writer=writer.evidence, writer_name=writer.name)

    def _writer(self, log: Path, before: LogWriter | None, asked_at: float, grew: bool) -> LogWriter:
        """Who writes now; asked only where the answer may have changed."""
        if before is None or (grew and before.evidence != "holds"):
            return writer_of(log)
        if before.evidence == "holds" and still_holds(before, log):
            return before
        if before.evidence == "gone":
            return before
        is_due = time.monotonic() - asked_at > _UNKNOWN_AGAIN_SECONDS
        return writer_of(log) if before.evidence == "holds" or is_due else before


def list_bundles(root: str | Path) -> Catalog:
    """The catalog of what is in `root` now."""
    catalog = Catalog(root)
    for _ in catalog.look():
        pass
    return catalog


def holds_bundles(root: str | Path) -> bool:
    """Whether a bundle is found in `root` or below it, as far as the catalog looks."""
    return Catalog(root).holds_any()


def _has_folders(path: str) -> bool:
    """Whether a folder has folders in it; not for what cannot be listed."""
    try:
        return bool(_listed(path).names)
    except (OSError, ValueError):
        return False


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads to itself
        return False


def _log_status(path: str) -> os.stat_result | None:
    """The status of the log in a directory; None where there is none that is a file."""
    try:
        status = os.stat(f"{path}/{EVENT_LOG_FILE_NAME}", follow_symlinks=False)  # noqa: PTH116 - done 10,000 times
    except (OSError, ValueError):
        return None
    return status if stat.S_ISREG(status.st_mode) else None


class _Listed(NamedTuple):
    """What is in a folder: the names of its directories, links to some among them, and those of its other entries."""

    names: frozenset[str]
    links: frozenset[str]
    others: frozenset[str]


def _listed(path: str) -> _Listed:
    """What is in a folder, without what is hidden."""
    directories, links, others = [], [], []
    with os.scandir(path) as entries:
        for entry in islice(entries, MOST_ENTRIES):
            if not _is_folder(entry):
                others.append(entry.name)
            elif not entry.name.startswith("."):
                directories.append(entry.name)
                if entry.is_symlink():
                    links.append(entry.name)
    return _Listed(frozenset(directories), frozenset(links), frozenset(others))
