"""Kinds of events in other words, and without any: a new kind is never taken for a known one."""

from __future__ import annotations

import pytest

from tui.schema.meant_kinds import kind_by_fields, kind_meant

MEANT: tuple[tuple[str, dict[str, str], str | None], ...] = (
    ("agent_started", {"agent_id": "T", "agent_path": "/root"}, "thread_started"),
    ("tool_invocation_began", {"tool_call_id": "C"}, "tool_call_started"),
    ("turn_finished", {"turn_id": "U", "status": "completed"}, "codex_turn_ended"),
    ("turn", {"turn_id": "U", "phase": "ended"}, "codex_turn_ended"),
    ("codex_turn_lifecycle", {"codex_turn_id": "U", "what": "started"}, "codex_turn_started"),
    ("agent_started", {"name": "nobody says which"}, None),
    ("agent_paused", {"agent_id": "T"}, None),
    ("thread_paused", {"thread_id": "T", "status": "completed"}, None),
    ("tool_call", {"tool_call_id": "C", "status": "completed"}, "tool_call_ended"),
    ("plan_started", {"thread_id": "T", "agent_path": "/root"}, None),
    ("session_ended", {"status": "completed"}, None),
    ("telemetry", {"codex_turn_id": "U", "note": "it has ended"}, None),
)


@pytest.mark.parametrize(("word", "fields", "kind"), MEANT)
def test_word_means_a_kind_only_with_its_id(word: str, fields: dict[str, str], kind: str | None) -> None:
    assert kind_meant(word, fields) == kind


BY_FIELDS: tuple[tuple[str, str | None], ...] = (
    ("thread_id agent_path metadata_payload", "thread_started"),
    ("thread_id status", "thread_ended"),
    ("runtime_cell_id model_visible_call_id source_js", "code_cell_started"),
    ("runtime_cell_id status", None),  # its first answer, or its end
    ("thread_id status reason", None),
    ("status", None),
    ("", None),
)


@pytest.mark.parametrize(("names", "kind"), BY_FIELDS)
def test_kind_is_known_by_fields_of_it_alone(names: str, kind: str | None) -> None:
    assert kind_by_fields(names.split()) == kind
