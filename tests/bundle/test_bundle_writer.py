"""What a recording of schema 2 guarantees on disk (bundle format §7), byte by byte."""

from __future__ import annotations

import json
import os
from pathlib import Path

import msgspec
import pytest

from tests.bundle.recording import new_writer, record_start
from tui.bundle.open import open_bundle
from tui.bundle.write.writer import BundleWriter, RecordingStoppedError
from tui.schema.decode import EventLine, decode_line
from tui.schema.events import (
    EVENT_TYPES,
    AgentResultObserved,
    HistoryItemAccepted,
    InferenceCompleted,
    OtherEvent,
    RecordingCompleted,
    RolloutEnded,
    ToolCallKind,
    ToolCallRuntimeStarted,
    UnknownEvent,
)
from tui.schema.payloads import PayloadKind, RawPayloadRef


@pytest.fixture
def writer(tmp_path: Path) -> BundleWriter:
    return new_writer(tmp_path / "b", schema_version=2)


def lines_of(writer: BundleWriter) -> list[bytes]:
    return (writer.path / "trace.jsonl").read_bytes().splitlines(keepends=True)


def test_the_manifest_is_there_before_any_event(writer: BundleWriter) -> None:
    assert (writer.path / "manifest.json").read_text() == (
        "{\n"
        '  "schema_version": 2,\n'
        '  "trace_id": "trace-1",\n'
        '  "rollout_id": "root",\n'
        '  "root_thread_id": "root",\n'
        '  "started_at_unix_ms": 1000,\n'
        '  "raw_event_log": "trace.jsonl",\n'
        '  "payloads_dir": "payloads"\n'
        "}"
    )
    assert lines_of(writer) == []
    assert open_bundle(writer.path).manifest == writer.manifest


def test_lines_look_like_a_recorders(writer: BundleWriter) -> None:
    record_start(writer)

    assert lines_of(writer)[1:] == [
        b'{"schema_version":2,"seq":2,"wall_time_unix_ms":1002,"rollout_id":"root","thread_id":null,"codex_turn_id":null,'
        b'"payload":{"type":"thread_started","thread_id":"root","agent_path":"/root","metadata_payload":'
        b'{"raw_payload_id":"raw_payload:1","kind":{"type":"session_metadata"},"path":"payloads/1.json"}}}\n',
        b'{"schema_version":2,"seq":3,"wall_time_unix_ms":1003,"rollout_id":"root","thread_id":"root",'
        b'"codex_turn_id":"turn-1","payload":{"type":"codex_turn_started","codex_turn_id":"turn-1","thread_id":"root"}}\n',
    ]


def test_payloads_are_numbered_and_printed_like_a_recorders(writer: BundleWriter) -> None:
    first = writer.write_payload("tool_result", {"a": [1, {}], "b": None, "text": "é"})
    second = writer.write_payload("protocol_event", b"not even JSON")

    assert first == RawPayloadRef("raw_payload:1", PayloadKind("tool_result"), "payloads/1.json")
    assert second.path == "payloads/2.json"
    assert first.path is not None
    assert (writer.path / first.path).read_text(encoding="utf-8") == (
        '{\n  "a": [\n    1,\n    {}\n  ],\n  "b": null,\n  "text": "é"\n}'
    )
    assert (writer.path / second.path).read_bytes() == b"not even JSON"


@pytest.mark.parametrize(
    ("event", "body"),
    [
        (HistoryItemAccepted(item_id="i"), {"type": "history_item_accepted", "item_id": "i"}),
        (
            AgentResultObserved(
                edge_id="e", child_thread_id="c", child_codex_turn_id="u", parent_thread_id="p", message="m"
            ),
            {
                "type": "agent_result_observed",
                "edge_id": "e",
                "child_thread_id": "c",
                "child_codex_turn_id": "u",
                "parent_thread_id": "p",
                "message": "m",
                "carried_payload": None,
            },
        ),
        (
            ToolCallRuntimeStarted(
                tool_call_id="t", runtime_payload=RawPayloadRef("raw_payload:1", PayloadKind("k"), "payloads/1.json")
            ),
            {
                "type": "tool_call_runtime_started",
                "tool_call_id": "t",
                "runtime_payload": {
                    "raw_payload_id": "raw_payload:1",
                    "kind": {"type": "k"},
                    "path": "payloads/1.json",
                },
            },
        ),
        (UnknownEvent("quantum", b'{"type":"quantum","level":11}'), {"type": "quantum", "level": 11}),
        ({"type": "rollout_ended"}, {"type": "rollout_ended"}),
    ],
    ids=[
        "accepted without message",
        "null where a recorder writes null",
        "start of an old recorder",
        "unknown",
        "damaged",
    ],
)
def test_unset_fields_are_null_except_where_recorders_leave_them_out(
    writer: BundleWriter, event: object, body: dict[str, object]
) -> None:
    writer.append(event)  # type: ignore[arg-type]

    assert json.loads(lines_of(writer)[0])["payload"] == body


@pytest.mark.parametrize(
    "event",
    [
        OtherEvent(kind="k", summary="s", payloads=[], metadata={"a": [None, 1.5]}),
        HistoryItemAccepted(
            item_id="i", agent_message_payload=RawPayloadRef("raw_payload:1", PayloadKind("k"), "payloads/1.json")
        ),
        ToolCallRuntimeStarted(
            tool_call_id="t",
            runtime_payload=RawPayloadRef("raw_payload:1", PayloadKind("k"), "payloads/1.json"),
            kind=ToolCallKind("other", name="exec"),
        ),
        InferenceCompleted(
            inference_call_id="c",
            response_payload=RawPayloadRef("raw_payload:1", PayloadKind("k"), "payloads/1.json"),
            response_id="r",
        ),
        UnknownEvent("quantum", b'{"type":"quantum"}'),
    ],
    ids=lambda event: type(event).__name__,
)
def test_what_is_written_is_read_back(writer: BundleWriter, event: object) -> None:
    writer.append(event, thread_id="t", at_unix_ms=-5)  # type: ignore[arg-type]

    line = decode_line(lines_of(writer)[0], 1)
    assert isinstance(line, EventLine)
    assert line.event.payload == event
    assert (line.event.seq, line.event.wall_time_unix_ms, line.event.thread_id) == (1, -5, "t")


def test_the_tag_comes_first_in_every_kind(writer: BundleWriter) -> None:
    """A person who greps the log looks for it there."""
    for kind, event_type in EVENT_TYPES.items():
        fields = dict.fromkeys(event_type.__struct_fields__)
        assert writer.encode(event_type(**fields)).split(b'"payload":')[1].startswith(b'{"type":"%s"' % kind.encode())


def test_seq_counts_without_a_gap(writer: BundleWriter) -> None:
    assert [writer.append(RolloutEnded(status="completed")) for _ in range(3)] == [1, 2, 3]


def test_an_event_that_cannot_be_written_as_json_takes_no_seq(writer: BundleWriter) -> None:
    with pytest.raises(TypeError):
        writer.append({"type": "other", "metadata": object()})

    assert writer.append(RolloutEnded(status="completed")) == 1


def test_each_event_is_one_write_and_at_once_on_disk(writer: BundleWriter, monkeypatch: pytest.MonkeyPatch) -> None:
    writes: list[bytes] = []
    really_write = os.write

    def seen(descriptor: int, data: bytes) -> int:
        writes.append(bytes(data))
        return really_write(descriptor, data)

    monkeypatch.setattr(os, "write", seen)
    writer.append(RolloutEnded(status="completed"))

    assert writes == lines_of(writer)


def test_nothing_is_recorded_after_a_failed_write(writer: BundleWriter, monkeypatch: pytest.MonkeyPatch) -> None:
    record_start(writer)
    before = lines_of(writer)

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(OSError, match="No space left"):
        writer.append(RolloutEnded(status="completed"))
    monkeypatch.undo()

    with pytest.raises(RecordingStoppedError, match="No space left on device"):
        writer.append(RecordingCompleted())
    with pytest.raises(RecordingStoppedError):
        writer.write_payload("tool_result", {})
    assert lines_of(writer) == before
    assert not (writer.path / "payloads" / "2.json").exists()


def test_nothing_follows_the_completed_recording(writer: BundleWriter) -> None:
    writer.append(RecordingCompleted())

    with pytest.raises(RecordingStoppedError, match="complete"):
        writer.append(RolloutEnded(status="completed"))


def test_a_closed_writer_refuses(tmp_path: Path) -> None:
    with new_writer(tmp_path / "b") as writer:
        record_start(writer)

    with pytest.raises(RecordingStoppedError, match="closed"):
        writer.append(RolloutEnded(status="completed"))
    assert len(lines_of(writer)) == 3


def test_an_existing_bundle_is_never_written_into(writer: BundleWriter) -> None:
    record_start(writer)
    before = lines_of(writer)

    with pytest.raises(FileExistsError, match="is not empty"):
        new_writer(writer.path)
    assert lines_of(writer) == before


def test_an_empty_directory_may_be_used(tmp_path: Path) -> None:
    with BundleWriter(tmp_path) as writer:
        manifest = msgspec.json.decode((tmp_path / "manifest.json").read_bytes())

    assert manifest["rollout_id"] == manifest["root_thread_id"] == writer.manifest.root_thread_id


def test_damage_can_be_written(writer: BundleWriter) -> None:
    line = writer.encode(RolloutEnded(status="completed"))
    writer.append_raw(line[:20])
    writer.append_raw(line[20:])
    writer.next_seq = 9
    writer.append(RolloutEnded(status="failed"))
    writer.write_payload_raw("payloads/deep/7.json", b"late")

    assert [json.loads(line)["seq"] for line in lines_of(writer)] == [1, 9]
    assert (writer.path / "payloads/deep/7.json").read_bytes() == b"late"
