"""Recordings that an editor or a shell saved again: a byte order mark before a file, or UTF-16."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.conftest import DEMO_BUNDLES
from tui.cli import main

MARK = b"\xef\xbb\xbf"


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    return shutil.copytree(DEMO_BUNDLES / "answer-schema2", tmp_path / "bundle")


def report(path: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    main(["check", str(path), "--json"])
    found: dict[str, object] = json.loads(capsys.readouterr().out)
    return found


def graph(path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    main(["reduce", str(path)])
    return capsys.readouterr().out


def test_marked_log_manifest_and_payloads_give_the_same_graph(bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sound = graph(bundle, capsys)
    payloads = list((bundle / "payloads").iterdir())
    for file in (bundle / "manifest.json", bundle / "trace.jsonl", *payloads):
        file.write_bytes(MARK + file.read_bytes())
    assert graph(bundle, capsys) == sound
    findings = report(bundle, capsys)["findings"]
    assert isinstance(findings, list)
    assert {one["code"] for one in findings} == {"byte-order-mark", "payload-invalid"}
    assert all("byte order mark" in one["message"] for one in findings)


@pytest.mark.parametrize("name", ["manifest.json", "trace.jsonl", "payloads/1.json"])
def test_strict_refuses_a_mark_as_the_reference_does(
    name: str, bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (bundle / name).write_bytes(MARK + (bundle / name).read_bytes())
    assert main(["reduce", str(bundle), "--strict"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert "byte order mark" in err


def test_mark_inside_the_log_is_not_passed_over(bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = bundle / "trace.jsonl"
    before = report(bundle, capsys)
    first, second, *rest = log.read_bytes().splitlines(keepends=True)
    log.write_bytes(b"".join([first, MARK + second, *rest]))
    after = report(bundle, capsys)
    findings = after["findings"]
    assert isinstance(findings, list)
    assert [one["code"] for one in findings] == ["byte-order-mark"]
    assert after["events"] == before["events"]


def test_log_in_utf16_is_read_and_named(bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = bundle / "trace.jsonl"
    before = report(bundle, capsys)
    log.write_bytes(log.read_bytes().decode().encode("utf-16"))
    after = report(bundle, capsys)
    assert isinstance(before["findings"], list)
    assert isinstance(after["findings"], list)
    (added,) = (one for one in after["findings"] if one not in before["findings"])
    assert (added["code"], added["message"]) == ("log-packed", "trace.jsonl is UTF-16")


def test_manifest_in_utf16_is_named(bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    manifest = bundle / "manifest.json"
    manifest.write_bytes(manifest.read_bytes().decode().encode("utf-16"))
    findings = report(bundle, capsys)["findings"]
    assert isinstance(findings, list)
    (found,) = (one for one in findings if one["code"] == "manifest-unreadable")
    assert "UTF-16" in found["message"]
