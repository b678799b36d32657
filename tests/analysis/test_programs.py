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
        ("for i in 1 2 3; do echo $i; sleep 1; done; echo end", "echo"),
        ("for ((i=0; i<3; i++)); do make; done", "make"),
        ("for i in 1 2\ndo\n  curl -s x\ndone", "curl"),
        ("while true; do date; done", "date"),
        ("while read -r line; do grep x; done", "grep"),
        ("until ping -c 1 host; do sleep 1; done", "ping"),
        ("if [ -f a ]; then cat a; else touch a; fi", "cat"),
        ("if ! git diff --quiet; then git commit; fi", "git"),
        ("case $x in a) tar x;; b) ls;; esac", "tar"),
        ("select x in a b; do vi $x; done", "vi"),
        ("function f { sed p; }; f", "sed"),
        ("f() { awk 1; }; f", "awk"),
        ("{ time make; }", "make"),
        ("test -d a", "test"),
        ("for i in 1 2; done", None),
        ("", None),
        ("A=1", None),
    ],
)
def test_program_is_the_first_that_does_something(command: str, program: str | None) -> None:
    graph = small_graph()
    graph.tool("call")
    graph.operation("terminal_operation:1", "call", command)
    assert program_of(graph.trace.terminal_operations[OperationId("terminal_operation:1")]) == program
