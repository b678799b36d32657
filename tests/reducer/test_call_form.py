"""A call whose arguments fit into the graph is there as it was sent; of others the payload must be read."""

from __future__ import annotations

from typing import Any

import pytest

from tests.reducer.recording import Recording, user
from tui.model.call_form import ArgumentsForm, written
from tui.model.conversation import JsonPart

LONG = "x" * 240


@pytest.mark.parametrize(
    ("arguments", "also", "form"),
    [
        ('{"cmd":"ls","n":1}', {}, "compact"),
        ('{"cmd":"ls"}', {"status": "completed", "namespace": "functions"}, "compact"),
        ('{"cmd": "ls", "n": 1}', {}, "spaced"),
        ('{"all": [{"a": 1}, {"b": "c"}]}', {}, "spaced"),
        ('{ "cmd":"ls" }', {}, None),
        ('{"say": "\\"a\\":1"}', {}, None),
        ('{"n":1.50E3}', {}, None),
        (f'{{"cmd":"{LONG}"}}', {}, None),
        ("ls", {}, None),
        ('{"cmd":"ls"}', {"status": "incomplete"}, None),
        ('{"cmd":"ls"}', {"reason": "why"}, None),
        ('{"cmd":"ls"}', {"name": None}, None),
    ],
)
def test_call_is_written_again_as_it_was_sent(arguments: str, also: dict[str, Any], form: ArgumentsForm | None) -> None:
    recording = Recording()
    recording.request("i1", [user("go")])
    item = {"type": "function_call", "name": "shell", "call_id": "c", "arguments": arguments, **also}
    recording.done("i1", [item])
    graph = recording.graph()
    call = list(graph.conversation_items.values())[-1]
    source = graph.evidence.item_sources[call.item_id]
    assert source.arguments == form
    assert source.namespace == also.get("namespace")
    if form is not None:
        part = call.body.parts[0]
        assert isinstance(part, JsonPart)
        assert written(part.summary, form) == arguments
