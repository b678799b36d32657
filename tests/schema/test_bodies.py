"""Lists of items in bodies that name them otherwise: each is found if only one can be it."""

from __future__ import annotations

import base64
import json
from typing import Any

import msgspec
import pytest

from tui.reducer import normalize
from tui.schema.bodies import ITEM_TYPES, out_of_text, with_lists

ITEMS = [{"type": "message", "role": "user", "content": []}, {"type": "reasoning", "summary": []}]
TOOLS = [{"type": "function", "name": "exec"}]

FOUND: dict[str, tuple[Any, tuple[str, ...], list[Any]]] = {
    "as known": ({"input": ITEMS}, ("input",), ITEMS),
    "another name": ({"model": "m", "tools": TOOLS, "messages": ITEMS}, ("messages",), ITEMS),
    "another spelling": ({"Input": ITEMS, "old": ITEMS}, ("Input",), ITEMS),
    "an object of numbers": ({"input": {"0": ITEMS[0], "1": ITEMS[1]}}, ("input",), ITEMS),
    "an empty list": ({"tools": [], "messages": []}, ("messages",), []),
    "inside another object": ({"body": {"input": ITEMS}, "headers": {}}, ("body.input",), ITEMS),
    "inside two, renamed": ({"http": {"body": {"turns": ITEMS}}}, ("http.body.turns",), ITEMS),
    "types in another spelling": ({"list": [{"type": "FunctionCall"}]}, ("list",), [{"type": "FunctionCall"}]),
    "wrapped items": ({"list": [{"item": ITEMS[0]}]}, ("list",), [{"item": ITEMS[0]}]),
    "within a text": (json.dumps({"input": ITEMS}), ("input",), ITEMS),
}


@pytest.mark.parametrize("name", FOUND)
def test_list_is_found(name: str) -> None:
    body, places, items = FOUND[name]

    found = with_lists(json.dumps(body).encode(), ("input",))

    assert found is not None
    assert found.places == places
    assert msgspec.json.decode(found.body)["input"] == items


UNCLEAR = (
    {"a": ITEMS, "b": ITEMS},
    {"tools": TOOLS},
    {"a": {"input": ITEMS}, "b": {"input": ITEMS}},
    {"notes": ["a", "b"]},
    {"deep": {"deep": {"deep": {"deep": {"input": ITEMS}}}}},
    [ITEMS],
    "input",
    7,
)


@pytest.mark.parametrize("body", UNCLEAR, ids=repr)
def test_unclear_list_is_not_guessed(body: Any) -> None:
    assert with_lists(json.dumps(body).encode(), ("input",)) is None


HISTORIES: dict[str, tuple[dict[str, Any], tuple[str, ...] | None]] = {
    "words that say which": ({"new_items": ITEMS[1:], "old_items": ITEMS}, ("old_items", "new_items")),
    "words that say nothing": ({"a": ITEMS, "b": ITEMS[1:]}, None),
}


@pytest.mark.parametrize("name", HISTORIES)
def test_histories_are_told_apart_by_words(name: str) -> None:
    body, places = HISTORIES[name]

    found = with_lists(json.dumps(body).encode(), ("input_history", "replacement_history"))

    assert (None if found is None else found.places) == places


BODY = b'{"input":[1]}'
TEXTS: dict[str, tuple[bytes, bytes | None]] = {
    "a JSON text": (json.dumps(BODY.decode()).encode(), BODY),
    "base64": (base64.b64encode(BODY), BODY),
    "base64 in a JSON text": (json.dumps(base64.b64encode(BODY).decode()).encode(), BODY),
    "an object": (BODY, None),
    "an object behind a mark": (b"\xef\xbb\xbf" + BODY, None),
    "a picture": (b'"data:image/png;base64,iVBORw0KGgo="', None),
    "words": (b'"no JSON"', None),
    "a number": (b"12", None),
    "nothing": (b"", None),
    "a text cut short": (b'"{', None),
}


@pytest.mark.parametrize("name", TEXTS)
def test_json_in_a_text_is_taken_out(name: str) -> None:
    body, inner = TEXTS[name]

    assert out_of_text(body) == inner


def test_types_are_those_of_the_reducer() -> None:
    assert set(normalize._READERS) <= ITEM_TYPES
