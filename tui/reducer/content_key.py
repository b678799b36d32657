"""By what items are known again: the identity of their content (reducer rules §2.1)."""

from __future__ import annotations

from itertools import chain

import msgspec

from tui.model.conversation import (
    AgentMessage,
    Channel,
    EncodedPart,
    ItemKind,
    JsonPart,
    Part,
    PayloadRefPart,
    Role,
    TextPart,
)

ContentKey = tuple[object, ...]
"""Hashable identity of an item's content: two candidates match when their keys are equal (reducer rules §2.1)."""


def part_key(part: Part) -> tuple[object, ...]:
    """Identity of one part: the payload does not matter where the content is known (reducer rules §2.1)."""
    if isinstance(part, TextPart):  # most are
        return ("text", part.text)
    if isinstance(part, JsonPart):
        return ("json", part.summary)
    if isinstance(part, PayloadRefPart):
        if part.content_sha256 is msgspec.UNSET:
            return ("payload_ref", part.label, part.raw_payload_id, "")
        return ("payload_ref", part.label, "", part.content_sha256)
    return (type(part), *(getattr(part, name) for name in part.__struct_fields__))


def content_key(
    role: Role,
    channel: Channel | None,
    kind: ItemKind,
    agent_message: AgentMessage | None,
    call_id: str | None,
    parts: list[Part],
) -> ContentKey:
    """Identity of an item's content. A reasoning item is known by its encrypted part alone, if it has one.

    The keys of the parts follow each other in one tuple, since every item has such a key: the first value of each says
    how many belong to it.
    """
    sender = (agent_message.author, agent_message.recipient) if agent_message else None
    known_by = parts
    if kind == "reasoning":
        known_by = next(([part] for part in parts if isinstance(part, EncodedPart)), parts)
    if len(known_by) == 1:
        return (role, channel, kind, sender, call_id, *part_key(known_by[0]))
    return (role, channel, kind, sender, call_id, *chain.from_iterable(map(part_key, known_by)))
