"""Agents that bodies name otherwise than events do, and parents that metadata name at another place."""

from __future__ import annotations

from typing import Any

import pytest

from tests.reducer.recording import Recording
from tui.model.ids import ThreadId
from tui.model.objects import SpawnedOrigin

Json = dict[str, Any]
ROOT = "01a21a5a-d35e-7dc0-ad42-975a2f2a7436"
CHILD = "01a21a5a-d442-7ad0-9a18-d1ec98151aa3"

PARENTS: dict[str, tuple[Json, str | None, list[str]]] = {
    "as usual": ({"session_source": {"subagent": {"thread_spawn": {"parent_thread_id": "T"}}}}, "T", []),
    "empty": ({"session_source": {"subagent": {"thread_spawn": {"parent_thread_id": ""}}}}, "", []),
    "beside a word for the source": ({"session_source": "subagent", "parent_thread_id": "T"}, "T", ["field-moved"]),
    "in a tree of agents": ({"agent": {"name": "a", "parent": "T"}}, "T", ["field-moved"]),
    "two of them": ({"parent": "T", "agent": {"parent": "A"}}, None, []),
    "its own id": ({"parent": "B"}, None, []),
    "an unknown id": ({"parent": "X"}, None, []),
    "another sort of subagent": ({"session_source": {"subagent": "review"}, "parent": "T"}, None, []),
}


@pytest.mark.parametrize("name", PARENTS)
def test_parent_is_found_where_metadata_name_it(name: str) -> None:
    metadata, parent, codes = PARENTS[name]
    recording = Recording()
    recording.thread("A", "/root/a", {})
    recording.thread("B", "/root/b", metadata)

    reducer = recording.reduce()

    origin = reducer.trace.threads[ThreadId("B")].origin
    assert (origin.parent_thread_id if isinstance(origin, SpawnedOrigin) else None) == parent
    assert [finding.code for finding in reducer.diagnostics] == codes


def test_agent_is_known_by_what_its_metadata_call_it() -> None:
    recording = Recording()
    recording.thread("1", "/root/a", {"thread_id": ROOT})
    recording.thread("2", "/root/a/b", {"thread_id": CHILD, "agent": {"parent": ROOT}})

    reducer = recording.reduce()

    origin = reducer.trace.threads[ThreadId("2")].origin
    assert isinstance(origin, SpawnedOrigin)
    assert origin.parent_thread_id == "1"
    assert [finding.code for finding in reducer.diagnostics] == ["field-retyped", "field-moved"]
