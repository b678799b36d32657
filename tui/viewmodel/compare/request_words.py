"""What is said of two requests as a whole."""

from __future__ import annotations

from tui.analysis.compare.partings import HEAD_CLASSES
from tui.analysis.compare.requests import RequestComparison
from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.kinds.plural import counted
from tui.model.objects import InferenceCall
from tui.viewmodel.text.clean import clean, format_bytes, format_tokens
from tui.viewmodel.text.spans import Line, Span


def request_headline(call: InferenceCall) -> Line:
    """How the request came out, of which model."""
    return (Span(call.execution.status, "dim"), Span(f" · {clean(call.model)}", "dim"))


def cause_words(found: RequestComparison, index: TraceIndex) -> str:
    """What replaced the history between both, which is why they part; empty if nothing did."""
    numbers = [str(index.ordinal("compaction", name)) for name in found.difference.compaction_ids]
    if not numbers:
        return ""
    *most, last = numbers
    which = f"compactions {', '.join(most)} and {last}" if most else f"compaction {last}"
    return f"{which} replaced the history between them"


def two_facts(found: RequestComparison, now: InferenceCall) -> str:
    """How far the bytes of both are the same, and what the provider says it had: neither follows from the other."""
    return f"{_beginning(found)} · {_cached(now)}"


def unexplained(found: RequestComparison, now: InferenceCall) -> str:
    """That a provider cached nothing although everything before it came first again; empty where that is not so."""
    usage = now.known_usage
    is_same = bool(found.total_a) and found.shared == found.total_a and not found.unread
    is_head_same = not found.found.partings[:1] or found.found.partings[0].kind not in HEAD_CLASSES
    if usage is None or usage.cached_input_tokens != 0 or not is_same or not is_head_same:
        return ""
    if any(fact.state != "same" for fact in found.found.facts):
        return ""
    return "the beginning is the same; nothing here explains why nothing was cached"


def _beginning(found: RequestComparison) -> str:
    if found.unread:
        return found.unread
    size = f"{format_bytes(found.shared_bytes)} of {format_bytes(found.bytes_b)}"
    return f"same from the start: {found.shared:,} of {counted(found.total_b, 'item')}, {size}"


def _cached(call: InferenceCall) -> str:
    usage = call.known_usage
    if usage is None or usage.cached_input_tokens is None:
        return "cached: ? tok"
    cached, sent = (format_tokens(count) for count in (usage.cached_input_tokens, usage.input_tokens))
    return f"cached: {cached} of {sent} tok"
