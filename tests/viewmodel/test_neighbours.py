"""Recordings to compare with: by folder, with when they began and what was asked."""

from __future__ import annotations

from tui.schema.summary import BundleSummary
from tui.viewmodel.lists.neighbours import neighbour_entries


def test_recording_says_when_it_began_and_what_was_asked() -> None:
    found = [
        BundleSummary(path="/a/here", name="here"),
        BundleSummary(path="/a/known", name="known", started_at_unix_ms=7, title="Do it."),
        BundleSummary(path="/a/bare", name="bare"),
    ]
    heading, known, bare = neighbour_entries(found, "/a/here", lambda unix_ms: f"day {unix_ms}", {"/a/known": "failed"})
    assert heading.is_heading
    assert known.text.split() == ["known", "✗", "failed", "day", "7", "Do", "it."]
    assert bare.text.split() == ["bare", "?", "?", "?"]
    assert known.text.index("Do") == bare.text.rindex("?")
