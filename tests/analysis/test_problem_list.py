"""Problems in groups: each kind has a meaning, counts are exact, long lists are kept short."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.analysis.small_graph import small_graph
from tui.analysis.problems.bundle_trouble import BundleTrouble, trouble_findings
from tui.analysis.problems.listed import KEPT_OF_GROUP, DiagnosticTally, ProblemGroups, nearest_node, object_of
from tui.analysis.problems.meanings import MEANINGS, meaning_of
from tui.model.diagnostic import Diagnostic
from tui.model.noderef import NodeRef
from tui.schema.damage import Damage
from tui.schema.manifest import Manifest

ROOMS = Path(__file__).parents[2] / "tui"


def manifest(**fields: str) -> Manifest:
    identity = {"trace_id": "t", "rollout_id": "r", "root_thread_id": "root", **fields}
    return Manifest(schema_version=2, started_at_unix_ms=0, **identity)


def codes_given() -> set[str]:
    """Every code that the reducer and the opening of a bundle may give a finding."""
    calls = re.compile(r"(?:Problem|report|report_once|report_counted|Damage)\(\s*((?:[^()]|\([^()]*\))*)", re.DOTALL)
    sources = [*(ROOMS / "reducer").glob("*.py"), ROOMS / "bundle" / "open.py"]
    found: set[str] = set()
    for source in sources:
        for arguments in calls.findall(source.read_text(encoding="utf-8")):
            found.update(re.findall(r'"([a-z]+(?:-[a-z]+)+)"', arguments))
    return found - {"after-end"}  # the key under which it is told once


def test_every_code_that_can_be_found_has_a_meaning() -> None:
    assert len(codes_given()) > 25
    assert codes_given() - set(MEANINGS) == set()


def test_a_code_without_a_meaning_speaks_for_itself() -> None:
    assert meaning_of("quite-new").title == "quite new"


def found(code: str, number: int = 1, **fields: object) -> Diagnostic:
    return Diagnostic(code=code, severity="error", message=f"message {number}", line=number, **fields)  # type: ignore[arg-type]


def tally_of(diagnostics: list[Diagnostic]) -> DiagnosticTally:
    tally = DiagnosticTally()
    tally.take(diagnostics)
    return tally


def test_problems_of_one_kind_are_counted_and_the_first_are_kept() -> None:
    groups = ProblemGroups()
    groups.add_diagnostics(tally_of([found("malformed-line", number) for number in range(1, KEPT_OF_GROUP + 51)]))
    (group,) = groups.in_order()
    assert (group.count, len(group.problems), groups.count) == (KEPT_OF_GROUP + 50, KEPT_OF_GROUP, KEPT_OF_GROUP + 50)
    assert group.problems[0].node == NodeRef("diagnostic", "0")


class CountedLooks(list[Diagnostic]):
    """A list that counts how many of its entries were looked at."""

    looks = 0

    def __getitem__(self, key):
        found = super().__getitem__(key)
        self.looks += len(found) if isinstance(key, slice) else 1
        return found


def test_a_tally_looks_at_each_diagnostic_once_however_often_it_is_asked() -> None:
    diagnostics = CountedLooks(found("a", number, payload_id=f"p{number}") for number in range(KEPT_OF_GROUP + 5))
    tally = DiagnosticTally()
    tally.take(diagnostics)
    tally.take(diagnostics)
    diagnostics.append(found("b", object_id="thread"))
    tally.take(diagnostics)
    assert diagnostics.looks == len(diagnostics)
    assert {code: group.count for (_, code), group in tally.groups.items()} == {"a": KEPT_OF_GROUP + 5, "b": 1}
    assert {"p0", "thread"} <= tally.named
    assert tally.groups["error", "b"].problems[0].node == NodeRef("diagnostic", str(KEPT_OF_GROUP + 5))


def test_what_was_counted_joins_a_group_that_is_there_and_stays_as_it_was() -> None:
    tally = tally_of([found("unknown-field", number) for number in range(KEPT_OF_GROUP)])
    for _ in range(2):
        groups = ProblemGroups()
        groups.add_diagnostics(tally_of([found("unknown-field")]))
        groups.add_diagnostics(tally)
        (group,) = groups.in_order()
        assert (group.count, len(group.problems)) == (KEPT_OF_GROUP + 1, KEPT_OF_GROUP)


def test_errors_come_before_warnings_and_notes_count_for_nothing() -> None:
    groups = ProblemGroups()
    groups.add_note("unknown-field", "x", 3)
    groups.add_diagnostics(tally_of([Diagnostic(code="b", severity="warning", message=""), found("a")]))
    assert [group.severity for group in groups.in_order()] == ["error", "warning", "note"]
    assert groups.count == 2


def test_what_the_session_says_went_wrong_is_listed_with_its_row() -> None:
    graph = small_graph()
    graph.tool("tool", status="failed")
    groups = ProblemGroups()
    groups.add_story(graph.trace, [NodeRef("tool_call", "tool"), NodeRef("turn", "turn")])
    (group,) = groups.in_order()
    assert (group.code, group.problems[0].node) == ("failed", NodeRef("tool_call", "tool"))


def test_trouble_with_the_bundle_comes_from_its_files_and_its_identity() -> None:
    graph = small_graph()
    trouble = BundleTrouble(
        manifest(raw_event_log="events"), [Damage("manifest-missing", "m", "c")], "a FIFO", 17, log_name="trace.jsonl"
    )
    findings = list(trouble_findings(trouble, graph.trace))
    assert [(finding.severity, finding.code) for finding in findings] == [
        ("error", "manifest-missing"),
        ("error", "log-unreadable"),
        ("note", "torn-tail"),
        ("warning", "manifest-path"),
        ("warning", "manifest-mismatch"),
    ]


@pytest.mark.parametrize(
    ("fields", "node"),
    [
        ({"object_id": "tool"}, NodeRef("tool_call", "tool")),
        ({"object_id": "nobody", "payload_id": "root"}, NodeRef("thread", "root")),
        ({"object_id": "nobody"}, None),
        ({}, None),
    ],
)
def test_a_diagnostic_leads_to_the_object_that_it_names(fields: dict[str, Any], node: NodeRef | None) -> None:
    graph = small_graph()
    graph.tool("tool")
    assert object_of(graph.trace, found("x", **fields)) == node


def test_a_place_in_the_story_is_what_began_last() -> None:
    graph = small_graph()
    graph.tool("first")
    between = graph.seq
    graph.tool("second")
    assert nearest_node(graph.trace, between) == NodeRef("tool_call", "first")
    assert nearest_node(graph.trace, 10**6) == NodeRef("tool_call", "second")
    assert nearest_node(graph.trace, 0) is None
