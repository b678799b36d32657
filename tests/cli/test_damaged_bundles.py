"""Bundles whose files are damaged as a whole: opened, named, and told apart from sound ones by every command."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.bundles import write_bundle
from tui.cli import main


def no_manifest(bundle: Path) -> None:
    (bundle / "manifest.json").unlink()


def garbage_manifest(bundle: Path) -> None:
    (bundle / "manifest.json").write_bytes(b"\x00\x01 nope")


def future_schema(bundle: Path) -> None:
    for name in ("manifest.json", "trace.jsonl"):
        text = (bundle / name).read_text()
        (bundle / name).write_text(
            text.replace('"schema_version":3', '"schema_version":99').replace(
                '"schema_version": 3', '"schema_version": 99'
            )
        )


def renamed_log(bundle: Path) -> None:
    (bundle / "trace.jsonl").rename(bundle / "events.ndjson")
    manifest = json.loads((bundle / "manifest.json").read_text())
    (bundle / "manifest.json").write_text(json.dumps({**manifest, "raw_event_log": "events.ndjson"}))


def no_payloads(bundle: Path) -> None:
    for payload in (bundle / "payloads").iterdir():
        payload.unlink()
    (bundle / "payloads").rmdir()


DAMAGES = [
    (no_manifest, "manifest-missing"),
    (garbage_manifest, "manifest-unreadable"),
    (future_schema, "schema-unknown"),
    (renamed_log, "log-renamed"),
    (no_payloads, "payloads-missing"),
]


@pytest.fixture(params=DAMAGES, ids=lambda damage: damage[1])
def damaged(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, str]:
    damage: Callable[[Path], None]
    damage, code = request.param
    write_bundle(tmp_path / "bundle")
    damage(tmp_path / "bundle")
    return tmp_path / "bundle", code


def test_check_names_the_damage_and_reads_the_rest(
    damaged: tuple[Path, str], capsys: pytest.CaptureFixture[str]
) -> None:
    path, code = damaged
    assert main(["check", str(path), "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    (finding,) = (found for found in report["findings"] if found["code"] == code)
    assert finding["severity"] == "error"
    assert finding["consequence"]
    assert (report["log"]["events"], report["trace_id"]) == (5, "trace")
    assert {found["code"] for found in report["findings"]} <= {code, "payload-missing", "shard-missing", "open-objects"}


def test_reduce_gives_the_graph_and_tells_the_damage(
    damaged: tuple[Path, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, _ = damaged
    assert main(["reduce", str(path), "-o", str(tmp_path / "graph.json")]) == 0
    graph = json.loads((tmp_path / "graph.json").read_text())
    assert (graph["root_thread_id"], list(graph["threads"])) == ("root", ["root"])
    assert graph.get("recording_complete", graph.get("recording_status")) in (True, "complete")
    assert capsys.readouterr().err.startswith("rtrace-tui: ")


def test_reduce_refuses_damage_when_asked_to_be_strict(
    damaged: tuple[Path, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, _ = damaged
    assert main(["reduce", "--strict", str(path), "-o", str(tmp_path / "graph.json")]) == 1
    assert capsys.readouterr().err.count("\n") == 1
    assert not (tmp_path / "graph.json").exists()
