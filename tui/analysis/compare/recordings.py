"""Two recordings compared: agents paired, their items aligned, and for each pair the first place where they part.

Blame goes in this order: instructions, tools and settings; what went in; what the model decided; what the world
answered; the same call in other words. What follows a parting may follow from it and is only counted.
"""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal, NamedTuple

import msgspec

from tui.analysis.agent_facts import in_tree_order
from tui.analysis.compare.align import align
from tui.analysis.compare.normal import ignored, normal_text
from tui.analysis.compare.stream import BodyReader, StreamItem, items_by_agent, stream_of
from tui.analysis.index import TraceIndex
from tui.analysis.naming import agent_name
from tui.analysis.problems import problem_of
from tui.analysis.prompt_head import HeadDifference, PromptHead, compare_heads, head_of
from tui.model.conversation import ConversationItem
from tui.model.ids import ThreadId
from tui.model.noderef import NodeRef
from tui.model.trace import RolloutTrace
from tui.schema.payloads import RawPayloadRef

DifferenceClass = Literal["instructions", "tools", "settings", "input", "model", "environment", "words"]


class Side(msgspec.Struct, frozen=True):
    """One of the two recordings: its graph, and how its payloads are read, whole or without their parts."""

    trace: RolloutTrace
    index: TraceIndex
    read: BodyReader
    read_frame: Callable[[RawPayloadRef], object]


class Setting(NamedTuple):
    """What differs before any item: what it is, of which agent, and its words on both sides."""

    what: str
    agent: str
    a: str
    b: str


class Parting(msgspec.Struct, frozen=True):
    """The first place, by `index`, where two agents part, and the item of each side there, None if a side has none."""

    index: int
    kind: DifferenceClass
    a: StreamItem | None
    b: StreamItem | None


class Numbers(NamedTuple):
    """What an agent did. Tokens are those of the requests whose usage is recorded."""

    requests: int
    input_tokens: int
    output_tokens: int
    failures: int
    wall_ms: int

    def minus(self, other: Numbers) -> Numbers:
        """By how much this is more."""
        return Numbers(*(ours - theirs for ours, theirs in zip(self, other, strict=True)))


class AgentComparison(NamedTuple):
    """Two agents that belong together, or one without a partner. `is_guess`: paired by order, not by path.

    `pairs` are the places of equal items in `items_a` and `items_b`.
    """

    a: ThreadId | None
    b: ThreadId | None
    name: str
    is_guess: bool
    items_a: tuple[StreamItem, ...]
    items_b: tuple[StreamItem, ...]
    pairs: tuple[tuple[int, int], ...]
    first: Parting | None
    delta: Numbers

    @property
    def only_a(self) -> int:
        """Items that B has not."""
        return len(self.items_a) - len(self.pairs)

    @property
    def only_b(self) -> int:
        """Items that A has not."""
        return len(self.items_b) - len(self.pairs)


class Comparison(NamedTuple):
    """All agents, what differs before any item, and how often each rule ignored a difference."""

    agents: tuple[AgentComparison, ...]
    settings: tuple[Setting, ...]
    ignored: Mapping[str, int]

    @property
    def is_same(self) -> bool:
        """Whether nothing differs but time and what the rules ignore."""
        return not self.settings and all(
            one.first is None and one.a is not None and one.b is not None for one in self.agents
        )


def compare(a: Side, b: Side, *, exact: bool = False, agent: str | None = None) -> Comparison:
    """Compare two recordings, or one agent of them by its path. `exact`: ignore nothing but the ids of items."""
    items_a, items_b = items_by_agent(a.trace), items_by_agent(b.trace)
    agents: list[AgentComparison] = []
    settings: list[Setting] = []
    counts: Counter[str] = Counter()
    for ours, theirs, is_guess in _paired(a, b):
        name = _name(a, ours) if ours is not None else _name(b, theirs)
        if agent is not None and name != agent:
            continue
        streams = (_stream(a, ours, items_a, exact=exact), _stream(b, theirs, items_b, exact=exact))
        found, told = _compare_agents(a, b, ours, theirs, name, streams, is_guess=is_guess, exact=exact)
        agents.append(found)
        settings += told
        for left, right in found.pairs:
            counts += ignored(found.items_a[left].normal, found.items_b[right].normal)
    return Comparison(tuple(agents), tuple(dict.fromkeys(settings)), dict(counts))


# Agents


def _name(side: Side, agent: ThreadId | None) -> str:
    return "" if agent is None else agent_name(side.trace, agent)


def _paired(a: Side, b: Side) -> Iterator[tuple[ThreadId | None, ThreadId | None, bool]]:
    """Agents that belong together: by path where that is unique on both sides, else by order below their parents."""
    ours, theirs = in_tree_order(a.trace, a.index), in_tree_order(b.trace, b.index)
    names, other_names = Counter(_name(a, one) for one in ours), Counter(_name(b, one) for one in theirs)
    by_name = {_name(b, one): one for one in theirs if other_names[_name(b, one)] == 1}
    certain = {one: by_name[_name(a, one)] for one in ours if names[_name(a, one)] == 1 and _name(a, one) in by_name}
    taken = set(certain.values())
    rest = iter([one for one in theirs if one not in taken])
    guessed: dict[ThreadId, ThreadId] = {}
    for one in ours:
        if one not in certain and (other := next(rest, None)) is not None:
            guessed[one] = other
    for one in ours:
        partner = certain.get(one) or guessed.get(one)
        yield one, partner, one in guessed
    used = taken | set(guessed.values())
    for other in theirs:
        if other not in used:
            yield None, other, False


def _compare_agents(
    a: Side,
    b: Side,
    ours: ThreadId | None,
    theirs: ThreadId | None,
    name: str,
    streams: tuple[tuple[StreamItem, ...], tuple[StreamItem, ...]],
    *,
    is_guess: bool,
    exact: bool,
) -> tuple[AgentComparison, list[Setting]]:
    items_a, items_b = streams
    pairs = align([one.key for one in items_a], [one.key for one in items_b])
    first = _first_parting(items_a, items_b, pairs) if ours is not None and theirs is not None else None
    settings: list[Setting] = []
    if ours is not None and theirs is not None:
        head, settings = _head_parting(a, b, ours, theirs, name, exact=exact)
        if head is not None and (first is None or head.index <= first.index):
            first = head
    delta = _numbers(b, theirs).minus(_numbers(a, ours))
    return AgentComparison(ours, theirs, name, is_guess, items_a, items_b, tuple(pairs), first, delta), settings


def _stream(
    side: Side, agent: ThreadId | None, items: dict[ThreadId, list[ConversationItem]], *, exact: bool
) -> tuple[StreamItem, ...]:
    found = [] if agent is None else items.get(agent, [])
    return tuple(stream_of(side.trace, side.index, found, side.read, exact=exact))


def _numbers(side: Side, agent: ThreadId | None) -> Numbers:
    if agent is None:
        return Numbers(0, 0, 0, 0, 0)
    trace, index = side.trace, side.index
    calls = [trace.inference_calls[name] for name in index.inferences_of_thread.of(agent)]
    usages = [call.usage for call in calls if call.usage is not None]
    nodes = [NodeRef("inference", call.inference_call_id) for call in calls]
    turns = index.turns.of(agent)
    nodes += [NodeRef("tool_call", name) for turn in turns for name in index.tools_of_turn.of(turn)]
    window = trace.threads[agent].execution
    end = index.newest_unix_ms if window.ended_at_unix_ms is None else window.ended_at_unix_ms
    return Numbers(
        len(calls),
        sum(usage.input_tokens for usage in usages),
        sum(usage.output_tokens for usage in usages),
        sum(problem_of(trace, node) is not None for node in nodes),
        max(0, end - window.started_at_unix_ms),
    )


# Items


def _first_parting(
    items_a: tuple[StreamItem, ...], items_b: tuple[StreamItem, ...], pairs: list[tuple[int, int]]
) -> Parting | None:
    left = right = 0
    for next_left, next_right in [*pairs, (len(items_a), len(items_b))]:
        if (next_left, next_right) != (left, right):
            ours = items_a[left] if next_left > left else None
            theirs = items_b[right] if next_right > right else None
            return Parting(left, _kind_of(ours, theirs), ours, theirs)
        left, right = left + 1, right + 1
    return None


def _kind_of(ours: StreamItem | None, theirs: StreamItem | None) -> DifferenceClass:
    by = {one.by for one in (ours, theirs) if one is not None}
    if "input" in by:
        return "input"
    if "environment" in by:
        return "environment"
    if ours is not None and theirs is not None and _is_same_call(ours.fields, theirs.fields):
        return "words"
    return "model"


def _is_same_call(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> bool:
    """Whether two calls ask for the same and only write it in another way: blanks, quotes, the order of fields."""
    if ours.get("type") != theirs.get("type") or ours.get("name") != theirs.get("name"):
        return False
    left, right = (fields.get("arguments", fields.get("input")) for fields in (ours, theirs))
    return left is not None and right is not None and _words(left) == _words(right)


def _words(value: Any) -> Any:
    if isinstance(value, str):
        try:
            decoded = msgspec.json.decode(value)
        except (msgspec.MsgspecError, ValueError, RecursionError):
            return _shell_words(normal_text(value).text)
        return _words(decoded) if isinstance(decoded, (dict, list)) else value
    if isinstance(value, dict):
        return {name: _words(inner) for name, inner in value.items()}
    return [_words(inner) for inner in value] if isinstance(value, list) else value


def _shell_words(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError:  # a quotation mark without its partner
        return text.split()


# Heads


def _head_parting(
    a: Side, b: Side, ours: ThreadId, theirs: ThreadId, name: str, *, exact: bool
) -> tuple[Parting | None, list[Setting]]:
    """The first request that sent other instructions, tools or settings, and what is different in it."""
    requests = zip(a.index.inferences_of_thread.of(ours), b.index.inferences_of_thread.of(theirs), strict=False)
    known: HeadDifference | None = None
    first: Parting | None = None
    settings: list[Setting] = []
    for left, right in requests:
        call = a.trace.inference_calls[left]
        heads = (_head(a, call.inference_call_id), _head(b, right))
        found = _without_ignored(compare_heads(*heads), exact=exact)
        if not found or found == known:
            continue
        known = found
        settings += _settings(found, name, *heads)
        if first is None:
            place = len(call.request_item_ids)
            first = Parting(place, _head_class(found), None, None)
    return first, settings


def _head(side: Side, inference_id: Any) -> PromptHead:
    return head_of(side.trace, side.trace.inference_calls[inference_id], side.read_frame)


def _without_ignored(found: HeadDifference, *, exact: bool) -> HeadDifference:
    if exact:
        return found
    kept = tuple(
        one
        for one in found.settings
        if one.before is None or one.now is None or normal_text(one.before).text != normal_text(one.now).text
    )
    return msgspec.structs.replace(found, settings=kept)


def _head_class(found: HeadDifference) -> DifferenceClass:
    if found.instructions_changed:
        return "instructions"
    return "tools" if found.tools_differ else "settings"


def _settings(found: HeadDifference, name: str, ours: PromptHead, theirs: PromptHead) -> Iterator[Setting]:
    if found.instructions_changed:
        yield Setting("instructions", name, ours.instructions or "", theirs.instructions or "")
    if found.tools_differ:
        removed = (*found.tools_removed, *found.tools_changed) or tuple(one.name for one in ours.tools or ())
        added = (*found.tools_added, *found.tools_changed) or tuple(one.name for one in theirs.tools or ())
        yield Setting("tools", name, ", ".join(removed), ", ".join(added))
    for change in found.settings:
        yield Setting(change.name, name, change.before or "not set", change.now or "not set")
