"""Small bundles for the command line tests, each with one thing wrong."""

from __future__ import annotations

from pathlib import Path

from tui.bundle.write.writer import SCHEMA_VERSION, BundleWriter
from tui.schema.events import ProtocolEventObserved, RecordingCompleted, RolloutEnded, RolloutStarted, ThreadStarted


def write_bundle(directory: Path, *, complete: bool = True, schema_version: int = SCHEMA_VERSION) -> BundleWriter:
    """A session of one thread that did nothing; the writer is closed and its damaging methods are yours."""
    writer = BundleWriter(directory, root_thread_id="root", trace_id="trace", schema_version=schema_version)
    writer.append(RolloutStarted(trace_id="trace", root_thread_id="root"))
    metadata = writer.write_payload("session_metadata", {"agent_path": "/root", "session_source": "exec"})
    writer.append(ThreadStarted(thread_id="root", agent_path="/root", metadata_payload=metadata))
    warning = writer.write_payload("protocol_event", {"type": "warning"})
    writer.append(ProtocolEventObserved(event_type="warning", event_payload=warning))
    writer.append(RolloutEnded(status="completed"))
    if complete and schema_version > 1:
        writer.append(RecordingCompleted())
    writer.close()
    return writer


def append_to_log(directory: Path, data: bytes) -> None:
    """Add bytes to the event log as they are."""
    with (directory / "trace.jsonl").open("ab") as log:
        log.write(data)
