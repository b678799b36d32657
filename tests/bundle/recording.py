"""A small recording, written in sight of the tests."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

from tui.bundle.write.writer import BundleWriter
from tui.schema.events import CodexTurnStarted, RolloutStarted, ThreadStarted
from tui.schema.payloads import PayloadKind, RawPayloadRef


def ticking_clock(start: int = 1_000) -> Callable[[], int]:
    """A clock that shows one millisecond more each time it is read."""
    ticks = count(start)
    return lambda: next(ticks)


def new_writer(directory: Path, trace_id: str = "trace-1", **settings: Any) -> BundleWriter:
    return BundleWriter(directory, root_thread_id="root", trace_id=trace_id, clock=ticking_clock(), **settings)


def record_start(writer: BundleWriter) -> None:
    """Three events, the second of which has a payload that the reducer reads."""
    writer.append(RolloutStarted(trace_id=writer.manifest.trace_id, root_thread_id="root"))
    metadata = writer.write_payload("session_metadata", {"thread_id": "root", "model": "m"})
    writer.append(ThreadStarted(thread_id="root", agent_path="/root", metadata_payload=metadata))
    writer.append(CodexTurnStarted(codex_turn_id="turn-1", thread_id="root"), thread_id="root", codex_turn_id="turn-1")


def ref_to(path: str, payload_id: str = "raw_payload:1") -> RawPayloadRef:
    return RawPayloadRef(payload_id, PayloadKind("tool_result"), path)
