"""The names of rows in the path at the lower edge."""

from __future__ import annotations

import pytest

from tui.viewmodel.rows.made_when_asked import MadeWhenAsked
from tui.viewmodel.text.spans import Span
from tui.viewmodel.timeline.crumbs import CRUMB_CHARACTERS, crumb
from tui.viewmodel.timeline.labels.faces import OUTGOING

SPAWN = (Span("spawn_agent "), Span(OUTGOING), Span("/root/alpha"), Span("  read the parser"))


@pytest.mark.parametrize(("is_last", "name"), [(True, "spawn_agent ──▶ /root/alpha"), (False, "spawn_agent")])
def test_target_is_named_once(is_last: bool, name: str) -> None:
    assert crumb(SPAWN, "tool_call", is_last=is_last) == name


def test_call_has_its_argument_and_is_short() -> None:
    assert crumb((Span("$ "), Span("ls src")), "tool_call", is_last=False) == "$ ls src"
    long = crumb((Span("$ "), Span("x" * 99)), "tool_call", is_last=True)
    assert len(long) == CRUMB_CHARACTERS
    assert long.endswith("x…")


def test_each_name_of_a_path_is_made_once() -> None:
    made: list[str] = []

    def name(source: str) -> str:
        made.append(source)
        return source.upper()

    names = MadeWhenAsked("abcd", name)
    assert (len(names), names[-1], names[3], names[2:]) == (4, "D", "D", ["C", "D"])
    assert made == ["d", "c"]
    assert list(names) == ["A", "B", "C", "D"]
    assert made == ["d", "c", "a", "b"]
    with pytest.raises(IndexError):
        names[4]
