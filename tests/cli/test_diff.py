"""`rtrace-tui diff`: exit codes, JSON and lines for people, across schemas."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import DEMO_BUNDLES
from tui.cli import main

AGENTS, PATCH, SHELL = (str(DEMO_BUNDLES / name) for name in ("agents", "patch", "shell"))


def diff(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(["diff", *arguments])
    out, err = capsys.readouterr()
    return code, out, err


def as_json(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    code, out, _ = diff(capsys, *arguments, "--json")
    return code, json.loads(out)


def test_bundle_is_the_same_as_itself(capsys: pytest.CaptureFixture[str]) -> None:
    code, found = as_json(capsys, AGENTS, AGENTS, "--exact")
    assert code == 0
    assert found["format"] == "rtrace-tui diff 1"
    assert (found["same"], found["settings"], found["ignored"]) == (True, [], {})
    assert all(one["first"] is None and one["only_a"] == one["only_b"] == 0 for one in found["agents"])


def test_different_sessions_part_at_the_prompt(capsys: pytest.CaptureFixture[str]) -> None:
    code, found = as_json(capsys, PATCH, SHELL)
    assert code == 1
    assert not found["same"]
    (root,) = found["agents"]
    assert (root["a"], root["b"], root["first"]["class"]) == ("/root", "/root", "input")
    assert root["first"]["a"]["item"].startswith("conversation_item:")
    assert root["first"]["a"]["seq"] > 0


def test_agents_without_partner_and_other_instructions_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    _, found = as_json(capsys, AGENTS, SHELL)
    root, *others = found["agents"]
    assert (root["first"]["class"], root["first"]["a"], root["first"]["b"]) == ("instructions", None, None)
    assert [one["b"] for one in others] == [None] * 4
    assert {one["what"] for one in found["settings"]} >= {"instructions", "tools"}


def test_differences_are_mirrored(capsys: pytest.CaptureFixture[str]) -> None:
    _, there = as_json(capsys, AGENTS, SHELL, "--agent", "/root")
    _, back = as_json(capsys, SHELL, AGENTS, "--agent", "/root")
    (one,), (other,) = there["agents"], back["agents"]
    assert one["reordered"] == other["reordered"]
    assert (one["only_a"], one["only_b"], one["matched"]) == (other["only_b"], other["only_a"], other["matched"])
    assert (one["first"]["a"], one["first"]["b"]) == (other["first"]["b"], other["first"]["a"])
    assert {name: -value for name, value in one["delta"].items()} == other["delta"]


def test_people_read_who_did_it(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = diff(capsys, AGENTS, SHELL, "--max", "1")
    assert code == 1
    lines = out.splitlines()
    assert lines[0] == "the two recordings differ"
    assert any("the INSTRUCTIONS differ" in line for line in lines)
    assert any(line.endswith("more agents differ") for line in lines)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((AGENTS, "/nowhere"), "/nowhere: there is no such directory"),
        ((AGENTS, SHELL, "--agent", "/root/nobody"), "neither recording has an agent '/root/nobody'"),
    ],
)
def test_what_cannot_be_compared_is_one_line(
    arguments: tuple[str, ...], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = diff(capsys, *arguments)
    assert (code, out) == (2, "")
    assert message in err
    assert err.count("\n") == 1


def test_recording_without_agents_has_none_in_common(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    shutil.copytree(DEMO_BUNDLES / "answer-schema2", empty)
    (empty / "trace.jsonl").write_bytes(b"")
    code, out, _ = diff(capsys, SHELL, str(empty))
    assert (code, out.splitlines()[0]) == (1, "the two recordings have no agent in common")
    assert "/root: only in A" in out
    code, out, _ = diff(capsys, str(empty), str(empty))
    assert (code, out.splitlines()[0]) == (0, "neither recording has an agent: there is nothing to compare")


def test_same_setting_of_several_agents_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = diff(capsys, AGENTS, str(DEMO_BUNDLES / "agents-schema1"))
    models = [line for line in out.splitlines() if line.startswith("  model of")]
    assert models == ['  model of 5 agents: "gpt-6.1-sol" → "gpt-5.5"']


def test_first_item_is_shown_below_other_instructions(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = diff(capsys, AGENTS, SHELL, "--agent", "/root")
    lines = [line.strip() for line in out.partition("\n\n")[2].splitlines()]
    assert lines[1:3] == ["at item 0: the INSTRUCTIONS differ", "at item 0: the INPUT differs"]
    assert [line[0] for line in lines[3:5]] == ["A", "B"]


def test_payload_that_cannot_be_read_is_no_other_setting(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    damaged = tmp_path / "damaged"
    shutil.copytree(DEMO_BUNDLES / "answer-schema2", damaged)
    request = next(
        path for path in sorted((damaged / "payloads").iterdir()) if b'"parallel_tool_calls"' in path.read_bytes()
    )
    request.write_bytes(b"{")
    code, out, _ = diff(capsys, str(DEMO_BUNDLES / "answer-schema2"), str(damaged))
    assert code == 1
    assert "B: 1 payload body cannot be read" in out
    assert "not set" not in out
    _, found = as_json(capsys, str(DEMO_BUNDLES / "answer-schema2"), str(damaged))
    assert found["unread"]["a"] is None
    assert found["unread"]["b"].startswith("1 payload body cannot be read")
