"""Unknown fields are counted step by step, also in what is written later."""

from __future__ import annotations

from pathlib import Path

from tests.cli.bundles import append_to_log, write_bundle
from tui.bundle.field_scan import LINES_AT_ONCE, FieldScan
from tui.bundle.open import open_bundle


def test_fields_are_counted_with_their_first_line_and_the_scan_goes_on(tmp_path: Path) -> None:
    write_bundle(tmp_path / "b", complete=False)
    line = (tmp_path / "b" / "trace.jsonl").read_bytes().splitlines(keepends=True)[0]
    odd = line.replace(b'"thread_id"', b'"host":1,"thread_id"', 1)
    scan = FieldScan(open_bundle(tmp_path / "b"))
    assert (scan.step(), scan.found) == (False, {})

    append_to_log(tmp_path / "b", b"garbage\n" + odd + odd)
    assert scan.step() is False
    assert scan.found == {"envelope.host": (2, 6)}
    scan.close()


def test_a_long_log_takes_several_steps(tmp_path: Path) -> None:
    write_bundle(tmp_path / "b", complete=False)
    append_to_log(tmp_path / "b", b"{}\n" * LINES_AT_ONCE)
    scan = FieldScan(open_bundle(tmp_path / "b"))
    assert (scan.step(), scan.step()) == (True, False)
    scan.close()


def test_a_log_that_is_replaced_is_counted_anew(tmp_path: Path) -> None:
    write_bundle(tmp_path / "b", complete=False)
    log = tmp_path / "b" / "trace.jsonl"
    line = log.read_bytes().splitlines(keepends=True)[0]
    log.write_bytes(line.replace(b'"thread_id"', b'"host":1,"thread_id"', 1) * 3)
    scan = FieldScan(open_bundle(tmp_path / "b"))
    scan.step()
    log.write_bytes(line)
    scan.step()
    assert scan.found == {}
    scan.close()
