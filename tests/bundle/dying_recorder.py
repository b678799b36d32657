"""A recorder to be killed, as a program: it never ends, and writes every line and payload in small pieces."""

from __future__ import annotations

import itertools
import os
import random
import sys
from pathlib import Path
from typing import Any

from tui.bundle.writer import BundleWriter, pretty
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
from tui.schema.payloads import PayloadKind, RawPayloadRef


class PiecemealWriter(BundleWriter):
    """Each write of a few bytes is one call: a kill may fall between any two of them."""

    def __init__(self, path: Path, seed: int) -> None:
        super().__init__(path, root_thread_id="T", trace_id="dying")
        self._random = random.Random(seed)
        self._numbers = itertools.count(1)

    def append(self, payload: Any, **context: Any) -> int:
        """Write one line in pieces."""
        line, seq = self.encode(payload, **context), self.next_seq
        while line:
            piece = self._random.randrange(1, 40)
            self.append_raw(line[:piece])
            line = line[piece:]
        self.next_seq = seq + 1
        return seq

    def write_payload(self, kind: str, value: object) -> RawPayloadRef:
        """Write one payload in pieces, before the event that names it."""
        number = next(self._numbers)
        ref = RawPayloadRef(f"raw_payload:{number}", PayloadKind(kind), f"payloads/{number}.json")
        data = pretty(value)
        descriptor = os.open(self.path / ref.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
        for start in range(0, len(data), 16):
            os.write(descriptor, data[start : start + 16])
        os.close(descriptor)
        return ref


def record(path: Path, seed: int) -> None:
    """Write turns with tool calls for ever."""
    writer = PiecemealWriter(path, seed)
    writer.append(RolloutStarted(trace_id="dying", root_thread_id="T"))
    writer.append(ThreadStarted(thread_id="T", agent_path="/root"))
    for turn in itertools.count():
        context = {"thread_id": "T", "codex_turn_id": f"turn-{turn}"}
        writer.append(CodexTurnStarted(codex_turn_id=f"turn-{turn}", thread_id="T"), **context)
        for number in range(5):
            _call_tool(writer, f"call-{turn}-{number}", context)
        writer.append(CodexTurnEnded(codex_turn_id=f"turn-{turn}", status="completed"), **context)


def _call_tool(writer: PiecemealWriter, call_id: str, context: dict[str, str]) -> None:
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
