"""What a row of the timeline is called: the command, the tool and its main argument, the model, the agent."""

from __future__ import annotations

from typing import assert_never

import msgspec

from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.kinds.lost_end import command_without_end_of_call
from tui.analysis.kinds.naming import agent_name, operation_argument, tool_argument, tool_name
from tui.analysis.kinds.plural import counted
from tui.analysis.kinds.scripts import cell_run_by, cell_waited_by, yielded_after_ms
from tui.analysis.messages.brief import COMMAND, EMPTY_COMMAND, command_of_preview, command_text
from tui.analysis.messages.calls import kind_of_call
from tui.analysis.messages.edges import EdgeView, view_of_edge, views_of_call
from tui.analysis.messages.view import Deed
from tui.analysis.problems.failure import failure_of_call, failure_of_cell
from tui.analysis.problems.of_object import exit_code_of, is_left_running, output_cut, problem_of, reason_of_turn
from tui.analysis.requests.server_work import server_work_of
from tui.analysis.state.agent import ending_of_turn
from tui.analysis.state.outcome import outcome_of
from tui.analysis.state.recording import RecordingState
from tui.model.conversation import ConversationItem
from tui.model.ids import OperationId, ThreadId, ToolCallId
from tui.model.lookup import find_object
from tui.model.noderef import NodeRef
from tui.model.objects import (
    CodeCell,
    CodexTurn,
    Compaction,
    CompactionRequest,
    ExecRequest,
    InferenceCall,
    InteractionEdge,
    TerminalOperation,
    TerminalSession,
    Thread,
    ToolCall,
)
from tui.model.protocol import ProtocolEvent, weight_of
from tui.model.trace import RolloutTrace
from tui.schema.payloads import RawPayloadRef
from tui.viewmodel.text.clean import clean
from tui.viewmodel.text.edge_words import mark_spans
from tui.viewmodel.text.spans import Line, Span
from tui.viewmodel.timeline.face import Face
from tui.viewmodel.timeline.labels.prompts import task_spans, turn_spans
from tui.viewmodel.timeline.labels.requests import request_label
from tui.viewmodel.timeline.labels.scripts import script_span, script_spans
from tui.viewmodel.timeline.labels.words import ANSWER, NO_REASON, TOOL_NAME, plain, said, why, without_name
from tui.viewmodel.timeline.outcome_words import OUTCOME_SIGNS, OUTCOME_STATUS
from tui.viewmodel.timeline.row import GLYPHS, Status, status_of

AGENT_COLOURS = 8
"""Colours that agents take in turn, `agent.0` to `agent.7`."""

CUT = "✂"
"""Stands behind the sign of a call whose output was cut before the model saw it."""

SEEN_EARLY = "»"
"""Stands behind the sign of a command or a script that went on after the model had its answer.

Not `…`: behind an exit code that reads as if the number were cut.
"""

MOST_FACES = 500
"""Faces that are remembered: a growth of the graph brings as many rows at most, and a filter asks for all of them."""

UNKNOWN_END = "?"
"""The sign of a call whose end was not recorded, though its command had ended: how the call came out is unknown."""

LEFT: Status = "waiting"
"""The state of what was open when the recording ended."""

CUT_OFF: Status = "cancelled"
"""The state of what was open when the recording was cut off, as in the list of agents."""

OUTGOING = "──▶ "
INCOMING = "◀── "

_EDGE_WORDS: dict[Deed, str] = {
    "spawn_agent": "spawned by",
    "assign_agent_task": "task from",
    "send_message": "message from",
    "close_agent": "closed by",
    "interrupt_agent": "interrupted by",
    "agent_result": "result from",
}


_EVENT_SIGNS = {
    "error": ("✗", "error"),
    "warning": ("△", "warning"),
    "rollback": ("↶", "warning"),
    "news": ("·", "dim"),
}
"""Weight of a protocol event → its sign and style."""


def agent_style(slot: int) -> str:
    """The style of the agent that came as number `slot`, from 0."""
    return f"agent.{slot % AGENT_COLOURS}"


class Labels:
    """Makes the faces of rows for one graph. Every text of the recording is cleaned here."""

    def __init__(self, trace: RolloutTrace, index: TraceIndex) -> None:
        self._trace = trace
        self._index = index
        self.recording = RecordingState("loading", "")
        """The state of the recording: once it is over, what is open was left so, and what was sent will not be seen."""
        self._faces: dict[NodeRef, Face] = {}
        """Faces that were asked for since the graph grew: rows are compared with those beside them, and then shown."""
        self._growth, self._recording = -1, self.recording
        """Of which growth and state of the recording the faces are."""
        self._slots: dict[ThreadId, int] = {}
        self._cuts: dict[ToolCallId, tuple[tuple[int, bool, bool], str]] = {}
        """Call → how many answers the model saw, whether call and command have ended, and the sign that follows."""

    @property
    def is_over(self) -> bool:
        """Whether nothing more will be recorded."""
        return self.recording.is_over

    def forget(self) -> None:
        """The graph went back to an earlier event: what was remembered of it may not be so yet."""
        self.forget_faces()
        self._slots.clear()
        self._cuts.clear()

    def forget_faces(self) -> None:
        """Objects changed: their rows may show something else."""
        self._faces.clear()

    def face(self, node: NodeRef) -> Face:
        """Status, sign and label of the object `node` names. Between two growths of the graph each is made once."""
        growth, recording = self._index.growth, self.recording
        if growth != self._growth or recording is not self._recording or len(self._faces) >= MOST_FACES:
            self._growth, self._recording = growth, recording
            self._faces.clear()
        face = self._faces.get(node)
        if face is None:
            face = self._faces[node] = self._face_now(node)
        return face

    def _face_now(self, node: NodeRef) -> Face:
        face = self._face(node)
        if self.is_over and face.status == "running":
            left: Status = CUT_OFF if self.recording.word == "cut off" else LEFT
            return Face(left, face.glyph.replace(GLYPHS["running"], GLYPHS[left]), face.label)
        return face

    def _face(self, node: NodeRef) -> Face:
        found = find_object(self._trace, node)
        match found:
            case ToolCall() as tool:
                return self._tool_face(tool)
            case CodeCell() as cell:
                status = status_of(cell.runtime_status)
                return Face(status, GLYPHS[status] + _sign_of_yield(cell), self._script_label(cell))
            case ConversationItem() as item:
                return self._server_face(item)
            case InteractionEdge() as edge:
                return _face("unknown", self._edge_label(edge))
            case ProtocolEvent() as event:
                return self._event_face(event)
            case CodexTurn() as turn:
                return _face(self._turn_status(turn), self._turn_label(turn))
            case Thread() as thread:
                return self._thread_face(thread)
            case Compaction() as compaction:
                return _face("ok", self._compaction_label(compaction))
            case InferenceCall() | CompactionRequest() | TerminalOperation():
                return _face(status_of(found.execution.status), self._label(found))
            case TerminalSession() | RawPayloadRef() | None:  # these have no rows
                return _face("unknown", (plain(node.id, "dim"),))
            case other:
                assert_never(other)

    def agent_span(self, thread_id: ThreadId) -> Span:
        """The path of an agent in its colour."""
        return Span(clean(agent_name(self._trace, thread_id)), agent_style(self.slot(thread_id)))

    def slot(self, thread_id: ThreadId) -> int:
        """How many agents appeared before this one."""
        if len(self._slots) != len(self._trace.threads):
            self._slots = {name: slot for slot, name in enumerate(self._trace.threads)}
        return self._slots.get(thread_id, 0)

    def _label(self, found: Thread | InferenceCall | CompactionRequest | TerminalOperation) -> Line:
        match found:
            case Thread() as thread:
                name = f"  {clean(thread.nickname)}" if thread.nickname else ""
                task = task_spans(self._trace, self._index, thread.thread_id)
                return (self.agent_span(thread.thread_id), Span(name, "dim"), *task)
            case InferenceCall() as call:
                return request_label(self._trace, self._index, call)
            case CompactionRequest() as attempt:
                failure = self._trace.evidence.failure_texts.get(attempt.compaction_request_id, "")
                title = (Span("compaction request", "node.compaction"), Span(f" {clean(attempt.model)}", "dim"))
                return (*title, *why(failure))
            case TerminalOperation() as operation:
                return (plain(operation_argument(operation), "node.terminal"),)
            case other:
                assert_never(other)

    def _event_face(self, event: ProtocolEvent) -> Face:
        """A message of the session; where nothing proves whose it is, that is before it."""
        sign, style = _EVENT_SIGNS[weight_of(event.event_type)]
        whose = (Span("of an agent that is not recorded  ", "dim"),) if event.attribution == "unproven" else ()
        name = Span(f"{clean(event.event_type.removeprefix('thread_').replace('_', ' '))}  ", style)
        return Face("failed" if event.event_type == "error" else "unknown", sign, (name, *whose, plain(event.message)))

    def _turn_status(self, turn: CodexTurn) -> Status:
        problem = problem_of(self._trace, NodeRef("turn", turn.codex_turn_id))
        return "failed" if problem is not None and problem.code == "failed" else status_of(turn.execution.status)

    def _thread_face(self, thread: Thread) -> Face:
        """The root agent's row says how the session came out, once that can be said."""
        label = self._label(thread)
        if thread.thread_id != self._trace.root_thread_id or self.recording.word == "loading":
            status = self._thread_status(thread)
            return _face(status, (*label, *self._reason_of_agent(thread)) if status != "ok" else label)
        outcome = outcome_of(self._trace, self._index, self.recording)
        return Face(OUTCOME_STATUS[outcome.word], OUTCOME_SIGNS[outcome.word], (*label, *why(outcome.why)))

    def _reason_of_agent(self, thread: Thread) -> Line:
        """Why the last turn of an agent that is over went wrong."""
        last = self._index.turns.last(thread.thread_id)
        turn = None if last is None else self._trace.codex_turns.get(last)
        if turn is None or turn.execution.is_open or thread.execution.is_open:
            return ()
        ending = ending_of_turn(self._trace, self._index, turn)
        return why(ending.reason or ending.how)

    def _thread_status(self, thread: Thread) -> Status:
        """Threads seldom fail themselves: how the last turn of one that is over went says more."""
        last = self._index.turns.last(thread.thread_id)
        turn = None if last is None or thread.execution.is_open else self._trace.codex_turns.get(last)
        if thread.execution.status == "completed" and turn is not None and self._turn_status(turn) == "failed":
            return "failed"
        return status_of(thread.execution.status)

    def _turn_label(self, turn: CodexTurn) -> Line:
        title = Span(f"turn {self._index.ordinal('turn', turn.codex_turn_id)}", "node.turn")
        return (title, *why(reason_of_turn(self._trace, turn)), *turn_spans(self._trace, self._index, turn))

    def _tool_face(self, tool: ToolCall) -> Face:
        status = self._tool_status(tool)
        exit_code = exit_code_of(self._trace, tool)
        sign = f"{GLYPHS['failed']}{exit_code}" if exit_code else GLYPHS[status]
        label = self._tool_label(tool, self._failure(tool, status))
        if command_without_end_of_call(self._trace, tool) is not None:
            sign = sign if exit_code else UNKNOWN_END
            label = (*label, Span("  no end recorded", "dim"))
        behind = self._cut_sign(tool) or _sign_of_yield(cell_run_by(self._trace, tool))
        return Face("failed" if exit_code else status, sign + behind, label)

    def _failure(self, tool: ToolCall, status: Status) -> Line:
        """What the model learned of a call that failed."""
        if status != "failed":
            return ()
        reason = without_name(failure_of_call(self._trace, tool), tool_name(tool))
        # What sends something says at least that it failed; the answer of another may still come.
        is_answered = self.is_over or bool(tool.model_visible_output_item_ids)
        return why(reason or (NO_REASON if is_answered and kind_of_call(tool) is None else ""))

    def _server_face(self, item: ConversationItem) -> Face:
        """Work of the provider; other items have no row, and are named by their id."""
        work = server_work_of(item)
        if work is None:
            return _face("unknown", (plain(item.item_id, "dim"),))
        argument = f" {work.argument}" if work.argument else ""
        return _face(status_of(work.status), (plain(work.name, TOOL_NAME), plain(argument), *said(work.picture)))

    def _cut_sign(self, tool: ToolCall) -> str:
        """What is behind the sign if the model saw only a part of the output. Texts are compared once."""
        operation = self._trace.terminal_operations.get(tool.terminal_operation_id or OperationId(""))
        has_output = operation is not None and operation.result is not None
        stage = (len(tool.model_visible_output_item_ids), not tool.execution.is_open, has_output)
        known = self._cuts.get(tool.tool_call_id)
        if known is None or known[0] != stage:
            known = self._cuts[tool.tool_call_id] = (stage, _sign_of_cut(self._trace, tool))
        return known[1]

    def _tool_status(self, tool: ToolCall) -> Status:
        status = status_of(tool.execution.status)
        if is_left_running(self._trace, tool):
            return "waiting"
        if status == "running" and command_without_end_of_call(self._trace, tool) is not None:
            return "unknown"
        cell = cell_run_by(self._trace, tool) if status == "ok" else None
        return status if cell is None else status_of(cell.runtime_status)

    def _tool_label(self, tool: ToolCall, failure: Line) -> Line:
        """What ran, why it failed, and what about: a command comes before its failure, other arguments behind it."""
        operation_id = tool.terminal_operation_id
        operation = self._trace.terminal_operations.get(operation_id) if operation_id is not None else None
        if operation is not None:
            return (*self._operation_label(operation), *failure)
        command = command_of_preview(tool)
        if command is not None:
            return (Span(f"{COMMAND} ", "dim"), plain(command_text(command)), *failure)
        if tool.started_code_cell_id is not msgspec.UNSET:
            cell = cell_run_by(self._trace, tool)
            return script_spans(self._trace, self._index, cell, tool_argument(self._trace, tool), failure)
        waited = cell_waited_by(self._trace, self._index, tool)
        if waited is not None:
            script = script_span(self._trace, self._index, waited)._replace(style=ANSWER)
            return (Span("wait for script", TOOL_NAME), *failure, script)
        sent = views_of_call(self._trace, self._index, tool, self.is_over)
        if sent:
            name = Span(f"{clean(tool_name(tool))}{'' if failure else ' '}", "node.edge")
            told = (*failure, Span("  ")) if failure else ()
            return (name, *told, *self._sent_spans(sent[0], is_told=bool(failure)))
        argument = tool_argument(self._trace, tool)
        gap = "  " if failure and argument else " " if argument else ""
        return (Span(clean(tool_name(tool)), TOOL_NAME), *failure, plain(f"{gap}{argument}"))

    def _script_label(self, cell: CodeCell) -> Line:
        failure = why(failure_of_cell(self._trace, cell))
        return script_spans(self._trace, self._index, cell, cell.source_js, failure)

    def _sent_spans(self, sent: EdgeView, *, is_told: bool) -> Line:
        """Whom a call meant, whether it reached it unless that is told already, and what it said."""
        target = Span(clean(sent.named)) if sent.target_agent is None else self.agent_span(sent.target_agent)
        arrow = (Span(OUTGOING, "node.edge"), target) if target.text else ()
        return (*arrow, *(() if is_told else mark_spans(sent)), *said(sent.passed.first_line))

    def _operation_label(self, operation: TerminalOperation) -> Line:
        argument = operation_argument(operation)
        if isinstance(operation.request, ExecRequest):
            text = command_text(argument)
            return (Span(f"{COMMAND} ", "dim"), plain(text, "dim" if text == EMPTY_COMMAND else ""))
        verb = "poll" if not operation.request.stdin else "stdin "
        typed = () if not operation.request.stdin else (plain(argument),)
        return (Span(verb, "node.terminal"), *typed, *self._process_spans(operation))

    def _process_spans(self, operation: TerminalOperation) -> Line:
        """Which process was written to: the command that started it."""
        session = self._trace.terminal_sessions.get(operation.terminal_id) if operation.terminal_id else None
        creator = self._trace.terminal_operations.get(session.created_by_operation_id) if session is not None else None
        if creator is None or creator is operation:
            return ()
        return (Span("  → ", "dim"), plain(f"$ {operation_argument(creator)}", "dim"))

    def _edge_label(self, edge: InteractionEdge) -> Line:
        """Where it came from, and what it says."""
        view = view_of_edge(self._trace, self._index, edge, self.is_over)
        words = Span(f"{INCOMING}{_EDGE_WORDS[view.deed]} ", "node.edge")
        sender = () if view.source_agent is None else (self.agent_span(view.source_agent),)
        return (words, *sender, *mark_spans(view), *said(view.passed.first_line))

    def _compaction_label(self, compaction: Compaction) -> Line:
        number = self._index.ordinal("compaction", compaction.compaction_id)
        sizes = f"  {len(compaction.input_item_ids):,} → {counted(len(compaction.replacement_item_ids), 'item')}"
        return (Span(f"compaction {number}", "node.compaction"), Span(sizes, "dim"))


def _sign_of_yield(cell: CodeCell | None) -> str:
    return SEEN_EARLY if cell is not None and yielded_after_ms(cell) is not None else ""


def _sign_of_cut(trace: RolloutTrace, tool: ToolCall) -> str:
    cut = output_cut(trace, tool) if tool.model_visible_output_item_ids else None
    if cut is None or cut.certainty == "marked":
        return ""
    return SEEN_EARLY if cut.certainty == "earlier" else CUT


def _face(status: Status, label: Line) -> Face:
    return Face(status, GLYPHS[status], label)
