"""Lines of schema 3 with the records that they need: live, late, cut and finished."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.bundle.recording import ticking_clock
from tui.bundle.batch import BundleBatchReader
from tui.bundle.open import open_bundle
from tui.bundle.payloads.awaited import Patience
from tui.bundle.payloads.store import PayloadStore
from tui.bundle.write.writer import BundleWriter
from tui.commands.replay_log import LogReplay
from tui.schema.decode import EventLine
from tui.schema.events import InferenceStarted, RecordingCompleted, ThreadStarted
from tui.schema.payloads import PayloadKind, RawPayloadRef, shard_path
from tui.source.batch import TraceBatch
from tui.source.fault import PayloadFault
from tui.source.late import LatePayloads
from tui.source.reading import read_batches


@pytest.fixture
def writer(tmp_path: Path) -> BundleWriter:
    return BundleWriter(
        tmp_path / "b", root_thread_id="root", trace_id="trace-1", clock=ticking_clock(), schema_version=3
    )


def request(writer: BundleWriter, number: int) -> None:
    """A request of so many items, with its prompt."""
    items = [{"type": "message", "id": f"m{item}", "text": "x" * 40} for item in range(number)]
    writer.append(
        InferenceStarted(
            inference_call_id=f"i{number}",
            thread_id="root",
            codex_turn_id="turn",
            model="m",
            provider_name="p",
            request_payload=writer.write_payload("inference_request", {"input": items}),
            prepared_prompt_payload=writer.write_prompt({"input": items}),
        ),
        thread_id="root",
        codex_turn_id="turn",
    )


def start_thread(writer: BundleWriter, metadata: RawPayloadRef) -> None:
    writer.append(ThreadStarted(thread_id="root", agent_path="/root", metadata_payload=metadata))


def prompts(batches: list[TraceBatch]) -> list[RawPayloadRef]:
    found = []
    for batch in batches:
        for line in batch.lines:
            assert isinstance(line, EventLine)
            assert isinstance(line.event.payload, InferenceStarted)
            ref = line.event.payload.prepared_prompt_payload
            assert ref is not None
            found.append(ref)
    return found


def test_a_request_comes_with_its_body(writer: BundleWriter) -> None:
    request(writer, 1)

    (batch,) = read_batches(open_bundle(writer.path), PayloadStore(writer.path))

    assert batch.payloads["raw_payload:1"] == b'{"input":[{"type":"message","id":"m0","text":"' + b"x" * 40 + b'"}]}'


def test_prompts_of_a_log_share_their_parts(writer: BundleWriter) -> None:
    for number in range(1, 5):
        request(writer, number)
    bundle = open_bundle(writer.path)
    replay = LogReplay(bundle)

    from_batches = prompts(list(read_batches(bundle, PayloadStore(writer.path))))
    lines = [replay.decode(raw) for raw in replay.lines()]

    replayed = [line.event.payload.prepared_prompt_payload for line in lines]  # type: ignore[union-attr]  # all requests
    for found in (from_batches, replayed):
        assert [len(ref.parts) for ref in found] == [1, 2, 3, 4]
        assert all(ref.parts[0] is found[0].parts[0] for ref in found)


def test_a_line_waits_for_its_record(writer: BundleWriter) -> None:
    now = 0.0

    def clock() -> float:
        return now

    store = PayloadStore(writer.path)
    reader = BundleBatchReader(open_bundle(writer.path), store, patience=Patience(2.0, clock))
    reader.next()
    late = RawPayloadRef("raw_payload:9", PayloadKind("session_metadata"), shard=1)
    start_thread(writer, late)

    waiting = reader.next()
    assert waiting is not None
    assert (waiting.lines, waiting.awaited) == ([], ("raw_payload:9",))

    writer.write_record_raw("raw_payload:9", b"{zzz")
    arrived = reader.next()
    assert arrived is not None
    assert arrived.payloads == {"raw_payload:9": b"{zzz"}


def test_a_record_that_comes_too_late_is_noticed(writer: BundleWriter) -> None:
    store = PayloadStore(writer.path)
    late = LatePayloads(store)
    writer.write_record_raw("raw_payload:1", b"{}")
    late.note([RawPayloadRef("raw_payload:2", PayloadKind("session_metadata"), shard=1)])

    assert late.arrived() == []
    writer.write_record_raw("raw_payload:2", b"{}")
    assert late.arrived() == ["raw_payload:2"]


@pytest.fixture
def finished(writer: BundleWriter) -> BundleWriter:
    """Two shards, requests that share items, and the end."""
    start_thread(writer, writer.write_payload("session_metadata", {"model": "m"}))
    request(writer, 1)
    writer.end_shard_raw()
    request(writer, 3)
    writer.append(RecordingCompleted())
    writer.close()
    return writer


def named(path: Path) -> list[RawPayloadRef]:
    """Every payload of a bundle that its events name, parts included."""
    store = PayloadStore(path)
    refs: list[RawPayloadRef] = []
    for batch in read_batches(open_bundle(path), store):
        for line in batch.lines:
            assert isinstance(line, EventLine)
            for ref in line.event.payload.payload_refs():
                refs += [ref, *ref.parts]
    return refs


@pytest.mark.parametrize("number", [1, 2])
def test_a_shard_cut_anywhere_shows_only_true_bodies(finished: BundleWriter, number: int) -> None:
    refs, whole = named(finished.path), PayloadStore(finished.path)
    bodies = {ref.raw_payload_id: whole.read(ref) for ref in refs}
    path = finished.path / shard_path(number)
    data = path.read_bytes()
    growing, count = PayloadStore(finished.path), 0
    path.write_bytes(b"")

    for byte in data:
        with path.open("ab") as file:
            file.write(bytes([byte]))
        cut = PayloadStore(finished.path)
        read = {ref.raw_payload_id: cut.read(ref) for ref in refs}
        assert {ref.raw_payload_id: growing.read(ref) for ref in refs} == read
        shown = {payload_id: body for payload_id, body in read.items() if not isinstance(body, PayloadFault)}
        assert shown.items() <= bodies.items()
        assert len(shown) >= count
        count = len(shown)

    assert count == len(bodies)


def test_a_line_and_its_records_come_byte_by_byte(tmp_path: Path) -> None:
    """However the log and the shards are torn, the lines and bodies are those of the whole bundle."""
    source = tmp_path / "source"
    copy = tmp_path / "copy"
    pending: list[tuple[str, bytes]] = []

    def note(descriptor: int, data: bytes) -> None:
        inode = os.fstat(descriptor).st_ino
        (name,) = (path for path in source.rglob("*.*") if path.stat().st_ino == inode)
        pending.append((str(name.relative_to(source)), data))
        os.write(descriptor, data)

    writer = BundleWriter(
        source, root_thread_id="root", trace_id="t", clock=ticking_clock(), schema_version=3, write=note
    )
    start_thread(writer, writer.write_payload("session_metadata", {"model": "m"}))
    request(writer, 2)
    writer.append(RecordingCompleted())
    (copy / "payloads").mkdir(parents=True)
    (copy / "manifest.json").write_bytes((source / "manifest.json").read_bytes())

    reader = BundleBatchReader(open_bundle(copy), PayloadStore(copy), patience=Patience(2.0, lambda: 0.0))
    bodies: dict[str, bytes | PayloadFault] = {}
    kinds: list[str] = []
    for name, data in pending:
        for byte in data:
            with (copy / name).open("ab") as file:
                file.write(bytes([byte]))
            while batch := reader.next():
                assert not batch.awaited
                bodies |= batch.payloads
                kinds += [line.event.payload.kind_name for line in batch.lines if isinstance(line, EventLine)]

    expected = list(read_batches(open_bundle(source), PayloadStore(source)))
    assert kinds == ["thread_started", "inference_started", "recording_completed"]
    assert bodies == {payload_id: body for batch in expected for payload_id, body in batch.payloads.items()}
    assert not any(isinstance(body, PayloadFault) for body in bodies.values())
