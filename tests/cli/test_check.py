"""`rtrace-tui check`: every damage has a code, and codes decide the exit code."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.bundles import append_to_log, write_bundle
from tui.analysis.recording.check import CheckReport
from tui.bundle.open import open_bundle
from tui.cli import main
from tui.commands.check import check_bundle


def check(path: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, Any]]:
    code = main(["check", str(path), "--json"])
    return code, json.loads(capsys.readouterr().out)


def codes(report: dict[str, Any]) -> set[str]:
    return {f"{finding['severity']} {finding['code']}" for finding in report["findings"]}


def remove(path: str) -> Callable[[Path], None]:
    return lambda bundle: (bundle / path).unlink()


def overwrite(path: str, data: bytes) -> Callable[[Path], None]:
    def write(bundle: Path) -> None:
        (bundle / path).write_bytes(data)

    return write


def rewrite_log(old: bytes, new: bytes) -> Callable[[Path], None]:
    def damage(bundle: Path) -> None:
        log = bundle / "trace.jsonl"
        assert old in log.read_bytes()
        log.write_bytes(log.read_bytes().replace(old, new))

    return damage


def make_fifo(bundle: Path) -> None:
    (bundle / "payloads/2.json").unlink()
    os.mkfifo(bundle / "payloads/2.json")


def link_outside(bundle: Path) -> None:
    outside = bundle.parent / "outside.json"
    outside.write_text("{}")
    (bundle / "payloads/2.json").unlink()
    (bundle / "payloads/2.json").symlink_to(outside)


DAMAGES = {
    "unread payload missing": (remove("payloads/2.json"), "error payload-missing"),
    "read payload missing": (remove("payloads/1.json"), "error payload-missing"),
    "payload cut": (overwrite("payloads/2.json", b'{"a": '), "error payload-invalid"),
    "payload not UTF-8": (overwrite("payloads/2.json", b'"\xff"'), "error payload-invalid"),
    "payload a FIFO": (make_fifo, "error payload-not-a-file"),
    "payload a link to elsewhere": (link_outside, "error payload-outside-bundle"),
    "payload path outside": (rewrite_log(b"payloads/2.json", b"../../etc/passwd"), "error payload-outside-bundle"),
    "payload that nobody names": (overwrite("payloads/9.json", b"{}"), "warning payload-unreferenced"),
    "file that does not belong": (overwrite("notes.txt", b"hello"), "note stray-file"),
    "file of a Mac": (overwrite("payloads/._1.json", b"\0"), "note stray-file"),
    "file of a server": (overwrite("payloads/.nfs0002", b"\0"), "note stray-file"),
    "packed payload": (overwrite("payloads/1.json.gz", b"\0"), "note stray-file"),
    "torn tail": (lambda bundle: append_to_log(bundle, b'{"schema_version":2,"s'), "warning torn-tail"),
    "garbage line": (lambda bundle: append_to_log(bundle, b"garbage\n"), "error malformed-line"),
    "line after the end": (lambda bundle: append_to_log(bundle, b"garbage\n"), "error event-after-end"),
    "gap": (rewrite_log(b'"seq":4', b'"seq":40'), "error seq-gap"),
    "repeat": (rewrite_log(b'"seq":4', b'"seq":3'), "error seq-repeated"),
    "unknown kind": (rewrite_log(b'"rollout_ended"', b'"rollout_paused"'), "warning unknown-event"),
    "unknown field": (rewrite_log(b'"thread_id":null', b'"thread_id":null,"host":1'), "warning unknown-field"),
    "unknown payload kind": (rewrite_log(b'"protocol_event"}', b'"hologram"}'), "warning unknown-payload-kind"),
    "second end": (
        lambda bundle: append_to_log(bundle, (bundle / "trace.jsonl").read_bytes().splitlines()[-2] + b"\n"),
        "warning event-repeated",
    ),
    "no start": (rewrite_log(b'"rollout_started"', b'"protocol_event_observed"'), "warning start-missing"),
    "a name twice": (rewrite_log(b'"thread_id":null', b'"thread_id":null,"thread_id":null'), "error name-repeated"),
    "another session": (rewrite_log(b'"rollout_id":"root"', b'"rollout_id":"toor"'), "error other-rollout"),
    "log gone": (remove("trace.jsonl"), "warning log-missing"),
}


@pytest.mark.parametrize(("damage", "expected"), DAMAGES.values(), ids=DAMAGES.keys())
def test_each_damage_is_named(
    damage: Callable[[Path], None], expected: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_bundle(tmp_path / "bundle", schema_version=2)
    damage(tmp_path / "bundle")
    code, report = check(tmp_path / "bundle", capsys)
    assert expected in codes(report)
    assert code == (0 if expected.startswith("note") else 1)
    assert report["clean"] == (code == 0)


def test_an_unread_payload_is_reported_once_with_what_the_graph_loses(tmp_path: Path) -> None:
    write_bundle(tmp_path / "bundle", schema_version=2)
    (tmp_path / "bundle/payloads/1.json").unlink()
    report = check_bundle(open_bundle(tmp_path / "bundle"))
    (finding,) = (found for found in report.findings if found.code.startswith("payload"))
    assert (finding.line, finding.payload_id) == (2, "raw_payload:1")
    assert finding.consequence
    assert (report.payloads.missing, report.payloads.referenced) == (1, 2)


def test_gaps_of_schema_1_are_found_although_its_reducer_does_not_look(tmp_path: Path) -> None:
    write_bundle(tmp_path / "bundle", schema_version=1)
    rewrite_log(b'"seq":3', b'"seq":33')(tmp_path / "bundle")
    report = check_bundle(open_bundle(tmp_path / "bundle"))
    assert [(found.code, found.severity) for found in report.findings if found.code.startswith("seq")] == [
        ("seq-gap", "error"),
        ("seq-order", "error"),
    ]


def test_a_recording_that_just_stops_is_clean_and_lists_what_is_open(tmp_path: Path) -> None:
    write_bundle(tmp_path / "bundle", complete=False)
    report = check_bundle(open_bundle(tmp_path / "bundle"))
    assert report.clean
    assert [(found.kind, found.id, found.since_seq) for found in report.open_objects] == [("thread", "root", 2)]
    assert {found.code for found in report.findings} == {"recording-not-completed", "open-objects"}


def test_the_payload_of_an_event_that_never_came_is_no_damage(tmp_path: Path) -> None:
    write_bundle(tmp_path / "bundle", complete=False, schema_version=2)
    (tmp_path / "bundle/payloads/3.json").write_text("{}")
    assert check_bundle(open_bundle(tmp_path / "bundle")).clean


def test_the_json_has_the_documented_shape(demo_bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, report = check(demo_bundle, capsys)
    assert list(report) == list(CheckReport.__struct_fields__)
    assert report["report_version"] == 1
    assert report["log"]["events"] == sum(report["events"].values())
    assert report["payloads"]["referenced"] == report["objects"]["raw_payloads"]
    assert code == (0 if (demo_bundle / "state.json").exists() else 1)


def test_the_text_says_the_same(demo_bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["check", str(demo_bundle)])
    text = capsys.readouterr().out
    assert str(demo_bundle) in text
    assert (text.splitlines()[-1].startswith("clean")) == (code == 0)


def test_hostile_names_reach_no_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_bundle(tmp_path / "bundle")
    rewrite_log(b'"rollout_ended"', rb'"\u001b]0;owned\u0007\u202e\u009b2J"')(tmp_path / "bundle")
    for arguments in ([], ["--json"]):
        main(["check", str(tmp_path / "bundle"), *arguments])
        out = capsys.readouterr().out
        assert "owned" in out
        assert not set("\x1b\x07\u202e\x9b") & set(out)


def test_end_is_unknown_where_no_time_was_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_bundle(tmp_path)
    log = tmp_path / "trace.jsonl"
    events = [json.loads(line) for line in log.read_bytes().splitlines()]
    started = json.loads((tmp_path / "manifest.json").read_bytes())["started_at_unix_ms"]
    _, report = check(tmp_path, capsys)
    assert report["recording"]["ended_at_unix_ms"] >= started
    log.write_text("".join(json.dumps(event | {"wall_time_unix_ms": None}) + "\n" for event in events))
    _, report = check(tmp_path, capsys)
    assert report["recording"]["ended_at_unix_ms"] is None
