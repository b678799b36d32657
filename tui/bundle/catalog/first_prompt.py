"""What a person asked first in a recording, found without reading it: by the first request in the head of its log."""

from __future__ import annotations

from pathlib import Path

import msgspec

from tui.bundle.payloads.first_look import quick_body
from tui.schema.decode import EventLine, decode_line
from tui.schema.events import InferenceStarted
from tui.schema.payloads import NO_PARTS, RawPayloadRef
from tui.schema.prompt_text import has_words, words_written
from tui.source.fault import PayloadFault

HEAD_BYTES = 64 << 10
"""The first request is looked for in this much of the log."""

_LARGEST_REQUEST = 4 << 20
_TITLE_CHARACTERS = 200


def first_prompt(path: str, head: bytes) -> str:
    """What the person asked in the first request of the bundle at `path`; empty where that is not found quickly.

    The first request ends with the prompt; what the agent program puts before it is known by its form.
    """
    request = _first_request(head)
    if request is None:
        return ""
    body: bytes | PayloadFault | None = quick_body(path, request, _LARGEST_REQUEST)
    if body is None:
        from tui.bundle.payloads.store import PayloadStore  # of few bundles

        body = PayloadStore(Path(path)).read_once(request, _LARGEST_REQUEST)
    return "" if isinstance(body, PayloadFault) else _prompt_in(body)


class _RequestEvent(msgspec.Struct, tag="inference_started"):
    request_payload: RawPayloadRef


class _RequestLine(msgspec.Struct):
    payload: _RequestEvent


class _RequestHead(msgspec.Struct):
    input: list[msgspec.Raw] = []


class _InputItem(msgspec.Struct):
    role: str = ""
    content: msgspec.Raw = msgspec.Raw(b"null")


class _TextPart(msgspec.Struct):
    text: str = ""


_line_decoder = msgspec.json.Decoder(_RequestLine)
_request_decoder = msgspec.json.Decoder(_RequestHead)
_item_decoder = msgspec.json.Decoder(_InputItem)
_parts_decoder = msgspec.json.Decoder(str | list[_TextPart])


def _first_request(head: bytes) -> RawPayloadRef | None:
    """The payload of the first request."""
    found = head.find(b'"inference_started"')
    if found < 0:
        return None
    end = head.find(b"\n", found)
    data = head[head.rfind(b"\n", 0, found) + 1 : end if end >= 0 else len(head)]
    try:
        ref = _line_decoder.decode(data).payload.request_payload
        if ref.parts is NO_PARTS:  # of others, decoding the line makes the list
            return ref
    except (msgspec.DecodeError, UnicodeDecodeError):
        pass
    line = decode_line(data, 1)
    payload = line.event.payload if isinstance(line, EventLine) else None
    return payload.request_payload if isinstance(payload, InferenceStarted) else None


def _prompt_in(body: bytes) -> str:
    """The last thing that a person wrote into a request."""
    try:
        for raw in reversed(_request_decoder.decode(body).input):
            item = _item_decoder.decode(raw)
            for text in reversed(_texts_of(item.content)) if item.role == "user" else ():
                if has_words(text):
                    return words_written(text)[:_TITLE_CHARACTERS]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass
    return ""


def _texts_of(content: msgspec.Raw) -> list[str]:
    parts = _parts_decoder.decode(content)
    return [parts] if isinstance(parts, str) else [part.text for part in parts]
