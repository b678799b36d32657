"""What a recording calls a picture: the file that the call opened, or that the message was said to show."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

import msgspec

from tui.model.conversation import ConversationItem, JsonPart
from tui.model.trace import RolloutTrace

_LONGEST_NAME = 60
"""Characters of a name that are taken: what a recording says may be of any length."""

_PATH_OF_TAG = re.compile(r'<image\b[^>]*\bpath="([^"]+)"')
"""The text that a client puts before a picture that a person attached."""

_NOT_IN_NAMES = re.compile(r"[^\w.+ -]")


def recorded_stem(trace: RolloutTrace, item: ConversationItem, value: Any, url: str) -> str:
    """The name of the file behind the picture `url` in `value`, the item's JSON; no folder, no ending.

    Only letters, digits and `. + - _` and blanks are left of what was recorded. Empty if no file is named.
    """
    path = _path_before(value, url) or _path_of_call(trace, item)
    name = re.split(r"[/\\]", path)[-1]
    stem = name.rpartition(".")[0] or name
    return _NOT_IN_NAMES.sub("_", stem)[:_LONGEST_NAME].strip().lstrip(".- ")


def _path_before(value: Any, url: str) -> str:
    """The path in the text right before the picture."""
    content = value.get("content") if isinstance(value, dict) else None
    elements = [one for one in content if isinstance(one, dict)] if isinstance(content, list) else []
    for before, element in pairwise(elements):
        if element.get("image_url") == url:
            text = before.get("text")
            found = _PATH_OF_TAG.search(text) if isinstance(text, str) else None
            return found[1] if found else ""
    return ""


def _path_of_call(trace: RolloutTrace, item: ConversationItem) -> str:
    """The argument `path` of the call that the item answers."""
    tool = trace.tool_calls.get(item.call_id) if item.call_id is not None else None  # type: ignore[call-overload]  # a call id is a plain one
    for name in tool.model_visible_call_item_ids if tool is not None else ():
        call = trace.conversation_items.get(name)
        for part in call.body.parts if call is not None else ():
            if isinstance(part, JsonPart):
                path = _member(part.summary, "path")
                if path:
                    return path
    return ""


def _member(text: str, name: str) -> str:
    """A text in a JSON object; empty if the text is another thing, or was abridged."""
    try:
        value = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        return ""
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, str) else ""
