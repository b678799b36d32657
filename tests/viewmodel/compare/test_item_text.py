"""What an item says, as text to read."""

from __future__ import annotations

from typing import Any

import pytest

from tui.viewmodel.compare.item_text import item_text


@pytest.mark.parametrize(
    ("fields", "label", "text"),
    [
        ({"type": "message", "role": "user", "content": [{"type": "input_text", "text": "hello"}]}, "user", "hello"),
        ({"type": "function_call", "name": "shell", "arguments": '{"cmd":"ls","t":5}'}, "→ shell", "cmd: ls\nt: 5"),
        ({"type": "function_call", "name": "shell", "arguments": "no JSON"}, "→ shell", "no JSON"),
        ({"type": "custom_tool_call", "name": "exec", "input": "text(1)"}, "→ exec", "text(1)"),
        ({"type": "function_call_output", "call_id": "c", "output": "done"}, "←", "done"),
        ({"type": "tool_search_output", "id": "x", "tools": ["a"]}, "←", '{"tools":["a"]}'),
        ({"type": "reasoning", "summary": [], "encrypted_content": "…"}, "reasoning", "‹encrypted›"),
        ({"type": "compaction", "encrypted_content": "x"}, "encrypted summary", '{"encrypted_content":"x"}'),
        ({"type": "agent_message", "author": "/root/a", "recipient": "/root", "content": []}, "/root/a → /root", ""),
        ({}, "?", "{}"),
    ],
)
def test_every_kind_of_item_says_something(fields: dict[str, Any], label: str, text: str) -> None:
    found = item_text(fields)
    assert (found.label, found.text) == (label, text)


def test_pictures_are_told_apart_without_their_data() -> None:
    def picture(data: str) -> str:
        address = f"data:image/png;base64,{data * 100}"
        return item_text({"type": "message", "role": "user", "content": [{"image_url": address}]}).text

    assert "data:image/png;base64,… 422 characters, digest " in picture("abcd")
    assert picture("abcd") != picture("abce")
