"""Search through a whole recording, in slices that a person can stop.

A search walks the graph once, in the order of its maps, and yields what it found together with how far it has come.
Every object is searched in its ids, names and texts; folded or hidden rows are found, too. Bodies of payloads are not
in the graph: whoever can read them asks `find_in_body`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import NamedTuple

import msgspec

from tui.model.conversation import CodePart, ConversationItem, EncodedPart, JsonPart, PayloadRefPart
from tui.model.diagnostic import Diagnostic
from tui.model.noderef import NodeKind, NodeRef
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
from tui.model.trace import RolloutTrace
from tui.schema.events import AgentSummary, GenericSummary
from tui.schema.payloads import RawPayloadRef

EXCERPT_BEFORE = 24
"""Characters shown before a match."""

EXCERPT_LENGTH = 120
"""Characters of an excerpt."""

MAX_HITS = 1_000
"""Hits after which a search stops: nobody reads more, and a narrower question is better."""


class Hit(NamedTuple):
    """A match: the node, what of it matched (`text`, `command`, `id`), and the text around the match.

    The excerpt is as recorded. `start` and `length` are the place of the match in it, in characters.
    """

    node: NodeRef
    where: str
    excerpt: str
    start: int
    length: int


Field = tuple[str, str]


def search_trace(
    trace: RolloutTrace, diagnostics: Iterable[Diagnostic], query: str, *, slice_size: int = 500
) -> Iterator[tuple[list[Hit], float]]:
    """Yield hits and progress (0 to 1), one slice of objects at a time; at most `MAX_HITS` in all.

    A query without capitals matches either case. The graph may grow between slices: what is added to a map that was
    passed already is not found by this search.
    """
    matches = matcher(query)
    length = len(query)
    total = max(1, sum(len(getattr(trace, name)) for name, _, _ in _SOURCES))
    done = found = 0
    for name, kind, fields_of in _SOURCES:
        # The ids are copied: a map must not grow while it is walked.
        ids = list(getattr(trace, name))
        for start in range(0, len(ids), slice_size):
            chunk = ids[start : start + slice_size]
            objects = getattr(trace, name)
            hits = _hits_in(
                ((NodeRef(kind, key), fields_of(objects[key])) for key in chunk if key in objects), matches, length
            )
            hits = hits[: MAX_HITS - found]
            found += len(hits)
            done += len(chunk)
            yield hits, done / total
            if found >= MAX_HITS:
                return
    notes = ((NodeRef("diagnostic", str(number)), _diagnostic_fields(note)) for number, note in enumerate(diagnostics))
    yield _hits_in(islice(notes, MAX_HITS), matches, length)[: MAX_HITS - found], 1.0


def matcher(query: str) -> Callable[[str], int]:
    """A function that gives the place of `query` in a text, or -1. Without capitals in the query, case is ignored."""
    if query != query.lower():
        return lambda text: text.find(query)
    return lambda text: text.lower().find(query)


def find_in_body(body: bytes, query: str) -> tuple[str, int] | None:
    r"""The excerpt of a payload body around the first match, and the place of the match in it; None if there is none.

    The body is compared as it is written, so a line break in a JSON string is the two characters `\n`.
    """
    wanted = query.encode("utf-8", "surrogatepass")
    at = body.find(wanted) if query != query.lower() else body.lower().find(wanted)
    if at < 0:
        return None
    before = body[max(0, at - EXCERPT_BEFORE) : at].decode("utf-8", "replace")
    after = body[at : at + EXCERPT_LENGTH].decode("utf-8", "replace")
    return before + after, len(before)


def excerpt_of(text: str, at: int, length: int) -> tuple[str, int]:
    """The part of `text` around a match at `at`, and the place of the match in that part."""
    start = max(0, at - EXCERPT_BEFORE)
    return text[start : start + max(EXCERPT_LENGTH, length)], at - start


def _hits_in(
    objects: Iterable[tuple[NodeRef, Iterable[Field]]], matches: Callable[[str], int], length: int
) -> list[Hit]:
    """At most one hit per object: the first field that matches."""
    hits: list[Hit] = []
    for node, fields in objects:
        for where, text in fields:
            at = matches(text)
            if at >= 0:
                excerpt, start = excerpt_of(text, at, length)
                hits.append(Hit(node, where, excerpt, start, length))
                break
    return hits


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
    yield "path", ref.path
    yield "id", ref.raw_payload_id


def _diagnostic_fields(note: Diagnostic) -> Iterator[Field]:
    yield "problem", f"{note.code} {note.message} {note.consequence}"


_SOURCES: tuple[tuple[str, NodeKind, Callable[..., Iterable[Field]]], ...] = (
    ("threads", "thread", _thread_fields),
    ("codex_turns", "turn", _turn_fields),
    ("terminal_operations", "terminal_operation", _operation_fields),
    ("tool_calls", "tool_call", _tool_fields),
    ("conversation_items", "item", _item_fields),
    ("code_cells", "code_cell", _cell_fields),
    ("inference_calls", "inference", _inference_fields),
    ("compactions", "compaction", _compaction_fields),
    ("compaction_requests", "compaction_request", _compaction_request_fields),
    ("interaction_edges", "edge", _edge_fields),
    ("raw_payloads", "payload", _payload_fields),
)
"""Maps of the graph in the order in which a person would want to see what they hold."""
