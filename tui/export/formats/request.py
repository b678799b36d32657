"""The whole logical body of one request to the model, as it can be sent again.

A request that continues a response on the provider's side holds only what is new. Here its input is the whole: every
item as it was sent or returned first. Where an item cannot be read, nothing is written: a part is another request.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from tui.analysis.requests.raw_items import raw_items
from tui.export.format import ExportError, FileFormat, Subject
from tui.export.values import disclosed
from tui.export.whole_items import LARGEST_BODY
from tui.model.evidence import ItemSource
from tui.model.ids import InferenceCallId, ItemId, RawPayloadId
from tui.model.objects import InferenceCall

_CONTINUES = "previous_response_id"

_ENVELOPE = ("type", "response.create")
"""What a transport that wraps requests in messages adds; the API takes no such field."""


def write(subject: Subject) -> Iterator[bytes]:
    """The body, indented; `curl --json @FILE` sends it."""
    node = subject.node
    call = None if node is None else subject.store.trace.inference_calls.get(InferenceCallId(node.id))
    if node is None or node.kind != "inference" or call is None:
        name = "nothing" if node is None else f"{node.kind}:{node.id}"
        raise ExportError(f"--to request needs the id of a request to the model; {name} is not one")
    body = disclosed(_whole_body(subject, call), subject.disclosure)
    yield json.dumps(body, ensure_ascii=False, indent=2).encode("utf-8", "surrogatepass") + b"\n"


def _whole_body(subject: Subject, call: InferenceCall) -> dict[str, Any]:
    body = _object(_body(subject, call.raw_request_payload_id), call.raw_request_payload_id)
    body = {name: value for name, value in body.items() if (name, value) != _ENVELOPE}
    if not body.get(_CONTINUES):
        return body
    unrecorded = subject.store.trace.evidence.unrecorded_beginnings.get(call.inference_call_id)
    if unrecorded:
        raise ExportError(f"the request continues the response {unrecorded}, which is not in the recording")
    body.pop(_CONTINUES)
    return {**body, "input": _items(subject, call.request_item_ids)}


def _items(subject: Subject, item_ids: Sequence[ItemId]) -> list[Any]:
    """The items as they were sent or returned first, each payload read once."""
    sources: dict[RawPayloadId, list[tuple[int, ItemSource]]] = {}
    for place, item_id in enumerate(item_ids):
        source = subject.store.trace.evidence.item_sources.get(item_id)
        if source is None:
            raise ExportError(f"the request cannot be made whole: no payload holds {item_id}")
        sources.setdefault(source.raw_payload_id, []).append((place, source))
    found: list[Any] = [None] * len(item_ids)
    for payload_id, wanted in sources.items():
        raw = raw_items(_body(subject, payload_id), [source for _, source in wanted])
        for (place, _), item in zip(wanted, raw, strict=True):
            if item is None:
                raise ExportError(f"the request cannot be made whole: {item_ids[place]} is not in {payload_id}")
            found[place] = json.loads(item)
    return found


def _body(subject: Subject, payload_id: RawPayloadId) -> bytes:
    ref = subject.store.trace.raw_payloads.get(payload_id)
    if ref is None:
        raise ExportError(f"the request cannot be made whole: no event names {payload_id}")
    body = subject.store.payloads.read(ref, LARGEST_BODY)
    if not isinstance(body, bytes):
        raise ExportError(f"the request cannot be made whole: {body.reason}")
    return body


def _object(body: bytes, payload_id: RawPayloadId) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ExportError(f"{payload_id} is not JSON: {error}") from error
    if not isinstance(found, dict):
        raise ExportError(f"{payload_id} is not the body of a request: it is not a JSON object")
    return found


FORMAT = FileFormat(name="request", suffix=".json", takes=frozenset({"id"}), requires=frozenset({"id"}), write=write)
