"""Changes of a graph are kept line by line, and undone exactly."""

from __future__ import annotations

import pytest

from tui.analysis.as_of.chronicle import Chronicle
from tui.analysis.as_of.past_graph import PastGraph
from tui.analysis.as_of.versions import LONG_LIST, shown, version_of
from tui.analysis.as_of.watched import watched_evidence
from tui.model.delta import TraceDelta
from tui.model.diagnostic import Diagnostic
from tui.model.execution import ExecutionWindow
from tui.model.ids import CodexTurnId, ItemId, OperationId, TerminalId, ThreadId
from tui.model.objects import CodexTurn, TerminalSession
from tui.model.trace import RolloutTrace
from tui.schema.sequence import SharedSequence
from tui.schema.until import Until


def trace() -> RolloutTrace:
    return RolloutTrace(
        schema_version=2,
        trace_id="t",
        rollout_id="r",
        started_at_unix_ms=1_000,
        root_thread_id="root",
        evidence=watched_evidence(),
    )


def turn(name: str = "turn") -> CodexTurn:
    return CodexTurn(
        codex_turn_id=CodexTurnId(name),
        thread_id=ThreadId("root"),
        execution=ExecutionWindow(1_000, 1),
        input_item_ids=[],
    )


def session(name: str) -> TerminalSession:
    return TerminalSession(
        terminal_id=TerminalId(name),
        thread_id=ThreadId("root"),
        created_by_operation_id=OperationId("o"),
        operation_ids=[],
        execution=ExecutionWindow(1_000, 1),
    )


def test_copy_stays_while_the_object_changes() -> None:
    found = turn()
    before = version_of(found)
    found.execution.end(2_000, 2, "completed")
    found.input_item_ids.append(ItemId("item"))
    assert (before.execution.status, before.input_item_ids) == ("running", [])


def test_copies_share_what_stayed_equal() -> None:
    found = turn()
    before = version_of(found)
    found.input_item_ids.append(ItemId("item"))
    after = version_of(found, before)
    assert after.execution is before.execution
    assert after.input_item_ids == ["item"]


def test_copies_of_a_long_list_share_their_beginning() -> None:
    found = turn()
    found.input_item_ids = [f"item {number}" for number in range(LONG_LIST)]
    before = version_of(found)
    found.input_item_ids.append(ItemId("last"))
    after = version_of(found, before)
    assert isinstance(after.input_item_ids, SharedSequence)
    assert after.input_item_ids._spine is before.input_item_ids._spine
    assert shown(before).input_item_ids == found.input_item_ids[:-1]
    assert shown(after).input_item_ids == found.input_item_ids


def test_long_list_that_changed_inside_is_copied() -> None:
    found = turn()
    found.input_item_ids = [f"item {number}" for number in range(LONG_LIST)]
    before = version_of(found)
    found.input_item_ids.insert(0, ItemId("first"))
    assert shown(version_of(found, before)).input_item_ids[0] == "first"
    assert shown(before).input_item_ids[0] == "item 0"


def test_graph_goes_back_and_forth() -> None:
    growing, findings = trace(), []
    chronicle = Chronicle(growing, findings)
    found = growing.codex_turns[CodexTurnId("turn")] = turn()
    chronicle.note(TraceDelta(codex_turns={CodexTurnId("turn")}), 1, 1_000)
    found.execution.end(2_000, 2, "completed")
    growing.status = "completed"
    chronicle.note(TraceDelta(codex_turns={CodexTurnId("turn")}, trace=True), 2, 2_000)
    past = PastGraph(chronicle)
    seen = []
    for place in (2, 1, 0, 1, 2):
        past.go(place)
        seen.append((past.trace.status, [one.execution.status for one in past.trace.codex_turns.values()]))
    assert seen == [
        ("completed", ["completed"]),
        ("running", ["running"]),
        ("running", []),
        ("running", ["running"]),
        ("completed", ["completed"]),
    ]


def test_entry_that_comes_back_takes_its_old_place() -> None:
    growing = trace()
    chronicle = Chronicle(growing, [])
    for number, name in enumerate("abc"):
        growing.terminal_sessions[TerminalId(name)] = session(name)
        chronicle.note(TraceDelta(terminal_sessions={TerminalId(name)}), number + 1, None)
    del growing.terminal_sessions[TerminalId("b")]
    chronicle.note(TraceDelta(terminal_sessions={TerminalId("b")}), 4, None)
    past = PastGraph(chronicle)
    past.go(4)
    assert list(past.trace.terminal_sessions) == ["a", "c"]
    past.go(3)
    assert list(past.trace.terminal_sessions) == ["a", "b", "c"]


def test_evidence_needs_no_delta() -> None:
    growing = trace()
    chronicle = Chronicle(growing, [])
    growing.evidence.agent_names[ThreadId("root")] = "first"
    chronicle.note(TraceDelta(), 1, None)
    growing.evidence.agent_names[ThreadId("root")] = "second"
    chronicle.note(TraceDelta(), 2, None)
    past = PastGraph(chronicle)
    past.go(2)
    past.go(1)
    assert past.trace.evidence.agent_names == {"root": "first"}


def test_finding_is_counted_as_often_as_it_had_been_made() -> None:
    findings: list[Diagnostic] = []
    chronicle = Chronicle(trace(), findings)
    findings.append(Diagnostic(code="malformed-line", severity="error", message="odd"))
    for count in (1, 2, 3):
        findings[0].count = count
        chronicle.note(TraceDelta(), count, None)
    past = PastGraph(chronicle)
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
    chronicle = Chronicle(trace(), [])
    for seq, unix_ms in ((1, 1_000), (2, 2_000), (5, 5_000), (3, 6_000)):
        chronicle.note(TraceDelta(), seq, unix_ms)
    assert chronicle.place_of(until) == place


def test_objects_and_turns_know_where_they_began() -> None:
    growing = trace()
    chronicle = Chronicle(growing, [])
    chronicle.note(TraceDelta(trace=True), 1, None)
    growing.codex_turns[CodexTurnId("turn")] = turn()
    chronicle.note(TraceDelta(codex_turns={CodexTurnId("turn")}), 2, None)
    chronicle.note(TraceDelta(codex_turns={CodexTurnId("turn")}), 3, None)
    assert chronicle.birth("codex_turns", "turn") == 2
    assert chronicle.birth("codex_turns", "other") is None
    assert list(chronicle.turns()) == [2]
