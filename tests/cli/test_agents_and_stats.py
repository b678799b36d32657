"""`agents` and `stats`: text for people, JSON for scripts, one line for what is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import DEMO_BUNDLES
from tui.bundle.open import open_bundle
from tui.bundle.write.writer import BundleWriter, unix_ms
from tui.cli import main
from tui.model.lookup import find_object
from tui.model.noderef import NodeRef
from tui.schema.events import (
    CodexTurnStarted,
    CompactionInstalled,
    GenericSummary,
    InferenceStarted,
    ModelRequester,
    RolloutStarted,
    ThreadStarted,
    ToolCallKind,
    ToolCallStarted,
)
from tui.store import TraceStore

CALLS = {"count": int, "failed": int, "cancelled": int, "open": int, "total_ms": (int, type(None))}
OPTIONAL_CALLS = ("p50_ms", "p95_ms", "max_ms", "slowest")
TOKENS = {"input": int, "cached_input": int, "output": int, "reasoning": int, "total": int}


def printed(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> str:
    assert main([str(argument) for argument in arguments]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    return out


def shape(value: dict[str, Any], fields: dict[str, Any], optional: tuple[str, ...] = ()) -> None:
    assert set(fields) | set(optional) <= set(value)
    for name, kind in fields.items():
        assert isinstance(value[name], kind), (name, value[name])


def assert_exists(store: TraceStore, node: dict[str, str] | None) -> None:
    if node is not None:
        assert find_object(store.trace, NodeRef(node["kind"], node["id"])) is not None  # type: ignore[arg-type]


def loaded(bundle: Path) -> TraceStore:
    store = TraceStore(open_bundle(bundle))
    store.load_all()
    return store


def test_agents_json_has_its_shape_and_names_objects_of_the_graph(
    demo_bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = json.loads(printed(capsys, "agents", demo_bundle, "--json"))
    store = loaded(demo_bundle)
    assert found["format"] == "rtrace-tui agents 1"
    assert next(iter(found)) == "format"
    shape(found, {"rollout_id": str, "recording": dict, "state": str, "chain": list, "counts": dict, "agents": list})
    shape(found["tokens"], TOKENS, ("hit_rate",))
    assert sum(found["counts"].values()) == len(found["agents"]) == len(store.trace.threads)
    for agent in found["agents"]:
        shape(agent, {"slot": int, "thread_id": str, "agent_path": str, "depth": int, "state": dict, "models": dict})
        shape(agent, {"turns": int, "inferences": int, "tool_calls": int, "problems": int, "is_open": bool})
        shape(agent, {"start_ms": int, "span_ms": int, "busy_ms": int, "waits_on": list, "chain": list})
        shape(agent["state"], {"word": str, "doing": str, "says_so": dict, "what": str, "via": list}, ("open",))
        shape(agent["tokens_with_below"], TOKENS)
        for node in (agent["state"]["says_so"], agent["state"]["open"], *agent["state"]["via"]):
            assert_exists(store, node)


def test_stats_json_has_its_shape_and_adds_up(demo_bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = json.loads(printed(capsys, "stats", demo_bundle, "--json"))
    store = loaded(demo_bundle)
    assert found["format"] == "rtrace-tui stats 1"
    shape(found["calls"], CALLS, OPTIONAL_CALLS)
    for group in (*found["tools"], *found["models"]):
        shape(group, {"name": str, **CALLS}, OPTIONAL_CALLS)
        assert_exists(store, group["slowest"])
    for agent in found["agents"]:
        shape(agent, {"thread_id": str, "agent_path": str, "context": list, "largest_input_tokens": int})
        assert agent["largest_input_tokens"] == max((point["input_tokens"] for point in agent["context"]), default=0)
    for name in ("count", "failed", "total_ms"):
        assert sum(tool[name] or 0 for tool in found["tools"]) == (found["calls"][name] or 0)
        assert sum(agent["requests"][name] or 0 for agent in found["agents"]) == (found["requests"][name] or 0)
    for call in found["slowest"]:
        assert_exists(store, call["node"])


@pytest.mark.parametrize("command", ["agents", "stats"])
def test_text_is_harmless_and_the_same_each_time(
    command: str, demo_bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = printed(capsys, command, demo_bundle)
    assert first.startswith("rollout ")
    assert all(line.isprintable() for line in first.splitlines())
    assert "Traceback" not in first
    assert printed(capsys, command, demo_bundle) == first


def test_agents_tells_who_is_where_and_what_it_was_asked(capsys: pytest.CaptureFixture[str]) -> None:
    text = printed(capsys, "agents", DEMO_BUNDLES / "agents")
    assert "agents     5 agents: 4 ended, 1 failed" in text
    assert "✗ failed: its last request failed: stream disconnected before completion: mock model exploded" in text
    assert "asked     [deep] count the functions" in text


def test_a_killed_recording_is_cut_off_with_the_open_command(capsys: pytest.CaptureFixture[str]) -> None:
    found = json.loads(printed(capsys, "agents", DEMO_BUNDLES / "killed", "--json"))
    assert found["recording"]["state"] == "cut off"
    (agent,) = found["agents"]
    assert (found["state"], agent["state"]["word"], agent["state"]["doing"]) == (
        "cut off",
        "cut off",
        "waiting on a terminal",
    )
    assert agent["state"]["open"] == {"kind": "terminal_operation", "id": "terminal_operation:1"}
    assert agent["state"]["what"] == "$ echo begin; sleep 60; echo end"
    assert agent["state"]["evidence"] == found["recording"]["evidence"]


def test_what_is_open_in_a_recording_that_waits_is_open_until_now(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hours = 3 * 3_600_000
    with BundleWriter(tmp_path / "b", root_thread_id="T", clock=lambda: unix_ms() - hours) as writer:
        writer.append(RolloutStarted(trace_id="trace", root_thread_id="T"))
        writer.append(ThreadStarted(thread_id="T", agent_path="/root"))
        writer.append(CodexTurnStarted(codex_turn_id="U", thread_id="T"), thread_id="T", codex_turn_id="U")
        found = json.loads(printed(capsys, "agents", tmp_path / "b", "--json"))
    assert found["recording"]["state"] == "waiting"
    (agent,) = found["agents"]
    assert hours <= agent["state"]["age_ms"] < hours + 60_000


def test_stats_names_tools_as_the_model_knows_them(capsys: pytest.CaptureFixture[str]) -> None:
    text = printed(capsys, "stats", DEMO_BUNDLES / "mcp")
    assert "demo.slow " in text
    assert "Slowest tools and commands" in text


@pytest.mark.parametrize("command", ["agents", "stats"])
def test_no_bundle_is_one_line_and_exit_code_2(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([command, str(tmp_path / "nowhere")]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert "nowhere" in err


def test_agents_of_an_unread_log_are_unknown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with BundleWriter(tmp_path / "b", root_thread_id="T", trace_id="trace") as writer:
        writer.append(RolloutStarted(trace_id="trace", root_thread_id="T"))
    (tmp_path / "b/trace.jsonl").unlink()
    (tmp_path / "b/trace.jsonl").mkdir()
    assert main(["agents", str(tmp_path / "b")]) == 0
    assert capsys.readouterr().out.splitlines()[1:] == [
        "session    unknown (no agent of it was read)",
        "recording  waiting: trace.jsonl: cannot be read: a directory, not a file",
        "agents     ? (none was read)",
        "problems   1: 0 of agents, 1 of the recording",
    ]
    assert main(["agents", "--json", str(tmp_path / "b")]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["state"], found["tokens"]["total"], found["wall_ms"]) == ("unknown", None, None)


@pytest.mark.parametrize(("compactions", "said"), [(0, "0 compactions"), (1, "1 compaction"), (2, "2 compactions")])
def test_stats_count_compactions_and_what_calls_put_out(
    compactions: int, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with BundleWriter(tmp_path / "b", root_thread_id="T", trace_id="trace") as writer:
        writer.append(RolloutStarted(trace_id="trace", root_thread_id="T"))
        writer.append(ThreadStarted(thread_id="T", agent_path="/root"))
        writer.append(CodexTurnStarted(codex_turn_id="U", thread_id="T"), thread_id="T", codex_turn_id="U")
        for number in range(compactions):
            checkpoint = writer.write_payload("compaction_checkpoint", {"input_history": [], "replacement_history": []})
            installed = CompactionInstalled(compaction_id=f"C{number}", checkpoint_payload=checkpoint)
            writer.append(installed, thread_id="T", codex_turn_id="U")
        asked = InferenceStarted(
            inference_call_id="I",
            thread_id="T",
            codex_turn_id="U",
            model="m",
            provider_name="p",
            request_payload=writer.write_payload("inference_request", {"input": []}),
        )
        writer.append(asked, thread_id="T", codex_turn_id="U")
        invocation = writer.write_payload("tool_invocation", {"tool_name": "exec_command", "payload": {}})
        started = ToolCallStarted(
            tool_call_id="call",
            requester=ModelRequester(),
            kind=ToolCallKind(type="exec_command"),
            summary=GenericSummary("exec_command"),
            invocation_payload=invocation,
        )
        writer.append(started, thread_id="T", codex_turn_id="U")
    lines = printed(capsys, "stats", tmp_path / "b").splitlines()
    assert lines[2].endswith(f"; {said} recorded")
    assert lines[4] == "output    ? produced, 0 B seen by the model; cut in 0 calls", "the only call is still open"


def test_what_is_below_agents_is_unknown_without_their_metadata(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with BundleWriter(tmp_path, schema_version=2) as writer:
        for name, path in ((writer.manifest.root_thread_id, "/root"), ("child", "/root/a")):
            writer.append(ThreadStarted(thread_id=name, agent_path=path), thread_id=name)
    agents = json.loads(printed(capsys, "agents", tmp_path, "--json"))["agents"]
    assert [(agent["children"], agent["tokens_with_below"]["requests"]) for agent in agents] == [(None, None)] * 2
