"""One way to write how many there are."""

from __future__ import annotations

import pytest

from tui.analysis.kinds.plural import counted


@pytest.mark.parametrize(
    ("count", "noun", "plural", "written"),
    [
        (0, "call", "", "0 calls"),
        (1, "call", "", "1 call"),
        (2, "more parting", "", "2 more partings"),
        (1_234, "call", "", "1,234 calls"),
        (1, "match", "matches", "1 match"),
        (3, "match", "matches", "3 matches"),
    ],
)
def test_the_noun_follows_its_number(count: int, noun: str, plural: str, written: str) -> None:
    assert counted(count, noun, plural) == written
