"""Whose exit code it is: the command's, told by a poll, or the mark of what stopped it."""

from __future__ import annotations

import pytest

from tests.analysis.small_graph import SmallGraph, small_graph
from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.problems.of_object import exit_code_of, problem_of
from tui.analysis.statistics.counts import statistics_of
from tui.model.noderef import NodeRef
from tui.model.objects import TerminalResult

FRAME = "Chunk ID: 1\nWall time: 0.0 seconds\nProcess exited with code {}\nOriginal token count: 7\nOutput:\n"


def polled(told: str, creator_code: int | None) -> SmallGraph:
    """A command, and a poll whose answer is `told`."""
    graph = small_graph()
    graph.tool("exec")
    graph.operation("terminal_operation:1", "exec", "make", exit_code=creator_code)
    graph.tool("poll", kind="write_stdin")
    poll = graph.operation("terminal_operation:2", "poll")
    poll.result = TerminalResult(None, told, "", told, None, None)
    poll.terminal_id = "terminal_session:1"
    graph.session("terminal_session:1", "terminal_operation:1", "terminal_operation:2")
    return graph


@pytest.mark.parametrize(
    ("told", "creator_code", "code"),
    [
        (FRAME.format(4) + "out", 4, 4),
        (FRAME.format(4) + "out", None, 4),
        (FRAME.format(0) + "out", 0, 0),
        (FRAME.format(4) + "out", 0, None),
        ("Process running with session ID 7\nOutput:\nProcess exited with code 4\n", None, None),
        ("echo Process exited with code 4", None, None),
    ],
)
def test_poll_tells_the_exit_code_in_its_frame(told: str, creator_code: int | None, code: int | None) -> None:
    graph = polled(told, creator_code)
    assert exit_code_of(graph.trace, graph.trace.tool_calls["poll"]) == code  # type: ignore[index]  # plain ids
    found = problem_of(graph.trace, NodeRef("tool_call", "poll"))
    assert (None if found is None else found.text) == (f"exit code {code}" if code else None)


@pytest.mark.parametrize(
    ("code", "ends_behind_its_turn", "problem", "failed"),
    [
        (-1, True, "still running when its turn ended, and stopped later", 0),
        (137, True, "still running when its turn ended, and stopped later", 0),
        (-1, False, "exit code -1", 1),
        (137, False, "exit code 137", 1),
        (1, True, "exit code 1", 1),
    ],
)
def test_process_that_the_end_stopped_did_not_fail(
    code: int, problem: str, failed: int, *, ends_behind_its_turn: bool
) -> None:
    graph = small_graph()
    graph.tool("exec")
    operation = graph.operation("terminal_operation:1", "exec", "sleep 60", exit_code=code)
    turn = graph.trace.codex_turns["turn"].execution  # type: ignore[index]  # plain ids
    seq = operation.execution.ended_seq
    turn.end(9_999, seq - 1 if ends_behind_its_turn else seq + 1, "completed")
    found = problem_of(graph.trace, NodeRef("tool_call", "exec"))
    assert found is not None
    assert found.text == problem
    assert statistics_of(graph.trace, TraceIndex(graph.trace)).calls.failed == failed


@pytest.mark.parametrize(("ends_first", "problem"), [(True, None), (False, "still running when its turn ended")])
def test_call_without_an_end_ran_no_longer_than_its_command(problem: str | None, *, ends_first: bool) -> None:
    """Of the calls of a review some releases record only what the command did."""
    graph = small_graph()
    graph.tool("exec", status="running")
    operation = graph.operation("terminal_operation:1", "exec", "git diff")
    seq = operation.execution.ended_seq
    graph.trace.codex_turns["turn"].execution.end(9_999, seq + 1 if ends_first else seq - 1, "completed")  # type: ignore[index]  # plain ids
    found = problem_of(graph.trace, NodeRef("tool_call", "exec"))
    assert (None if found is None else found.text) == problem
