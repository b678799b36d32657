"""`rtrace-tui slice`: a smaller recording that is sound, holds what it needs, and no text that was not asked for."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import DEMO_BUNDLES
from tui.analysis.recording.session_texts import session_texts
from tui.bundle.open import open_bundle
from tui.bundle.write.writer import BundleWriter
from tui.cli import main
from tui.commands.loaded import load
from tui.schema.events import (
    CodexTurnEnded,
    CodexTurnStarted,
    InferenceCompleted,
    InferenceStarted,
    RolloutStarted,
    ThreadStarted,
)
from tui.source.fault import PayloadFault
from tui.store import TraceStore

SECRET = "ghp_" + "a1B2" * 9


def sliced(bundle: Path, output: Path, *options: str) -> TraceStore:
    """The slice, read; `check` calls it clean."""
    assert main(["slice", str(bundle), *options, "-o", str(output)]) == 0
    assert main(["check", str(output)]) == 0
    return load(open_bundle(output))


def all_bytes(store: TraceStore) -> bytes:
    """The log and the body of every payload."""
    log = (Path(str(store.source.path)) / "trace.jsonl").read_bytes()
    bodies = [store.payloads.read_once(ref) for ref in store.trace.raw_payloads.values()]
    assert not any(isinstance(body, PayloadFault) for body in bodies)
    return b"\n".join([log, *(body for body in bodies if isinstance(body, bytes))])


@pytest.mark.parametrize("name", ["agents", "agents-schema1", "agents-schema2", "code-mode", "compaction", "failures"])
def test_one_agent_has_the_requests_and_calls_that_it_had(name: str, tmp_path: Path) -> None:
    whole = load(open_bundle(DEMO_BUNDLES / name))
    agent = next(reversed(whole.trace.threads))
    part = sliced(DEMO_BUNDLES / name, tmp_path / "part", "--agent", agent)

    def of_agent(store: TraceStore) -> list[object]:
        trace = store.trace
        return [
            trace.threads[agent].agent_path,
            [one.inference_call_id for one in trace.inference_calls.values() if one.thread_id == agent],
            [one.usage for one in trace.inference_calls.values() if one.thread_id == agent],
            [(one.tool_call_id, one.execution.status) for one in trace.tool_calls.values() if one.thread_id == agent],
            [one.kind for one in trace.conversation_items.values() if one.thread_id == agent],
        ]

    assert of_agent(part) == of_agent(whole)
    assert {one.thread_id for one in part.trace.inference_calls.values()} == {agent}
    assert part.manifest == whole.manifest


@pytest.mark.parametrize("name", ["agents", "agents-schema2", "agents-schema1", "patch", "mcp"])
def test_without_content_no_text_leaves(name: str, tmp_path: Path) -> None:
    part = sliced(DEMO_BUNDLES / name, tmp_path / "part", "--turn", "1")
    whole = load(open_bundle(DEMO_BUNDLES / name))
    held = all_bytes(part)
    texts = {text.text for text in session_texts(whole.trace) if " " in text.text}
    texts |= {one.result.stdout.strip() for one in whole.trace.terminal_operations.values() if one.result is not None}
    assert [text for text in texts if len(text) > 8 and json.dumps(text)[1:-1].encode() in held] == []
    assert b"/workspace" not in held


def test_equal_texts_stay_equal_and_others_apart(tmp_path: Path) -> None:
    whole = load(open_bundle(DEMO_BUNDLES / "agents"))
    part = sliced(DEMO_BUNDLES / "agents", tmp_path / "part", "--turn", "1")
    root = whole.trace.root_thread_id
    shape = [len(one.request_item_ids) for one in whole.trace.inference_calls.values() if one.thread_id == root]
    assert [len(one.request_item_ids) for one in part.trace.inference_calls.values()] == shape


def message(role: str, text: str) -> dict[str, Any]:
    return {"type": "message", "role": role, "content": [{"type": "input_text", "text": text}]}


@pytest.fixture
def increments(tmp_path: Path) -> Path:
    """Four turns with one request each; the third continues the second, the second the first."""
    with BundleWriter(tmp_path / "bundle", root_thread_id="T", schema_version=2) as writer:
        writer.append(RolloutStarted(trace_id=writer.manifest.trace_id, root_thread_id="T"))
        writer.append(ThreadStarted(thread_id="T", agent_path="/root"))
        for number in (1, 2, 3, 4):
            turn, name = f"U{number}", f"i{number}"
            writer.append(CodexTurnStarted(codex_turn_id=turn, thread_id="T"), thread_id="T", codex_turn_id=turn)
            body = {"model": "m", "input": [message("user", f"use {SECRET} in turn {number}")]}
            if number in (2, 3):
                body["previous_response_id"] = f"r{number - 1}"
            started = InferenceStarted(
                inference_call_id=name,
                thread_id="T",
                codex_turn_id=turn,
                model="m",
                provider_name="p",
                request_payload=writer.write_payload("inference_request", body),
            )
            writer.append(started, thread_id="T", codex_turn_id=turn)
            response = writer.write_payload("inference_response", {"output_items": [], "token_usage": None})
            ended = InferenceCompleted(inference_call_id=name, response_id=f"r{number}", response_payload=response)
            writer.append(ended, thread_id="T", codex_turn_id=turn)
            writer.append(CodexTurnEnded(codex_turn_id=turn, status="completed"), thread_id="T", codex_turn_id=turn)
    return tmp_path / "bundle"


@pytest.mark.parametrize(
    ("turn", "turns"),
    [("1", ["U1"]), ("3", ["U1", "U2", "U3"]), ("4", ["U4"]), ("U2", ["U1", "U2"]), ("1..2", ["U1", "U2"])],
)
def test_turns_come_with_those_they_continue(turn: str, turns: list[str], increments: Path, tmp_path: Path) -> None:
    part = sliced(increments, tmp_path / "part", "--turn", turn)
    assert list(part.trace.codex_turns) == turns
    assert part.event_log.newest_seq == 2 + 4 * len(turns)


def test_content_leaves_with_marks_for_secrets(increments: Path, tmp_path: Path) -> None:
    part = sliced(increments, tmp_path / "part", "--turn", "4", "--content")
    held = all_bytes(part)
    assert SECRET.encode() not in held
    assert "use ‹github-token 1› in turn 4".encode() in held


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ([], "which part? Name an --agent or a --turn"),
        (["--turn", "9"], "there is no turn 9; the agent has 4"),
        (["--agent", "/root", "--agent", "T", "--turn", "1"], "--turn counts the turns of one agent"),
        (["--agent", "U1"], "'U1' is not an agent but a turn"),
    ],
)
def test_what_cannot_be_cut_is_refused(
    options: list[str], complaint: str, increments: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["slice", str(increments), *options, "-o", str(tmp_path / "part")]) == 2
    assert complaint in capsys.readouterr().err
    assert not (tmp_path / "part").exists()


def test_nothing_is_written_where_something_is(
    increments: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["slice", str(increments), "--turn", "1", "-o", str(increments / "payloads/part")]) == 2
    assert "bundles are never written to" in capsys.readouterr().err
    (tmp_path / "full").mkdir()
    (tmp_path / "full/notes.txt").write_text("mine")
    assert main(["slice", str(increments), "--turn", "1", "-o", str(tmp_path / "full")]) == 2
    assert "already exists" in capsys.readouterr().err


def test_a_damaged_recording_gives_a_sound_slice(increments: Path, tmp_path: Path) -> None:
    (increments / "payloads/7.json").write_text("{not json")
    shutil.copytree(increments, tmp_path / "copy")
    part = sliced(tmp_path / "copy", tmp_path / "part", "--agent", "/root")
    assert list(part.trace.inference_calls) == ["i1", "i2", "i3"]
