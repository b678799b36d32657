"""What a person takes out of the viewer: a format or a slice, of the whole or of a part, and the work to make it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from pathlib import Path
from typing import NamedTuple

from tui.export.disclosing import disclosure_of
from tui.export.disclosure import Disclosure
from tui.export.format import ExportError, FileFormat, Subject
from tui.export.registry import FORMATS, format_named
from tui.export.scope import Scope
from tui.export.slice.choice import Wanted
from tui.fleet.read_session import SessionReader
from tui.inputs import open_files
from tui.model.noderef import NodeRef
from tui.outbox.slices import SliceJob, checked_folder
from tui.outbox.whole_file import OutputError, checked_place, writing
from tui.store import TraceStore

SLICE = "slice"


class Leaving(NamedTuple):
    """What was chosen. `format` is that of an export, or `SLICE`; `node` the object of formats that write one."""

    format: str
    scope: Scope
    with_content: bool
    words: str
    node: NodeRef | None = None


class LeavingWork:
    """Makes what was chosen, in steps: read what must be read, look for secrets, write.

    A recording that still grows is read once more, so that what is looked at is what leaves.
    """

    def __init__(self, store: TraceStore, choice: Leaving) -> None:
        self.choice = choice
        self.bytes = 0
        """Bytes of the file as it was looked at."""
        self.show: Disclosure | None = None
        self._store = store

    def look(self) -> Iterator[None]:
        """Pass everything through the disclosure; `show.seen` are the secrets then. Raises `ExportError`."""
        yield from self._settle()
        if self.choice.format == SLICE:
            job = self._slice(frozenset())
            self.show = job.show
            yield from job.choose()
            yield from job.look()
            return
        for piece in self._pieces(frozenset()):
            self.bytes += len(piece)
            yield

    def write(self, target: Path, kept: Set[str]) -> Iterator[None]:
        """Write it; `kept` are the secrets that leave. Raises `ExportError`, `OutputError`, `OSError`."""
        yield from self._settle()
        if self.choice.format == SLICE:
            job = self._slice(kept)
            self.show = job.show
            yield from job.choose()
            yield from job.write(checked_folder(target))
            return
        yield from writing(target, self._pieces(kept), outside=self._store.source.path)

    @property
    def suggestion(self) -> str:
        """A name for the file or folder, in the current folder."""
        name = self._store.source.name.rpartition("/")[2] or "recording"
        part = "" if self.choice.scope.is_whole and self.choice.node is None else "-part"
        suffix = "-slice" if self.choice.format == SLICE else _format(self.choice.format).suffix
        return f"{name}{part}{suffix}"

    def complaint(self, text: str) -> str:
        """What is wrong with a place to write to, in one line; empty if nothing is."""
        if not text.strip():
            return "write the name of a file" if self.choice.format != SLICE else "write the name of a folder"
        target = place_of(text)
        try:
            if self.choice.format == SLICE:
                checked_folder(target)
            else:
                checked_place(target, self._store.source.path)
        except OutputError as error:
            return str(error)
        return "" if target.parent.is_dir() else f"{target.parent}: not a folder"

    def exists(self, text: str) -> bool:
        """Whether writing there would replace a file."""
        return self.choice.format != SLICE and place_of(text).exists()

    def _settle(self) -> Iterator[None]:
        path = self._store.source.path
        if self._store.recording.is_over or path is None:
            return
        reader = SessionReader(str(path))
        try:
            for _ in reader.steps():
                yield None
        finally:
            reader.close()
        self._store = reader.store

    def _pieces(self, kept: Set[str]) -> Iterator[bytes]:
        chosen = _format(self.choice.format)
        self.show = disclosure_of(self._store, with_content=self.choice.with_content, kept=kept)
        return chosen.write(Subject(self._store, self.show, self.choice.scope, self.choice.node))

    def _slice(self, kept: Set[str]) -> SliceJob:
        scope, path = self.choice.scope, self._store.source.path
        assert path is not None  # noqa: S101  # a slice is offered of bundles alone
        wanted = Wanted([] if scope.agent is None else [scope.agent], {})
        if scope.agent is not None and scope.turn is not None:
            wanted.turns[scope.agent] = [scope.turn]
        bundle = open_files(str(path))
        return SliceJob(bundle, self._store, wanted, with_content=self.choice.with_content, kept=kept)


def place_of(text: str) -> Path:
    """The place that a person typed."""
    return Path(text.strip()).expanduser()


def _format(name: str) -> FileFormat:
    found = format_named(name)
    if not isinstance(found, FileFormat):
        raise ExportError(f"{name} is not one file; rtrace-tui export writes it")
    return found


def choices_of(store: TraceStore, node: NodeRef | None, scopes: Sequence[tuple[str, Scope]]) -> list[Leaving]:
    """Everything that can be taken out: of the whole recording, of the parts in `scopes`, of the request at hand."""
    found = [
        Leaving(name, Scope(), content, "the whole recording")
        for name, offer in FORMATS.items()
        if "recording" in offer.of
        for content in (False, True)
    ]
    for words, scope in scopes:
        names = [name for name, offer in FORMATS.items() if "part" in offer.of]
        names += [SLICE] if store.source.path is not None else []
        found += [Leaving(name, scope, content, words) for name in names for content in (False, True)]
    if node is not None and node.kind == "inference":
        names = [name for name, offer in FORMATS.items() if "request" in offer.of]
        found += [Leaving(name, Scope(), with_content=True, words="this request", node=node) for name in names]
    return found
