"""Opens a bundle directory, damaged or not, or says in one line why it is none."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from tui.bundle.confine import open_inside, read_inside
from tui.bundle.identity import inferred_manifest, nameless_manifest
from tui.bundle.joined_log import JoinedLog
from tui.bundle.lines import LONGEST_LINE_BYTES
from tui.bundle.log import LogReader
from tui.bundle.log_files import LogFile, log_files
from tui.bundle.regular import NotRegularFileError, error_text
from tui.bundle.wrong_path import SESSIONS_HINT, address_hint, file_hint, holds_session_files
from tui.schema.damage import Damage
from tui.schema.encoding import MARK
from tui.schema.manifest import (
    EVENT_LOG_FILE_NAME,
    MANIFEST_FILE_NAME,
    PAYLOADS_DIRECTORY_NAME,
    SUPPORTED_SCHEMA_VERSIONS,
    Manifest,
    ManifestError,
    decode_manifest,
    nearest_schema,
)

LARGEST_MANIFEST_BYTES = 1 << 20
"""More than this is no manifest: seven short fields are."""

NAMED_HINTS = 5
"""How many bundles are named when a directory of bundles was given."""

_SEARCHED_ENTRIES = 2_000

_NAMES_OF_A_BUNDLE = {MANIFEST_FILE_NAME, EVENT_LOG_FILE_NAME, PAYLOADS_DIRECTORY_NAME}


_MARKED_MANIFEST = Damage(
    "byte-order-mark", f"{MANIFEST_FILE_NAME} begins with a byte order mark (BOM)", "it was passed over"
)


class BundleError(Exception):
    """A path that cannot be opened as a bundle. `str()` is one line for a person, with the path.

    `bundles` holds the bundles found in the directory that was given instead of one of them, newest first.
    """

    def __init__(self, message: str, path: Path, bundles: tuple[Path, ...] = ()) -> None:
        super().__init__(message)
        self.path = path
        self.bundles = bundles


class Bundle(msgspec.Struct, frozen=True):
    """A directory with an event log or a manifest. Its log and payloads may still be growing, or be absent.

    `manifest` is the recorded one, or what the log's first events tell where that cannot be read; `faults` says so.
    """

    path: Path
    manifest: Manifest
    faults: tuple[Damage, ...] = ()
    log_name: str = EVENT_LOG_FILE_NAME
    joined: JoinedLog | None = None
    """The log as one text, where it is packed or in several files."""

    @property
    def log_path(self) -> Path:
        """Where the event log is; the last of its files, if it has several.

        The manifest's own word counts only where the usual name is not there.
        """
        return self.path / self.log_name

    @property
    def text_path(self) -> Path:
        """The file in which the lines of the log stand."""
        return self.log_path if self.joined is None else self.joined.path

    def open_log(self, longest_line: int = LONGEST_LINE_BYTES) -> LogReader:
        """A reader of the log, from its start."""
        return LogReader(self.text_path, longest_line=longest_line, joined=self.joined)

    @property
    def damage(self) -> tuple[str, ...]:
        """What is wrong with the bundle as a whole, one line each; empty if nothing is."""
        return tuple(map(str, self.faults))


def open_bundle(path: str | Path) -> Bundle:
    """Return the bundle at `path`, also a damaged one as long as its log or its manifest can be read.

    A missing event log is fine: the recorder writes the manifest first. Raises `BundleError` for what is no bundle.
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
    except (OSError, ManifestError) as error:
        manifest, fault = _stand_in(path, error)
        faults = (fault,)
    return bundle_with(path, manifest, *faults)


def bundle_with(path: Path, manifest: Manifest, *faults: Damage) -> Bundle:
    """Return the bundle at `path` that has this manifest; `faults` are those of the manifest itself."""
    files = log_files(path)
    log_name = _log_name(path, manifest)
    joined = JoinedLog(path, files) if _must_be_joined(files, log_name) else None
    if joined is not None:
        log_name = joined.names[-1]
    log_faults = _log_faults(log_name, () if joined is None else files)
    others = (*_schema_faults(manifest), *log_faults, *_payload_faults(path, path / log_name))
    return Bundle(path, manifest, (*faults, *others), log_name, joined)


def read_manifest(directory: Path) -> Manifest:
    """Return the manifest in `directory`; raise `OSError` if it cannot be read, `ManifestError` if it is none."""
    return decode_manifest(read_manifest_bytes(directory))


def read_manifest_bytes(directory: Path) -> bytes:
    """Return what the manifest's file holds; raise `OSError` if that cannot be read, `ManifestError` if it is huge."""
    data = read_inside(directory / MANIFEST_FILE_NAME, LARGEST_MANIFEST_BYTES + 1)
    if len(data) > LARGEST_MANIFEST_BYTES:
        raise ManifestError(f"larger than {LARGEST_MANIFEST_BYTES} bytes")
    return data


def shown(path: Path) -> str:
    """The path for a message: as it is, or escaped when it holds characters that a terminal might obey."""
    text = str(path)
    return text if text.isprintable() else ascii(text)


def _check_directory(path: Path) -> None:
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        raise BundleError(f"{shown(path)}: there is no such directory{address_hint(path)}", path) from None
    except OSError as error:
        raise BundleError(f"{shown(path)}: cannot be opened: {error_text(error)}", path) from error
    except ValueError:
        raise BundleError(f"{shown(path)}: this cannot be the name of a directory", path) from None
    if stat.S_ISDIR(mode):
        return
    hint, bundle = file_hint(path)
    raise BundleError(f"{shown(path)}: {hint}", path, () if bundle is None else (bundle,))


def _stand_in(path: Path, error: OSError | ManifestError) -> tuple[Manifest, Damage]:
    """The manifest that the log tells instead of the one that could not be read; raise `BundleError` if none can be."""
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
    consequence = source if is_inferred else "nothing tells yet whose recording this is"
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
    """Why a directory without a manifest that can be read, and without a log that can, is no bundle."""
    if not isinstance(error, FileNotFoundError):
        return BundleError(f"{shown(path / MANIFEST_FILE_NAME)}: {_manifest_trouble(error)}", path)
    if isinstance(log_error, FileNotFoundError):
        return _not_a_bundle(path)
    what = "is" if isinstance(log_error, NotRegularFileError) else "cannot be read:"
    place = f"its {EVENT_LOG_FILE_NAME} {what} {error_text(log_error)}"
    return BundleError(f"{shown(path)}: there is no {MANIFEST_FILE_NAME}, and {place}", path)


def _schema_faults(manifest: Manifest) -> Iterator[Damage]:
    version = manifest.schema_version
    if version not in SUPPORTED_SCHEMA_VERSIONS:
        *older, newest = sorted(SUPPORTED_SCHEMA_VERSIONS)
        known = f"{', '.join(map(str, older))} and {newest}"
        yield Damage(
            "schema-unknown",
            f"schema version {version} is not known; this program reads {known}",
            f"the bundle is read by the rules of schema {nearest_schema(version)}; what is new in it is left out",
        )


def _must_be_joined(files: Sequence[LogFile], log_name: str) -> bool:
    """Whether the log is something else than the one file that has its name."""
    return len(files) > 1 or any(file.is_packed or file.name != log_name for file in files)


def _log_faults(log_name: str, files: Sequence[LogFile]) -> Iterator[Damage]:
    """What is odd about where the log is; `files` are those that were joined."""
    if len(files) <= 1 and log_name != EVENT_LOG_FILE_NAME:
        yield Damage("log-renamed", f"there is no {EVENT_LOG_FILE_NAME}; the log is {log_name}", "that file was read")
    if len(files) > 1:
        names = ", ".join(file.name for file in files[:NAMED_HINTS])
        more = f" and {len(files) - NAMED_HINTS} more" if len(files) > NAMED_HINTS else ""
        yield Damage("log-in-segments", f"the log is in {len(files)} files: {names}{more}", "they were read as one log")
    packed = [file.name for file in files if file.is_packed]
    if packed:
        yield Damage("log-packed", f"{packed[0]} is compressed", "it was unpacked and read")


def _log_name(path: Path, manifest: Manifest) -> str:
    """The usual name of the log, or the manifest's where only that is a file, and directly in the bundle."""
    name = manifest.raw_event_log
    if name == EVENT_LOG_FILE_NAME or "/" in name or os.path.lexists(path / EVENT_LOG_FILE_NAME):
        return EVENT_LOG_FILE_NAME
    try:
        descriptor, _ = open_inside(path / name)
    except (OSError, ValueError):
        return EVENT_LOG_FILE_NAME
    os.close(descriptor)
    return name


def _payload_faults(path: Path, log: Path) -> Iterator[Damage]:
    """A recorder makes the folder before the log, so a log without it has lost its payloads."""
    if os.path.lexists(path / PAYLOADS_DIRECTORY_NAME) or not log.is_file() or not log.stat().st_size:
        return
    message = f"there is no {PAYLOADS_DIRECTORY_NAME} folder"
    yield Damage("payloads-missing", message, "the events are read; no content of requests, answers and tools is there")


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
    hint = SESSIONS_HINT if holds_session_files(path) else ""
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
