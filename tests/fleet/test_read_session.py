"""The facts of a recording in a list are those that the commands show of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tui.bundle.write.writer import BundleWriter
from tui.cli import main
from tui.fleet.read_session import read_session
from tui.schema.events import CodexTurnStarted, RolloutStarted, ThreadStarted


def test_facts_are_those_of_the_commands(demo_bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["agents", str(demo_bundle), "--json"]) == 0
    agents = json.loads(capsys.readouterr().out)
    assert main(["stats", str(demo_bundle), "--json"]) == 0
    stats = json.loads(capsys.readouterr().out)
    facts = read_session(str(demo_bundle)).facts
    assert facts.outcome == agents["outcome"]["word"]
    assert facts.problems == agents["problems"] + agents["problems_of_recording"]
    assert facts.agents == len(agents["agents"])
    assert facts.took_ms == agents["wall_ms"]
    assert (facts.requests, facts.total_tokens) == (stats["requests"]["count"], stats["tokens"]["total"])


def test_what_could_not_be_read_is_unknown_and_not_zero(tmp_path: Path) -> None:
    with BundleWriter(tmp_path / "bundle", root_thread_id="T", schema_version=2) as writer:
        writer.append({"type": "of_tomorrow"})
    facts = read_session(str(tmp_path / "bundle")).facts
    assert (facts.agents, facts.requests, facts.total_tokens) == (None, None, None)


def test_a_running_session_says_what_it_waits_for(tmp_path: Path) -> None:
    writer = BundleWriter(tmp_path / "bundle", root_thread_id="T", schema_version=2)
    writer.append(RolloutStarted(trace_id=writer.manifest.trace_id, root_thread_id="T"))
    writer.append(ThreadStarted(thread_id="T", agent_path="/root"))
    writer.append(CodexTurnStarted(codex_turn_id="U", thread_id="T"), thread_id="T", codex_turn_id="U")
    facts = read_session(str(tmp_path / "bundle")).facts  # the writer still holds the log
    writer.close()
    assert (facts.outcome, facts.doing) == ("running", "works: before its first call")
