"""What is wrong with a bundle outside of its events, as diagnostics."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from tui.model.diagnostic import Diagnostic
from tui.model.trace import RolloutTrace
from tui.named_tuple import NamedTuple
from tui.schema.damage import Damage
from tui.schema.manifest import EVENT_LOG_FILE_NAME, PAYLOADS_DIRECTORY_NAME, Manifest

_LOG_IS_ELSEWHERE: Final = "log-"
"""What codes of faults begin with that say where the log is, and how it is kept."""


class BundleTrouble(NamedTuple):
    """What to judge by.

    `faults` are those of the bundle as a whole, `fault` is why the log cannot be read, `torn` are bytes of a last line
    without an end, `log_name` is the file that was read as the log.
    """

    manifest: Manifest
    faults: Sequence[Damage] = ()
    fault: str | None = None
    torn: int = 0
    log_name: str = EVENT_LOG_FILE_NAME


def trouble_findings(trouble: BundleTrouble, trace: RolloutTrace) -> Iterator[Diagnostic]:
    """All of it. A torn last line is a note: it may still become whole."""
    yield from opening_findings(trouble.faults)
    if trouble.fault is not None:
        message = f"the event log cannot be read: {trouble.fault}"
        yield Diagnostic(code="log-unreadable", severity="error", message=message)
    if trouble.torn:
        message = f"the last line has {trouble.torn:,} bytes and no end"
        yield Diagnostic(code="torn-tail", severity="note", message=message)
    yield from manifest_findings(trouble.manifest, trace, trouble.log_name, trouble.faults)


def opening_findings(faults: Sequence[Damage]) -> Iterator[Diagnostic]:
    """What was wrong with the bundle as a whole when it was opened. Everything after it rests on a makeshift."""
    for fault in faults:
        yield Diagnostic(code=fault.code, severity="error", message=fault.message, consequence=fault.consequence)


def manifest_findings(
    manifest: Manifest, trace: RolloutTrace, log_name: str, faults: Sequence[Damage]
) -> Iterator[Diagnostic]:
    """Names in the manifest that are not those of what was read (`log_name` is the log's), and other identities.

    Where the log is somewhere else, `faults` may say so already.
    """
    if any(fault.code.startswith(_LOG_IS_ELSEWHERE) for fault in faults):
        log_name = manifest.raw_event_log
    are_payloads_elsewhere = any(fault.code == "payloads-renamed" for fault in faults)
    payloads = manifest.payloads_dir if are_payloads_elsewhere else PAYLOADS_DIRECTORY_NAME
    for field, name, expected in (
        ("raw_event_log", manifest.raw_event_log, log_name),
        ("payloads_dir", manifest.payloads_dir, payloads),
    ):
        if name != expected:
            yield Diagnostic(
                code="manifest-path",
                severity="warning",
                message=f"the manifest's {field} is {name}, not {expected}",
                consequence=f"{expected} was read",
            )
    for field, ours, theirs in (
        ("trace_id", manifest.trace_id, trace.trace_id),
        ("root_thread_id", manifest.root_thread_id, trace.root_thread_id),
    ):
        if ours != theirs:
            yield Diagnostic(
                code="manifest-mismatch",
                severity="warning",
                message=f"the manifest's {field} is {ours}, the log's {theirs}",
                consequence="the log's word counts; manifest and log may belong to different recordings",
            )
