"""Makes the rows of the tables from one recording."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

import msgspec

from tui.analysis.index.ends import anchor_node
from tui.analysis.kinds.naming import agent_name, tool_name
from tui.analysis.kinds.programs import program_of
from tui.analysis.kinds.scripts import window_of_call
from tui.analysis.kinds.thread_of import thread_of
from tui.analysis.links.provenance import dispatch_of_cell
from tui.analysis.problems.bundle_trouble import BundleTrouble, trouble_findings
from tui.analysis.problems.listed import problem_text, severity_of
from tui.analysis.problems.of_object import CAN_FAIL, problem_of
from tui.analysis.problems.own import own_problem_of
from tui.analysis.requests.texts import item_texts
from tui.analysis.statistics.counts import SCRIPT_TOOL
from tui.export.format import Subject
from tui.export.ids import look_at_ids
from tui.export.tables.rows import (
    At,
    CallRow,
    CommandRow,
    CompactionRow,
    EdgeRow,
    ItemRow,
    PayloadRow,
    ProblemRow,
    RequestRow,
    Row,
    ThreadRow,
    TurnRow,
)
from tui.export.whole_items import whole_values
from tui.model.conversation import ConversationItem
from tui.model.diagnostic import Diagnostic
from tui.model.execution import ExecutionWindow
from tui.model.ids import CodeCellId, ThreadId
from tui.model.kinds import GRAPH_KINDS, KINDS, NodeKind
from tui.model.lookup import window_of
from tui.model.noderef import NodeRef
from tui.model.objects import (
    CodeCell,
    CodeCellCaller,
    CompactionRequest,
    ExecRequest,
    InferenceCall,
    SpawnedOrigin,
    TerminalOperation,
)
from tui.model.trace import RolloutTrace

_PROGRAM = re.compile(r"[\w.+-]{1,40}")

LONGEST_TEXT = 1_000
"""Bytes of a text in a table."""

_PROBLEM_KINDS: Final = tuple(kind for kind in GRAPH_KINDS if CAN_FAIL[kind])
"""Kinds of objects that may have a problem of their own."""


class TableMaker:
    """The rows of one recording. Texts and names pass its disclosure."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self._store = subject.store
        self._trace: RolloutTrace = subject.store.trace
        self._show = subject.disclosure
        look_at_ids(subject)
        label = self._show.label
        self._common = {
            "bundle": label(self._store.source.name),
            "trace_id": label(self._trace.trace_id),
            "rollout_id": label(self._trace.rollout_id),
        }
        self.tables: Final[dict[str, Callable[[], Iterator[Row]]]] = {
            "threads": self._threads,
            "turns": self._turns,
            "requests": self._requests,
            "items": self._items,
            "calls": self._calls,
            "commands": self._commands,
            "edges": self._edges,
            "compactions": self._compactions,
            "problems": self._problems,
            "payloads": self._payloads,
        }
        """Name of a table → its rows, in the order of the graph."""

    def _label(self, text: str | None) -> str | None:
        return None if text is None else self._show.label(text)

    def _text(self, text: str | None) -> str | None:
        """A text as it may be shown, then cut: what is cut first is no longer a secret that a rule recognizes."""
        return _cut(self._show.text(text)) if text else None

    def _said(self, item: ConversationItem) -> str | None:
        """The texts of an item, which may be the pieces of one."""
        if not self._show.with_content:
            return self._text(item_texts(item))
        return _cut("\n".join(self._show.pieces(whole_values(self._store, item)))) or None

    def _program(self, operation: TerminalOperation) -> str | None:
        """The name of a program; what a command line has in its place may be anything."""
        name = program_of(operation)
        return self._label(name) if name is None or _PROGRAM.fullmatch(name) else self._text(name)

    def _agent(self, thread_id: ThreadId) -> str:
        return self._show.label(agent_name(self._trace, thread_id))

    def _of_agent(self, thread_id: ThreadId) -> dict[str, Any]:
        return {**self._common, "thread_id": self._show.label(thread_id), "agent_path": self._agent(thread_id)}

    def _ran(self, thread_id: ThreadId, window: ExecutionWindow) -> dict[str, Any]:
        end = window.ended_at_unix_ms
        return {
            **self._of_agent(thread_id),
            "status": self._show.word(window.status),
            "started_at": At(window.started_at_unix_ms),
            "ended_at": None if end is None else At(end),
            "duration_ms": None if end is None else max(0, end - window.started_at_unix_ms),
            "started_seq": window.started_seq,
            "ended_seq": window.ended_seq,
        }

    def _problem(self, kind: NodeKind, name: str) -> str | None:
        found = problem_of(self._trace, NodeRef(kind, name))
        return None if found is None else found.code

    def _threads(self) -> Iterator[Row]:
        for name, thread in self._trace.threads.items():
            origin = thread.origin if isinstance(thread.origin, SpawnedOrigin) else None
            yield ThreadRow(
                **self._ran(name, thread.execution),
                parent_thread_id=None if origin is None else self._label(origin.parent_thread_id),
                role=None if origin is None else self._label(origin.agent_role),
                model=self._label(thread.default_model),
                items=len(thread.conversation_item_ids),
            )

    def _turns(self) -> Iterator[Row]:
        for name, turn in self._trace.codex_turns.items():
            yield TurnRow(
                **self._ran(turn.thread_id, turn.execution),
                turn_id=self._show.label(name),
                number=self._store.index.ordinal("turn", name),
                problem=self._problem("turn", name),
            )

    def _requests(self) -> Iterator[Row]:
        for call in self._trace.inference_calls.values():
            yield self._request(call)
        for attempt in self._trace.compaction_requests.values():
            yield self._request(attempt)

    def _request(self, call: InferenceCall | CompactionRequest) -> RequestRow:
        is_inference = isinstance(call, InferenceCall)
        name = call.inference_call_id if isinstance(call, InferenceCall) else call.compaction_request_id
        usage = call.known_usage if isinstance(call, InferenceCall) else None
        return RequestRow(
            **self._ran(call.thread_id, call.execution),
            request_id=self._show.label(name),
            turn_id=self._show.label(call.codex_turn_id),
            kind="inference" if is_inference else "compaction",
            model=self._show.label(call.model),
            provider=self._show.label(call.provider_name),
            response_id=self._label(call.response_id) if isinstance(call, InferenceCall) else None,
            input_tokens=None if usage is None else usage.input_tokens,
            cached_input_tokens=None if usage is None else usage.cached_input_tokens,
            cache_write_input_tokens=None if usage is None else usage.cache_write_input_tokens,
            output_tokens=None if usage is None else usage.output_tokens,
            reasoning_output_tokens=None if usage is None else usage.reasoning_output_tokens,
            input_items=len(call.request_item_ids) if isinstance(call, InferenceCall) else None,
            output_items=len(call.response_item_ids) if isinstance(call, InferenceCall) else None,
            problem=self._problem("inference" if is_inference else "compaction_request", name),
            error=self._text(self._trace.evidence.failure_texts.get(name)),
        )

    def _items(self) -> Iterator[Row]:
        for name, item in self._trace.conversation_items.items():
            text = item_texts(item)
            yield ItemRow(
                **self._of_agent(item.thread_id),
                item_id=self._show.label(name),
                turn_id=self._label(item.codex_turn_id),
                role=self._show.word(item.role),
                kind=self._show.word(item.kind),
                model_call_id=self._label(item.call_id),
                first_seen_at=At(item.first_seen_at_unix_ms),
                accepted_seq=None if item.accepted_seq is msgspec.UNSET else item.accepted_seq,
                bytes=len(text.encode("utf-8", "replace")),
                text=self._said(item),
            )

    def _calls(self) -> Iterator[Row]:
        operations = self._trace.terminal_operations
        for name, tool in self._trace.tool_calls.items():
            operation = None if tool.terminal_operation_id is None else operations.get(tool.terminal_operation_id)
            result = None if operation is None else operation.result
            caller = tool.requester
            yield CallRow(
                **self._ran(tool.thread_id, window_of_call(self._trace, tool)),
                call_id=self._show.label(name),
                turn_id=self._label(tool.started_by_codex_turn_id),
                tool=self._show.label(tool_name(tool)),
                kind=self._show.label(tool.kind.type),
                model_call_id=self._label(tool.model_visible_call_id),
                script_id=self._show.label(caller.code_cell_id) if isinstance(caller, CodeCellCaller) else None,
                exit_code=None if result is None else result.exit_code,
                problem=self._problem("tool_call", name),
            )
        for cell_id, cell in self._trace.code_cells.items():
            if dispatch_of_cell(self._store.index, cell_id) is None:  # else a tool call stands for it
                yield self._script(cell)

    def _script(self, cell: CodeCell) -> CallRow:
        return CallRow(
            **self._ran(cell.thread_id, cell.execution),
            call_id=self._show.label(cell.code_cell_id),
            turn_id=self._show.label(cell.codex_turn_id),
            tool=SCRIPT_TOOL,
            kind="script",
            model_call_id=self._show.label(cell.model_visible_call_id),
            script_id=None,
            exit_code=None,
            problem=self._problem("code_cell", cell.code_cell_id),
        )

    def _commands(self) -> Iterator[Row]:
        for name, operation in self._trace.terminal_operations.items():
            tool = self._trace.tool_calls.get(operation.tool_call_id)
            request, result = operation.request, operation.result
            if tool is None:
                continue
            command = request.display_command if isinstance(request, ExecRequest) else request.stdin
            yield CommandRow(
                **self._ran(tool.thread_id, operation.execution),
                operation_id=self._show.label(name),
                call_id=self._show.label(operation.tool_call_id),
                process_id=self._label(operation.terminal_id),
                kind=self._show.label(operation.kind),
                program=self._program(operation),
                command=self._text(command),
                folder=self._text(request.cwd) if isinstance(request, ExecRequest) else None,
                exit_code=None if result is None else result.exit_code,
                output_bytes=None if result is None else len(result.stdout.encode("utf-8", "replace")),
            )

    def _edges(self) -> Iterator[Row]:
        for name, edge in self._trace.interaction_edges.items():
            source, target = anchor_node(edge.source), anchor_node(edge.target)
            yield EdgeRow(
                **self._common,
                edge_id=self._show.label(name),
                kind=self._show.word(edge.kind),
                source_kind=source.kind,
                source_id=self._show.label(source.id),
                source_agent=self._agent_of(source),
                target_kind=target.kind,
                target_id=self._show.label(target.id),
                target_agent=self._agent_of(target),
                started_at=At(edge.started_at_unix_ms),
                ended_at=None if edge.ended_at_unix_ms is None else At(edge.ended_at_unix_ms),
            )

    def _agent_of(self, node: NodeRef) -> str | None:
        thread_id = thread_of(self._trace, node)
        return None if thread_id is None else self._agent(thread_id)

    def _compactions(self) -> Iterator[Row]:
        for name, compaction in self._trace.compactions.items():
            yield CompactionRow(
                **self._of_agent(compaction.thread_id),
                compaction_id=self._show.label(name),
                turn_id=self._show.label(compaction.codex_turn_id),
                installed_at=At(compaction.installed_at_unix_ms),
                requests=len(compaction.request_ids),
                input_items=len(compaction.input_item_ids),
                replacement_items=len(compaction.replacement_item_ids),
            )

    def _problems(self) -> Iterator[Row]:
        """What the status line counts, each once, and notes."""
        for kind in _PROBLEM_KINDS:
            for object_id, found in KINDS[kind].objects(self._trace).items():
                node = NodeRef(kind, object_id)
                problem = own_problem_of(self._trace, self._store.index, node)
                if problem is not None and not self._is_of_its_call(node):
                    window = window_of(found)
                    yield ProblemRow(
                        **self._common,
                        code=problem.code,
                        severity=severity_of(problem.code),
                        object_kind=kind,
                        object_id=self._show.label(object_id),
                        agent_path=self._agent_of(node),
                        seq=getattr(found, "seq", None) if window is None else window.ended_seq,
                        text=self._text(problem_text(self._trace, node, problem)),
                    )
        store = self._store
        trouble = BundleTrouble(store.manifest, store.faults, store.fault, store.torn_tail, store.source.log_name)
        yield from map(self._finding, (*trouble_findings(trouble, self._trace), *store.diagnostics))

    def _is_of_its_call(self, node: NodeRef) -> bool:
        """Whether the problem of a script is the call's that ran it."""
        return node.kind == "code_cell" and dispatch_of_cell(self._store.index, CodeCellId(node.id)) is not None

    def _finding(self, finding: Diagnostic) -> Row:
        return ProblemRow(
            **self._common,
            code=finding.code,
            severity=finding.severity,
            object_kind=None,
            object_id=self._label(finding.object_id or finding.payload_id),
            agent_path=None,
            seq=finding.seq,
            text=self._text(finding.message),
        )

    def _payloads(self) -> Iterator[Row]:
        for name, ref in self._trace.raw_payloads.items():
            # Prompts repeat each other's parts: adding all of them up grows with the square of the session.
            size = None if len(ref.parts) else self._store.payloads.size(ref)
            yield PayloadRow(
                **self._common,
                payload_id=self._show.label(name),
                kind=self._show.label(ref.kind.type),
                place=self._show.label(str(ref.place)),
                bytes=size if isinstance(size, int) else None,
            )


def _cut(text: str) -> str:
    """A text of at most `LONGEST_TEXT` bytes, cut where a character ends."""
    data = text.encode("utf-8", "replace")
    return text if len(data) <= LONGEST_TEXT else data[:LONGEST_TEXT].decode("utf-8", "ignore")
