"""Objects of the graph, their links and their causes as lines of text. Ids stand as `kind:id`, to be passed on."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence

from tui.analysis.kinds.naming import name_of
from tui.analysis.links.linked import gaps_of, links_of
from tui.analysis.links.relation import Certainty, Direction, Evidence, relation_text
from tui.analysis.links.why import Step, told_names
from tui.analysis.problems.failure_story import StoryLine
from tui.analysis.requests.route import OutputRoute, SeenItem
from tui.commands.log_place import event_of_step
from tui.commands.object_names import full_id, short
from tui.model.noderef import NodeRef
from tui.store import TraceStore
from tui.viewmodel.lists.why import cut_words
from tui.viewmodel.text.clean import clean


def named(store: TraceStore, node: NodeRef) -> str:
    """A node with its name behind it."""
    return f"{full_id(node)}  {short(name_of(store.trace, store.index, node))}".rstrip()


def proof(certainty: Certainty, evidence: Evidence, ends: Container[NodeRef | None] = ()) -> str:
    """What proves something, and how sure that is, in brackets. That it is a field of one of the `ends` is not said."""
    sure = "" if certainty == "recorded" else f"{certainty}: "
    owner = "" if evidence.node in ends else f" of {full_id(evidence.node)}"
    note = f", {evidence.note}" if evidence.note else ""
    return f"[{sure}{evidence.field}{owner}{note}]"


def chain_lines(store: TraceStore, steps: Sequence[Step], end: str) -> Iterator[str]:
    """The chain, each step indented below the one that it explains, with its evidence below it."""
    depth = 0
    before: NodeRef | None = None
    for step, name in zip(steps, told_names(store.trace, steps), strict=True):
        indent = "  " * depth
        mark = f"{'' if depth == 0 else '└ '}{relation_text(step.relation)} ".lstrip()
        what = name if step.node is None else f"{full_id(step.node)}  {short(name)}".rstrip()
        yield f"  {indent}{mark}{what}{_place(store, step)}"
        if step.evidence is not None:
            yield f"  {indent}    {proof(step.certainty, step.evidence, (before, step.node))}"
        depth += step.node is not None
        before = step.node or before
    yield f"  {'  ' * depth}{end}"


def failure_lines(story: Iterable[StoryLine]) -> Iterator[str]:
    """What came before and after a failure, each line with where it leads and what says so."""
    for line in story:
        node = "" if line.node is None else f"  {full_id(line.node)}"
        field = f"  [{line.proof}]" if line.proof else ""
        yield f"  {clean(line.text)}{node}{field}"


def _place(store: TraceStore, step: Step) -> str:
    row = event_of_step(store, step)
    if row is None:
        return ""
    return f"  (line {row.line})" if row.seq is None else f"  (seq {row.seq}, line {row.line})"


def route_lines(store: TraceStore, route: OutputRoute) -> Iterator[str]:
    """How an output reached the model, and in which requests it was seen."""
    yield f"  {route.text}"
    for node in route.via:
        yield f"  through {named(store, node)}"
    for item in route.items:
        yield f"  as {named(store, NodeRef('item', item.item_id))}"
        yield f"    {_seen_words(store, item)}"


def _seen_words(store: TraceStore, item: SeenItem) -> str:
    """The first and the last request; the JSON has all."""
    cut = "" if item.cut is None else f"; {cut_words(item.cut)}"
    if not item.requests:
        compaction = store.index.compactions_of_input.first(item.item_id)
        given = "" if compaction is None else f"; compaction:{compaction} was given it"
        return f"no request has sent it{given}{cut}"
    first, last = item.requests[0], item.requests[-1]
    if first == last:
        return f"seen in inference:{first}{cut}"
    return f"seen in {len(item.requests)} requests, from inference:{first} to inference:{last}{cut}"


def link_lines(store: TraceStore, node: NodeRef, direction: Direction) -> Iterator[str]:
    """The links of a node that lead one way, one a line, with their evidence."""
    links = links_of(store.trace, store.index, node, direction)
    texts = [relation_text(link.kind) for link in links]
    width = max(map(len, texts), default=0)
    for link, text in zip(links, texts, strict=True):
        proven = proof(link.certainty, link.evidence, (node, link.target))
        yield f"  {text:<{width}}  {named(store, link.target)}  {proven}"


def gap_lines(store: TraceStore, node: NodeRef) -> Iterator[str]:
    """What the recording leaves open about a node."""
    for gap in gaps_of(store.trace, store.index, node):
        yield f"  {relation_text(gap.kind)} {gap.text}  {proof('recorded', gap.evidence, (node,))}"


def section(title: str, lines: Iterable[str]) -> Iterator[str]:
    """A heading and its lines after an empty line; nothing if there are no lines."""
    found = list(lines)
    if found:
        yield ""
        yield title
        yield from found
