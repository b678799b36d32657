"""What a comparison ignores in a text, and what it keeps."""

from __future__ import annotations

import pytest

from tui.analysis.compare.normal import Normal, normal_item, normal_text


@pytest.mark.parametrize(
    ("text", "rule", "value"),
    [
        ("in 01a20205-f11a-7b42-b242-80a835c0a04f now", "uuids", "01a20205-f11a-7b42-b242-80a835c0a04f"),
        ('{"x":"a\\nmsg_0123456789ab"}', "item ids", "msg_0123456789ab"),
        ("Wall time: 0.0123 seconds", "wall times", "0.0123"),
        ('{\\"wall_time_seconds\\":0.05}', "wall times", "0.05"),
        ("Chunk ID: 5385a8", "chunk ids", "5385a8"),
        ("Chunk ID: abcdef", "chunk ids", "abcdef"),
        ("with session ID 1174", "process and session ids", "1174"),
        ('{"session_id": 7}', "process and session ids", "7"),
        ('{\\"cell_id\\":\\"12\\"}', "process and session ids", "12"),
        ("killed pid 77", "process and session ids", "77"),
        ("\\npid 77", "process and session ids", "77"),
        ("on 2026-10-31T12:00:00Z", "dates and times", "2026-10-31T12:00:00Z"),
        ('"a\\n2026-10-31"', "dates and times", "2026-10-31"),
        ("4096 Nov  2 06:51 src", "dates and times", "Nov  2 06:51"),
        ("4096 Nov 22  2025 src", "dates and times", "Nov 22  2025"),
        ("at 12:34:56.7", "dates and times", "12:34:56.7"),
    ],
)
def test_what_no_two_runs_share_is_taken_out(text: str, rule: str, value: str) -> None:
    found = normal_text(text)
    assert found.taken == ((rule, value),)
    assert found.text == text.replace(value, f"‹{rule}›")


@pytest.mark.parametrize(
    "text",
    [
        "/srv/app/src/parser.py",
        "listening on 127.0.0.1:8080",
        "commit 5385a8f0c2",
        "exit code 1, 12 failed",
        "a rapid 5, and item id x",
        "message_01 and recall_12",
        "call_completed after call_cancelled",
        "2026-13",
        "Nov 3 of 1200",
    ],
)
def test_what_the_world_answered_is_kept(text: str) -> None:
    assert normal_text(text) == Normal(text)


@pytest.mark.parametrize(("status", "is_same"), [("completed", True), (None, True), ("incomplete", False)])
def test_completed_is_as_good_as_no_status(status: str | None, is_same: bool) -> None:
    """Some releases write it of every call, earlier ones of none."""
    fields = {"type": "function_call", "name": "exec", "arguments": "{}"}
    assert (normal_item({**fields, "status": status}) == normal_item(fields)) == is_same
    assert (normal_item({**fields, "status": status}, exact=True) == normal_item(fields, exact=True)) == (not status)
