"""What leaves of a value without its texts, and what with them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tui.export.disclosure import Disclosure
from tui.export.redaction.redactor import Redactor
from tui.export.slice.masking import Masker

SECRET = "ghp_" + "a1B2" * 9


def masked(value: Any, *, with_content: bool = False) -> Any:
    body = Masker(Disclosure(Redactor(), with_content=with_content)).body(json.dumps(value).encode())
    assert body is not None
    return json.loads(body)


@pytest.mark.parametrize(
    ("value", "left"),
    [
        ({"type": "message", "role": "user"}, {"type": "message", "role": "user"}),
        ({"text": "hello"}, {"text": "‹5 B·1›"}),
        ({"type": "two words"}, {"type": "‹9 B·1›"}),
        ({"text": ["a b", "c d", "a b"]}, {"text": ["‹3 B·1›", "‹3 B·2›", "‹3 B·1›"]}),
        (
            {"input_tokens": 12, "age": 41, "ok": True, "none": None},
            {"input_tokens": 12, "age": 0, "ok": True, "none": None},
        ),
        ({"/home/ann/a.py": {"kind": "add"}}, {"‹14 B·1›": {"kind": "add"}}),
        ({"structured_content": {"ann_smith": {"type": "x"}}}, {"structured_content": {"‹9 B·1›": {"type": "x"}}}),
        ({"arguments": '{"cmd": "ls", "ann": 7}'}, {"arguments": '{"cmd":"‹2 B·1›","‹3 B·2›":0}'}),
        ({"arguments": "not json"}, {"arguments": "‹8 B·1›"}),
        ({"call_id": SECRET}, {"call_id": "‹github-token 1›"}),
        ({SECRET: 1}, {"‹github-token 1›": 0}),
        ({"text": ""}, {"text": ""}),
    ],
)
def test_structure_leaves_and_texts_become_sizes(value: Any, left: Any) -> None:
    assert masked(value) == left


def test_with_content_only_secrets_are_marked() -> None:
    value = {"text": f"use {SECRET}", "arguments": json.dumps({"ann": SECRET}), "age": 41}
    assert masked(value, with_content=True) == {
        "text": "use ‹github-token 1›",
        "arguments": '{"ann": "‹github-token 1›"}',
        "age": 41,
    }


def test_what_is_no_json_is_none() -> None:
    masker = Masker(Disclosure(Redactor(), with_content=False))
    assert (masker.body(b"{"), masker.body(b"\xff")) == (None, None)
    assert masker.body(b"[" * 100_000) is None
