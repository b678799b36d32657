"""Recognises items of a conversation that have other types or names than known recorders write."""

from __future__ import annotations

from collections.abc import Set
from typing import Any, Final

from tui.schema.bodies import ITEM_TYPES
from tui.schema.body_form import respelled
from tui.schema.members import folded

_CALLS: Final = frozenset({"function_call", "function_call_output", "custom_tool_call", "custom_tool_call_output"})


def usual_item(value: Any, roles: Set[str]) -> dict[str, Any] | None:
    """The item as a known recorder would write it; None if it is not clear what it is.

    Names and types in another spelling are known by that, an item of a foreign type by what it holds. `roles` are the
    words that say whose a message is.
    """
    usual = respelled(value)
    if not isinstance(usual, dict):
        return None
    if _type_of(usual) not in ITEM_TYPES:
        kind = _kind_of(usual)
        return None if kind is None else {**usual, "type": kind}
    if lacks_call_id(usual):
        names = [
            name for name in usual if name != "id" and folded(name).endswith("id") and isinstance(usual[name], str)
        ]
        return {**usual, "call_id": usual[names[0]]} if len(names) == 1 else None
    if usual["type"] == "message" and not isinstance(usual.get("role"), str):
        usual = _with_role(usual, roles)
    if usual["type"] == "agent_message" and isinstance(usual.get("content"), list):
        usual = {**usual, "content": [_as_input(element) for element in usual["content"]]}
    return None if usual == value else usual


def lacks_call_id(item: dict[str, Any]) -> bool:
    """Whether an item is of a type that always has a call id, and has none."""
    return "call_id" not in item and _type_of(item) in _CALLS


def _type_of(item: dict[str, Any]) -> str:
    """The word that says what an item is; empty where it is anything but a word."""
    found = item.get("type")
    return found if isinstance(found, str) else ""


def _with_role(message: dict[str, Any], roles: Set[str]) -> dict[str, Any]:
    """A message with the role that it has under another name; else that of the model, which alone puts out text."""
    named = [name for name, value in message.items() if isinstance(value, str) and value in roles and name != "type"]
    if len(named) == 1:
        return {**message, "role": message[named[0]]}
    content = message.get("content")
    is_output = isinstance(content, list) and bool(content) and all(map(_is_output, content))
    return {**message, "role": "assistant"} if is_output else message


def _is_output(part: Any) -> bool:
    return isinstance(part, dict) and part.get("type") == "output_text"


def _as_input(element: Any) -> Any:
    is_text = isinstance(element, dict) and element.get("type") in ("text", "output_text")
    return {**element, "type": "input_text"} if is_text else element


def _kind_of(item: dict[str, Any]) -> str | None:
    """The type of an item by its members: a call has a name and what it is given, an output what came back."""
    if isinstance(item.get("call_id"), str):
        has_name = isinstance(item.get("name"), str)
        if has_name and isinstance(item.get("arguments"), str):
            return "function_call"
        if has_name and isinstance(item.get("input"), str):
            return "custom_tool_call"
        return "function_call_output" if "output" in item and not has_name else None
    if isinstance(item.get("author"), str) and isinstance(item.get("recipient"), str):
        return "agent_message"
    return "message" if isinstance(item.get("role"), str) and isinstance(item.get("content"), list) else None
