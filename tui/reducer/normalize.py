"""From a Responses item as sent on the wire to a candidate for the conversation (reducer rules §2).

A candidate has no identity yet: the conversation step decides whether it is an item seen before or a new one. An
item of a type that no rule covers becomes a candidate, too, with its content left in the payload, so that a reader
sees that something was there; the problem is reported beside it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any, Final

import msgspec

from tui.model.call_form import ArgumentsForm, form_of
from tui.model.conversation import (
    CALL_KINDS,
    OUTPUT_KINDS,
    AgentMessage,
    Channel,
    CodePart,
    EncodedPart,
    ItemKind,
    JsonPart,
    Part,
    PayloadRefPart,
    Role,
    SummaryPart,
    TextPart,
)
from tui.model.ids import RawPayloadId
from tui.reducer import jsontext
from tui.reducer.candidate import (
    FOREIGN_ITEM,
    INFERRED_ROLE,
    UNREAD_CALL_ID,
    UNREAD_CONTENT,
    WRAPPED_ITEM,
    Candidate,
    ItemFault,
    Normalized,
)
from tui.reducer.content_key import content_key
from tui.reducer.steps import Steps, is_long_text, is_step_over
from tui.schema.oddity import shortened
from tui.schema.rules import Rules

_ROLES: Final[frozenset[str]] = frozenset({"system", "developer", "user", "assistant", "tool"})
_CHANNEL_OF_PHASE: Final[dict[str, Channel]] = {
    "commentary": "commentary",
    "final_answer": "final",
    "summary": "summary",
}
_TEXT_TYPES: Final = frozenset({"input_text", "output_text", "text"})
_CALL_ID_KINDS: Final = CALL_KINDS | OUTPUT_KINDS
_MISSING: Final = object()

_PLAIN_CALL: Final = frozenset(
    {"type", "id", "call_id", "name", "namespace", "arguments", "status", "internal_chat_message_metadata_passthrough"}
)
"""The fields of a call of which the graph holds everything but, perhaps, its arguments."""


class _Shape(msgspec.Struct):
    """What an item type says about an item, before its common fields are added."""

    role: Role
    channel: Channel | None
    kind: ItemKind
    parts: list[Part]
    agent_message: AgentMessage | None = None
    arguments: ArgumentsForm | None = None


class _Unfit(Exception):  # noqa: N818 - local control flow, turned into an ItemFault
    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Normalizer:
    """Normalises the items of one payload under one generation's rules; they are nested `levels_above` deep in it."""

    def __init__(self, payload_id: RawPayloadId, rules: Rules, levels_above: int) -> None:
        self._payload_id = payload_id
        self._max_depth = jsontext.MAX_DEPTH - levels_above
        self._where = f"payload {payload_id}"
        self._rules = rules
        self._has_odd_content = False

    def items(self, raw_items: list[msgspec.Raw], first_position: int = 0) -> Steps[Normalized]:
        """Normalise a whole list; `first_position` is the place of its first item in the payload's array."""
        result = Normalized([], [])
        for offset, raw in enumerate(raw_items):
            position = first_position + offset
            value: Any = None
            is_large = is_long_text(len(raw))
            try:
                text = bytes(raw)
                value = jsontext.parse_any_depth(text)
                if is_large:
                    yield
                jsontext.check_depth(text, value, self._max_depth)
                if is_large:
                    yield
                if (wrapped := _wrapped(value)) is not None:
                    message = f"model items in {self._where} are wrapped in other objects"
                    result.faults.append(ItemFault(position, WRAPPED_ITEM, message))
                    value = wrapped
                shape = self._shape(value)
                if shape is not None and shape.kind in _CALL_ID_KINDS and "call_id" not in value:
                    value = self._with_call_id(value, position, result)
                if self._has_odd_content:
                    self._has_odd_content = False
                    message = f"model items in {self._where} have content of another form"
                    result.faults.append(ItemFault(position, UNREAD_CONTENT, message))
            except _Unfit as unfit:
                value, shape, fault = self._of_other_form(value, unfit)
                result.faults.append(ItemFault(position, fault.code, fault.message))
            except jsontext.BAD_JSON as error:
                value = None  # what is nested too deeply is not read at all
                result.faults.append(ItemFault(position, "unreadable-item", f"model item in {self._where}: {error}"))
                shape = _Shape("assistant", None, "message", [PayloadRefPart("item", self._payload_id)])
            if is_large:
                yield
            if shape is not None:
                result.candidates.append(self._candidate(value, shape, position))
            if is_large or is_step_over(offset):
                yield
        return result

    def _candidate(self, value: Any, shape: _Shape, position: int) -> Candidate:
        fields = value if isinstance(value, dict) else {}
        call_id = _string(fields.get("call_id")) if shape.kind in _CALL_ID_KINDS else None
        return Candidate(
            responses_id=_string(fields.get("id")) if self._rules.ids_identify_items else None,
            role=shape.role,
            channel=shape.channel,
            kind=shape.kind,
            agent_message=shape.agent_message,
            parts=shape.parts,
            call_id=call_id,
            tool_name=_string(fields.get("name")),
            position=position,
            key=content_key(shape.role, shape.channel, shape.kind, shape.agent_message, call_id, shape.parts),
            repeatable=not any(_is_bound_to_payload(part) for part in shape.parts),
            namespace=_string(fields.get("namespace")),
            arguments=shape.arguments,
        )

    def _shape(self, value: Any) -> _Shape | None:
        item_type = value.get("type") if isinstance(value, dict) else None
        if not isinstance(item_type, str):
            raise _Unfit("item-without-type", f"model item in {self._where} did not contain a string type")
        if item_type in self._rules.skipped_item_types:
            return None
        read = _READERS.get(item_type)
        if read is None:
            message = f"unsupported model item type {item_type} in {self._where}"
            raise _Unfit("unsupported-item", message)
        return read(self, value)

    def _of_other_form(self, value: Any, unfit: _Unfit) -> tuple[Any, _Shape | None, _Unfit]:
        """An unfit item as it can be read: in the usual spelling, or by what it holds; else what stands in for it."""
        from tui.schema.foreign_items import usual_item

        usual = usual_item(value, _ROLES)
        if usual is not None:
            with contextlib.suppress(_Unfit):
                message = (
                    f"model items in {self._where} have other types or names, such as {shortened(_type_of(value))!r}"
                )
                if _is_role_inferred(value, usual):
                    message = f"messages in {self._where} do not say whose they are; those of output are the model's"
                    return usual, self._shape(usual), _Unfit(INFERRED_ROLE, message)
                return usual, self._shape(usual), _Unfit(FOREIGN_ITEM, message)
        return value, self._stand_in(value), unfit

    def _with_call_id(self, value: dict[str, Any], position: int, result: Normalized) -> dict[str, Any]:
        """A call or an output with the id that it has under another name; calls of a server have none."""
        from tui.schema.foreign_items import lacks_call_id, usual_item

        if not lacks_call_id(value):
            return value
        usual = usual_item(value, _ROLES)
        if usual is None:
            message = f"model items in {self._where} have no call id that can be read"
            result.faults.append(ItemFault(position, UNREAD_CALL_ID, message))
            return value
        message = f"call ids of model items in {self._where} have another name"
        result.faults.append(ItemFault(position, FOREIGN_ITEM, message))
        return usual

    def _stand_in(self, value: Any) -> _Shape:
        """Keep the place of an item that could not be read: its content stays in the payload."""
        return _Shape("assistant", None, "message", [self._opaque(_type_of(value), value)])

    def _opaque(self, label: str, value: Any) -> PayloadRefPart:
        if self._rules.hashes_opaque_content:
            return PayloadRefPart(label, self._payload_id, jsontext.content_sha256(value))
        return PayloadRefPart(label, self._payload_id)

    def _json(self, value: Any) -> list[Part]:
        return [JsonPart(jsontext.summary(value), self._payload_id)]

    def _message(self, value: dict[str, Any]) -> _Shape:
        role = value.get("role")
        if not isinstance(role, str):
            raise _Unfit("bad-message", f"message item in {self._where} did not contain a string role")
        if role not in _ROLES:
            raise _Unfit("bad-message", f"unsupported message role {role} in {self._where}")
        phase = value.get("phase")
        channel = _CHANNEL_OF_PHASE.get(phase) if isinstance(phase, str) else None
        return _Shape(role, channel, "message", self._content(value.get("content", _MISSING)))  # type: ignore[arg-type]  # one of `_ROLES`

    def _content(self, content: Any) -> list[Part]:
        if not isinstance(content, list):
            self._has_odd_content = content is not _MISSING and content is not None
            return [PayloadRefPart("content", self._payload_id)]
        parts: list[Part] = []
        for element in content:
            element_type = element.get("type") if isinstance(element, dict) else None
            if isinstance(element_type, str) and element_type in _TEXT_TYPES:
                text = element.get("text")
                if isinstance(text, str):
                    parts.append(TextPart(text))
                else:
                    self._has_odd_content = True
            else:
                parts.append(self._opaque(element_type if isinstance(element_type, str) else "content", element))
        if not parts and self._rules.names_empty_content:
            parts.append(PayloadRefPart("empty_content", self._payload_id))
        return parts

    def _agent_message(self, value: dict[str, Any]) -> _Shape:
        author, recipient, content = value.get("author"), value.get("recipient"), value.get("content")
        has_fit_id = not self._rules.message_ids_are_text or isinstance(value.get("id"), str | None)
        if not (isinstance(author, str) and isinstance(recipient, str) and isinstance(content, list) and has_fit_id):
            raise _Unfit("bad-agent-message", f"failed to parse agent_message item in {self._where}")
        parts = [self._agent_message_part(element) for element in content]
        if not parts:
            raise _Unfit("bad-agent-message", f"agent_message item in {self._where} contained no content")
        return _Shape("assistant", "analysis", "message", parts, AgentMessage(author, recipient))

    def _agent_message_part(self, element: Any) -> Part:
        if isinstance(element, dict):
            text, encrypted = element.get("text"), element.get("encrypted_content")
            if element.get("type") == "input_text" and isinstance(text, str):
                return TextPart(text)
            if element.get("type") == "encrypted_content" and isinstance(encrypted, str):
                return EncodedPart("encrypted_content", encrypted)
        raise _Unfit("bad-agent-message", f"failed to parse agent_message item in {self._where}")

    def _reasoning(self, value: dict[str, Any]) -> _Shape:
        parts: list[Part] = []
        content = value.get("content")
        if content is not None:
            parts += [TextPart(text) for text in self._reasoning_texts(content, "content", ("reasoning_text", "text"))]
        if "summary" in value:
            summary = value["summary"]
            parts += [SummaryPart(text) for text in self._reasoning_texts(summary, "summary", ("summary_text",))]
        encrypted = value.get("encrypted_content")
        if encrypted is not None:
            if not isinstance(encrypted, str):
                raise _Unfit("bad-reasoning", f"reasoning item in {self._where} had non-string encrypted_content")
            parts.append(EncodedPart("encrypted_content", encrypted))
        if not parts:
            empty = f"reasoning item in {self._where} contained no content, summary, or encrypted_content"
            raise _Unfit("bad-reasoning", empty)
        return _Shape("assistant", "analysis", "reasoning", parts)

    def _reasoning_texts(self, entries: Any, field: str, types: tuple[str, ...]) -> list[str]:
        if not isinstance(entries, list):
            raise _Unfit("bad-reasoning", f"reasoning item in {self._where} had non-array {field}")
        texts: list[str] = []
        for entry in entries:
            entry_type = entry.get("type") if isinstance(entry, dict) else None
            if not isinstance(entry_type, str):
                raise _Unfit(
                    "bad-reasoning", f"reasoning item in {self._where} had a {field} entry without string type"
                )
            if entry_type not in types:
                what = f"reasoning item in {self._where} had unsupported {field} type {entry_type}"
                raise _Unfit("bad-reasoning", what)
            text = entry.get("text")
            if not isinstance(text, str):
                raise _Unfit(
                    "bad-reasoning", f"reasoning item in {self._where} had a {field} entry without string text"
                )
            texts.append(text)
        return texts

    def _function_call(self, value: dict[str, Any]) -> _Shape:
        arguments = value.get("arguments", _MISSING)
        parts: list[Part]
        form: ArgumentsForm | None = None
        if arguments is _MISSING:
            parts = [PayloadRefPart("payload", self._payload_id)]
        elif isinstance(arguments, str):
            try:
                part = JsonPart(jsontext.summary(jsontext.parse(arguments)), self._payload_id)
                form = form_of(arguments, part.summary) if _is_plain_call(value) else None
                parts = [part]
            except jsontext.BAD_JSON:
                parts = [TextPart(arguments)]
        else:
            parts = self._json(arguments)
        return _Shape("assistant", "commentary", "function_call", parts, arguments=form)

    def _custom_tool_call(self, value: dict[str, Any]) -> _Shape:
        source = value.get("input")
        parts: list[Part]
        if not isinstance(source, str):
            parts = self._json(value)
        elif value.get("name") == "exec":
            parts = [CodePart("javascript", source)]
        else:
            parts = [TextPart(source)]
        return _Shape("assistant", "commentary", "custom_tool_call", parts)

    def _whole_call(self, value: dict[str, Any]) -> _Shape:
        return _Shape("assistant", "commentary", "function_call", self._json(value))

    def _whole_output(self, value: dict[str, Any]) -> _Shape:
        return _Shape("tool", "commentary", "function_call_output", self._json(value))

    def _function_output(self, value: dict[str, Any]) -> _Shape:
        return _Shape("tool", "commentary", "function_call_output", self._output(value))

    def _custom_output(self, value: dict[str, Any]) -> _Shape:
        return _Shape("tool", "commentary", "custom_tool_call_output", self._output(value))

    def _output(self, value: dict[str, Any]) -> list[Part]:
        output = value.get("output", _MISSING)
        if output is _MISSING:
            return [PayloadRefPart("tool_output", self._payload_id)]
        if isinstance(output, str):
            return [TextPart(output)]
        if isinstance(output, list):
            return self._content(output)
        return self._json(output)

    def _compaction(self, value: dict[str, Any]) -> _Shape:
        encrypted = value.get("encrypted_content")
        if not isinstance(encrypted, str):
            what = f"compaction item in {self._where} did not contain string encrypted_content"
            raise _Unfit("bad-compaction-item", what)
        return _Shape("assistant", "summary", "message", [EncodedPart("encrypted_content", encrypted)])


_READERS: Final[dict[str, Callable[[Normalizer, dict[str, Any]], _Shape]]] = {
    "message": Normalizer._message,
    "agent_message": Normalizer._agent_message,
    "reasoning": Normalizer._reasoning,
    "function_call": Normalizer._function_call,
    "custom_tool_call": Normalizer._custom_tool_call,
    "tool_search_call": Normalizer._whole_call,
    "web_search_call": Normalizer._whole_call,
    "image_generation_call": Normalizer._whole_call,
    "local_shell_call": Normalizer._whole_call,
    "function_call_output": Normalizer._function_output,
    "custom_tool_call_output": Normalizer._custom_output,
    "tool_search_output": Normalizer._whole_output,
    "mcp_tool_call_output": Normalizer._whole_output,
    "compaction": Normalizer._compaction,
    "compaction_summary": Normalizer._compaction,
    "context_compaction": Normalizer._compaction,
}


def _wrapped(value: Any) -> dict[str, Any] | None:
    """The item in an object that has no type itself and holds nothing else with one."""
    if not isinstance(value, dict) or "type" in value:
        return None
    inner = [one for one in value.values() if isinstance(one, dict) and isinstance(one.get("type"), str)]
    return inner[0] if len(inner) == 1 else None


def _type_of(value: Any) -> str:
    found = value.get("type") if isinstance(value, dict) else None
    return found if isinstance(found, str) else "item"


def _is_role_inferred(value: Any, usual: dict[str, Any]) -> bool:
    """Whether a message has no word for its role, under any name."""
    return usual.get("type") == "message" and usual.get("role") not in value.values()


def _is_plain_call(value: dict[str, Any]) -> bool:
    """Whether the graph holds everything that a call says beside its arguments."""
    return (
        _PLAIN_CALL.issuperset(value)
        and value.get("status") in (None, "completed")
        and isinstance(value.get("name"), str)
        and isinstance(value.get("namespace"), str | None)
    )


def _string(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _is_bound_to_payload(part: Part) -> bool:
    return isinstance(part, PayloadRefPart) and part.content_sha256 is msgspec.UNSET
