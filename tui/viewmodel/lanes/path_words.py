"""Words on the path, below the lanes: the piece at the cursor, and which work would make the session shortest.

path: if it took nothing: −2.0s · took 2.0s = 80% · piece 1 of 7 by length · exec_command sleep 2
gains most: −2.0s exec_command sleep 2 of /root/child · −150ms request 1 of /root
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.kinds.naming import agent_name, name_of
from tui.analysis.kinds.thread_of import thread_of
from tui.analysis.time.critical_path import PathPiece
from tui.analysis.time.session_time import SessionTime
from tui.model.ids import ThreadId
from tui.model.noderef import NodeRef
from tui.model.trace import RolloutTrace
from tui.viewmodel.text.clean import Measure, clean, elide, format_duration
from tui.viewmodel.text.percent import percent

MOST_GAINS = 10
"""Work of the path of which it is worked out what the session would gain without it: what takes most of the path."""

GAIN_LABEL = "gains most: "


def piece_words(
    trace: RolloutTrace, index: TraceIndex, time: SessionTime, piece: PathPiece, *, if_known: bool = False
) -> str:
    """What a piece cost, its place among the longest, and what it is; the name comes last, since it may be cut.

    With `if_known` nothing is worked out that takes long.
    """
    parts = []
    if piece.kind in ("model", "tool"):
        saved = time.saved_without(piece.node, if_known=if_known)
        parts = [] if saved is None else [f"if it took nothing: −{format_duration(saved)}"]
    parts.append(f"took {format_duration(piece.duration_ms)} = {percent(piece.duration_ms, time.path.wall_ms)}")
    longer = sum(other.duration_ms > piece.duration_ms for other in time.path.pieces)
    parts.append(f"piece {longer + 1:,} of {len(time.path.pieces):,} by length")
    return " · ".join([*parts, clean(name_of(trace, index, piece.node))])


def work_out_gains(time: SessionTime) -> Iterator[None]:
    """Work out what the longest work of the path costs, each in a step: a pass over all activities."""
    for node in time.longest_work(MOST_GAINS):
        time.saved_without(node)
        yield


def gains(time: SessionTime) -> list[tuple[int, NodeRef]]:
    """Milliseconds by which the session would be shorter, and without what; the most first, empty until all is known.

    Work without which the session would take as long is left out.
    """
    found = [(time.saved_without(node, if_known=True), node) for node in time.longest_work(MOST_GAINS)]
    known = [(saved, node) for saved, node in found if saved is not None]
    return sorted((one for one in known if one[0]), key=lambda one: -one[0]) if len(known) == len(found) else []


def gain_words(
    trace: RolloutTrace, index: TraceIndex, found: Sequence[tuple[int, NodeRef]], room: int, measure: Measure
) -> str:
    """As many as fit, whole; of the first one what fits."""
    text = ""
    for saved, node in found:
        one = f"−{format_duration(saved)} {_name(trace, index, node)}"
        longer = f"{text} · {one}" if text else GAIN_LABEL + one
        if measure(longer) > room:
            return text or elide(longer, room, measure)
        text = longer
    return text


def _name(trace: RolloutTrace, index: TraceIndex, node: NodeRef) -> str:
    """What it is, and whose, unless its name says that."""
    name, agent = clean(name_of(trace, index, node)), thread_of(trace, node)
    short = elide(name, 32, len)
    return short if agent is None or node.kind == "inference" else f"{short} of {agent_name(trace, ThreadId(agent))}"
