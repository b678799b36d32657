"""JSON values on their way out: the shape with sizes for texts, or the whole without what the rules hide."""

from __future__ import annotations

import re
from typing import Any, Final

import msgspec

from tui.export.disclosure import Disclosure

ENCRYPTED: Final = "encrypted_content"
"""The field of an item that only the provider can read."""

# fmt: off
_API_FIELDS: Final = frozenset({
    "action", "annotations", "arguments", "author", "call_id", "cell_id", "channel", "client_metadata", "content",
    "content_item_kinds", "create_time", "definition", "defer_loading", "description", "detail", "effort",
    "encrypted", "encrypted_content", "execution", "external_web_access", "format", "id", "image_url", "include",
    "input", "instructions", "internal_chat_message_metadata_passthrough", "max_output_tokens", "max_tokens",
    "metadata", "model", "name", "namespace", "output", "parallel_tool_calls", "parameters", "phase",
    "previous_response_id", "prompt_cache_key", "reasoning", "recipient", "response_format", "result",
    "revised_prompt", "role", "schema", "search_content_types", "service_tier", "status", "store", "stream",
    "strict", "summary", "syntax", "temperature", "text", "tool_choice", "tools", "top_p", "truncation", "turn_id",
    "type", "user", "verbosity",
})
"""Fields of the provider's API. Any other name of a field may be somebody's text."""

_LABELS: Final = frozenset({
    "action", "author", "call_id", "effort", "execution", "format", "id", "model", "name", "namespace", "phase",
    "recipient", "role", "service_tier", "status", "syntax", "tool_choice", "type", "verbosity",
})
"""Fields that hold ids and words, not texts."""

# fmt: on
_LABEL = re.compile(r"[A-Za-z0-9_./:-]{1,128}")

_OPAQUE: Final = frozenset({"parameters", "schema", "client_metadata", "metadata"})
"""Fields that hold objects of somebody's own making: without content they are their size."""


def disclosed(value: Any, show: Disclosure) -> Any:
    """A JSON value as it may leave."""
    return _without_secrets(value, show) if show.with_content else _shape(value, show, "")


def _shape(value: Any, show: Disclosure, field: str) -> Any:
    """Fields, ids, words and numbers; a text, and an object with names that are nobody's API, is its size."""
    match value:
        case str():
            return show.label(value) if field in _LABELS and _LABEL.fullmatch(value) else show.text(value)
        case list():
            return [_shape(inner, show, field if field == "include" else "") for inner in value]
        case dict():
            if field in _OPAQUE or not _API_FIELDS.issuperset(value):
                return show.text(msgspec.json.encode(value).decode())
            return {name: _shape(inner, show, name) for name, inner in value.items()}
        case _:
            return value


def _without_secrets(value: Any, show: Disclosure) -> Any:
    match value:
        case str():
            (text,) = show.pieces([value])
            return text
        case list():
            return [_without_secrets(inner, show) for inner in _streams_hidden(value, show)]
        case dict():
            return {
                show.label(name): show.encoded(inner)
                if name == ENCRYPTED and isinstance(inner, str)
                else _without_secrets(inner, show)
                for name, inner in value.items()
            }
        case _:
            return value


def _streams_hidden(values: list[Any], show: Disclosure) -> list[Any]:
    """The elements of a list; texts at the same place in several of them are the pieces of one text."""
    if all(isinstance(one, str) for one in values):
        return list(show.pieces(values))
    names = {name for one in values if isinstance(one, dict) for name, text in one.items() if isinstance(text, str)}
    changed: list[Any] = list(values)
    for name in sorted(names - _LABELS - {ENCRYPTED}):
        places = [
            place for place, one in enumerate(changed) if isinstance(one, dict) and isinstance(one.get(name), str)
        ]
        texts = [changed[place][name] for place in places]
        for place, old, new in zip(places, texts, show.pieces(texts), strict=True):
            if new != old:
                changed[place] = {**changed[place], name: new}
    return changed
