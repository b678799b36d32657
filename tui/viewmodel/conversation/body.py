"""What one conversation item says, as a header and blocks of text; no widths, no folding yet."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import msgspec

from tui.analysis.kinds.naming import ENCRYPTED_SUMMARY, is_encrypted_summary
from tui.analysis.messages.passed_text import byte_size, encoded_part, looks_opaque
from tui.analysis.requests.pictures import is_picture_url, picture_in
from tui.analysis.requests.raw_items import item_fields
from tui.analysis.requests.truncation import Cut, cut_of_item
from tui.model.conversation import (
    CALL_KINDS,
    OUTPUT_KINDS,
    CodePart,
    ConversationItem,
    EncodedPart,
    JsonPart,
    Part,
    PayloadRefPart,
    SummaryPart,
    TextPart,
)
from tui.model.trace import RolloutTrace
from tui.viewmodel.text.clean import clean, format_bytes
from tui.viewmodel.text.edge_words import ENCRYPTED_SIGN
from tui.viewmodel.text.picture_words import picture_words
from tui.viewmodel.text.spans import Line, Span

Form = Literal["markdown", "plain", "code", "patch", "json", "output"]
"""How the lines of a block are styled; an output may bring colours of its own."""

LineRole = Literal["header", "text", "cut", "more", "note", "divider"]
"""What a row is, and so what Enter does on it."""

READABLE_JSON_BYTES = 65_536
"""JSON in a text up to this size is shown as lines of keys and values; larger ones as they are."""

_SUMMARY_LIMIT = 240
"""Bytes at which the graph abridges JSON (reduced model §5.2)."""


class TextBlock(NamedTuple):
    """Recorded text, not yet harmless, and how to style its lines."""

    text: str
    form: Form


class ValueBlock(NamedTuple):
    """A decoded JSON value."""

    value: Any


class NoteBlock(NamedTuple):
    """One line of the viewer's own."""

    line: Line
    role: LineRole = "note"


Block = TextBlock | ValueBlock | NoteBlock


class ItemBody(NamedTuple):
    """Header and blocks of an item.

    `needs_raw`: the graph abridges the item; with its raw JSON more can be shown. `cut`: what of an output is missing.
    """

    header: Line
    blocks: tuple[Block, ...]
    needs_raw: bool = False
    cut: Cut | None = None


def item_body(trace: RolloutTrace, item: ConversationItem, raw: bytes | None = None) -> ItemBody:
    """Header and blocks of an item; `raw` is its JSON as it was in the payload, if somebody has fetched it."""
    fields = item_fields(raw) if raw is not None else None
    if item.kind in CALL_KINDS:
        return _call_body(trace, item, fields)
    if item.kind in OUTPUT_KINDS:
        return _output_body(trace, item, fields)
    if item.kind == "compaction_marker":
        return ItemBody((Span("compaction", "kind.compaction"),), ())
    if is_encrypted_summary(item):
        return _message_body(item, fields)._replace(header=(Span(ENCRYPTED_SUMMARY, f"role.{item.role}"),))
    return _message_body(item, fields)


def _message_body(item: ConversationItem, fields: dict[str, Any] | None) -> ItemBody:
    header = [Span(item.role, f"role.{item.role}")]
    if item.agent_message is not msgspec.UNSET:
        header += _route(item.agent_message.author, item.agent_message.recipient)
        header += [Span(f"  {ENCRYPTED_SIGN} encrypted", "cut")] * (encoded_part(item) is not None)
    elif item.kind == "reasoning":
        header.append(Span(" reasoning", "kind.reasoning"))
    if item.channel is not None and item.kind != "reasoning":
        header.append(Span(f" {item.channel}", "dim"))
    contents = _contents(fields)
    blocks: list[Block] = []
    for index, part in enumerate(item.body.parts):
        if isinstance(part, EncodedPart) and item.agent_message is not msgspec.UNSET:
            blocks += _encrypted_blocks(part)
        else:
            blocks.append(_part_block(part, contents.get(index), "markdown"))
    opaque = any(isinstance(part, (PayloadRefPart, JsonPart)) for part in item.body.parts)
    return ItemBody(tuple(header), tuple(blocks), needs_raw=opaque and fields is None)


def _encrypted_blocks(part: EncodedPart) -> list[Block]:
    """The encrypted part of a message between agents; its text where it is one, whatever it is marked as."""
    is_opaque = looks_opaque(part.value)
    told = "only the provider can read it" if is_opaque else "marked as encrypted, but readable:"
    note = f"{ENCRYPTED_SIGN} encrypted message · {format_bytes(byte_size(part.value))} · {told}"
    blocks: list[Block] = [NoteBlock((Span(note, "cut"),))]
    return blocks if is_opaque else [*blocks, TextBlock(part.value, "markdown")]


def _route(author: str, recipient: str) -> list[Span]:
    return [
        Span(" agent message ", "dim"),
        Span(clean(author), "path"),
        Span(" → ", "kind.message"),
        Span(clean(recipient), "path"),
    ]


def _contents(fields: dict[str, Any] | None) -> dict[int, Any]:
    """The elements of a raw item's content or output by the index of their part; empty if they do not line up."""
    if not fields:
        return {}
    content = fields.get("content", fields.get("output"))
    return dict(enumerate(content)) if isinstance(content, list) else {}


def _part_block(part: Part, raw_element: Any, form: Form) -> Block:
    if isinstance(part, (TextPart, SummaryPart)):
        return TextBlock(part.text, form)
    if isinstance(part, CodePart):
        return TextBlock(part.source, "code")
    if isinstance(part, EncodedPart):
        size = format_bytes(len(part.value))
        return NoteBlock((Span(f"{clean(part.label)} · {size} · only the provider can read it", "dim"),))
    if isinstance(part, PayloadRefPart):
        keys = "Enter shows the payload" if not _is_picture(raw_element) else "O saves it, Enter shows its payload"
        return NoteBlock((Span(f"{clean(part.label)}{_opaque_size(raw_element)} · {keys}", "dim"),))
    return _json_block(part)


def _is_picture(element: Any) -> bool:
    url = element.get("image_url") if isinstance(element, dict) else None
    return isinstance(url, str) and is_picture_url(url)


def _opaque_size(element: Any) -> str:
    """The size of an image or other opaque part, from its raw element."""
    if not isinstance(element, dict):
        return ""
    url = element.get("image_url")
    picture = picture_in(url) if isinstance(url, str) else None
    if picture is not None:
        return f" · {picture_words(picture)}"
    if isinstance(url, str):
        return f" · {clean(url[:120])}"
    return f" · {format_bytes(len(msgspec.json.encode(element)))} of JSON"


def _json_block(part: JsonPart) -> Block:
    value = _decoded(part.summary)
    return TextBlock(part.summary, "json") if value is None else ValueBlock(value)


def _decoded(text: str) -> Any:
    """The value of a text that is a JSON object or array of readable size, else None."""
    if len(text) > READABLE_JSON_BYTES or text[:1] not in ("{", "["):
        return None
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        return None


def is_abridged(part: Part) -> bool:
    """Whether the graph holds only the beginning of a JSON part."""
    return isinstance(part, JsonPart) and part.summary.endswith("...") and len(part.summary.encode()) >= _SUMMARY_LIMIT


# Calls


def tool_name(trace: RolloutTrace, item: ConversationItem) -> str:
    """The name of the tool that a call asks for, as far as it is known; `tool` otherwise."""
    source = trace.evidence.item_sources.get(item.item_id)
    if source is not None and source.tool_name:
        return source.tool_name
    if any(isinstance(part, CodePart) for part in item.body.parts):
        return "exec"
    tool = trace.tool_calls.get(item.call_id) if item.call_id is not None else None  # type: ignore[call-overload]  # a call id is a plain one
    if tool is None:
        return "tool"
    return str(tool.kind.name or tool.kind.tool or tool.kind.type)


def _call_body(trace: RolloutTrace, item: ConversationItem, fields: dict[str, Any] | None) -> ItemBody:
    arguments = _arguments(item, fields)
    name = tool_name(trace, item)
    if isinstance(arguments, dict) and name == "tool" and isinstance(arguments.get("type"), str):
        name = arguments["type"].removesuffix("_call")
    header = (Span("assistant", "role.assistant"), Span(" → ", "kind.call"), Span(clean(name), "kind.call"))
    needs_raw = fields is None and any(is_abridged(part) for part in item.body.parts)
    return ItemBody(header, tuple(_argument_blocks(name, item, arguments)), needs_raw=needs_raw)


def _arguments(item: ConversationItem, fields: dict[str, Any] | None) -> Any:
    """The decoded arguments of a call, whole if its raw item is there; None if they are no JSON."""
    part = item.body.parts[0] if item.body.parts else None
    if not isinstance(part, JsonPart):
        return None
    if fields:
        arguments = fields.get("arguments", fields)
        return _decoded(arguments) if isinstance(arguments, str) else arguments
    return None if is_abridged(part) else _decoded(part.summary)


def _argument_blocks(name: str, item: ConversationItem, arguments: Any) -> list[Block]:
    if isinstance(arguments, dict):
        return _command_blocks(dict(arguments)) or [ValueBlock(_without_image_data(arguments))]
    form: Form = "patch" if name == "apply_patch" else "plain"
    return [_part_block(part, None, form) for part in item.body.parts]


def _command_blocks(arguments: dict[str, Any]) -> list[Block]:
    """A command line first and the other arguments below; empty if the arguments hold no command."""
    command = arguments.pop("cmd", None) or arguments.pop("command", None)
    if isinstance(command, list) and all(isinstance(word, str) for word in command):
        command = " ".join(command)
    if not isinstance(command, str):
        return []
    blocks: list[Block] = [TextBlock(f"$ {command}", "code")]
    return [*blocks, ValueBlock(arguments)] if arguments else blocks


def _without_image_data(arguments: dict[str, Any]) -> dict[str, Any]:
    """The arguments, with the picture that a finished image call carries named by its size."""
    result = arguments.get("result")
    if arguments.get("type") != "image_generation_call" or not isinstance(result, str):
        return arguments
    picture = picture_in(f"data:image;base64,{result}")
    return arguments if picture is None else {**arguments, "result": f"({picture_words(picture)})"}


# Outputs


def _output_body(trace: RolloutTrace, item: ConversationItem, fields: dict[str, Any] | None) -> ItemBody:
    cut = cut_of_item(trace, item)
    size = sum(len(part.text.encode(errors="replace")) for part in item.body.parts if isinstance(part, TextPart))
    header = (
        Span("tool", "role.tool"),
        Span(" ← ", "kind.output"),
        Span(clean(_answered_tool(trace, item)), "kind.output"),
        Span(f" {format_bytes(size)}" if size else "", "dim"),
    )
    blocks = [_summary_of(cut)] if cut is not None else []
    contents = _contents(fields)
    for index, part in enumerate(item.body.parts):
        blocks.extend(_output_blocks(part, contents.get(index), cut))
    opaque = any(isinstance(part, PayloadRefPart) or is_abridged(part) for part in item.body.parts)
    return ItemBody(header, tuple(blocks), needs_raw=opaque and fields is None, cut=cut)


def _answered_tool(trace: RolloutTrace, item: ConversationItem) -> str:
    tool = trace.tool_calls.get(item.call_id) if item.call_id is not None else None  # type: ignore[call-overload]  # a call id is a plain one
    for call_id in tool.model_visible_call_item_ids if tool is not None else ():
        call = trace.conversation_items.get(call_id)
        if call is not None:
            return tool_name(trace, call)
    return "output" if tool is None else tool_name(trace, item)


def _output_blocks(part: Part, raw_element: Any, cut: Cut | None) -> list[Block]:
    if not isinstance(part, TextPart):
        return [_part_block(part, raw_element, "output")]
    if cut is not None and cut.missing_start is not None and cut.mark_end > cut.mark_start:
        mark = clean(part.text[cut.mark_start : cut.mark_end].strip())
        return [
            TextBlock(part.text[: cut.mark_start], "output"),
            NoteBlock((Span(f"{mark} ✂ {_missing(cut)} · Enter opens them", "cut"),), "cut"),
            TextBlock(part.text[cut.mark_end :], "output"),
        ]
    value = _decoded(part.text)
    return [TextBlock(part.text, "output") if value is None else ValueBlock(value)]


def _missing(cut: Cut) -> str:
    return f"bytes {cut.missing_start:,}–{cut.missing_end:,} missing"


def _summary_of(cut: Cut) -> Block:
    """The line that says how much of an output the model saw."""
    kept = format_bytes(cut.kept_bytes)
    if cut.produced_bytes is None:
        text = f"a mark says that {cut.mark} were left out; the whole output is not recorded, so nothing proves it"
    elif cut.certainty == "unseen":
        text = f"✂ the model saw nothing of the {format_bytes(cut.produced_bytes)} of output"
    elif cut.certainty == "earlier":
        text = f"✂ seen while it still ran: {kept} of {format_bytes(cut.produced_bytes)}; {_missing(cut)} here"
    else:
        text = f"✂ cut before the model saw it: {kept} of {format_bytes(cut.produced_bytes)}; {_missing(cut)}"
    if cut.omitted_bytes:
        text += f"; the runtime had dropped {format_bytes(cut.omitted_bytes)} before"
    return NoteBlock((Span(text, "cut"),), "cut")
