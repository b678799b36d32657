"""`manifest.json`, written once when a recording starts (bundle format §2.1)."""

from __future__ import annotations

import msgspec

from tui.schema.encoding import UTF16_REASON, is_utf16, without_mark
from tui.schema.oddity import rescaled

MANIFEST_FILE_NAME = "manifest.json"
EVENT_LOG_FILE_NAME = "trace.jsonl"
PAYLOADS_DIRECTORY_NAME = "payloads"


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """Identity of one recording.

    `schema_version` chooses the reducer's rules. `trace_id` and `root_thread_id` are starting values only: a
    `rollout_started` event overwrites them in the reduced graph. Times are milliseconds since the Unix epoch.
    """

    schema_version: int
    trace_id: str
    rollout_id: str
    root_thread_id: str
    started_at_unix_ms: int
    raw_event_log: str = EVENT_LOG_FILE_NAME
    payloads_dir: str = PAYLOADS_DIRECTORY_NAME


class ManifestError(ValueError):
    """A manifest that cannot be read as one; the message says what is wrong with it."""


_FIRST_USUAL_MS, _LAST_USUAL_MS = 10**12, 10**13
"""The years 2001 to 2286."""

_decoder = msgspec.json.Decoder(Manifest)


def decode_manifest(data: bytes) -> Manifest:
    """Return the manifest in `data`, of whatever schema; raise `ManifestError` if it is not one."""
    if is_utf16(data):
        raise ManifestError(UTF16_REASON)
    try:
        manifest = _decoder.decode(without_mark(data))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ManifestError(str(error)) from error
    milliseconds = _in_milliseconds(manifest.started_at_unix_ms)
    return msgspec.structs.replace(manifest, started_at_unix_ms=milliseconds)


def start_in_other_unit(data: bytes) -> tuple[str, str] | None:
    """What to say of a manifest whose start counts another unit than milliseconds, and what follows; None if not."""
    start = _decoder.decode(without_mark(data)).started_at_unix_ms
    milliseconds = _in_milliseconds(start)
    return None if milliseconds == start else rescaled("`started_at_unix_ms`", start, milliseconds)


def _in_milliseconds(time: int) -> int:
    if _FIRST_USUAL_MS <= time < _LAST_USUAL_MS:
        return time
    from tui.schema.times import unix_ms  # late: hardly any recording needs it

    milliseconds = unix_ms(time)
    return time if milliseconds is None else milliseconds
