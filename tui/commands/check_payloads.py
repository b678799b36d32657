"""Looks at every payload that the events of a bundle name, parts included, and at the shards that hold them."""

from __future__ import annotations

from collections import Counter

import msgspec

from tui.analysis.problems.shard_findings import PENDING_AT_MOST, ShardLook
from tui.analysis.recording.check_findings import PayloadLook
from tui.analysis.recording.payload_syntax import depth_fault, json_fault
from tui.bundle.payloads.store import PayloadStore
from tui.commands.replay_log import LogReplay
from tui.schema.oddity import UNRECORDED
from tui.schema.payloads import RawPayloadRef, shard_path
from tui.source.fault import PayloadFault

PUT_FOR_PARTS = "null"
"""What is put in the place of a part to see whether a body is JSON; each part is looked at by itself (schema 3 notes
§3.2)."""


def look_at_payloads(replay: LogReplay) -> tuple[list[PayloadLook], list[ShardLook]]:
    """Read all payloads, each once. Those that are lost because of their shard are marked, and counted there."""
    shards = look_at_shards(replay)
    broken = {shard.path for shard in shards if shard.is_broken}
    named = (ref for ref in replay.reducer.trace.raw_payloads.values() if not ref.is_unnamed)
    looks = [look_at_payload(ref, replay) for ref in named]
    lost = {ref.raw_payload_id for ref in _unread_records(replay) if shard_path(ref.shard or 0) in broken}
    return [
        msgspec.structs.replace(look, is_lost_with_shard=True) if look.raw_payload_id in lost else look
        for look in looks
    ], shards


def look_at_payload(ref: RawPayloadRef, replay: LogReplay) -> PayloadLook:
    """Read one payload, and judge its syntax; of one that holds model items, also its depth."""
    body = replay.payloads.read_joined(ref, PUT_FOR_PARTS)
    if not isinstance(body, bytes):
        return PayloadLook(ref.raw_payload_id, ref.label, body.code, body.reason)
    fault = json_fault(body)
    if fault is not None:
        return PayloadLook(ref.raw_payload_id, ref.label, "invalid", fault)
    if ref.raw_payload_id in replay.item_payloads:
        whole = replay.payloads.read_once(ref) if len(ref.parts) else body
        depth = depth_fault(whole) if isinstance(whole, bytes) else None
        if depth is not None:
            return PayloadLook(ref.raw_payload_id, ref.label, "invalid", depth, is_used=True)
    is_bare_id = ref.kind.type == UNRECORDED  # which is a finding of its own
    is_placed = ref.path is not None or ref.shard is not None
    return PayloadLook(
        ref.raw_payload_id,
        ref.label,
        is_found_by_id=not is_placed and not is_bare_id,
        is_wrapped=len(ref.parts) > 0 and replay.payloads.read_own_range(ref, 0, 1) == b"{",
    )


def look_at_shards(replay: LogReplay) -> list[ShardLook]:
    """Look at every shard that events name, each as a whole, in the order of their numbers."""
    trace = replay.reducer.trace
    named: dict[int, set[bytes]] = {}
    anywhere: set[bytes] = set()
    """Records that are named without their shard."""
    for ref in trace.raw_payloads.values():
        record_id = ref.raw_payload_id.encode("utf-8", "surrogatepass")
        if ref.shard is not None:
            named.setdefault(ref.shard, set()).add(record_id)
        elif ref.path is None:
            anywhere.add(record_id)
    lost = Counter(ref.shard for ref in _unread_records(replay))
    last = max(named, default=0)
    return [
        _look_at_shard(
            replay.payloads,
            number,
            named[number] | anywhere,
            lost[number],
            is_over=trace.was_closed is True or number != last,
        )
        for number in sorted(named)
    ]


def _unread_records(replay: LogReplay) -> list[RawPayloadRef]:
    """The payloads that should be in a shard and are not."""
    refs = replay.reducer.trace.raw_payloads.values()
    return [ref for ref in refs if ref.shard is not None and isinstance(replay.payloads.own_size(ref), PayloadFault)]


def _look_at_shard(payloads: PayloadStore, number: int, named: set[bytes], lost: int, *, is_over: bool) -> ShardLook:
    path, found = shard_path(number), payloads.shards.look(number)
    if isinstance(found, PayloadFault):
        return ShardLook(path=path, fault=found.code, reason=found.reason.removeprefix(f"{path} "), lost=lost)
    if not found.ids and lost and found.fault is None:
        return ShardLook(path=path, fault="empty", reason="holds no record", lost=lost)
    is_sound = found.fault is None
    unnamed = [_text(record_id) for record_id in found.ids if record_id not in named]
    return ShardLook(
        path=path,
        fault=None if is_sound else "damaged",
        reason=found.fault or "",
        is_open=is_sound and found.is_open and is_over,
        is_torn=is_sound and found.is_torn and not found.is_open,
        repeated=None if found.repeated is None else _text(found.repeated),
        not_text=found.not_text,
        unnamed=unnamed,
        is_pending=not is_over and _are_last(unnamed, found.ids),
        lost=lost,
        container=found.container,
        form=found.form,
    )


def _are_last(unnamed: list[str], ids: tuple[bytes, ...]) -> bool:
    """Whether records are few and the last ones of their shard."""
    return len(unnamed) <= PENDING_AT_MOST and unnamed == [_text(one) for one in ids[len(ids) - len(unnamed) :]]


def _text(record_id: bytes) -> str:
    return record_id.decode("utf-8", "replace")
