"""The other objects of the reduced graph (reduced model §§4, 6–12). Field order is the order in the JSON."""

from __future__ import annotations

from typing import Literal

import msgspec

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
from tui.model.recorded import Recorded
from tui.schema.events import CodeCellRuntimeStatus, ToolCallKind, ToolCallSummary
from tui.schema.sequence import SharedSequence

EdgeKind = Literal["spawn_agent", "assign_agent_task", "send_message", "agent_result", "close_agent"]
TerminalOperationKind = Literal["exec_command", "write_stdin"]


class RootOrigin(msgspec.Struct, frozen=True, gc=False, tag_field="type", tag="root"):
    """Not known to be spawned."""


class SpawnedOrigin(msgspec.Struct, frozen=True, gc=False, tag_field="type", tag="spawned"):
    """Spawned by another thread. The edge may be missing from the graph."""

    parent_thread_id: ThreadId
    spawn_edge_id: EdgeId
    task_name: str
    agent_role: str


class Thread(Recorded, gc=False, kw_only=True):
    """One agent. `conversation_item_ids` are its visible items in creation order."""

    thread_id: ThreadId
    agent_path: str
    nickname: str | None
    origin: RootOrigin | SpawnedOrigin
    execution: ExecutionWindow
    default_model: str | None
    conversation_item_ids: list[ItemId]


class CodexTurn(Recorded, gc=False, kw_only=True):
    """One turn of an agent: from a prompt to the answer."""

    codex_turn_id: CodexTurnId
    thread_id: ThreadId
    execution: ExecutionWindow
    input_item_ids: list[ItemId]


class TokenUsage(msgspec.Struct, frozen=True, gc=False):
    """Tokens of one inference call, as the provider counted them. Some answer -1 for what they did not count.

    None for a part that was not recorded; known recorders write every count.
    """

    input_tokens: int
    cached_input_tokens: int | None
    cache_write_input_tokens: int
    output_tokens: int
    reasoning_output_tokens: int | None

    @property
    def is_possible(self) -> bool:
        """Whether no count is negative."""
        return (
            self.input_tokens >= 0
            and (self.cached_input_tokens or 0) >= 0
            and self.cache_write_input_tokens >= 0
            and self.output_tokens >= 0
            and (self.reasoning_output_tokens or 0) >= 0
        )

    @property
    def is_as_reduced(self) -> bool:
        """Whether the reduced graph has it as it is: every part was counted, and none is negative."""
        is_whole = self.cached_input_tokens is not None and self.reasoning_output_tokens is not None
        return is_whole and self.is_possible

    def reduced(self) -> TokenUsage | None:
        """The usage as the reduced graph has it: no count is below 0, and none at all if a part is missing."""
        cached, reasoning = self.cached_input_tokens, self.reasoning_output_tokens
        if cached is None or reasoning is None:
            return None
        counts = (self.input_tokens, cached, self.cache_write_input_tokens, self.output_tokens, reasoning)
        return TokenUsage(*(max(count, 0) for count in counts))


class InferenceCall(Recorded, gc=False, kw_only=True):
    """One request to the model and its response. `request_item_ids` is the whole logical input.

    `prepared_prompt_payload_id` is the prompt as the agent holds it, set since schema 3.
    """

    inference_call_id: InferenceCallId
    thread_id: ThreadId
    codex_turn_id: CodexTurnId
    execution: ExecutionWindow
    model: str
    provider_name: str
    response_id: str | None
    upstream_request_id: str | None
    request_item_ids: SharedSequence[ItemId]
    response_item_ids: list[ItemId]
    tool_call_ids_started_by_response: list[ToolCallId]
    usage: TokenUsage | None
    raw_request_payload_id: RawPayloadId
    prepared_prompt_payload_id: RawPayloadId | msgspec.UnsetType = msgspec.UNSET
    raw_response_payload_id: RawPayloadId | None

    @property
    def known_usage(self) -> TokenUsage | None:
        """The usage if it says how many tokens there were; `usage` is what was recorded."""
        usage = self.usage
        return usage if usage is not None and usage.is_possible else None


class CodeCell(Recorded, gc=False, kw_only=True):
    """A script the model had run (code mode), with the tools it called and the calls that waited for it."""

    code_cell_id: CodeCellId
    model_visible_call_id: str
    thread_id: ThreadId
    codex_turn_id: CodexTurnId
    source_item_id: ItemId
    output_item_ids: list[ItemId]
    runtime_cell_id: str
    execution: ExecutionWindow
    runtime_status: CodeCellRuntimeStatus
    initial_response_at_unix_ms: int | None
    initial_response_seq: int | None
    initial_response_status: CodeCellRuntimeStatus | None
    raw_initial_response_payload_id: RawPayloadId | None
    raw_result_payload_id: RawPayloadId | None
    yielded_at_unix_ms: int | None
    yielded_seq: int | None
    source_js: str
    nested_tool_call_ids: list[ToolCallId]
    wait_tool_call_ids: list[ToolCallId]


class ModelCaller(msgspec.Struct, frozen=True, gc=False, tag_field="type", tag="model"):
    """The model asked."""


class CodeCellCaller(msgspec.Struct, frozen=True, gc=False, tag_field="type", tag="code_cell"):
    """Code in this cell asked. The cell may be missing from the graph if its source item never appeared."""

    code_cell_id: CodeCellId


class ToolCall(Recorded, gc=False, kw_only=True):
    """One tool call: who asked, what ran, what the model saw of it, and the raw evidence."""

    tool_call_id: ToolCallId
    mcp_call_id: str | None
    model_visible_call_id: str | None
    code_mode_runtime_tool_id: str | None
    started_code_cell_id: CodeCellId | msgspec.UnsetType = msgspec.UNSET
    resolved_wait_runtime_cell_id: str | msgspec.UnsetType = msgspec.UNSET
    """The runtime's number of the code cell that the call waited for, as it was confirmed (schema 3)."""
    thread_id: ThreadId
    started_by_codex_turn_id: CodexTurnId | None
    execution: ExecutionWindow
    requester: ModelCaller | CodeCellCaller
    kind: ToolCallKind
    model_visible_call_item_ids: list[ItemId]
    model_visible_output_item_ids: list[ItemId]
    terminal_operation_id: OperationId | None
    summary: ToolCallSummary
    raw_invocation_payload_id: RawPayloadId | None
    raw_result_payload_id: RawPayloadId | None
    raw_runtime_payload_ids: list[RawPayloadId]


class TerminalSession(Recorded, gc=False, kw_only=True):
    """A process that terminal operations share. Its execution never ends in the graph."""

    terminal_id: TerminalId
    thread_id: ThreadId
    created_by_operation_id: OperationId
    operation_ids: list[OperationId]
    execution: ExecutionWindow


class ExecRequest(msgspec.Struct, frozen=True, gc=False, tag_field="type", tag="exec_command"):
    """A command that was started. `display_command` is the arguments joined by blanks, without quoting."""

    command: list[str]
    display_command: str
    cwd: str
    yield_time_ms: int | None = None
    max_output_tokens: int | None = None


class StdinRequest(msgspec.Struct, frozen=True, gc=False, tag_field="type", tag="write_stdin"):
    """A write to a process's standard input; an empty `stdin` is a poll for output."""

    stdin: str
    yield_time_ms: int | None = None
    max_output_tokens: int | None = None


class TerminalResult(msgspec.Struct, frozen=True, gc=False):
    """What a terminal operation gave back to the runtime; the model may have seen less of it."""

    exit_code: int | None
    stdout: str
    stderr: str
    formatted_output: str | None
    original_token_count: int | None
    chunk_id: str | None


class ModelObservation(msgspec.Struct, gc=False):
    """The items through which the model asked for, and saw, a terminal operation."""

    call_item_ids: list[ItemId]
    output_item_ids: list[ItemId]
    source: Literal["direct_tool_call"] = "direct_tool_call"


class TerminalOperation(Recorded, gc=False, kw_only=True):
    """One command start or one write to a running command."""

    operation_id: OperationId
    terminal_id: TerminalId | None
    tool_call_id: ToolCallId
    kind: TerminalOperationKind
    execution: ExecutionWindow
    request: ExecRequest | StdinRequest
    result: TerminalResult | None
    model_observations: list[ModelObservation]
    raw_payload_ids: list[RawPayloadId]


class Compaction(Recorded, gc=False, kw_only=True):
    """The replacement of a thread's history by a shorter one."""

    compaction_id: CompactionId
    thread_id: ThreadId
    codex_turn_id: CodexTurnId
    installed_at_unix_ms: int
    marker_item_id: ItemId
    request_ids: list[CompactionRequestId]
    input_item_ids: list[ItemId]
    replacement_item_ids: list[ItemId]


class CompactionRequest(Recorded, gc=False, kw_only=True):
    """One attempt to have a history compacted."""

    compaction_request_id: CompactionRequestId
    compaction_id: CompactionId
    thread_id: ThreadId
    codex_turn_id: CodexTurnId
    execution: ExecutionWindow
    model: str
    provider_name: str
    raw_request_payload_id: RawPayloadId
    raw_response_payload_id: RawPayloadId | None


class ItemAnchor(msgspec.Struct, frozen=True, gc=False, tag_field="type", tag="conversation_item"):
    """One end of an edge: an item."""

    item_id: ItemId


class ToolCallAnchor(msgspec.Struct, frozen=True, gc=False, tag_field="type", tag="tool_call"):
    """One end of an edge: a tool call."""

    tool_call_id: ToolCallId


class ThreadAnchor(msgspec.Struct, frozen=True, gc=False, tag_field="type", tag="thread"):
    """One end of an edge: a thread as a whole."""

    thread_id: ThreadId


TraceAnchor = ItemAnchor | ToolCallAnchor | ThreadAnchor

Executed = Thread | CodexTurn | InferenceCall | CodeCell | ToolCall | TerminalOperation | CompactionRequest
"""What runs for a while, and ends by an event."""


class InteractionEdge(Recorded, gc=False, kw_only=True):
    """Something one agent did to another. In a growing graph the target may change from a thread to an item."""

    edge_id: EdgeId
    kind: EdgeKind
    source: TraceAnchor
    target: TraceAnchor
    started_at_unix_ms: int
    ended_at_unix_ms: int | None
    carried_item_ids: list[ItemId]
    carried_raw_payload_ids: list[RawPayloadId]
