"""`rtrace-tui check` on recordings of schema 3: each fault of a shard is one finding, and says what is lost with it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.bundle.recording import ticking_clock
from tests.bundle.shard_files import SKIPPABLE_FRAME, frame, record, write_shard
from tui.bundle.open import open_bundle
from tui.bundle.write.writer import BundleWriter
from tui.cli import main
from tui.commands.check import check_bundle
from tui.schema.events import ProtocolEventObserved, RecordingCompleted, RolloutEnded, RolloutStarted
from tui.schema.payloads import PayloadKind, RawPayloadRef
from tui.schema.sequence import SharedSequence

ITEM = record("raw_payload:1", b"{}")
WHOLE = record("raw_payload:2", b'["[","]"]')
RECORDS = [ITEM, WHOLE]


def write(path: Path, shard: bytes | None, *, is_completed: bool = True, parts: int = 1) -> Path:
    """Two payloads, the second made of the first, in a shard as it is given."""
    item = RawPayloadRef("raw_payload:1", PayloadKind("model_item"), shard=1)
    whole = RawPayloadRef("raw_payload:2", PayloadKind("protocol_event"), shard=1, parts=SharedSequence([item] * parts))
    with BundleWriter(path, root_thread_id="root", trace_id="t", clock=ticking_clock(), schema_version=3) as writer:
        writer.append(RolloutStarted(trace_id="t", root_thread_id="root"))
        for ref in (item, whole):
            writer.append(ProtocolEventObserved(event_type="warning", event_payload=ref), thread_id="root")
        writer.append(RolloutEnded(status="completed"))
        if is_completed:
            writer.append(RecordingCompleted())
    if shard is not None:
        write_shard(path, 1, shard)
    return path


def findings(path: Path) -> list[tuple[str, str, str]]:
    report = check_bundle(open_bundle(path))
    ignored = ("recording-not-completed", "thread-not-started")
    return [(found.code, found.message, found.consequence) for found in report.findings if found.code not in ignored]


LOST = "2 payloads that events name cannot be read"
READ = "all payloads that events name were read; the format's reference refuses the whole bundle"
FILE = "payloads/000001.zst"

FAULTS: dict[str, tuple[bytes | None, tuple[str, str, str]]] = {
    "missing": (None, ("shard-missing", f"{FILE} does not exist", LOST)),
    "empty": (b"", ("shard-empty", f"{FILE} holds no record", LOST)),
    "no shard": (b"garbage!", ("shard-damaged", f"{FILE} is not zstd, found at byte 0 of 8", LOST)),
    "open": (
        frame(RECORDS, finish=False),
        ("shard-unfinished", f"{FILE} has no end: its last zstd frame is not finished", READ),
    ),
    "torn": (frame([*RECORDS, b"\0"]), ("shard-torn", f"{FILE} ends in the middle of a record", READ)),
    "repeated": (
        frame([*RECORDS, ITEM]),
        ("record-repeated", f"{FILE} holds raw_payload:1 twice", "the first record counts"),
    ),
    "one missing": (
        frame(RECORDS[:1]),
        (
            "payload-missing",
            f"payload raw_payload:2: {FILE} does not hold it",
            "the graph does not need it; its content cannot be shown",
        ),
    ),
    "unnamed": (
        frame([*RECORDS, record("raw_payload:3", b""), record("", b"")]),
        ("payload-unreferenced", f"no event names raw_payload:3, the empty id in {FILE}", "it is in no graph"),
    ),
    "no fragments": (
        frame([ITEM, record("raw_payload:2", b"{}")]),
        (
            "payload-invalid",
            "payload raw_payload:2: is not a JSON array of texts, so its parts have no place",
            "the graph does not need it; its content cannot be shown",
        ),
    ),
    "part in the place of a key": (
        frame([ITEM, record("raw_payload:2", b'["{",":1}"]')]),
        (
            "payload-invalid",
            "payload raw_payload:2: not JSON: expected '\"' (byte 1)",
            "the graph does not need it; its content cannot be shown",
        ),
    ),
}


@pytest.mark.parametrize(("shard", "expected"), FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_is_one_finding(tmp_path: Path, shard: bytes | None, expected: tuple[str, str, str]) -> None:
    assert findings(write(tmp_path / "b", shard)) == [expected]


SOUND = {
    "finished": (frame(RECORDS), True),
    "two frames": (SKIPPABLE_FRAME + frame([ITEM]) + frame([WHOLE]), True),
    "killed": (frame(RECORDS, finish=False), False),
    "killed within a record": (frame([*RECORDS, record("raw_payload:3", b"{}")[:-1]], finish=False), False),
}


@pytest.mark.parametrize(("shard", "is_completed"), SOUND.values(), ids=SOUND.keys())
def test_what_recorders_leave_is_sound(tmp_path: Path, shard: bytes, *, is_completed: bool) -> None:
    assert findings(write(tmp_path / "b", shard, is_completed=is_completed)) == []


def test_a_body_that_no_reference_places_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path / "b", frame(RECORDS))
    log = path / "trace.jsonl"
    log.write_bytes(log.read_bytes().replace(b'"model_item"},"shard":1', b'"model_item"}'))

    expected = "the reference to payload raw_payload:1 does not say where its body is"
    assert findings(path) == [("reference-without-place", expected, "the body was found by its id")]
    assert main(["reduce", "--strict", str(path)]) == 1
    assert "payload raw_payload:1: its reference does not say where its body is" in capsys.readouterr().err


def test_a_record_before_its_line_is_a_note(tmp_path: Path) -> None:
    shard = frame([*RECORDS, record("raw_payload:3", b"{}")], finish=False)

    report = check_bundle(open_bundle(write(tmp_path / "b", shard, is_completed=False)))

    assert [found.severity for found in report.findings if found.code == "payload-unreferenced"] == ["note"]


@pytest.mark.parametrize("damage", ["open", "torn", "repeated", "no fragments"])
def test_strict_reduce_refuses_what_check_reports(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], damage: str
) -> None:
    path = write(tmp_path / "b", FAULTS[damage][0])

    assert main(["reduce", "--strict", str(path)]) == 1
    assert capsys.readouterr().out == ""
    assert main(["reduce", str(path)]) == 0
    assert json.loads(capsys.readouterr().out)["raw_payloads"]


def test_grep_sums_up_what_it_could_not_search(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path / "b", None)

    assert main(["grep", "--payloads-only", str(path), "needle"]) == 1

    assert f"2 payloads: {FILE} does not exist" in capsys.readouterr().err
