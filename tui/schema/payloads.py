"""References from events to payloads (bundle format §3.2, schema 3 notes §3): what is named, and where its body is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

import msgspec

from tui.schema.oddity import UNRECORDED
from tui.schema.sequence import SharedSequence

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
        "prepared_prompt",
        "model_item",
        "content_value",
        "warmup_context",
    }
)
"""Payload kinds that the format defines. A kind outside this set is kept as it is."""


class PayloadKind(msgspec.Struct, frozen=True, gc=False):
    """What a payload holds, by the recorder's word."""

    type: str


_KNOWN_KINDS: Final = {name: PayloadKind(name) for name in PAYLOAD_KINDS}


class FilePlace(msgspec.Struct, frozen=True, gc=False):
    """The body is a file of its own: its path relative to the bundle (schemas 1 and 2).

    The path is whatever the log says; code that opens it must keep it inside the bundle.
    """

    path: str

    def __str__(self) -> str:
        return self.path


class ShardPlace(msgspec.Struct, frozen=True, gc=False):
    """The body is a record of a payload shard (schema 3): the shard's number."""

    number: int

    def __str__(self) -> str:
        return f"shard {self.number}"


class NoPlace(msgspec.Struct, frozen=True, gc=False):
    """The reference names no place: the recorder left the body out."""

    def __str__(self) -> str:
        return "left out by the recorder"


PayloadPlace = FilePlace | ShardPlace | NoPlace
"""Where a body is. A place says how to read a body and is never a key: `raw_payload_id` is."""

PartList: TypeAlias = "SharedSequence[RawPayloadRef]"
"""The parts of one body, in order. Prompts repeat each other's parts, so their lists share what they have in common."""

if TYPE_CHECKING:
    _Parts = PartList
else:
    # In the line it is JSON, left as it is until `decode_line` makes a list of it: an object for each part of each
    # prompt would grow with the square of the session.
    _Parts = msgspec.Raw

_LONGEST_LABEL = 200
_LONGEST_NUMBER = 20

NO_PARTS: Final[PartList] = SharedSequence()


class RawPayloadRef(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One payload: its id (`raw_payload:<n>`), which alone identifies it, its kind, and where its body is.

    Exactly one of `path` and `shard` is set where the recorder kept the body. A body that has `parts` is a JSON array
    of text fragments, to be joined with the bodies of the parts between them.
    """

    raw_payload_id: str
    kind: PayloadKind
    path: str | None = None
    shard: int | None = None
    parts: _Parts = NO_PARTS

    def __post_init__(self) -> None:
        kind = _KNOWN_KINDS.get(self.kind.type)
        if kind is not None:
            msgspec.structs.force_setattr(self, "kind", kind)  # the same object for all references of the kind
        if self.path is not None and self.shard is not None:
            msgspec.structs.force_setattr(self, "path", None)  # a reader of shards ignores a path

    @property
    def place(self) -> PayloadPlace:
        """Where the body is."""
        if self.path is not None:
            return FilePlace(self.path)
        return NoPlace() if self.shard is None else ShardPlace(self.shard)

    @property
    def is_unnamed(self) -> bool:
        """Whether the event does not say which payload it means; that is found where the event is read."""
        return self.raw_payload_id.startswith(UNRECORDED)

    @property
    def label(self) -> str:
        """What people call the payload: its file, which they can open themselves, else its id. Cut if absurdly long."""
        name = self.raw_payload_id if self.path is None else self.path
        return name if len(name) <= _LONGEST_LABEL else f"{name[: _LONGEST_LABEL - 1]}…"


class NamedPayload(msgspec.Struct, frozen=True, gc=False):
    """A reference without its parts: what a list of many payloads says of each."""

    raw_payload_id: str
    kind: PayloadKind
    path: str | None = None
    shard: int | None = None


def path_in_bundle(ref: RawPayloadRef | NamedPayload) -> str | None:
    """The file, relative to the bundle, that holds the body alone or among others; None if no file does."""
    return ref.path if ref.shard is None else shard_path(ref.shard)


def is_usual_id(raw_payload_id: str) -> bool:
    """Whether an id is like those of known recorders: `raw_payload:` and a number."""
    prefix, _, number = raw_payload_id.partition(":")
    return prefix == "raw_payload" and number.isascii() and number.isdigit()


def likely_path(raw_payload_id: str) -> str | None:
    """The file in which a recorder keeps the payload, by the custom of schemas 1 and 2, if the id has a number."""
    number = raw_payload_id.rpartition(":")[2]
    return body_path(number) if number.isascii() and number.isdigit() and len(number) < _LONGEST_NUMBER else None


def body_path(number: str) -> str:
    """The file of a body, relative to the bundle, in schemas 1 and 2."""
    return f"payloads/{number}.json"


def shard_path(number: int) -> str:
    """The file of a payload shard, relative to the bundle (schema 3 notes §2)."""
    return f"payloads/{number:06d}.zst"
