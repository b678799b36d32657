"""Reads what requests of one recording send before their items, and says which requests are worth it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from tui.analysis.compare.stream import Side
from tui.analysis.requests.prompt_head import HeadParts, PromptHead, head_of
from tui.model.ids import CodexTurnId, InferenceCallId, RawPayloadId, ThreadId
from tui.model.objects import InferenceCall
from tui.schema.payloads import RawPayloadRef


class HeadReader:
    """Reads heads of one recording, each once."""

    def __init__(self, side: Side) -> None:
        self._side = side
        self._known: dict[InferenceCallId, PromptHead] = {}
        self._parts = HeadParts()
        self.seen = 0
        """Requests that `read_new` need not look at again."""
        self._newest_turns: dict[ThreadId, CodexTurnId] = {}

    def head(self, call: InferenceCall) -> PromptHead:
        """The head of a request."""
        known = self._known.get(call.inference_call_id)
        return self._read(call, {}) if known is None else known

    def missing(self, call: InferenceCall) -> RawPayloadId | None:
        """The payload that must be read for a head; None if it was read."""
        return None if call.inference_call_id in self._known else call.raw_request_payload_id

    def read_new(self, bodies: Mapping[str, object]) -> None:
        """Read the head of a request that a line has just brought, if it may be another than the one before.

        `bodies` are those that the line needed. The prepared prompt is right beside them, as long as nothing else was
        decompressed since.
        """
        calls = self._side.trace.inference_calls
        new, self.seen = len(calls) - self.seen, len(calls)
        for call in islice(reversed(calls.values()), new):
            before = self._newest_turns.get(call.thread_id)
            self._newest_turns[call.thread_id] = call.codex_turn_id
            if before != call.codex_turn_id or has_changed_head(self._side, call):
                self._read(call, bodies)

    def _read(self, call: InferenceCall, bodies: Mapping[str, object]) -> PromptHead:
        def read(ref: RawPayloadRef) -> object:
            ready = bodies.get(ref.raw_payload_id)
            return self._side.read_frame(ref) if ready is None else ready

        found = self._known[call.inference_call_id] = head_of(self._side.trace, call, read, self._parts)
        return found


def calls_of(side: Side, agent: ThreadId) -> list[InferenceCall]:
    """The requests of an agent, in order of start."""
    return [side.trace.inference_calls[name] for name in side.index.inferences_of_thread.of(agent)]


def compared_numbers(
    sides: tuple[Side, Side], calls: tuple[Sequence[InferenceCall], Sequence[InferenceCall]]
) -> list[int]:
    """The numbers of the requests of two agents before whose items something else may be sent than before the last."""
    most = min(map(len, calls))
    numbers = {number for side, of in zip(sides, calls, strict=True) for number in _may_change(side, of[:most])}
    return sorted(numbers)


def _may_change(side: Side, calls: Iterable[InferenceCall]) -> Iterator[int]:
    before = None
    for number, call in enumerate(calls):
        if call.codex_turn_id != before or has_changed_head(side, call):
            yield number
        before = call.codex_turn_id


def has_changed_head(side: Side, call: InferenceCall) -> bool:
    """Whether the recording shows that a request sends something else before its items than the one before it."""
    return call.inference_call_id in side.trace.evidence.changed_heads
