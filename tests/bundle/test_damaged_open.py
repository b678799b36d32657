"""Opening what is damaged: as much as there is, and one line on each fault."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.bundle.recording import new_writer, record_start
from tui.bundle.batch import BundleBatchReader
from tui.bundle.log.reader import LogReader
from tui.bundle.open import Bundle, open_bundle
from tui.bundle.payloads.store import PayloadStore


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with new_writer(tmp_path / "b", schema_version=2) as writer:
        record_start(writer)
    return tmp_path / "b"


def codes(bundle: Bundle) -> list[str]:
    return [fault.code for fault in bundle.faults]


def rewrite_manifest(path: Path, **fields: object) -> None:
    manifest = json.loads((path / "manifest.json").read_text())
    (path / "manifest.json").write_text(json.dumps({**manifest, **fields}))


def lines_of(bundle: Bundle) -> int:
    log = LogReader(bundle.log_path)
    log.look()
    log.fill()
    count = 0
    while log.next_line():
        count += 1
    log.close()
    return count


def test_a_sound_bundle_has_no_faults(path: Path) -> None:
    assert open_bundle(path).damage == ()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "truncated"),
        (b"\x00\x01 nope", "malformed"),
        (b'{"schema_version":2', "truncated"),
        (b"{}", "schema_version"),
        (b'{"name":"my-extension","manifest_version":3}', "schema_version"),
        (b'\xff{"schema_version":2}', "manifest"),
        (b"[" * 100_000, "manifest"),
        (b" " * ((1 << 20) + 1), "larger than"),
    ],
    ids=["empty", "binary", "torn", "empty object", "of another program", "not utf-8", "deep", "huge"],
)
def test_the_first_events_stand_in_for_a_manifest_that_is_none(path: Path, content: bytes, says: str) -> None:
    sound = open_bundle(path).manifest
    (path / "manifest.json").write_bytes(content)

    bundle = open_bundle(path)

    assert codes(bundle) == ["manifest-unreadable"]
    assert says in bundle.damage[0]
    assert "\n" not in bundle.damage[0]
    assert (bundle.manifest.trace_id, bundle.manifest.rollout_id) == (sound.trace_id, sound.rollout_id)
    assert bundle.manifest.root_thread_id == "root"


def test_the_start_of_the_rollout_may_stand_behind_other_events(path: Path) -> None:
    lines = (path / "trace.jsonl").read_bytes().splitlines(keepends=True)
    (path / "trace.jsonl").write_bytes(b"".join([lines[1], lines[0], *lines[2:]]))
    first = json.loads(lines[1])
    (path / "manifest.json").unlink()

    manifest = open_bundle(path).manifest

    assert (manifest.trace_id, manifest.rollout_id) == ("trace-1", first["rollout_id"])
    assert manifest.started_at_unix_ms == first["wall_time_unix_ms"]


def make_fifo(manifest: Path) -> None:
    os.mkfifo(manifest)


def make_socket(manifest: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(manifest.name)  # the name of a socket may only be short


def link_outside(manifest: Path) -> None:
    manifest.symlink_to("/etc/hostname")


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (make_fifo, "is a FIFO, not a file"),
        (make_socket, "is a socket or a device"),
        (Path.mkdir, "is a directory, not a file"),
        (link_outside, "is a link that leads out of the bundle"),
    ],
)
def test_a_manifest_that_is_no_file_of_the_bundle_is_not_read(
    path: Path, make: Callable[[Path], None], says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (path / "manifest.json").unlink()
    monkeypatch.chdir(path)
    make(path / "manifest.json")

    bundle = open_bundle(path)

    assert codes(bundle) == ["manifest-unreadable"]
    assert says in bundle.damage[0]
    assert bundle.manifest.trace_id == "trace-1"


def test_a_missing_manifest_is_made_up_from_the_log(path: Path) -> None:
    sound = open_bundle(path).manifest
    (path / "manifest.json").unlink()

    bundle = open_bundle(path)

    assert codes(bundle) == ["manifest-missing"]
    assert bundle.manifest.trace_id == sound.trace_id
    assert bundle.manifest.schema_version == sound.schema_version


def test_without_the_start_of_the_rollout_its_id_names_the_root_thread(path: Path) -> None:
    (path / "manifest.json").unlink()
    log = path / "trace.jsonl"
    log.write_bytes(b"".join(log.read_bytes().splitlines(keepends=True)[1:]))

    manifest = open_bundle(path).manifest

    assert (manifest.trace_id, manifest.rollout_id, manifest.root_thread_id) == ("unknown", "root", "root")


def test_an_unknown_schema_is_read_and_said(path: Path) -> None:
    rewrite_manifest(path, schema_version=99)

    bundle = open_bundle(path)

    assert codes(bundle) == ["schema-unknown"]
    assert "schema version 99 is not known; this program reads 1, 2 and 3" in bundle.damage[0]
    assert "by the rules of schema 3" in bundle.damage[0]


def test_a_renamed_log_is_read_where_the_usual_one_is_missing(path: Path) -> None:
    (path / "trace.jsonl").rename(path / "events.ndjson")
    rewrite_manifest(path, raw_event_log="events.ndjson")

    bundle = open_bundle(path)

    assert codes(bundle) == ["log-renamed"]
    assert lines_of(bundle) == 3


@pytest.mark.parametrize("name", ["../outside", "/etc/passwd", "..", ".", "", "nul\0byte", "link", "x" * 5_000])
def test_no_other_file_is_taken_for_the_log(path: Path, name: str) -> None:
    (path / "trace.jsonl").unlink()
    (path.parent / "outside").write_text("secret")
    (path / "link").symlink_to("../outside")
    rewrite_manifest(path, raw_event_log=name)

    bundle = open_bundle(path)

    assert bundle.log_path == path / "trace.jsonl"
    assert lines_of(bundle) == 0


def test_the_usual_log_counts_although_the_manifest_names_another_file(path: Path) -> None:
    (path / "events.ndjson").write_text("garbage\n")
    rewrite_manifest(path, raw_event_log="events.ndjson")

    assert lines_of(open_bundle(path)) == 3


def test_a_log_that_leads_out_of_the_bundle_is_not_read(path: Path) -> None:
    (path / "trace.jsonl").rename(path.parent / "elsewhere")
    (path / "trace.jsonl").symlink_to("../elsewhere")

    bundle = open_bundle(path)
    log = LogReader(bundle.log_path)
    log.look()

    assert lines_of(bundle) == 0
    assert "leads out of the bundle" in str(log.fault)


def test_a_log_that_is_a_link_inside_the_bundle_is_read(path: Path) -> None:
    (path / "trace.jsonl").rename(path / "trace-1.jsonl")
    (path / "trace.jsonl").symlink_to("trace-1.jsonl")

    assert lines_of(open_bundle(path)) == 3


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo], ids=["directory", "FIFO"])
def test_a_log_that_is_no_file_is_a_fault_and_no_refusal(path: Path, make: Callable[[Path], None]) -> None:
    (path / "trace.jsonl").unlink()
    make(path / "trace.jsonl")

    bundle = open_bundle(path)
    log = LogReader(bundle.log_path)
    log.look()

    assert bundle.manifest.trace_id == "trace-1"
    assert "not a file" in str(log.fault)


def test_lost_payloads_are_said_once_for_all(path: Path) -> None:
    (path / "payloads" / "1.json").unlink()
    (path / "payloads").rmdir()

    assert codes(open_bundle(path)) == ["payloads-missing"]


def test_a_session_that_has_only_its_manifest_is_not_damaged(path: Path) -> None:
    (path / "payloads" / "1.json").unlink()
    (path / "payloads").rmdir()
    (path / "trace.jsonl").unlink()

    assert open_bundle(path).damage == ()


def test_a_folder_for_payloads_alone_is_a_recording_about_to_begin(tmp_path: Path) -> None:
    (tmp_path / "payloads").mkdir()

    bundle = open_bundle(tmp_path)

    assert codes(bundle) == ["manifest-missing"]
    assert bundle.manifest.rollout_id == "unknown"


@pytest.mark.parametrize("manifest_comes", [False, True], ids=["only the log", "the manifest, too"])
def test_who_is_recorded_is_learned_when_the_first_event_comes(tmp_path: Path, manifest_comes: bool) -> None:
    watched = tmp_path / "watched"
    (watched / "payloads").mkdir(parents=True)
    reader = BundleBatchReader(open_bundle(watched), PayloadStore(watched))
    reader.next()
    with new_writer(tmp_path / "b") as writer:
        record_start(writer)
    (watched / "trace.jsonl").write_bytes((tmp_path / "b" / "trace.jsonl").read_bytes())
    if manifest_comes:
        (watched / "manifest.json").write_bytes((tmp_path / "b" / "manifest.json").read_bytes())

    batch = reader.next()
    reader.close()

    assert batch is not None
    assert batch.restarted
    assert batch.manifest is not None
    assert batch.manifest.trace_id == "trace-1"
    assert len(batch.lines) == 3


def test_the_fault_is_over_when_the_manifest_comes(path: Path) -> None:
    manifest = (path / "manifest.json").read_bytes()
    (path / "manifest.json").unlink()
    reader = BundleBatchReader(open_bundle(path), PayloadStore(path))
    first = reader.next()
    (path / "manifest.json").write_bytes(manifest)

    second = reader.next()
    reader.close()

    assert first is not None
    assert [fault.code for fault in first.faults] == ["manifest-missing"]
    assert second is not None
    assert (second.faults, second.restarted, second.restart_reason) == ((), True, "manifest")
    assert len(second.lines) == len(first.lines)
