"""Small graphs for tests: each call adds one object, one event later than the one before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from tui.model.conversation import Body, ConversationItem, ItemKind, Role, TextPart
from tui.model.delta import TraceDelta
from tui.model.execution import ExecutionWindow
from tui.model.ids import (
    CodeCellId,
    CodexTurnId,
    CompactionId,
    CompactionRequestId,
    EdgeId,
    InferenceCallId,
    ItemId,
    OperationId,
    RawPayloadId,
    TerminalId,
    ThreadId,
    ToolCallId,
)
from tui.model.objects import (
    CodeCell,
    CodeCellCaller,
    CodexTurn,
    Compaction,
    CompactionRequest,
    EdgeKind,
    ExecRequest,
    InferenceCall,
    InteractionEdge,
    ItemAnchor,
    ModelCaller,
    RootOrigin,
    SpawnedOrigin,
    StdinRequest,
    TerminalOperation,
    TerminalResult,
    TerminalSession,
    Thread,
    ThreadAnchor,
    ToolCall,
    ToolCallAnchor,
)
from tui.model.trace import RolloutTrace
from tui.schema.events import (
    CodeCellRuntimeStatus,
    ExecutionStatus,
    GenericSummary,
    TerminalSummary,
    ToolCallKind,
    ToolKindName,
)
from tui.schema.sequence import SharedSequence

MILLISECONDS_PER_EVENT = 100
"""How far apart the objects of a small graph begin."""

ANCHORS: dict[str, Callable[..., ItemAnchor | ToolCallAnchor | ThreadAnchor]] = {
    "item": ItemAnchor,
    "tool": ToolCallAnchor,
    "thread": ThreadAnchor,
}


class SmallGraph:
    """A graph under construction. Ids are the caller's; `delta` names what was touched since `take_delta`."""

    def __init__(self) -> None:
        self.trace = RolloutTrace(
            schema_version=2, trace_id="trace", rollout_id="rollout", started_at_unix_ms=0, root_thread_id="root"
        )
        self.seq = 0
        self.delta = TraceDelta()

    def take_delta(self) -> TraceDelta:
        taken, self.delta = self.delta, TraceDelta()
        return taken

    def window(self, status: ExecutionStatus = "completed", length: int = 50) -> ExecutionWindow:
        """A window that begins now and, unless it is `running`, lasts `length` milliseconds."""
        self.seq += 1
        at = self.seq * MILLISECONDS_PER_EVENT
        if status == "running":
            return ExecutionWindow(at, self.seq)
        return ExecutionWindow(at, self.seq, at + length, self.seq, status)

    def thread(
        self, thread_id: str, path: str = "/root", parent: str = "", status: ExecutionStatus = "running"
    ) -> Thread:
        edge = f"edge:spawn:{parent}:{thread_id}"
        origin = SpawnedOrigin(ThreadId(parent), EdgeId(edge), path.rpartition("/")[2], "") if parent else RootOrigin()
        thread = Thread(
            thread_id=ThreadId(thread_id),
            agent_path=path,
            nickname=None,
            origin=origin,
            execution=self.window(status),
            default_model="model-1",
            conversation_item_ids=[],
        )
        return self._keep("threads", thread_id, thread)

    def turn(self, turn_id: str, thread_id: str = "root", status: ExecutionStatus = "running") -> CodexTurn:
        turn = CodexTurn(
            codex_turn_id=CodexTurnId(turn_id),
            thread_id=ThreadId(thread_id),
            execution=self.window(status),
            input_item_ids=[],
        )
        return self._keep("codex_turns", turn_id, turn)

    def inference(
        self,
        name: str,
        turn_id: str = "turn",
        *,
        sends: Sequence[str] = (),
        returns: Sequence[str] = (),
        tools: Sequence[str] = (),
        status: ExecutionStatus = "completed",
    ) -> InferenceCall:
        turn = self.trace.codex_turns.get(CodexTurnId(turn_id))
        inference = InferenceCall(
            inference_call_id=InferenceCallId(name),
            thread_id=ThreadId(turn.thread_id if turn else "root"),
            codex_turn_id=CodexTurnId(turn_id),
            execution=self.window(status),
            model="model-1",
            provider_name="provider",
            response_id=None,
            upstream_request_id=None,
            request_item_ids=SharedSequence(map(ItemId, sends)),
            response_item_ids=list(map(ItemId, returns)),
            tool_call_ids_started_by_response=list(map(ToolCallId, tools)),
            usage=None,
            raw_request_payload_id=RawPayloadId(f"raw_payload:{name}:request"),
            raw_response_payload_id=None,
        )
        return self._keep("inference_calls", name, inference)

    def item(self, item_id: str, role: Role = "user", text: str = "", kind: ItemKind = "message", **fields: Any) -> Any:
        item = ConversationItem(
            item_id=ItemId(item_id),
            thread_id=fields.pop("thread_id", "root"),
            codex_turn_id=fields.pop("codex_turn_id", "turn"),
            first_seen_at_unix_ms=self.seq * MILLISECONDS_PER_EVENT,
            role=role,
            channel=None,
            kind=kind,
            body=Body([TextPart(text)] if text else []),
            call_id=fields.pop("call_id", None),
            produced_by=fields.pop("produced_by", []),
            **fields,
        )
        return self._keep("conversation_items", item_id, item)

    def tool(
        self,
        name: str,
        turn_id: str | None = "turn",
        *,
        kind: ToolKindName = "exec_command",
        label: str = "",
        preview: str | None = None,
        status: ExecutionStatus = "completed",
        cell: str | None = None,
        **fields: Any,
    ) -> ToolCall:
        turn = self.trace.codex_turns.get(CodexTurnId(turn_id or ""))
        tool = ToolCall(
            tool_call_id=ToolCallId(name),
            mcp_call_id=None,
            model_visible_call_id=fields.pop("call_id", None),
            code_mode_runtime_tool_id=None,
            thread_id=ThreadId(turn.thread_id if turn else "root"),
            started_by_codex_turn_id=None if turn_id is None else CodexTurnId(turn_id),
            execution=self.window(status),
            requester=CodeCellCaller(CodeCellId(cell)) if cell else ModelCaller(),
            kind=ToolCallKind(type=kind, name=label or "other") if kind == "other" else ToolCallKind(type=kind),
            model_visible_call_item_ids=fields.pop("call_items", []),
            model_visible_output_item_ids=fields.pop("output_items", []),
            terminal_operation_id=None,
            summary=GenericSummary(label or kind, preview),
            raw_invocation_payload_id=None,
            raw_result_payload_id=None,
            raw_runtime_payload_ids=[],
            **fields,
        )
        return self._keep("tool_calls", name, tool)

    def operation(
        self,
        name: str,
        tool_id: str,
        command: str = "",
        *,
        stdin: str = "",
        exit_code: int | None = 0,
        stdout: str = "",
    ) -> Any:
        """The terminal operation of a tool call: a command, or, without one, a write of `stdin`."""
        request = ExecRequest(["sh", "-c", command], f"sh -c {command}", "/") if command else StdinRequest(stdin)
        result = None if exit_code is None else TerminalResult(exit_code, stdout, "", None, None, None)
        operation = TerminalOperation(
            operation_id=OperationId(name),
            terminal_id=None,
            tool_call_id=ToolCallId(tool_id),
            kind="exec_command" if command else "write_stdin",
            execution=self.window("running" if exit_code is None else "completed"),
            request=request,
            result=result,
            model_observations=[],
            raw_payload_ids=[],
        )
        tool = self.trace.tool_calls[ToolCallId(tool_id)]
        tool.terminal_operation_id = OperationId(name)
        tool.summary = TerminalSummary(name)
        self.delta.tool_calls.add(ToolCallId(tool_id))
        return self._keep("terminal_operations", name, operation)

    def session(self, name: str, *operations: str) -> TerminalSession:
        session = TerminalSession(
            terminal_id=TerminalId(name),
            thread_id=ThreadId("root"),
            created_by_operation_id=OperationId(operations[0]),
            operation_ids=list(map(OperationId, operations)),
            execution=self.trace.terminal_operations[OperationId(operations[0])].execution,
        )
        for operation in operations:
            self.trace.terminal_operations[OperationId(operation)].terminal_id = TerminalId(name)
            self.delta.terminal_operations.add(OperationId(operation))
        return self._keep("terminal_sessions", name, session)

    def cell(
        self, name: str, source: str, *nested: str, code: str = "run()", runtime: CodeCellRuntimeStatus = "completed"
    ) -> CodeCell:
        cell = CodeCell(
            code_cell_id=CodeCellId(name),
            model_visible_call_id=name.removeprefix("code_cell:"),
            thread_id=ThreadId("root"),
            codex_turn_id=CodexTurnId("turn"),
            source_item_id=ItemId(source),
            output_item_ids=[],
            runtime_cell_id="1",
            execution=self.window(),
            runtime_status=runtime,
            initial_response_at_unix_ms=None,
            initial_response_seq=None,
            initial_response_status=None,
            raw_initial_response_payload_id=None,
            raw_result_payload_id=None,
            yielded_at_unix_ms=None,
            yielded_seq=None,
            source_js=code,
            nested_tool_call_ids=list(map(ToolCallId, nested)),
            wait_tool_call_ids=[],
        )
        return self._keep("code_cells", name, cell)

    def compaction(
        self, name: str, replacement: Sequence[str] = (), *, status: ExecutionStatus = "completed"
    ) -> Compaction:
        """A compaction of the root thread with one attempt, `<name>:attempt`."""
        attempt = CompactionRequest(
            compaction_request_id=CompactionRequestId(f"{name}:attempt"),
            compaction_id=CompactionId(name),
            thread_id=ThreadId("root"),
            codex_turn_id=CodexTurnId("turn"),
            execution=self.window(status),
            model="model-1",
            provider_name="provider",
            raw_request_payload_id=RawPayloadId(f"raw_payload:{name}"),
            raw_response_payload_id=None,
        )
        self._keep("compaction_requests", attempt.compaction_request_id, attempt)
        compaction = Compaction(
            compaction_id=CompactionId(name),
            thread_id=ThreadId("root"),
            codex_turn_id=CodexTurnId("turn"),
            installed_at_unix_ms=self.seq * MILLISECONDS_PER_EVENT + 60,
            marker_item_id=ItemId(f"{name}:marker"),
            request_ids=[attempt.compaction_request_id],
            input_item_ids=[],
            replacement_item_ids=list(map(ItemId, replacement)),
        )
        return self._keep("compactions", name, compaction)

    def edge(self, edge_id: str, kind: EdgeKind, source: tuple[str, str], target: tuple[str, str]) -> InteractionEdge:
        """An edge between ends such as `("tool", "call_1")` and `("item", "item_9")`."""
        carried = [ItemId(target[1])] if target[0] == "item" else []
        edge = InteractionEdge(
            edge_id=EdgeId(edge_id),
            kind=kind,
            source=ANCHORS[source[0]](source[1]),
            target=ANCHORS[target[0]](target[1]),
            started_at_unix_ms=self.seq * MILLISECONDS_PER_EVENT,
            ended_at_unix_ms=None,
            carried_item_ids=carried,
            carried_raw_payload_ids=[],
        )
        return self._keep("interaction_edges", edge_id, edge)

    def touch(self, map_name: str, object_id: str) -> None:
        """Say that an object, changed by the test itself, changed."""
        getattr(self.delta, map_name).add(object_id)

    def _keep(self, map_name: str, object_id: str, value: Any) -> Any:
        getattr(self.trace, map_name)[object_id] = value
        self.touch(map_name, object_id)
        return value


def small_graph() -> SmallGraph:
    """A root thread `root` with a running turn `turn`."""
    graph = SmallGraph()
    graph.thread("root")
    graph.turn("turn")
    return graph
