"""Words on the path, below the lanes: the piece at the cursor, and which work would make the session shortest.

path: if it took nothing: −2.0s · took 2.0s = 80% · piece 1 of 7 by length · exec_command sleep 2
gains most: −2.0s exec_command sleep 2 of /root/child · −150ms request 1 of /root
gains most: −6.1s all 121 requests · −1.9s all 82 × $ echo · −118ms request 9 of /root/child
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.kinds.naming import agent_name, name_of
from tui.analysis.kinds.thread_of import thread_of
from tui.analysis.time.critical_path import PathPiece
from tui.analysis.time.session_time import SessionTime
from tui.analysis.time.work_kinds import WorkKind
from tui.model.ids import ThreadId
from tui.model.noderef import NodeRef
from tui.model.trace import RolloutTrace
from tui.viewmodel.text.clean import Measure, clean, elide, format_duration
from tui.viewmodel.text.percent import percent

MOST_GAINS = 10
"""Work of the path of which it is worked out what the session would gain without it: what takes most of the path."""

MOST_KINDS = 8
"""Kinds of work of which the same is worked out for all of it together."""

GAIN_LABEL = "gains most: "


class Gain(NamedTuple):
    """By how many milliseconds the session would be shorter without some work: one object, or all of a kind."""

    ms: int
    work: NodeRef | WorkKind


def piece_words(
    trace: RolloutTrace, index: TraceIndex, time: SessionTime, piece: PathPiece, *, if_known: bool = False
) -> str:
    """What a piece cost, its place among the longest, and what it is; the name comes last, since it may be cut.

    With `if_known` nothing is worked out that takes long.
    """
    parts = []
    if _is_work(piece):
        saved = time.saved_without(piece.node, if_known=if_known)
        parts = [] if saved is None else [f"if it took nothing: −{format_duration(saved)}"]
    parts.append(f"took {format_duration(piece.duration_ms)} = {percent(piece.duration_ms, time.path.wall_ms)}")
    longer = time.pieces_longer_than(piece.duration_ms)
    parts.append(f"piece {longer + 1:,} of {len(time.path.pieces):,} by length")
    return " · ".join([*parts, clean(name_of(trace, index, piece.node))])


def _is_work(piece: PathPiece) -> bool:
    return piece.kind in ("model", "tool")


def work_out_piece(time: SessionTime, piece: PathPiece | None) -> Iterator[None]:
    """Work out, in steps, what `piece_words` leaves out if it is to be known."""
    if piece is not None and _is_work(piece):
        yield from time.work_out(piece.node)


def work_out_gains(time: SessionTime) -> Iterator[None]:
    """Work out what the longest work of the path costs, in steps."""
    for work in _candidates(time):
        yield from time.work_out(*_nodes(work))
        yield


def _candidates(time: SessionTime) -> list[NodeRef | WorkKind]:
    kinds = [kind for kind in time.work_kinds if len(kind.nodes) > 1]
    return [*time.longest_work(MOST_GAINS), *kinds[:MOST_KINDS]]


def _nodes(work: NodeRef | WorkKind) -> tuple[NodeRef, ...]:
    return work.nodes if isinstance(work, WorkKind) else (work,)


def gains(time: SessionTime) -> list[Gain]:
    """Without what the session would be shorter; the most first, empty until all is known.

    Work without which the session would take as long is left out, and a kind that gains no more than one object of it.
    """
    found: list[Gain] = []
    for work in reversed(_candidates(time)):  # what is worked out last comes first: mostly that is not known yet
        saved = time.saved_without(*_nodes(work), if_known=True)
        if saved is None:
            return []
        found.append(Gain(saved, work))
    found.reverse()
    alone = {one.work: one.ms for one in found if isinstance(one.work, NodeRef)}
    worth = [one for one in found if one.ms > _most_of_one(one.work, alone)]
    return sorted(worth, key=lambda one: -one.ms)


def _most_of_one(work: NodeRef | WorkKind, alone: Mapping[NodeRef, int]) -> int:
    """What one object of a kind gains at most; 0 of an object."""
    return max((alone.get(node, 0) for node in work.nodes), default=0) if isinstance(work, WorkKind) else 0


def gain_words(trace: RolloutTrace, index: TraceIndex, found: Sequence[Gain], room: int, measure: Measure) -> str:
    """As many as fit, whole; of the first one what fits."""
    text = ""
    for saved, work in found:
        name = kind_words(work) if isinstance(work, WorkKind) else _name(trace, index, work)
        one = f"−{format_duration(saved)} {name}"
        longer = f"{text} · {one}" if text else GAIN_LABEL + one
        if measure(longer) > room:
            return text or elide(longer, room, measure)
        text = longer
    return text


def kind_words(kind: WorkKind) -> str:
    """`all 121 requests`, `all 82 × $ echo`; of one alone `1 request`, `1 × $ echo`."""
    count, name = len(kind.nodes), clean(kind.name)
    if count == 1:
        return f"1 {name.removesuffix('s')}" if kind.is_plural else f"1 × {name}"
    return f"all {count:,} {name}" if kind.is_plural else f"all {count:,} × {name}"


def _name(trace: RolloutTrace, index: TraceIndex, node: NodeRef) -> str:
    """What it is, and whose, unless its name says that."""
    name, agent = clean(name_of(trace, index, node)), thread_of(trace, node)
    short = elide(name, 32, len)
    return short if agent is None or node.kind == "inference" else f"{short} of {agent_name(trace, ThreadId(agent))}"
