"""A recorder to be killed, as a program: it never ends, and writes every line and record in small pieces."""

from __future__ import annotations

import itertools
import random
import sys
from pathlib import Path
from typing import Any

from tui.bundle.write.shard_writer import Write, write_all
from tui.bundle.write.writer import BundleWriter
from tui.schema.events import (
    CodexTurnEnded,
    CodexTurnStarted,
    GenericSummary,
    ModelRequester,
    RolloutStarted,
    ThreadStarted,
    ToolCallEnded,
    ToolCallKind,
    ToolCallStarted,
)


def piecemeal(seed: int) -> Write:
    """Writes a few bytes at a time: a kill may fall between any two pieces."""
    dice = random.Random(seed)

    def write(descriptor: int, data: bytes) -> None:
        while data:
            piece = dice.randrange(1, 40)
            write_all(descriptor, data[:piece])
            data = data[piece:]

    return write


def record(path: Path, seed: int) -> None:
    """Write turns with tool calls for ever."""
    writer = BundleWriter(path, root_thread_id="T", trace_id="dying", schema_version=3, write=piecemeal(seed))
    writer.append(RolloutStarted(trace_id="dying", root_thread_id="T"))
    writer.append(ThreadStarted(thread_id="T", agent_path="/root"))
    for turn in itertools.count():
        context: dict[str, Any] = {"thread_id": "T", "codex_turn_id": f"turn-{turn}"}
        writer.append(CodexTurnStarted(codex_turn_id=f"turn-{turn}", thread_id="T"), **context)
        for number in range(5):
            _call_tool(writer, f"call-{turn}-{number}", context)
        writer.append(CodexTurnEnded(codex_turn_id=f"turn-{turn}", status="completed"), **context)


def _call_tool(writer: BundleWriter, call_id: str, context: dict[str, Any]) -> None:
    started = ToolCallStarted(
        tool_call_id=call_id,
        requester=ModelRequester(),
        kind=ToolCallKind("other", name="tool"),
        summary=GenericSummary("tool"),
        invocation_payload=writer.write_payload("tool_invocation", {"tool_name": call_id}),
    )
    writer.append(started, **context)
    writer.append(ToolCallEnded(tool_call_id=call_id, status="completed"), **context)


if __name__ == "__main__":
    record(Path(sys.argv[1]), int(sys.argv[2]))
