"""What an item says, as one text to read and to compare word by word. Not yet harmless: who shows it cleans it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from tui.analysis.kinds.naming import ENCRYPTED_SUMMARY

LONGEST_DATA = 200
"""Characters of a `data:` address that are shown as they are."""

ANSWERS = frozenset({"function_call_output", "custom_tool_call_output", "tool_search_output", "mcp_tool_call_output"})
"""Types of the items in which the environment answers."""


_SUMMARIES = frozenset({"compaction", "compaction_summary", "context_compaction"})
"""Types of the items that hold the history in short (reducer rules §2)."""


class ItemText(NamedTuple):
    """`label`: what the item is, `style`: the name of its meaning, `text`: what it says."""

    label: str
    style: str
    text: str


def item_text(fields: Mapping[str, Any]) -> ItemText:
    """The item with these fields, as it was sent."""
    kind = fields.get("type")
    if kind == "message":
        role = str(fields.get("role", "?"))
        return ItemText(role, f"role.{role}", _content(fields.get("content")))
    if kind in ANSWERS:
        said = fields.get("output", fields.get("content"))
        return ItemText("←", "kind.output", _rest(fields) if said is None else _content(said))
    if kind == "reasoning":
        said = "\n".join(filter(None, (_content(fields.get(name)) for name in ("summary", "content"))))
        return ItemText("reasoning", "kind.reasoning", said or "‹encrypted›")
    if "arguments" in fields or "input" in fields:
        name = str(fields.get("name", kind))
        return ItemText(f"→ {name}", "kind.call", _arguments(fields.get("arguments", fields.get("input"))))
    if kind in _SUMMARIES and isinstance(fields.get("encrypted_content"), str):
        return ItemText(ENCRYPTED_SUMMARY, "role.assistant", _rest(fields))
    if kind == "compaction_marker":
        return ItemText("✂ compaction", "cut", "")
    if kind == "agent_message":
        sender = f"{fields.get('author', '?')} → {fields.get('recipient', '?')}"
        return ItemText(sender, "role.assistant", _content(fields.get("content")))
    return ItemText(str(kind or "?"), "dim", _content(fields["content"]) if "content" in fields else _rest(fields))


def _rest(fields: Mapping[str, Any]) -> str:
    """What an item says beside its type and its ids."""
    return _json({name: _abridged(value) for name, value in fields.items() if name not in ("type", "id", "call_id")})


def _content(value: Any) -> str:
    if isinstance(value, str):
        return value
    if not isinstance(value, list):
        return "" if value is None else _json(value)
    return "\n".join(_element(one) for one in value)


def _element(value: Any) -> str:
    if isinstance(value, dict):
        text = value.get("text")
        if isinstance(text, str):
            return text
        if isinstance(value.get("encrypted_content"), str):
            return "‹encrypted›"
        return _json({name: _abridged(inner) for name, inner in value.items()})
    return _json(value)


def _abridged(value: Any) -> Any:
    """The data of a picture give way to their kind, their length, and a digest by which two can be distinguished."""
    if not (isinstance(value, str) and value.startswith("data:") and len(value) > LONGEST_DATA):
        return value
    digest = hashlib.blake2b(value.encode(errors="surrogatepass"), digest_size=4).hexdigest()
    return f"{value.partition(',')[0]},… {len(value):,} characters, digest {digest}"


def _arguments(value: Any) -> str:
    """Arguments of a call: a line for each, where they are JSON."""
    if isinstance(value, str):
        try:
            decoded = msgspec.json.decode(value)
        except (msgspec.MsgspecError, ValueError, RecursionError):
            return value
        if not isinstance(decoded, dict):
            return value
        value = decoded
    if not isinstance(value, dict):
        return _json(value)
    lines = (f"{name}: {inner if isinstance(inner, str) else _json(inner)}" for name, inner in value.items())
    return "\n".join(lines)


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
