"""A request's row: what it answered.

request 1  “I'll split this up.”  → spawn alpha, beta
request 2  stream disconnected before completion
request 3 gpt-5.5-mini  → $ cat src/parser.py
"""

from __future__ import annotations

from collections.abc import Iterator

from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.kinds.naming import ENCRYPTED_SUMMARY, is_encrypted_summary
from tui.analysis.messages.answer_text import answer_text
from tui.analysis.messages.brief import work_of_response, works_text
from tui.model.conversation import ConversationItem, EncodedPart, SummaryPart, TextPart
from tui.model.objects import InferenceCall
from tui.model.trace import RolloutTrace
from tui.viewmodel.text.spans import Line, Span
from tui.viewmodel.timeline.labels.words import ANSWER, ASKED, plain, quoted, why

NO_ANSWER = "(no answer)"
NO_ANSWER_READ = "(no answer read)"
"""Of a response that holds no tokens either: it may be one that could not be read."""
ANSWER_NOT_RECORDED = "(answer not recorded)"


def request_label(trace: RolloutTrace, index: TraceIndex, call: InferenceCall) -> Line:
    """Number, model where it differs from the request before, why it failed, and what it answered."""
    number = index.ordinal("inference", call.inference_call_id)
    return (Span(f"request {number}", "node.inference"), *request_answer(trace, index, call))


def request_answer(trace: RolloutTrace, index: TraceIndex, call: InferenceCall) -> Line:
    """The same without the number: what two requests have in common that came to the same."""
    model = (plain(f" {call.model}", "dim"),) if call.inference_call_id in index.requests_to_new_model else ()
    failure = why(trace.evidence.failure_texts.get(call.inference_call_id, ""))
    return (*model, *failure, *_answer(trace, index, call, has_failed=bool(failure)))


def _answer(trace: RolloutTrace, index: TraceIndex, call: InferenceCall, *, has_failed: bool) -> Line:
    items = [trace.conversation_items[name] for name in call.response_item_ids if name in trace.conversation_items]
    text = answer_text(items)
    words = (quoted(text),) if text else ()
    work = works_text(work_of_response(trace, index, call))
    asked = (plain(f"{ASKED}{work}", ANSWER),) if work else ()
    if words or asked:
        return (*words, *asked)
    thought = next(_thoughts(items), "")
    if thought:
        return (quoted(thought, "dim", "  thought: "),)
    if items:
        return (plain(f"  {_wordless(items)}", ANSWER),)
    if call.execution.is_open or has_failed:
        return ()
    if call.raw_response_payload_id is None:
        return (Span(f"  {ANSWER_NOT_RECORDED}", "dim"),)
    return (Span(f"  {NO_ANSWER_READ if call.known_usage is None else NO_ANSWER}", "dim"),)


def _wordless(items: list[ConversationItem]) -> str:
    """What an answer is in which nothing can be read."""
    if any(map(is_encrypted_summary, items)):
        return f"({ENCRYPTED_SUMMARY})"
    is_encrypted = any(isinstance(part, EncodedPart) for item in items for part in item.body.parts)
    return "(encrypted thoughts)" if is_encrypted else "(answer without text)"


def _thoughts(items: list[ConversationItem]) -> Iterator[str]:
    for item in items:
        if item.kind == "reasoning":
            yield from (part.text for part in item.body.parts if isinstance(part, (SummaryPart, TextPart)) if part.text)
