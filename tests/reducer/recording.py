"""A recording in memory: events and payload bodies, written in sight of the test that reduces them.

One step of the clock is 10 ms and one `seq`. The root thread `T` and its turn `U` are there from the start.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from tui.model.encode import encode_trace
from tui.model.ids import CodeCellId, InferenceCallId, ItemId, OperationId, ThreadId, ToolCallId
from tui.model.trace import RolloutTrace
from tui.reducer.reducer import TraceReducer
from tui.schema.decode import EventLine, TraceLine
from tui.schema.events import (
    CodeCellEnded,
    CodeCellInitialResponse,
    CodeCellRequester,
    CodeCellStarted,
    CodeCellWaitTargetResolved,
    CodexTurnEnded,
    CodexTurnStarted,
    CompactionInstalled,
    ExecutionStatus,
    GenericSummary,
    HistoryItemAccepted,
    InferenceCompleted,
    InferenceFailed,
    InferenceStarted,
    KnownEvent,
    ModelRequester,
    RawTraceEvent,
    RolloutStarted,
    ThreadStarted,
    ToolCallEnded,
    ToolCallKind,
    ToolCallRuntimeEnded,
    ToolCallRuntimeStarted,
    ToolCallStarted,
    UnknownEvent,
)
from tui.schema.manifest import Manifest
from tui.schema.payloads import PayloadKind, RawPayloadRef

Json = dict[str, Any]


class Recording:
    """Events under construction. Every method that adds an event returns its `seq`."""

    def __init__(self, schema: int = 2) -> None:
        self.schema = schema
        self.lines: list[TraceLine] = []
        self.bodies: dict[str, bytes] = {}
        self.thread_id: str | None = "T"
        self.turn_id: str | None = "U"
        self.manifest = Manifest(
            schema_version=schema, trace_id="trace", rollout_id="R", root_thread_id="T", started_at_unix_ms=0
        )
        self.event(RolloutStarted(trace_id="trace", root_thread_id="T"))
        self.thread("T", "/root")
        self.event(CodexTurnStarted(codex_turn_id="U", thread_id="T"))

    # Building

    def event(self, payload: KnownEvent | UnknownEvent, **envelope: Any) -> int:
        """Append an event in the current thread and turn."""
        seq = len(self.lines) + 1
        fields: Json = {
            "schema_version": self.schema,
            "seq": seq,
            "wall_time_unix_ms": seq * 10,
            "rollout_id": "R",
            "thread_id": self.thread_id,
            "codex_turn_id": self.turn_id,
        }
        self.lines.append(EventLine(seq, RawTraceEvent(payload=payload, **(fields | envelope))))
        return seq

    def payload(self, kind: str, body: object) -> RawPayloadRef:
        """Add a payload; `bytes` stand as they are."""
        number = len(self.bodies) + 1
        data = body if isinstance(body, bytes) else msgspec.json.encode(body)
        self.bodies[f"raw_payload:{number}"] = data
        if self.schema >= 3:
            return RawPayloadRef(f"raw_payload:{number}", PayloadKind(kind), shard=1)
        return RawPayloadRef(f"raw_payload:{number}", PayloadKind(kind), f"payloads/{number}.json")

    def thread(self, thread_id: str, path: str, metadata: Json | None = None) -> int:
        """Start a thread."""
        ref = None if metadata is None else self.payload("session_metadata", metadata)
        return self.event(ThreadStarted(thread_id=thread_id, agent_path=path, metadata_payload=ref))

    def child(self, thread_id: str, path: str, parent: str = "T") -> None:
        """Start a thread spawned by `parent`, with a turn of its own named after it."""
        spawn = {"parent_thread_id": parent, "depth": 1, "agent_path": path, "agent_role": "worker"}
        self.thread(thread_id, path, {"agent_path": path, "session_source": {"subagent": {"thread_spawn": spawn}}})
        self.event(CodexTurnStarted(codex_turn_id=f"turn-{thread_id}", thread_id=thread_id))

    def inside(self, thread_id: str, turn_id: str | None = None) -> Recording:
        """Go on in another thread."""
        self.thread_id = thread_id
        self.turn_id = turn_id or ("U" if thread_id == "T" else f"turn-{thread_id}")
        return self

    def request(
        self,
        name: str,
        items: Iterable[Json],
        previous: str | None = None,
        *,
        warmup: object = None,
        prompt: object = None,
        **more: Any,
    ) -> int:
        """Start an inference call that sends `items`, all of them or what is new after response `previous`.

        In schema 3 with a prepared prompt, which nothing reads, and with a warm-up context if one is given.
        """
        body: Json = {"model": "m", "input": list(items), **more}
        if previous is not None:
            body["previous_response_id"] = previous
        started = InferenceStarted(
            inference_call_id=name,
            thread_id=str(self.thread_id),
            codex_turn_id=str(self.turn_id),
            model="m",
            provider_name="p",
            request_payload=self.payload("inference_request", body),
            prepared_prompt_payload=None if self.schema < 3 else self.payload("prepared_prompt", prompt),
            warmup_context_payload=None if warmup is None else self.payload("warmup_context", warmup),
        )
        return self.event(started)

    def done(self, name: str, items: Iterable[Json], response_id: str | None = None, usage: Json | None = None) -> int:
        """Complete an inference call."""
        body = {"output_items": list(items), "token_usage": usage}
        ref = self.payload("inference_response", body)
        return self.event(InferenceCompleted(inference_call_id=name, response_payload=ref, response_id=response_id))

    def failed(self, name: str, items: Iterable[Json] | None = None) -> int:
        """Fail an inference call, with what had arrived."""
        ref = (
            None
            if items is None
            else self.payload("inference_response", {"output_items": list(items), "token_usage": None})
        )
        return self.event(InferenceFailed(inference_call_id=name, error="stream broke", partial_response_payload=ref))

    def accept(self, item_id: str, message: Json | None = None) -> int:
        """Accept an item into the history."""
        ref = None if message is None else self.payload("protocol_event", message)
        return self.event(HistoryItemAccepted(item_id=item_id, agent_message_payload=ref))

    def accept_output(self, item: object, item_id: str) -> int:
        """Accept a tool's output into the history, with the item itself (schema 3)."""
        ref = self.payload("protocol_event", item)
        return self.event(HistoryItemAccepted(item_id=item_id, tool_output_payload=ref))

    def waited(self, tool: str, number: str, **envelope: Any) -> int:
        """Confirm which code cell a call waited for (schema 3)."""
        return self.event(CodeCellWaitTargetResolved(tool_call_id=tool, runtime_cell_id=number), **envelope)

    def tool(
        self,
        name: str,
        kind: str = "exec_command",
        *,
        call: str | None = None,
        cell: str | None = None,
        arguments: Json | None = None,
        other_name: str = "exec",
    ) -> int:
        """Dispatch a tool: `call` is its model-visible id, `cell` the runtime number of the cell that called it."""
        invocation = None
        if arguments is not None:
            function = {"type": "function", "arguments": msgspec.json.encode(arguments).decode()}
            tool_name = other_name if kind == "other" else kind
            body = {"tool_name": tool_name, "tool_namespace": None, "payload": function}
            invocation = self.payload("tool_invocation", body)
        started = ToolCallStarted(
            tool_call_id=name,
            model_visible_call_id=call,
            requester=ModelRequester() if cell is None else CodeCellRequester(cell),
            kind=ToolCallKind(kind, name=other_name) if kind == "other" else ToolCallKind(kind),  # type: ignore[arg-type]
            summary=GenericSummary(kind),
            invocation_payload=invocation,
        )
        return self.event(started)

    def runtime(self, name: str, body: Json, kind: str | None = "exec_command") -> int:
        """Begin a tool's runtime."""
        tool_kind = None if kind is None or self.schema == 1 else ToolCallKind(kind)  # type: ignore[arg-type]
        ref = self.payload("tool_runtime_event", body)
        return self.event(ToolCallRuntimeStarted(tool_call_id=name, kind=tool_kind, runtime_payload=ref))

    def runtime_end(self, name: str, body: Json, status: ExecutionStatus = "completed") -> int:
        """End a tool's runtime."""
        ref = self.payload("tool_runtime_event", body)
        return self.event(ToolCallRuntimeEnded(tool_call_id=name, status=status, runtime_payload=ref))

    def tool_end(self, name: str, result: Json | None = None, status: ExecutionStatus = "completed") -> int:
        """End a tool call."""
        ref = None if result is None else self.payload("tool_result", result)
        return self.event(ToolCallEnded(tool_call_id=name, status=status, result_payload=ref))

    def command(self, name: str, process: str | None = None, kind: str = "exec_command", **more: Any) -> None:
        """Dispatch a command and begin its runtime, in process `process`."""
        self.tool(name, kind, **more)
        self.runtime(name, {"command": ["ls", "-l"], "cwd": "/", "process_id": process}, kind)

    def cell(self, number: str, call: str) -> int:
        """Start a code cell."""
        return self.event(CodeCellStarted(runtime_cell_id=number, model_visible_call_id=call, source_js="text(1)"))

    def cell_response(self, number: str, status: Any = "yielded") -> int:
        """Record the first answer of a cell."""
        return self.event(CodeCellInitialResponse(runtime_cell_id=number, status=status))

    def cell_end(self, number: str, status: Any = "completed") -> int:
        """End a cell."""
        return self.event(CodeCellEnded(runtime_cell_id=number, status=status))

    def compact(self, name: str, old: Iterable[Json], new: Iterable[Json]) -> int:
        """Install a compaction of `old` to `new`."""
        body = {"input_history": list(old), "replacement_history": list(new)}
        ref = self.payload("compaction_checkpoint", body)
        return self.event(CompactionInstalled(compaction_id=name, checkpoint_payload=ref))

    def end_turn(self, status: ExecutionStatus = "completed") -> int:
        """End the current turn."""
        return self.event(CodexTurnEnded(codex_turn_id=str(self.turn_id), status=status))

    # Reducing

    def reduce(self, count: int | None = None) -> TraceReducer:
        """Replay the first `count` events, handing in just the payloads that the reducer asks for."""
        reducer = TraceReducer(self.manifest)
        for line in self.lines[:count]:
            apply(reducer, line, self.bodies)
        return reducer

    def graph(self) -> RolloutTrace:
        """The graph of a recording that must reduce without a finding."""
        reducer = self.reduce()
        assert reducer.diagnostics == []
        return reducer.trace


def apply(reducer: TraceReducer, line: TraceLine, bodies: dict[str, bytes]) -> None:
    """Apply one line with the payloads that it needs."""
    wanted = {ref.raw_payload_id for ref in reducer.needs(line)}
    reducer.apply(line, {name: body for name, body in bodies.items() if name in wanted})


def encoded(reducer: TraceReducer) -> bytes:
    """The graph as JSON."""
    return b"".join(encode_trace(reducer.trace))


def flow(trace: RolloutTrace, thread_id: str = "T") -> str:
    """Requests, responses and visible items by ordinal: `i1 1 > 2 | i2 1 2 3 > | visible 1 2 3`."""
    thread = trace.threads[ThreadId(thread_id)]
    calls = [call for call in trace.inference_calls.values() if call.thread_id == thread_id]
    parts = [
        f"{call.inference_call_id} {numbers(call.request_item_ids)} > {numbers(call.response_item_ids)}".strip()
        for call in sorted(calls, key=lambda call: call.execution.started_seq)
    ]
    return " | ".join([*parts, f"visible {numbers(thread.conversation_item_ids)}"])


def numbers(item_ids: Iterable[str]) -> str:
    """The ordinals of item ids, joined by blanks."""
    return " ".join(item_id.rpartition(":")[2] for item_id in item_ids)


def call_of(trace: RolloutTrace, name: str) -> Any:
    """An inference call by its name in the test."""
    return trace.inference_calls[InferenceCallId(name)]


def item_of(trace: RolloutTrace, number: int) -> Any:
    """A conversation item by its ordinal."""
    return trace.conversation_items[ItemId(f"conversation_item:{number}")]


def tool_of(trace: RolloutTrace, name: str) -> Any:
    """A tool call by its name in the test."""
    return trace.tool_calls[ToolCallId(name)]


def cell_of(trace: RolloutTrace, call_id: str) -> Any:
    """The code cell that a call asked for."""
    return trace.code_cells[CodeCellId(f"code_cell:{call_id}")]


def operation_of(trace: RolloutTrace, number: int) -> Any:
    """A terminal operation by its ordinal."""
    return trace.terminal_operations[OperationId(f"terminal_operation:{number}")]


# Items as they stand in requests and responses


def user(text: str, item_id: str | None = None) -> Json:
    """A user message."""
    return _item({"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]}, item_id)


def answer(text: str, item_id: str | None = None) -> Json:
    """An assistant message."""
    return _item({"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": text}]}, item_id)


def call(call_id: str, arguments: str = "{}", name: str = "f", item_id: str | None = None) -> Json:
    """A function call."""
    return _item({"type": "function_call", "name": name, "arguments": arguments, "call_id": call_id}, item_id)


def output(call_id: str, text: Any = "out", item_id: str | None = None) -> Json:
    """A function call's output."""
    return _item({"type": "function_call_output", "call_id": call_id, "output": text}, item_id)


def script(call_id: str, source: str = "text(1)", item_id: str | None = None) -> Json:
    """The call of a code cell."""
    return _item({"type": "custom_tool_call", "name": "exec", "input": source, "call_id": call_id}, item_id)


def script_output(call_id: str, text: Any = "out", item_id: str | None = None) -> Json:
    """A code cell's output."""
    return _item({"type": "custom_tool_call_output", "call_id": call_id, "output": text}, item_id)


def reasoning(encrypted: str, item_id: str | None = None, summary: Iterable[str] = (), content: str = "") -> Json:
    """Reasoning with an encrypted part, perhaps readable parts."""
    item: Json = {
        "type": "reasoning",
        "summary": [{"type": "summary_text", "text": text} for text in summary],
        "encrypted_content": encrypted,
    }
    if content:
        item["content"] = [{"type": "reasoning_text", "text": content}]
    return _item(item, item_id)


def agent_message(author: str, recipient: str, text: str, item_id: str | None = None) -> Json:
    """A message from one agent to another."""
    content = [{"type": "input_text", "text": text}]
    return _item({"type": "agent_message", "author": author, "recipient": recipient, "content": content}, item_id)


def _item(item: Json, item_id: str | None) -> Json:
    return item if item_id is None else {**item, "id": item_id}
