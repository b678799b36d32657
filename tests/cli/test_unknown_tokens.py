"""Tokens that were not recorded: never 0, and every sum says of how many requests it is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tui.bundle.write.writer import BundleWriter
from tui.cli import main
from tui.schema.events import (
    CodexTurnStarted,
    InferenceCompleted,
    InferenceStarted,
    RecordingCompleted,
    RolloutEnded,
    RolloutStarted,
    ThreadStarted,
)

USAGE = {
    "input_tokens": 1000,
    "cached_input_tokens": 600,
    "cache_write_input_tokens": 40,
    "output_tokens": 50,
    "reasoning_output_tokens": 5,
    "total_tokens": 1050,
}
NONE: dict[str, Any] = {"token_usage": None, "output_items": []}
ZERO = {"token_usage": dict.fromkeys(USAGE, 0), "output_items": []}
NEGATIVE = {"token_usage": dict.fromkeys(USAGE, -1), "output_items": []}
"""What some providers answer for what they did not count."""
KNOWN = {"token_usage": USAGE, "output_items": []}
UNREADABLE = b"{"


def record(directory: Path, *responses: object) -> Path:
    """One agent with a request for each response; None for one that never came."""
    with BundleWriter(directory, root_thread_id="T", trace_id="trace") as writer:
        writer.append(RolloutStarted(trace_id="trace", root_thread_id="T"))
        writer.append(ThreadStarted(thread_id="T", agent_path="/root"))
        writer.append(CodexTurnStarted(codex_turn_id="U", thread_id="T"), thread_id="T", codex_turn_id="U")
        for number, response in enumerate(responses):
            name, request = f"i{number}", writer.write_payload("inference_request", {"input": []})
            started = InferenceStarted(
                inference_call_id=name,
                thread_id="T",
                codex_turn_id="U",
                model="m",
                provider_name="p",
                request_payload=request,
            )
            writer.append(started, thread_id="T", codex_turn_id="U")
            if response is not None:
                answer = writer.write_payload("inference_response", response)
                writer.append(
                    InferenceCompleted(inference_call_id=name, response_payload=answer),
                    thread_id="T",
                    codex_turn_id="U",
                )
        writer.append(RolloutEnded(status="completed"))
        writer.append(RecordingCompleted())
    return directory


def said(capsys: pytest.CaptureFixture[str], command: str, bundle: Path) -> str:
    assert main([command, str(bundle)]) == 0
    return capsys.readouterr().out


def tokens(capsys: pytest.CaptureFixture[str], command: str, bundle: Path) -> dict[str, Any]:
    assert main([command, str(bundle), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["agents"][0]["tokens"] == document["tokens"]
    found: dict[str, Any] = document["tokens"]
    return found


@pytest.mark.parametrize(
    ("responses", "total", "known", "in_agents", "in_stats"),
    [
        ((), 0, "0 of 0", "0 tokens\n", "0 in, 0 out, 0 of them reasoning\n"),
        ((ZERO,), 0, "1 of 1", "0 tokens\n", "0 in, 0 out, 0 of them reasoning\n"),
        (
            (NONE,),
            None,
            "0 of 1",
            "? tokens in 1 request\n",
            "? in, ? out, ? of them reasoning; in 1 request\n",
        ),
        (
            (None,),
            None,
            "0 of 1",
            "? tokens in 1 request\n",
            "? in, ? out, ? of them reasoning; in 1 request\n",
        ),
        (
            (NEGATIVE, {"token_usage": USAGE | {"cached_input_tokens": -1}, "output_items": []}),
            None,
            "0 of 2",
            "? tokens in 2 requests\n",
            "? in, ? out, ? of them reasoning; in 2 requests\n",
        ),
        (
            (KNOWN,),
            1050,
            "1 of 1",
            "1.1k tokens, 60% of the input cached\n",
            "1.0k in (60% cached), 50 out, 5 of them reasoning\n",
        ),
        (
            (KNOWN, UNREADABLE, NONE),
            1050,
            "1 of 3",
            "1.1k tokens in 1 of 3 requests, 60% of the input cached\n",
            "1.0k in (60% cached), 50 out, 5 of them reasoning; in 1 of 3 requests\n",
        ),
    ],
)
def test_sums_say_of_how_many_requests(
    responses: tuple[object, ...],
    total: int | None,
    known: str,
    in_agents: str,
    in_stats: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    bundle = record(tmp_path / "bundle", *responses)
    assert f"tokens     {in_agents}" in said(capsys, "agents", bundle)
    assert f"tokens    {in_stats}" in said(capsys, "stats", bundle)
    for command in ("agents", "stats"):
        found = tokens(capsys, command, bundle)
        assert found["total"] == total
        assert f"{found['requests'] - found['requests_without_usage']} of {found['requests']}" == known


def test_tables_mark_sums_that_are_parts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    part, unknown = record(tmp_path / "part", KNOWN, UNREADABLE), record(tmp_path / "unknown", NONE)
    assert [line.split()[5] for line in said(capsys, "agents", part).splitlines() if line.startswith("1  ")] == [
        "≥1.1k"
    ]
    assert [line.split()[5] for line in said(capsys, "agents", unknown).splitlines() if line.startswith("1  ")] == ["?"]
    assert " ≥1.0k     60%     ≥50         ≥5" in said(capsys, "stats", part)
    assert tokens(capsys, "stats", part)["cache_write_input"] == 40
