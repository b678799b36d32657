"""The list of problems as rows, and the explanation below it."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from tests.analysis.small_graph import small_graph
from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.problems.listed import KEPT_OF_GROUP, DiagnosticTally, ListedProblem, ProblemGroup, ProblemGroups
from tui.analysis.problems.meanings import meaning_of
from tui.model.diagnostic import Diagnostic
from tui.model.noderef import NodeRef
from tui.viewmodel.lists import problems
from tui.viewmodel.lists.problems import DETAIL_ROWS, ProblemChoice, detail_lines, problem_entries, problems_title
from tui.viewmodel.text.spans import line_text


def test_a_heading_counts_and_each_problem_says_where_it_is() -> None:
    graph = small_graph()
    graph.tool("tool", status="failed")
    groups = ProblemGroups()
    tally = DiagnosticTally()
    tally.take(
        [Diagnostic(code="malformed-line", severity="error", message="bad", line=12, seq=9)] * (KEPT_OF_GROUP + 2)
    )
    groups.add_diagnostics(tally)
    groups.add_story(graph.trace, [NodeRef("tool_call", "tool")])
    entries = problem_entries(groups.in_order(), graph.trace, TraceIndex(graph.trace))
    texts = [entry.text.strip() for entry in entries]
    assert texts[0] == "▲ lines that are not events  202"
    assert texts[1] == "▸ ×202  bad · line 12"
    assert texts[-1].endswith("failed: no reason is recorded")
    opened = problem_entries(groups.in_order(), graph.trace, TraceIndex(graph.trace), all_open=True)
    texts = [entry.text.strip() for entry in opened]
    assert texts[1:3] == ["▾ ×202  bad · line 12", "line 12, seq 9  bad"]
    assert "… and 2 more" in texts
    assert [entry.value is None for entry in entries[:2]] == [True, False]


def test_a_long_name_leaves_room_for_what_is_wrong() -> None:
    graph = small_graph()
    graph.tool("tool", status="failed", label="name " * 100)
    groups = ProblemGroups()
    groups.add_story(graph.trace, [NodeRef("tool_call", "tool")])
    (_, entry) = problem_entries(groups.in_order(), graph.trace, TraceIndex(graph.trace))
    assert "…  failed" in entry.text[:72]
    assert entry.text.endswith("…  failed: no reason is recorded")


def test_calls_of_several_agents_say_whose_and_when_and_the_explanation_names_them_in_full() -> None:
    graph = small_graph()
    for name, parent in (("root turn", "root"), ("child turn", "child")):
        if parent == "child":
            graph.thread("child", "/root/child", parent="root")
        graph.turn(name, parent)
        graph.tool(name, name, label="name " * 20, status="failed")
    groups = ProblemGroups()
    groups.add_story(graph.trace, [NodeRef("tool_call", "child turn"), NodeRef("tool_call", "root turn")])
    entries = problem_entries(groups.in_order(), graph.trace, TraceIndex(graph.trace), all_open=True)
    assert entries[1].text == "   ▾ ×2  failed · 2 agents · 0.450s–0.750s"
    entries = entries[2:]
    assert [entry.text.split()[:2] for entry in entries] == [["0.450s", "/root"], ["0.750s", "/root/child"]]
    (choice,) = [entry.value for entry in entries if "/root/child" in entry.text]
    assert isinstance(choice, ProblemChoice)
    told = " ".join(" ".join(line_text(line) for line in detail_lines(choice, 60, cell_len)).split())
    assert f"{'name ' * 20}of /root/child, at 0.750s: failed" in told


def test_problems_are_sorted_by_what_they_say_the_worst_first() -> None:
    graph = small_graph()
    for number, code in enumerate((1, 2, 2, 127)):
        graph.tool(f"tool {number}", status="completed")
        graph.operation(f"operation {number}", f"tool {number}", "ls", exit_code=code)
    graph.inference("request", status="failed")
    nodes = [NodeRef("tool_call", f"tool {number}") for number in range(4)]
    groups = ProblemGroups()
    groups.add_story(graph.trace, [*nodes, NodeRef("inference", "request")])
    entries = problem_entries(groups.in_order(), graph.trace, TraceIndex(graph.trace))
    said = [entry.text.strip() for entry in entries]
    assert said[0] == "▲ commands that failed  4"
    assert said[1].startswith("▸ ×2  exit code 2 · ")
    assert [text.rpartition("  ")[2] for text in said[2:4]] == ["exit code 1", "exit code 127"]
    first = entries[1].value
    assert isinstance(first, ProblemChoice)
    assert (first.heads, first.sort, first.problem.node) == (True, ("exit-code", "exit code 2"), nodes[1])


def test_a_list_asks_once_when_each_problem_was(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr(problems, "went_wrong_at", lambda trace, index, node: asked.append(node) or -len(asked))
    graph = small_graph()
    nodes = [NodeRef("tool_call", f"tool {number}") for number in range(4)]
    for node in nodes:
        graph.tool(node.id, status="failed")
    groups = ProblemGroups()
    groups.add_story(graph.trace, nodes)
    entries = problem_entries(groups.in_order(), graph.trace, TraceIndex(graph.trace))
    assert asked == nodes
    first = entries[1].value
    assert isinstance(first, ProblemChoice)
    assert first.problem.node == nodes[-1]


def test_the_title_counts_problems_and_notes_and_says_where_the_recording_stands() -> None:
    groups = ProblemGroups()
    groups.add_note("unknown-field", "x", 1)
    assert problems_title(1, groups.in_order(), "live: it grew\x1b") == "1 problem, 1 note · live: it grew␛"


def test_the_explanation_has_always_as_many_lines_and_fits_its_width() -> None:
    group = ProblemGroup("malformed-line", "error", meaning_of("malformed-line"))
    long = ListedProblem("message \x1b[31m " * 100, "consequence " * 60)
    for problem in (None, ProblemChoice(group, ListedProblem("short")), ProblemChoice(group, long)):
        lines = detail_lines(problem, 60, cell_len)
        assert len(lines) == DETAIL_ROWS
        assert all(cell_len(line_text(line)) <= 60 for line in lines)
        assert all(line_text(line).isprintable() for line in lines)


def test_it_tells_what_happened_what_it_means_and_what_to_do() -> None:
    group = ProblemGroup("malformed-line", "error", meaning_of("malformed-line"))
    text = "\n".join(
        line_text(line).strip() for line in detail_lines(ProblemChoice(group, ListedProblem("bad")), 100, cell_len)
    )
    assert text.splitlines()[:3] == [
        "what   bad",
        "means  what they said is missing; everything else was read",
        "next   Enter shows the line as it is in the file",
    ]


def test_problem_is_listed_when_it_ended() -> None:
    """As in the summary. A call that began at 300 ms failed 50 ms later; one that left its command running, with it."""
    graph = small_graph()
    graph.tool("failed", status="failed")
    graph.tool("left")
    graph.operation("operation", "left", "make", exit_code=2)
    index = TraceIndex(graph.trace)
    groups = ProblemGroups()
    groups.add_story(graph.trace, [NodeRef("tool_call", "failed"), NodeRef("tool_call", "left")])
    entries = problem_entries(groups.in_order(), graph.trace, index)
    choices = [(entry.value, entry.text.split()[0]) for entry in entries]
    nodes = {choice.problem.node: when for choice, when in choices if isinstance(choice, ProblemChoice)}
    assert nodes == {NodeRef("tool_call", "failed"): "0.350s", NodeRef("tool_call", "left"): "0.550s"}
