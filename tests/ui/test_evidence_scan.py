"""What only a look at every line and payload shows is found step by step, also in what is written later."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.cli.bundles import append_to_log, write_bundle
from tui.bundle.open import open_bundle
from tui.store import TraceStore
from tui.ui.evidence_scan import LINES_AT_ONCE, EvidenceScan


def scan_of(path: Path) -> tuple[EvidenceScan, TraceStore]:
    store = TraceStore(open_bundle(path))
    store.load_all()
    return EvidenceScan(store), store


def finish(scan: EvidenceScan, store: TraceStore) -> int:
    steps = 0
    while scan.step(list(store.trace.raw_payloads.values())):
        steps += 1
    return steps


def test_fields_are_counted_with_their_first_line_and_the_scan_goes_on(tmp_path: Path) -> None:
    write_bundle(tmp_path / "b", complete=False)
    line = (tmp_path / "b" / "trace.jsonl").read_bytes().splitlines(keepends=True)[0]
    odd = line.replace(b'"thread_id"', b'"host":1,"thread_id"', 1)
    scan, store = scan_of(tmp_path / "b")
    finish(scan, store)
    assert (scan.survey.unknown_fields, scan.findings, scan.faulty) == ({}, [], {})

    append_to_log(tmp_path / "b", b"garbage\n" + odd + odd)
    finish(scan, store)
    (seen,) = scan.survey.unknown_fields.values()
    assert (seen.name, seen.count, seen.first_line) == ("envelope.host", 2, 6)
    assert [found.code for found in scan.findings] == ["event-repeated", "event-repeated"]
    scan.close()


def test_payloads_that_the_graph_does_not_need_are_looked_at(tmp_path: Path) -> None:
    write_bundle(tmp_path / "b", schema_version=2)
    (tmp_path / "b" / "payloads" / "1.json").write_bytes(b'{"x": "\xff"}')
    (tmp_path / "b" / "payloads" / "2.json").unlink()
    scan, store = scan_of(tmp_path / "b")
    finish(scan, store)
    assert {name: found.code for name, found in scan.faulty.items()} == {
        "raw_payload:1": "payload-invalid",
        "raw_payload:2": "payload-missing",
    }
    scan.close()


def test_a_request_that_is_nested_too_deep_for_a_strict_reader_is_named(tmp_path: Path) -> None:
    shutil.copytree(Path(__file__).parents[2] / "demo_bundles" / "answer-schema2", tmp_path / "b")
    scan, store = scan_of(tmp_path / "b")
    ref = next(ref for ref in store.trace.raw_payloads.values() if ref.kind.type == "inference_request")
    assert ref.path is not None
    payload = tmp_path / "b" / ref.path
    payload.write_bytes(payload.read_bytes().replace(b"{", b'{"x":' + b"[" * 200 + b"]" * 200 + b",", 1))
    finish(scan, store)
    assert [found.message for found in scan.faulty.values()] == [
        f"{ref.path}: 201 nested arrays and objects, at most 127 are read"
    ]
    scan.close()


def test_a_long_log_takes_several_steps_and_a_new_one_begins_anew(tmp_path: Path) -> None:
    write_bundle(tmp_path / "b", complete=False)
    log = tmp_path / "b" / "trace.jsonl"
    line = log.read_bytes().splitlines(keepends=True)[0]
    log.write_bytes(line.replace(b'"thread_id"', b'"host":1,"thread_id"', 1) * (2 * LINES_AT_ONCE))
    scan, store = scan_of(tmp_path / "b")
    assert finish(scan, store) >= 2
    assert scan.survey.unknown_fields
    log.write_bytes(line)
    finish(scan, store)
    assert scan.survey.unknown_fields == {}
    scan.close()
