"""A recording as a person reads it: agents, their turns, their requests, and in each what came in and what came out.

What a request repeats of the one before is left out, so a story is as long as the conversation.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec

from tui.analysis.kinds.clock import clock_ms, measured
from tui.analysis.kinds.naming import agent_name, tool_name
from tui.analysis.kinds.plural import counted
from tui.analysis.kinds.scripts import cell_run_by, window_of_call
from tui.analysis.kinds.timing import span_of_window
from tui.analysis.problems.of_object import problem_of
from tui.analysis.requests.compared import compactions_before, compare_requests
from tui.analysis.requests.order import request_before
from tui.analysis.requests.server_work import server_work_of
from tui.analysis.requests.tokens import sum_of, tokens_of_request
from tui.analysis.state.outcome import outcome_of
from tui.export.format import Subject
from tui.export.whole_items import whole_values
from tui.model.conversation import (
    CALL_KINDS,
    OUTPUT_KINDS,
    CodePart,
    ConversationItem,
    EncodedPart,
    JsonPart,
    PayloadRefPart,
)
from tui.model.ids import ItemId
from tui.model.noderef import NodeRef
from tui.model.objects import CodeCell, CodexTurn, ExecRequest, InferenceCall, TerminalOperation, Thread, ToolCall
from tui.viewmodel.text.clean import format_duration, format_offset, format_tokens
from tui.viewmodel.text.percent import percent
from tui.viewmodel.text.token_words import tokens_cell

NO_END = "no end recorded"
"""The status of what still ran when its recording ended or was cut off."""

LONGEST_ABOUT = 400
"""Characters of a command that stand beside its status."""

BlockKind = Literal["message", "reasoning", "call", "output", "note"]


class Work(msgspec.Struct, frozen=True):
    """Something that ran: its name, how it ended, how long it took, and what it was about. Ready to be shown."""

    name: str
    status: str
    took: str
    about: str = ""
    exit_code: int | None = None


class Block(msgspec.Struct, frozen=True):
    """One item of a conversation. `title` and `texts` are ready to be shown; `language` is that of the texts."""

    kind: BlockKind
    title: str
    item_id: str
    texts: tuple[str, ...] = ()
    language: str = ""
    works: tuple[Work, ...] = ()


class Exchange(msgspec.Struct, frozen=True):
    """One request and its answer: a headline, its size in tokens, what was new in it, and what came back.

    `left_out`: items that the request repeats, which are not shown again; `gone`: items of the request before, or of
    its answer, that it does not repeat; 0 where what it sent could not be read.
    """

    request: InferenceCall
    number: int
    status: str
    start: str
    took: str
    tokens: str
    blocks: tuple[Block, ...]
    failure: str = ""
    left_out: int = 0
    gone: int = 0

    @property
    def repeats(self) -> str:
        """How it goes on from the request before; empty where it repeats nothing and drops nothing."""
        parts = ([f"{counted(self.left_out, 'item')} as before"] if self.left_out else []) + (
            [f"{counted(self.gone, 'item')} no longer sent"] if self.gone else []
        )
        return ", ".join(parts)


class Story:
    """Says which part of a recording is exported."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self._store = subject.store
        self._trace = subject.store.trace
        self._index = subject.store.index
        self._show = subject.disclosure

    @property
    def outcome(self) -> tuple[str, str]:
        """How the session came out, in a word, and why; the reason is empty where there is none."""
        found = outcome_of(self._trace, self._index, self._store.recording)
        return found.word, self._show.text(found.why) if found.why else ""

    @property
    def counts(self) -> str:
        """How much is told: agents and requests, of how many if not of all, and the tokens of those requests."""
        threads = self.threads()
        calls = [
            self._trace.inference_calls[name]
            for one in threads
            for turn in self.turns(one)
            for name in self._subject.scope.requests(self._store, turn)
        ]
        tokens = sum_of(map(tokens_of_request, calls))
        sent, answered = tokens_cell(tokens.input, tokens), tokens_cell(tokens.output, tokens)
        agents = _of_all(len(threads), len(self._trace.threads), "agent")
        if self._store.reading.is_partial and not self._trace.inference_calls:
            return f"{agents}, ? requests, tokens ? in, ? out"
        requests = _of_all(len(calls), len(self._trace.inference_calls), "request")
        return f"{agents}, {requests}, tokens {sent} in, {answered} out"

    def threads(self) -> Sequence[Thread]:
        """The agents, parents first."""
        return self._subject.scope.threads(self._trace, self._store)

    def agent(self, thread: Thread) -> str:
        """What to call an agent."""
        return self._show.label(agent_name(self._trace, thread.thread_id))

    def turns(self, thread: Thread) -> Iterator[CodexTurn]:
        """The turns of an agent, in order of start."""
        return self._subject.scope.turns(self._store, thread)

    def exchanges(self, turn: CodexTurn) -> Iterator[Exchange]:
        """The requests of a turn, in order of start."""
        calls = [self._trace.inference_calls[name] for name in self._subject.scope.requests(self._store, turn)]
        before = request_before(self._trace, self._index, calls[0]) if calls else None
        for call in calls:
            yield self._exchange(call, before)
            before = call

    def _exchange(self, call: InferenceCall, before: InferenceCall | None) -> Exchange:
        sent = call.request_item_ids
        compactions = compactions_before(self._trace, self._index, before, call)
        difference = compare_requests(self._trace, before, call, compactions)
        is_read = len(sent) > 0 and not difference.unrecorded
        came = sent[difference.shared :]  # what is shared is most of a long conversation, and none of it is new
        if before is not None:
            came = [item for item in came if item in difference.new]
        blocks = [block for name in (*came, *call.response_item_ids) for block in self._blocks(name)]
        failure = self._trace.evidence.failure_texts.get(call.inference_call_id, "")
        return Exchange(
            request=call,
            number=self._index.ordinal("inference", call.inference_call_id),
            status=self.status(call),
            start=self.start(call),
            took=self.took(call),
            tokens=_tokens(call),
            blocks=tuple(blocks),
            failure=self._show.text(failure) if failure else "",
            left_out=len(sent) - len(came),
            gone=len(difference.gone) if is_read else 0,
        )

    def remarks(self, turn: CodexTurn) -> Iterator[str]:
        """What happened in a turn beside its requests: why it has no answer, and the compactions of its history."""
        problem = problem_of(self._trace, NodeRef("turn", turn.codex_turn_id))
        if problem is not None and problem.text:
            yield self._said(problem.text)
        for name in self._index.compactions_of_turn.of(turn.codex_turn_id):
            found = self._trace.compactions[name]
            at = format_offset(found.installed_at_unix_ms - self._trace.started_at_unix_ms).strip()
            sizes = f"{len(found.input_item_ids):,} → {counted(len(found.replacement_item_ids), 'item')}"
            yield f"history compacted at {at}: {sizes}"
        for attempt in self._index.attempts_of_turn.of(turn.codex_turn_id):
            problem = problem_of(self._trace, NodeRef("compaction_request", attempt))
            if problem is not None:
                yield f"request for a compaction {self._said(problem.text)}"

    def _said(self, text: str) -> str:
        """The text of a problem: the state in plain words, what was recorded behind it as it may be shown."""
        word, colon, reason = text.partition(": ")
        return f"{word}{colon}{self._show.text(reason)}" if reason else word

    def status(self, found: InferenceCall | CodexTurn | Thread) -> str:
        """How something ended, or that it runs."""
        return self._status(found.execution.status)

    def _status(self, word: str) -> str:
        """A status; nothing runs in a recording that is over."""
        return NO_END if word == "running" and self._store.recording.is_over else self._show.word(word)

    def start(self, found: InferenceCall | CodexTurn | Thread) -> str:
        """When something began, from the start of the recording."""
        return format_offset(found.execution.started_at_unix_ms - self._trace.started_at_unix_ms)

    def took(self, found: InferenceCall | CodexTurn | Thread | TerminalOperation | CodeCell) -> str:
        """How long something took; `?` where its end is not recorded."""
        window = found.execution
        return (
            "?"
            if window.ended_at_unix_ms is None
            else format_duration(
                measured(_length(window.started_at_unix_ms, window.ended_at_unix_ms), clock_ms(self._trace))
            )
        )

    def _blocks(self, item_id: ItemId) -> Iterator[Block]:
        item = self._trace.conversation_items.get(item_id)
        if item is None:
            return
        texts, language = self._texts(item)
        kind, title = self._title(item)
        works = tuple(self._works(item))
        if texts or works or kind != "reasoning":
            yield Block(kind, title, item_id, tuple(texts), language, works)

    def _title(self, item: ConversationItem) -> tuple[BlockKind, str]:
        if item.agent_message is not msgspec.UNSET:
            message = item.agent_message
            return (
                "message",
                f"message from {self._show.label(message.author)} to {self._show.label(message.recipient)}",
            )
        if item.kind in CALL_KINDS:
            return "call", f"call of {self._show.label(self._called(item) or 'a tool')}"
        if item.kind in OUTPUT_KINDS:
            return "output", "output"
        if item.kind == "reasoning":
            return "reasoning", "reasoning"
        return ("note", "compaction") if item.kind == "compaction_marker" else ("message", self._show.word(item.role))

    def _called(self, item: ConversationItem) -> str | None:
        """The tool that an item calls: by its own word, by the call that it led to, or by what the provider did."""
        source = self._trace.evidence.item_sources.get(item.item_id)
        if source is not None and source.tool_name:
            return source.tool_name
        led_to = self._index.tools_called_by_item.of(item.item_id)
        work = server_work_of(item)
        return tool_name(self._trace.tool_calls[led_to[0]]) if led_to else None if work is None else work.name

    def _texts(self, item: ConversationItem) -> tuple[list[str], str]:
        """The texts of an item, and the language that they are in."""
        parts = item.body.parts
        if any(isinstance(part, JsonPart) for part in parts):
            return self._show.pieces(whole_values(self._store, item)), "json"
        readable = [part.source if isinstance(part, CodePart) else getattr(part, "text", None) for part in parts]
        said = iter(self._show.pieces([text for text in readable if text is not None]))
        texts = [
            next(said) if text is not None else self._unreadable(part)
            for part, text in zip(parts, readable, strict=True)
        ]
        code = next((part.language for part in parts if isinstance(part, CodePart)), "")
        return [text for text in texts if text], code

    def _unreadable(self, part: object) -> str:
        match part:
            case EncodedPart(label=label, value=value):
                return f"({label}, {len(value):,} characters)"
            case PayloadRefPart(label=label, raw_payload_id=payload_id):
                return f"({self._show.label(label)}, in {self._show.label(payload_id)})"
            case _:
                return ""

    def _works(self, item: ConversationItem) -> Iterator[Work]:
        if item.kind not in CALL_KINDS:
            return
        for name in self._index.tools_called_by_item.of(item.item_id):
            tool = self._trace.tool_calls[name]
            if cell_run_by(self._trace, tool) is None:
                yield self._tool(tool, is_named=True)
        for cell_id in self._index.cells_of_source.of(item.item_id):
            cell = self._trace.code_cells[cell_id]
            yield Work("script", self._status(cell.runtime_status), self.took(cell))
            for tool_id in cell.nested_tool_call_ids:
                nested = self._trace.tool_calls.get(tool_id)
                if nested is not None:
                    yield self._tool(nested, is_named=False)

    def _tool(self, tool: ToolCall, *, is_named: bool) -> Work:
        """A call; what it was about is in its arguments where these are shown."""
        window = window_of_call(self._trace, tool)
        span = span_of_window(self._trace, self._index, window)
        operation_id = tool.terminal_operation_id
        operation = None if operation_id is None else self._trace.terminal_operations.get(operation_id)
        request = None if is_named or operation is None else operation.request
        about = request.display_command if isinstance(request, ExecRequest) else ""
        return Work(
            self._show.label(tool_name(tool)),
            self._status(window.status),
            "?" if span.is_open else format_duration(span.known_ms),
            _beginning(self._show.text(about)),
            None if operation is None or operation.result is None else operation.result.exit_code,
        )


def _beginning(text: str) -> str:
    """The excerpt of a text that fits beside other things; cut only when nothing secret is left in it."""
    return text if len(text) <= LONGEST_ABOUT else f"{text[:LONGEST_ABOUT]}…"


def _of_all(count: int, whole: int, noun: str) -> str:
    return counted(count, noun) if count == whole else f"{count:,} of {counted(whole, noun)}"


def _length(start: int, end: int) -> int:
    return max(0, end - start)


def _tokens(call: InferenceCall) -> str:
    usage = call.known_usage
    if usage is None:
        return "? tokens"
    known = usage.cached_input_tokens
    part = "?" if known is None else percent(known, usage.input_tokens)
    cached = f" ({part} cached)" if usage.input_tokens else ""
    return f"{format_tokens(usage.input_tokens)} in{cached}, {format_tokens(usage.output_tokens)} out"
