"""Asks rows whether a filter leaves them."""

from __future__ import annotations

from collections.abc import Callable

from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.kinds.naming import agent_name, tool_name
from tui.analysis.kinds.timing import span_of
from tui.analysis.problems.own import own_problem_of
from tui.analysis.requests.tokens import tokens_of_request
from tui.model.ids import InferenceCallId, ThreadId
from tui.model.lookup import find_object
from tui.model.noderef import NodeRef
from tui.model.objects import ToolCall
from tui.model.trace import RolloutTrace
from tui.viewmodel.timeline.conditions import Condition, Key, TimelineFilter
from tui.viewmodel.timeline.face import Face
from tui.viewmodel.timeline.labels.words import own_text

_DEAR: frozenset[Key] = frozenset({"text", "status"})
"""Conditions for which the face of a row is made: they are asked last."""


class RowMatcher:
    """Knows the graph and, by `face` and `tokens_of`, what rows show of it."""

    def __init__(
        self,
        trace: RolloutTrace,
        index: TraceIndex,
        face: Callable[[NodeRef], Face],
        tokens_of: Callable[[NodeRef], int | None],
    ) -> None:
        self._trace = trace
        self._index = index
        self._face = face
        self._tokens_of = tokens_of

    def predicate(self, chosen: TimelineFilter) -> Callable[[NodeRef], bool]:
        """A function that says whether a row is left. The cheap conditions are asked first."""
        conditions = sorted(chosen.conditions, key=lambda condition: condition.key in _DEAR)
        return lambda node: all(self._holds(condition, node) is not condition.is_negated for condition in conditions)

    def _holds(self, condition: Condition, node: NodeRef) -> bool:
        match condition.key:
            case "kind":
                return node.kind in condition.values or (node.kind == "item" and "tool_call" in condition.values)
            case "text":
                face = self._face(node)
                label = own_text(face.label)
                return face.status in condition.statuses or any(word.spans(label) for word in condition.words)
            case "status":
                return self._face(node).status in condition.values
            case "problem":
                return node.kind == "diagnostic" or own_problem_of(self._trace, self._index, node) is not None
            case "duration":
                span = span_of(self._trace, self._index, node)
                return span is not None and _compares(span.duration_ms, condition)
            case "tokens":
                tokens = self._tokens_of(node)
                return tokens is not None and _compares(tokens, condition)
            case "cached":
                call = self._trace.inference_calls.get(InferenceCallId(node.id)) if node.kind == "inference" else None
                rate = None if call is None else tokens_of_request(call).hit_rate
                return rate is not None and _compares(rate * 100, condition)
            case _:
                return self._belongs(condition, node)

    def _belongs(self, condition: Condition, node: NodeRef) -> bool:
        """Whether the row is of the tool, the agent or the turn."""
        found = find_object(self._trace, node)
        if condition.key == "tool":
            name = tool_name(found).lower() if isinstance(found, ToolCall) else None
            return name is not None and any(value in name for value in condition.values)
        if condition.key == "turn":
            return str(self._turn_number(node, found)) in condition.values
        thread_id = getattr(found, "thread_id", None)
        path = "" if thread_id is None else agent_name(self._trace, ThreadId(thread_id))
        return any(path == value if value.startswith("/") else value in path for value in condition.values)

    def _turn_number(self, node: NodeRef, found: object) -> int:
        if node.kind == "turn":
            return self._index.ordinal("turn", node.id)
        turn = getattr(found, "codex_turn_id", None) or getattr(found, "started_by_codex_turn_id", None)
        return 0 if turn is None else self._index.ordinal("turn", turn)


def _compares(amount: float, condition: Condition) -> bool:
    return amount > condition.amount if condition.sign == ">" else amount < condition.amount
