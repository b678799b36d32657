"""The one line that says why a call failed."""

from __future__ import annotations

import pytest

from tests.analysis.small_graph import small_graph
from tests.viewmodel.recorded import recorded
from tui.analysis.problems.failure import failure_line, failure_of_call, failure_of_cell
from tui.model.conversation import TextPart

SERVER = '[{"type":"text","text":"tool call error: `demo/crash`\\n\\nCaused by:\\n    Transport closed"}]'


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("unsupported call: spawn_agent", "unsupported call: spawn_agent"),
        ("patch failed: no lines:\nthis line", "patch failed: no lines:"),
        ("Script failed\nWall time 0 s\nOutput:\n\nsaid\nScript error:\nError: demo\n    at a.mjs:2:7", "Error: demo"),
        ("Script error:\nexec cell no-such-cell not found", "exec cell no-such-cell not found"),
        ("Wall time: 0.0029 seconds\nOutput:\nboom: refused", "boom: refused"),
        (f"Wall time: 0.0055 seconds\nOutput:\n{SERVER}", "tool call error: `demo/crash`: Transport closed"),
        ('Output:\n[{"type":"text",', '[{"type":"text",'),
        ("Wall time: 0.1 seconds\nOutput:\n", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_the_line_that_says_what_went_wrong(text: str, line: str) -> None:
    assert failure_line(text) == line


def test_the_error_behind_a_very_long_output_is_found() -> None:
    graph = small_graph()
    item = graph.item("output", "tool", "Script failed\nOutput:\n", kind="function_call_output")
    item.body.parts.append(TextPart("x" * 100_000 + "\nScript error:\nError: at the end"))
    assert failure_of_call(graph.trace, graph.tool("tool", output_items=["output"])) == "Error: at the end"


def test_every_failed_call_and_script_of_a_recording_says_why() -> None:
    trace = recorded("code-mode").trace
    cells = [failure_of_cell(trace, cell) for cell in trace.code_cells.values() if cell.runtime_status == "failed"]
    assert "Error: demo failure in the cell" in cells
    assert all(cells)
    assert not any(
        failure_of_cell(trace, cell) for cell in trace.code_cells.values() if cell.runtime_status != "failed"
    )
