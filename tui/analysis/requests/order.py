"""Requests of an agent in their order."""

from __future__ import annotations

from tui.analysis.index.trace_index import TraceIndex
from tui.model.objects import InferenceCall
from tui.model.trace import RolloutTrace


def request_before(trace: RolloutTrace, index: TraceIndex, call: InferenceCall) -> InferenceCall | None:
    """The agent's request before this one, in order of start; None for its first one.

    The order is worked out once for all requests of an agent, for as long as the graph stays.
    """
    known = index.requests_before.get(call.thread_id)
    if known is None:
        names = index.inferences_of_thread.of(call.thread_id)
        known = index.requests_before[call.thread_id] = dict(zip(names[1:], names, strict=False))
    before = known.get(call.inference_call_id)
    return None if before is None else trace.inference_calls[before]
