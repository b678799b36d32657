"""What a row says of a call whose own end was not recorded, as of the calls of a review in some releases."""

from __future__ import annotations

import pytest

from tests.analysis.small_graph import SmallGraph, small_graph
from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.kinds.timing import span_of
from tui.analysis.state.recording import RecordingState
from tui.analysis.time.activities import Activities
from tui.model.ids import CodexTurnId, ThreadId
from tui.model.noderef import NodeRef
from tui.viewmodel.text.spans import line_text
from tui.viewmodel.timeline.labels.faces import Labels

CALL = NodeRef("tool_call", "exec")
COMMAND_MS = 50
LATER_MS = 9_000
"""When the turn of the call ended; the recording ended a second later."""


def review(*, command_ended: bool, exit_code: int | None = 0) -> tuple[SmallGraph, TraceIndex]:
    """An open call of `git diff` in a turn that has ended; its command ended before the turn did, or behind it."""
    graph = small_graph()
    graph.tool("exec", status="running")
    operation = graph.operation("terminal_operation:1", "exec", "git diff", exit_code=exit_code)
    ended_seq = operation.execution.ended_seq or operation.execution.started_seq
    turn = graph.trace.codex_turns[CodexTurnId("turn")]
    graph.seq = ended_seq + 1
    turn.execution.end(LATER_MS, ended_seq + 1 if command_ended else ended_seq - 1, "completed")
    index = TraceIndex(graph.trace)
    index.tick(LATER_MS + 1_000)
    return graph, index


@pytest.mark.parametrize(
    ("command_ended", "exit_code", "glyph", "ending", "is_open"),
    [
        (True, 0, "?", "  no end recorded", False),
        (True, 2, "✗2", "  no end recorded", False),
        (False, 0, "◌", "", True),
        (True, None, "◌", "", True),
    ],
)
@pytest.mark.parametrize("word", ["live", "ended"])
def test_row_says_that_no_end_was_recorded(
    word: str, exit_code: int | None, glyph: str, ending: str, *, command_ended: bool, is_open: bool
) -> None:
    graph, index = review(command_ended=command_ended, exit_code=exit_code)
    labels = Labels(graph.trace, index)
    labels.recording = RecordingState("ended" if word == "ended" else "live", "")
    face = labels.face(CALL)
    assert face.glyph == glyph
    assert line_text(face.label) == f"$ git diff{ending}"
    span = span_of(graph.trace, index, CALL)
    assert span is not None
    assert (span.is_open, span.duration_ms == COMMAND_MS) == (is_open, not is_open)


@pytest.mark.parametrize(("command_ended", "lasted"), [(True, COMMAND_MS), (False, None)])
def test_path_holds_the_call_while_its_command_ran(lasted: int | None, *, command_ended: bool) -> None:
    graph, index = review(command_ended=command_ended)
    found = Activities(graph.trace, index).of_agent(ThreadId("root")).by_end
    call = next(one for one in found if one.node == CALL)
    assert (None if call.is_open else call.end.ms - call.start.ms) == lasted
