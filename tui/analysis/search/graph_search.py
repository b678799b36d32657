"""Search through the graph of a recording, in slices that a person can stop and go on with when the graph has grown.

Every object is searched in its ids, names and texts; folded or hidden rows are found, too. Bodies of payloads are not
in the graph: see `tui.analysis.search.byte_pattern`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from itertools import islice
from typing import NamedTuple

import msgspec

from tui.analysis.search.pattern import Pattern
from tui.model.conversation import CodePart, ConversationItem, EncodedPart, JsonPart, PayloadRefPart
from tui.model.delta import TraceDelta
from tui.model.diagnostic import Diagnostic
from tui.model.kinds import KINDS, ByGraphKind, GraphKind, NodeKind, entries
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
    Thread,
    ToolCall,
)
from tui.model.protocol import ProtocolEvent
from tui.model.trace import RolloutTrace
from tui.schema.events import AgentSummary, GenericSummary
from tui.schema.payloads import RawPayloadRef

ROW = -1
"""The number of the field that is the words of a row."""

Field = tuple[str, str]
"""What it is (`text`, `command`, `id`), and the text as recorded."""

LabelOf = Callable[[NodeRef], str]
"""The words of an object's row on the screen; empty if it has none."""


class Hit(NamedTuple):
    """A field of an object that matches: the first match, in characters, and how many there are in this field.

    `field` is its number among the fields of the object, -1 for the words of its row.
    """

    node: NodeRef
    where: str
    field: int
    start: int
    end: int
    matches: int


class GraphSearch:
    """Looks at every object, in the order of `_FIELDS`; what the graph gains meanwhile is looked at, too.

    What changes after it was looked at (an output came, a status) is looked at again: `note_changes`, `look_again`.

    `label_of` adds the words of a row, which count where no field of the object matches: they repeat the fields.
    `limited` bounds the time for one object by raising `TimeoutError` inside; such objects are counted in `skipped`.
    """

    def __init__(
        self,
        trace: RolloutTrace,
        diagnostics: Sequence[Diagnostic],
        pattern: Pattern,
        *,
        label_of: LabelOf | None = None,
        limited: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        self.skipped = 0
        self._trace = trace
        self._diagnostics = diagnostics
        self._pattern = pattern
        self._label_of = label_of
        self._limited = limited
        self._ids: dict[GraphKind, list[str]] = {kind: [] for kind, fields in entries(_FIELDS) if fields is not None}
        self._searched: dict[NodeKind, int] = dict.fromkeys([*self._ids, "diagnostic"], 0)
        self._looked_at_ids: dict[GraphKind, set[str]] = {kind: set() for kind in self._ids}
        self._changed: dict[NodeRef, None] = {}

    @property
    def is_done(self) -> bool:
        """Whether everything that is there now was searched."""
        return self._looked_at >= self._total

    @property
    def progress(self) -> float:
        """How much was searched, 0 to 1."""
        return min(1.0, self._looked_at / max(1, self._total))

    @property
    def _looked_at(self) -> int:
        return sum(self._searched.values())

    @property
    def _total(self) -> int:
        return sum(len(KINDS[kind].objects(self._trace)) for kind in self._ids) + len(self._diagnostics)

    def advance(self, count: int = 100) -> list[Hit]:
        """Search the next `count` objects, fewer at the end."""
        hits: list[Hit] = []
        for kind in self._ids:
            taken = self._take(kind, count)
            count -= len(taken)
            for key in taken:
                hits += self._hits_in(NodeRef(kind, key))
        for number in range(self._searched["diagnostic"], len(self._diagnostics))[:count]:
            self._searched["diagnostic"] += 1
            hits += self._hits_in(NodeRef("diagnostic", str(number)))
        return hits

    def note_changes(self, delta: TraceDelta) -> None:
        """What of it was looked at already is to be looked at again."""
        for kind, looked_at in self._looked_at_ids.items():
            self._changed.update((NodeRef(kind, key), None) for key in KINDS[kind].touched(delta) & looked_at)

    @property
    def has_changed(self) -> bool:
        """Whether something is to be looked at again."""
        return bool(self._changed)

    def look_again(self, count: int = 100) -> list[tuple[NodeRef, list[Hit]]]:
        """Search `count` of the changed objects, fewer at the end; what is found in each takes the place of the old."""
        nodes = list(islice(self._changed, count))
        for node in nodes:
            del self._changed[node]
        return [(node, self._hits_in(node)) for node in nodes]

    def _take(self, kind: GraphKind, count: int) -> list[str]:
        """The next ids of a kind. They are copied: a map must not grow while it is walked."""
        ids, start, objects = self._ids[kind], self._searched[kind], KINDS[kind].objects(self._trace)
        if start == len(ids) < len(objects):  # asked first: walking to the end of a map takes as long as the map
            ids += islice(objects, start, None)
        taken = ids[start : start + count]
        self._searched[kind] += len(taken)
        self._looked_at_ids[kind].update(taken)
        return taken

    def _hits_in(self, node: NodeRef) -> list[Hit]:
        try:
            with self._limited():
                return self._matching(node)
        except TimeoutError:
            self.skipped += 1
            return []

    def _matching(self, node: NodeRef) -> list[Hit]:
        hits = []
        fields = list(fields_of(self._trace, self._diagnostics, node))
        # One look at all fields together answers for most objects.
        if not self._pattern.is_absent("\n".join([text for _, text in fields])):
            for number, (where, text) in enumerate(fields):
                spans = self._pattern.spans(text)
                if spans:
                    hits.append(Hit(node, where, number, *spans[0], len(spans)))
        if not hits and self._label_of is not None:
            spans = self._pattern.spans(self._label_of(node))
            return [Hit(node, "row", ROW, *spans[0], len(spans))] if spans else []
        return hits


def fields_of(trace: RolloutTrace, diagnostics: Sequence[Diagnostic], node: NodeRef) -> Iterable[Field]:
    """What is searched of an object; nothing if the graph does not hold it."""
    if node.kind == "diagnostic":
        number = int(node.id)
        return _diagnostic_fields(diagnostics[number]) if number < len(diagnostics) else ()
    fields = _FIELDS[node.kind]
    found = find_object(trace, node)
    return fields(found) if fields is not None and found is not None else ()


def text_of_hit(
    trace: RolloutTrace, diagnostics: Sequence[Diagnostic], hit: Hit, label_of: LabelOf | None = None
) -> str:
    """The text of the field that matched, as the graph has it now."""
    if hit.field == ROW:
        return "" if label_of is None else label_of(hit.node)
    texts = (text for _, text in fields_of(trace, diagnostics, hit.node))
    return next(islice(texts, hit.field, None), "")


def _thread_fields(thread: Thread) -> Iterator[Field]:
    yield "agent", thread.agent_path
    yield "name", thread.nickname or ""
    yield "id", thread.thread_id


def _turn_fields(turn: CodexTurn) -> Iterator[Field]:
    yield "id", turn.codex_turn_id


def _inference_fields(call: InferenceCall) -> Iterator[Field]:
    yield "model", call.model
    yield "id", call.inference_call_id
    yield "response id", call.response_id or ""
    yield "request id", call.upstream_request_id or ""


def _tool_fields(tool: ToolCall) -> Iterator[Field]:
    kind = tool.kind
    yield "tool", " ".join(part for part in (kind.type, kind.server, kind.tool, kind.name) if isinstance(part, str))
    summary = tool.summary
    if isinstance(summary, GenericSummary):
        yield "call", f"{summary.label} {summary.input_preview or ''}"
        yield "output", summary.output_preview or ""
    elif isinstance(summary, AgentSummary):
        yield "agent", f"{summary.target_agent_path} {summary.task_name}"
        yield "message", summary.message_preview
    yield "id", tool.tool_call_id
    yield "call id", tool.model_visible_call_id or ""


def _cell_fields(cell: CodeCell) -> Iterator[Field]:
    yield "source", cell.source_js
    yield "id", cell.code_cell_id


def _operation_fields(operation: TerminalOperation) -> Iterator[Field]:
    request = operation.request
    if isinstance(request, ExecRequest):
        yield "command", request.display_command
        yield "folder", request.cwd
    else:
        yield "input", request.stdin
    if operation.result is not None:
        yield "stdout", operation.result.stdout
        yield "stderr", operation.result.stderr
        yield "output", operation.result.formatted_output or ""
    yield "id", operation.operation_id


def _item_fields(item: ConversationItem) -> Iterator[Field]:
    for part in item.body.parts:
        if isinstance(part, JsonPart):
            yield "arguments", part.summary
        elif isinstance(part, CodePart):
            yield "source", part.source
        elif isinstance(part, (EncodedPart, PayloadRefPart)):
            yield "content", part.label
        else:
            yield "text", part.text
    yield "id", item.item_id
    yield "call id", item.call_id or ""
    yield "response id", "" if item.responses_item_id is msgspec.UNSET else item.responses_item_id


def _compaction_fields(compaction: Compaction) -> Iterator[Field]:
    yield "id", compaction.compaction_id


def _compaction_request_fields(request: CompactionRequest) -> Iterator[Field]:
    yield "id", request.compaction_request_id
    yield "model", request.model


def _edge_fields(edge: InteractionEdge) -> Iterator[Field]:
    yield "kind", edge.kind
    yield "id", edge.edge_id


def _payload_fields(ref: RawPayloadRef) -> Iterator[Field]:
    yield "path", ref.label
    yield "id", ref.raw_payload_id


def _event_fields(event: ProtocolEvent) -> Iterator[Field]:
    yield "message", event.message
    yield "kind", f"{event.event_type} {event.code}".strip()
    yield "id", event.event_id


def _diagnostic_fields(note: Diagnostic) -> Iterator[Field]:
    yield "problem", f"{note.code} {note.message} {note.consequence}"


_FIELDS: ByGraphKind[Callable[..., Iterable[Field]] | None] = {
    "thread": _thread_fields,
    "turn": _turn_fields,
    "terminal_operation": _operation_fields,
    "tool_call": _tool_fields,
    "item": _item_fields,
    "code_cell": _cell_fields,
    "inference": _inference_fields,
    "compaction": _compaction_fields,
    "compaction_request": _compaction_request_fields,
    "edge": _edge_fields,
    "event": _event_fields,
    "payload": _payload_fields,
    "terminal_session": None,
}
"""What is searched of each kind, in the order in which a person would want to see it. A terminal session holds nothing
to look for but what its operations hold."""
