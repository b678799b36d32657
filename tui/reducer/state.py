"""The reducer's private state: the graph, the indexes that make each step cheap, and what waits for what.

Nothing in here is derived other than by applying events, so the state after an event depends on those up to it alone.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from tui.model.conversation import ConversationItem
from tui.model.delta import TraceDelta
from tui.model.diagnostic import Diagnostic, Severity
from tui.model.evidence import EVIDENCE_MAPS, Delivery, DeliveryKey, TraceEvidence
from tui.model.execution import ExecutionWindow
from tui.model.ids import (
    CodeCellId,
    CodexTurnId,
    EdgeId,
    InferenceCallId,
    ItemId,
    OperationId,
    RawPayloadId,
    TerminalId,
    ThreadId,
    ToolCallId,
)
from tui.model.objects import CodexTurn, Executed, RootOrigin, Thread, ToolCall
from tui.model.protocol import ProtocolEvent
from tui.model.recorded import Changes, Recorded, RecordedMap, note_growth, note_window
from tui.model.trace import GRAPH_MAPS, RolloutTrace
from tui.reducer.content_key import ContentKey
from tui.reducer.long_lists import LONG_LIST, Entry, LongLists, append
from tui.reducer.problem import Problem
from tui.reducer.shared_call_ids import RepeatedCalls
from tui.reducer.thread_state import ThreadState
from tui.schema.events import CodeCellRuntimeStatus, ExecutionStatus
from tui.schema.manifest import Manifest
from tui.schema.oddity import Oddity
from tui.schema.payloads import PartList
from tui.schema.rules import Rules, rules_for

if TYPE_CHECKING:
    from tui.reducer.id_form import IdForm
    from tui.schema.body_form import BodyForm

UNKNOWN_AGENT_PATH = "(unknown)"
"""Agent path of a thread whose start is not in the recording."""

MOST_KINDS_COUNTED = 200
"""How many kinds of findings about lines are distinguished: in a file that is not a log each line may be odd."""


class Moment(msgspec.Struct, frozen=True, gc=False):
    """Where in the recording we are: the event that is being applied."""

    line: int
    seq: int
    at_unix_ms: int
    thread_id: ThreadId | None
    codex_turn_id: CodexTurnId | None


class QueuedCellStart(msgspec.Struct, frozen=True):
    """A code cell whose source item has not been seen: it waits for a `custom_tool_call` item with its call id."""

    moment: Moment
    thread_id: ThreadId
    runtime_cell_id: str
    model_visible_call_id: str
    source_js: str


class QueuedCellEvent(msgspec.Struct, frozen=True):
    """A first response or an end of a queued cell; replayed when the cell materialises."""

    moment: Moment
    runtime_cell_id: str
    status: CodeCellRuntimeStatus
    payload_id: RawPayloadId | None
    is_end: bool


class ReducerState:
    """The graph under construction with every index. The steps in this room are functions over it."""

    def __init__(self, manifest: Manifest, changes: Changes | None = None) -> None:
        """`changes`: where all that changes in the graph is noted."""
        self.changes = changes
        self.rules: Rules = rules_for(manifest.schema_version)
        self.trace = RolloutTrace(
            schema_version=manifest.schema_version,
            trace_id=manifest.trace_id,
            rollout_id=manifest.rollout_id,
            root_thread_id=manifest.root_thread_id,
            started_at_unix_ms=manifest.started_at_unix_ms,
            recording_complete=False if self.rules.closing_field == "recording_complete" else msgspec.UNSET,
            recording_status="unclosed" if self.rules.closing_field == "recording_status" else msgspec.UNSET,
            evidence=TraceEvidence(**_recorded_maps(EVIDENCE_MAPS, changes)),
            **_recorded_maps(GRAPH_MAPS, changes),
        )
        self.delta = TraceDelta()
        self.diagnostics: list[Diagnostic] = []
        self.finding_counts: Counter[str] = Counter()
        """How many findings of each code there are, each counted once."""
        self.moment = Moment(0, 0, manifest.started_at_unix_ms, None, None)
        self.is_closed = False
        """Whether the recorder has said that the log ends; more events may follow nevertheless."""
        self.taken_names: set[str] = set()
        """What agents are called."""
        self.open_turns: dict[CodexTurnId, None] = {}
        """Turns that have not ended, in order of start: an event that names none belongs to the only one."""
        self.newest_failures: dict[CodexTurnId, str] = {}
        """Why the newest request of a turn that failed did so."""
        self.unplaced_errors: dict[str, list[ProtocolEvent]] = {}
        """Protocol errors whose turn is not known yet, by what they say; the end of a turn may repeat it."""
        self.bodies: Mapping[str, Any] = {}
        """Payload bodies handed in with the event that is being applied."""
        self.body_form: BodyForm | None = None
        """How bodies are written, if not as known recorders do."""
        self.id_form: IdForm | None = None
        """How ids in bodies differ from those in events, if they do."""
        self.thread_of_body_id: dict[str, ThreadId] = {}
        """Id of an agent in bodies → its id in events, where the two have nothing in common."""

        self.threads: dict[ThreadId, ThreadState] = {}
        self.next_item = 1
        self.next_operation = 1

        self.content_keys: dict[ItemId, ContentKey] = {}
        self.names: dict[str, str] = {}
        """Names that stand in many places of a recording, each as one object; see `shared`."""
        self.call_content: dict[tuple[ThreadId, str, str], ContentKey | set[ContentKey]] = {}
        """(thread, call id, kind) → content seen under it; one, unless the recording reuses a call id."""
        self.items_by_call_id: dict[str, list[ItemId]] = {}
        self.latest_answer: dict[tuple[ThreadId, CodexTurnId], tuple[int, ItemId]] = {}
        """(thread, turn) → its newest assistant message that no agent sent: the source of the agent's result."""

        self.inferences_by_response_item: dict[ItemId, tuple[InferenceCallId, ...]] = {}
        self.inferences_by_response_id: dict[tuple[ThreadId, str], tuple[InferenceCallId, ...]] = {}
        self.running_inferences: dict[CodexTurnId, set[InferenceCallId]] = {}
        self.running_cells: dict[CodexTurnId, set[CodeCellId]] = {}
        self.compaction_request_ids: dict[str, list[str]] = {}

        self.repeated_calls = RepeatedCalls()
        self.requests_of_id: dict[Any, list[Any]] = {}
        """Ids under which several requests started → their names, in order of start."""
        self.turns_of_id: dict[CodexTurnId, list[CodexTurnId]] = {}
        """The same of turns."""
        self.inferred_turns: set[CodexTurnId] = set()
        """Turns that were named before they started."""
        self.tool_by_call_id: dict[str, ToolCallId] = {}
        self.nested_tools: dict[CodeCellId, list[ToolCallId]] = {}
        """Tools by the cell that called them; needed for a cell that materialises after them."""

        self.cell_of_runtime: dict[ThreadId, dict[str, CodeCellId]] = {}
        self.queued_cells: dict[CodeCellId, QueuedCellStart] = {}
        self.queued_cells_by_call: dict[tuple[ThreadId, str], list[CodeCellId]] = {}
        self.cells_of_call: dict[str, list[tuple[ThreadId, CodeCellId]]] = {}
        """Call ids that several scripts share → these, with their agents, in order of start."""
        self.queued_cell_events: dict[CodeCellId, list[QueuedCellEvent]] = {}
        self.queued_waits: dict[CodeCellId, list[ToolCallId]] = {}
        """Calls that were confirmed to wait for a queued cell."""
        self.ready_cells: set[CodeCellId] = set()
        """Queued cells whose source item came with the list that is being reduced."""

        self.session_of_process: dict[ThreadId, dict[str, TerminalId]] = {}
        self.process_of_operation: dict[OperationId, str | None] = {}

        self.deliveries = self.trace.evidence.deliveries
        self.deliveries_by_key: dict[DeliveryKey, deque[Delivery]] = {}
        self.unclaimed_messages: dict[DeliveryKey, list[ItemId]] = {}
        """Inter-agent items that no edge points at, by what a delivery must match, in creation order."""
        self.message_keys: dict[ItemId, DeliveryKey] = {}
        self.provisional_edges: set[EdgeId] = set()
        """Spawn edges that point at a thread only because the child's task message has not been seen."""
        self.spawns_of_unknown: dict[ThreadId, list[EdgeId]] = {}
        """Waiting spawns of threads that have not started: their provisional edge comes with the thread."""
        self.edges_by_source_tool: dict[ToolCallId, list[EdgeId]] = {}
        self.long_lists = LongLists()
        self.registered_parts: dict[tuple[ThreadId | None, str], PartList] = {}
        """(thread, kind of payload) → the parts of the last one, all of which are in the graph's list of payloads."""
        self.counted: dict[tuple[str, str], Diagnostic] = {}
        """Code and name of what may be found in every line → the finding that counts it."""
        self.reported: set[object] = set()
        """Findings that would otherwise repeat with every request."""

    # Findings

    def report(
        self,
        code: str,
        message: str,
        consequence: str = "",
        *,
        severity: Severity = "error",
        object_id: str | None = None,
        payload_id: str | None = None,
    ) -> None:
        """Add a finding about the event that is being applied."""
        self.finding_counts[code] += 1
        self.diagnostics.append(
            Diagnostic(
                code=code,
                severity=severity,
                message=message,
                consequence=consequence,
                line=self.moment.line,
                seq=self.moment.seq,
                object_id=object_id,
                payload_id=payload_id,
            )
        )
        self.delta.diagnostics += 1

    def report_oddity(self, oddity: Oddity) -> None:
        """Count a way in which lines differ from what is known: a finding for the first of its kind."""
        severity: Severity = "error" if oddity.is_loss else "warning"
        self.report_counted(oddity.name, oddity.code, oddity.message, oddity.consequence, severity=severity)

    def report_counted(
        self, name: str, code: str, message: str, consequence: str, *, severity: Severity = "error"
    ) -> None:
        """Add a finding for the first time that something of this code and name is found; count the others with it."""
        known = self.counted.get((code, name))
        if known is not None:
            known.count += 1
        elif len(self.counted) < MOST_KINDS_COUNTED:
            self.report(code, message, consequence, severity=severity)
            self.counted[code, name] = self.diagnostics[-1]

    def report_once(self, key: object, code: str, message: str, consequence: str, object_id: str | None) -> None:
        """Add a finding unless one with the same key has been made."""
        if key not in self.reported:
            self.reported.add(key)
            self.report(code, message, consequence, object_id=object_id)

    def report_problem(self, problem: Problem) -> None:
        """Add the finding that a step gave up with."""
        self.report(problem.code, problem.message, problem.consequence, object_id=problem.object_id)

    # Threads and turns, also where the recording lacks their start

    def window(self) -> ExecutionWindow:
        """An open window that starts now."""
        return ExecutionWindow(self.moment.at_unix_ms, self.moment.seq)

    def thread(self, thread_id: ThreadId, needed_by: str) -> Thread:
        """The thread; one that the recording does not start is inferred and reported."""
        thread = self.trace.threads.get(thread_id)
        if thread is None:
            self.report(
                "thread-not-started",
                f"{needed_by} names thread {thread_id}, whose start is not in the log before it",
                "the thread is shown from here on; its agent path, origin and start are unknown",
                object_id=thread_id,
            )
            thread = self.add_thread(thread_id, UNKNOWN_AGENT_PATH)
        return thread

    def add_thread(self, thread_id: ThreadId, agent_path: str) -> Thread:
        """Create a thread with nothing known of it but its path."""
        thread = Thread(
            thread_id=thread_id,
            agent_path=agent_path,
            nickname=None,
            origin=RootOrigin(),
            execution=self.window(),
            default_model=None,
            conversation_item_ids=[],
        )
        self.trace.threads[thread_id] = thread
        self.threads[thread_id] = ThreadState()
        self.delta.threads.add(thread_id)
        return thread

    def turn(self, turn_id: CodexTurnId, thread_id: ThreadId, needed_by: str) -> CodexTurn:
        """The turn; one that the recording does not start is inferred, one of another thread reported."""
        turn = self.trace.codex_turns.get(turn_id)
        if turn is None:
            self.thread(thread_id, needed_by)
            self.report(
                "turn-not-started",
                f"{needed_by} names turn {turn_id}, whose start is not in the log before it",
                "the turn is shown from here on; when it began is unknown",
                object_id=turn_id,
            )
            turn = self.add_turn(turn_id, thread_id)
            self.inferred_turns.add(turn_id)
        elif turn.thread_id != thread_id:
            self.report(
                "turn-of-other-thread",
                f"{needed_by} uses thread {thread_id}, but turn {turn_id} belongs to {turn.thread_id}",
                "it is shown in the thread that it names",
                object_id=turn_id,
            )
            self.thread(thread_id, needed_by)
        return turn

    def add_turn(self, turn_id: CodexTurnId, thread_id: ThreadId) -> CodexTurn:
        """Create a running turn."""
        turn = CodexTurn(codex_turn_id=turn_id, thread_id=thread_id, execution=self.window(), input_item_ids=[])
        self.trace.codex_turns[turn_id] = turn
        self.open_turns[turn_id] = None
        self.delta.codex_turns.add(turn_id)
        return turn

    # What repeats

    def shared(self, name: str) -> str:
        """The one object for a name that comes in several events and payloads."""
        return self.names.setdefault(name, name)

    def list_once(self, target: list[Entry], value: Entry) -> bool:
        """Append `value` to a list of the reducer's own unless it is there; whether it was appended."""
        return self.long_lists.append_missing(target, value)

    def append_missing(self, owner: Recorded, field: str, value: object) -> bool:
        """Append `value` to a list of an object of the graph unless it is there; whether it was appended."""
        target: list[object] = getattr(owner, field)
        if value in target if len(target) < LONG_LIST else self.long_lists.holds(target, value):
            return False
        if self.changes is not None:
            note_growth(owner, field)
        self.long_lists.append_other(target, value)
        return True

    def append(self, owner: Recorded, field: str, value: object) -> None:
        """Append `value` to a list of an object of the graph."""
        if self.changes is not None:
            note_growth(owner, field)
        append(getattr(owner, field), value)

    def end(self, owner: Executed, status: ExecutionStatus) -> None:
        """Set or overwrite the end of what ran: now."""
        if self.changes is not None:
            note_window(owner)
        owner.execution.end(self.moment.at_unix_ms, self.moment.seq, status)

    # Items

    def items_with_call(self, call_id: str) -> list[ConversationItem]:
        """Every item of any thread with this call id, in creation order (in schema 1, in the order of their ids)."""
        items = self.trace.conversation_items
        item_ids = self.items_by_call_id.get(call_id, [])
        if self.rules.orders_items_by_name:
            item_ids = sorted(item_ids)
        return [items[item_id] for item_id in item_ids]

    def touch_tool(self, tool: ToolCall) -> None:
        """Note that a tool call changed."""
        self.delta.tool_calls.add(tool.tool_call_id)


def _recorded_maps(names: Iterable[str], changes: Changes | None) -> dict[str, Any]:
    """Maps that note their changes; none if those are not wanted."""
    return {} if changes is None else {name: RecordedMap(changes) for name in names}
