"""Commands on a folder: each recording answers under its name, broken ones stop nothing, sums come last."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tui.cli import main


@pytest.fixture
def root(tmp_path: Path, demo_bundles: Path) -> Path:
    """Two recordings, and one that cannot be opened between them."""
    for name in ("agents", "answer"):
        shutil.copytree(demo_bundles / name, tmp_path / "root" / name)
    (tmp_path / "root/broken").mkdir()
    (tmp_path / "root/broken/manifest.json").write_text("{")
    (tmp_path / "root/broken/trace.jsonl").mkdir()
    return tmp_path / "root"


@pytest.mark.parametrize(
    ("arguments", "code", "prefixes", "total"),
    [
        (["stats"], 0, {"agents", "answer"}, "≥457,643 tokens  27 requests  2 failed requests"),
        (["agents"], 0, {"agents", "answer"}, "6 agents  ≥457,643 tokens"),
        (["edges"], 0, {"agents", "answer"}, "16 edges"),
        (["edges", "--agent", "/root/alpha"], 0, {"agents"}, "7 edges"),
        (["check"], 0, {"agents", "answer"}, "2 clean  0 with findings"),
        (["grep", "What does src"], 0, {"answer"}, "matches"),
        (["grep", "in no recording at all"], 1, set(), "0 matches"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_each_recording_answers_under_its_name(
    arguments: list[str], code: int, prefixes: set[str], total: str, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([arguments[0], str(root), *arguments[1:]]) == code
    captured = capsys.readouterr()
    *lines, last = captured.out.splitlines()
    assert {line.partition(":")[0] for line in lines} == prefixes
    assert last.startswith("total: 3 recordings (")
    assert total in last
    assert captured.err.startswith(f"rtrace-tui: broken: {root}/broken/manifest.json: ")


def test_json_is_one_document_a_line_with_its_path(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["stats", str(root), "--json"]) == 0
    *documents, total = map(json.loads, capsys.readouterr().out.splitlines())
    assert {(one["format"], Path(one["bundle"]).name) for one in documents} == {
        ("rtrace-tui stats 1", "agents"),
        ("rtrace-tui stats 1", "answer"),
    }
    assert sum(one["tokens"]["total"] for one in documents) == total["totals"]["tokens"]
    assert (total["recordings"], total["without_answer"], total["is_part"]) == (3, 1, ["tokens"])


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["why", "no-such-object"], "no recording in it has what was asked about"),
        (["grep", "re:("], "'(' is not a regular expression"),
        (["stats", "--at", "never"], "'never' is not a moment"),
    ],
)
def test_what_no_recording_can_answer_is_said_once(
    arguments: list[str], complaint: str, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.rmtree(root / "broken")
    assert main([arguments[0], str(root), *arguments[1:]]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    (line,) = captured.err.splitlines()
    assert complaint in line


def test_why_answers_for_the_recordings_that_have_the_object(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["why", str(root), "/root/alpha"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert {line.partition(":")[0] for line in lines} == {"agents"}


def test_one_that_makes_the_program_fail_stops_nothing(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: object) -> None:
        raise ZeroDivisionError("of all things")

    monkeypatch.setattr("tui.commands.stats.statistics_of", failing)
    assert main(["stats", str(root)]) == 70
    errors = capsys.readouterr().err
    assert errors.count("a mistake in this program: ZeroDivisionError: of all things") == 2


def test_a_folder_without_recordings_is_refused_as_before(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["stats", str(tmp_path)]) == 2
    assert "is an empty directory, not a bundle" in capsys.readouterr().err
