"""How something came out, in other words: the known word for it, if there is one."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tui.schema.decode import EventLine, decode_line

OUTCOMES: dict[str, tuple[dict[str, Any], str, list[str]]] = {
    "as known": ({"status": "failed"}, "failed", []),
    "another case": ({"status": "FAILED"}, "failed", ["field-renamed"]),
    "another word": ({"status": "errored"}, "failed", ["word-unknown"]),
    "another word in another case": ({"status": "Succeeded"}, "completed", ["word-unknown"]),
    "one l": ({"status": "canceled"}, "cancelled", ["word-unknown"]),
    "a word that says nothing known": ({"status": "paused_by_policy"}, "paused_by_policy", ["word-unknown"]),
    "with more in an object": ({"status": {"state": "failed", "since": 12}}, "failed", ["field-retyped"]),
    "with more in a list": ({"status": ["failed", {"at": 3}]}, "failed", ["field-retyped"]),
    "in an object under another name": (
        {"outcome": {"code": "completed"}},
        "completed",
        ["field-renamed", "field-retyped"],
    ),
    "labels under another name": ({"labels": ["completed"]}, "?", ["field-missing"]),
    "under another name": ({"outcome": "completed"}, "completed", ["field-renamed"]),
    "another word under another name": ({"outcome": "ok"}, "completed", ["field-renamed", "word-unknown"]),
    "two that could be it": ({"outcome": "ok", "verdict": "failed"}, "?", ["field-missing"]),
}


@pytest.mark.parametrize("name", OUTCOMES)
def test_outcome_is_read(name: str) -> None:
    fields, expected, codes = OUTCOMES[name]
    payload = {"type": "tool_call_ended", "tool_call_id": "c", **fields}
    line = {"schema_version": 3, "seq": 1, "wall_time_unix_ms": 1, "rollout_id": "r", "payload": payload}

    found = decode_line(json.dumps(line).encode(), 1)

    assert isinstance(found, EventLine)
    assert getattr(found.event.payload, "status", None) == expected
    assert [oddity.code for oddity in found.oddities] == codes
