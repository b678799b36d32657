"""What is wrong with payload shards, as diagnostics: each fault of a shard once (schema 3 notes §2.3)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from tui.analysis.kinds.plural import counted
from tui.model.diagnostic import Diagnostic, Severity

PENDING_AT_MOST = 8
"""Payloads that can be on disk before their events: one for each agent that was writing."""

_REFUSED = "all payloads that events name were read; the format's reference refuses the whole bundle"
_SOME_SHOWN = 3


class ShardLook(msgspec.Struct, frozen=True, kw_only=True):
    """What one look at a shard that events name brought.

    `fault` is a code (`missing`, `damaged`, `not-a-file` …), None if all of it could be read, and `reason` says it in
    words. `is_open`: its compressed data have no end, although the recording or a later shard says that it is whole.
    `is_torn`: it ends within a record. `repeated` is the first id that comes twice, `not_text` where the first record
    begins whose id is not text, in decompressed bytes. `unnamed` are ids that no event names; `is_pending` if those
    can be what a recorder wrote last before it was stopped. `lost` counts named payloads that it does not hold.
    """

    path: str
    fault: str | None = None
    reason: str = ""
    is_open: bool = False
    is_torn: bool = False
    repeated: str | None = None
    not_text: int | None = None
    unnamed: Sequence[str] = ()
    is_pending: bool = False
    lost: int = 0
    container: str = ""
    """What it is packed in, if that is not zstd."""
    form: str = ""
    """How its records are written, if not as known recorders do."""

    @property
    def is_broken(self) -> bool:
        """Whether that is why payloads of it are not there."""
        return self.fault is not None or self.is_open or self.is_torn


def shard_findings(looks: Sequence[ShardLook]) -> Iterator[Diagnostic]:
    """All findings, shard by shard."""
    for look in looks:
        if look.fault is not None:
            yield _finding(f"shard-{look.fault}", "error", f"{look.path} {look.reason}", _consequence(look))
        if look.container:
            message = f"{look.path} is {look.container}, not compressed with zstd"
            yield _finding("shard-container", "warning", message, "it was read")
        if look.form:
            message = f"{look.path} has records in another form: {look.form}"
            yield _finding("shard-container", "warning", message, "it was read")
        if look.is_open:
            message = f"{look.path} has no end: its last zstd frame is not finished"
            yield _finding("shard-unfinished", "error", message, _consequence(look))
        if look.is_torn:
            yield _finding("shard-torn", "error", f"{look.path} ends in the middle of a record", _consequence(look))
        if look.repeated is not None:
            message = f"{look.path} holds {look.repeated} twice"
            yield _finding("record-repeated", "error", message, "the first record counts")
        if look.not_text is not None:
            message = (
                f"{look.path} has a record whose id is not UTF-8, at byte {look.not_text:,} of its decompressed data"
            )
            yield _finding("record-id-invalid", "error", message, "no event can name it")
        if look.unnamed:
            yield _unnamed(look)


def _unnamed(look: ShardLook) -> Diagnostic:
    shown = ", ".join(one or "the empty id" for one in look.unnamed[:_SOME_SHOWN])
    more = f" and {len(look.unnamed) - _SOME_SHOWN:,} more" if len(look.unnamed) > _SOME_SHOWN else ""
    message = f"no event names {shown}{more} in {look.path}"
    if look.is_pending:
        return _finding("payload-unreferenced", "note", message, "the recorder stopped between a payload and its event")
    return _finding("payload-unreferenced", "warning", message, "it is in no graph")


def _consequence(look: ShardLook) -> str:
    if not look.lost:
        return _REFUSED
    return f"{counted(look.lost, 'payload')} that events name cannot be read"


def _finding(code: str, severity: Severity, message: str, consequence: str) -> Diagnostic:
    return Diagnostic(code=code, severity=severity, message=message, consequence=consequence)
