"""What comes often is one finding with a count, its first place and some others."""

from __future__ import annotations

from tui.analysis.problems.finding_kinds import KEPT_PLACES, by_kind
from tui.model.diagnostic import Diagnostic


def found(code: str, line: int, consequence: str = "c", count: int = 1) -> Diagnostic:
    return Diagnostic(code=code, severity="error", message=f"m{line}", consequence=consequence, line=line, count=count)


def test_few_findings_stay_alone() -> None:
    kinds = by_kind([found("a", 1), found("a", 2), found("b", 3), found("a", 4)])
    assert [(kind.code, kind.line, kind.count) for kind in kinds] == [
        ("a", 1, 1),
        ("a", 2, 1),
        ("a", 4, 1),
        ("b", 3, 1),
    ]


def test_many_findings_are_one_with_places() -> None:
    (kind,) = by_kind(found("a", line) for line in range(5, 105))
    assert (kind.count, kind.line, kind.message, kind.consequence) == (100, 5, "m5", "c")
    assert [place.line for place in kind.others] == list(range(6, 6 + KEPT_PLACES))


def test_what_follows_tells_kinds_apart() -> None:
    kinds = by_kind([found("a", 1, "x"), found("a", 2, "y"), found("a", 3, "x", count=7), found("a", 4, "y")])
    assert [(kind.consequence, kind.count, kind.line) for kind in kinds] == [("x", 8, 1), ("y", 2, 2)]


def test_one_code_never_fills_the_report() -> None:
    (kind,) = by_kind(found("a", line, f"consequence {line}") for line in range(1, 51))
    assert kind.count == 50
    assert kind.consequence == "consequence 1; consequence 2; consequence 3; …"


def test_findings_put_together_twice_are_counted_once() -> None:
    (kind,) = by_kind([found("a", line, "same" if line > 3 else f"consequence {line}") for line in range(1, 8)])
    assert (kind.count, len(kind.others)) == (7, 6)
