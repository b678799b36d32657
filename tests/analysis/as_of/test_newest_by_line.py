"""The newest moment that a graph knew of behind each line is worked out when somebody asks."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import pytest

from tests.analysis.as_of.test_chronicle import Growing, nothing
from tui.model.execution import ExecutionWindow
from tui.model.ids import CodexTurnId, CompactionId, EdgeId, ItemId, ThreadId
from tui.model.objects import CodexTurn, Compaction, InteractionEdge, ThreadAnchor
from tui.model.recorded import NOTING, note_window

BEGIN = 1_000
"""When the recording of `Growing` began."""


class Line(NamedTuple):
    """What a line does, and the newest time and event afterwards."""

    does: Callable[[Growing], object]
    unix_ms: int
    seq: int


def start(name: str, at: int, seq: int) -> Callable[[Growing], object]:
    def does(growing: Growing) -> None:
        growing.trace.codex_turns[CodexTurnId(name)] = CodexTurn(
            codex_turn_id=CodexTurnId(name),
            thread_id=ThreadId("root"),
            execution=ExecutionWindow(at, seq),
            input_item_ids=[],
        )

    return does


def end(name: str, at: int, seq: int) -> Callable[[Growing], object]:
    def does(growing: Growing) -> None:
        turn = growing.trace.codex_turns[CodexTurnId(name)]
        note_window(turn)
        turn.execution.end(at, seq, "completed")

    return does


def send(at: int, ended: int | None) -> Callable[[Growing], object]:
    def does(growing: Growing) -> None:
        growing.trace.interaction_edges[EdgeId("edge")] = InteractionEdge(
            edge_id=EdgeId("edge"),
            kind="send_message",
            source=ThreadAnchor(ThreadId("root")),
            target=ThreadAnchor(ThreadId("child")),
            started_at_unix_ms=at,
            ended_at_unix_ms=ended,
            carried_item_ids=[],
            carried_raw_payload_ids=[],
        )

    return does


def arrive(at: int) -> Callable[[Growing], object]:
    return lambda growing: setattr(growing.trace.interaction_edges[EdgeId("edge")], "ended_at_unix_ms", at)


def install(at: int) -> Callable[[Growing], object]:
    def does(growing: Growing) -> None:
        growing.trace.compactions[CompactionId("compaction")] = Compaction(
            compaction_id=CompactionId("compaction"),
            thread_id=ThreadId("root"),
            codex_turn_id=CodexTurnId("turn"),
            installed_at_unix_ms=at,
            marker_item_id=ItemId("item:1"),
            request_ids=[],
            input_item_ids=[],
            replacement_item_ids=[],
        )

    return does


def move(at: int) -> Callable[[Growing], object]:
    return lambda growing: setattr(growing.trace.compactions[CompactionId("compaction")], "installed_at_unix_ms", at)


def both(*two: Callable[[Growing], object]) -> Callable[[Growing], object]:
    return lambda growing: [one(growing) for one in two]


def hear(at: int) -> Callable[[Growing], object]:
    return lambda growing: setattr(growing.trace.evidence, "newest_event_unix_ms", at)


def quiet(_growing: Growing) -> None:
    nothing()


LOGS = {
    "a turn runs and ends": [Line(start("a", 1_100, 3), 1_100, 3), Line(end("a", 1_300, 9), 1_300, 9)],
    "an end is corrected to an earlier one": [
        Line(start("a", 1_100, 3), 1_100, 3),
        Line(end("a", 1_300, 9), 1_300, 9),
        Line(end("a", 1_200, 5), 1_300, 9),
        Line(start("b", 1_250, 10), 1_300, 10),
    ],
    "a line ends twice what it began": [
        Line(both(start("a", 1_100, 3), end("a", 1_200, 4)), 1_200, 4),
        Line(both(end("a", 1_900, 7), end("a", 1_400, 6)), 1_400, 6),
    ],
    "nothing happens": [Line(quiet, BEGIN, 0), Line(quiet, BEGIN, 0), Line(start("a", 1_100, 3), 1_100, 3)],
    "an event changes nothing but is heard": [Line(hear(1_700), 1_700, 0), Line(start("a", 1_100, 3), 1_700, 3)],
    "a message arrives later": [
        Line(send(1_100, None), 1_100, 0),
        Line(quiet, 1_100, 0),
        Line(arrive(1_500), 1_500, 0),
    ],
    "a message is sent again": [Line(send(1_100, 1_200), 1_200, 0), Line(send(1_100, 1_600), 1_600, 0)],
    "a compaction is told later": [Line(install(1_100), 1_100, 0), Line(move(1_800), 1_800, 0)],
}


@pytest.mark.parametrize("lines", LOGS.values(), ids=LOGS.keys())
@pytest.mark.parametrize("asks_often", [False, True])
def test_newest_is_what_was_known_then(lines: list[Line], *, asks_often: bool) -> None:
    growing = Growing()
    for number, line in enumerate(lines, 1):
        growing.line(partial(line.does, growing))
        if asks_often:
            growing.chronicle.newest(number)
    found = [growing.chronicle.newest(place) for place in range(len(lines) + 1)]
    assert [(newest.unix_ms, newest.seq) for newest in found] == [
        (BEGIN, 0),
        *((line.unix_ms, line.seq) for line in lines),
    ]


def test_graph_that_grows_between_steps_is_looked_at_again() -> None:
    growing = Growing()
    growing.line(lambda: start("a", 1_100, 3)(growing))
    growing.line(lambda: end("a", 1_200, 4)(growing))
    steps = growing.chronicle.work_out_newest()
    next(steps)
    growing.line(lambda: end("a", 1_900, 8)(growing))
    list(steps)
    assert [growing.chronicle.newest(place).unix_ms for place in range(4)] == [BEGIN, 1_100, 1_200, 1_900]


def test_line_at_work_is_not_known_yet() -> None:
    growing = Growing()
    growing.line(lambda: start("a", 1_100, 3)(growing))
    NOTING.changes = growing.chronicle.changes
    start("b", 5_000, 9)(growing)
    end("a", 5_000, 9)(growing)
    NOTING.changes = None
    assert growing.chronicle.newest(1).unix_ms == 1_100
