"""Bodies with names in another spelling are read as if they had the usual ones, wherever those are in them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tui.schema.body_form import BodyForm

RESPELLED: dict[str, tuple[Any, Any]] = {
    "members": ({"callId": "c", "outputItems": []}, {"call_id": "c", "output_items": []}),
    "a word of the body itself": ({"type": "FunctionCall", "callId": "c"}, {"type": "function_call", "call_id": "c"}),
    "items of a list": (
        {"input": [{"type": "FunctionCall", "callId": "c"}, 7, "callId", [{"callId": "d"}]]},
        {"input": [{"type": "function_call", "call_id": "c"}, 7, "callId", [{"call_id": "d"}]]},
    ),
    "an object in the body": ({"tokenUsage": {"inputTokens": 1}}, {"token_usage": {"input_tokens": 1}}),
    "what tools are given": ({"arguments": {"callId": 1}}, {"arguments": {"callId": 1}}),
    "parameters of an item": (
        {"tools": [{"parameters": {"callId": 1}, "callId": "c"}]},
        {"tools": [{"parameters": {"callId": 1}, "call_id": "c"}]},
    ),
    "a name that is there already": ({"call_id": 1, "callId": 2}, {"call_id": 1, "callId": 2}),
}


@pytest.mark.parametrize("name", RESPELLED)
def test_names_get_their_usual_spelling(name: str) -> None:
    body, usual = RESPELLED[name]

    assert json.loads(BodyForm(None, is_respelled=True).usual(json.dumps(body).encode())) == usual


@pytest.mark.parametrize("body", [b'{"call_id":"c"}', b'{"input": [{"call_id": 1}]}', b'{"callId":', b"[1]", b"7", b""])
def test_body_without_foreign_names_stays_as_it_is(body: bytes) -> None:
    assert BodyForm(None, is_respelled=True).usual(body) is body
