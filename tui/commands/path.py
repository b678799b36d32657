"""`rtrace-tui path`: what decided how long a session took, and what each agent waited for."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Any

from tui.analysis.kinds.naming import agent_name, name_of
from tui.analysis.time.activities import TimePoint
from tui.analysis.time.critical_path import PathPiece
from tui.analysis.time.session_time import SessionTime, session_time
from tui.analysis.time.waiting_table import Life
from tui.commands.answer import answer
from tui.commands.arguments import add_bundle, add_json
from tui.commands.loaded import let_time_pass
from tui.commands.moment import add_at
from tui.commands.object_json import node_json
from tui.commands.text_table import table_lines
from tui.store import TraceStore
from tui.viewmodel.text.clean import clean, format_duration, format_offset

DESCRIPTION = "Show the chain of work that decided how long a session took, and what each agent waited for."

SHOWN_PIECES = 20
"""The longest pieces that are listed for people; the JSON has all."""

WORTH_ASKING = 20
"""Work on the path, the longest, of which it is shown what the session would be without it: each costs a pass."""

USER = "user"
"""What a root agent without an open turn waits for."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """A bundle, and how to print."""
    add_bundle(parser)
    add_json(parser)
    add_at(parser)


def run(given: argparse.Namespace) -> int:
    """Print the critical path of the bundle."""
    return answer(
        "path",
        given,
        lambda store, _given: (store, _time_of(store)),
        lambda asked: path_json(*asked),
        lambda asked: path_lines(*asked),
    )


def _time_of(store: TraceStore) -> SessionTime:
    """What is open in a recording that may go on lasts until now."""
    let_time_pass(store)
    is_over = store.recording.is_over
    return session_time(store.trace, store.index, is_over=is_over)


def path_json(store: TraceStore, found: SessionTime) -> dict[str, Any]:
    """The whole as JSON, pieces in order of time. Milliseconds count from the start of the recording."""
    trace = store.trace
    return {
        "wall_ms": found.path.wall_ms,
        "pieces": [_piece_json(store, piece) for piece in found.path.pieces],
        "by_kind": found.by_kind(),
        "by_agent": [
            {"agent": agent_name(trace, agent), "thread_id": agent, "ms": ms} for agent, ms in found.by_agent().items()
        ],
        "waiting": [row for life in found.lives for row in _life_json(store, life)],
        "slack": [
            {"node": node_json(one.node), "agent": agent_name(trace, one.agent), "ms": one.ms} for one in found.slack()
        ],
        "saved": [
            {"node": node_json(node), "ms": found.saved_without(node)} for node in found.longest_work(WORTH_ASKING)
        ],
    }


def _piece_json(store: TraceStore, piece: PathPiece) -> dict[str, Any]:
    return {
        "agent": agent_name(store.trace, piece.agent),
        "thread_id": piece.agent,
        "kind": piece.kind,
        "node": node_json(piece.node),
        "from": _moment_json(store, piece.start),
        "to": _moment_json(store, piece.end),
        "via": None if piece.via is None else {"edge": piece.via},
    }


def _moment_json(store: TraceStore, moment: TimePoint) -> dict[str, int]:
    return {"ms": moment.ms - store.trace.started_at_unix_ms, "seq": moment.seq}


def _life_json(store: TraceStore, life: Life) -> Iterator[dict[str, Any]]:
    """A row for each thing the agent's time went to; the rows of an agent add up to its life."""
    for on, ms in _sums(store, life):
        yield {"agent": agent_name(store.trace, life.agent), "thread_id": life.agent, "on": on, "ms": ms}


def _sums(store: TraceStore, life: Life) -> list[tuple[str | None, int]]:
    """What an agent's time went to: `model`, `tool`, `runtime`, `idle` or `user`, or the agent that it waited for.

    None: it waited and nobody is known to have ended it.
    """
    found: dict[str | None, int] = {}
    for (state, on), ms in life.sums().items():
        name: str | None = state
        if state == "waiting":
            name = None if on is None else agent_name(store.trace, on)
        elif state == "idle" and life.agent == store.trace.root_thread_id:
            name = USER
        found[name] = found.get(name, 0) + ms
    return sorted(found.items(), key=lambda one: -one[1])


def path_lines(store: TraceStore, found: SessionTime) -> Iterator[str]:
    """For people: the sums, the longest pieces, and what each agent's time went to."""
    wall = found.path.wall_ms
    if not found.path.pieces:
        yield "no turn of the root agent is recorded, so there is no path"
        return
    kinds = ", ".join(f"{kind} {_share(ms, wall)}" for kind, ms in found.by_kind().items())
    yield f"path   {format_duration(wall)}: {kinds}"
    agents = (f"{clean(agent_name(store.trace, agent))} {_share(ms, wall)}" for agent, ms in found.by_agent().items())
    yield f"on it  {', '.join(agents)}"
    yield ""
    longest = sorted(found.path.pieces, key=lambda piece: -piece.duration_ms)[:SHOWN_PIECES]
    rows = [_row(store, found, piece) for piece in sorted(longest, key=lambda piece: piece.start)]
    yield from table_lines(("kind", "agent", "what", "start", "took", "share", "if it took nothing"), rows, left=3)
    yield ""
    lives = [_life_row(store, life) for life in found.lives]
    yield from table_lines(("agent", "what its time went to"), lives, left=2)


def _row(store: TraceStore, found: SessionTime, piece: PathPiece) -> tuple[str, ...]:
    saved = found.saved_without(piece.node) if piece.kind in ("model", "tool") else None
    return (
        piece.kind,
        clean(agent_name(store.trace, piece.agent)),
        clean(name_of(store.trace, store.index, piece.node)),
        format_offset(piece.start.ms - store.trace.started_at_unix_ms),
        format_duration(piece.duration_ms),
        _share(piece.duration_ms, found.path.wall_ms),
        "" if saved is None else f"−{format_duration(saved)}",
    )


def _life_row(store: TraceStore, life: Life) -> tuple[str, str]:
    whole = life.end_ms - life.start_ms
    parts = (f"{_on(on)} {_share(ms, whole)}" for on, ms in _sums(store, life) if ms)
    return clean(agent_name(store.trace, life.agent)), f"{format_duration(whole)}: {', '.join(parts)}"


def _on(on: str | None) -> str:
    return "waiting, nobody known" if on is None else f"waiting for {clean(on)}" if on.startswith("/") else on


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f}%" if whole else "0%"
