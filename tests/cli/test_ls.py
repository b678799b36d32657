"""`rtrace-tui ls`: which folder, in which order, as text and as JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.bundles import write_bundle
from tui.cli import main


def listed(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    assert main(["ls", *arguments]) == 0
    heads, *lines = capsys.readouterr().out.splitlines()
    assert heads.split()[:3] == ["recording", "outcome", "when"]
    return [line.split()[-1] for line in lines if not line.startswith("total ")]


def start(bundle: Path, unix_ms: int) -> None:
    manifest = json.loads((bundle / "manifest.json").read_text())
    (bundle / "manifest.json").write_text(json.dumps(manifest | {"started_at_unix_ms": unix_ms}))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, started in (("old", 1_000_000), ("new", 3_000_000), ("folder/middle", 2_000_000)):
        write_bundle(tmp_path / "root" / name)
        start(tmp_path / "root" / name, started)
    return tmp_path / "root"


def test_the_newest_comes_first(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert listed(capsys, str(root)) == ["new", "folder/middle", "old"]


def test_the_recorders_variable_is_the_default(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CODEX_ROLLOUT_TRACE_ROOT", str(root / "folder"))
    assert listed(capsys) == ["middle"]
    assert listed(capsys, str(root))[0] == "new"


def test_the_json_has_its_documented_shape(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "old/manifest.json").write_text("{")
    assert main(["ls", str(root), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["format"], document["root"], document["is_cut"]) == ("rtrace-tui ls 1", str(root), False)
    by_name = {bundle["name"]: bundle for bundle in document["bundles"]}
    new = dict(by_name["new"])
    assert new.pop("log_bytes") == (root / "new/trace.jsonl").stat().st_size
    assert new.pop("newest_at_unix_ms") > 0
    assert new.pop("took_ms") >= 0
    assert new == {
        "path": str(root / "new"),
        "name": "new",
        "state": "ended",
        "evidence": "recording_completed was written",
        "is_read": True,
        "outcome": "unknown",
        "why": None,
        "agents": 1,
        "requests": 0,
        "tokens": 0,
        "input_tokens": 0,
        "cached_input_tokens": 0,
        "requests_without_usage": 0,
        "problems": 1,  # its agent has not ended
        "schema_version": 3,
        "trace_id": "trace",
        "rollout_id": "root",
        "started_at_unix_ms": 3_000_000,
        "newest_seq": 5,
        "first_request": None,
        "problem": None,
    }
    assert by_name["old"]["problem"].startswith("manifest.json is not a manifest")


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ([], "rtrace-tui: which folder? Name it, or set CODEX_ROLLOUT_TRACE_ROOT; see rtrace-tui ls --help\n"),
        ([""], "rtrace-tui: the path of the folder is empty\n"),
        (["nowhere"], "rtrace-tui: nowhere: cannot be listed: No such file or directory\n"),
        (
            ["notes.txt"],
            "rtrace-tui: notes.txt: is not a directory; a bundle is the directory that holds manifest.json\n",
        ),
    ],
)
def test_what_is_no_folder_is_refused(
    arguments: list[str],
    complaint: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notes.txt").write_text("hello")
    assert main(["ls", *arguments]) == 2
    assert capsys.readouterr() == ("", complaint)


def test_an_empty_folder_is_an_empty_list(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ls", str(tmp_path)]) == 0
    assert capsys.readouterr() == ("", f"rtrace-tui: {tmp_path}: it holds no bundle\n")


def test_names_and_titles_drive_no_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_bundle(tmp_path / "a\x1b]0;owned\x07\u202e")
    (tmp_path / "a\x1b]0;owned\x07\u202e" / "manifest.json").write_text('{"\x1b[2J')
    for arguments in ([], ["--json"]):
        assert main(["ls", str(tmp_path), *arguments]) == 0
        out = capsys.readouterr().out
        assert "owned" in out
        assert not set("\x1b\x07\u202e") & set(out)


def test_filter_may_begin_with_its_negation(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert listed(capsys, str(root), "--filter", "-name:new", "--read") == ["folder/middle", "old"]
    assert main(["grep", str(root), "zzz", "-f", "-kind:tool"]) == 1
