"""Bodies of payloads and events without their texts, so that a reducer still finds in them what it needs.

Ids, names of tools, agents and models, roles and statuses stay; so do times, sizes and counts. Any other text becomes
its size and a number, `‹412 B·7›`: the same text has the same number wherever it is, so that what was equal stays equal
and nothing else becomes so. With content, texts stay except for what a rule hides.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from tui.export.disclosure import Disclosure

_KEPT = frozenset(
    {
        "agent_path", "agent_role", "author", "channel", "collaboration_mode_kind", "event_type", "execution", "format",
        "fork_turns", "id", "initiating_agent_path", "kind", "model", "name", "namespace", "nickname", "object",
        "phase",
        "provider_name", "reasoning_effort", "recipient", "role", "root_turn_id", "schema_version", "server", "status",
        "target", "target_agent_path", "targets", "task_name", "tool", "tool_choice", "tool_name", "tool_namespace",
        "turn_trigger", "type",
    }
)  # fmt: skip
"""Names of fields whose words are structure."""

_KEPT_ENDINGS = ("_id", "_ids")

_WORD = re.compile(r"[\w.:/@+<>=-]{1,200}")
"""What may be an id or a name: a text with blanks is content wherever it is."""

_NUMBERS = frozenset(
    {"cell_id", "exit_code", "index", "nanos", "secs", "seq", "session_id", "created_at", "started_at"}
)
_NUMBER_ENDINGS = ("_at", "_count", "_id", "_index", "_ms", "_seconds", "_tokens", "_window", "_bytes")
"""Names of fields whose numbers are structure; any other number becomes 0."""

_FIELD_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,47}")

_FREE = frozenset(
    {
        "_meta", "arguments", "changes", "env", "environment", "metadata", "parameters", "properties", "schema",
        "structuredContent", "structured_content",
    }
)  # fmt: skip
"""Names of fields that hold objects of anybody's making, whose field names are content."""

_KNOWN_NAMES = _KEPT | frozenset(
    {
        "annotations", "arguments", "audio", "cell_id", "chars", "cmd", "code", "command", "content", "cwd", "data",
        "encrypted_content",
        "image_url", "input", "login", "max_output_tokens", "message", "mimeType", "output", "patch", "path", "prompt",
        "resource", "result", "session_id", "shell", "summary", "text", "timeout_ms", "tty", "uri", "workdir",
        "yield_time_ms",
    }
)  # fmt: skip
"""Names that stay there, too: those of the agent's own tools and of parts of messages."""

_ENCRYPTED = "encrypted_content"
_ARGUMENTS = "arguments"
"""JSON in a text, in which reducers look for agents and processes."""


class Masker:
    """Masks values as JSON has them; for one recording."""

    def __init__(self, show: Disclosure) -> None:
        self._show = show
        self._marks: dict[str, str] = {}
        self._kept: set[str] = set()

    def body(self, data: bytes) -> bytes | None:
        """The body of a payload without its texts; None if it is not JSON."""
        return self._masked(data)

    def _masked(self, data: bytes, *, is_free: bool = False) -> bytes | None:
        try:
            return msgspec.json.encode(self.value(msgspec.json.decode(data), is_free=is_free))
        except (msgspec.DecodeError, UnicodeDecodeError, UnicodeEncodeError, RecursionError):
            return None

    def joined(self, data: bytes, placeholder: str) -> bytes | None:
        """The same for a body with a JSON string in the place of each part, which stays."""
        kept: str = msgspec.json.decode(placeholder)
        self._kept.add(kept)
        try:
            return self.body(data)
        finally:
            self._kept.discard(kept)

    def value(self, value: Any, key: str = "", *, is_free: bool = False) -> Any:
        """A value that is under the name `key`, its own or that of the list it is in.

        `is_free`: it is of anybody's making, so that names in it are content, too.
        """
        is_free = is_free or key in _FREE
        if isinstance(value, str):
            return self._string(value, key)
        if isinstance(value, Mapping):
            return {
                self._name(name, is_free=is_free): self.value(inner, name, is_free=is_free)
                for name, inner in value.items()
            }
        if isinstance(value, list):
            return [self.value(inner, key, is_free=is_free) for inner in value]
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return value if self._show.with_content or _is_number_kept(key) else 0
        return value

    def _name(self, name: str, *, is_free: bool) -> str:
        is_known = name in _KNOWN_NAMES if is_free and not self._show.with_content else _FIELD_NAME.fullmatch(name)
        return self._show.label(name) if is_known else self._text(name)

    def _string(self, text: str, key: str) -> str:
        if text in self._kept:
            return text
        if key == _ENCRYPTED:
            return self._show.encoded(text) if self._show.with_content else self._text(text)
        if (key in _KEPT or key.endswith(_KEPT_ENDINGS)) and _WORD.fullmatch(text):
            return self._show.label(text)
        if key == _ARGUMENTS and not self._show.with_content:
            masked = self._masked(text.encode("utf-8", "replace"), is_free=True)
            return self._text(text) if masked is None else masked.decode()
        return self._text(text)

    def _text(self, text: str) -> str:
        if self._show.with_content or not text:
            return self._show.text(text)
        shown = self._show.text(text)
        mark = self._marks.get(text)
        if mark is None:
            mark = self._marks[text] = f"{shown.removesuffix('›')}·{len(self._marks) + 1}›"
        return mark


def _is_number_kept(key: str) -> bool:
    return key in _NUMBERS or key.endswith(_NUMBER_ENDINGS)
