"""References from events to payload files (bundle format §3.2)."""

from __future__ import annotations

from typing import Final

import msgspec

PAYLOAD_KINDS: Final = frozenset(
    {
        "inference_request",
        "inference_response",
        "compaction_request",
        "compaction_checkpoint",
        "compaction_response",
        "tool_invocation",
        "tool_result",
        "tool_runtime_event",
        "terminal_runtime_event",
        "protocol_event",
        "session_metadata",
        "agent_result",
    }
)
"""Payload kinds that the format defines. A kind outside this set is kept as it is."""


class PayloadKind(msgspec.Struct, frozen=True, gc=False):
    """What a payload file holds, by the recorder's word."""

    type: str


class RawPayloadRef(msgspec.Struct, frozen=True, gc=False):
    """One payload file: its id (`raw_payload:<n>`), kind, and path relative to the bundle.

    The path is whatever the log says; whoever opens it must keep it inside the bundle.
    """

    raw_payload_id: str
    kind: PayloadKind
    path: str
