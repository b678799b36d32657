"""The one table from what a recording holds to the attributes of OpenTelemetry's conventions for generative AI.

They are those of semantic conventions 1.41.0. An attribute without a value is left out: what is not recorded is not 0.
What the conventions have no name for is under `rtrace.`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from tui.analysis.kinds.naming import agent_name, tool_name
from tui.analysis.problems.of_object import ObjectProblem
from tui.export.format import Subject
from tui.export.messages import input_messages, output_messages, tool_arguments, tool_result
from tui.export.spans import Operation, WorkSpan
from tui.model.objects import CodeCell, CompactionRequest, InferenceCall, TokenUsage, ToolCall

SEMANTIC_CONVENTIONS: Final = "1.41.0"

SCHEMA_URL: Final = f"https://opentelemetry.io/schemas/{SEMANTIC_CONVENTIONS}"

_EXTENSIONS = frozenset({"web", "image_generation"})
"""Kinds of tools that the provider runs, not the client."""


class DescribedSpan(NamedTuple):
    """A span that is being described."""

    subject: Subject
    span: WorkSpan
    problem: ObjectProblem | None


Value = str | int | None


class Attribute(NamedTuple):
    """One attribute: its name, the operations that have it, and where its value comes from."""

    name: str
    operations: tuple[Operation, ...]
    value: Callable[[DescribedSpan], Value]


def _label(asked: DescribedSpan, text: str | None) -> str | None:
    return None if text is None else asked.subject.disclosure.label(text)


def _agent(asked: DescribedSpan) -> Value:
    return _label(asked, agent_name(asked.subject.store.trace, asked.span.thread_id))


def _of_request(field: str) -> Callable[[DescribedSpan], Value]:
    """A field of a request, and of a request for a compaction if it has it."""

    def value(asked: DescribedSpan) -> Value:
        found = asked.span.found
        is_request = isinstance(found, (InferenceCall, CompactionRequest))
        return _label(asked, getattr(found, field, None)) if is_request else None

    return value


def _tokens(field: str) -> Callable[[DescribedSpan], Value]:
    def value(asked: DescribedSpan) -> Value:
        usage: TokenUsage | None = getattr(asked.span.found, "known_usage", None)
        return None if usage is None else getattr(usage, field)

    return value


def _tool_name(asked: DescribedSpan) -> Value:
    found = asked.span.found
    return _label(asked, tool_name(found)) if isinstance(found, ToolCall) else "exec"


def _tool_type(asked: DescribedSpan) -> Value:
    found = asked.span.found
    return "extension" if isinstance(found, ToolCall) and found.kind.type in _EXTENSIONS else "function"


def _call_id(asked: DescribedSpan) -> Value:
    return _label(asked, getattr(asked.span.found, "model_visible_call_id", None))


def _exit_code(asked: DescribedSpan) -> Value:
    found = asked.span.found
    operation_id = found.terminal_operation_id if isinstance(found, ToolCall) else None
    operation = None if operation_id is None else asked.subject.store.trace.terminal_operations.get(operation_id)
    return None if operation is None or operation.result is None else operation.result.exit_code


def _status(asked: DescribedSpan) -> Value:
    found = asked.span.found
    status = found.runtime_status if isinstance(found, CodeCell) else asked.span.window.status
    return asked.subject.disclosure.word(status)


def _json(texts: Callable[[DescribedSpan], list[dict[str, Any]] | None]) -> Callable[[DescribedSpan], Value]:
    """Messages in the form of the conventions, as JSON text."""

    def value(asked: DescribedSpan) -> Value:
        found = texts(asked)
        return None if not found else json.dumps(found, ensure_ascii=False, separators=(",", ":"))

    return value


_ALL: Final[tuple[Operation, ...]] = ("invoke_agent", "chat", "execute_tool")
_CHAT: Final[tuple[Operation, ...]] = ("chat",)
_TOOL: Final[tuple[Operation, ...]] = ("execute_tool",)

ATTRIBUTES: Final = (
    Attribute("gen_ai.operation.name", _ALL, lambda asked: asked.span.operation),
    Attribute("gen_ai.conversation.id", _ALL, lambda asked: _label(asked, asked.subject.store.trace.root_thread_id)),
    Attribute("gen_ai.agent.id", _ALL, lambda asked: _label(asked, asked.span.thread_id)),
    Attribute("gen_ai.agent.name", _ALL, _agent),
    Attribute("gen_ai.provider.name", _CHAT, _of_request("provider_name")),
    Attribute("gen_ai.request.model", _CHAT, _of_request("model")),
    Attribute("gen_ai.response.id", _CHAT, _of_request("response_id")),
    Attribute("gen_ai.usage.input_tokens", _CHAT, _tokens("input_tokens")),
    Attribute("gen_ai.usage.output_tokens", _CHAT, _tokens("output_tokens")),
    Attribute("gen_ai.usage.cache_read.input_tokens", _CHAT, _tokens("cached_input_tokens")),
    Attribute("gen_ai.usage.cache_creation.input_tokens", _CHAT, _tokens("cache_write_input_tokens")),
    Attribute("gen_ai.usage.reasoning.output_tokens", _CHAT, _tokens("reasoning_output_tokens")),
    Attribute("gen_ai.input.messages", _CHAT, _json(lambda asked: input_messages(asked.subject, asked.span))),
    Attribute("gen_ai.output.messages", _CHAT, _json(lambda asked: output_messages(asked.subject, asked.span))),
    Attribute("gen_ai.tool.name", _TOOL, _tool_name),
    Attribute("gen_ai.tool.type", _TOOL, _tool_type),
    Attribute("gen_ai.tool.call.id", _TOOL, _call_id),
    Attribute("gen_ai.tool.call.arguments", _TOOL, lambda asked: tool_arguments(asked.subject, asked.span)),
    Attribute("gen_ai.tool.call.result", _TOOL, lambda asked: tool_result(asked.subject, asked.span)),
    Attribute("process.exit.code", _TOOL, _exit_code),
    Attribute("error.type", _ALL, lambda asked: None if asked.problem is None else asked.problem.code),
    Attribute("rtrace.object.kind", _ALL, lambda asked: asked.span.node.kind),
    Attribute("rtrace.object.id", _ALL, lambda asked: _label(asked, asked.span.node.id)),
    Attribute("rtrace.status", _ALL, _status),
    Attribute("rtrace.seq.started", _ALL, lambda asked: asked.span.window.started_seq),
    Attribute("rtrace.seq.ended", _ALL, lambda asked: asked.span.window.ended_seq),
)
"""Every attribute of a span."""

CONTENT: Final = frozenset(
    {"gen_ai.input.messages", "gen_ai.output.messages", "gen_ai.tool.call.arguments", "gen_ai.tool.call.result"}
)
"""Attributes that hold texts: only with `--content`, and what the rules leave of it."""


_NAMED_BY: Final[dict[Operation, str]] = {
    "invoke_agent": "gen_ai.agent.name",
    "chat": "gen_ai.request.model",
    "execute_tool": "gen_ai.tool.name",
}
"""The attribute that says what a span is about."""


def subject_of(span: WorkSpan, attributes: list[tuple[str, str | int]]) -> str:
    """What a span is about: an agent, a model, a tool; empty if that is not known."""
    return next((str(value) for name, value in attributes if name == _NAMED_BY[span.operation]), "")


def attributes_of(asked: DescribedSpan) -> list[tuple[str, str | int]]:
    """Names and values of the attributes of a span, as far as they are known and may leave."""
    with_content = asked.subject.disclosure.with_content
    operation = asked.span.operation
    return [
        (row.name, value)
        for row in ATTRIBUTES
        if operation in row.operations and (with_content or row.name not in CONTENT)
        for value in (row.value(asked),)
        if value is not None
    ]
