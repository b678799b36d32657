"""`TraceReducer`: one event line in, the graph brought up to date."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from tui.late_pattern import late_pattern
from tui.model.delta import TraceDelta
from tui.model.diagnostic import Diagnostic, Severity
from tui.model.ids import ThreadId
from tui.model.recorded import NOTING, Changes
from tui.model.trace import RolloutTrace
from tui.reducer import (
    acceptance,
    agents,
    code_cell,
    compaction,
    inference,
    lifecycle,
    protocol,
    references,
    repeated_calls,
    terminal,
    tool,
)
from tui.reducer.problem import Problem
from tui.reducer.repeated_turns import turn_meant
from tui.reducer.state import Moment, ReducerState
from tui.reducer.steps import Steps
from tui.schema.decode import MalformedLine, TraceLine
from tui.schema.events import (
    AgentResultObserved,
    CodeCellEnded,
    CodeCellInitialResponse,
    CodeCellStarted,
    CodeCellWaitTargetResolved,
    CodexTurnEnded,
    CodexTurnStarted,
    CompactionInstalled,
    CompactionRequestCompleted,
    CompactionRequestFailed,
    CompactionRequestStarted,
    HistoryItemAccepted,
    InferenceCancelled,
    InferenceCompleted,
    InferenceFailed,
    InferenceStarted,
    KnownEvent,
    McpToolCallCorrelationAssigned,
    OtherEvent,
    ProtocolEventObserved,
    RawTraceEvent,
    RecordingCompleted,
    RolloutEnded,
    RolloutStarted,
    StdinTargetResolved,
    ThreadEnded,
    ThreadResumed,
    ThreadStarted,
    ToolCallEnded,
    ToolCallRuntimeEnded,
    ToolCallRuntimeStarted,
    ToolCallStarted,
    UnknownEvent,
)
from tui.schema.manifest import Manifest
from tui.schema.needs import RUNTIME_START_KINDS, always_needed
from tui.schema.payloads import RawPayloadRef

UNREAD_BODY_CODES: Final = ("payload-unreadable", "payload-invalid")
"""Findings that say that a payload's body could not be read."""

_ENDS: Final = (RolloutEnded, RecordingCompleted)
"""What says that a session or its recording is over, after the last work in it: no work lasts until then."""

_NUMBER: Final = late_pattern(r"\d+")
_NEED_BY_STATE: Final = frozenset(
    {HistoryItemAccepted, ToolCallRuntimeStarted, ToolCallRuntimeEnded, ToolCallEnded, ProtocolEventObserved}
)
"""Kinds of events whose payload is read only if what came before asks for it."""
_SENDING_KINDS: Final = frozenset({"spawn_agent", "assign_agent_task", "send_message"})


class TraceReducer:
    """Replays a recording into `trace`, one line at a time.

    After every `apply` the graph is what the format's reference computes for the log cut there. Nothing is ever
    raised for what a recording holds: what cannot be used becomes a `Diagnostic`, and the replay goes on.
    """

    def __init__(
        self, manifest: Manifest, *, reads_protocol_events: bool = False, changes: Changes | None = None
    ) -> None:
        """`reads_protocol_events`: whether to keep in `trace.evidence` what the graph takes nothing from.

        `changes`: where to note what changes in the graph; the caller says when a line has ended.
        """
        self._reads_protocol_events = reads_protocol_events
        self._state = ReducerState(manifest, changes)
        self._expected_seq = 1

    @classmethod
    def restored(
        cls,
        manifest: Manifest,
        trace: RolloutTrace,
        diagnostics: list[Diagnostic],
        finding_counts: Mapping[str, int],
        counted: Iterable[tuple[str, str, int]],
    ) -> TraceReducer:
        """What a reducer knows of a recording that it has read to its end; it cannot go on.

        `counted` are code, name and place among the diagnostics of those that count what may be in every line.
        """
        reducer = cls(manifest, reads_protocol_events=True)
        state = reducer._state
        state.trace, state.diagnostics = trace, diagnostics
        state.finding_counts.update(finding_counts)
        state.counted = {(code, name): diagnostics[place] for code, name, place in counted}
        return reducer

    @property
    def finding_counts(self) -> Mapping[str, int]:
        """How many findings of each code there are, each counted once."""
        return self._state.finding_counts

    @property
    def counted(self) -> list[tuple[str, str, int]]:
        """Code, name and place among the diagnostics of those that count what may be in every line."""
        places = {id(found): place for place, found in enumerate(self.diagnostics)}
        return [(code, name, places[id(found)]) for (code, name), found in self._state.counted.items()]

    @property
    def trace(self) -> RolloutTrace:
        """The graph so far."""
        return self._state.trace

    @property
    def diagnostics(self) -> list[Diagnostic]:
        """Findings so far, in the order of the log; only ever appended to."""
        return self._state.diagnostics

    @property
    def unread_bodies(self) -> int:
        """How many times the graph lacks what a payload holds, since its body could not be read."""
        return sum(self._state.finding_counts[code] for code in UNREAD_BODY_CODES)

    @property
    def lost_fields(self) -> dict[str, Diagnostic]:
        """Fields that events of known kinds lack, or that cannot be read in them: name → what counts them."""
        return {
            name: found
            for (code, name), found in self._state.counted.items()
            if code in ("field-missing", "field-unreadable")
            or (code == "word-unknown" and name.startswith("status ") and found.severity == "error")
        }

    def needs(self, line: TraceLine) -> Sequence[RawPayloadRef]:
        """The payloads whose bodies `apply` will read for this line, given what has been applied so far."""
        if isinstance(line, MalformedLine):
            return ()
        event = line.event.payload
        if type(event) not in _NEED_BY_STATE:
            return always_needed(event, self._state.rules.schema)
        match event:
            case HistoryItemAccepted(item_id=item_id):
                is_news = acceptance.is_news(self._state, ThreadId(line.event.thread_id or ""), item_id)
                return always_needed(event, self._state.rules.schema) if is_news else ()
            case ToolCallRuntimeStarted():
                return self._runtime_start_needs(event)
            case ToolCallRuntimeEnded():
                return self._runtime_end_needs(event)
            case ToolCallEnded(result_payload=ref) if ref is not None:
                call = repeated_calls.call_meant(self._state, event.tool_call_id, repeated_calls.awaits_end)
                from_result = call and call.terminal_operation_id and not call.raw_runtime_payload_ids
                return (ref,) if from_result else ()
            case ProtocolEventObserved() if self._reads_protocol_events:
                return always_needed(event, self._state.rules.schema)
        return ()

    def apply(self, line: TraceLine, payloads: Mapping[str, Any]) -> None:
        """Apply one line. `payloads` maps payload ids to bodies (bytes), or to faults that have a `reason`."""
        for _ in self.steps(line, payloads):
            pass

    def steps(self, line: TraceLine, payloads: Mapping[str, Any]) -> Iterable[None]:
        """Begin to apply one line as `apply` does, but in steps: one event may bring hundreds of thousands of items.

        Until the last step is taken the graph lacks some of what the line says, though every object in it is whole,
        `take_delta` is not to be called, and no other line may be applied.
        """
        changes = self._state.changes
        if changes is None:
            return self._begin(line, payloads)
        NOTING.changes = changes
        try:
            return self._begin(line, payloads)
        finally:
            NOTING.changes = None

    def _begin(self, line: TraceLine, payloads: Mapping[str, Any]) -> Iterable[None]:
        state = self._state
        if isinstance(line, MalformedLine):
            self._apply_malformed(line)
            return ()
        event = line.event
        payload, seq, at = event.payload, event.seq, event.wall_time_unix_ms
        thread_id: Any = event.thread_id
        turn_id: Any = event.codex_turn_id
        if state.turns_of_id and turn_id is not None:
            turn_id = turn_meant(state, turn_id, thread_id)
        state.moment = Moment(line.line, seq, state.moment.at_unix_ms if at is None else at, thread_id, turn_id)
        if at is not None:
            self._note_time(payload, at)
        if line.oddities:
            for oddity in line.oddities:
                state.report_oddity(oddity)
        trace = state.trace
        if (
            seq != self._expected_seq
            or event.rollout_id != trace.rollout_id
            or event.schema_version != trace.schema_version
            or payload.first_schema > trace.schema_version
            or state.is_closed
        ):
            self._check_envelope(event)
        self._expected_seq = seq + 1
        for name in payload.reference_fields:
            ref = getattr(payload, name)
            if ref is not None:
                references.register(state, ref)
        state.bodies = payloads
        try:
            steps = EVENT_STEPS[type(payload)](state, payload)
        except Exception as error:
            self._report_failure(event, error)
            return ()
        return () if steps is None else self._guarded(event, steps)

    def _note_time(self, event: KnownEvent | UnknownEvent, at: int) -> None:
        """Until an event has lasted what is open at it, also if the graph takes nothing from it."""
        evidence = self._state.trace.evidence
        if (evidence.newest_event_unix_ms or at) <= at and type(event) not in _ENDS:
            evidence.newest_event_unix_ms = at

    def _guarded(self, event: RawTraceEvent, steps: Steps[None]) -> Iterator[None]:
        while True:
            NOTING.changes = self._state.changes
            try:
                next(steps)
            except StopIteration:
                return
            except Exception as error:
                self._report_failure(event, error)
                return
            finally:
                NOTING.changes = None
            yield

    def _report_failure(self, event: RawTraceEvent, error: Exception) -> None:
        """A viewer must outlive its own mistakes. The fuzzer and the golden graphs see to it that none is known."""
        if isinstance(error, Problem):
            self._state.report_problem(error)
            return
        message = f"this program failed on a {event.payload.kind_name} event: {error!r}"
        self._state.report("reducer-fault", message, "what the event recorded may be missing; please report it")

    def take_delta(self) -> TraceDelta:
        """What changed since the last call."""
        delta, self._state.delta = self._state.delta, TraceDelta()
        return delta

    def _runtime_start_needs(self, event: ToolCallRuntimeStarted) -> Sequence[RawPayloadRef]:
        if self._state.rules.tells_mcp_by_payload:
            return (event.runtime_payload,)
        call = repeated_calls.call_meant(self._state, event.tool_call_id, repeated_calls.awaits_runtime)
        kind = event.kind or (call.kind if call is not None else None)
        return (event.runtime_payload,) if kind is None or kind.type in RUNTIME_START_KINDS else ()

    def _runtime_end_needs(self, event: ToolCallRuntimeEnded) -> Sequence[RawPayloadRef]:
        fits = repeated_calls.awaits_runtime_end(self._state)
        call = repeated_calls.call_meant(self._state, event.tool_call_id, fits)
        if call is None:
            return ()
        if call.kind.type == "mcp" and call.terminal_operation_id is None and not self._state.rules.reads_mcp_ends:
            return ()
        if call.kind.type in _SENDING_KINDS and call.raw_invocation_payload_id is not None:
            return (event.runtime_payload, self.trace.raw_payloads[call.raw_invocation_payload_id])
        return (event.runtime_payload,)

    def _apply_malformed(self, line: MalformedLine) -> None:
        seq = self._expected_seq if line.seq is None else line.seq
        self._state.moment = Moment(line.line, seq, self._state.moment.at_unix_ms, None, None)
        self._expected_seq = seq + 1
        message = f"line {line.line} is not an event: {line.reason}"
        consequence = "what it recorded is missing from the graph"
        self._state.report_counted(_NUMBER.sub("N", line.reason), "malformed-line", message, consequence)

    def _check_envelope(self, event: RawTraceEvent) -> None:
        """Report what the envelope says against the log so far (bundle format §3.1), or against the bundle."""
        state = self._state
        severity: Severity = "error" if state.rules.checks_envelope else "note"
        if state.is_closed:
            message = "trace event after recording completed"
            state.report_once("after-end", "event-after-end", message, "it is applied anyway", None)
        if event.is_numbered and event.seq != self._expected_seq:
            self._report_seq(event.seq)
        if event.rollout_id is not None and event.rollout_id != state.trace.rollout_id:
            message = f"trace event belongs to another rollout, {event.rollout_id}"
            state.report_counted(event.rollout_id, "other-rollout", message, "it is applied anyway", severity=severity)
        if event.schema_version is not None and event.schema_version != state.trace.schema_version:
            message = f"event of schema {event.schema_version} in a bundle of schema {state.trace.schema_version}"
            name = str(event.schema_version)
            state.report_counted(name, "other-schema", message, "it is read by the bundle's rules", severity=severity)
        if event.payload.first_schema > state.rules.schema:
            message = f"schema {state.trace.schema_version} has no event kind {event.payload.kind_name}"
            state.report("later-event", message, "it is applied as in later schemas")

    def _report_seq(self, seq: int) -> None:
        state = self._state
        if seq > self._expected_seq:
            first, last = self._expected_seq, seq - 1
            many = f"{last - first + 1:,} events are missing: {first} to {last}"
            missing = many if first < last else f"event {first} is missing"
            code, message, consequence = "seq-gap", missing, "what they recorded is missing from the graph"
        elif seq == 0 and self._expected_seq == 1:
            code, message = "seq-zero", "the first event has the number 0, not 1"
            consequence = "events have the numbers that the log gives them"
        else:
            code, message = "seq-repeated", f"event {seq} comes again, or late; expected {self._expected_seq}"
            consequence = "it is applied at its place in the log"
        strict = state.rules.checks_envelope
        state.report(code, message, consequence, severity="error" if strict else "note")


def _complete_recording(state: ReducerState, _event: RecordingCompleted) -> None:
    if state.rules.closing_field == "recording_status":
        state.trace.recording_status = "complete"
    else:
        state.trace.recording_complete = True
    state.is_closed = state.trace.was_closed is True
    state.delta.trace = True


def _note_other(state: ReducerState, event: OtherEvent) -> None:
    for ref in event.payloads:
        references.register(state, ref)
    message = f"raw trace event has no reducer implementation: {event.kind} ({event.summary})"
    state.report("other-event", message, "it takes no part in the graph")


def _note_unknown(state: ReducerState, event: UnknownEvent) -> None:
    for ref in event.refs:
        references.register(state, ref)
    message = f"unknown event kind {event.kind_name}"
    consequence = "it takes no part in the graph; a newer recorder may have written it"
    state.report_counted(event.kind_name, "unknown-event", message, consequence)


EVENT_STEPS: Final[dict[type, Callable[[ReducerState, Any], Steps[None] | None]]] = {
    RolloutStarted: lifecycle.start_rollout,
    RolloutEnded: lifecycle.end_rollout,
    RecordingCompleted: _complete_recording,
    ThreadStarted: lifecycle.start_thread,
    ThreadEnded: lifecycle.end_thread,
    ThreadResumed: lifecycle.resume_thread,
    CodexTurnStarted: lifecycle.start_turn,
    CodexTurnEnded: lifecycle.end_turn,
    ProtocolEventObserved: protocol.observe,
    OtherEvent: _note_other,
    UnknownEvent: _note_unknown,
    HistoryItemAccepted: acceptance.accept_item,
    InferenceStarted: inference.start_inference,
    InferenceCompleted: inference.end_inference,
    InferenceFailed: inference.end_inference,
    InferenceCancelled: inference.end_inference,
    ToolCallStarted: tool.start_tool,
    McpToolCallCorrelationAssigned: tool.correlate_mcp,
    StdinTargetResolved: terminal.resolve_stdin_target,
    ToolCallRuntimeStarted: tool.start_runtime,
    ToolCallRuntimeEnded: tool.end_runtime,
    ToolCallEnded: tool.end_tool,
    CodeCellStarted: code_cell.start_cell,
    CodeCellInitialResponse: code_cell.respond,
    CodeCellEnded: code_cell.end_cell,
    CodeCellWaitTargetResolved: code_cell.resolve_wait,
    CompactionRequestStarted: compaction.start_request,
    CompactionRequestCompleted: compaction.end_request,
    CompactionRequestFailed: compaction.end_request,
    CompactionInstalled: compaction.install,
    AgentResultObserved: agents.queue_agent_result,
}
