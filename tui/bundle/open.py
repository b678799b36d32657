"""Opens a bundle directory, damaged or not, or says in one line why it is none."""

from __future__ import annotations

import os
import stat
from collections.abc import AsyncGenerator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from tui.bundle.batch import BundleBatchReader
from tui.bundle.catalog.identity import inferred_manifest, nameless_manifest
from tui.bundle.disk.confine import read_inside
from tui.bundle.disk.regular import NotRegularFileError, error_text
from tui.bundle.files import (
    LARGEST_MANIFEST_BYTES,
    NAMED_HINTS,
    BundleFiles,
    files_with,
    read_manifest_bytes,
)
from tui.bundle.log.files import log_files
from tui.bundle.log.reader import LogReader
from tui.bundle.log.waiting_lines import LineCounter
from tui.bundle.log.writers import writer_of
from tui.bundle.payloads.pages import pages_of_file
from tui.bundle.payloads.store import PayloadStore
from tui.schema.damage import Damage
from tui.schema.encoding import MARK
from tui.schema.manifest import (
    EVENT_LOG_FILE_NAME,
    MANIFEST_FILE_NAME,
    PAYLOADS_DIRECTORY_NAME,
    Manifest,
    ManifestError,
    decode_manifest,
    start_in_other_unit,
)
from tui.schema.payloads import PayloadKind, RawPayloadRef
from tui.source.batch import BatchLimits, TraceBatch
from tui.source.fault import PayloadFault
from tui.source.opening import OpeningError
from tui.source.pages import PayloadPages
from tui.source.source import Payloads
from tui.source.writer import LogWriter

if TYPE_CHECKING:
    import asyncio

_SEARCHED_ENTRIES = 2_000

_SEARCHED_FILES = 20
"""Files among which a manifest is looked for that has another name."""

_NAMES_OF_A_BUNDLE = {MANIFEST_FILE_NAME, EVENT_LOG_FILE_NAME, PAYLOADS_DIRECTORY_NAME}


_MARKED_MANIFEST = Damage(
    "byte-order-mark", f"{MANIFEST_FILE_NAME} begins with a byte order mark (BOM)", "it was skipped"
)


class BundleError(OpeningError):
    """A path that cannot be opened as a bundle."""


class Bundle(BundleFiles, frozen=True):
    """A bundle as a source: a directory with an event log or a manifest, as a recorder writes it."""

    @property
    def name(self) -> str:
        """The name of the directory."""
        return self.path.absolute().name

    def open_payloads(self) -> PayloadStore:
        """Its payloads, in files and shards."""
        return PayloadStore(self.path)

    def open_reader(self, payloads: Payloads, limits: BatchLimits | None = None) -> BundleBatchReader:
        """A reader of the log, from its start."""
        return BundleBatchReader(self, payloads, limits)

    def follow(self, payloads: Payloads, stop: asyncio.Event, again: asyncio.Event) -> AsyncGenerator[TraceBatch, None]:
        """The log, and what is added to it; see `tail`."""
        from tui.bundle.tail import tail  # watching needs libraries that scripts do without

        return tail(self, payloads=payloads, stop=stop, again=again)

    def open_lines(self) -> LogReader:
        """The log as it is."""
        return self.open_log()

    def line_pages(self) -> PayloadPages | PayloadFault:
        """The bytes of the log; of one that is packed or in several files, as they were put together."""
        if self.joined is None:
            return PayloadStore(self.path).pages(RawPayloadRef(self.log_name, PayloadKind("log"), self.log_name))
        return pages_of_file(self.text_path) or PayloadFault("unreadable", f"{self.log_name}: cannot be read")

    def waiting_lines(self, offset: int) -> LineCounter:
        """A counter of the lines from there on."""
        return LineCounter(self.text_path, offset)

    def writer(self) -> LogWriter:
        """Who has the log open for writing."""
        return writer_of(self.log_path)


def open_bundle(path: str | Path) -> Bundle:
    """Return the bundle at `path`, also a damaged one as long as its log or its manifest can be read.

    A missing event log is fine: the recorder writes the manifest first. Raises `BundleError` for what is not a bundle.
    """
    if not str(path):  # an unset variable of a script, which would otherwise mean the current directory
        raise BundleError("the path of the bundle is empty", Path())
    path = Path(path)
    _check_directory(path)
    faults: tuple[Damage, ...] = ()
    try:
        data = read_manifest_bytes(path)
        manifest = decode_manifest(data)
        if data.startswith(MARK):
            faults = (_MARKED_MANIFEST,)
        if (odd := start_in_other_unit(data)) is not None:
            faults = (*faults, Damage("field-retyped", *odd))
    except (OSError, ManifestError) as error:
        manifest, fault = _renamed(path) or _stand_in(path, error)
        faults = (fault,)
    return Bundle(**msgspec.structs.asdict(files_with(path, manifest, *faults)))


def shown(path: Path) -> str:
    """The path for a message: as it is, or escaped when it holds characters that a terminal might obey."""
    text = str(path)
    return text if text.isprintable() else ascii(text)


def _check_directory(path: Path) -> None:
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        from tui.bundle.disk.wrong_path import address_hint, as_given

        name = as_given(path)
        name = name if name.isprintable() else ascii(name)
        raise BundleError(f"{name}: there is no such directory{address_hint(path)}", path) from None
    except OSError as error:
        raise BundleError(f"{shown(path)}: cannot be opened: {error_text(error)}", path) from error
    except ValueError:
        raise BundleError(f"{shown(path)}: this cannot be the name of a directory", path) from None
    if stat.S_ISDIR(mode):
        return
    from tui.bundle.disk.wrong_path import file_hint

    hint, bundle = file_hint(path)
    raise BundleError(f"{shown(path)}: {hint}", path, () if bundle is None else (bundle,))


def _renamed(path: Path) -> tuple[Manifest, Damage] | None:
    """The manifest under another name, if there is none under its own and a file is one."""
    if os.path.lexists(path / MANIFEST_FILE_NAME):
        return None
    for file in sorted(path.glob("*.json"))[:_SEARCHED_FILES]:
        try:
            data = read_inside(file, LARGEST_MANIFEST_BYTES)
            manifest = decode_manifest(data)
        except (OSError, ManifestError):
            continue
        if b'"payloads_dir"' not in data:  # a reduced graph has all the other names
            continue
        message = f"there is no {MANIFEST_FILE_NAME}; {file.name} is one"
        return manifest, Damage("manifest-renamed", message, "that file was read")
    return None


def _stand_in(path: Path, error: OSError | ManifestError) -> tuple[Manifest, Damage]:
    """The manifest derived from the log instead of one that could not be read; raise `BundleError` if none can be."""
    if path.name == PAYLOADS_DIRECTORY_NAME and (path.parent / MANIFEST_FILE_NAME).exists():
        raise _not_a_bundle(path) from error  # bodies of payloads, which may look like events of a foreign recorder
    try:
        inferred = inferred_manifest(_likely_log(path))
    except OSError as log_error:
        if not (isinstance(log_error, FileNotFoundError) and _may_begin(path)):
            raise _refusal(path, error, log_error) from error
        inferred = None
    if inferred is None and isinstance(error, FileNotFoundError) and not _may_begin(path):
        raise BundleError(
            f"{shown(path)}: there is no {MANIFEST_FILE_NAME}, and no line of {EVENT_LOG_FILE_NAME} is an event", path
        )
    return inferred or nameless_manifest(), _manifest_fault(error, is_inferred=inferred is not None)


def _likely_log(path: Path) -> Path:
    files = log_files(path)
    return path / files[0].name if files else path / EVENT_LOG_FILE_NAME


def _manifest_fault(error: OSError | ManifestError, *, is_inferred: bool) -> Damage:
    source = "identity and schema are those of the log's first events"
    consequence = source if is_inferred else "it is not known yet whose recording this is"
    if isinstance(error, FileNotFoundError):
        return Damage("manifest-missing", f"there is no {MANIFEST_FILE_NAME}", consequence)
    return Damage("manifest-unreadable", f"{MANIFEST_FILE_NAME} {_manifest_trouble(error)}", consequence)


def _manifest_trouble(error: OSError | ManifestError) -> str:
    if isinstance(error, ManifestError):
        return f"is not a manifest that this program can read: {error}"
    if isinstance(error, NotRegularFileError):
        return f"is {error_text(error)}"
    return f"cannot be read: {error_text(error)}"


def _may_begin(path: Path) -> bool:
    """Whether nothing speaks against a recording that is about to begin: its folder for payloads is there, no more."""
    try:
        names = {entry.name for entry in path.iterdir()}
    except OSError:
        return False
    return PAYLOADS_DIRECTORY_NAME in names and names <= _NAMES_OF_A_BUNDLE


def _refusal(path: Path, error: OSError | ManifestError, log_error: OSError) -> BundleError:
    """Why a directory without a manifest that can be read, and without a log that can, is not a bundle."""
    if not isinstance(error, FileNotFoundError):
        return BundleError(f"{shown(path / MANIFEST_FILE_NAME)}: {_manifest_trouble(error)}", path)
    if isinstance(log_error, FileNotFoundError):
        return _not_a_bundle(path)
    what = "is" if isinstance(log_error, NotRegularFileError) else "cannot be read:"
    place = f"its {EVENT_LOG_FILE_NAME} {what} {error_text(log_error)}"
    return BundleError(f"{shown(path)}: there is no {MANIFEST_FILE_NAME}, and {place}", path)


def _not_a_bundle(path: Path) -> BundleError:
    try:
        names = sorted(entry.name for entry in path.iterdir())
    except OSError as error:
        return BundleError(f"{shown(path)}: cannot be listed: {error_text(error)}", path)
    if not names:
        return BundleError(f"{shown(path)}: is an empty directory, not a bundle", path)
    bundles = _contained_bundles(path, names)
    if bundles:
        return BundleError(f"{shown(path)}: {_hint(bundles)}", path, bundles)
    from tui.bundle.disk.wrong_path import folder_hint

    hint = folder_hint(path)
    return BundleError(f"{shown(path)}: is not a bundle: there is no {MANIFEST_FILE_NAME} in it{hint}", path)


def _contained_bundles(path: Path, names: list[str]) -> tuple[Path, ...]:
    found = dict(_with_manifest(path, names))
    return tuple(sorted(found, key=lambda bundle: (-found[bundle], bundle.name)))


def _with_manifest(path: Path, names: list[str]) -> Iterator[tuple[Path, float]]:
    for name in names[:_SEARCHED_ENTRIES]:
        try:
            yield path / name, (path / name / MANIFEST_FILE_NAME).stat().st_mtime
        except OSError:
            continue


def _hint(bundles: tuple[Path, ...]) -> str:
    named = ", ".join(shown(Path(bundle.name)) for bundle in bundles[:NAMED_HINTS])
    if len(bundles) == 1:
        return f"is not a bundle, but holds one; open that: {named}"
    more = f" and {len(bundles) - NAMED_HINTS} more" if len(bundles) > NAMED_HINTS else ""
    return f"is not a bundle, but holds {len(bundles)}; open one of them: {named}{more}"
