"""A replay records the same session again: the same events, at a pace of one's own, live."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import msgspec
import pytest

from tui.bundle.demos import demo_bundles, demo_descriptions
from tui.bundle.open import open_bundle
from tui.bundle.replay import LONGEST_PAUSE_SECONDS, BundleReplay
from tui.schema.decode import EventLine, decode_line
from tui.schema.events import RawTraceEvent


def events(directory: Path) -> list[RawTraceEvent]:
    lines = (directory / "trace.jsonl").read_bytes().splitlines()
    decoded = [decode_line(data, number) for number, data in enumerate(lines, start=1)]
    return [line.event for line in decoded if isinstance(line, EventLine)]


def test_at_speed_0_the_copy_holds_the_same_events_and_payloads(demo_bundle: Path, tmp_path: Path) -> None:
    BundleReplay(open_bundle(demo_bundle), tmp_path / "copy", speed=0).run()
    assert events(tmp_path / "copy") == events(demo_bundle)
    assert open_bundle(tmp_path / "copy").manifest == open_bundle(demo_bundle).manifest
    for payload in (demo_bundle / "payloads").iterdir():
        assert (tmp_path / "copy/payloads" / payload.name).read_bytes() == payload.read_bytes()


def test_pauses_are_those_of_the_recording_scaled_and_cut(demo_bundles: Path, tmp_path: Path) -> None:
    source = demo_bundles / "terminal"
    pauses: list[float] = []
    replay = BundleReplay(
        open_bundle(source), tmp_path / "copy", speed=0.1, wait=lambda seconds: pauses.append(seconds) or False
    )
    replay.run()
    times = [event.wall_time_unix_ms for event in events(source)]
    gaps = [later - earlier for earlier, later in pairwise(times) if later > earlier]
    assert pauses == pytest.approx([min(gap / 100, LONGEST_PAUSE_SECONDS) for gap in gaps])
    assert max(pauses) == LONGEST_PAUSE_SECONDS


def test_a_paced_replay_happens_now(demo_bundles: Path, tmp_path: Path) -> None:
    source = demo_bundles / "answer"
    BundleReplay(open_bundle(source), tmp_path / "copy", speed=1, wait=lambda _: False).run()
    copied = events(tmp_path / "copy")
    assert copied[0].wall_time_unix_ms >= open_bundle(tmp_path / "copy").manifest.started_at_unix_ms
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
    BundleReplay(open_bundle(demo_bundles / "answer"), tmp_path / "damaged", speed=0).run()
    (tmp_path / "damaged/payloads/1.json").unlink()
    log = tmp_path / "damaged/trace.jsonl"
    log.write_bytes(log.read_bytes().replace(b"payloads/2.json", b"payloads/../manifest.json"))
    BundleReplay(open_bundle(tmp_path / "damaged"), tmp_path / "copy", speed=0).run()
    assert not (tmp_path / "copy/payloads/1.json").exists()
    assert open_bundle(tmp_path / "copy").manifest == open_bundle(tmp_path / "damaged").manifest


def test_every_demo_is_found_and_described() -> None:
    assert len(demo_bundles()) >= 8
    assert set(demo_descriptions()) == set(demo_bundles())
