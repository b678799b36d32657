"""A replay records the same session again: the same events, at a pace of one's own, live."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest

from tests.bundle.recording import record_start, ticking_clock
from tests.bundle.shards import all_records, all_shards, read_shard
from tui.bundle.catalog.demos import demo_bundles, demo_descriptions
from tui.bundle.open import open_bundle
from tui.bundle.write.replay import LONGEST_PAUSE_SECONDS, BundleReplay
from tui.bundle.write.writer import BundleWriter
from tui.schema.decode import EventLine, decode_line
from tui.schema.events import InferenceStarted, ProtocolEventObserved, RawTraceEvent, RecordingCompleted
from tui.schema.payloads import PayloadKind, RawPayloadRef


def events(directory: Path) -> list[RawTraceEvent]:
    lines = (directory / "trace.jsonl").read_bytes().splitlines()
    decoded = [decode_line(data, number) for number, data in enumerate(lines, start=1)]
    return [line.event for line in decoded if isinstance(line, EventLine)]


def contents(directory: Path) -> dict[str, object]:
    """Each payload file by its name; of shards what they hold, since other versions of zstd compress differently."""
    paths = sorted((directory / "payloads").iterdir())
    return {path.name: read_shard(path) if path.suffix == ".zst" else path.read_bytes() for path in paths}


def record_session(directory: Path) -> None:
    """Two requests with a picture, so three shards; each event names records of its own."""
    with BundleWriter(
        directory, root_thread_id="root", trace_id="t", clock=ticking_clock(), schema_version=3
    ) as writer:
        record_start(writer)
        history: list[object] = [{"image_url": "data:image/png;base64,AA=="}]
        for name in ("first", "second"):
            request = writer.write_payload("inference_request", {"input": history})
            writer.append(
                InferenceStarted(
                    inference_call_id=name,
                    thread_id="root",
                    codex_turn_id="turn-1",
                    model="m",
                    provider_name="p",
                    request_payload=request,
                    prepared_prompt_payload=writer.write_prompt({"input": history}),
                )
            )
            history.append({"id": name})
        writer.append(RecordingCompleted())


def named_records(directory: Path) -> set[str]:
    log = (directory / "trace.jsonl").read_text()
    return set(re.findall(r'"raw_payload_id":"([^"]+)"', log))


def test_at_speed_0_the_copy_holds_the_same_events_and_payloads(demo_bundle: Path, tmp_path: Path) -> None:
    BundleReplay(open_bundle(demo_bundle), tmp_path / "copy", speed=0).run()
    assert events(tmp_path / "copy") == events(demo_bundle)
    assert open_bundle(tmp_path / "copy").manifest == open_bundle(demo_bundle).manifest
    assert contents(tmp_path / "copy") == contents(demo_bundle)


def test_shards_are_copied_with_their_order_and_ends(tmp_path: Path) -> None:
    record_session(tmp_path / "source")
    BundleReplay(open_bundle(tmp_path / "source"), tmp_path / "copy", speed=0).run()

    assert list(contents(tmp_path / "copy").items()) == list(contents(tmp_path / "source").items())
    assert [list(shard.records) for shard in all_shards(tmp_path / "copy")] == [
        ["raw_payload:1"],
        ["raw_payload:2"],
        [f"raw_payload:{number}" for number in range(3, 9)],
    ]
    assert (tmp_path / "copy/trace.jsonl").read_bytes() == (tmp_path / "source/trace.jsonl").read_bytes()


def test_a_record_appears_just_before_its_event(tmp_path: Path) -> None:
    record_session(tmp_path / "source")
    seen: list[int] = []

    def look(_: float) -> bool:
        assert set(all_records(tmp_path / "copy")) == named_records(tmp_path / "copy")
        seen.append(len(all_records(tmp_path / "copy")))
        return False

    BundleReplay(open_bundle(tmp_path / "source"), tmp_path / "copy", wait=look).run()
    assert seen == [0, 1, 1, 5, 8]


def test_a_killed_recording_is_copied_with_its_open_shard(tmp_path: Path) -> None:
    with BundleWriter(tmp_path / "source", root_thread_id="root", schema_version=3) as writer:
        record_start(writer)
    BundleReplay(open_bundle(tmp_path / "source"), tmp_path / "copy", speed=0).run()

    assert [shard.is_ended for shard in all_shards(tmp_path / "copy")] == [False]


def test_records_that_cannot_be_read_stay_missing(tmp_path: Path) -> None:
    record_session(tmp_path / "source")
    (tmp_path / "source/payloads/000002.zst").write_bytes(b"no zstd")
    (tmp_path / "source/payloads/000001.zst").unlink()
    BundleReplay(open_bundle(tmp_path / "source"), tmp_path / "copy", speed=0).run()

    assert list(contents(tmp_path / "copy")) == ["000003.zst"]
    assert events(tmp_path / "copy") == events(tmp_path / "source")


def test_a_shard_named_too_late_is_not_written(tmp_path: Path) -> None:
    """Recorders name shards in their order; a log that goes back names what a copy can no longer hold."""
    with BundleWriter(tmp_path / "source", root_thread_id="root", schema_version=3) as writer:
        for shard, name in ((1, "raw_payload:1"), (2, "raw_payload:2")):
            writer.write_record_raw(name, b"{}", shard)
        for shard in (2, 1):
            place = RawPayloadRef(f"raw_payload:{shard}", PayloadKind("protocol_event"), shard=shard)
            writer.append(ProtocolEventObserved(event_type="warning", event_payload=place))
    BundleReplay(open_bundle(tmp_path / "source"), tmp_path / "copy", speed=0).run()

    assert list(all_records(tmp_path / "copy")) == ["raw_payload:2"]
    assert events(tmp_path / "copy") == events(tmp_path / "source")


def test_pauses_are_those_of_the_recording_scaled_and_cut(demo_bundles: Path, tmp_path: Path) -> None:
    source = demo_bundles / "terminal"
    pauses: list[float] = []
    replay = BundleReplay(
        open_bundle(source), tmp_path / "copy", speed=0.1, wait=lambda seconds: pauses.append(seconds) or False
    )
    replay.run()
    times = [event.wall_time_unix_ms or 0 for event in events(source)]
    gaps = [later - earlier for earlier, later in pairwise(times) if later > earlier]
    assert pauses == pytest.approx([min(gap / 100, LONGEST_PAUSE_SECONDS) for gap in gaps])
    assert max(pauses) == LONGEST_PAUSE_SECONDS


def test_a_paced_replay_happens_now(demo_bundles: Path, tmp_path: Path) -> None:
    source = demo_bundles / "answer"
    BundleReplay(open_bundle(source), tmp_path / "copy", speed=1, wait=lambda _: False).run()
    copied = events(tmp_path / "copy")
    assert (copied[0].wall_time_unix_ms or 0) >= (open_bundle(tmp_path / "copy").manifest.started_at_unix_ms or 1)
    assert [msgspec.structs.replace(event, wall_time_unix_ms=0) for event in copied] == [
        msgspec.structs.replace(event, wall_time_unix_ms=0) for event in events(source)
    ]


def test_it_stops_where_it_is_told_to(demo_bundles: Path, tmp_path: Path) -> None:
    replay = BundleReplay(open_bundle(demo_bundles / "answer"), tmp_path / "copy", speed=1, wait=lambda _: True)
    replay.run()
    assert 0 < len(events(tmp_path / "copy")) < len(events(demo_bundles / "answer"))


def test_a_payload_that_is_missing_stays_missing_and_one_elsewhere_is_not_copied(
    demo_bundles: Path, tmp_path: Path
) -> None:
    BundleReplay(open_bundle(demo_bundles / "answer-schema2"), tmp_path / "damaged", speed=0).run()
    (tmp_path / "damaged/payloads/1.json").unlink()
    log = tmp_path / "damaged/trace.jsonl"
    log.write_bytes(log.read_bytes().replace(b"payloads/2.json", b"payloads/../manifest.json"))
    BundleReplay(open_bundle(tmp_path / "damaged"), tmp_path / "copy", speed=0).run()
    assert not (tmp_path / "copy/payloads/1.json").exists()
    assert open_bundle(tmp_path / "copy").manifest == open_bundle(tmp_path / "damaged").manifest


def test_every_demo_is_found_and_described() -> None:
    assert len(demo_bundles()) >= 8
    assert set(demo_descriptions()) == set(demo_bundles())
