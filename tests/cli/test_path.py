"""`rtrace-tui path`: pieces without a gap, lives that add up, on every demo bundle."""

from __future__ import annotations

import json
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tui.cli import main

DEMO = Path(__file__).parents[2] / "demo_bundles"
BUNDLES = sorted(path.parent for path in DEMO.glob("*/manifest.json"))


def path_of(bundle: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    assert main(["path", str(bundle), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("bundle", BUNDLES, ids=lambda path: path.name)
def test_pieces_fill_the_wall_time(bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = path_of(bundle, capsys)
    pieces = found["pieces"]
    assert all(before["to"]["ms"] == after["from"]["ms"] for before, after in pairwise(pieces))
    assert sum(piece["to"]["ms"] - piece["from"]["ms"] for piece in pieces) == found["wall_ms"]
    assert sum(found["by_kind"].values()) == sum(one["ms"] for one in found["by_agent"]) == found["wall_ms"]
    assert not pieces or pieces[0]["from"]["ms"] == 0


@pytest.mark.parametrize("bundle", BUNDLES, ids=lambda path: path.name)
def test_every_change_of_agent_names_an_edge(bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for before, after in pairwise(path_of(bundle, capsys)["pieces"]):
        assert before["thread_id"] == after["thread_id"] or before["via"] or after["via"]


def test_waiting_adds_up_to_the_lives(capsys: pytest.CaptureFixture[str]) -> None:
    bundle = DEMO / "agents"
    waiting: Counter[str] = Counter()
    for row in path_of(bundle, capsys)["waiting"]:
        waiting[row["thread_id"]] += row["ms"]
    assert main(["reduce", str(bundle)]) == 0
    threads = json.loads(capsys.readouterr().out)["threads"]
    lives = {
        name: thread["execution"]["ended_at_unix_ms"] - thread["execution"]["started_at_unix_ms"]
        for name, thread in threads.items()
    }
    assert waiting == lives


def test_text_names_the_kinds_and_the_agents(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["path", str(DEMO / "agents")]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("path   ")
    assert "model" in lines[0]
    assert lines[1].startswith("on it  /root")
    lives = {line.split()[0]: line for line in lines if line.startswith("/root") and ": " in line}
    assert sorted(lives) == ["/root", "/root/alpha", "/root/alpha/deep", "/root/beta", "/root/gamma"]
    assert "waiting for /root/beta" in lives["/root"]
    assert "waiting for /root/alpha/deep" in lives["/root/alpha"]
    assert "waiting" not in lives["/root/gamma"]


def test_text_names_what_lies_around_time_outside_of_turns(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["path", str(DEMO / "compaction")]) == 0
    text = capsys.readouterr().out
    assert "  after turn 3 of /root  " in text
    assert "\nthe 20 longest of " in text
