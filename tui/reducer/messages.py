"""Which conversation items carry a message from one agent to another (reducer rules §10.4)."""

from __future__ import annotations

from typing import Any

import msgspec

from tui.late_decoder import late_decoder
from tui.late_pattern import late_pattern
from tui.model.conversation import ConversationItem, EncodedPart, Part, TextPart
from tui.model.evidence import DeliveryKey
from tui.reducer import jsontext
from tui.reducer.state import ReducerState

_AGENT_PATH = late_pattern(r"/morpheus|/root(?:/(?!root(?:/|$))[a-z0-9_]+)*")


class _LegacyMessage(msgspec.Struct, frozen=True, gc=False):
    """The JSON text by which older releases put agent messages into plain assistant messages."""

    author: str
    recipient: str
    content: str
    trigger_turn: bool
    other_recipients: list[str] | msgspec.UnsetType = msgspec.UNSET
    encrypted_content: str | None = None


_legacy_decoder = late_decoder(_LegacyMessage)


def is_agent_path(path: str) -> bool:
    """Whether `path` names an agent: `/morpheus`, or `/root` and the segments below it."""
    return _AGENT_PATH.fullmatch(path) is not None


def message_key(state: ReducerState, item: ConversationItem) -> DeliveryKey | None:
    """What a delivery must match for this item to carry it; None if the item is not an inter-agent message."""
    if item.role != "assistant" or item.kind != "message":
        return None
    if item.agent_message is not msgspec.UNSET:
        author, recipient = item.agent_message.author, item.agent_message.recipient
        content = _delivered_content(item.body.parts)
    else:
        legacy = _legacy_message(item.body.parts)
        if legacy is None:
            return None
        author, recipient = legacy.author, legacy.recipient
        content = legacy.content if legacy.encrypted_content is None else legacy.encrypted_content
    if content is None or recipient != state.trace.threads[item.thread_id].agent_path:
        return None
    return (item.thread_id, author, content)


def _delivered_content(parts: list[Part]) -> str | None:
    match parts:
        case [TextPart(text=text)]:
            return text
        case [EncodedPart(value=value)] | [TextPart(), EncodedPart(value=value)]:
            return value
        case _:
            return None


def _legacy_message(parts: list[Part]) -> _LegacyMessage | None:
    if len(parts) != 1 or not isinstance(parts[0], TextPart):
        return None
    text = parts[0].text
    if not text.lstrip().startswith("{"):  # cheap: nearly every answer stops here
        return None
    try:
        message = _legacy_decoder.decode(text)
    except jsontext.BAD_JSON:
        return None
    if jsontext.repeats_key(text, _LegacyMessage.__struct_fields__):
        return None
    others: list[Any] = [] if message.other_recipients is msgspec.UNSET else list(message.other_recipients)
    return message if all(map(is_agent_path, (message.author, message.recipient, *others))) else None
