"""What an agent or a turn was asked, and what a turn answered in the end.

/root  Review the project with helpers.
turn 1  → “All agents have reported.”
turn 2  And the tests?  → “They pass.”
"""

from __future__ import annotations

import msgspec

from tui.analysis.agents.tasks import task_of
from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.messages.answer_text import answer_text
from tui.analysis.messages.passed_text import passed_in_item
from tui.analysis.requests.prompts import prompt_of
from tui.model.conversation import ConversationItem
from tui.model.ids import ThreadId
from tui.model.objects import CodexTurn, InferenceCall
from tui.model.trace import RolloutTrace
from tui.schema.prompt_text import words_written
from tui.viewmodel.text.clean import clean
from tui.viewmodel.text.edge_words import ENCRYPTED_SIGN
from tui.viewmodel.text.spans import Line, Span
from tui.viewmodel.timeline.labels.words import ANSWER, one_line, plain, said

NO_REQUEST = "(no request recorded)"
"""Codex may have asked all the same: it records no request of its own compactions and reviews."""
ONLY_COMPACTIONS = "(requests for a compaction only)"


def task_spans(trace: RolloutTrace, index: TraceIndex, thread_id: ThreadId) -> Line:
    """What an agent was asked first."""
    task = task_of(trace, index, thread_id)
    if task is None:
        return ()
    sign = f"{ENCRYPTED_SIGN} " if task.encrypted else ""
    text = words_written(task.text) if task.text else "encrypted" if task.encrypted else ""
    return (plain(f"  {sign}{one_line(text)}"),) if text else ()


def turn_spans(trace: RolloutTrace, index: TraceIndex, turn: CodexTurn) -> Line:
    """The prompt of a turn, unless it is the agent's first, which the agent's row shows; and its last words."""
    first = index.inferences_of_turn.first(turn.codex_turn_id)
    call = trace.inference_calls.get(first) if first is not None else None
    if call is None:
        return () if turn.execution.is_open else (Span(f"  {_without_requests(index, turn)}", "dim"),)
    is_first = index.turns.first(turn.thread_id) == turn.codex_turn_id
    prompt = () if is_first else _prompt_spans(trace, index, call)
    return (*prompt, *_last_words(trace, index, turn))


def _without_requests(index: TraceIndex, turn: CodexTurn) -> str:
    """What a turn had in place of requests for an answer."""
    has_compacted = index.attempts_of_turn.first(turn.codex_turn_id) is not None
    return ONLY_COMPACTIONS if has_compacted else NO_REQUEST


def _prompt_spans(trace: RolloutTrace, index: TraceIndex, call: InferenceCall) -> Line:
    """The beginning of what the turn was asked for; who asked, if it was an agent."""
    prompt_id = prompt_of(trace, index, call)
    prompt = trace.conversation_items.get(prompt_id) if prompt_id is not None else None
    if prompt is None:
        return ()
    if prompt.agent_message is not msgspec.UNSET:
        return _message_spans(prompt, prompt.agent_message.author)
    text = one_line(words_written(_text_of(prompt)))
    return (plain(f"  {text}"),) if text else ()


def _message_spans(prompt: ConversationItem, author: str) -> Line:
    passed = passed_in_item(prompt)
    sign = f"{ENCRYPTED_SIGN} " if passed.encrypted else ""
    return (Span(f"  ◀── {clean(author)}", "node.edge"), *said(f"{sign}{passed.first_line}"))


def _text_of(item: ConversationItem) -> str:
    return "\n".join(part.text for part in item.body.parts if hasattr(part, "text"))


def _last_words(trace: RolloutTrace, index: TraceIndex, turn: CodexTurn) -> Line:
    """What the last request of a turn that is over answered in words."""
    last = index.inferences_of_turn.last(turn.codex_turn_id)
    if turn.execution.is_open or last is None:
        return ()
    items = trace.conversation_items
    answer = answer_text(items[name] for name in trace.inference_calls[last].response_item_ids if name in items)
    return (plain(f"  → “{one_line(answer)}”", ANSWER),) if answer else ()
