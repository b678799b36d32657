"""What a call is about, from the beginning of its arguments that the recorder kept."""

from __future__ import annotations

import pytest

from tui.analysis.kinds.naming import argument_of_preview


@pytest.mark.parametrize(
    ("preview", "shown"),
    [
        ('{"message":"[child] read the par', "[child] read the par"),
        ('{"message": "say \\"no\\" and', 'say "no" and'),
        ('{"message":"read","task_name":"reader","fork', "reader"),
        ('{"timeout_ms":5000}', "timeout_ms=5000"),
        ('{"plan":[{"step":"one"', '{"plan":[{"step":"one"'),
        ("plain text", "plain text"),
        ("*** Begin Patch\n*** Change: a.py\n*** End Patch", "*** Change: a.py\n*** End Patch"),
    ],
)
def test_the_readable_part_of_arguments_is_shown(preview, shown) -> None:
    assert argument_of_preview(preview) == shown
