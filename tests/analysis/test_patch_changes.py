"""The changes of files that a payload of apply_patch reports."""

from __future__ import annotations

import json

import pytest

from tui.analysis.requests.patch_changes import ChangedLine, FileChange, changes_in, diff_lines


def body(changes: object) -> bytes:
    return json.dumps({"call_id": "c", "changes": changes}).encode()


def test_update_has_the_numbers_of_both_files() -> None:
    diff = "@@ -8,3 +8,4 @@ def f\n same\n-old\n+new\n+more\n last\n@@ -20 +21 @@\n-x\n"
    (change,) = changes_in(body({"src/a.py": {"type": "update", "unified_diff": diff, "move_path": "src/b.py"}}))
    assert change[:3] == ("update", "src/a.py", "src/b.py")
    assert change.lines == (
        ChangedLine("@", None, None, "@@ -8,3 +8,4 @@ def f"),
        ChangedLine(" ", 8, 8, "same"),
        ChangedLine("-", 9, None, "old"),
        ChangedLine("+", None, 9, "new"),
        ChangedLine("+", None, 10, "more"),
        ChangedLine(" ", 10, 11, "last"),
        ChangedLine("@", None, None, "@@ -20 +21 @@"),
        ChangedLine("-", 20, None, "x"),
    )
    assert (change.count("+"), change.count("-")) == (2, 2)


def test_added_and_deleted_files_are_whole() -> None:
    added, deleted = changes_in(
        body({"a": {"type": "add", "content": "x\ny\n"}, "b": {"type": "delete", "content": "z"}})
    )
    assert added == FileChange("add", "a", None, (ChangedLine("+", None, 1, "x"), ChangedLine("+", None, 2, "y")))
    assert deleted == FileChange("delete", "b", None, (ChangedLine("-", 1, None, "z"),))


def test_text_that_is_no_diff_has_no_numbers() -> None:
    assert list(diff_lines("left out\n+x")) == [
        ChangedLine("@", None, None, "left out"),
        ChangedLine("@", None, None, "+x"),
    ]


@pytest.mark.parametrize(
    "payload",
    [b"", b"{}", b'{"changes": 3}', b'{"changes": {"a": 3}}', b'["changes"]', b'{"changes": {', b'"\xff"changes"'],
)
def test_other_payloads_report_nothing(payload: bytes) -> None:
    assert changes_in(payload) == []


def test_odd_values_are_shown_as_far_as_they_go() -> None:
    odd = body({"a": {"type": 7, "unified_diff": 8, "move_path": 9}})
    assert changes_in(odd) == [FileChange("?", "a", None, (), has_diff=False)]


@pytest.mark.parametrize(
    ("change", "has_diff"),
    [
        ({"unified_diff": "[132 characters left out]"}, False),
        ({"unified_diff": None}, False),
        ({}, False),
        ({"unified_diff": "", "move_path": "b"}, True),
        ({"unified_diff": "@@ -1 +1 @@\n-x\n+y\n"}, True),
        ({"content": ""}, True),
    ],
)
def test_diff_that_was_left_out_is_not_empty(change: dict[str, object], has_diff: bool) -> None:
    (read,) = changes_in(body({"a": {"type": "update", **change}}))
    assert read.has_diff is has_diff
