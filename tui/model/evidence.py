"""What the viewer needs beside the graph: facts that the reduced model leaves out but the log holds."""

from __future__ import annotations

from typing import Literal

import msgspec

from tui.model.ids import InferenceCallId, ItemId, RawPayloadId, ThreadId

ItemList = Literal["input", "output_items", "input_history", "replacement_history", "message"]
"""The array of a payload that an item stood in; `message` when the payload is the item itself."""


class ItemSource(msgspec.Struct, frozen=True, gc=False):
    """Where an item was first seen: payload, array and index in it; and the tool name, for calls."""

    raw_payload_id: RawPayloadId
    item_list: ItemList
    index: int
    tool_name: str | None = None


class Evidence(msgspec.Struct, gc=False):
    """Facts by object id; never part of the reduced JSON.

    `failure_texts`: the error or reason an event gave for a failed or cancelled inference call.
    `metadata_payloads`: what a thread's start said of its session (model, directory, policies).
    """

    item_sources: dict[ItemId, ItemSource] = msgspec.field(default_factory=dict)
    failure_texts: dict[InferenceCallId, str] = msgspec.field(default_factory=dict)
    metadata_payloads: dict[ThreadId, RawPayloadId] = msgspec.field(default_factory=dict)
