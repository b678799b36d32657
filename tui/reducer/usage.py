"""The tokens that a response says it used (reducer rules §5.5)."""

from __future__ import annotations

from typing import Any

import msgspec

from tui.model.objects import InferenceCall, TokenUsage
from tui.reducer.bodies import body_of
from tui.reducer.state import ReducerState
from tui.schema.oddity import shortened
from tui.schema.payloads import RawPayloadRef

_UNKNOWN = "the call has no token counts"
_COUNTS = ("input_tokens", "cached_input_tokens", "output_tokens", "reasoning_output_tokens")


def note_usage(state: ReducerState, call: InferenceCall, ref: RawPayloadRef, recorded: Any) -> None:
    """Take what the body `ref` of a response `recorded` of its tokens; `UNSET` if it lacks the field."""
    if recorded is msgspec.UNSET:
        recorded = _found_elsewhere(state, ref)
    usage = _usage(recorded) or _usage(_of_another_form(state, ref, recorded)) or _partial(state, ref, recorded)
    if usage is not None:
        call.usage = usage
        if not usage.is_possible:
            message = f"the token usage of {call.inference_call_id} counts fewer than 0 tokens"
            state.report_counted("below 0", "usage-unreadable", message, _UNKNOWN, severity="warning")
    elif recorded is not None:
        message = f"the token usage of {call.inference_call_id} is not counted as whole numbers"
        state.report_counted("form", "usage-unreadable", message, _UNKNOWN, severity="warning")


def _found_elsewhere(state: ReducerState, ref: RawPayloadRef) -> Any:
    """What is under another name, if anything is."""
    from tui.schema.foreign_usage import counts_elsewhere  # late: known recorders always write the field

    found = counts_elsewhere(body_of(state, ref, _UNKNOWN))
    where = f"payload {ref.raw_payload_id} ({ref.kind.type})"
    if found is None:
        state.report_counted("token_usage", "field-missing", f"token_usage of {where} is missing", _UNKNOWN)
        return None
    message = f"token_usage of {where} is called {shortened(found[0])!r}"
    consequence = "it was recognised by what it holds"
    state.report_counted("token_usage", "field-renamed", message, consequence, severity="warning")
    return found[1]


def _of_another_form(state: ReducerState, ref: RawPayloadRef, recorded: Any) -> dict[str, int] | None:
    if recorded is None:
        return None
    from tui.schema.foreign_usage import counts_within, usual_counts

    counts = usual_counts(recorded) or counts_within(recorded)
    if counts is not None:
        message = f"token_usage of payload {ref.raw_payload_id} ({ref.kind.type}) is of another form"
        state.report_counted("token_usage", "field-retyped", message, "its values were converted", severity="warning")
    return counts


def _usage(value: Any) -> TokenUsage | None:
    """Usage if its four old counters are integers; the newer one counts as 0 where it is missing."""
    if not isinstance(value, dict):
        return None
    counts = [_count(value.get(name)) for name in _COUNTS]
    if None in counts:
        return None
    fresh, cached, output, reasoning = (count or 0 for count in counts)
    return TokenUsage(fresh, cached, _count(value.get("cache_write_input_tokens")) or 0, output, reasoning)


def _partial(state: ReducerState, ref: RawPayloadRef, recorded: Any) -> TokenUsage | None:
    """Usage without the parts that some recorders leave out: what was cached, and what was reasoning."""
    if not isinstance(recorded, dict):
        return None
    counts = {name: _count(recorded.get(name)) for name in _COUNTS}
    fresh, cached, output, reasoning = counts.values()
    if fresh is None or output is None:
        return None
    for name, count in counts.items():
        if count is None:
            message = f"{name} of payload {ref.raw_payload_id} ({ref.kind.type}) is not recorded"
            state.report_counted(name, "field-missing", message, "that part of the tokens is shown as ?")
    return TokenUsage(fresh, cached, _count(recorded.get("cache_write_input_tokens")) or 0, output, reasoning)


def _count(value: Any) -> int | None:
    if not isinstance(value, int) or isinstance(value, bool) or not -(2**63) <= value < 2**63:
        return None
    return value
