"""The files of a bundle: its manifest, where its log is, and what is wrong with them as a whole."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from tui.bundle.disk.confine import open_inside, read_inside
from tui.bundle.disk.renamed import are_renamed
from tui.bundle.log.files import LogFile, log_files
from tui.bundle.log.joined import JoinedLog
from tui.bundle.log.reader import LogReader
from tui.late_pattern import late_pattern
from tui.schema.damage import Damage
from tui.schema.manifest import (
    EVENT_LOG_FILE_NAME,
    MANIFEST_FILE_NAME,
    PAYLOADS_DIRECTORY_NAME,
    Manifest,
    ManifestError,
    decode_manifest,
)
from tui.schema.rules import SUPPORTED_SCHEMA_VERSIONS, nearest_schema
from tui.source.batch import LONGEST_LINE_BYTES

_HAS_PLACE = late_pattern(r"[\d/]")

LARGEST_MANIFEST_BYTES = 1 << 20
"""More than this is not a manifest: seven short fields are."""

NAMED_HINTS = 5
"""How many bundles are named when a directory of bundles was given."""


class BundleFiles(msgspec.Struct, frozen=True):
    """The files of a directory with an event log or a manifest. They may still be growing, or be absent.

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


def files_with(path: Path, manifest: Manifest, *faults: Damage) -> BundleFiles:
    """Return the files of the bundle at `path` that has this manifest; `faults` are those of the manifest itself."""
    files = log_files(path)
    log_name = _log_name(path, manifest, files)
    joined = JoinedLog(path, files) if _must_be_joined(files, log_name) else None
    if joined is not None:
        log_name = joined.names[-1]
    log_faults = _log_faults(log_name, () if joined is None else files)
    others = (*_schema_faults(manifest), *log_faults, *_payload_faults(path, path / log_name))
    return BundleFiles(path, manifest, (*faults, *others), log_name, joined)


def read_manifest(directory: Path) -> Manifest:
    """Return the manifest in `directory`; raise `OSError` if it cannot be read, `ManifestError` if it is none."""
    return decode_manifest(read_manifest_bytes(directory))


def read_manifest_bytes(directory: Path) -> bytes:
    """Return what the manifest's file holds; raise `OSError` if that cannot be read, `ManifestError` if it is huge."""
    data = read_inside(directory / MANIFEST_FILE_NAME, LARGEST_MANIFEST_BYTES + 1)
    if len(data) > LARGEST_MANIFEST_BYTES:
        raise ManifestError(f"larger than {LARGEST_MANIFEST_BYTES} bytes")
    return data


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
    packed = [file.name for file in files if file.is_packed]
    is_usual = log_name == EVENT_LOG_FILE_NAME or (packed and log_name.startswith(f"{EVENT_LOG_FILE_NAME}."))
    if len(files) <= 1 and not is_usual:
        yield Damage("log-renamed", f"there is no {EVENT_LOG_FILE_NAME}; the log is {log_name}", "that file was read")
    if len(files) > 1:
        names = ", ".join(file.name for file in files[:NAMED_HINTS])
        more = f" and {len(files) - NAMED_HINTS} more" if len(files) > NAMED_HINTS else ""
        what = f"{len(files)} files, {len(packed)} of them compressed" if packed else f"{len(files)} files"
        yield Damage("log-in-segments", f"the log is in {what}: {names}{more}", "they were read as one log")
    elif packed and files[0].refusal is not None:
        yield Damage("log-packed", f"{packed[0]} {files[0].refusal}", "nothing of it was read")
    elif packed and files[0].encoding is not None:
        yield Damage("log-packed", f"{packed[0]} is {files[0].encoding.upper()}", "it was converted to UTF-8 and read")
    elif packed:
        yield Damage("log-packed", f"{packed[0]} is compressed", "it was unpacked and read")


def _log_name(path: Path, manifest: Manifest, files: Sequence[LogFile]) -> str:
    """The usual name of the log, or that of the only file that is one, directly in the bundle.

    A name with a number is that of a segment, which others may follow.
    """
    if len(files) == 1 and not files[0].is_packed and not _HAS_PLACE.search(files[0].name):
        return files[0].name
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
    """A recorder makes the folder before the log, so a log without it has lost its payloads, or has them elsewhere."""
    if not are_renamed(path) or not log.is_file() or not log.stat().st_size:
        return
    from tui.bundle.disk.renamed_files import renamed_payloads

    has_folder = os.path.lexists(path / PAYLOADS_DIRECTORY_NAME)
    found = renamed_payloads(path)
    if found.paths:
        named = next(iter(found.paths.values()))
        message = f"the files in {PAYLOADS_DIRECTORY_NAME} have unusual names, such as {named}"
        if not has_folder:
            message = f"there is no {PAYLOADS_DIRECTORY_NAME} folder; payloads are elsewhere, such as {named}"
        yield Damage("payloads-renamed", message, "they were found and read")
    elif not has_folder:
        message = f"there is no {PAYLOADS_DIRECTORY_NAME} folder"
        consequence = "the events are read; no content of requests, answers and tools is there"
        yield Damage("payloads-missing", message, consequence)
