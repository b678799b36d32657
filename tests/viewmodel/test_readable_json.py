"""JSON values as lines for people."""

from __future__ import annotations

from typing import Any

import pytest

from tui.viewmodel.text.readable_json import readable_lines
from tui.viewmodel.text.spans import line_text


@pytest.mark.parametrize(
    ("value", "lines"),
    [
        ({"cmd": "ls", "n": 1, "ok": True, "none": None}, ["cmd: ls", "n: 1", "ok: true", "none: null"]),
        ({"text": "one\n\ttwo\n"}, ["text:", "  one", "      two"]),
        ({"deep": {"er": [{"x": ""}]}}, ["deep:", "  er:", "    -", '      x: ""']),
        ([1, 2, 3], ["- 1", "- 2", "- 3"]),
        ({"ids": [1, 2, 3], "none": [], "empty": {}}, ["ids: [1, 2, 3]", "none: []", "empty: {}"]),
        ({"esc\x1b": "\u202e"}, ["esc␛: ‹U+202E›"]),
        ("text", ["text"]),
    ],
)
def test_lines(value: Any, lines: list[str]) -> None:
    assert [line_text(line) for line in readable_lines(value)] == lines


def test_very_deep_values_end_in_an_ellipsis() -> None:
    value: Any = "bottom"
    for _ in range(5_000):
        value = [value]

    assert line_text(list(readable_lines(value))[-1]).endswith("- …")
