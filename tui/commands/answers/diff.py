"""`diff --json`: where two recordings part."""

from __future__ import annotations

import msgspec

from tui.analysis.compare.comparison import AgentComparison, Comparison
from tui.analysis.compare.partings import Parting
from tui.analysis.compare.stream import StreamItem
from tui.commands.log_place import seq_of_item
from tui.store import TraceStore


class SettingAnswer(msgspec.Struct, frozen=True):
    """A setting of an agent that is another one in the other recording."""

    what: str
    agent: str
    a: str
    b: str


class SideAnswer(msgspec.Struct, frozen=True):
    """An item of one recording, and the event that brought it."""

    item: str
    seq: int | None


class PartingAnswer(msgspec.Struct, frozen=True, rename={"class_": "class"}):
    """Where two agents part, by the number of the item, and what is to blame."""

    index: int
    class_: str
    a: SideAnswer | None
    b: SideAnswer | None


class DeltaAnswer(msgspec.Struct, frozen=True):
    """By how much the second agent did more than the first; None where that of one of them is not known."""

    requests: int
    input_tokens: int | None
    output_tokens: int | None
    failures: int
    wall_ms: int | None


class AgentPairAnswer(msgspec.Struct, frozen=True):
    """Two agents that were compared, or one that the other recording does not have; `a` and `b` are their paths."""

    a: str | None
    b: str | None
    paired_by: str
    matched: int
    only_a: int
    only_b: int
    reordered: int
    first: PartingAnswer | None
    delta: DeltaAnswer


class UnreadAnswer(msgspec.Struct, frozen=True):
    """What of each recording could not be read, so that nothing is said of it; None if all of it was."""

    a: str | None
    b: str | None


class DiffAnswer(msgspec.Struct, frozen=True):
    """The document; `ignored` counts the differences that any two runs have, by the rule that ignores them."""

    same: bool
    unread: UnreadAnswer
    settings: list[SettingAnswer]
    agents: list[AgentPairAnswer]
    ignored: dict[str, int]


def diff_answer(found: Comparison, a: TraceStore, b: TraceStore) -> DiffAnswer:
    """The document on two recordings."""
    return DiffAnswer(
        same=found.is_same,
        unread=UnreadAnswer(a.reading.note, b.reading.note),
        settings=[SettingAnswer(one.what, one.agent, one.a, one.b) for one in found.settings],
        agents=[_agent(one, a, b) for one in found.agents],
        ignored=dict(sorted(found.ignored.items())),
    )


def _agent(one: AgentComparison, a: TraceStore, b: TraceStore) -> AgentPairAnswer:
    return AgentPairAnswer(
        a=one.name if one.a is not None else None,
        b=one.name if one.b is not None and not one.is_guess else _path(b, one),
        paired_by="order" if one.is_guess else "path",
        matched=len(one.pairs),
        only_a=one.only_a,
        only_b=one.only_b,
        reordered=one.reordered,
        first=None if one.first is None else _parting(one.first, a, b),
        delta=_delta(one),
    )


def _delta(one: AgentComparison) -> DeltaAnswer:
    delta = one.delta
    given, gotten = (delta.input_tokens, delta.output_tokens) if one.tokens_known else (None, None)
    return DeltaAnswer(delta.requests, given, gotten, delta.failures, delta.wall_ms)


def _path(store: TraceStore, one: AgentComparison) -> str | None:
    thread = None if one.b is None else store.trace.threads.get(one.b)
    return None if thread is None else thread.agent_path


def _parting(first: Parting, a: TraceStore, b: TraceStore) -> PartingAnswer:
    return PartingAnswer(first.place, first.kind, _side(a, first.a), _side(b, first.b))


def _side(store: TraceStore, item: StreamItem | None) -> SideAnswer | None:
    return None if item is None else SideAnswer(item.item_id, seq_of_item(store, item.item_id))
