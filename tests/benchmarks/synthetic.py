"""Bundles of any size for benchmarks: agents that ask the model, run commands and answer, turn after turn.

The content is the same for the same arguments; only its amount matters here.
"""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any, Literal

from tui.bundle.write.writer import SCHEMA_VERSION, BundleWriter
from tui.schema.events import (
    CodexTurnEnded,
    CodexTurnStarted,
    GenericSummary,
    HistoryItemAccepted,
    InferenceCompleted,
    InferenceStarted,
    ModelRequester,
    RecordingCompleted,
    RolloutEnded,
    RolloutStarted,
    ThreadEnded,
    ThreadStarted,
    ToolCallEnded,
    ToolCallKind,
    ToolCallRuntimeEnded,
    ToolCallRuntimeStarted,
    ToolCallStarted,
)

Transport = Literal["full", "increments"]
"""`full`: every request holds the whole conversation. `increments`: only what is new, after a previous response."""

CALLS_PER_TURN = 20
TURNS_PER_THREAD = 2
_TEXT = "The parser reads a token, looks at the next one and decides. " * 6


class SyntheticSession:
    """Writes one bundle of about `events` events, with `writer` or else into `path`."""

    def __init__(
        self,
        path: Path,
        events: int,
        *,
        schema: int = SCHEMA_VERSION,
        transport: Transport = "increments",
        writer: BundleWriter | None = None,
    ) -> None:
        ticks = itertools.count(1_700_000_000_000, 7)
        self._writer = writer or BundleWriter(
            path, root_thread_id="root", schema_version=schema, clock=lambda: next(ticks)
        )
        self._events = events
        self._schema = self._writer.manifest.schema_version
        self._transport = transport
        self._numbers = itertools.count(1)

    def write(self) -> None:
        """Write everything."""
        writer = self._writer
        writer.append(RolloutStarted(trace_id=writer.manifest.trace_id, root_thread_id="root"))
        for number in itertools.count():
            thread_id = "root" if number == 0 else f"agent-{number}"
            self._thread(thread_id, "/root" if number == 0 else f"/root/agent_{number}")
            if writer.next_seq >= self._events:
                break
        writer.append(RolloutEnded(status="completed"))
        if self._schema > 1:
            writer.append(RecordingCompleted())
        writer.close()

    def _thread(self, thread_id: str, agent_path: str) -> None:
        self._writer.append(ThreadStarted(thread_id=thread_id, agent_path=agent_path))
        history: list[dict[str, Any]] = []
        previous: str | None = None
        for turn in range(TURNS_PER_THREAD):
            turn_id = f"{thread_id}-turn-{turn}"
            self._add(thread_id, turn_id, CodexTurnStarted(codex_turn_id=turn_id, thread_id=thread_id))
            history.append(self._message("user", f"Task {turn} of {thread_id}"))
            fresh = [history[-1]]
            for _ in range(CALLS_PER_TURN):
                previous, fresh = self._call(thread_id, turn_id, history, fresh, previous)
                history += fresh
                if self._writer.next_seq >= self._events:
                    break
            self._add(thread_id, turn_id, CodexTurnEnded(codex_turn_id=turn_id, status="completed"))
        self._writer.append(ThreadEnded(thread_id=thread_id, status="completed"))

    def _call(
        self,
        thread_id: str,
        turn_id: str,
        history: list[dict[str, Any]],
        fresh: list[dict[str, Any]],
        previous: str | None,
    ) -> tuple[str, list[dict[str, Any]]]:
        """One request, its response with a command, the command; the response's id and what is new since."""
        number = next(self._numbers)
        body: dict[str, Any] = {"model": "model", "input": history}
        if self._transport == "increments" and previous is not None:
            body |= {"input": fresh, "previous_response_id": previous}
        request = self._writer.write_payload("inference_request", body)
        prompt = self._writer.write_prompt({"input": history, "tools": [], "base_instructions": {"text": _TEXT}})
        started = InferenceStarted(
            inference_call_id=f"inference-{number:08}",
            thread_id=thread_id,
            codex_turn_id=turn_id,
            model="model",
            provider_name="provider",
            request_payload=request,
            prepared_prompt_payload=prompt,
        )
        self._add(thread_id, turn_id, started)
        answer = self._message("assistant", _TEXT)
        call = {"type": "function_call", "id": f"fc{number}", "name": "exec_command", "call_id": f"call{number}"}
        call["arguments"] = '{"cmd":"cargo test"}'
        usage = {"input_tokens": 9, "cached_input_tokens": 4, "output_tokens": 5, "reasoning_output_tokens": 0}
        body = {"response_id": f"r{number}", "output_items": [answer, call], "token_usage": usage}
        response = self._writer.write_payload("inference_response", body)
        completed = InferenceCompleted(
            inference_call_id=f"inference-{number:08}", response_id=f"r{number}", response_payload=response
        )
        self._add(thread_id, turn_id, completed)
        self._command(thread_id, turn_id, f"call{number}")
        output = {"type": "function_call_output", "id": f"fo{number}", "call_id": f"call{number}", "output": _TEXT}
        if self._schema > 1:
            for item in (answer, call, output):
                self._accept(thread_id, turn_id, item)
        if self._transport == "increments":
            history += [answer, call]
            return f"r{number}", [output]
        return f"r{number}", [answer, call, output]

    def _command(self, thread_id: str, turn_id: str, call_id: str) -> None:
        kind = ToolCallKind("exec_command")
        invocation = {"tool_name": "exec_command", "tool_namespace": None}
        invocation["payload"] = {"type": "function", "arguments": '{"cmd":"cargo test"}'}  # type: ignore[assignment]
        started = ToolCallStarted(
            tool_call_id=call_id,
            model_visible_call_id=call_id,
            requester=ModelRequester(),
            kind=kind,
            summary=GenericSummary("exec_command"),
            invocation_payload=self._writer.write_payload("tool_invocation", invocation),
        )
        self._add(thread_id, turn_id, started)
        begin = {"call_id": call_id, "command": ["cargo", "test"], "cwd": "/project", "process_id": call_id}
        ref = self._writer.write_payload("tool_runtime_event", begin)
        self._add(
            thread_id,
            turn_id,
            ToolCallRuntimeStarted(tool_call_id=call_id, kind=kind if self._schema > 1 else None, runtime_payload=ref),
        )
        end = {**begin, "exit_code": 0, "aggregated_output": _TEXT, "stdout": _TEXT, "stderr": ""}
        ref = self._writer.write_payload("tool_runtime_event", {**end, "formatted_output": _TEXT})
        self._add(
            thread_id, turn_id, ToolCallRuntimeEnded(tool_call_id=call_id, status="completed", runtime_payload=ref)
        )
        result = {"type": "direct_response", "response_item": {"output": _TEXT}}
        ref = self._writer.write_payload("tool_result", result)
        self._add(thread_id, turn_id, ToolCallEnded(tool_call_id=call_id, status="completed", result_payload=ref))

    def _accept(self, thread_id: str, turn_id: str, item: dict[str, Any]) -> None:
        has_body = self._writer.has_shards and item["type"] == "function_call_output"
        body = self._writer.write_payload("protocol_event", item) if has_body else None
        self._add(thread_id, turn_id, HistoryItemAccepted(item_id=str(item["id"]), tool_output_payload=body))

    def _message(self, role: str, text: str) -> dict[str, Any]:
        kind = "input_text" if role == "user" else "output_text"
        item_id = f"msg{next(self._numbers)}"
        return {"type": "message", "id": item_id, "role": role, "content": [{"type": kind, "text": text}]}

    def _add(self, thread_id: str, turn_id: str, payload: Any) -> None:
        self._writer.append(payload, thread_id=thread_id, codex_turn_id=turn_id)
