"""One line of the log to a value: known, from the future, or no event at all (bundle format §3)."""

from __future__ import annotations

import msgspec
import pytest

from tui.schema.decode import EventLine, MalformedLine, decode_line, unknown_fields
from tui.schema.events import EVENT_TYPES, RolloutEnded, ToolCallRuntimeStarted, UnknownEvent
from tui.schema.manifest import ManifestError, decode_manifest
from tui.schema.needs import always_needed
from tui.schema.repeats import repeated_names
from tui.schema.rules import nearest_schema


def _line(payload: str, envelope: str = '"schema_version":2,"seq":1,"wall_time_unix_ms":-5,"rollout_id":"R"') -> bytes:
    return f'{{{envelope},"thread_id":null,"payload":{payload}}}\r\n'.encode()


def _event(payload: str):
    line = decode_line(_line(payload), 7)
    assert isinstance(line, EventLine)
    assert line.line == 7
    return line.event


def test_every_kind_of_all_schemas_is_known() -> None:
    assert len(EVENT_TYPES) == 30
    assert {"history_item_accepted", "recording_completed", "inference_cancelled", "other"} <= set(EVENT_TYPES)


def test_a_known_event_is_typed() -> None:
    event = _event('{"status":"completed","type":"rollout_ended"}')
    assert event.payload == RolloutEnded(status="completed")
    assert (event.wall_time_unix_ms, event.thread_id) == (-5, None)


def test_an_unknown_kind_is_kept_whole() -> None:
    payload = _event('{"type":"thread_cloned","of":"T"}').payload
    assert payload == UnknownEvent("thread_cloned", b'{"type":"thread_cloned","of":"T"}')


def test_unknown_fields_are_ignored_and_named() -> None:
    line = _line('{"type":"rollout_ended","status":"completed","mood":1}').replace(b'"seq"', b'"host":"h","seq"')
    assert isinstance(decode_line(line, 1), EventLine)
    assert unknown_fields(line) == ["envelope.host", "rollout_ended.mood"]


def test_a_tool_kind_has_the_fields_of_its_kind_only() -> None:
    """The graph repeats the kind; a field that belongs to another one is as unknown as any."""
    kind = '{"type":"mcp","server":"s","tool":"t","name":"n"}'
    tool = '{"type":"tool_call_started","tool_call_id":"x","requester":{"type":"model"}'
    payload = _event(f'{tool},"kind":{kind},"summary":{{"type":"generic","label":"l"}}}}').payload
    assert msgspec.json.encode(payload.kind) == b'{"type":"mcp","server":"s","tool":"t"}'


def test_a_time_beyond_64_bits_is_no_time() -> None:
    envelope = '"schema_version":2,"seq":1,"wall_time_unix_ms":9223372036854775808,"rollout_id":"R"'
    line = decode_line(_line('{"type":"recording_completed"}', envelope), 1)
    assert isinstance(line, EventLine)
    assert line.event.wall_time_unix_ms is None


def test_a_runtime_start_without_kind_is_that_of_an_older_release() -> None:
    ref = '{"raw_payload_id":"raw_payload:1","kind":{"type":"tool_runtime_event"},"path":"payloads/1.json"}'
    payload = _event(f'{{"type":"tool_call_runtime_started","tool_call_id":"x","runtime_payload":{ref}}}').payload
    assert isinstance(payload, ToolCallRuntimeStarted)
    assert payload.kind is None
    assert [ref.path for ref in always_needed(payload, 2)] == ["payloads/1.json"]


@pytest.mark.parametrize("blank", [b"", b"\n", b" \t\r\n"])
def test_blank_lines_hold_nothing(blank: bytes) -> None:
    assert decode_line(blank, 1) is None


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{", "truncated"),
        (b"[1]", "Expected `object`"),
        (_line('{"type":3}'), "in payload"),
        (_line("{}", '"schema_version":2,"seq":"1","wall_time_unix_ms":1,"rollout_id":"R"'), "$.seq"),
        (_line('{"type":"rollout_ended","status":"completed"}').replace(b"thread_id", b"thr\xffad_id"), "utf-8"),
        (b'{"payload":' + b"[" * 5_000, ""),
    ],
    ids=[f"damage {number}" for number in range(6)],
)
def test_what_is_no_event_is_a_value_with_a_reason(line: bytes, reason: str) -> None:
    found = decode_line(line, 3)
    assert isinstance(found, MalformedLine)
    assert reason in found.reason
    assert found.line == 3
    assert line.startswith(found.excerpt)


def test_a_payload_without_a_type_still_tells_its_seq() -> None:
    found = decode_line(_line('{"status":"completed"}'), 1)
    assert isinstance(found, MalformedLine)
    assert found.seq == 1


def test_a_manifest_without_one_of_its_fields_is_none() -> None:
    with pytest.raises(ManifestError, match="missing required field `trace_id`"):
        decode_manifest(b'{"schema_version":2}')


@pytest.mark.parametrize(("version", "nearest"), [(-5, 1), (0, 1), (1, 1), (2, 2), (3, 3), (10**30, 3)])
def test_an_unknown_schema_is_read_by_the_nearest_known_one(version: int, nearest: int) -> None:
    assert nearest_schema(version) == nearest


@pytest.mark.parametrize(
    ("line", "names"),
    [
        (b'{"a":1,"b":{"a":2}}\n', []),
        (b'{ "a" : 1 }', []),
        (b'{"a":1,"a":1}', ["a"]),
        (b'{"a":[{"x":1,"x":2}],"b":1,"b":2}', ["b", "x"]),
        (b'{"a":', []),
    ],
)
def test_a_name_that_stands_twice_is_told(line: bytes, names: list[str]) -> None:
    assert repeated_names(line) == names
