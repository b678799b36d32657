"""`edges --json`: what went between agents."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from tui.analysis.messages.calls import PayloadReader
from tui.analysis.messages.edges import EdgeView
from tui.analysis.messages.twin import plain_twin
from tui.commands.answers.objects import NodeAnswer, node_or_null
from tui.model.ids import ThreadId
from tui.model.trace import RolloutTrace


class PlainTextAnswer(msgspec.Struct, frozen=True):
    """The readable text of an encrypted message, the object that has it, and what proves that they are the same."""

    text: str
    node: NodeAnswer | None
    proof: str


class EdgeAnswer(msgspec.Struct, frozen=True):
    """One edge: ids and kinds as in the graph, null for what is not known; `bytes` is the size of the text."""

    id: str
    kind: str
    in_graph: bool
    seq: int
    arrived_seq: int | None
    started_at_unix_ms: int
    source: NodeAnswer | None
    source_thread_id: str | None
    source_agent_path: str | None
    target: NodeAnswer | None
    target_thread_id: str | None
    target_agent_path: str | None
    named: str | None
    delivery: str
    reason: str | None
    encrypted: bool
    bytes: int | None
    envelope: dict[str, str]
    text: str | None
    plain_text: PlainTextAnswer | None
    raw_payload_ids: list[str]


class EdgesAnswer(msgspec.Struct, frozen=True):
    """The document."""

    edges: list[EdgeAnswer]


def edges_answer(trace: RolloutTrace, views: Sequence[EdgeView], read: PayloadReader) -> EdgesAnswer:
    """All edges, each with what it passed on as far as payload files tell; `read` reads these."""
    return EdgesAnswer([_edge(trace, view, read) for view in views])


def _edge(trace: RolloutTrace, view: EdgeView, read: PayloadReader) -> EdgeAnswer:
    twin = plain_twin(trace, view, read)
    return EdgeAnswer(
        id=view.id,
        kind=view.kind,
        in_graph=view.is_in_graph,
        seq=view.started_seq,
        arrived_seq=view.arrived_seq,
        started_at_unix_ms=view.started_at_unix_ms,
        source=node_or_null(view.source),
        source_thread_id=view.source_agent,
        source_agent_path=_path(trace, view.source_agent),
        target=node_or_null(view.target),
        target_thread_id=view.target_agent,
        target_agent_path=_path(trace, view.target_agent),
        named=view.named or None,
        delivery=view.delivery,
        reason=view.reason or None,
        encrypted=view.encrypted,
        bytes=view.passed.size,
        envelope=dict(view.passed.envelope),
        text=view.passed.text,
        plain_text=None if twin is None else PlainTextAnswer(twin.text, node_or_null(twin.where), twin.proof),
        raw_payload_ids=list(view.payload_ids),
    )


def _path(trace: RolloutTrace, thread_id: ThreadId | None) -> str | None:
    thread = None if thread_id is None else trace.threads.get(thread_id)
    return None if thread is None else thread.agent_path
