"""Reads what a glance shows of a bundle: its manifest, the last kilobytes of its log, and what was asked first."""

from __future__ import annotations

import os

from tui.bundle.catalog.first_prompt import HEAD_BYTES, first_prompt
from tui.bundle.catalog.log_end import log_end
from tui.bundle.disk.confine import FILE_FLAGS
from tui.bundle.disk.regular import NotRegularFileError, error_text, open_regular, read_up_to
from tui.schema.decode import EventLine, decode_line
from tui.schema.manifest import (
    EVENT_LOG_FILE_NAME,
    MANIFEST_FILE_NAME,
    Manifest,
    ManifestError,
    decode_manifest,
)
from tui.schema.rules import SUPPORTED_SCHEMA_VERSIONS, rules_for
from tui.schema.summary import BundleSummary

_LARGEST_MANIFEST = 1 << 20
_FIRST_LINE_BYTES = 8 << 10


def read_summary(path: str, name: str, title: str = "") -> BundleSummary | None:
    """What a glance shows of the directory `path`, called `name`; None if it is not a bundle.

    A bundle has an event log or a manifest. A file called `manifest.json` that is not of this format, beside no log,
    belongs to another program; a directory that may not be entered could be anything. Reads a few kilobytes, of the
    payloads only the first request, and that not if the `title` is known already. Never waits or raises.
    """
    manifest, problem = _manifest(path)
    log = log_end(path, 0 if title else HEAD_BYTES)
    if manifest is None and log.status is None and not (problem and log.problem and os.access(path, os.X_OK)):
        return None
    tail, newest = log.tail, log.tail.newest
    return BundleSummary(
        path=path,
        name=name,
        manifest=manifest,
        problem=problem or log.problem,
        started_at_unix_ms=_started_at(path, manifest),
        log_bytes=None if log.status is None else log.status.st_size,
        log_modified_ns=0 if log.status is None else log.status.st_mtime_ns,
        newest_seq=None if newest is None else newest.seq,
        newest_at_unix_ms=None if newest is None else newest.wall_time_unix_ms,
        torn_bytes=tail.torn_bytes,
        is_end_unread=newest is not None and not newest.is_known_end,
        is_closed=newest is not None
        and (newest.is_completion or (log.have_agents_ended and not _may_be_closed(newest.schema_version))),
        is_session_over=log.is_session_over,
        have_agents_ended=log.have_agents_ended,
        title=title or first_prompt(path, log.head),
    )


def _may_be_closed(schema_version: int | None) -> bool:
    """Whether recorders write that a recording is complete; true of an event that does not say its schema."""
    return schema_version is None or rules_for(schema_version).closing_field is not None


def _manifest(path: str) -> tuple[Manifest | None, str]:
    """The manifest, or why there is none in one line; neither for a file of another program."""
    try:
        data = _read(f"{path}/{MANIFEST_FILE_NAME}", _LARGEST_MANIFEST + 1)
    except FileNotFoundError:
        return None, f"{MANIFEST_FILE_NAME} is missing"
    except NotRegularFileError as error:
        return None, f"{MANIFEST_FILE_NAME} is {error_text(error)}"
    except OSError as error:
        return None, f"{MANIFEST_FILE_NAME} cannot be read: {error_text(error)}"
    try:
        manifest = decode_manifest(data)
    except ManifestError as error:
        return None, f"{MANIFEST_FILE_NAME} is not a manifest that this program can read: {error}"
    if manifest.schema_version not in SUPPORTED_SCHEMA_VERSIONS:
        return manifest, f"schema version {manifest.schema_version} is not known"
    return manifest, ""


def _read(path: str, limit: int) -> bytes:
    """At most `limit` bytes of a regular file; a link is not followed. Raises `OSError`."""
    descriptor, status = open_regular(path, FILE_FLAGS)
    try:
        data = os.read(descriptor, min(status.st_size, limit) + 1)
        if len(data) == status.st_size:  # as it nearly always is
            return data[:limit]
        return (data + read_up_to(descriptor, limit - len(data)))[:limit]
    finally:
        os.close(descriptor)


def _started_at(path: str, manifest: Manifest | None) -> int | None:
    if manifest is not None:
        return manifest.started_at_unix_ms
    try:
        first = _read(f"{path}/{EVENT_LOG_FILE_NAME}", _FIRST_LINE_BYTES).partition(b"\n")[0]
    except OSError:
        return None
    line = decode_line(first, 1)
    return line.event.wall_time_unix_ms if isinstance(line, EventLine) else None
