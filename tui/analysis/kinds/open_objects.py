"""What a recording leaves open: objects that began and never ended."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from tui.analysis.kinds.thread_of import thread_of
from tui.model.kinds import KINDS, ByGraphKind, GraphKind, entries
from tui.model.lookup import window_of
from tui.model.noderef import NodeRef
from tui.model.trace import RolloutTrace


class OpenObject(msgspec.Struct, frozen=True):
    """An object that is still running where the log ends. `since_unix_ms` and `since_seq` tell when it began."""

    kind: GraphKind
    id: str
    thread_id: str
    since_unix_ms: int
    since_seq: int


_ENDS: ByGraphKind[bool] = {
    "thread": True,
    "turn": True,
    "inference": True,
    "tool_call": True,
    "code_cell": True,
    "terminal_operation": True,
    "compaction_request": True,
    "terminal_session": False,  # never ends in the graph
    "event": False,  # a moment, as are the next two
    "compaction": False,
    "edge": False,
    "item": False,
    "payload": False,
}
"""Kinds that go on for a time and then end."""


def open_objects(trace: RolloutTrace) -> list[OpenObject]:
    """Every open object, oldest first. Terminal sessions never end in the graph, so they do not count."""
    return sorted(_open_objects(trace), key=lambda found: (found.since_seq, found.kind, found.id))


def _open_objects(trace: RolloutTrace) -> Iterator[OpenObject]:
    for kind in (kind for kind, ends in entries(_ENDS) if ends):
        for object_id, found in KINDS[kind].objects(trace).items():
            window = window_of(found)
            if window is not None and window.is_open:
                thread_id = thread_of(trace, NodeRef(kind, object_id)) or ""
                yield OpenObject(kind, object_id, thread_id, window.started_at_unix_ms, window.started_seq)
