"""Commands say what of a recording they could not read, and show no zero for it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.bundles import write_bundle
from tests.cli.test_check import rewrite_log
from tui.cli import main

NOTE = "4 of 5 events are understood"


@pytest.fixture
def bundle(tmp_path: Path) -> str:
    """Its third event is of a kind that nobody knows."""
    write_bundle(tmp_path / "bundle")
    rewrite_log(b'"protocol_event_observed"', b'"frame_observed"')(tmp_path / "bundle")
    return str(tmp_path / "bundle")


COMMANDS = {
    "agents": [],
    "stats": [],
    "edges": [],
    "path": [],
    "show": ["/root"],
    "why": ["/root"],
    "grep": ["root"],
}


@pytest.mark.parametrize("command", COMMANDS)
def test_command_says_what_is_missing(command: str, bundle: str, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = [command, bundle, *COMMANDS[command]]
    assert main(arguments) == main([*arguments, "--json"]) == 0
    out, err = capsys.readouterr()
    document = json.loads(out[out.index('{"format"' if command == "grep" else "{\n") :])
    assert document["reading"] == {"understood": 4, "events": 5, "note": NOTE}
    assert err == f"rtrace-tui: {NOTE}\n" * 2


def test_sound_recording_is_read_without_a_word(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_bundle(tmp_path / "bundle")
    main(["stats", str(tmp_path / "bundle"), "--json"])
    out, err = capsys.readouterr()
    assert json.loads(out)["reading"] == {"understood": 5, "events": 5, "note": None}
    assert json.loads(out)["calls"]["count"] == 0
    assert err == ""


def test_sum_of_what_was_not_read_is_no_zero(bundle: str, capsys: pytest.CaptureFixture[str]) -> None:
    main(["stats", bundle, "--json"])
    document = json.loads(capsys.readouterr().out)
    assert document["calls"]["count"] is None
    assert set(document["output"].values()) == {None}
    main(["stats", bundle])
    assert "requests  ?; ? compactions recorded\ncalls     ?\noutput    ?\n" in capsys.readouterr().out
    main(["edges", bundle])
    assert capsys.readouterr().out == "nothing was read that went between agents\n"


def test_log_of_which_nothing_was_read_counts_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_bundle(tmp_path / "bundle")
    log = tmp_path / "bundle" / "trace.jsonl"
    log.write_bytes(b"PK\x03\x04" + log.read_bytes())
    main(["stats", str(tmp_path / "bundle"), "--json"])
    out, err = capsys.readouterr()
    document = json.loads(out)
    assert document["reading"]["note"] == "no event was read; `rtrace-tui check` says why"
    assert [document[name]["count"] for name in ("requests", "calls")] == [None, None]
    assert err == f"rtrace-tui: {document['reading']['note']}\n"
    main(["check", str(tmp_path / "bundle")])
    assert "is packed with zip, which this program does not unpack; unzip does" in capsys.readouterr().out
