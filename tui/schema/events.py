"""The event kinds of all bundle schemas (bundle format §4, schema 3 notes §4), one frozen struct each.

Field names and their order are the format's own. A field that only some generations write is optional here, so that
one set of structs reads every generation; the reducer decides what its absence means.

Annotations are values here and not texts: the decoder needs all of them when the program starts, and to evaluate their
texts takes longer than all else that makes the decoder.
"""

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final, Literal, TypeAlias, Union

import msgspec

from tui.schema.oddity import UNRECORDED
from tui.schema.payloads import RawPayloadRef

RolloutStatus = Literal["running", "completed", "failed", "aborted"]
"""Status of a rollout or of a thread."""

ExecutionStatus = Literal["running", "completed", "failed", "cancelled", "aborted"]
"""Status of a turn, an inference call, a tool call, a terminal operation."""

CodeCellRuntimeStatus = Literal["starting", "running", "yielded", "completed", "failed", "terminated"]

ToolKindName = Literal[
    "exec_command",
    "write_stdin",
    "apply_patch",
    "mcp",
    "web",
    "image_generation",
    "spawn_agent",
    "assign_agent_task",
    "send_message",
    "wait_agent",
    "close_agent",
    "other",
]


_FIELDS_OF_KIND: dict[str, tuple[str, ...]] = {"mcp": ("server", "tool"), "other": ("name",)}


class ToolCallKind(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """What sort of tool ran. `server` and `tool` come with `mcp`, `name` comes with `other`."""

    type: ToolKindName
    server: str | msgspec.UnsetType = msgspec.UNSET
    tool: str | msgspec.UnsetType = msgspec.UNSET
    name: str | msgspec.UnsetType = msgspec.UNSET

    def __post_init__(self) -> None:
        if self.type == "mcp" and (self.server is msgspec.UNSET or self.tool is msgspec.UNSET):
            raise ValueError("tool kind mcp needs a server and a tool")
        if self.type == "other" and self.name is msgspec.UNSET:
            raise ValueError("tool kind other needs a name")
        for name in ("server", "tool", "name"):
            if name not in _FIELDS_OF_KIND.get(self.type, ()):
                msgspec.structs.force_setattr(self, name, msgspec.UNSET)  # a field of another kind is an unknown one


class Unrecorded(msgspec.Struct, frozen=True, gc=False, tag_field="type", tag=UNRECORDED):
    """Represents a requester or a summary that is missing, or of a sort that is not known."""


class ModelRequester(msgspec.Struct, frozen=True, gc=False, tag_field="type", tag="model"):
    """The model itself asked for the tool."""


class CodeCellRequester(msgspec.Struct, frozen=True, gc=False, tag_field="type", tag="code_cell"):
    """Code in a cell asked for the tool; the id is the runtime's, valid in its thread while that lives."""

    runtime_cell_id: str


class GenericSummary(msgspec.Struct, frozen=True, gc=False, tag_field="type", tag="generic"):
    """One line about a tool call; the previews are cut by the recorder."""

    label: str
    input_preview: str | None = None
    output_preview: str | None = None


class TerminalSummary(msgspec.Struct, frozen=True, gc=False, tag_field="type", tag="terminal"):
    """The call is described by its terminal operation."""

    operation_id: str


class AgentSummary(msgspec.Struct, frozen=True, gc=False, tag_field="type", tag="agent"):
    """The call addressed another agent."""

    target_agent_path: str
    task_name: str
    message_preview: str


class WaitAgentSummary(msgspec.Struct, frozen=True, gc=False, tag_field="type", tag="wait_agent"):
    """The call waited for other agents."""

    target_agent_path: str | None = None
    timeout_ms: Annotated[int, msgspec.Meta(ge=0)] | None = None


ToolCallSummary = GenericSummary | TerminalSummary | AgentSummary | WaitAgentSummary | Unrecorded


class EventPayload(msgspec.Struct, frozen=True, gc=False, tag_field="type", kw_only=True):
    """Common base of the event kinds; `type` in the JSON object names it.

    `first_schema` is the generation of the format that began to write the kind.
    """

    first_schema: ClassVar[int] = 1
    reference_fields: ClassVar[tuple[str, ...]] = ()
    """The fields that hold a reference to a payload, if anything; kinds with a list of them have it beside these."""
    kind_name: ClassVar[str] = ""
    """The event kind as the log writes it."""

    def payload_refs(self) -> list[RawPayloadRef]:
        """Every payload reference in the event, in the order of its fields."""
        return [ref for name in self.reference_fields if (ref := getattr(self, name)) is not None]


class RolloutStarted(EventPayload, frozen=True, tag="rollout_started", kw_only=True):
    """The session began; overrides the identity given by the manifest."""

    trace_id: str
    root_thread_id: str


class RolloutEnded(EventPayload, frozen=True, tag="rollout_ended", kw_only=True):
    """The root thread is done. Children may still end later: this is not the end of the log."""

    status: RolloutStatus


class RecordingCompleted(EventPayload, frozen=True, tag="recording_completed", kw_only=True):
    """The recorder closed the log; nothing may follow."""

    first_schema: ClassVar[int] = 2


class ThreadStarted(EventPayload, frozen=True, tag="thread_started", kw_only=True):
    """An agent thread began."""

    thread_id: str
    agent_path: str
    metadata_payload: RawPayloadRef | None = None


class ThreadEnded(EventPayload, frozen=True, tag="thread_ended", kw_only=True):
    """An agent thread ended."""

    thread_id: str
    status: RolloutStatus


class ThreadResumed(EventPayload, frozen=True, tag="thread_resumed", kw_only=True):
    """A thread that had ended runs again in the same process."""

    first_schema: ClassVar[int] = 2

    thread_id: str


class CodexTurnStarted(EventPayload, frozen=True, tag="codex_turn_started", kw_only=True):
    """A turn began: the agent works until it has an answer."""

    codex_turn_id: str
    thread_id: str


class CodexTurnEnded(EventPayload, frozen=True, tag="codex_turn_ended", kw_only=True):
    """A turn ended; what of it still runs is closed with it."""

    codex_turn_id: str
    status: ExecutionStatus


class ProtocolEventObserved(EventPayload, frozen=True, tag="protocol_event_observed", kw_only=True):
    """A session message for people (warning, error, turn complete …); it takes no part in the graph."""

    event_type: str
    event_payload: RawPayloadRef


class OtherEvent(EventPayload, frozen=True, tag="other", kw_only=True):
    """An event that a recorder wrote without a kind of its own."""

    kind: str
    summary: str
    payloads: list[RawPayloadRef]
    metadata: Any = None

    def payload_refs(self) -> list[RawPayloadRef]:
        """The references in `payloads`."""
        return list(self.payloads)


class HistoryItemAccepted(EventPayload, frozen=True, tag="history_item_accepted", kw_only=True):
    """The item with Responses id `item_id` entered the thread's durable history."""

    first_schema: ClassVar[int] = 2

    item_id: str
    agent_message_payload: RawPayloadRef | None = None
    tool_output_payload: RawPayloadRef | None = None
    """The whole item of a tool's output (schema 3)."""


class InferenceStarted(EventPayload, frozen=True, tag="inference_started", kw_only=True):
    """A request went to the model."""

    inference_call_id: str
    thread_id: str
    codex_turn_id: str
    model: str
    provider_name: str
    request_payload: RawPayloadRef
    prepared_prompt_payload: RawPayloadRef | None = None
    """The prompt as the agent holds it, whole also where the request is an increment (schema 3, required there)."""
    warmup_context_payload: RawPayloadRef | None = None
    """The whole input of a request that continues a response which is not in the recording (schema 3)."""


class InferenceCompleted(EventPayload, frozen=True, tag="inference_completed", kw_only=True):
    """The model's response is complete."""

    inference_call_id: str
    response_id: str | None = None
    upstream_request_id: str | None = None
    response_payload: RawPayloadRef


class InferenceFailed(EventPayload, frozen=True, tag="inference_failed", kw_only=True):
    """The request failed; what had arrived is in the partial response."""

    inference_call_id: str
    upstream_request_id: str | None = None
    error: str
    partial_response_payload: RawPayloadRef | None = None


class InferenceCancelled(EventPayload, frozen=True, tag="inference_cancelled", kw_only=True):
    """The request was given up; what had arrived is in the partial response."""

    inference_call_id: str
    upstream_request_id: str | None = None
    reason: str
    partial_response_payload: RawPayloadRef | None = None


class ToolCallStarted(EventPayload, frozen=True, tag="tool_call_started", kw_only=True):
    """A tool was dispatched, for the model or for code in a cell."""

    tool_call_id: str
    model_visible_call_id: str | None = None
    code_mode_runtime_tool_id: str | None = None
    requester: ModelRequester | CodeCellRequester | Unrecorded
    kind: ToolCallKind
    summary: ToolCallSummary
    invocation_payload: RawPayloadRef | None = None


class McpToolCallCorrelationAssigned(EventPayload, frozen=True, tag="mcp_tool_call_correlation_assigned", kw_only=True):
    """The id under which an MCP server sees the call."""

    tool_call_id: str
    mcp_call_id: str


class StdinTargetResolved(EventPayload, frozen=True, tag="stdin_target_resolved", kw_only=True):
    """Which command a write to standard input really reached."""

    first_schema: ClassVar[int] = 2

    tool_call_id: str
    exec_tool_call_id: str


class ToolCallRuntimeStarted(EventPayload, frozen=True, tag="tool_call_runtime_started", kw_only=True):
    """The runtime began to execute a tool. `kind` is written since 0.166 and replaces that of the start."""

    tool_call_id: str
    kind: ToolCallKind | None = None
    runtime_payload: RawPayloadRef


class ToolCallRuntimeEnded(EventPayload, frozen=True, tag="tool_call_runtime_ended", kw_only=True):
    """The runtime finished executing a tool."""

    tool_call_id: str
    status: ExecutionStatus
    runtime_payload: RawPayloadRef


class ToolCallEnded(EventPayload, frozen=True, tag="tool_call_ended", kw_only=True):
    """The caller got the tool's answer."""

    tool_call_id: str
    status: ExecutionStatus
    result_payload: RawPayloadRef | None = None


class CodeCellStarted(EventPayload, frozen=True, tag="code_cell_started", kw_only=True):
    """A script that the model wrote began to run."""

    runtime_cell_id: str
    model_visible_call_id: str
    source_js: str


class CodeCellInitialResponse(EventPayload, frozen=True, tag="code_cell_initial_response", kw_only=True):
    """The first answer of a cell to the model; the script may run on."""

    runtime_cell_id: str
    status: CodeCellRuntimeStatus
    response_payload: RawPayloadRef | None = None


class CodeCellEnded(EventPayload, frozen=True, tag="code_cell_ended", kw_only=True):
    """A cell's script ended."""

    runtime_cell_id: str
    status: CodeCellRuntimeStatus
    response_payload: RawPayloadRef | None = None


class CodeCellWaitTargetResolved(EventPayload, frozen=True, tag="code_cell_wait_target_resolved", kw_only=True):
    """Which code cell a call really waited for; written when the wait returns."""

    first_schema: ClassVar[int] = 3

    tool_call_id: str
    runtime_cell_id: str


class CompactionRequestStarted(EventPayload, frozen=True, tag="compaction_request_started", kw_only=True):
    """A request to compact the history went to the model."""

    compaction_id: str
    compaction_request_id: str
    thread_id: str
    codex_turn_id: str
    model: str
    provider_name: str
    request_payload: RawPayloadRef


class CompactionRequestCompleted(EventPayload, frozen=True, tag="compaction_request_completed", kw_only=True):
    """A compaction request was answered."""

    compaction_id: str
    compaction_request_id: str
    response_payload: RawPayloadRef


class CompactionRequestFailed(EventPayload, frozen=True, tag="compaction_request_failed", kw_only=True):
    """A compaction request failed."""

    compaction_id: str
    compaction_request_id: str
    error: str


class CompactionInstalled(EventPayload, frozen=True, tag="compaction_installed", kw_only=True):
    """The compacted history replaced the thread's old one."""

    compaction_id: str
    checkpoint_payload: RawPayloadRef


class AgentResultObserved(EventPayload, frozen=True, tag="agent_result_observed", kw_only=True):
    """A child agent's result was handed to its parent."""

    edge_id: str
    child_thread_id: str
    child_codex_turn_id: str
    parent_thread_id: str
    message: str
    carried_payload: RawPayloadRef | None = None


class UnknownEvent(msgspec.Struct, frozen=True, gc=False):
    """An event kind that this program does not know: kept whole, shown, and left out of the graph."""

    first_schema: ClassVar[int] = 1
    reference_fields: ClassVar[tuple[str, ...]] = ()

    kind_name: str
    body: bytes
    refs: tuple[RawPayloadRef, ...] = ()

    def payload_refs(self) -> list[RawPayloadRef]:
        """The references that stand anywhere in it."""
        return list(self.refs)


EVENT_TYPES: Final[dict[str, type[EventPayload]]] = {
    str(event_type.__struct_config__.tag): event_type for event_type in EventPayload.__subclasses__()
}
"""Event kind as written in the log → its struct. A kind is declared by its class above and nowhere else."""

for _kind_name, _event_type in EVENT_TYPES.items():
    _event_type.kind_name = _kind_name
    _event_type.reference_fields = tuple(
        name for name, kind in _event_type.__annotations__.items() if kind in (RawPayloadRef, RawPayloadRef | None)
    )

if TYPE_CHECKING:
    KnownEvent: TypeAlias = EventPayload
    _SchemaVersion: TypeAlias = int | None
    _Seq: TypeAlias = int
    _UnixMs: TypeAlias = int | None
    _RolloutId: TypeAlias = str | None
    _AnyEvent: TypeAlias = KnownEvent | UnknownEvent
else:
    # For the decoder, which takes only what known recorders write; other readers fill the fields themselves.
    KnownEvent = _AnyEvent = Union[tuple(EVENT_TYPES.values())]  # noqa: UP007 - made of a list, for the decoder
    _SchemaVersion = Annotated[int, msgspec.Meta(ge=0, lt=2**32)]
    _Seq = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
    _UnixMs = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
    _RolloutId = str


class RawTraceEvent(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """One event line: the envelope (bundle format §3) with its typed payload.

    `wall_time_unix_ms` may be negative and need not increase. `thread_id` and `codex_turn_id` are the context in
    which the recorder wrote the event; event kinds that carry ids of their own ignore them. What a line does not say,
    or not so that it can be read, is None.
    """

    is_numbered: ClassVar[bool] = True
    """Whether the line says which number its event has."""

    schema_version: _SchemaVersion
    seq: _Seq
    wall_time_unix_ms: _UnixMs
    rollout_id: _RolloutId
    thread_id: str | None = None
    codex_turn_id: str | None = None
    payload: _AnyEvent


class UnnumberedEvent(RawTraceEvent, frozen=True, gc=False, kw_only=True):
    """An event whose line has no number that can be read; `seq` is the number of the line."""

    is_numbered: ClassVar[bool] = False
