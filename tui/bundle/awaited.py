"""Payloads that are not there yet, or not whole, when the event that names them arrives."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable

import msgspec

from tui.bundle.payloads import PayloadFault, PayloadStore
from tui.schema.payloads import RawPayloadRef

AWAIT_SECONDS = 2.0
"""How long a line that has just been written waits for its payload, before it is taken with the damage named."""

LOOKED_AT_ONCE = 64
"""How many missing payloads are looked for at a time; each look costs a failed attempt to open a file."""

_syntax = msgspec.json.Decoder(msgspec.Raw)


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


class Patience:
    """How long the lines of a growing log wait for their payloads: each for some seconds from when it was there.

    Recorders write the payload first (bundle format §7), so waiting is for the others. What was in the log when it
    was opened does not wait: a damaged recording would take for ever to open.
    """

    def __init__(self, seconds: float = AWAIT_SECONDS, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self.forget()

    def forget(self) -> None:
        """The log is read from its start again: what is there then does not wait."""
        self._old_bytes: int | None = None
        self._seen_bytes = 0
        self._arrivals: deque[tuple[int, float]] = deque()

    def note_size(self, size: int) -> None:
        """The log has so many bytes now."""
        if self._old_bytes is None:
            self._old_bytes = self._seen_bytes = size
        elif size > self._seen_bytes:
            self._seen_bytes = size
            self._arrivals.append((size, self._clock()))

    def may_wait(self, offset: int) -> bool:
        """Whether the line that begins at `offset` has not been there for long."""
        while self._arrivals and self._arrivals[0][0] <= offset:
            self._arrivals.popleft()
        if not self._arrivals or offset < (self._old_bytes or 0):
            return False
        return self._clock() - self._arrivals[0][1] < self._seconds


class LatePayloads:
    """Payloads that were missing or cut when they were needed, and may come late: the graph is then to be made anew."""

    def __init__(self, payloads: PayloadStore) -> None:
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
