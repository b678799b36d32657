"""Why something is here, as a list to walk: causes, the way of its output to the model, effects; and all its links.

exec_command pytest -q                                    seq 96
└ issued by cell const r = await tools.exec…              requester.code_cell_id
  └ written in custom tool call                           source_item_id
    └ returned by request 2 of /root                    response_item_ids
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.kinds.naming import name_of, operation_argument
from tui.analysis.kinds.plural import counted
from tui.analysis.links.linked import gaps_of, links_in_steps
from tui.analysis.links.relation import Certainty, Direction, Evidence, Gap, Link, relation_text
from tui.analysis.links.why import Step, ending, told_names, why
from tui.analysis.messages.brief import COMMAND
from tui.analysis.problems.failure_story import failure_story
from tui.analysis.problems.of_object import NO_FAILURES, problem_of
from tui.analysis.requests.mcp_answer import McpAnswer, Read, mcp_answer_of
from tui.analysis.requests.route import OutputRoute, SeenItem, route_of
from tui.analysis.requests.truncation import Cut
from tui.model.ids import OperationId
from tui.model.noderef import NodeRef
from tui.model.objects import ExecRequest
from tui.model.trace import RolloutTrace
from tui.viewmodel.lists.picker import PickEntry
from tui.viewmodel.text.apart import elided_apart
from tui.viewmodel.text.clean import Measure, break_points, clean, elide, format_bytes
from tui.viewmodel.text.mcp_words import MCP_HEADING, mcp_parts
from tui.viewmodel.text.spans import Line, Span
from tui.viewmodel.text.unmarked import without_marks

LAST_SLOT = 9
"""Links with a number key."""

MAX_INDENT = 12
"""Steps of indentation shown; deeper chains stay readable."""

MAX_TEXT_CELLS = 62
"""Width of what is linked, at most; what proves it is behind."""

LEAST_TEXT_CELLS = 30

COMPACTS = "compacts"
"""The kind of link from a compaction to each item that it was given."""

PROOF_CELLS = 34
"""Room left for what proves a link; in a narrow list it gets a quarter of the screen and the least."""

LEAST_PROOF_CELLS = 4

WIDEST = 160
MARGIN_CELLS = 8
"""Cells of the widest list, and those of the screen that a line of it cannot have."""

_LONGEST_FAILURE = 600
"""Characters of what failed; the payload pane has the rest."""

SHOWN_REQUESTS = 4
"""Requests that saw an output which are listed, the last of all among them; the others are counted."""

_SIGNS: dict[Certainty, str] = {"recorded": "", "derived": "≈ ", "guess": "guess: ", "unproven": "unproven: "}
"""What is before the evidence: how far it can be trusted."""

ROWS_PER_STEP = 50
"""Rows of one step: about two milliseconds of work."""

Gathering = Generator[None, None, list[PickEntry]]
"""Makes the lines of a list in steps, and returns them."""

HEADINGS: dict[Direction, str] = {"upstream": "← Causes", "downstream": "→ Effects and evidence"}


OTHER_CAUSES = "← Other links to it"
"""Heading of what lies upstream but not on the way to the prompt: the process that was used, the agent waited for."""


class WhyLayout(NamedTuple):
    """How lines are laid out: the cells of a string, and the width of the screen in cells."""

    measure: Measure
    width: int

    @property
    def text_cells(self) -> int:
        """Width of the column of what is linked."""
        proof_cells = min(PROOF_CELLS, self.width // 4 + LEAST_PROOF_CELLS)
        return min(MAX_TEXT_CELLS, max(LEAST_TEXT_CELLS, self.width - proof_cells - 10))


class WhyRow(NamedTuple):
    """One line before it is laid out: what is linked, and what proves it."""

    text: str
    proof: str = ""
    node: NodeRef | None = None
    indent: str = ""


def why_title(trace: RolloutTrace, index: TraceIndex, node: NodeRef) -> str:
    """What is explained, as the title of the list."""
    problem = problem_of(trace, node)
    if problem is not None and problem.code not in NO_FAILURES:
        return f"What failed, and why · {clean(name_of(trace, index, node))}"
    return f"Why is this here · {clean(_linked_name(trace, index, node))}"


def links_title(trace: RolloutTrace, index: TraceIndex, node: NodeRef) -> str:
    """What is linked, as the title of the list."""
    return f"Linked with {clean(_linked_name(trace, index, node))}"


def why_entries(
    trace: RolloutTrace, index: TraceIndex, node: NodeRef, layout: WhyLayout, read: Read | None = None
) -> Gathering:
    """The chain to the cause, how the output reached the model, and what followed; each a place to go to.

    With `read`, which reads payloads, also what an MCP server answered to a call.

    For a thing that failed the failure comes first: what it was, where it came from, what followed.
    """
    steps = why(trace, index, node)
    story = failure_story(trace, index, node)
    problem = problem_of(trace, node)
    sign = "✗" if problem is None or problem.code not in NO_FAILURES else "△"
    entries = _wrapped_heading(f"{sign} {story[0].text[:_LONGEST_FAILURE]}", layout) if story else []
    entries += [_entry(WhyRow(line.text, line.proof, line.node), layout) for line in story[1:]]
    yield
    entries += [_heading(HEADINGS["upstream"])] if story else []
    entries += [_entry(row, layout) for row in _chain_rows(trace, steps)]
    yield
    links = yield from links_in_steps(trace, index, node, "upstream")
    others = yield from _link_rows(trace, index, _other_causes(links, steps))
    entries += [_heading(OTHER_CAUSES)] if others else []
    yield from _add(entries, others, layout, iter(()))
    route = route_of(trace, index, node)
    if route is not None:
        entries += _wrapped_heading(f"It {route.text}", layout)
        entries += [_entry(row, layout) for row in _route_rows(trace, index, route, name_of(trace, index, node))]
    yield
    answer = None if read is None else mcp_answer_of(trace, index, node, read)
    if answer is not None:
        entries.append(_heading(MCP_HEADING))
        entries += [_entry(row, layout) for row in _mcp_rows(answer)]
    yield
    links = yield from links_in_steps(trace, index, node, "downstream")
    effects = yield from _link_rows(trace, index, links)
    entries += [_heading(HEADINGS["downstream"])] if effects else []
    yield from _add(entries, effects, layout, iter(()))
    return entries


def first_cause(entries: Sequence[PickEntry]) -> int:
    """Where the cursor begins: behind the object itself, or behind the first heading.

    What is said of a failure comes before that, and is read without a key.
    """
    heading = _heading(HEADINGS["upstream"])
    return max(1, entries.index(heading) + 2 if heading in entries[1:] else 1)


def link_entries(trace: RolloutTrace, index: TraceIndex, node: NodeRef, layout: WhyLayout) -> Gathering:
    """One line per link, causes apart from effects, what is not proven greyed; payload files stand behind the rest.

    The first nine have number keys.
    """
    links = yield from links_in_steps(trace, index, node)
    gaps = gaps_of(trace, index, node)
    entries: list[PickEntry] = []
    numbers = iter(range(1, LAST_SLOT + 1))
    for direction, heading in HEADINGS.items():
        rows = yield from _link_rows(trace, index, [link for link in links if link.direction == direction])
        missing = [_gap_row(gap) for gap in gaps if gap.direction == direction]
        entries += [_heading(heading)] if rows or missing else []
        yield from _add(entries, rows, layout, numbers)
        entries += [_entry(row, layout) for row in missing]
    return entries


def _add(
    entries: list[PickEntry], rows: Iterable[WhyRow], layout: WhyLayout, numbers: Iterator[int]
) -> Generator[None, None, None]:
    """Add the lines of rows in steps; as long as there are `numbers`, each gets the next one as its key.

    The lines of one step are told apart where they would be cut to the same.
    """
    waiting = iter(rows)
    while step := list(islice(waiting, ROWS_PER_STEP)):
        room = layout.text_cells - 1
        texts = elided_apart([clean(row.text) for row in step], room, layout.measure)
        for row, text in zip(step, texts, strict=True):
            number = next(numbers, None)
            entries.append(_entry(row, layout, "" if number is None else str(number), text))
        yield


def _other_causes(links: Iterable[Link], steps: Sequence[Step]) -> list[Link]:
    """Links upstream that the chain does not go along; what an object is part of is not news.

    Of the items that were compacted all are listed, the prompt that the chain ends with among them: they are counted.
    """
    told = {step.node for step in steps}
    return [link for link in links if link.kind == COMPACTS or (link.target not in told and link.kind != "part of")]


def _chain_rows(trace: RolloutTrace, steps: Sequence[Step]) -> Iterator[WhyRow]:
    depth = 0
    for step, name in zip(steps, told_names(trace, steps), strict=True):
        indent = "  " * min(max(0, depth - 1), MAX_INDENT) + ("└ " if depth else "")
        place = "" if step.seq is None else f" · seq {step.seq}"
        text = f"{relation_text(step.relation)} {name}".strip()
        proof = _proof(step.certainty, step.evidence) if step.evidence is not None else ""
        yield WhyRow(text, f"{proof}{place}".removeprefix(" · "), step.node, indent)
        depth += step.node is not None
    yield WhyRow(ending(trace, steps), indent="  " * min(depth, MAX_INDENT))


def _route_rows(trace: RolloutTrace, index: TraceIndex, route: OutputRoute, asked: str) -> Iterator[WhyRow]:
    """A command and the call that ran it have one name: what is named as `asked` or above is not named again."""
    names = {asked}
    for node in route.via:
        name = name_of(trace, index, node)
        if name not in names:
            yield WhyRow(f"through {name}", node=node)
        names.add(name)
    for item in route.items:
        node = NodeRef("item", item.item_id)
        yield WhyRow(f"as {name_of(trace, index, node)}", _seen_words(trace, index, item), node)
        for row in _request_rows(trace, index, item):
            yield row._replace(indent="  ")


def _mcp_rows(answer: McpAnswer) -> Iterator[WhyRow]:
    node = NodeRef("payload", answer.raw_payload_id)
    for part in mcp_parts(answer):
        yield WhyRow(f"{part.label}: {part.text}", part.field, node)
        if part.note:
            yield WhyRow(part.note, f"{_SIGNS['derived']}comparing both texts", indent="  ")


def _seen_words(trace: RolloutTrace, index: TraceIndex, item: SeenItem) -> str:
    count = len(item.requests)
    seen = f"seen in {counted(count, 'request')}" if count else _not_sent_words(trace, index, item)
    return seen if item.cut is None else f"{cut_words(item.cut)} · {seen}"


def _not_sent_words(trace: RolloutTrace, index: TraceIndex, item: SeenItem) -> str:
    """What became of an item of the history that no request of its agent sent: a compaction may have been given it."""
    compaction = index.compactions_of_input.first(item.item_id)
    if compaction is None:
        return "in the history, no recorded request sent it"
    return f"in no request, but given to {name_of(trace, index, NodeRef('compaction', compaction))}"


def cut_words(cut: Cut) -> str:
    """How much of an output the model saw."""
    kept = format_bytes(cut.kept_bytes)
    if cut.produced_bytes is None:
        return f"a mark says that {cut.mark} were left out, which nothing proves"
    whole = format_bytes(cut.produced_bytes)
    if cut.certainty == "unseen":
        return f"nothing of the {whole} of output"
    return f"while it still ran: {kept} of {whole}" if cut.certainty == "earlier" else f"cut to {kept} of {whole}"


def _request_rows(trace: RolloutTrace, index: TraceIndex, item: SeenItem) -> Iterator[WhyRow]:
    """The first requests that saw an item, and the last."""
    requests = item.requests
    shown = list(requests) if len(requests) <= SHOWN_REQUESTS else list(requests[: SHOWN_REQUESTS - 1])
    for name in shown:
        node = NodeRef("inference", name)
        yield WhyRow(f"seen in {name_of(trace, index, node)}", "request_item_ids", node)
    if len(requests) > SHOWN_REQUESTS:
        node = NodeRef("inference", requests[-1])
        rest = len(requests) - SHOWN_REQUESTS
        between = f"after {rest} more" if rest else "the last"
        yield WhyRow(f"seen in {name_of(trace, index, node)}", f"{between} · request_item_ids", node)


def _link_rows(trace: RolloutTrace, index: TraceIndex, links: Iterable[Link]) -> Generator[None, None, list[WhyRow]]:
    """The rows of links, payload files behind the rest; in steps."""
    rows: list[WhyRow] = []
    for place, link in enumerate(sorted(links, key=lambda link: link.target.kind == "payload")):
        text = f"{relation_text(link.kind)} {_linked_name(trace, index, link.target)}"
        rows.append(WhyRow(text, _proof(link.certainty, link.evidence), link.target))
        if place % ROWS_PER_STEP == ROWS_PER_STEP - 1:
            yield
    return rows


def _linked_name(trace: RolloutTrace, index: TraceIndex, node: NodeRef) -> str:
    """The name of what is linked. A command and the call that ran it have one name: the command is shown as such."""
    found = trace.terminal_operations.get(OperationId(node.id)) if node.kind == "terminal_operation" else None
    if found is None or not isinstance(found.request, ExecRequest):
        return name_of(trace, index, node)
    return f"command {COMMAND} {operation_argument(found)}"


def _gap_row(gap: Gap) -> WhyRow:
    return WhyRow(f"{relation_text(gap.kind)} {gap.text}", _proof("unproven", gap.evidence))


def _proof(certainty: Certainty, evidence: Evidence) -> str:
    note = f": {evidence.note}" if evidence.note and certainty != "recorded" else ""
    return f"{_SIGNS[certainty]}{evidence.field}{note}"


def _entry(row: WhyRow, layout: WhyLayout, key: str = "", short: str = "") -> PickEntry:
    """A line with the proof in a column of its own; grey where there is no place to go to.

    `short`: the text as it is cut already.
    """
    indent = f" {row.indent}"
    room = layout.text_cells - len(indent)
    said, proof = clean(without_marks(row.text)), clean(row.proof)
    text = (short or elide(said, room, layout.measure)) if proof else said
    gap = " " * max(0, room - layout.measure(text)) if proof else ""
    line: Line = (
        Span(f" {key:1}" if key else "  ", "chrome.key"),
        Span(indent, "dim"),
        Span(text, "" if row.node is not None else "dim"),
        Span(f"{gap} {proof}" if proof else "", "dim"),
    )
    whole = f"{said} · {proof}" if proof else said
    return PickEntry(tuple(span for span in line if span.text), row.node, key, whole=whole)


def _wrapped_heading(text: str, layout: WhyLayout) -> list[PickEntry]:
    text = clean(text)
    room = max(LEAST_TEXT_CELLS, min(layout.width, WIDEST) - MARGIN_CELLS)
    return [_heading(text[start:end]) for start, end in break_points(text, room, layout.measure)]


def _heading(text: str) -> PickEntry:
    return PickEntry((Span(f" {text}", "title"),))
