"""What normalising a list of items gives: candidates for the conversation, and what was wrong with the others.

A candidate has no identity yet: the conversation step decides whether it is an item seen before or a new one.
"""

from __future__ import annotations

from typing import Final

import msgspec

from tui.model.call_form import ArgumentsForm
from tui.model.conversation import AgentMessage, Channel, ItemKind, Part, Role
from tui.reducer.content_key import ContentKey

WRAPPED_ITEM: Final = "item-wrapped"
"""Code of a fault that costs nothing: the item was found inside another object."""

FOREIGN_ITEM: Final = "item-renamed"
"""Code of a fault that costs nothing either: the item was recognised by its spelling or by what it holds."""

INFERRED_ROLE: Final = "role-inferred"
"""Code of a fault that costs little: whose message it is was concluded from what it holds."""

UNREAD_CONTENT: Final = "item-content-unread"
"""Code of a fault of a message whose content, or a text in it, has a form that the rules leave in the payload."""

UNREAD_CALL_ID: Final = "item-call-unread"
"""Code of a fault of a call or an output that has no call id, and nothing that could be one."""


class Candidate(msgspec.Struct, gc=False):
    """One normalised item. `repeatable` is false if the same bytes in another payload would be another item.

    `namespace`, `arguments`: as `ItemSource` has them.
    """

    responses_id: str | None
    role: Role
    channel: Channel | None
    kind: ItemKind
    agent_message: AgentMessage | None
    parts: list[Part]
    call_id: str | None
    tool_name: str | None
    position: int
    key: ContentKey
    repeatable: bool
    namespace: str | None = None
    arguments: ArgumentsForm | None = None


class ItemFault(msgspec.Struct, frozen=True):
    """Why an item could not be normalised as its type asks."""

    position: int
    code: str
    message: str


class Normalized(msgspec.Struct):
    """A list of items after normalisation, with what was wrong in it."""

    candidates: list[Candidate]
    faults: list[ItemFault]
