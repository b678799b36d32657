"""Bodies whose names are spelled otherwise than known recorders do, or that are wrapped in another object.

A recorder writes all its bodies in one way, so that is learned once, from the first body that shows it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from typing import Any, Final, NamedTuple

import msgspec

from tui.schema.bodies import ITEM_TYPES
from tui.schema.members import BAD_JSON, folded
from tui.schema.nesting import word_meant
from tui.schema.oddity import shortened
from tui.schema.payloads import PAYLOAD_KINDS
from tui.schema.text_body import json_in_text

_NAMES: Final = frozenset(
    {
        "additional_tools",
        "agent_nickname",
        "agent_path",
        "agent_role",
        "agent_thread_id",
        "aggregated_output",
        "approval_policy",
        "approvals_reviewer",
        "cache_write_input_tokens",
        "cached_input_tokens",
        "call_id",
        "cell_id",
        "chunk_id",
        "codex_error_info",
        "collaboration_mode_kind",
        "completed_at_ms",
        "duration_ms",
        "encrypted_content",
        "error_text",
        "event_id",
        "exit_code",
        "forked_from_id",
        "image_url",
        "input_history",
        "input_tokens",
        "input_tokens_details",
        "interaction_input",
        "last_agent_message",
        "max_output_tokens",
        "model_context_window",
        "move_path",
        "new_agent_nickname",
        "new_agent_role",
        "new_thread_id",
        "num_turns",
        "occurred_at_ms",
        "original_token_count",
        "output_items",
        "output_tokens",
        "output_tokens_details",
        "reasoning_tokens",
        "cached_tokens",
        "parallel_tool_calls",
        "parent_thread_id",
        "permission_profile",
        "previous_response_id",
        "process_id",
        "reasoning_effort",
        "reasoning_output_tokens",
        "receiver_agent_nickname",
        "receiver_agent_role",
        "receiver_thread_id",
        "replacement_history",
        "response_id",
        "response_item",
        "rollout_path",
        "root_turn_id",
        "sandbox_policy",
        "sender_thread_id",
        "session_id",
        "session_source",
        "started_at_ms",
        "task_name",
        "thread_id",
        "thread_spawn",
        "time_to_first_token_ms",
        "token_usage",
        "tool_choice",
        "tool_name",
        "tool_namespace",
        "turn_attribution",
        "turn_id",
        "unified_diff",
        "upstream_request_id",
        "wall_time_seconds",
        "yield_time_ms",
    }
)
"""Names of more than one word in bodies of which something is made."""

_WORDS: Final = (
    ITEM_TYPES
    | PAYLOAD_KINDS
    | frozenset(
        {
            "input_text",
            "output_text",
            "summary_text",
            "reasoning_text",
            "input_image",
            "encrypted_content",
            "direct_response",
            "code_mode_response",
            "error",
            "function",
            "custom",
        }
    )
)
"""What `type` may say in bodies."""

_FREE: Final = frozenset({"arguments", "parameters", "properties", "structured_content", "structuredContent"})
"""Members whose content is that of tools: their names mean nothing here."""

_NAME_OF: Final = {folded(name): name for name in _NAMES}
_WORD_OF: Final = {folded(word): word for word in _WORDS}
_DEEPEST: Final = 64
_LONGEST_KEPT: Final = 1 << 15
"""Bytes of an item that is remembered."""

_members_decoder = msgspec.json.Decoder(dict[str, msgspec.Raw])
_entries_decoder = msgspec.json.Decoder(list[msgspec.Raw])


class BodyForm(NamedTuple):
    """How a recorder writes its bodies: the member that holds each of them, if any, and whether names differ.

    `is_text`: that member is a text which holds the body.
    """

    wrapper: str | None
    is_respelled: bool
    is_text: bool = False

    def usual(self, body: bytes) -> bytes:
        """The body as known recorders write it; one that is not of this form stays as it is."""
        if self.is_respelled and self.wrapper is None and body.startswith(b"{"):
            return _respelled_members(body)
        try:
            value = inner = msgspec.json.decode(body)
        except BAD_JSON:
            return body
        if self.wrapper is not None and isinstance(value, dict):
            held = value.get(self.wrapper)
            held = json_in_text(held) if isinstance(held, str) else held
            inner = held if isinstance(held, dict | list) else value
        found = respelled(inner) if self.is_respelled else inner
        return body if found is value else msgspec.json.encode(found)

    def differences(self, place: str, body: bytes, usual: bytes) -> Iterator[tuple[str, str]]:
        """What to say of a body that is not as usual: the kind of oddity, and a sentence about this `place`."""
        if usual is body:
            return
        if self.wrapper is not None:
            where = "in a text in" if self.is_text else "in"
            yield "field-moved", f"{place} is {where} {shortened(self.wrapper)!r} of another object"
        if self.is_respelled:
            yield "field-renamed", f"names in {place} are spelled otherwise"


def form_of(body: bytes, names: Collection[str]) -> BodyForm | None:
    """The form that a body shows which should have some of these names; None if it is of the usual one."""
    try:
        value = msgspec.json.decode(body)
    except BAD_JSON:
        return None
    if not isinstance(value, dict):
        return None
    wrapper, is_text = None, False
    if not _has_any(value, names):
        held = {name: json_in_text(inner) if isinstance(inner, str) else inner for name, inner in value.items()}
        fits = [name for name, inner in held.items() if isinstance(inner, dict) and _has_any(inner, names)]
        if len(fits) != 1:
            return None
        wrapper = fits[0]
        value, is_text = held[wrapper], isinstance(value[wrapper], str)
    is_respelled = respelled(value) is not value
    return BodyForm(wrapper, is_respelled, is_text) if is_respelled or wrapper is not None else None


def respelled(value: Any, depth: int = 0) -> Any:
    """The value with known names, and known words under `type`, in their usual spelling; the same one if it has."""
    if depth > _DEEPEST:
        return value
    if isinstance(value, list):
        entries = [respelled(entry, depth + 1) for entry in value]
        return value if all(new is old for new, old in zip(entries, value, strict=True)) else entries
    if not isinstance(value, dict):
        return value
    members = {_usual_name(name, value): _usual_value(name, inner, depth) for name, inner in value.items()}
    is_same = members.keys() == value.keys() and all(members[name] is value[name] for name in value)
    return value if is_same else members


def _respelled_members(body: bytes) -> bytes:
    """A body with known names in their usual spelling; the same one if it has.

    Requests repeat the items of those before: each is looked at once.
    """
    try:
        value = _members_decoder.decode(body)
        members = {_usual_name(name, value): _respelled_member(name, raw) for name, raw in value.items()}
    except BAD_JSON:
        return body
    is_same = members.keys() == value.keys() and all(members[name] is value[name] for name in value)
    return body if is_same else msgspec.json.encode(members)


def _respelled_member(name: str, raw: msgspec.Raw) -> msgspec.Raw:
    text = bytes(raw)
    if not text.startswith(b"["):
        new = text if name in _FREE else _respelled_text(text, name)
        return raw if new is text else msgspec.Raw(new)
    entries = [bytes(entry) for entry in _entries_decoder.decode(raw)]
    news = [_respelled_text(entry) if len(entry) > _LONGEST_KEPT else _respelled_once(entry) for entry in entries]
    return raw if news == entries else msgspec.Raw(b"[" + b",".join(news) + b"]")


@lru_cache(maxsize=4_096)
def _respelled_once(text: bytes) -> bytes:
    return _respelled_text(text)


def _respelled_text(text: bytes, name: str = "") -> bytes:
    """The JSON of a value respelled; `name` is that of the member that it is, if it is one."""
    if not text.startswith((b"{", b"[", b'"')):
        return text
    value = msgspec.json.decode(text)
    found = _usual_value(name, value, 0)
    return text if found is value else msgspec.json.encode(found)


def _usual_name(name: str, members: Mapping[str, Any]) -> str:
    known = name if name in _NAMES else _NAME_OF.get(folded(name), name)
    return name if known in members else known


def _usual_value(name: str, value: Any, depth: int) -> Any:
    if name in _FREE:
        return value
    if folded(name) == "type" and isinstance(value, str):
        return value if value in _WORDS else word_meant(value, _WORD_OF) or value
    return respelled(value, depth + 1)


def _has_any(members: dict[str, Any], names: Collection[str]) -> bool:
    known = set(map(folded, names))
    return any(folded(name) in known for name in members)
