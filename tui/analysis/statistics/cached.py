"""Which requests found least of their input in the provider's prompt cache, and what in the recording explains it.

What the provider cached is its own count; what changed before a request is what the recording shows (viewer notes §1).
One does not prove the other: a cause says what differs from the request before, or that nothing does.
"""

from __future__ import annotations

from typing import NamedTuple

from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.kinds.naming import name_of
from tui.analysis.kinds.plural import enumerated
from tui.analysis.requests.compared import compactions_before, compare_requests, previous_request
from tui.model.ids import ThreadId
from tui.model.noderef import NodeRef
from tui.model.objects import InferenceCall
from tui.model.trace import RolloutTrace

LOW_PERCENT = 50
"""A request of whose input less was cached has a cause, or is said to have none."""


class CachedRequest(NamedTuple):
    """A request and how much of its input was cached, in tokens; `at_ms` after the start of the recording.

    `cause`: what explains that less than half was cached; empty where at least half was.
    """

    node: NodeRef
    thread_id: ThreadId
    name: str
    at_ms: int
    input_tokens: int
    cached_tokens: int
    cause: str


def part_cached(call: InferenceCall) -> float | None:
    """The part of the input that was cached, 0 to 1; None where the tokens are not recorded, or none were sent."""
    usage = call.known_usage
    if usage is None or not usage.input_tokens or usage.cached_input_tokens is None:
        return None
    return usage.cached_input_tokens / usage.input_tokens


def cached_request(trace: RolloutTrace, index: TraceIndex, call: InferenceCall) -> CachedRequest:
    """One request of which the tokens are known. Costs what it changed of the request before it."""
    usage, part, node = call.known_usage, part_cached(call), NodeRef("inference", call.inference_call_id)
    if usage is None or part is None or usage.cached_input_tokens is None:
        raise ValueError(f"the tokens of {call.inference_call_id} are not recorded")
    return CachedRequest(
        node,
        call.thread_id,
        name_of(trace, index, node),
        call.execution.started_at_unix_ms - trace.started_at_unix_ms,
        usage.input_tokens,
        usage.cached_input_tokens,
        cause_of_miss(trace, index, call) if part * 100 < LOW_PERCENT else "",
    )


def cause_of_miss(trace: RolloutTrace, index: TraceIndex, call: InferenceCall) -> str:
    """What a request sends otherwise than the one before it in its thread, in one sentence."""
    requests = [trace.inference_calls[name] for name in index.inferences_of_thread.of(call.thread_id)]
    before = previous_request(requests, call)
    if before is None:
        return "the first request of its agent"
    named = f"request {index.ordinal('inference', before.inference_call_id)}"
    difference = compare_requests(trace, before, call, compactions_before(trace, index, before, call))
    if difference.unrecorded:
        return "the beginning of this prompt was not recorded"
    if not before.request_item_ids or not call.request_item_ids:
        return f"the items of {named if call.request_item_ids else 'this request'} are not in the recording"
    changed = trace.evidence.changed_heads.get(call.inference_call_id, ())
    causes = [f"{enumerated(changed)} changed since {named}"] if changed else []
    causes += [
        f"compaction {index.ordinal('compaction', name)} replaced the history" for name in difference.compaction_ids
    ]
    if not difference.compaction_ids and difference.shared < len(before.request_item_ids):
        causes.append(f"items differ from {named} at item {difference.shared + 1:,}")
    return "; ".join(causes) or f"nothing here explains it: it begins with all that {named} sent"
