"""What a call did in a few words, for a row that speaks of several: `$ pytest -q`, `spawn alpha`, `wait_agent ×3`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.kinds.argument_texts import string_arguments
from tui.analysis.kinds.naming import (
    argument_of_preview,
    operation_argument,
    patched_files,
    tool_argument,
    tool_name,
)
from tui.analysis.kinds.scripts import cell_run_by, cell_waited_by
from tui.analysis.messages.calls import asked_of, kind_of_call
from tui.analysis.requests.server_work import server_work_of
from tui.model.conversation import CALL_KINDS, CodePart, ConversationItem, JsonPart, TextPart
from tui.model.ids import ToolCallId
from tui.model.objects import CodeCell, ExecRequest, InferenceCall, TerminalOperation, ToolCall
from tui.model.trace import RolloutTrace
from tui.named_tuple import NamedTuple
from tui.schema.events import GenericSummary

COMMAND = "$"
"""The verb of a command that a terminal runs."""

EMPTY_COMMAND = "(empty command)"

NAMED_ARGUMENTS = 4
"""Arguments of one verb that are named before the others are counted."""

MOST_CALLS = 500
"""Calls of one answer, or of one script, that are looked at before the others are counted: what a row takes to name."""

_VERBS = {"spawn_agent": "spawn"}

_BOILERPLATE = ("//", "import ", "/*", "*")
"""How lines of a script begin that say nothing of what it does."""

_MOST_CELLS_DEEP = 2


class CallWords(NamedTuple):
    """One call: its verb, and what it was about; both as recorded."""

    verb: str
    argument: str = ""


def work_of_tool(trace: RolloutTrace, index: TraceIndex, tool: ToolCall) -> tuple[CallWords, ...]:
    """What a call did; of one that ran a script, what that called."""
    cell = cell_run_by(trace, tool)
    if cell is not None:
        return work_of_cell(trace, index, cell)
    operation = _operation_of(trace, tool)
    if operation is not None:
        return (_work_of_operation(operation),)
    waited = cell_waited_by(trace, index, tool)
    if waited is not None:
        return (CallWords("wait for", works_text(work_of_cell(trace, index, waited))),)
    command = command_of_preview(tool)
    if command is not None:
        return (CallWords(COMMAND, command_text(command)),)
    if kind_of_call(tool) is not None:
        target = asked_of(tool).target
        return (CallWords(_VERBS.get(tool_name(tool), tool_name(tool)), target.rpartition("/")[2] or target),)
    return (CallWords(tool_name(tool), tool_argument(trace, tool)),)


def work_of_cell(trace: RolloutTrace, index: TraceIndex, cell: CodeCell, depth: int = 0) -> tuple[CallWords, ...]:
    """What a script called, in order; of one that called nothing, the first line that does something."""
    tools, names = trace.tool_calls, cell.nested_tool_call_ids
    nested = [tools[name] for name in names[:MOST_CALLS] if name in tools]
    if not nested or depth >= _MOST_CELLS_DEEP:
        return (CallWords("script", first_statement(cell.source_js)),)
    works = (work for tool in nested for work in work_of_tool(trace, index, tool))
    return (*works, *_further_calls(sum(name in tools for name in names[MOST_CALLS:])))


def work_of_response(trace: RolloutTrace, index: TraceIndex, call: InferenceCall) -> Iterator[CallWords]:
    """What the model asked for in its answer: tools that ran, work of the provider, calls that nothing ran.

    Of an answer of very many items the first `MOST_CALLS` items are looked at, and the calls among the others counted.
    """
    tools = [trace.tool_calls[name] for name in first_tools(index, call) if name in trace.tool_calls]
    began = {tool.model_visible_call_id for tool in tools}
    cells = {name for tool in tools if (cell := cell_run_by(trace, tool)) for name in (cell.source_item_id,)}
    for tool in tools:
        yield from work_of_tool(trace, index, tool)
    items = trace.conversation_items
    for item_id in islice(call.response_item_ids, MOST_CALLS):
        item = items.get(item_id)
        if item is None or item.kind not in CALL_KINDS or item.call_id in began or item_id in cells:
            continue
        yield from _work_of_item(trace, index, item)
    others = islice(call.response_item_ids, MOST_CALLS, None)
    yield from _further_calls(sum(name in items and items[name].kind in CALL_KINDS for name in others))


def first_tools(index: TraceIndex, call: InferenceCall) -> Sequence[ToolCallId]:
    """The tool calls that the row of an answer names, in order of start: of very many, those of the first items."""
    among = MOST_CALLS if len(call.response_item_ids) > MOST_CALLS else None
    return index.tools_of_inference(call.inference_call_id, among)


def _further_calls(count: int) -> Iterator[CallWords]:
    if count > 0:
        yield CallWords(f"{count:,} further call{'s' * (count > 1)}")


def is_wait(trace: RolloutTrace, index: TraceIndex, tool: ToolCall) -> bool:
    """Whether a call only waits: for agents, for a script, or for output of a command."""
    if tool.kind.type == "wait_agent":
        return True
    operation = _operation_of(trace, tool)
    if operation is not None:
        return not isinstance(operation.request, ExecRequest) and not operation.request.stdin
    return cell_waited_by(trace, index, tool) is not None


def works_text(works: Iterable[CallWords]) -> str:
    """Works in one line, those of one verb together: `spawn alpha, beta · $ ls · wait_agent ×2`."""
    by_verb: dict[str, dict[str, int]] = {}
    for work in works:
        arguments = by_verb.setdefault(work.verb, {})
        arguments[work.argument] = arguments.get(work.argument, 0) + 1
    return " · ".join(_of_one_verb(verb, arguments) for verb, arguments in by_verb.items())


def command_of_preview(tool: ToolCall) -> str | None:
    """The command that a call asked for where the runtime began none, as for a patch in it; None for other calls."""
    summary = tool.summary
    if not isinstance(summary, GenericSummary) or "exec_command" not in (tool.kind.type, summary.label):
        return None
    arguments = string_arguments(summary.input_preview or "")
    return arguments.get("cmd", arguments.get("command"))


def command_text(command: str) -> str:
    """A command for a row: of one that holds a patch the files, of an empty one that it is empty."""
    files = patched_files(command)
    if files:
        return f"apply_patch {files}"
    return command.strip() or EMPTY_COMMAND


def first_statement(source: str) -> str:
    """The first line of a script that does something."""
    lines = [line.strip() for line in source[:_SOURCE_LOOKED_AT].split("\n")]
    telling = [line for line in lines if line and not line.startswith(_BOILERPLATE)]
    return telling[0] if telling else source[:_SOURCE_LOOKED_AT].strip() or "(empty)"


_SOURCE_LOOKED_AT = 2_000


def _of_one_verb(verb: str, arguments: dict[str, int]) -> str:
    texts = [f"{argument}{f' ×{count}' if count > 1 else ''}".strip() for argument, count in arguments.items()]
    shown, more = texts[:NAMED_ARGUMENTS], len(texts) - NAMED_ARGUMENTS
    rest = f" +{more} more" if more > 0 else ""
    if verb == COMMAND:
        return " · ".join(f"{COMMAND} {text}" for text in shown) + rest
    return f"{verb} {', '.join(text for text in shown if text)}{rest}".strip()


def _operation_of(trace: RolloutTrace, tool: ToolCall) -> TerminalOperation | None:
    return None if tool.terminal_operation_id is None else trace.terminal_operations.get(tool.terminal_operation_id)


def _work_of_operation(operation: TerminalOperation) -> CallWords:
    if isinstance(operation.request, ExecRequest):
        return CallWords(COMMAND, command_text(operation_argument(operation)))
    return CallWords("stdin", operation_argument(operation)) if operation.request.stdin else CallWords("poll")


def _work_of_item(trace: RolloutTrace, index: TraceIndex, item: ConversationItem) -> Iterator[CallWords]:
    """What a call asks for that no tool of the runtime answered, or not yet."""
    server = server_work_of(item)
    if server is not None:
        yield CallWords(server.name, server.argument)
        return
    cell_id = index.cells_of_source.first(item.item_id)
    if cell_id is not None and cell_id in trace.code_cells:
        yield from work_of_cell(trace, index, trace.code_cells[cell_id])
        return
    source = trace.evidence.item_sources.get(item.item_id)
    name = "call" if source is None or source.tool_name is None else source.tool_name
    yield CallWords(name, _argument_of_item(item))


def _argument_of_item(item: ConversationItem) -> str:
    for part in item.body.parts:
        if isinstance(part, JsonPart):
            return argument_of_preview(part.summary)
        if isinstance(part, CodePart):
            return first_statement(part.source)
        if isinstance(part, TextPart):
            return argument_of_preview(part.text)
    return ""
