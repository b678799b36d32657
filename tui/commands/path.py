"""`rtrace-tui path`: what decided how long a session took, and what each agent waited for."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from tui.analysis.kinds.clock import clock_ms, measured
from tui.analysis.kinds.naming import agent_name, name_of
from tui.analysis.time.critical_path import PathPiece
from tui.analysis.time.session_time import SessionTime, session_time
from tui.analysis.time.waiting_table import Life
from tui.commands.answer import answer
from tui.commands.answers.path import path_answer, sums_of_life
from tui.commands.arguments import add_bundle, add_json
from tui.commands.loaded import let_time_pass
from tui.commands.moment import add_at
from tui.commands.text_table import table_lines
from tui.model.ids import CodexTurnId
from tui.store import TraceStore
from tui.viewmodel.lanes.path_words import kind_words
from tui.viewmodel.text.clean import clean, format_duration, format_offset
from tui.viewmodel.text.percent import percent

DESCRIPTION = "Show the chain of work that decided how long a session took, and what each agent waited for."

SHOWN_PIECES = 20
"""The longest pieces that are listed for people; the JSON has all."""

SHOWN_KINDS = 5
"""Kinds of work that are listed for people."""


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
        lambda asked: path_answer(asked[0].trace, asked[1]),
        lambda asked: path_lines(*asked),
    )


def _time_of(store: TraceStore) -> SessionTime:
    """What is open in a recording that may go on lasts until now."""
    let_time_pass(store)
    is_over = store.recording.is_over
    return session_time(store.trace, store.index, is_over=is_over)


def path_lines(store: TraceStore, found: SessionTime) -> Iterator[str]:
    """For people: the sums, the longest pieces, and what each agent's time went to."""
    wall = found.path.wall_ms
    clock = clock_ms(store.trace)
    if clock is None:
        yield "no path: no time in the recording could be read"
        return
    if not found.path.pieces:
        yield "no path: no turn of the root agent has a length"
        return
    kinds = ", ".join(f"{kind} {percent(ms, wall)}" for kind, ms in found.by_kind.items())
    yield f"path   {format_duration(measured(wall, clock))}: {kinds}"
    agents = (f"{clean(agent_name(store.trace, agent))} {percent(ms, wall)}" for agent, ms in found.by_agent.items())
    yield f"on it  {', '.join(agents)}"
    works = found.work_kinds[:SHOWN_KINDS]
    yield f"work   {', '.join(f'{clean(kind.name)} {percent(kind.ms, wall)}' for kind in works)}"
    gains = [(ms, kind) for kind in works if (ms := found.saved_without(*kind.nodes))]
    gained = [f"−{format_duration(ms)} {kind_words(kind)}" for ms, kind in sorted(gains, key=lambda one: -one[0])]
    if gained:
        yield f"gains  {', '.join(gained)} (if they took nothing)"
    yield ""
    longest = sorted(found.path.pieces, key=lambda piece: -piece.duration_ms)[:SHOWN_PIECES]
    rows = [_row(store, found, piece) for piece in sorted(longest, key=lambda piece: piece.start)]
    yield from table_lines(("kind", "agent", "what", "start", "took", "share", "if it took nothing"), rows, left=3)
    if len(longest) < len(found.path.pieces):
        yield f"the {len(longest)} longest of {len(found.path.pieces):,} stretches of the path"
    yield ""
    lives = [_life_row(store, life) for life in found.lives]
    yield from table_lines(("agent", "what its time went to"), lives, left=2)


def _row(store: TraceStore, found: SessionTime, piece: PathPiece) -> tuple[str, ...]:
    saved = found.saved_without(piece.node) if piece.kind in ("model", "tool") else None
    return (
        piece.kind,
        clean(agent_name(store.trace, piece.agent)),
        clean(_what(store, piece)),
        format_offset(piece.start.ms - store.trace.started_at_unix_ms),
        format_duration(measured(piece.duration_ms, clock_ms(store.trace))),
        percent(piece.duration_ms, found.path.wall_ms),
        "" if saved is None else f"−{format_duration(measured(saved, clock_ms(store.trace)))}",
    )


def _what(store: TraceStore, piece: PathPiece) -> str:
    """What went on; time outside of turns is named by what lies around it."""
    name = name_of(store.trace, store.index, piece.node)
    if piece.node.kind == "thread":
        return f"{name} before its first turn"
    turn = store.trace.codex_turns.get(CodexTurnId(piece.node.id)) if piece.node.kind == "turn" else None
    over = None if turn is None else turn.execution.ended_seq
    return name if over is None or piece.start.seq < over else f"after {name}"


def _life_row(store: TraceStore, life: Life) -> tuple[str, str]:
    whole = life.end_ms - life.start_ms
    parts = (f"{_on(on)} {percent(ms, whole)}" for on, ms in sums_of_life(store.trace, life) if ms)
    return clean(agent_name(store.trace, life.agent)), f"{format_duration(whole)}: {', '.join(parts)}"


def _on(on: str | None) -> str:
    return "waiting, nobody known" if on is None else f"waiting for {clean(on)}" if on.startswith("/") else on
