"""Items that do not say what they are in a word are known by what they hold."""

from __future__ import annotations

from typing import Any

import pytest

from tui.schema.foreign_items import lacks_call_id, usual_item

CONTENT: list[dict[str, Any]] = [{"type": "input_text", "text": "Review it."}]


@pytest.mark.parametrize("kind", [{"value": "message"}, ["message"], 7, None])
def test_item_is_known_by_what_it_holds(kind: object) -> None:
    item = {"type": kind, "role": "user", "content": CONTENT}
    assert usual_item(item, frozenset({"user"})) == {"type": "message", "role": "user", "content": CONTENT}
    assert usual_item({"type": kind}, frozenset()) is None
    assert not lacks_call_id({"type": kind})
