"""Payloads that are not whole when the event that names them arrives, and may come late."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

import msgspec

from tui.schema.payloads import RawPayloadRef
from tui.source.fault import PayloadFault

LOOKED_AT_ONCE = 64
"""How many missing payloads are looked for at a time; each look costs a failed attempt to open a file."""

_syntax = msgspec.json.Decoder(msgspec.Raw)


class Bodies(Protocol):
    """Where bodies are read from."""

    def read_once(self, ref: RawPayloadRef, limit: int | None = None) -> bytes | PayloadFault:
        """The whole body; nothing is kept."""
        ...


def is_unfinished(ref: RawPayloadRef, body: bytes | PayloadFault) -> bool:
    """Whether a payload may still be being written: it is missing, or a file that is empty or ends in the middle.

    A record of a shard says how long it is, and is missing until it is whole. Zeros are at the end of a file whose size
    was known before its content, in a network file system for instance. One that could not be looked at for want of
    file descriptors is looked at again, too.
    """
    if isinstance(body, PayloadFault):
        return body.code in ("missing", "exhausted")
    if ref.shard is not None:
        return False
    if body.endswith(b"\0"):
        return True
    try:
        _syntax.decode(body)
    except msgspec.DecodeError as error:
        return "truncated" in str(error)
    except (ValueError, RecursionError):
        return False  # nothing that more bytes would make right
    return False


class LatePayloads:
    """Payloads that were missing or cut when they were needed, and may come late: then the graph is made again."""

    def __init__(self, payloads: Bodies) -> None:
        self._payloads = payloads
        self._missing: dict[str, RawPayloadRef] = {}

    def __bool__(self) -> bool:
        return bool(self._missing)

    def __contains__(self, payload_id: str) -> bool:
        return payload_id in self._missing

    def note(self, refs: Iterable[RawPayloadRef]) -> None:
        """These were needed and could not be used."""
        for ref in refs:
            self._missing[ref.raw_payload_id] = ref

    def forget(self) -> None:
        """The log is read from its start again."""
        self._missing.clear()

    def arrived(self) -> list[str]:
        """Labels of those that are whole now, among the next few to be looked at. May be called in a thread."""
        looked_at = list(self._missing.values())[:LOOKED_AT_ONCE]
        for ref in looked_at:  # to the end of the line
            self._missing[ref.raw_payload_id] = self._missing.pop(ref.raw_payload_id, ref)
        return [ref.label for ref in looked_at if not is_unfinished(ref, self._payloads.read_once(ref))]
