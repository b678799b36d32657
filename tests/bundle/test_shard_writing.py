"""What a recording of schema 3 looks like on disk (schema 3 notes §2.1, §2.2, §3), byte by byte."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path

import pytest

from tests.bundle.recording import new_writer, record_start
from tests.bundle.shards import all_records, all_shards, read_shard
from tui.bundle.write import shard_writer
from tui.bundle.write import writer as writing
from tui.bundle.write.shard_writer import write_all
from tui.bundle.write.writer import BundleWriter, RecordingStoppedError
from tui.schema.decode import EventLine, decode_line
from tui.schema.events import InferenceStarted, ProtocolEventObserved, RecordingCompleted, RolloutEnded
from tui.schema.payloads import PayloadKind, RawPayloadRef
from tui.schema.sequence import SharedSequence

PICTURE = "data:image/png;base64,iVBORw0KGgo="
HEAD = 23
"""Bytes before a body: two lengths (2 and 8) and an id like `raw_payload:1`."""


@pytest.fixture
def writer(tmp_path: Path) -> BundleWriter:
    return new_writer(tmp_path / "b")


def shard(writer: BundleWriter, number: int = 1) -> Path:
    return writer.path / f"payloads/{number:06}.zst"


def ref(number: int, kind: str, at: int = 1, parts: list[RawPayloadRef] | None = None) -> RawPayloadRef:
    place = RawPayloadRef(f"raw_payload:{number}", PayloadKind(kind), shard=at)
    return RawPayloadRef(place.raw_payload_id, place.kind, shard=at, parts=SharedSequence(parts)) if parts else place


def test_payloads_become_compact_records_of_a_shard(writer: BundleWriter) -> None:
    first = writer.write_payload("tool_result", {"a": [1, {}], "text": "é"})
    second = writer.write_payload("protocol_event", b"not even JSON")

    assert (first, second) == (ref(1, "tool_result"), ref(2, "protocol_event"))
    assert list(read_shard(shard(writer)).records.items()) == [
        ("raw_payload:1", '{"a":[1,{}],"text":"é"}'.encode()),
        ("raw_payload:2", b"not even JSON"),
    ]
    assert [path.name for path in (writer.path / "payloads").iterdir()] == ["000001.zst"]


def test_lines_name_the_shard(writer: BundleWriter) -> None:
    record_start(writer)

    line = (writer.path / "trace.jsonl").read_bytes().splitlines()[1]
    assert line.endswith(
        b'"metadata_payload":{"raw_payload_id":"raw_payload:1","kind":{"type":"session_metadata"},"shard":1}}}'
    )
    assert line.startswith(b'{"schema_version":3,')


def test_the_frame_has_a_checksum_and_no_size(writer: BundleWriter) -> None:
    writer.write_payload("tool_result", {})

    magic, descriptor, window = b"\x28\xb5\x2f\xfd", b"\x04", b"\x58"  # window: 2 MiB, that of level 3
    assert shard(writer).read_bytes().startswith(magic + descriptor + window)


def test_each_record_decodes_while_the_shard_is_open(writer: BundleWriter) -> None:
    for number in range(1, 6):
        writer.write_payload("tool_result", {"number": number})
        open_shard = read_shard(shard(writer))
        assert (len(open_shard.records), open_shard.rest, open_shard.is_ended) == (number, b"", False)


@pytest.mark.parametrize(
    ("bodies", "shards"),
    [
        ([8_388_608 - 2 * HEAD - 1, 1], [1, 1]),
        ([8_388_608 - 2 * HEAD, 1], [1, 2]),
        ([9_000_000, 1], [1, 2]),
        ([1, 9_000_000, 1], [1, 2, 3]),
        ([1, 1, 9_000_000, 9_000_000], [1, 1, 2, 3]),
    ],
    ids=["just fits", "one byte more", "larger alone", "larger in between", "two larger ones"],
)
def test_a_full_shard_gives_way_to_the_next(writer: BundleWriter, bodies: list[int], shards: list[int]) -> None:
    assert [writer.write_payload("tool_result", b" " * size).shard for size in bodies] == shards
    assert [found.is_ended for found in all_shards(writer.path)] == [True] * (shards[-1] - 1) + [False]


def test_pictures_get_shards_of_their_own(writer: BundleWriter) -> None:
    writer.write_payload("tool_result", {})
    request = writer.write_payload("inference_request", {"input": [{"image_url": PICTURE, "detail": "high"}]})
    after = writer.write_payload("tool_result", {})

    picture = ref(2, "content_value", at=2)
    assert (request, after) == (ref(3, "inference_request", at=3, parts=[picture]), ref(4, "tool_result", at=3))
    assert [list(found.records) for found in all_shards(writer.path)] == [
        ["raw_payload:1"],
        ["raw_payload:2"],
        ["raw_payload:3", "raw_payload:4"],
    ]
    bodies = all_records(writer.path)
    assert bodies["raw_payload:2"] == f'"{PICTURE}"'.encode()
    assert json.loads(bodies["raw_payload:3"]) == ['{"input":[{"image_url":', ',"detail":"high"}]}']


def test_a_picture_is_recorded_once(writer: BundleWriter) -> None:
    requests = [writer.write_payload("inference_request", {"input": [PICTURE] * count}) for count in (1, 2)]
    result = writer.write_payload("tool_result", {"image_url": PICTURE})

    picture = ref(1, "content_value")
    assert [list(request.parts) for request in requests] == [[picture], [picture, picture]]
    assert PICTURE.encode() in all_records(writer.path)[result.raw_payload_id]  # recorders cut up requests only


def test_prompts_share_their_items(writer: BundleWriter) -> None:
    first = writer.write_prompt({"input": [{"id": "a"}, {"id": "b"}], "tools": []})
    second = writer.write_prompt({"input": [{"id": "a"}, {"id": "b"}, {"id": "c"}], "tools": []})

    a, b, c = ref(1, "model_item"), ref(2, "model_item"), ref(4, "model_item")
    assert first == ref(3, "prepared_prompt", parts=[a, b])
    assert second == ref(5, "prepared_prompt", parts=[a, b, c])
    bodies = all_records(writer.path)
    assert (len(bodies), bodies["raw_payload:4"]) == (5, b'{"id":"c"}')
    assert json.loads(bodies["raw_payload:5"]) == ['{"input":[', ",", ",", '],"tools":[]}']


def test_an_item_with_a_picture_has_parts(writer: BundleWriter) -> None:
    prompt = writer.write_prompt({"tools": [], "input": [{"image_url": PICTURE}]})

    item = ref(2, "model_item", at=2, parts=[ref(1, "content_value")])
    assert prompt == ref(3, "prepared_prompt", at=2, parts=[item])
    assert json.loads(all_records(writer.path)["raw_payload:2"]) == ['{"image_url":', "}"]


def test_an_empty_prompt_is_a_plain_body(writer: BundleWriter) -> None:
    assert writer.write_prompt({"input": []}) == ref(1, "prepared_prompt")
    assert all_records(writer.path) == {"raw_payload:1": b'{"input":[]}'}


def test_schemas_without_prompts_record_none(tmp_path: Path) -> None:
    with BundleWriter(tmp_path, schema_version=2) as writer:
        assert writer.write_prompt({"input": [{}]}) is None

    assert list((tmp_path / "payloads").iterdir()) == []


def test_references_are_read_back_with_their_parts(writer: BundleWriter) -> None:
    event = InferenceStarted(
        inference_call_id="i",
        thread_id="root",
        codex_turn_id="turn-1",
        model="m",
        provider_name="p",
        request_payload=writer.write_payload("inference_request", {"input": [PICTURE]}),
        prepared_prompt_payload=writer.write_prompt({"input": [{"image_url": PICTURE}, {}]}),
    )
    writer.append(event)

    data = (writer.path / "trace.jsonl").read_bytes()
    line = decode_line(data, 1)
    assert isinstance(line, EventLine)
    assert line.event.payload == event
    assert b"warmup_context_payload" not in data


@pytest.mark.parametrize(
    ("kind", "name"), [("inference_request", "input"), ("inference_response", "output_items"), ("tool_result", None)]
)
def test_what_is_too_large_becomes_its_items(
    writer: BundleWriter, monkeypatch: pytest.MonkeyPatch, kind: str, name: str | None
) -> None:
    monkeypatch.setattr(writing, "LARGEST_WHOLE_BYTES", 40)
    value = {"model": "m", name or "list": ["item", "item", "another item"]}

    parts = writer.write_payload(kind, value).parts
    assert list(parts) == ([ref(number, "model_item") for number in (1, 2, 3)] if name else [])  # nothing is shared


def test_the_end_of_the_recording_ends_the_shard_first(tmp_path: Path) -> None:
    writer: BundleWriter
    was_ended: list[bool] = []

    def write(descriptor: int, data: bytes) -> None:
        if b"recording_completed" in data:
            was_ended.append(read_shard(shard(writer)).is_ended)
        write_all(descriptor, data)

    writer = new_writer(tmp_path / "b", write=write)
    record_start(writer)
    writer.append(RecordingCompleted())

    assert was_ended == [True]


def test_a_shard_ends_before_the_next_one_exists(tmp_path: Path) -> None:
    writer: BundleWriter
    written: list[tuple[int, int]] = []

    def write(descriptor: int, data: bytes) -> None:
        written.append((len(list((writer.path / "payloads").iterdir())), len(data)))
        write_all(descriptor, data)

    writer = new_writer(tmp_path / "b", write=write)
    writer.write_payload("tool_result", b" " * 8_388_608)
    writer.write_payload("tool_result", b" ")

    end_bytes = 7  # an empty last block and the checksum
    assert [files for files, _ in written] == [1, 1, 2]
    assert written[1] == (1, end_bytes)


def test_a_long_record_is_written_in_pieces(tmp_path: Path) -> None:
    sizes: list[int] = []

    def write(descriptor: int, data: bytes) -> None:
        sizes.append(len(data))
        write_all(descriptor, data)

    with new_writer(tmp_path / "b", write=write) as writer:
        writer.write_payload("tool_result", os.urandom(70_000))

    assert sizes[:2] == [32_768, 32_768]
    assert sum(sizes) == shard(writer).stat().st_size


def test_a_killed_recorder_leaves_its_shard_open(tmp_path: Path) -> None:
    with new_writer(tmp_path / "b") as writer:
        record_start(writer)

    killed = read_shard(shard(writer))
    assert (list(killed.records), killed.is_ended) == (["raw_payload:1"], False)


def test_a_recording_without_payloads_has_no_shards(writer: BundleWriter) -> None:
    writer.append(RolloutEnded(status="completed"))
    writer.append(RecordingCompleted())

    assert all_shards(writer.path) == []


def test_what_cannot_be_json_takes_no_id(writer: BundleWriter) -> None:
    for value in ({"a": object()}, {"input": [{}, object()]}):
        with pytest.raises(TypeError):
            writer.write_payload("tool_result", value)
        with pytest.raises(TypeError):
            writer.write_prompt({"input": [], **value})

    assert writer.write_payload("tool_result", {}) == ref(1, "tool_result")


def test_nothing_is_recorded_after_a_failed_record(writer: BundleWriter, monkeypatch: pytest.MonkeyPatch) -> None:
    record_start(writer)
    before = {path: path.read_bytes() for path in writer.path.rglob("*") if path.is_file()}

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(OSError, match="No space left"):
        writer.write_payload("tool_result", {})
    monkeypatch.undo()

    for attempt in (
        lambda: writer.write_payload("tool_result", {}),
        lambda: writer.write_prompt({"input": [{}]}),
        lambda: writer.append(RolloutEnded(status="failed")),
        lambda: writer.append(RecordingCompleted()),
        lambda: writer.write_record_raw("raw_payload:9", b"{}"),
    ):
        with pytest.raises(RecordingStoppedError, match="No space left on device"):
            attempt()
    writer.close()
    assert {path: path.read_bytes() for path in writer.path.rglob("*") if path.is_file()} == before


def test_threads_share_a_writer(writer: BundleWriter) -> None:
    def record(thread: int) -> None:
        for number in range(50):
            prompt = writer.write_prompt({"input": [{"number": n} for n in range(number)]})
            assert prompt is not None
            payload = writer.write_payload("protocol_event", {"thread": thread, "number": number})
            writer.append(ProtocolEventObserved(event_type=f"{thread} {number}", event_payload=payload))

    threads = [threading.Thread(target=record, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    bodies = all_records(writer.path)
    assert list(bodies) == [f"raw_payload:{number}" for number in range(1, 4 * 50 * 2 + 49 + 1)]
    events = [json.loads(line) for line in (writer.path / "trace.jsonl").read_bytes().splitlines()]
    assert [event["seq"] for event in events] == list(range(1, 201))
    for event in events:
        body = json.loads(bodies[event["payload"]["event_payload"]["raw_payload_id"]])
        assert event["payload"]["event_type"] == f"{body['thread']} {body['number']}"


def test_damage_can_be_written(writer: BundleWriter) -> None:
    record = shard_writer.record_of("raw_payload:7", b"[1]")
    writer.write_record_raw("", b"an empty id")
    writer.write_record_raw("elsewhere", b"", shard=5)
    writer.write_in_shard_raw(record[:15])
    broken = read_shard(shard(writer, 5))
    writer.write_in_shard_raw(record[15:])
    whole = read_shard(shard(writer, 5))
    writer.end_shard_raw()
    writer.write_in_shard_raw(b"no zstd", is_compressed=True)

    assert read_shard(shard(writer)) == ({"": b"an empty id"}, True, b"")
    assert (list(broken.records), broken.rest, broken.is_ended) == (["elsewhere"], record[:15], False)
    assert (whole.records["raw_payload:7"], whole.rest) == (b"[1]", b"")
    assert shard(writer, 6).read_bytes() == b"no zstd"


def test_an_id_too_long_for_a_record_is_refused(writer: BundleWriter) -> None:
    with pytest.raises(ValueError, match="at most 65,535 bytes, not 65,536"):
        writer.write_record_raw("é" * 32_768, b"")
