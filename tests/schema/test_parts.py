"""Lists of parts in event lines: read as far as they are new, whatever stands in them."""

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.model.encode import encode_value
from tui.schema.decode import EventLine, decode_line
from tui.schema.events import InferenceStarted, OtherEvent
from tui.schema.parts import PartLists
from tui.schema.payloads import NO_PARTS, FilePlace, NoPlace, RawPayloadRef, ShardPlace


def ref(number: int, **more: object) -> dict[str, object]:
    return {"raw_payload_id": f"raw_payload:{number}", "kind": {"type": "model_item"}, "shard": 1, **more}


def array(refs: list[dict[str, object]], separators: tuple[str, str] = (",", ":")) -> bytes:
    return json.dumps(refs, separators=separators).encode()


def request(seq: int, parts: object, thread: str = "t") -> bytes:
    prompt = {"raw_payload_id": f"raw_payload:{1000 + seq}", "kind": {"type": "prepared_prompt"}, "shard": 1}
    payload = {
        "type": "inference_started",
        "inference_call_id": f"call-{seq}",
        "thread_id": thread,
        "codex_turn_id": "turn",
        "model": "m",
        "provider_name": "p",
        "request_payload": ref(2000 + seq),
        "prepared_prompt_payload": {**prompt, "parts": parts},
    }
    envelope = {"schema_version": 3, "seq": seq, "wall_time_unix_ms": 0, "rollout_id": "r", "thread_id": thread}
    return json.dumps({**envelope, "payload": payload}, separators=(",", ":")).encode()


def prompt_of(data: bytes, parts: PartLists | None = None) -> RawPayloadRef:
    line = decode_line(data, 1, parts)
    assert isinstance(line, EventLine), line
    assert isinstance(line.event.payload, InferenceStarted)
    assert line.event.payload.prepared_prompt_payload is not None
    return line.event.payload.prepared_prompt_payload


@given(
    st.lists(
        st.tuples(st.lists(st.integers(0, 5), max_size=8), st.sampled_from([(",", ":"), (", ", ": ")])), max_size=8
    )
)
def test_any_lists_after_each_other_read_alike(lists: list[tuple[list[int], tuple[str, str]]]) -> None:
    reader = PartLists()
    for numbers, separators in lists:
        refs = [ref(number) for number in numbers]
        found = reader.read(array(refs, separators), "s")
        assert [one.raw_payload_id for one in found] == [one["raw_payload_id"] for one in refs]


def test_longer_list_shares_its_beginning() -> None:
    reader = PartLists()
    first = prompt_of(request(1, [ref(1), ref(2)]), reader).parts
    second = prompt_of(request(2, [ref(1), ref(2), ref(3)]), reader).parts
    other = prompt_of(request(3, [ref(1), ref(9)], thread="other"), reader).parts
    changed = prompt_of(request(4, [ref(1), ref(7), ref(3)]), reader).parts
    assert [one.raw_payload_id[12:] for one in second] == ["1", "2", "3"]
    assert [one.raw_payload_id[12:] for one in changed] == ["1", "7", "3"]
    assert [one.raw_payload_id[12:] for one in first] == ["1", "2"]
    assert second[0] is first[0]
    assert changed[0] is first[0]
    assert other[0] is not first[0]


def test_parts_of_parts_are_references() -> None:
    picture = {"raw_payload_id": "raw_payload:7", "kind": {"type": "content_value"}, "shard": 2}
    (item,) = prompt_of(request(1, [ref(5, parts=[picture])])).parts
    assert item.parts == [
        RawPayloadRef("raw_payload:7", msgspec.convert({"type": "content_value"}, type(item.kind)), shard=2)
    ]


@pytest.mark.parametrize("parts", [None, 1, {}, [1], [{"raw_payload_id": "x"}], ["raw_payload:1"]])
def test_parts_of_another_shape_are_noted(parts: object) -> None:
    line = decode_line(request(1, parts), 1)
    assert isinstance(line, EventLine)
    assert any("parts" in oddity.message for oddity in line.oddities)


def test_empty_parts_count_as_absent() -> None:
    assert prompt_of(request(1, [])).parts is NO_PARTS


def test_reference_is_written_as_it_was_read() -> None:
    picture = {"raw_payload_id": "raw_payload:7", "kind": {"type": "content_value"}, "shard": 2}
    parts = [ref(5, parts=[picture]), ref(6)]
    whole = {"raw_payload_id": "raw_payload:1001", "kind": {"type": "prepared_prompt"}, "shard": 1, "parts": parts}
    assert json.loads(encode_value(prompt_of(request(1, parts)))) == whole


@pytest.mark.parametrize(
    ("where", "place", "label"),
    [
        ({"path": "payloads/3.json"}, FilePlace("payloads/3.json"), "payloads/3.json"),
        ({"shard": 4}, ShardPlace(4), "raw_payload:3"),
        ({"shard": 4, "path": "payloads/3.json"}, ShardPlace(4), "raw_payload:3"),
        ({"shard": None}, NoPlace(), "raw_payload:3"),
        ({}, NoPlace(), "raw_payload:3"),
    ],
)
def test_place_is_what_the_reference_names(where: dict[str, object], place: object, label: str) -> None:
    found = msgspec.convert({"raw_payload_id": "raw_payload:3", "kind": {"type": "x"}, **where}, RawPayloadRef)
    assert (found.place, found.label) == (place, label)


def test_parts_in_lists_of_payloads_are_lists() -> None:
    envelope = {"schema_version": 3, "seq": 1, "wall_time_unix_ms": 10**12, "rollout_id": "r", "thread_id": "t"}
    payload = {"type": "other", "kind": "k", "summary": "s", "payloads": [ref(1), ref(2, parts=[ref(3)])]}
    data = json.dumps({**envelope, "codex_turn_id": None, "payload": payload}, separators=(",", ":")).encode()
    line = decode_line(data, 1)
    assert isinstance(line, EventLine)
    assert isinstance(line.event.payload, OtherEvent)
    assert line.oddities == ()
    found = line.event.payload.payloads
    assert [[part.raw_payload_id for part in one.parts] for one in found] == [[], ["raw_payload:3"]]


FOREIGN: dict[str, str] = {
    "in camel case": '[{"rawPayloadId":"raw_payload:1","kind":{"type":"model_item"},"shard":1}]',
    "with a bare id": '[{"id":"raw_payload:1","kind":{"type":"model_item"},"shard":1}]',
    "nested": '[{"RawPayloadId":"raw_payload:1","Kind":{"type":"model_item"},"Shard":1,"Parts":[]}]',
    "with blanks": '[{"rawPayloadId" : "raw_payload:1", "kind":{"type":"model_item"},"shard":1}]',
}


@pytest.mark.parametrize("name", FOREIGN)
def test_parts_of_other_names_are_read(name: str) -> None:
    ref = (
        '{"raw_payload_id":"raw_payload:8","kind":{"type":"inference_request"},"shard":1,"parts":' + FOREIGN[name] + "}"
    )
    ids = '"inference_call_id":"I","thread_id":"T","codex_turn_id":"U","model":"m","provider_name":"p"'
    payload = f'{{"type":"inference_started",{ids},"request_payload":{ref}}}'
    envelope = '"schema_version":2,"seq":1,"wall_time_unix_ms":1700000000000,"rollout_id":"R"'
    found = decode_line(f'{{{envelope},"thread_id":"T","codex_turn_id":"U","payload":{payload}}}'.encode(), 1)

    assert isinstance(found, EventLine)
    assert isinstance(found.event.payload, InferenceStarted)
    (part,) = found.event.payload.request_payload.parts
    assert (part.raw_payload_id, part.kind.type, part.shard) == ("raw_payload:1", "model_item", 1)
    assert [oddity.code for oddity in found.oddities] == ["field-renamed"]
