"""The list of a conversation: items in the order in which the model got them, and dividers that say what changed.

| row | meaning |
|---|---|
| `12.4k tok in, 80% cached · 42 items, 3 new · …` | summary |
| items | as before |
| `── 4 items gone since request 6 ──` | where they were, and what dropped them; unfolds to them |
| `── dropped, in no request before it ──` | behind them: what a compaction dropped before a request sent it |
| `── tools changed since request 6 ──` | what is before the items is not the same |
| `── the beginning of this prompt was not recorded ──` | the request continues a response that is not there |
| `── new since request 6 · same up to here: 40 items · usage: 12.4k tok cached ──` | the first difference |
| `+` items | new |
| `── response ──` | then the items that the model answered |
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.kinds.naming import agent_name
from tui.analysis.kinds.plural import counted, enumerated
from tui.analysis.requests.compared import (
    RequestDifference,
    change_of_compaction,
    compactions_before,
    compare_requests,
    previous_request,
)
from tui.analysis.requests.prompt_head import PromptHead, compare_heads
from tui.model.ids import InferenceCallId, ItemId, ThreadId
from tui.model.objects import InferenceCall, TokenUsage
from tui.model.trace import RolloutTrace
from tui.viewmodel.conversation.compaction_words import compaction_words
from tui.viewmodel.conversation.entry_list import EntryList
from tui.viewmodel.conversation.head import HeadEntry, head_entries
from tui.viewmodel.conversation.scope import ConversationScope
from tui.viewmodel.text.clean import clean, format_tokens
from tui.viewmodel.text.percent import percent
from tui.viewmodel.text.spans import Line, Span

Heads = Mapping[InferenceCallId, PromptHead]
"""What requests send before their items, as far as somebody has read it."""


class ConversationEntries(msgspec.Struct, frozen=True):
    """The entries of a scope; `title` names it, `first_difference` is the entry of that divider."""

    title: Line
    entries: EntryList
    difference: RequestDifference | None = None
    first_difference: int | None = None


def entries_of(
    trace: RolloutTrace,
    index: TraceIndex,
    scope: ConversationScope,
    heads: Heads,
    *,
    show_gone: bool = False,
    head_of_thread: InferenceCallId | None = None,
) -> ConversationEntries:
    """The entries of a scope; with `show_gone`, items that the request before had and this one has not are listed.

    `heads` are those that have been read; a request whose head is not among them is shown without it. A thread so far
    has the head of the request `head_of_thread`.
    """
    if scope.inference_id is None or scope.inference_id not in trace.inference_calls:
        return _thread_entries(trace, index, scope.thread_id, heads, head_of_thread)
    return _request_entries(trace, index, trace.inference_calls[scope.inference_id], heads, show_gone=show_gone)


def _thread_entries(
    trace: RolloutTrace, index: TraceIndex, thread_id: ThreadId, heads: Heads, shown_head: InferenceCallId | None
) -> ConversationEntries:
    thread = trace.threads.get(thread_id)
    path = _path(trace, thread_id)
    ids = thread.conversation_item_ids if thread is not None else []
    head = None if shown_head is None else heads.get(shown_head)
    words = f"the thread so far · {counted(len(ids), 'item')}"
    parts = [] if head is None else head_entries(head, None, "")
    if parts and shown_head is not None:
        words += f" · tools as in request {index.ordinal('inference', shown_head)}"
    entries = EntryList()
    entries.add_divider("summary", (Span(words, "dim"),))
    for part in parts:
        entries.add_head(part)
    entries.add_items(ids)
    return ConversationEntries((Span(path, "path"), Span(" · so far", "dim")), entries)


def _path(trace: RolloutTrace, thread_id: ThreadId) -> str:
    return clean(agent_name(trace, thread_id))


def _request_entries(
    trace: RolloutTrace, index: TraceIndex, call: InferenceCall, heads: Heads, *, show_gone: bool
) -> ConversationEntries:
    requests = [trace.inference_calls[name] for name in index.inferences_of_thread.of(call.thread_id)]
    before = previous_request(requests, call)
    difference = compare_requests(trace, before, call, compactions_before(trace, index, before, call))
    ids = call.request_item_ids.to_list()
    number = index.ordinal("inference", call.inference_call_id)
    entries = EntryList()
    failure = trace.evidence.failure_texts.get(call.inference_call_id)
    if failure:
        entries.add_divider("head", (Span(f"✗ {clean(failure)}", "error"),))
    entries.add_divider("summary", _summary(call, difference))
    named = "" if before is None else f"request {index.ordinal('inference', before.inference_call_id)}"
    changed_head = trace.evidence.changed_heads.get(call.inference_call_id, ())
    if changed_head:
        entries.add_divider("head", _head_line(changed_head, named))
    if difference.unrecorded:
        entries.add_divider("head", (Span("── ? the beginning of this prompt was not recorded ──", "cut"),))
    for head in _heads_of(call, before, heads, named):
        entries.add_head(head)
    entries.add_items(ids[: difference.shared])
    first_difference = None
    unsent = _dropped_unsent(trace, requests, difference)
    if before is not None and (difference.shared < len(ids) or difference.gone):
        causes = [compaction_words(trace, index, name) for name in difference.compaction_ids]
        causes += _context_words(before, call) if causes else []
        _add_gone(entries, difference.gone, unsent, causes, named, show_gone=show_gone)
        first_difference = len(entries)
        entries.add_divider("difference", _difference_line(difference, named, call.known_usage))
    entries.add_items(ids[difference.shared :], "new", only=difference.new)
    entries.add_divider("response", _response_line(trace, call))
    entries.add_items(call.response_item_ids)
    title = (Span(_path(trace, call.thread_id), "path"), Span(f" · as sent in request {number}", "dim"))
    return ConversationEntries(title, entries, difference, first_difference)


def _heads_of(call: InferenceCall, before: InferenceCall | None, heads: Heads, named: str) -> list[HeadEntry]:
    head = heads.get(call.inference_call_id)
    if head is None:
        return []
    earlier = None if before is None else heads.get(before.inference_call_id)
    return head_entries(head, None if earlier is None else compare_heads(earlier, head), named)


def _dropped_unsent(
    trace: RolloutTrace, requests: Sequence[InferenceCall], difference: RequestDifference
) -> list[ItemId]:
    """What the compactions dropped that no request had sent, and that the model did not answer either."""
    changes = [change_of_compaction(trace, requests, trace.compactions[name]) for name in difference.compaction_ids]
    gone, sent = frozenset(difference.gone), trace.evidence.sent_digests
    dropped = dict.fromkeys(item for change in changes for item in change.dropped)
    unsent = [item for item in dropped if item not in gone and item not in sent]
    answered = {item for call in requests for item in call.response_item_ids} if unsent else set()
    return [item for item in unsent if item not in answered]


def _add_gone(
    entries: EntryList,
    gone: Sequence[ItemId],
    unsent: Sequence[ItemId],
    causes: Sequence[str],
    named: str,
    *,
    show_gone: bool,
) -> None:
    """What is not sent any more, and what took it out; a compaction may drop `unsent` items, too."""
    if not gone and not unsent:
        return
    counts = f"{counted(len(gone), 'item')} gone since {named}"
    if unsent:  # parts of what was dropped: the sum is in the words before
        counts = f"of these {len(gone):,} in {named} or its answer, {len(unsent):,} in none before it"
    hint = "" if show_gone else " · Enter lists them"
    entries.add_divider("gone", (Span(f"── {' · '.join((*causes, counts + hint))} ──", "gone"),))
    if not show_gone:
        return
    entries.add_items(gone, "gone")
    if unsent:
        entries.add_divider("unsent", (Span("── dropped, in no request before it ──", "gone"),))
        entries.add_items(unsent, "gone")


def _context_words(before: InferenceCall, call: InferenceCall) -> list[str]:
    """How much the requests around a compaction sent; nothing where one of the counts was not recorded."""
    usages = before.known_usage, call.known_usage
    sizes = [format_tokens(usage.input_tokens) for usage in usages if usage is not None]
    return [f"{' → '.join(sizes)} tok in"] if len(sizes) == len(usages) else []


def _head_line(changed: tuple[str, ...], named: str) -> Line:
    """What comes before the items is another."""
    return (Span(f"── ≠ {enumerated(changed)} changed since {named} ──", "cut"),)


def _difference_line(difference: RequestDifference, named: str, usage: TokenUsage | None) -> Line:
    """Two facts: up to where it is the same as the request before, and what was cached by the provider's count."""
    same = f"same up to here: {counted(difference.shared, 'item')}"
    count = None if usage is None else usage.cached_input_tokens
    cached = "?" if count is None else format_tokens(count) if count else "none"
    facts = f"{same} · usage: {cached}{'' if cached in ('?', 'none') else ' tok'} cached"
    if difference.gone:
        return (Span(f"── ≠ differs from {named} · {facts} ──", "cut"),)
    return (Span(f"── new since {named} · {facts} ──", "new"),)


def _summary(call: InferenceCall, difference: RequestDifference) -> Line:
    """What the request cost and held; the most telling first: the pane may be narrow."""
    counts = [counted(len(call.request_item_ids), "item")]
    if difference.new:
        counts.append(f"{len(difference.new)} new")
    if difference.gone:
        counts.append(f"{len(difference.gone)} gone")
    parts = [*_tokens_in(call.known_usage), ", ".join(counts), clean(call.model)]
    return (Span(" · ".join(parts), "dim"),)


def _tokens_in(usage: TokenUsage | None) -> list[str]:
    if usage is None:
        return []
    if usage.cached_input_tokens is None:
        return [f"{format_tokens(usage.input_tokens)} tok in, ? cached"]
    if not usage.cached_input_tokens:
        return [f"{format_tokens(usage.input_tokens)} tok in, none cached"]
    part = percent(usage.cached_input_tokens, usage.input_tokens)
    return [f"{format_tokens(usage.input_tokens)} tok in, {part} cached"]


def _response_line(trace: RolloutTrace, call: InferenceCall) -> Line:
    text = f"── response {call.execution.status}"
    usage = call.known_usage
    if usage is not None:
        text += f" · {format_tokens(usage.output_tokens)} tok out"
        if usage.reasoning_output_tokens:
            text += f", {format_tokens(usage.reasoning_output_tokens)} reasoning"
    failure = trace.evidence.failure_texts.get(call.inference_call_id)
    line = (Span(f"{text} ──", "label"),)
    return (*line, Span(f" {clean(failure)}", "error")) if failure else line
