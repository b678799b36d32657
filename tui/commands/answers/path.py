"""`path --json`: what decided how long a session took. Milliseconds count from the start of the recording."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from tui.analysis.kinds.clock import clock_ms, measured
from tui.analysis.kinds.naming import agent_name
from tui.analysis.time.activities import TimePoint
from tui.analysis.time.critical_path import PathPiece
from tui.analysis.time.session_time import SessionTime
from tui.analysis.time.waiting_table import Life
from tui.commands.answers.objects import NodeAnswer, node_answer
from tui.model.trace import RolloutTrace

WORTH_ASKING = 20
"""Work on the path, the longest, of which it is said what the session would be without it: each costs a pass.

As many kinds of work are listed.
"""

USER = "user"
"""What a root agent without an open turn waits for."""


class MomentAnswer(msgspec.Struct, frozen=True):
    """A point in time and in the log."""

    ms: int
    seq: int


class EdgeNameAnswer(msgspec.Struct, frozen=True):
    """The edge by which the path came from another agent."""

    edge: str


class PieceAnswer(msgspec.Struct, frozen=True, rename={"from_": "from"}):
    """A part of the wall time, from one moment to another, and the object that it was spent on."""

    agent: str
    thread_id: str
    kind: str
    node: NodeAnswer
    from_: MomentAnswer
    to: MomentAnswer
    via: EdgeNameAnswer | None


class AgentShareAnswer(msgspec.Struct, frozen=True):
    """How much of the path was spent in an agent."""

    agent: str
    thread_id: str
    ms: int


class WaitingShareAnswer(msgspec.Struct, frozen=True):
    """What a part of an agent's time went to: the rows of an agent add up to its life."""

    agent: str
    thread_id: str
    on: str | None
    ms: int


class SlackAnswer(msgspec.Struct, frozen=True):
    """By how much work off the path could take longer without the session taking longer."""

    node: NodeAnswer
    agent: str
    ms: int


class SavedAnswer(msgspec.Struct, frozen=True):
    """By how much the session would be shorter if an object had taken no time."""

    node: NodeAnswer
    ms: int | None


class WorkAnswer(msgspec.Struct, frozen=True):
    """All work of one kind: its part of the path, and by how much the session would be shorter without."""

    work: str
    objects: int
    ms: int
    saved_ms: int | None


class PathAnswer(msgspec.Struct, frozen=True):
    """The document; pieces in order of time."""

    wall_ms: int | None
    pieces: list[PieceAnswer]
    by_kind: dict[str, int]
    by_agent: list[AgentShareAnswer]
    by_work: list[WorkAnswer]
    waiting: list[WaitingShareAnswer]
    slack: list[SlackAnswer]
    saved: list[SavedAnswer]


def path_answer(trace: RolloutTrace, found: SessionTime) -> PathAnswer:
    """The document on a recording; its path is empty where no time was read."""
    if clock_ms(trace) is None:
        return PathAnswer(None, [], {}, [], [], [], [], [])
    return PathAnswer(
        wall_ms=measured(found.path.wall_ms, clock_ms(trace)),
        pieces=[_piece(trace, piece) for piece in found.path.pieces],
        by_kind=dict(found.by_kind.items()),
        by_agent=[AgentShareAnswer(agent_name(trace, agent), agent, ms) for agent, ms in found.by_agent.items()],
        by_work=[
            WorkAnswer(kind.name, len(kind.nodes), kind.ms, found.saved_without(*kind.nodes))
            for kind in found.work_kinds[:WORTH_ASKING]
        ],
        waiting=[row for life in found.lives for row in _life(trace, life)],
        slack=[SlackAnswer(node_answer(one.node), agent_name(trace, one.agent), one.ms) for one in found.slack()],
        saved=[SavedAnswer(node_answer(node), found.saved_without(node)) for node in found.longest_work(WORTH_ASKING)],
    )


def _piece(trace: RolloutTrace, piece: PathPiece) -> PieceAnswer:
    return PieceAnswer(
        agent=agent_name(trace, piece.agent),
        thread_id=piece.agent,
        kind=piece.kind,
        node=node_answer(piece.node),
        from_=_moment(trace, piece.start),
        to=_moment(trace, piece.end),
        via=None if piece.via is None else EdgeNameAnswer(piece.via),
    )


def _moment(trace: RolloutTrace, moment: TimePoint) -> MomentAnswer:
    return MomentAnswer(moment.ms - trace.started_at_unix_ms, moment.seq)


def _life(trace: RolloutTrace, life: Life) -> Iterator[WaitingShareAnswer]:
    for on, ms in sums_of_life(trace, life):
        yield WaitingShareAnswer(agent_name(trace, life.agent), life.agent, on, ms)


def sums_of_life(trace: RolloutTrace, life: Life) -> list[tuple[str | None, int]]:
    """What an agent's time went to: `model`, `tool`, `runtime`, `idle` or `user`, or the agent that it waited for.

    None: it waited and nobody is known to have ended it.
    """
    found: dict[str | None, int] = {}
    for (state, on), ms in life.sums().items():
        name: str | None = state
        if state == "waiting":
            name = None if on is None else agent_name(trace, on)
        elif state == "idle" and life.agent == trace.root_thread_id:
            name = USER
        found[name] = found.get(name, 0) + ms
    return sorted(found.items(), key=lambda one: -one[1])
