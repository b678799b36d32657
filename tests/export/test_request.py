"""`export --to request`: the whole logical body of one request."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import DEMO_BUNDLES
from tui.bundle.open import open_bundle
from tui.bundle.write.writer import BundleWriter
from tui.cli import main
from tui.schema.events import (
    CodexTurnStarted,
    InferenceCompleted,
    InferenceStarted,
    RolloutStarted,
    ThreadStarted,
)
from tui.store import TraceStore

SECRET = "ghp_" + "a1B2" * 9


def message(role: str, text: str) -> dict[str, Any]:
    kind = "output_text" if role == "assistant" else "input_text"
    return {"type": "message", "role": role, "content": [{"type": kind, "text": text}]}


@pytest.fixture
def continued(tmp_path: Path) -> Path:
    """Two requests; the second one sends what is new behind the response to the first."""
    with BundleWriter(tmp_path / "bundle", root_thread_id="T", trace_id="trace", schema_version=2) as writer:
        writer.append(RolloutStarted(trace_id="trace", root_thread_id="T"))
        writer.append(ThreadStarted(thread_id="T", agent_path="/root"))
        writer.append(CodexTurnStarted(codex_turn_id="U", thread_id="T"), thread_id="T", codex_turn_id="U")
        sealed = {"type": "reasoning", "summary": [], "encrypted_content": "gAAAAB" * 20}
        bodies = [
            {"type": "response.create", "model": "m", "input": [message("user", "hello")], "store": False},
            {
                "type": "response.create",
                "model": "m",
                "previous_response_id": "r1",
                "input": [message("user", f"use {SECRET}")],
                "temperature": 1.0,
            },
        ]
        answers = [[sealed, message("assistant", "hi")], [message("assistant", "done")]]
        for number, (body, items) in enumerate(zip(bodies, answers, strict=True), 1):
            request = writer.write_payload("inference_request", body)
            started = InferenceStarted(
                inference_call_id=f"i{number}",
                thread_id="T",
                codex_turn_id="U",
                model="m",
                provider_name="p",
                request_payload=request,
            )
            writer.append(started, thread_id="T", codex_turn_id="U")
            response = writer.write_payload("inference_response", {"output_items": items, "token_usage": None})
            ended = InferenceCompleted(
                inference_call_id=f"i{number}", response_id=f"r{number}", response_payload=response
            )
            writer.append(ended, thread_id="T", codex_turn_id="U")
    return tmp_path / "bundle"


def exported(capfd: pytest.CaptureFixture[str], bundle: Path, request_id: str, *options: str) -> Any:
    assert main(["export", str(bundle), "--to", "request", "--id", request_id, *options]) == 0
    return json.loads(capfd.readouterr().out)


def test_continued_request_is_made_whole(continued: Path, capfd: pytest.CaptureFixture[str]) -> None:
    body = exported(capfd, continued, "i2", "--content")
    assert body == {
        "model": "m",
        "input": [
            message("user", "hello"),
            {"type": "reasoning", "summary": [], "encrypted_content": "gAAAAB" * 20},
            message("assistant", "hi"),
            message("user", "use ‹github-token 1›"),
        ],
        "temperature": 1.0,
    }


def test_structure_is_shape_and_sizes(continued: Path, capfd: pytest.CaptureFixture[str]) -> None:
    body = exported(capfd, continued, "i2")
    assert body["input"][0] == message("user", "‹5 B›")
    assert body["input"][1]["encrypted_content"] == "‹120 B›"
    assert body["model"] == "m"


def test_whole_request_stays_as_it_was_sent(capfd: pytest.CaptureFixture[str]) -> None:
    store = TraceStore(open_bundle(DEMO_BUNDLES / "shell"))
    store.load_all()
    for name, call in store.trace.inference_calls.items():
        sent = store.payloads.read(store.trace.raw_payloads[call.raw_request_payload_id])
        assert isinstance(sent, bytes)
        assert exported(capfd, DEMO_BUNDLES / "shell", name, "--content")["tools"] == json.loads(sent)["tools"]


def test_structure_names_no_property_of_a_schema(capfd: pytest.CaptureFixture[str]) -> None:
    store = TraceStore(open_bundle(DEMO_BUNDLES / "shell"))
    store.load_all()
    body = exported(capfd, DEMO_BUNDLES / "shell", next(iter(store.trace.inference_calls)))
    assert {str(tool.get("parameters", "‹"))[0] for tool in body["tools"]} == {"‹"}


@pytest.mark.parametrize(
    ("options", "complaint"),
    [([], "--to request needs --id"), (["--id", "/root"], "thread:T is not one"), (["--id", "i9"], "there is no 'i9'")],
)
def test_other_objects_are_refused(
    options: list[str], complaint: str, continued: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["export", str(continued), "--to", "request", *options]) == 2
    assert complaint in capfd.readouterr().err


def test_missing_payload_is_named_and_nothing_written(continued: Path, capfd: pytest.CaptureFixture[str]) -> None:
    store = TraceStore(open_bundle(continued))
    store.load_all()
    first = store.trace.raw_payloads[store.trace.inference_calls["i1"].raw_request_payload_id]  # type: ignore[index]
    assert first.path is not None
    (continued / first.path).unlink()
    assert main(["export", str(continued), "--to", "request", "--id", "i1"]) == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert "cannot be made whole" in err
