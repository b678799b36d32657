"""What two agents were sent before their items: instructions, tools, settings, and what their sessions allowed them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

import msgspec

from tui.analysis.compare.ahead import ReadsAhead
from tui.analysis.compare.head_reader import HeadReader, calls_of, compared_numbers
from tui.analysis.compare.normal import TOOLS_ORDER, normal_text
from tui.analysis.compare.normal import ignored as ignored_of
from tui.analysis.compare.partings import DifferenceClass, Parting, Setting
from tui.analysis.compare.stream import Side
from tui.analysis.requests.prompt_head import HeadDifference, PromptHead, compare_heads
from tui.model.ids import ItemId, ThreadId
from tui.model.objects import InferenceCall

TAIL = 8
"""Items at the end of a request among which is the newest one."""


TOOL = "tool "
"""Begins the name of a setting that is the definition of a tool; its words are the definitions, as JSON."""


class HeadFact(NamedTuple):
    """One thing that is sent before the items: the same on both sides, different, or unknown on one of them.

    `a`, `b`: its words on the sides, for what differs.
    """

    what: str
    state: Literal["same", "differs", "unknown"]
    a: str = ""
    b: str = ""

    @property
    def mirrored(self) -> HeadFact:
        """The same with the sides swapped."""
        return self._replace(a=self.b, b=self.a)


class HeadsCompared(NamedTuple):
    """What differs at the beginning (`facts`), and each place from which something else differs (`partings`).

    `ignored`: how often each rule ignored a difference.
    """

    facts: tuple[HeadFact, ...]
    partings: tuple[Parting, ...]
    ignored: Mapping[str, int] = {}


def compare_agent_heads(
    sides: tuple[Side, Side],
    readers: tuple[HeadReader, HeadReader],
    agents: tuple[ThreadId, ThreadId],
    name: str,
    places: tuple[Mapping[ItemId, int], Mapping[ItemId, int]],
    ahead: tuple[ReadsAhead, ReadsAhead],
    *,
    exact: bool,
) -> Iterator[HeadsCompared | None]:
    """Compare request by request; None while at work, at last the result.

    Requests are read where a head can change: at the start of a turn, and where the recording shows a change. `places`
    are those of the items of each agent.
    """
    calls = (calls_of(sides[0], agents[0]), calls_of(sides[1], agents[1]))
    session = tuple(_session_settings(sides, agents, name))
    facts = tuple(_session_facts(sides, agents))
    known: tuple[Setting, ...] = ()
    found: list[Parting] = []
    ignored: Counter[str] = Counter()
    for number in compared_numbers(sides, calls):
        left, right = calls[0][number], calls[1][number]
        for reader, reading, call in zip(readers, ahead, (left, right), strict=True):
            yield from reading.bring(reader.missing(call))
        heads = (readers[0].head(left), readers[1].head(right))
        difference = compare_heads(*heads)
        if not exact:
            difference, rules = _without_ignored(difference)
            ignored |= rules
        if not number:
            facts = (*_head_facts(difference, *heads), *facts)
        settings = (*session, *_settings(difference, name, *heads))
        if settings and settings != known:
            place = min(_place(left, places[0]), _place(right, places[1])) if number else 0
            found.append(Parting(place, place, _class_of(difference), settings=settings))
        known = settings
        yield None
    yield HeadsCompared(facts, tuple(found), ignored)


def compare_request_heads(side: Side, before: InferenceCall, now: InferenceCall) -> HeadsCompared:
    """The same for two requests of one recording."""
    reader = HeadReader(side)
    heads = (reader.head(before), reader.head(now))
    difference = compare_heads(*heads)
    settings = tuple(_settings(difference, "", *heads))
    partings = (Parting(0, 0, _class_of(difference), settings=settings),) if settings else ()
    return HeadsCompared(tuple(_head_facts(difference, *heads)), partings)


def _place(call: InferenceCall, places: Mapping[ItemId, int]) -> int:
    """How many items of the agent had appeared when the request was sent."""
    sent = call.request_item_ids
    newest = [places.get(name, -1) for name in sent[max(0, len(sent) - TAIL) :]]
    return max(newest, default=-1) + 1


def _without_ignored(found: HeadDifference) -> tuple[HeadDifference, Counter[str]]:
    """The difference without what the rules cover, and how much each of them covers."""
    counts: Counter[str] = Counter()
    kept = []
    for one in found.settings:
        before, now = (normal_text(value) if value is not None else None for value in (one.before, one.now))
        if before is None or now is None or before.text != now.text:
            kept.append(one)
        else:
            counts += ignored_of(before.taken, now.taken)
    if found.tools_moved:
        counts[TOOLS_ORDER] += 1
    return msgspec.structs.replace(found, settings=tuple(kept), tools_moved=False), counts


def _class_of(found: HeadDifference) -> DifferenceClass:
    if found.instructions_changed:
        return "instructions"
    return "tools" if found.tools_differ else "settings"


def _settings(found: HeadDifference, name: str, ours: PromptHead, theirs: PromptHead) -> Iterator[Setting]:
    if found.instructions_changed:
        yield Setting("instructions", name, ours.instructions or "", theirs.instructions or "")
    if found.tools_removed or found.tools_added:
        yield Setting("tools", name, ", ".join(found.tools_removed), ", ".join(found.tools_added))
    elif found.tools_moved:
        yield Setting(TOOLS_ORDER, name, *(", ".join(one.name for one in head.tools or ()) for head in (ours, theirs)))
    definitions = [{one.name: one.definition.decode() for one in head.tools or ()} for head in (ours, theirs)]
    for tool in sorted(found.tools_changed):
        yield Setting(f"{TOOL}{tool}", name, definitions[0][tool], definitions[1][tool])
    for change in found.settings:
        yield Setting(change.name, name, change.before or "not set", change.now or "not set")


# What was the same at the beginning, and what is unknown


def _head_facts(found: HeadDifference, ours: PromptHead, theirs: PromptHead) -> Iterator[HeadFact]:
    instructions = (ours.instructions, theirs.instructions)
    yield _fact(
        "instructions",
        *(None if one is None else f"{len(one):,} characters" for one in instructions),
        differs=found.instructions_changed,
    )
    counts = (None if one.tools is None else str(len(one.tools)) for one in (ours, theirs))
    yield _fact("tools", *counts, differs=found.tools_differ)
    for what, setting in (("model", "model"), ("effort", "reasoning.effort")):
        values = [dict(one.settings).get(setting) for one in (ours, theirs)]
        if values != [None, None]:
            yield _fact(what, *values)


def _fact(what: str, a: str | None, b: str | None, *, differs: bool | None = None) -> HeadFact:
    if a is None or b is None:
        return HeadFact(what, "unknown", a or "?", b or "?")
    return HeadFact(what, "differs" if (a != b if differs is None else differs) else "same", a, b)


def _session_values(side: Side, agent: ThreadId) -> dict[str, str | None]:
    """What the session allowed the agent, and how much its model can hold."""
    evidence = side.trace.evidence
    facts = evidence.session_facts.get(agent)
    first = side.index.turns.first(agent)
    turn = None if first is None else evidence.turn_facts.get(first)
    window = None if turn is None or turn.model_context_window is None else str(turn.model_context_window)
    if facts is None:
        return {"window": window, "sandbox": None, "permissions": None, "approvals": None}
    allowed = {"sandbox": facts.sandbox, "permissions": facts.permissions, "approvals": facts.approval_policy}
    return {"window": window, **allowed}


def _session_facts(sides: tuple[Side, Side], agents: tuple[ThreadId, ThreadId]) -> Iterator[HeadFact]:
    ours, theirs = (_session_values(side, agent) for side, agent in zip(sides, agents, strict=True))
    for what in ours:
        if (ours[what], theirs[what]) != (None, None):
            yield _fact(what, ours[what], theirs[what])


def _session_settings(sides: tuple[Side, Side], agents: tuple[ThreadId, ThreadId], name: str) -> Iterator[Setting]:
    for fact in _session_facts(sides, agents):
        if fact.state == "differs":
            yield Setting(fact.what, name, fact.a, fact.b)
