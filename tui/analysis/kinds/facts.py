"""What the agent program said of a turn, and of the session of an agent, field by field."""

from __future__ import annotations

from typing import Any, assert_never

import msgspec

from tui.model.ids import CodexTurnId, ThreadId
from tui.model.noderef import NodeRef
from tui.model.protocol import ThreadSession, TurnFacts
from tui.model.trace import RolloutTrace


def facts_of(trace: RolloutTrace, node: NodeRef) -> dict[str, Any]:
    """Names and values; of a turn or an agent only, and only what was said."""
    found = _facts(trace, node)
    fields = {} if found is None else msgspec.structs.asdict(found)
    return {name: value for name, value in fields.items() if value is not None and name != "raw_payload_ids"}


def _facts(trace: RolloutTrace, node: NodeRef) -> TurnFacts | ThreadSession | None:
    match node.kind:
        case "turn":
            return trace.evidence.turn_facts.get(CodexTurnId(node.id))
        case "thread":
            return trace.evidence.session_facts.get(ThreadId(node.id))
        case "inference" | "tool_call" | "code_cell" | "terminal_operation" | "terminal_session" | "compaction":
            return None
        case "compaction_request" | "edge" | "item" | "payload" | "event" | "diagnostic":
            return None
        case other:
            assert_never(other)
