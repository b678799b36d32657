"""A line that no known recorder writes is read field by field; each change costs the field that it touches."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from tui.schema.decode import EventLine, decode_line, unknown_fields
from tui.schema.events import (
    EVENT_TYPES,
    CodeCellRequester,
    GenericSummary,
    ModelRequester,
    OtherEvent,
    ToolCallRuntimeStarted,
    ToolCallStarted,
    UnknownEvent,
    Unrecorded,
)
from tui.schema.payloads import PayloadKind, RawPayloadRef

Json = dict[str, Any]
REF = {"raw_payload_id": "raw_payload:4", "kind": {"type": "inference_request"}, "path": "payloads/4.json"}


def _line(payload: Json, **envelope: Any) -> Json:
    written = {"schema_version": 2, "seq": 9, "wall_time_unix_ms": 1_700_000_000_000, "rollout_id": "R"}
    return {**written, "thread_id": "T", "codex_turn_id": "U", **envelope, "payload": payload}


def request() -> Json:
    ids = {"inference_call_id": "I", "thread_id": "T", "codex_turn_id": "U"}
    payload = {"type": "inference_started", **ids, "model": "m", "provider_name": "p", "request_payload": REF}
    return copy.deepcopy(_line(payload))


def call() -> Json:
    kind, summary = {"type": "mcp", "server": "s", "tool": "t"}, {"type": "generic", "label": "l"}
    payload = {"type": "tool_call_started", "tool_call_id": "C", "requester": {"type": "model"}, "kind": kind}
    return _line({**payload, "summary": summary})


def read(line: Json) -> EventLine:
    found = decode_line(json.dumps(line).encode(), 7)
    assert isinstance(found, EventLine)
    return found


def codes(line: EventLine) -> list[str]:
    return [oddity.code for oddity in line.oddities]


def _moved_to_payload(line: Json) -> None:
    del line["thread_id"]
    line["payload"] = {**call()["payload"], "thread_id": "T"}


def _flattened(line: Json) -> None:
    line |= line.pop("payload")


def _grouped(line: Json) -> None:
    payload = line["payload"]
    payload["ids"] = {name: payload.pop(name) for name in ("inference_call_id", "thread_id")}


def _renamed(name: str, other: str) -> Callable[[Json], None]:
    def change(line: Json) -> None:
        line["payload"][other] = line["payload"].pop(name)

    return change


def _with_id_as(name: str, reference: Json) -> Json:
    return {name: reference["raw_payload_id"], **{key: reference[key] for key in ("kind", "path")}}


def _in_address(reference: Json) -> Json:
    return _with_id_as("uri", reference | {"raw_payload_id": f"payload://{reference['raw_payload_id']}"})


def _in_camel_case(line: Json) -> None:
    line["payload"] = {camel(name): value for name, value in line["payload"].items()}


def camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(map(str.capitalize, others))


def _with_envelope_apart(line: Json) -> None:
    payload = line.pop("payload")
    envelope = dict(line)
    line.clear()
    line |= {"envelope": envelope, "payload": payload}


def _two_objects_deep(line: Json) -> None:
    event = dict(line)
    line.clear()
    line |= {"v": 1, "record": {"meta": {}, "event": event}}


def _as_text(line: Json) -> None:
    event = json.dumps(line)
    line.clear()
    line["line"] = event


def _as_pair(line: Json) -> None:
    payload = line["payload"]
    line["payload"] = [payload.pop("type"), payload]


def _with_kind_beside(line: Json) -> None:
    payload = line.pop("payload")
    kind = payload.pop("type")
    params = {**line, **payload}
    line.clear()
    line |= {"jsonrpc": "2.0", "method": f"trace/{kind}", "params": params}


SAME_EVENT: dict[str, tuple[Callable[[Json], None], list[str]]] = {
    "a new neighbour": (lambda line: line["payload"].update(mood=1), []),
    "ids in the envelope alone": (lambda line: line["payload"].pop("thread_id"), ["field-moved"]),
    "ids grouped in an object": (_grouped, ["field-moved"]),
    "names in another case": (_in_camel_case, ["field-renamed"]),
    "the event in the envelope": (_flattened, ["field-moved"]),
    "the payload under another name": (lambda line: line.update(event=line.pop("payload")), ["field-renamed"]),
    "the kind as a name": (
        lambda line: line.update(payload={"InferenceStarted": line["payload"] | {"type": None}}),
        ["field-moved"],
    ),
    "the number as text": (lambda line: line.update(seq="9"), ["field-retyped"]),
    "time with a fraction": (lambda line: line.update(wall_time_unix_ms=1_700_000_000_000.5), ["field-retyped"]),
    "time in seconds": (lambda line: line.update(wall_time_unix_ms=1_700_000_000.0), ["field-retyped"]),
    "time as text": (lambda line: line.update(wall_time_unix_ms="2023-11-14T22:13:20Z"), ["field-retyped"]),
    "time under another name": (
        lambda line: line.update(timestamp=line.pop("wall_time_unix_ms")),
        ["field-renamed"],
    ),
    "a text in a list": (lambda line: line["payload"].update(model=["m"]), ["field-retyped"]),
    "an id in an object": (lambda line: line["payload"].update(thread_id={"id": "T"}), ["field-retyped"]),
    "an id under another name": (_renamed("inference_call_id", "request_id"), ["field-renamed"]),
    "a reference under another name": (_renamed("request_payload", "http_body"), ["field-renamed"]),
    "the id of a payload under another name": (
        lambda line: line["payload"].update(request_payload=_with_id_as("payload_id", REF)),
        ["field-renamed"],
    ),
    "a reference in an object": (
        lambda line: line["payload"].update(request_payload={"ref": REF, "sealed": True}),
        ["field-moved"],
    ),
    "the kind under any name": (_renamed("type", "what_happened"), ["field-renamed"]),
    "the kind with dots": (lambda line: line["payload"].update(type="inference.started"), ["field-renamed"]),
    "the kind with words before it": (
        lambda line: line["payload"].update(type="codex/inference_started"),
        ["field-renamed"],
    ),
    "the kind with a version": (lambda line: line["payload"].update(type="InferenceStarted.v2"), ["field-renamed"]),
    "the envelope in an object": (_with_envelope_apart, ["field-moved"]),
    "the line two objects deep": (_two_objects_deep, ["field-moved", "field-moved"]),
    "the line as a text": (_as_text, ["field-moved"]),
    "the payload as a text": (lambda line: line.update(payload=json.dumps(line["payload"])), ["field-retyped"]),
    "the payload in an object": (lambda line: line.update(payload={"event": line["payload"]}), ["field-moved"]),
    "the payload as a pair": (_as_pair, ["field-retyped"]),
    "time in the payload": (
        lambda line: line["payload"].update(wall_time_unix_ms=line.pop("wall_time_unix_ms")),
        ["field-moved"],
    ),
    "the kind beside all else": (_with_kind_beside, ["field-moved", "field-renamed", "field-moved"]),
    "time in microseconds": (
        lambda line: line.update(unix_us=line.pop("wall_time_unix_ms") * 1000),
        ["field-renamed"],
    ),
    "a reference in an address": (
        lambda line: line["payload"].update(request_payload=_in_address(REF)),
        ["field-renamed"],
    ),
}


@pytest.mark.parametrize("name", SAME_EVENT)
def test_a_change_that_loses_nothing(name: str) -> None:
    change, expected = SAME_EVENT[name]
    line = request()
    change(line)
    found = read(line)
    assert found.event == read(request()).event
    assert codes(found) == expected


COSTS: dict[str, tuple[Callable[[], Json], Callable[[Json], object], str, object, list[str]]] = {
    "no model": (request, lambda line: line["payload"].pop("model"), "payload.model", "?", ["field-missing"]),
    "a model that is null": (
        request,
        lambda line: line["payload"].update(model=None),
        "payload.model",
        "?",
        ["field-missing"],
    ),
    "a model that is no text": (
        request,
        lambda line: line["payload"].update(model=[1, 2]),
        "payload.model",
        "?",
        ["field-unreadable"],
    ),
    "an id that is a number": (
        request,
        lambda line: line["payload"].update(inference_call_id=12),
        "payload.inference_call_id",
        "12",
        ["field-retyped"],
    ),
    "no id at all": (
        request,
        lambda line: line["payload"].pop("inference_call_id"),
        "payload.inference_call_id",
        "?7",
        ["field-missing"],
    ),
    "a turn that nothing names": (
        request,
        lambda line: (line["payload"].pop("codex_turn_id"), line.pop("codex_turn_id")),
        "payload.codex_turn_id",
        "?T",
        ["field-missing"],
    ),
    "no number": (request, lambda line: line.pop("seq"), "seq", 7, ["field-missing"]),
    "no time": (
        request,
        lambda line: line.pop("wall_time_unix_ms"),
        "wall_time_unix_ms",
        None,
        ["field-missing"],
    ),
    "a reference that is an id": (
        request,
        lambda line: line["payload"].update(request_payload="raw_payload:4"),
        "payload.request_payload",
        RawPayloadRef("raw_payload:4", PayloadKind("?")),
        ["field-retyped"],
    ),
    "a number that is too large": (
        request,
        lambda line: line.update(seq=2**64),
        "seq",
        7,
        ["field-unreadable"],
    ),
    "a time in parts": (
        request,
        lambda line: line.update(wall_time_unix_ms={"secs": 1, "nanos": 2}),
        "wall_time_unix_ms",
        None,
        ["field-unreadable"],
    ),
    "two foreign ids for one": (
        request,
        lambda line: line["payload"].update(a_id=line["payload"].pop("inference_call_id"), b_id="B"),
        "payload.inference_call_id",
        "?7",
        ["field-missing"],
    ),
    "a reference of another kind": (
        request,
        lambda line: line["payload"].update(frame={**line["payload"].pop("request_payload"), "kind": {"type": "x"}}),
        "payload.request_payload",
        RawPayloadRef("?7", PayloadKind("?")),
        ["field-missing"],
    ),
    "a summary that is a text": (
        call,
        lambda line: line["payload"].update(summary="look"),
        "payload.summary",
        GenericSummary("look"),
        ["field-retyped"],
    ),
    "a summary in another spelling": (
        call,
        lambda line: (
            line["payload"].pop("kind"),
            line["payload"].update(summary={"type": "generic", "label": "l", "inputPreview": "i"}),
        ),
        "payload.summary",
        GenericSummary("l", "i"),
        ["field-missing", "field-renamed"],
    ),
    "the payload names the thread": (request, _moved_to_payload, "thread_id", "T", ["field-moved"]),
    "no requester": (
        call,
        lambda line: line["payload"].pop("requester"),
        "payload.requester",
        Unrecorded(),
        ["field-missing"],
    ),
    "a requester that is a word": (
        call,
        lambda line: line["payload"].update(requester="model"),
        "payload.requester",
        ModelRequester(),
        ["field-retyped"],
    ),
    "a requester named by its only member": (
        call,
        lambda line: line["payload"].update(requester={"code_cell": {"runtime_cell_id": 3}}),
        "payload.requester",
        CodeCellRequester("3"),
        ["field-retyped"],
    ),
    "a new sort of requester": (
        call,
        lambda line: line["payload"].update(requester={"type": "cron"}),
        "payload.requester",
        Unrecorded(),
        ["word-unknown"],
    ),
    "a new kind of tool": (
        call,
        lambda line: line["payload"].update(kind={"type": "browser", "url": "u"}),
        "payload.kind.type",
        "browser",
        ["word-unknown"],
    ),
    "a kind of tool without what it needs": (
        call,
        lambda line: line["payload"].update(kind={"type": "mcp", "server": "s"}),
        "payload.kind.tool",
        "?",
        [],
    ),
}


@pytest.mark.parametrize("name", COSTS)
def test_a_change_costs_the_field_it_touches(name: str) -> None:
    make, change, path, expected, found_codes = COSTS[name]
    line = make()
    change(line)
    found = read(line)
    value: Any = found.event
    for step in path.split("."):
        value = getattr(value, step)
    assert value == expected
    assert codes(found) == found_codes


def test_a_line_inside_another_object_is_read() -> None:
    found = read({"record": request(), "crc": 3})

    assert (found.event, codes(found)) == (read(request()).event, ["field-moved"])


def test_a_prompt_is_known_by_its_kind() -> None:
    prompt = {"raw_payload_id": "raw_payload:5", "kind": {"type": "prepared_prompt"}, "shard": 1}
    line = request()
    line["schema_version"] = 3
    line["payload"]["prompt"] = prompt

    found = read(line)

    assert codes(found) == ["field-renamed"]
    assert found.event.payload.prepared_prompt_payload.raw_payload_id == "raw_payload:5"  # type: ignore[union-attr]


def test_the_rest_of_a_changed_event_is_kept() -> None:
    line = call()
    del line["payload"]["summary"]
    payload = read(line).event.payload
    assert isinstance(payload, ToolCallStarted)
    assert (payload.tool_call_id, payload.kind.tool, payload.requester) == ("C", "t", ModelRequester())


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("paused_by_policy", "paused_by_policy"),
        ("Completed", "completed"),
        ({"failed": {"code": 1}}, "failed"),
        ({"type": "aborted"}, "aborted"),
        (None, "?"),
        ([], "?"),
    ],
)
def test_a_status_of_another_shape_is_never_an_invented_one(status: object, expected: str) -> None:
    payload = read(_line({"type": "tool_call_ended", "tool_call_id": "C", "status": status})).event.payload
    assert payload.status == expected  # type: ignore[union-attr]  # the kind has one


@pytest.mark.parametrize(
    ("version", "expected"),
    [("3.1", 3), ("v4", 4), ("4.0.0", 4), ("2026-12", 2026), ({"major": 2, "minor": 1}, 2), ("next", None)],
)
def test_first_number_of_a_version_is_the_schema(version: object, expected: int | None) -> None:
    assert read({**request(), "schema_version": version}).event.schema_version == expected


def test_kind_of_a_payload_is_no_tool() -> None:
    runtime = {"rawPayloadId": "raw_payload:5", "kind": {"type": "tool_runtime_event"}, "path": "payloads/5.json"}
    line = _line({"type": "tool_call_runtime_started", "toolCallId": "C", "runtimePayload": runtime})

    payload = read(line).event.payload

    assert isinstance(payload, ToolCallRuntimeStarted)
    assert (payload.kind, payload.runtime_payload.raw_payload_id) == (None, "raw_payload:5")


def test_kind_of_tool_is_found_under_its_name() -> None:
    line = call()
    line["payload"]["kind"] = {"namespace": "codex", "tool": "spawn_agent"}

    payload = read(line).event.payload

    assert isinstance(payload, ToolCallStarted)
    assert payload.kind.type == "spawn_agent"


def test_one_reference_stands_for_a_list() -> None:
    line = read(_line({"type": "other", "kind": "k", "summary": "s", "payloads": REF}))
    assert isinstance(line.event.payload, OtherEvent)
    assert [ref.raw_payload_id for ref in line.event.payload.payloads] == ["raw_payload:4"]


def test_references_of_an_unknown_event_are_found() -> None:
    payload = {"type": "frame_observed", "frames": [{"body": REF}], "note": "raw_payload:5"}
    found = read(_line(payload)).event.payload
    assert isinstance(found, UnknownEvent)
    assert [(ref.raw_payload_id, ref.path) for ref in found.payload_refs()] == [("raw_payload:4", "payloads/4.json")]


def test_the_same_change_is_the_same_kind_in_every_event() -> None:
    numbered, other = request(), call()
    numbered["payload"]["inference_call_id"] = 1
    other["payload"]["tool_call_id"] = 2
    first, second = read(numbered).oddities[0], read(other).oddities[0]
    assert (first.code, first.name) == (second.code, second.name)
    assert first.message != second.message


def test_parts_of_another_shape_keep_their_places() -> None:
    line = request()
    line["payload"]["request_payload"] |= {"parts": ["raw_payload:1", [], {"raw_payload_id": "raw_payload:3"}]}
    payload: Any = read(line).event.payload
    assert [part.raw_payload_id for part in payload.request_payload.parts] == ["raw_payload:1", "?7", "raw_payload:3"]


def test_names_that_were_found_elsewhere_are_known() -> None:
    line = request()
    _flattened(line)
    line["mood"] = 1
    assert unknown_fields(json.dumps(line).encode()) == ["envelope.mood"]


def test_every_kind_of_event_can_be_read_from_nothing() -> None:
    """Whatever fields a new kind gets, the table of readers covers their types."""
    for kind in EVENT_TYPES:
        line = read(_line({"type": kind, "unheard": 1}))
        assert line.event.payload.kind_name == kind
        assert msgspec.json.encode(line.event.payload)
