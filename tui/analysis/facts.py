"""What the agent program said of a turn, and of the session of an agent, field by field."""

from __future__ import annotations

from typing import Any

import msgspec

from tui.model.ids import CodexTurnId, ThreadId
from tui.model.noderef import NodeRef
from tui.model.trace import RolloutTrace


def facts_of(trace: RolloutTrace, node: NodeRef) -> dict[str, Any]:
    """Names and values; of a turn or an agent only, and only what was said."""
    found: object = None
    if node.kind == "turn":
        found = trace.evidence.turn_facts.get(CodexTurnId(node.id))
    elif node.kind == "thread":
        found = trace.evidence.session_facts.get(ThreadId(node.id))
    if not isinstance(found, msgspec.Struct):
        return {}
    fields = msgspec.structs.asdict(found)
    return {name: value for name, value in fields.items() if value is not None and name != "raw_payload_ids"}
