"""What the model gets before the items of a request: instructions, tool definitions, settings; and what changed of it.

The body of the request holds them in every schema: instructions in a field of their own (up to 0.150) or as its first
developer message, tools in a field, or in items of the type `additional_tools`. In schema 3 the prepared prompt holds
instructions and tools with their origin (schema 3 notes §5). A prompt cache begins with all this, so a change of any of
it leaves the cache nothing to begin with.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal

import msgspec

from tui.model.objects import InferenceCall
from tui.model.trace import RolloutTrace
from tui.schema.payloads import RawPayloadRef

_NO_SETTINGS = frozenset(
    {
        "input",
        "instructions",
        "tools",
        "base_instructions",
        "client_metadata",  # ids of this session and turn
        "previous_response_id",
        "stream",
        "type",  # of the websocket message
        "generate",
    }
)
"""Fields of a request, or of a prepared prompt, that say nothing about how the model is to answer."""

_OF_PROMPT = "prompt."
"""Begins the names of settings that only the prepared prompt holds."""

_TOOLS_ITEM = b'"additional_tools"'


class HeadPlace(msgspec.Struct, frozen=True):
    """The place of a part of the head: in which body, and the keys and indices that lead to it."""

    body: Literal["request", "prompt"]
    path: tuple[str, ...]


class ToolDefinition(msgspec.Struct, frozen=True):
    """A tool that the model may call: its name, with its namespace before it, and its definition as JSON."""

    name: str
    definition: bytes
    place: HeadPlace


class PromptHead(msgspec.Struct, frozen=True):
    """What a request says to the model before its items.

    `instructions`: None where the recording keeps none apart from the items. `origin`: whose they are, by the
    recorder's word. `tools`: None if it is unknown which tools there were. `settings`: name, with a dot between levels,
    and value as JSON, sorted by name.
    """

    instructions: str | None = None
    instructions_at: HeadPlace | None = None
    origin: str = ""
    tools: tuple[ToolDefinition, ...] | None = None
    settings: tuple[tuple[str, str], ...] = ()


class SettingChange(msgspec.Struct, frozen=True):
    """A setting with its values before and now, as JSON; None where it was not set."""

    name: str
    before: str | None
    now: str | None


class HeadDifference(msgspec.Struct, frozen=True):
    """What one head changed of the one before it. Tools are named; `tools_moved`: the same tools in another order."""

    instructions_changed: bool = False
    tools_added: tuple[str, ...] = ()
    tools_removed: tuple[str, ...] = ()
    tools_changed: tuple[str, ...] = ()
    tools_moved: bool = False
    settings: tuple[SettingChange, ...] = ()

    @property
    def tools_differ(self) -> bool:
        """Whether the tool definitions are others, or in another order."""
        return bool(self.tools_added or self.tools_removed or self.tools_changed or self.tools_moved)

    def __bool__(self) -> bool:
        return self.instructions_changed or self.tools_differ or bool(self.settings)


class HeadParts:
    """What was met before, by the bytes that say it: most requests send the same tools and settings."""

    def __init__(self) -> None:
        self._settings: dict[tuple[str, bytes], tuple[tuple[str, str], ...]] = {}
        self._tools: dict[tuple[str, bytes], tuple[ToolDefinition, ...] | None] = {}

    def tools(self, body: _Body, name: Literal["request", "prompt"]) -> tuple[ToolDefinition, ...] | None:
        """The tools that a body defines; None if it says nothing of them."""
        raw = body.get("tools")
        if raw is None:
            return None
        met = (name, bytes(raw))
        if met not in self._tools:
            self._tools[met] = _tools(body, name)
        return self._tools[met]

    def setting(self, name: str, raw: msgspec.Raw) -> tuple[tuple[str, str], ...]:
        """A setting, level by level where its value has several."""
        met = (name, bytes(raw))
        found = self._settings.get(met)
        if found is None:
            found = self._settings[met] = tuple(_flat(name, _value(raw)))
        return found


def read_head(request: bytes | None, prompt: bytes | None = None, parts: HeadParts | None = None) -> PromptHead:
    """The head that a request sends; `request` is its body, `prompt` its prepared prompt with or without the items.

    What cannot be read is left out, never guessed: a body that is not JSON says nothing. `parts` are those that the
    head may share with other heads.
    """
    asked, prepared = _fields(request), _fields(prompt)
    instructions, place, origin = _instructions(asked, prepared)
    parts = HeadParts() if parts is None else parts
    tools = parts.tools(prepared, "prompt") or parts.tools(asked, "request")
    for number, item in _tool_items(asked.get("input")):
        tools = (*(tools or ()), *_definitions(item.get("tools"), HeadPlace("request", ("input", number, "tools"))))
    return PromptHead(instructions, place, origin, tools, tuple(sorted(_settings(asked, prepared, parts))))


def head_of(
    trace: RolloutTrace, call: InferenceCall, read: Callable[[RawPayloadRef], object], parts: HeadParts | None = None
) -> PromptHead:
    """The head of a request. `read` gives a payload's body, in which null may stand for its parts, or no bytes."""
    ids = (call.raw_request_payload_id, call.prepared_prompt_payload_id)
    refs = [None if name is msgspec.UNSET else trace.raw_payloads.get(name) for name in ids]
    request, prompt = (None if ref is None else read(ref) for ref in refs)
    request, prompt = (body if isinstance(body, bytes) else None for body in (request, prompt))
    return read_head(request, prompt, parts)


def compare_heads(before: PromptHead, now: PromptHead) -> HeadDifference:
    """What `now` changed of `before`. What one of them does not tell is not called a change."""
    both_told = before.instructions is not None and now.instructions is not None
    added, removed, changed, moved = _compare_tools(before.tools, now.tools)
    return HeadDifference(
        instructions_changed=both_told and before.instructions != now.instructions,
        tools_added=added,
        tools_removed=removed,
        tools_changed=changed,
        tools_moved=moved,
        settings=tuple(_changed_settings(before, now)),
    )


_Body = dict[str, msgspec.Raw]
_body_decoder = msgspec.json.Decoder(_Body)
_items_decoder = msgspec.json.Decoder(list[msgspec.Raw])
_BAD_JSON = (msgspec.MsgspecError, ValueError, RecursionError)


def _fields(body: bytes | None) -> _Body:
    try:
        return {} if body is None else _body_decoder.decode(body)
    except _BAD_JSON:
        return {}


def _value(raw: msgspec.Raw | None) -> Any:
    try:
        return None if raw is None else msgspec.json.decode(raw)
    except _BAD_JSON:
        return None


def _tool_items(items: msgspec.Raw | None) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The items of a request that define tools, with their number: only these are decoded."""
    if items is None or _TOOLS_ITEM not in bytes(items):
        return
    try:
        raw_items = _items_decoder.decode(items)
    except _BAD_JSON:
        return
    for number, raw in enumerate(raw_items):
        item = _value(raw) if _TOOLS_ITEM in bytes(raw) else None
        if isinstance(item, dict) and item.get("type") == "additional_tools":
            yield str(number), item


def _instructions(asked: _Body, prepared: _Body) -> tuple[str | None, HeadPlace | None, str]:
    base = _value(prepared.get("base_instructions"))
    if isinstance(base, dict) and isinstance(base.get("text"), str):
        return base["text"], HeadPlace("prompt", ("base_instructions", "text")), _origin(base.get("provenance"))
    given = _value(asked.get("instructions"))
    if isinstance(given, str):
        return given, HeadPlace("request", ("instructions",)), ""
    return None, None, ""


def _origin(provenance: Any) -> str:
    if not isinstance(provenance, dict):
        return ""
    return " ".join(str(value) for value in provenance.values() if isinstance(value, str))


def _tools(body: _Body, name: Literal["request", "prompt"]) -> tuple[ToolDefinition, ...] | None:
    tools = _value(body.get("tools"))
    return tuple(_definitions(tools, HeadPlace(name, ("tools",)))) if isinstance(tools, list) else None


def _definitions(tools: Any, place: HeadPlace, namespace: str = "") -> Iterator[ToolDefinition]:
    """The tools of a list; a namespace represents the tools in it."""
    for number, tool in enumerate(tools if isinstance(tools, list) else ()):
        if not isinstance(tool, dict):
            continue
        here = HeadPlace(place.body, (*place.path, str(number)))
        name = tool.get("name") if isinstance(tool.get("name"), str) else tool.get("type", "?")
        full_name = f"{namespace}{name}"
        if tool.get("type") == "namespace" and isinstance(tool.get("tools"), list):
            inner = HeadPlace(place.body, (*here.path, "tools"))
            yield from _definitions(tool["tools"], inner, f"{full_name}.")
        else:
            yield ToolDefinition(full_name, msgspec.json.encode(tool), here)


def _settings(asked: _Body, prepared: _Body, parts: HeadParts) -> Iterator[tuple[str, str]]:
    for name, raw in asked.items():
        if name not in _NO_SETTINGS:
            yield from parts.setting(name, raw)
    for name, raw in prepared.items():
        if name not in _NO_SETTINGS and name not in asked:
            yield from parts.setting(f"{_OF_PROMPT}{name}", raw)


def _flat(name: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _flat(f"{name}.{key}", inner)
    elif value is not None:
        yield name, msgspec.json.encode(value).decode()


def _compare_tools(
    before: tuple[ToolDefinition, ...] | None, now: tuple[ToolDefinition, ...] | None
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...], bool]:
    if before is None or now is None:
        return (), (), (), False
    old = {tool.name: tool.definition for tool in before}
    new = {tool.name: tool.definition for tool in now}
    added = tuple(name for name in new if name not in old)
    removed = tuple(name for name in old if name not in new)
    changed = tuple(name for name in new if name in old and new[name] != old[name])
    return added, removed, changed, not (added or removed or changed) and [*old] != [*new]


def _changed_settings(before: PromptHead, now: PromptHead) -> Iterator[SettingChange]:
    """The settings that differ; none where a request has no setting of its own, since its body could not be read."""
    old, new = dict(before.settings), dict(now.settings)
    if not all(any(not name.startswith(_OF_PROMPT) for name in one) for one in (old, new)):
        return
    both_prepared = all(any(name.startswith(_OF_PROMPT) for name in one) for one in (old, new))
    for name in sorted({*old, *new}):
        if name.startswith(_OF_PROMPT) and not both_prepared:
            continue  # only one of them has a prepared prompt
        if old.get(name) != new.get(name):
            yield SettingChange(name, old.get(name), new.get(name))
