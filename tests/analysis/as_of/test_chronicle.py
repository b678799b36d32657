"""Changes of a graph are noted line by line, and undone exactly."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from tui.analysis.as_of.chronicle import Chronicle
from tui.analysis.as_of.past_graph import PastGraph
from tui.analysis.recording.event_log import EventLog
from tui.model import recorded
from tui.model.diagnostic import Diagnostic
from tui.model.evidence import EVIDENCE_MAPS, TraceEvidence
from tui.model.execution import ExecutionWindow
from tui.model.ids import CodexTurnId, ItemId, OperationId, TerminalId, ThreadId
from tui.model.objects import CodexTurn, TerminalSession
from tui.model.recorded import NOTING, Changes, RecordedMap, note_growth, note_inside, note_window
from tui.model.trace import GRAPH_MAPS, RolloutTrace
from tui.schema.decode import EventLine
from tui.schema.events import RawTraceEvent, RecordingCompleted
from tui.schema.until import Until


class Growing:
    """A graph that is changed line by line, and what was noted of it."""

    def __init__(self) -> None:
        changes, self.log = Changes(), EventLog()
        self.findings: list[Diagnostic] = []
        self.trace = RolloutTrace(
            schema_version=2,
            trace_id="t",
            rollout_id="r",
            started_at_unix_ms=1_000,
            root_thread_id="root",
            evidence=TraceEvidence(**dict[str, Any]((name, RecordedMap(changes)) for name in EVIDENCE_MAPS)),
            **dict[str, Any]((name, RecordedMap(changes)) for name in GRAPH_MAPS),
        )
        self.chronicle = Chronicle(self.trace, self.findings, changes, self.log)

    def line(self, change: Callable[[], object], seq: int = 0, unix_ms: int | None = None) -> None:
        """Let one line of the log do `change`."""
        event = RawTraceEvent(
            schema_version=None, rollout_id=None, seq=seq, wall_time_unix_ms=unix_ms, payload=RecordingCompleted()
        )
        self.log.append(EventLine(line=len(self.log) + 1, event=event), len(self.log), 1)
        NOTING.changes = self.chronicle.changes
        change()
        NOTING.changes = None
        self.chronicle.end_line()

    def turn(self, name: str = "turn") -> CodexTurn:
        """A running turn that is in the graph."""
        found = CodexTurn(
            codex_turn_id=CodexTurnId(name),
            thread_id=ThreadId("root"),
            execution=ExecutionWindow(1_000, 1),
            input_item_ids=[],
        )
        self.trace.codex_turns[CodexTurnId(name)] = found
        return found

    def session(self, name: str) -> None:
        """A session that is in the graph."""
        self.trace.terminal_sessions[TerminalId(name)] = TerminalSession(
            terminal_id=TerminalId(name),
            thread_id=ThreadId("root"),
            created_by_operation_id=OperationId("o"),
            operation_ids=[],
            execution=ExecutionWindow(1_000, 1),
        )


def append(turn: CodexTurn, item: str) -> None:
    note_growth(turn, "input_item_ids")
    turn.input_item_ids.append(ItemId(item))


def insert(turn: CodexTurn, item: str) -> None:
    note_inside(turn, "input_item_ids")
    turn.input_item_ids.insert(0, ItemId(item))


def end(turn: CodexTurn) -> None:
    note_window(turn)
    turn.execution.end(2_000, 2, "completed")


def nothing() -> None:
    """A line that changes nothing."""


def test_graph_goes_back_and_forth() -> None:
    growing = Growing()
    growing.line(growing.turn)
    growing.line(lambda: end(growing.trace.codex_turns[CodexTurnId("turn")]))
    growing.line(lambda: setattr(growing.trace, "status", "completed"))
    past = PastGraph(growing.chronicle)
    seen = []
    for place in (3, 2, 1, 0, 1, 3):
        past.go(place)
        seen.append((past.trace.status, [one.execution.status for one in past.trace.codex_turns.values()]))
    assert seen == [
        ("completed", ["completed"]),
        ("running", ["completed"]),
        ("running", ["running"]),
        ("running", []),
        ("running", ["running"]),
        ("completed", ["completed"]),
    ]


def test_list_is_as_it_was_however_it_changed() -> None:
    growing = Growing()
    growing.line(growing.turn)
    turn = growing.trace.codex_turns[CodexTurnId("turn")]
    growing.line(lambda: append(turn, "a"))
    growing.line(lambda: append(turn, "b"))
    growing.line(lambda: insert(turn, "c"))
    growing.line(lambda: setattr(turn, "input_item_ids", ["d"]))
    growing.line(lambda: append(turn, "e"))
    wanted = [[], ["a"], ["a", "b"], ["c", "a", "b"], ["d"], ["d", "e"]]
    for places in (range(1, 7), range(6, 0, -1), (4, 2, 6, 3, 1, 5)):
        past = PastGraph(growing.chronicle)
        for place in places:
            past.go(place)
            assert past.trace.codex_turns[CodexTurnId("turn")].input_item_ids == wanted[place - 1], (places, place)


def test_object_that_did_not_change_later_is_shared() -> None:
    growing = Growing()
    growing.line(growing.turn)
    growing.line(lambda: growing.turn("other"))
    growing.line(lambda: end(growing.trace.codex_turns[CodexTurnId("other")]))
    past = PastGraph(growing.chronicle)
    past.go(2)
    assert past.trace.codex_turns[CodexTurnId("turn")] is growing.trace.codex_turns[CodexTurnId("turn")]
    assert past.trace.codex_turns[CodexTurnId("other")] is not growing.trace.codex_turns[CodexTurnId("other")]


def test_graph_stays_while_the_present_goes_on() -> None:
    growing = Growing()
    growing.line(growing.turn)
    growing.line(lambda: growing.turn("other"))
    past = PastGraph(growing.chronicle)
    past.go(2)
    growing.line(lambda: append(growing.trace.codex_turns[CodexTurnId("turn")], "late"))
    growing.line(lambda: end(growing.trace.codex_turns[CodexTurnId("turn")]))
    list(past.keep())
    found = past.trace.codex_turns[CodexTurnId("turn")]
    assert (found.input_item_ids, found.execution.status) == ([], "running")
    growing.line(lambda: append(growing.trace.codex_turns[CodexTurnId("turn")], "later"))
    list(past.keep())
    assert past.trace.codex_turns[CodexTurnId("turn")].input_item_ids == []
    past.go(3)
    assert past.trace.codex_turns[CodexTurnId("turn")].input_item_ids == ["late"]


def test_half_of_a_line_is_not_seen() -> None:
    growing = Growing()
    growing.line(growing.turn)
    NOTING.changes = growing.chronicle.changes
    append(growing.trace.codex_turns[CodexTurnId("turn")], "half")
    growing.turn("half")
    NOTING.changes = None
    past = PastGraph(growing.chronicle)
    past.go(1)
    assert [(name, one.input_item_ids) for name, one in past.trace.codex_turns.items()] == [("turn", [])]


def test_entry_that_comes_back_takes_its_old_place() -> None:
    growing = Growing()
    for name in "abc":
        growing.line(partial(growing.session, name))
    growing.line(lambda: growing.trace.terminal_sessions.pop(TerminalId("b")))
    growing.line(lambda: growing.session("b"))
    wanted = {2: ["a", "b"], 3: ["a", "b", "c"], 4: ["a", "c"], 5: ["a", "c", "b"]}
    past = PastGraph(growing.chronicle)
    for place in (5, 4, 3, 2, 4, 3, 5, 2):
        past.go(place)
        assert list(past.trace.terminal_sessions) == wanted[place], place


def test_replaced_value_comes_back() -> None:
    growing = Growing()
    names = growing.trace.evidence.agent_names
    for name in ("first", "second", "third"):
        growing.line(partial(names.__setitem__, ThreadId("root"), name))
    past = PastGraph(growing.chronicle)
    seen = []
    for place in (3, 2, 1, 0, 2):
        past.go(place)
        seen.append(past.trace.evidence.agent_names.get(ThreadId("root")))
    assert seen == ["third", "second", "first", None, "second"]


def test_finding_is_counted_as_often_as_it_had_been_made() -> None:
    growing = Growing()
    finding = Diagnostic(code="malformed-line", severity="error", message="odd")
    growing.line(lambda: growing.findings.append(finding))
    for count in (2, 3):
        growing.line(partial(setattr, finding, "count", count))
    past = PastGraph(growing.chronicle)
    counts = []
    for place in (3, 2, 1, 2):
        past.go(place)
        counts.append(past.diagnostics[0].count)
    past.go(0)
    assert (counts, past.diagnostics) == ([3, 2, 1, 2], [])


@pytest.mark.parametrize(
    ("until", "place"),
    [
        (Until(seq=0), 0),
        (Until(seq=1), 1),
        (Until(seq=4), 2),
        (Until(seq=99), 4),
        (Until(unix_ms=1_999), 1),
        (Until(unix_ms=2_000), 2),
        (Until(seq=99, unix_ms=0), 0),
    ],
)
def test_place_of_a_moment(until: Until, place: int) -> None:
    growing = Growing()
    for seq, unix_ms in ((1, 1_000), (2, 2_000), (5, 5_000), (3, 6_000)):
        growing.line(nothing, seq, unix_ms)
    assert growing.chronicle.place_of(until) == place


def test_objects_and_turns_know_where_they_began() -> None:
    growing = Growing()
    growing.line(nothing)
    growing.line(growing.turn)
    growing.line(nothing)
    assert growing.chronicle.birth("codex_turns", "turn") == 2
    assert growing.chronicle.birth("codex_turns", "other") is None
    assert list(growing.chronicle.turns()) == [2]


@pytest.mark.parametrize("few", [0, 100])
def test_values_behind_a_line_however_often_replaced(monkeypatch: pytest.MonkeyPatch, few: int) -> None:
    monkeypatch.setattr(recorded, "FEW_REPLACED", few)
    replaced = recorded.Replacements()
    for line, key, before in ((1, "a", 0), (2, "b", 1), (4, "a", 2), (4, "a", 3)):
        replaced.note(line, key, before)
    assert [replaced.behind(line) for line in range(5)] == [
        {"a": 0, "b": 1},
        {"a": 2, "b": 1},
        {"a": 2},
        {"a": 2},
        {},
    ]
    replaced.note(5, "b", 4)
    assert replaced.behind(3) == {"a": 2, "b": 4}
