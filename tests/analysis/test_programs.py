"""Which program a command runs."""

from __future__ import annotations

import pytest

from tests.analysis.small_graph import small_graph
from tui.analysis.kinds.programs import program_of
from tui.model.ids import OperationId


@pytest.mark.parametrize(
    ("command", "program"),
    [
        ("rg -n foo", "rg"),
        ("cd src && rg x | head", "rg"),
        ("cd src; ls", "ls"),
        ("/usr/bin/git status", "git"),
        ("LANG=C sort a.txt", "sort"),
        ("sudo -n env A=1 make -j4", "make"),
        ("timeout 30 pytest -q", "pytest"),
        ("python3 -m pytest -q", "pytest"),
        ("python3.12 tool.py", "python3.12"),
        ("(cd a && ls -l)", "ls"),
        ("cd only", "cd"),
        ("'my tool' --x", "my tool"),
        ("bash -lc 'cargo test'", "bash"),
        ("export A=1\nnpm test", "npm"),
        ("", None),
        ("A=1", None),
    ],
)
def test_program_is_the_first_that_does_something(command: str, program: str | None) -> None:
    graph = small_graph()
    graph.tool("call")
    graph.operation("terminal_operation:1", "call", command)
    assert program_of(graph.trace.terminal_operations[OperationId("terminal_operation:1")]) == program
